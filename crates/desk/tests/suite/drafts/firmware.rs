//! Firmware images: which module has which id, told by the session.

use std::path::{Path, PathBuf};

use headroom_desk::{Options, Recording};
use headroom_testbench::draft::{image, module, node, playback};
use headroom_testbench::folder;
use headroom_tplg::WidgetKind;

use super::support::{error, has, play};
use crate::support::replay;

const LL: u32 = 0x21;

fn with(firmware: Vec<PathBuf>, record: &Path) -> Options {
    Options { firmware, record: Some(record.to_owned()), ..Options::default() }
}

#[test]
fn ids_are_places_in_the_manifests_and_the_session_replays() {
    let (_folder, path) = folder();
    let nobody = ([1; 16], LL);
    let write = |name: &str, modules: &[([u8; 16], u32)]| {
        std::fs::write(path(name), image(modules)).unwrap();
        path(name)
    };
    let base = write("base.ri", &[nobody, nobody, (module("copier").0, LL)]);
    let library = write("library.ri", &[nobody, (module("gain").0, LL)]);
    let draft = playback(vec![node("gain", WidgetKind::Pga, "gain", 1)]);
    let session = path("session.ipc");
    play(&draft, &with(vec![base.clone(), library], &session)).unwrap();
    let recording = Recording::load(&session).unwrap();
    has(&recording.in_words(), &["INIT_INSTANCE 2.0 ", "INIT_INSTANCE 4097.0 ", "INIT_INSTANCE 2.1 "]);
    let again = replay(&recording, None).unwrap();
    assert_eq!(again.differences, []);
    let said = error(&draft, &with(vec![base], &session));
    has(&said, &["widget `gain`", "the firmware has no module 61bca9a8", "another `--firmware`"]);
    let said = error(&draft, &with(vec![path("missing.ri")], &session));
    has(&said, &["can't read", "missing.ri", "check the name"]);
}
