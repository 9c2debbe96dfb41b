//! Module UUIDs in the byte order of topology files.

/// The UUID whose text is `groups` and `rest` in hexadecimal: its first three groups are little-endian numbers in files
/// and messages, the rest are bytes.
///
/// ```
/// use headroom_modules::kit::uuid;
///
/// /// 9ba00c83-ca12-4a83-943c-1fa2e82f9dda
/// const COPIER: [u8; 16] =
///     uuid((0x9ba0_0c83, 0xca12, 0x4a83), [0x94, 0x3c, 0x1f, 0xa2, 0xe8, 0x2f, 0x9d, 0xda]);
/// assert_eq!(COPIER[..6], [0x83, 0x0c, 0xa0, 0x9b, 0x12, 0xca]);
/// ```
pub const fn uuid(groups: (u32, u16, u16), rest: [u8; 8]) -> [u8; 16] {
    let (a, b, c) = (groups.0.to_le_bytes(), groups.1.to_le_bytes(), groups.2.to_le_bytes());
    let [d, e, f, g, h, i, j, k] = rest;
    [a[0], a[1], a[2], a[3], b[0], b[1], c[0], c[1], d, e, f, g, h, i, j, k]
}
