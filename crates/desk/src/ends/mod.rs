//! The ends of a stream on the desk: modules that read and write files, behind the copiers' gateways.

mod open;
mod progress;
mod signal;
mod sink;
mod source;

pub(crate) use open::{Ends, Medium};
pub(crate) use progress::{EndState, Failure, StreamState};
pub(crate) use source::Source;
