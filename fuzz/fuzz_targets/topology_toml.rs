//! Any text as a topology.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| headroom_fuzz::topology_toml(bytes));
