//! The desk: topologies, files, threads and the driver's part of IPC4.
//!
//! [`run`] does what a driver and its hardware do together: it turns a topology into IPC4 messages, sends them, plays a file
//! or a signal into the host end in the time that it takes, collects what comes out of the DAI end, and takes all of it down. The
//! runtime is reached through the bytes of messages only.
//!
//! ```text
//!   TOML ─► Topology ─► messages ─► control ─► runtime ◄─ tick, jobs ─ executor
//!                                                 ▲
//!   WAV or signal ─► source end ─► copier … copier ─► sink end ─► WAV
//! ```
//!
//! A run can be recorded. A [`Recording`] is every message with its time and its reply, as a text that can be read and compared;
//! [`replay`] drives a fresh runtime with one and tells what is different.
//!
//! [`alsa`] plays the PCMs of compiled ALSA topologies as Linux would; [`explain`] tells what is in them, draws them, and finds
//! what is wrong with them; [`compile`] and [`decompile`] make them of TOML and the other way.
//!
//! Two jobs need no topology: [`convert_file`] brings a file to another rate, and [`measure`] finds out what conversions do to
//! sound.

#![forbid(unsafe_code)]

pub mod alsa;
mod arena;
mod compile;
mod conversions;
mod convert_file;
mod driver;
mod ends;
mod error;
mod executor;
pub mod explain;
pub mod measure;
mod names;
mod place;
mod plan;
mod play;
mod recording;
mod refusal;
mod session;
pub mod topology;

pub use compile::{Change, compile, decompile, set};
pub use conversions::{QUALITIES, pairs};
pub use convert_file::{Clipped, Converted, FileConversion, convert_file};
pub use error::{Error, Refusal, Text};
pub use executor::{Execution, HOST_STACK_BYTES};
pub use headroom_resample::Quality;
pub use play::{EndFile, Options, run};
pub use recording::{Damage, Difference, Feed, FileKind, Recording, Replay, replay};
pub use session::{Figures, Watch};
