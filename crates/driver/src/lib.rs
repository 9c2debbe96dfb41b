//! The driver's part: what Linux sends when PCMs of a topology are opened, played and closed.
//!
//! ```text
//!   Compiled ─► Way ───────► formats ─► ids, queues, pages, controls ─► Setup: messages, ends, names
//!   + streams   the widgets   chosen as    as sof-audio.c and              for whoever drives a runtime
//!               that open     Linux does   ipc4-topology.c do
//! ```
//!
//! Each step is a pure function of the one before: no file is read here. Scripts, images of firmware and the formats of what is
//! played come in as values. Rules and their sources: the file that has them.

#![forbid(unsafe_code)]

mod controls;
mod error;
mod formats;
mod ids;
mod manifest;
mod memory;
mod messages;
mod names;
mod open;
mod path;
mod queues;
pub mod script;
mod setup;
mod stream;
mod way;

pub use error::Error;
pub use headroom_tplg::TokenEra;
pub use manifest::{Image, Manifest, ManifestEntry};
pub use names::Names;
pub use open::Request;
pub use setup::{About, End, Part, Setup, Side, Step};
pub use stream::{Stream, all};
pub use way::{EndOfWay, Way};
