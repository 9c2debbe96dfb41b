//! Compiled ALSA topologies in words and pictures. Pure functions: no file is read or written here.
//!
//! ```text
//!                ┌─► Outline   what is in it: a summary, or all of it as data
//!   Topology ────┼─► dot, svg  pipelines as boxes
//!                ├─► lint      what would fail or surprise
//!   2 of them ───┴─► diff      what changed
//! ```

mod diff;
mod graph;
mod inspect;
mod lint;
mod map;
mod paths;
mod table;
mod words;

use std::path::Path;

use headroom_tplg::Topology;

use crate::error::Error;

pub use diff::{Changes, diff};
pub use graph::{dot, svg};
pub use inspect::Outline;
pub use lint::{CODES, Code, Detail, Finding, Report, Severity, lint};

/// The topology in the bytes of the file `path`.
///
/// # Errors
/// [`Error::TopologyBytes`] with the byte at which it is damaged.
pub fn parse<'a>(path: &Path, bytes: &'a [u8]) -> Result<Topology<'a>, Error> {
    Topology::parse(bytes).map_err(|error| Error::TopologyBytes { name: path.display().to_string(), error })
}
