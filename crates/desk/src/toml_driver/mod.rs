//! The driver's part: which messages set a topology up, start it and take it down, in the order that Linux sends them.

mod formats;
mod messages;
mod plan;

pub(crate) use formats::{Streams, propagate};
pub(crate) use messages::{Step, block_bytes, component, encode, module_of, volume_target};
pub(crate) use plan::plan;
