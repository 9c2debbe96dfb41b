//! Messages as bytes, for every test of this crate: from words, and the examples of the protocol's fact
//! sheet.

#![allow(dead_code, reason = "each test binary uses its own part")]

/// Words as they travel.
pub(crate) fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// `count` words that differ from each other and from zero.
pub(crate) fn filler(count: u32) -> Vec<u32> {
    (0..count).map(|index| 0x5a00_0001 + index * 0x0001_0203).collect()
}

/// A message of a header and payload words.
pub(crate) fn message(header: [u32; 2], payload: &[u32]) -> Vec<u8> {
    bytes(&[&header[..], payload].concat())
}

pub(crate) const CREATE: [u32; 2] = [0x1101_000A, 0x2000_0000];
pub(crate) const CREATE_SINGLE: [u32; 7] = [7 | 1 << 24, 0, 0, 0x0003_0003, 1, 4096, 20480];
pub(crate) const CREATE_SPLIT: [u32; 9] = [9 | 1 << 24, 0, 0, 0x0005_0003, 1, 4096, 1000, 20000, 64];
pub(crate) const DELETE: [u32; 2] = [0x1201_0000, 0];
pub(crate) const PAUSED: [u32; 2] = [0x1301_0003, 0];
pub(crate) const RUNNING: [u32; 2] = [0x1301_0004, 0];
pub(crate) const RESET: [u32; 2] = [0x1301_0002, 0];
pub(crate) const MULTI_RUNNING: [u32; 2] = [0x1300_0004, 0x0000_0001];
pub(crate) const INIT_LL: [u32; 2] = [0x4002_0007, 0x0001_000B];
pub(crate) const INIT_DP: [u32; 2] = [0x4002_0007, 0x3001_0012];
pub(crate) const INIT_DP_OBJECTS: [u32; 7] = [0x4, 0, 0, 0x0003_0003, 1, 8192, 20480];
pub(crate) const BIND: [u32; 2] = [0x4502_0007, 0x0001_0003];
pub(crate) const BIND_QUEUES: [u32; 2] = [0x4502_0007, 0x0001_0003 | 2 << 24 | 1 << 27];
pub(crate) const LARGE_SET: [u32; 2] = [0x4400_0006, 0x3000_0018];
pub(crate) const CREATED: [u32; 2] = [0x3100_0000, 0];

/// The payload of [`INIT_DP`]: the extension, then eleven words of the module's own.
pub(crate) fn init_dp_payload() -> Vec<u32> {
    [&INIT_DP_OBJECTS[..], &filler(11)].concat()
}

/// Every request of the fact sheet, with the length that it can't do without.
pub(crate) fn examples() -> Vec<Vec<u8>> {
    vec![
        message(CREATE, &CREATE_SINGLE),
        message(CREATE, &CREATE_SPLIT),
        message(DELETE, &[]),
        message(PAUSED, &[]),
        message(RUNNING, &[]),
        message(RESET, &[]),
        message(MULTI_RUNNING, &[2, 1, 3]),
        message(INIT_LL, &filler(11)),
        message(INIT_DP, &init_dp_payload()),
        message(BIND, &[]),
        message(BIND_QUEUES, &[]),
        message(LARGE_SET, &filler(6)),
    ]
}
