//! Any text as a recorded session.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| headroom_fuzz::session_file(bytes));
