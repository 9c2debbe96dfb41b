//! Pipelines of audio modules over phased memory regions: the graph, its states, LL ticks and DP runs.
//!
//! A host drives it with verbs ([`Runtime::create_pipeline`], [`Runtime::init_module`], [`Runtime::bind`],
//! [`Runtime::set_state`], …), each of which checks first and changes after. A clock drives it with
//! [`Runtime::tick`]. An executor takes DP runs from [`Runtime::next_ready`], on one thread or many: a [`DpJob`] owns the
//! module that it runs, so there is nothing to lock. A tick can be taken apart as well: an [`LlPass`] owns all LL modules of
//! a core. Audio comes and goes through [`Runtime::fill`] and [`Runtime::drain`].
//!
//! ```text
//!            verbs             fill(k)   tick(k)   drain(k)     next_ready / finish
//!   host ───────────► graph ◄─────────  LL passes ──► rings ◄──── DP runs, most urgent first
//!                       │               one per core              on any thread
//!                       └─ regions: one per DP module, one per pipeline, one in common
//! ```
//!
//! Nothing here allocates outside a region, and nothing at all in a tick or in a run of a DP module.

#![no_std]
#![forbid(unsafe_code)]

mod bind;
mod build;
mod configuration;
mod dp;
mod drive;
mod error;
mod event;
mod gateway;
mod gather;
mod graph;
mod instance;
mod label;
mod lane;
mod list;
mod look;
mod mail;
mod order;
mod outer;
mod pass;
mod pins;
mod platform;
mod room;
mod runtime;
pub mod schedule;
mod snapshot;
mod state;
mod watch;

pub use bind::Connection;
pub use build::{CreatePipeline, InitModule, MemoryRequest};
pub use error::{Error, GatewayFault, Owner, PortId, Side};
pub use event::{Event, SizeFrom};
pub use gateway::{Drain, Fill};
pub use headroom_module::gateway::{Gateway, GatewayDirection};
pub use headroom_module::instance::ComponentId;
pub use headroom_module::notice::{MixShortage, Notice};
pub use headroom_module::schedule::Domain;
pub use headroom_module::wiring::RingLevel;
pub use instance::{Counters, DpJob};
pub use label::Label;
pub use mail::{Part, TransferFault};
pub use pass::{LlPass, LlStep};
pub use platform::Platform;
pub use runtime::Runtime;
pub use snapshot::{
    Asker, DpFigures, ModuleSnapshot, PipelineSnapshot, Record, Refused, RegionSnapshot, RingEnd,
    RingSnapshot, RuntimeSnapshot,
};
pub use state::{ModuleState, PipelineState, Requested, Standing};
pub use vregion::{PagePool, PoolUsage, Profile};
