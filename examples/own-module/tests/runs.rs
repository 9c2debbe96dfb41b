//! The command with a module of one's own plays it, measures it, and still has all modules that ship.

#![allow(clippy::unwrap_used, reason = "tests say what they expect by unwrapping it")]

use std::path::Path;
use std::process::{Command, Output};

fn headroom(arguments: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(env!("CARGO_BIN_EXE_own-module")).current_dir(folder).args(arguments).output().unwrap()
}

/// The 32-bit words of a WAV file's audio: what follows the header of 68 bytes that S32 has.
fn words(path: &Path) -> Vec<i32> {
    let bytes = std::fs::read(path).unwrap();
    let (words, _) = bytes[68..].as_chunks();
    words.iter().map(|&word| i32::from_le_bytes(word)).collect()
}

#[test]
fn the_module_runs_and_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.wav");
    let ran = headroom(&["run", "invert.toml", "-o", out.to_str().unwrap()]);
    let (report, errors) = (String::from_utf8(ran.stdout).unwrap(), String::from_utf8(ran.stderr).unwrap());
    assert!(ran.status.success(), "{errors}");
    assert!(report.contains("invert") && !report.contains("stand-in"), "{report}");
    let words = words(&out);
    assert_eq!(words.len(), 2 * 9600);
    assert!(words.iter().any(|&word| word != 0));
    assert!(
        words.chunks_exact(2).all(|frame| frame[0] == frame[1].saturating_neg()),
        "left is right turned over"
    );
}

#[test]
fn modules_that_ship_are_there_and_unknown_ones_are_told_with_the_names_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.wav");
    assert!(headroom(&["run", "-o", out.to_str().unwrap()]).status.success());
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("invert.toml")).unwrap();
    let wrong = folder.path().join("wrong.toml");
    std::fs::write(&wrong, text.replace("module = \"invert\"", "module = \"revert\"")).unwrap();
    let refused = headroom(&["run", wrong.to_str().unwrap()]);
    let errors = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(4), "{errors}");
    for told in ["there is no module `revert`", "invert", "copier", "wrong.toml:8"] {
        assert!(errors.contains(told), "{told} is not in {errors}");
    }
}
