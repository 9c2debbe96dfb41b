//! Sessions from outside: topologies as text in, WAV files and figures out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod alignment;
mod alsa;
mod audio;
mod bundled;
mod compile;
mod convert_file;
mod corpus;
mod decompile;
mod documentation;
mod ends;
mod execution;
mod explain;
mod files;
mod memory;
mod mutations;
mod quality;
mod recordings;
mod refusals;
mod support;
mod topology_errors;
