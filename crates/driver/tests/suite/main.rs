//! What opening streams comes to: which widgets, which formats, which messages, and what is said where there are none.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod controls;
mod firmware;
mod formats;
mod fronts;
mod memory;
mod messages;
mod paths;
mod support;
mod ways;
