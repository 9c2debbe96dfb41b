//! The ends of a stream on the desk: what reads and writes files, outside of the copiers' gateways.

mod open;
mod progress;
mod signal;
mod sink;
mod source;

pub(crate) use open::{Ends, Medium};
pub(crate) use progress::{EndState, Failure};
pub(crate) use source::Source;
