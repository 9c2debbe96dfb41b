//! Any bytes as a message of the wire.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| headroom_fuzz::ipc4_decode(bytes));
