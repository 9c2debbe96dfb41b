//! The library with the modules that ship.

use headroom_modules::MODULES;
use headroom_topology::{Error, Topology};

pub(crate) fn parse(text: &str) -> Result<Topology, Error> {
    Topology::parse("test.toml", text.to_owned(), MODULES)
}

/// The file that `text` makes.
pub(crate) fn compile(name: &str, text: String) -> Result<Vec<u8>, Error> {
    headroom_topology::compile(name, text, MODULES).map(|written| written.file)
}

pub(crate) fn decompile(name: &str, file: &[u8]) -> Result<String, Error> {
    headroom_topology::decompile(name, file, MODULES)
}

/// Compares `text` with the golden file `name`.
#[track_caller]
pub(crate) fn golden(name: &str, text: &str) {
    headroom_testbench::golden(env!("CARGO_MANIFEST_DIR"), name, text);
}

/// The text of a topology that ships.
pub(crate) fn bundled(name: &str) -> String {
    let all = headroom_testbench::bundled();
    all.into_iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}")).1
}
