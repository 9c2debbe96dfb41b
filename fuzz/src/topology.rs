//! Text as a topology: it is one, and compiles in memory, or the error says what is wrong and points into the text.

use headroom_module::{Format, SampleFormat};
use headroom_modules::MODULES;
use headroom_topology::{Error, Topology};
use miette::Diagnostic;

/// Parses `bytes`, if they are text, and compiles what comes of it as for a run.
pub fn topology_toml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Topology::parse("fuzz.toml", text.to_owned(), MODULES) {
        Ok(topology) => compiled(&topology, text),
        Err(error) => complaint(&error, text),
    }
}

/// Names that a file has no room for and formats that are not said are no matter in memory.
fn compiled(topology: &Topology, text: &str) {
    let any = Format::new(48_000, 2, SampleFormat::S32).ok();
    match topology.compiled(MODULES, &|_| any) {
        Ok((compiled, beside)) => {
            let view = compiled.view().expect("it has been read");
            let known = |name: &str| topology.widgets.iter().any(|widget| widget.name == name);
            let modules = view.widgets().filter(|widget| widget.kind().is_module());
            modules.for_each(|widget| assert!(known(beside.name(widget.name())), "{}", widget.name()));
        }
        Err(error) => complaint(&error, text),
    }
}

fn complaint(error: &Error, text: &str) {
    assert!(!error.to_string().is_empty());
    let Some(source) = error.source_code() else { return };
    for label in error.labels().into_iter().flatten() {
        let shown = source.read_span(label.inner(), 1, 1);
        assert!(shown.is_ok(), "{error}: the label {label:?} points outside of {} bytes", text.len());
    }
}
