//! Topologies in words and pictures: what is said about our own, and that nothing is too odd to be told.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod changes;
mod corpus;
mod damage;
mod findings;
