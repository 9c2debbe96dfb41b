//! Files from one rate to another.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod convert_file;
