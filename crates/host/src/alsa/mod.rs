//! The driver's part for compiled ALSA topologies: what Linux sends when an application opens one of their PCMs.
//!
//! ```text
//!   file ─► graph ─► path of a PCM ─► formats ─► ids, queues, pages, controls ─► messages ─► plan
//!           widgets   DAPM's walk     chosen as    as sof-audio.c and ipc4-topology.c do
//!           + routes                  Linux does
//! ```
//!
//! Each step is a pure function of the one before. Rules and their sources: the file that has them.

mod controls;
mod file;
mod firmware;
mod formats;
mod graph;
mod ids;
mod memory;
mod messages;
mod path;
mod plan;
mod queues;
mod run;
mod script;

pub use file::{AlsaTopology, Direction, PcmStream};
pub use memory::TokenEra;
pub use run::{AlsaOptions, run};
