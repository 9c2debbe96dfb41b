//! Compiled topologies from outside: files that a small builder writes, played as Linux would.

mod builder;
mod controls;
mod ends;
mod firmware;
mod formats;
mod memory;
mod messages;
mod nonsense;
mod paths;
mod streams;
mod support;
