//! Every module on real rings in real region memory, from outside.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod blob;
mod channel_map;
mod copier;
mod curves;
mod fan_out;
mod gain;
mod holes;
mod image;
mod link_position;
mod mixer;
mod sample_rate;
mod stand_in;
mod support;
mod tone;
