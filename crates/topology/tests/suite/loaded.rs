//! Files of every kind: what they are is found out from their contents.

use headroom_modules::MODULES;
use headroom_testbench::folder;
use headroom_topology::{Compiled, Error, Loaded};
use miette::Diagnostic as _;

use crate::support::{bundled, compile, decompile};

#[test]
fn a_topology_for_other_firmware_is_told_at_once() {
    let mut bytes = vec![0; 4096];
    let mut writer = headroom_tplg::write::Writer::new(&mut bytes);
    // Three bytes: an ABI of IPC3.
    writer.manifest(&[3, 22, 1]);
    let length = writer.finish().unwrap();
    bytes.truncate(length);
    let error = Compiled::from_bytes("old.tplg".as_ref(), bytes).unwrap_err();
    assert!(matches!(error, Error::Compiled { .. }), "{error}");
    assert!(
        error.to_string().contains("old.tplg") && error.to_string().contains("for IPC3 firmware"),
        "{error}"
    );
    assert!(error.help().unwrap().to_string().contains("headroom inspect"), "{error}");
}

#[test]
fn text_records_and_files_are_told_apart_whatever_they_are_called() {
    let (_folder, path) = folder();
    let text = bundled("playback.toml");
    let file = compile("playback.toml", text.clone()).unwrap();
    let records = decompile("playback.tplg", &file).unwrap();
    std::fs::write(path("text"), &text).unwrap();
    std::fs::write(path("file"), &file).unwrap();
    std::fs::write(path("records"), records).unwrap();
    let load = |name: &str| Loaded::load(&path(name), MODULES).unwrap();
    let Loaded::Text(topology) = load("text") else { panic!("the text") };
    assert_eq!((topology.name.as_str(), topology.file), ("playback", Some(path("text"))));
    for name in ["file", "records"] {
        let Loaded::Compiled(compiled) = load(name) else { panic!("{name}") };
        assert_eq!(compiled.streams().len(), 1, "{name}");
        // What can be looked at is the same file.
        assert!(headroom_topology::bytes(&path(name), MODULES).unwrap() == file, "{name}");
    }
    assert!(headroom_topology::bytes(&path("text"), MODULES).is_ok());
}

#[test]
fn wav_files_and_what_is_no_text_are_refused() {
    let (_folder, path) = folder();
    std::fs::write(path("sound"), b"RIFF\x24\0\0\0WAVE").unwrap();
    std::fs::write(path("latin"), b"name = \"caf\xE9\"").unwrap();
    let load = |name: &str| Loaded::load(&path(name), MODULES).unwrap_err();
    assert!(matches!(load("sound"), Error::Wav { .. }));
    // By its name alone, so that a long one isn't read.
    assert!(matches!(load("missing.WAV"), Error::Wav { .. }));
    assert!(matches!(load("missing.toml"), Error::File { .. }));
    assert!(load("latin").to_string().contains("UTF-8"));
}
