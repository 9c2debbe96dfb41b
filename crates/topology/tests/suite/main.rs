//! Topologies as text and as files: what is taken, what comes of it, and what is refused.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod compile;
mod decompile;
mod documentation;
mod errors;
mod in_memory;
mod loaded;
mod mutations;
mod set;
mod support;
