//! Control over real modules, through nothing but the bytes of messages and replies.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod abuse;
mod configuration;
mod malformed;
mod matrix;
mod messages;
mod mix;
mod notifications;
mod queries;
mod quiet;
mod snapshot;
mod stream;
mod support;
mod table;
mod words;
mod wrong_configuration;
mod wrong_modules;
mod wrong_pipelines;
