//! Pipelines of audio modules over phased memory regions: the graph, its states, LL ticks and DP runs.
//!
//! A host drives it with verbs ([`Runtime::create_pipeline`], [`Runtime::init_module`], [`Runtime::bind`],
//! [`Runtime::set_state`], …), each of which checks first and changes after. A clock drives it with
//! [`Runtime::tick`]. An executor takes DP runs from [`Runtime::next_ready`], on one thread or many: a [`DpJob`] owns the
//! module that it runs, so there is nothing to lock.
//!
//! ```text
//!            verbs                    tick(k)                next_ready / finish
//!   host ───────────► graph ◄──────── LL pass ──► rings ◄──── DP runs, most urgent first
//!                       │                                      on any thread
//!                       └─ regions: one per DP module, one per pipeline, one in common
//! ```
//!
//! Nothing here allocates outside a region, and nothing at all after a pipeline is complete.

#![no_std]
#![forbid(unsafe_code)]

mod bind;
mod build;
mod configuration;
mod dp;
mod drive;
mod error;
mod event;
mod graph;
mod instance;
mod mail;
mod order;
mod pins;
mod platform;
mod runtime;
pub mod schedule;
mod snapshot;
mod state;
mod watch;

pub use bind::Connection;
pub use build::{CreatePipeline, InitModule, MemoryRequest};
pub use error::{Error, Owner, PortId, Side};
pub use event::{Event, SizeFrom};
pub use headroom_module::wiring::RingLevel;
pub use headroom_module::{ComponentId, Domain, GatewayDirection, MixShortage};
pub use instance::{Counters, DpJob};
pub use mail::{Part, TransferFault};
pub use platform::Platform;
pub use runtime::Runtime;
pub use snapshot::{DpFigures, ModuleSnapshot, PipelineSnapshot, RingSnapshot};
pub use state::{ModuleState, PipelineState, Requested, Standing};
pub use vregion::{PagePool, PoolUsage, Profile, Requester, Statistics};
