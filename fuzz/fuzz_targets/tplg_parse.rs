//! Any bytes as a topology file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| headroom_fuzz::tplg_parse(bytes));
