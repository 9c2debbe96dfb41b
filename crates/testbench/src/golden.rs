//! Texts that are expected word for word.

use std::path::Path;

/// Compares `text` with the golden file `name` of the crate whose manifest is in `manifest`; with `HEADROOM_BLESS=1` it becomes
/// that file.
#[track_caller]
pub fn golden(manifest: &str, name: &str, text: &str) {
    let path = Path::new(manifest).join("tests/golden").join(name);
    if std::env::var_os("HEADROOM_BLESS").is_some_and(|bless| bless == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let differs = expected.lines().zip(text.lines()).position(|(expected, got)| expected != got);
    let line = differs.unwrap_or(expected.lines().count().min(text.lines().count())) + 1;
    assert!(
        expected == text,
        "{name} differs from line {line}; if that is right, bless it with HEADROOM_BLESS=1. Now it is:\n{text}"
    );
}
