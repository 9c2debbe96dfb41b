//! Compiled ALSA topologies in words and pictures. Pure functions: no file is read or written here.
//!
//! ```text
//!                ┌─► Outline   what is in it: a summary, or all of it as data
//!   Topology ────┼─► dot, svg  pipelines as boxes
//!                ├─► lint      what would fail or surprise
//!   2 of them ───┴─► diff      what changed
//! ```

#![forbid(unsafe_code)]

mod diff;
mod graph;
mod inspect;
mod lint;
mod paths;
mod table;
mod words;

pub use diff::{Changes, diff};
pub use graph::{Details, Drawing, Theme, dot, svg};
pub use inspect::Outline;
pub use lint::{CODES, Code, Detail, Finding, Report, Severity, lint};
