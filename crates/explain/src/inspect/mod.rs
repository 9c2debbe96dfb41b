//! What is in a topology: a summary that people read first, and all of it as data.

mod outline;
mod text;

pub use outline::Outline;
pub(crate) use outline::{Control, Link, Pcm, Pipeline, Stream, TokenValue};
