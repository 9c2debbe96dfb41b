//! Any bytes as operations on memory regions.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| headroom_fuzz::region_ops(bytes));
