//! Sessions from outside: topologies in, WAV files and figures out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod alignment;
mod broken;
mod bundled;
mod corpus;
mod documentation;
mod drafts;
mod ends;
mod execution;
mod files;
mod memory;
mod messages;
mod mutations;
mod one_way;
mod quality;
mod recordings;
mod refusals;
mod support;
