//! The desk: sessions that do what a driver and its hardware do together.
//!
//! [`run`] opens a topology as Linux would, sends its IPC4 messages, plays files or signals into the sources in the time that it
//! takes, collects what comes out at the sinks, and takes all of it down. The runtime is reached through the bytes of messages
//! only.
//!
//! ```text
//!   topology ─► driver ─► messages ─► control ─► runtime ◄─ tick, jobs ─ executor
//!                                                 ▲
//!   WAV or signal ─► source end ─► copier … copier ─► sink end ─► WAV
//! ```
//!
//! A run can be recorded. A [`Recording`] is every message with its time and its reply, as a text that can be read and compared;
//! [`replay`] drives a fresh runtime with one and tells what is different.

#![forbid(unsafe_code)]

mod arena;
mod ends;
mod error;
mod executor;
mod feeds;
mod figures;
mod file_kind;
mod modules;
mod options;
mod plan;
mod recording;
mod refusal;
mod rehearsal;
mod run;
mod session;
mod target;

pub use error::{Error, Refusal};
pub use executor::{Execution, HOST_STACK_BYTES};
pub use figures::Figures;
pub use file_kind::FileKind;
pub use headroom_driver::{Error as DriverError, TokenEra};
pub use modules::shipped;
pub use options::{EndFile, Options};
pub use recording::{Damage, Difference, Feed, Recording, Replay, replay};
pub use run::{run, streams};
pub use session::Watch;
