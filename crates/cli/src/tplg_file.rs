//! Compiled topologies from files.

use std::path::Path;

use headroom_host::{Error, explain};

/// The bytes of the file at `path`, which is to be a compiled topology.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| explain::not_tplg(path, &error))
}
