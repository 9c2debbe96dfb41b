//! The contract between a runtime and its audio modules: what a module is handed, when, and what it must give back.
//!
//! Three rules make up the contract.
//!
//! **The phase is the type of the context.** A module can only get memory that outlives its set-up, because the
//! context that it holds decides which memory it can ask for:
//!
//! ```text
//!   init ───────────► prepare ─────────► process ◄─┐       reset ─► prepare …
//!   InitContext       Prepare            Process   │
//!   Lifetime memory   Interim memory     none  ────┘       configure: Configure, Indifferent memory
//! ```
//!
//! **Ports are slices.** A module sees `inputs` and `outputs`, indexed by queue id; each is one end of a ring. It
//! takes whole frames from one and gives whole frames to the other; what it does not release or commit stays put.
//!
//! **Memory is owned.** What a module allocates is a [`Block`]; dropping it frees it, into the region it came from.
//!
//! The names here are what nearly every author needs. What fewer do lies in modules by theme; [`wiring`] is for runtimes,
//! which make contexts and bind ports.
//!
//! # A whole module
//!
//! ```
//! use headroom_module::{
//!     Block, InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Pins, Process, SampleFormat,
//! };
//!
//! /// Delays S32 audio by a fixed number of frames.
//! struct Delay<'m> {
//!     line: Block<'m, [i32]>,
//!     at: usize,
//! }
//!
//! /// Runs once: everything the module keeps is allocated here, in lifetime memory.
//! fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
//!     let format = cx.format().expect_samples(SampleFormat::S32)?;
//!     let frames = cx.payload().u32("delay in frames")? as usize;
//!     // Numbers from outside are multiplied with care; what does not fit is refused by the region.
//!     let line = cx.memory().slice(frames.saturating_mul(format.channels()), 0i32, "delay line")?;
//!     cx.place(Delay { line, at: 0 })
//! }
//!
//! impl<'m> Module<'m> for Delay<'m> {
//!     fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
//!         let (Some(input), Some(output)) = (cx.inputs.first_mut(), cx.outputs.first_mut()) else {
//!             return Ok(());
//!         };
//!         let frames = input.available().min(output.free());
//!         let (old, new) = (input.samples::<i32>(frames)?, output.samples_mut::<i32>(frames)?);
//!         let targets = new.0.iter_mut().chain(new.1.iter_mut());
//!         for (to, from) in targets.zip(old.0.iter().chain(old.1)) {
//!             *to = core::mem::replace(&mut self.line[self.at], *from);
//!             self.at = (self.at + 1) % self.line.len();
//!         }
//!         input.release(frames)?;
//!         output.commit(frames)
//!     }
//!
//!     fn reset(&mut self) {
//!         self.line.fill(0);
//!         self.at = 0;
//!     }
//! }
//!
//! /// What the runtime's module table needs to know of it.
//! pub const DELAY: ModuleEntry =
//!     ModuleEntry { name: "delay", uuid: [7; 16], module: 0x100, pins: Pins { inputs: 1, outputs: 1 }, init };
//! ```

#![no_std]
#![forbid(unsafe_code)]

mod audio_format;
mod base_config;
mod checks;
mod context;
mod error;
mod format;
mod hand_over;
mod init;
pub mod memory;
mod module;
mod notices;
mod payload;
mod pins;
mod port;
mod ring_handle;
pub mod wiring;

pub use context::{Configure, Prepare, Process};
pub use error::ModuleError;
pub use format::{Format, SampleFormat};
pub use init::{InitContext, ModuleEntry};
pub use module::{Module, ModuleBox};
pub use payload::Payload;
pub use pins::Pins;
pub use port::{Input, Output};
pub use vregion::Block;

/// Where audio enters or leaves the graph.
pub mod gateway {
    pub use crate::module::{Gateway, GatewayDirection};
}

/// What an instance is made from, beside what its context tells in short.
pub mod instance {
    pub use crate::format::ComponentId;
    pub use crate::init::{DeclaredMemory, Init, InitConfig, STAND_IN};
}

/// What modules tell their hosts unasked.
pub mod notice {
    pub use crate::notices::{MixShortage, Notice};
}

/// The words that samples can be worked on as.
pub mod sample {
    pub use crate::port::Sample;
}

/// Who runs a module, when, and how time passes.
pub mod schedule {
    pub use crate::format::{Domain, Tick};
    pub use crate::module::Readiness;
}

/// Formats, base configurations and pins as they cross the wire, for drivers and runtimes.
pub mod wire {
    pub use crate::audio_format::AudioFormat;
    pub use crate::base_config::BaseConfig;
    pub use crate::pins::{PinConfig, PinConfigs};
}

/// The examples of README.md are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
