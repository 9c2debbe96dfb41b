//! Topologies: what is written in TOML, checked, with the place of every word kept for error messages.

mod check;
mod file;
mod model;
mod outside;
mod spelling;

use std::ops::RangeInclusive;

pub(crate) use check::{Checked, Complaint, complain};
pub use file::DaiKind;
pub use model::{
    Dai, Input, Memory, Outside, Pcm, Pipeline, Route, Signal, SignalShape, Stream, Topology, Widget,
    WidgetKind,
};

/// Rates that streams can have, in Hz.
pub(crate) const RATES: RangeInclusive<u32> = 8000..=192_000;

/// The topology that runs when none is named.
pub const BUNDLED: &str = include_str!("../../topologies/playback-src.toml");

/// Its name in error messages.
pub const BUNDLED_NAME: &str = "the bundled playback-src.toml";
