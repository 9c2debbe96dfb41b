//! Firmware images: which module has which id, and which are DP where the topology leaves it open.

use std::path::{Path, PathBuf};

use headroom_host::alsa::AlsaOptions;
use headroom_host::{Recording, replay};
use headroom_tplg::{Token, WidgetKind};

use super::builder::{NOBODYS, module, node, playback};
use super::support::{error, has, options, play};
use crate::support::folder;

const LL: u32 = 0x21;
const DP: u32 = 0x41;

/// Writes an image whose manifest has these modules.
fn image(path: PathBuf, modules: &[([u8; 16], u32)]) -> PathBuf {
    let mut bytes = vec![0; 1000];
    let mut header = [0; 52];
    header[..4].copy_from_slice(b"$AM1");
    header[4] = 52;
    header[36] = modules.len() as u8;
    bytes.extend(header);
    for (uuid, kind) in modules {
        let mut entry = [0; 116];
        entry[..4].copy_from_slice(b"$AME");
        entry[12..28].copy_from_slice(uuid);
        entry[28..32].copy_from_slice(&kind.to_le_bytes());
        bytes.extend(entry);
    }
    std::fs::write(&path, bytes).unwrap();
    path
}

fn with(firmware: Vec<PathBuf>, record: &Path) -> AlsaOptions {
    AlsaOptions { firmware, record: Some(record.to_owned()), ..options() }
}

#[test]
fn ids_are_places_in_the_manifests_and_the_session_replays() {
    let (_folder, path) = folder();
    let nobody = ([1; 16], LL);
    let base = image(path("base.ri"), &[nobody, nobody, (module("copier").0, LL)]);
    let library = image(path("library.ri"), &[nobody, (module("gain").0, LL)]);
    let draft = playback(vec![node("gain", WidgetKind::Pga, "gain", 1)]);
    let session = path("session.ipc");
    play(&draft, &with(vec![base.clone(), library], &session)).unwrap();
    let recording = Recording::load(&session).unwrap();
    has(&recording.in_words(), &["INIT_INSTANCE 2.0 ", "INIT_INSTANCE 4097.0 ", "INIT_INSTANCE 2.1 "]);
    let again = replay(&recording, None, &mut |_, _| ()).unwrap();
    assert_eq!(again.differences, []);
    let said = error(&draft, &with(vec![base], &session));
    has(&said, &["widget `gain`", "the firmware has no module 61bca9a8", "another `--firmware`"]);
}

#[test]
fn the_manifest_says_who_is_dp_where_the_topology_does_not() {
    let (_folder, path) = folder();
    let modules = [(module("copier").0, LL), (NOBODYS.0, DP)];
    let firmware = image(path("base.ri"), &modules);
    for (domain, is_dp) in [(None, true), (Some("default"), true), (Some("LL"), false), (Some("DP"), true)] {
        let mut other = node("other", WidgetKind::Effect, "copier", 1);
        other.uuid = Some(NOBODYS);
        other.words(&[(Token::COMP_HEAP_BYTES_REQUIREMENT, 32768)]);
        if let Some(domain) = domain {
            other.text(Token::COMP_SCHED_DOMAIN, domain);
        }
        let session = path("session.ipc");
        play(&playback(vec![other]), &with(vec![firmware.clone()], &session)).unwrap();
        let words = Recording::load(&session).unwrap().in_words();
        let init = words.lines().find(|line| line.contains("INIT_INSTANCE 1.0 ")).unwrap();
        assert_eq!(init.contains(": DP,"), is_dp, "{domain:?}: {init}");
    }
}
