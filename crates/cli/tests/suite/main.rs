//! The `headroom` command from outside: what it prints, writes and exits with.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod compile;
mod compiled;
mod errors;
mod exit_codes;
mod golden;
mod manners;
mod measure_src;
mod resample;
mod runs;
mod sessions;
mod support;
mod texts;
mod topologies;
