//! Topologies: what is written in TOML, checked, with the place of every word kept for error messages.

mod check;
mod complaint;
mod file;
mod model;
mod module;
mod outside;
mod read;
mod signal;
mod spelling;
mod widget;

pub(crate) use complaint::{Checked, Complaint, complain};
pub use file::DaiKind;
pub use model::{
    Blob, Dai, Input, Memory, Outside, Pcm, Pipeline, Route, Signal, SignalShape, SourceInput, Stream,
    Topology, Widget, WidgetKind,
};
pub(crate) use model::{ControlKind, Described, ENUM_ITEMS};

/// The topology that runs when none is named.
pub const BUNDLED: &str = include_str!("../../topologies/playback-src.toml");

/// Its name in error messages.
pub const BUNDLED_NAME: &str = "the bundled playback-src.toml";
