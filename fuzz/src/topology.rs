//! Text as a topology: it is one, or the error says what is wrong and points into the text.

use headroom_host::topology::Topology;
use miette::Diagnostic;

/// Parses `bytes`, if they are text.
pub fn topology_toml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Err(error) = Topology::parse("fuzz.toml", text.to_owned()) else { return };
    assert!(!error.to_string().is_empty());
    let Some(source) = error.source_code() else { return };
    for label in error.labels().into_iter().flatten() {
        let shown = source.read_span(label.inner(), 1, 1);
        assert!(shown.is_ok(), "{error}: the label {label:?} points outside of {} bytes", text.len());
    }
}
