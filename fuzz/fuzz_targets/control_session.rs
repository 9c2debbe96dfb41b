//! Any bytes as a session between a driver and a small runtime.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| headroom_fuzz::control_session(bytes));
