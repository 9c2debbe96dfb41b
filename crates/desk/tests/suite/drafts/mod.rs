//! Topology files from outside: drafts, played as Linux would.

mod controls;
mod ends;
mod firmware;
mod memory;
mod nonsense;
mod streams;
mod support;
