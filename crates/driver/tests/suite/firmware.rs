//! Firmware images: which module has which id, and which are DP where the topology leaves it open.

use headroom_driver::{Image, Manifest};
use headroom_ipc4::Domain;
use headroom_testbench::corpus;
use headroom_testbench::draft::{NOBODYS, image, module, node, playback};
use headroom_tplg::{Token, WidgetKind};

use crate::support::{With, error, has, init, nothing, open};

const LL: u32 = 0x21;
const DP: u32 = 0x41;

fn manifest(images: &[&[([u8; 16], u32)]]) -> Manifest {
    let images: Vec<Image> =
        images.iter().map(|modules| Image { name: "base.ri".to_owned(), bytes: image(modules) }).collect();
    Manifest::of(&images).unwrap()
}

#[test]
fn ids_are_places_in_the_manifests() {
    let nobody = ([1; 16], LL);
    let base = [nobody, nobody, (module("copier").0, LL)];
    let library = [nobody, (module("gain").0, LL)];
    let draft = playback(vec![node("gain", WidgetKind::Pga, "gain", 1)]);
    let both = manifest(&[&base, &library]);
    let setup = open(&draft, &With { manifest: Some(&both), ..nothing() }).unwrap();
    let ids = ["host", "gain", "dai"].map(|name| init(&setup, name).id);
    assert_eq!(ids.map(|id| (id.module, id.instance)), [(2, 0), (4097, 0), (2, 1)]);
    let alone = manifest(&[&base]);
    let said = error(&draft, &With { manifest: Some(&alone), ..nothing() });
    has(&said, &["widget `gain`", "the firmware has no module 61bca9a8", "another `--firmware`"]);
}

#[test]
fn the_manifest_says_who_is_dp_where_the_topology_does_not() {
    let manifest = manifest(&[&[(module("copier").0, LL), (NOBODYS.0, DP)]]);
    for (domain, is_dp) in [(None, true), (Some("default"), true), (Some("LL"), false), (Some("DP"), true)] {
        let mut other = node("other", WidgetKind::Effect, "copier", 1);
        other.uuid = Some(NOBODYS);
        other.words(&[(Token::COMP_HEAP_BYTES_REQUIREMENT, 32768)]);
        if let Some(domain) = domain {
            other.text(Token::COMP_SCHED_DOMAIN, domain);
        }
        let setup = open(&playback(vec![other]), &With { manifest: Some(&manifest), ..nothing() }).unwrap();
        assert_eq!(init(&setup, "other").domain == Domain::Dp, is_dp, "{domain:?}");
    }
}

#[test]
fn the_images_that_ship_have_the_modules_that_topologies_name() {
    let Some(found) = corpus("ri", "no image of firmware was read") else { return };
    let ipc4: Vec<_> = found.iter().filter(|path| path.to_string_lossy().contains("sof-ipc4/")).collect();
    assert!(!ipc4.is_empty(), "no IPC4 image in HEADROOM_CORPUS");
    for path in ipc4 {
        let image = Image { name: "image".to_owned(), bytes: std::fs::read(path).unwrap() };
        let manifest = Manifest::of(&[image]).unwrap();
        let is_library = path.to_string_lossy().contains("openmodules");
        assert_eq!(manifest.find(module("copier")).is_some(), !is_library, "{}", path.display());
    }
}
