//! Vendor parameters: several values in one large configuration, each behind its type and length.
//!
//! ```text
//! set, and the reply to a get   | type | length | length bytes | type | …
//! get                           | type | the most bytes wanted | type | …
//! ```
//!
//! Source: `ipc4_set_vendor_config_module_instance`, `src/ipc/ipc4/handler-user.c`.

use crate::bytes::{WORD, Writer, rest_at, word_at};
use crate::{DecodeError, EncodeError, LargeConfig};

/// Bytes of a type and a length.
const HEADER: usize = 2 * WORD;

impl LargeConfig<'_> {
    /// The parameter whose data is a list of vendor parameters.
    pub const VENDOR: u8 = 0xff;

    /// Type and value of each parameter of a list, in order; ends with the first error.
    ///
    /// # Errors
    ///
    /// [`DecodeError::VendorHeader`] and [`DecodeError::VendorValue`].
    pub fn vendor_values(list: &[u8]) -> impl Iterator<Item = Result<(u32, &[u8]), DecodeError>> {
        entries(list, |offset, length| {
            let (needed, rest) = (length as usize, rest_at(list, offset));
            let short = DecodeError::VendorValue { offset, needed, got: rest.len() };
            Ok((rest.get(..needed).ok_or(short)?, needed))
        })
    }

    /// Type and greatest length of each parameter that is asked for, in order; ends with the first error.
    ///
    /// # Errors
    ///
    /// [`DecodeError::VendorHeader`].
    pub fn vendor_queries(list: &[u8]) -> impl Iterator<Item = Result<(u32, u32), DecodeError>> {
        entries(list, |_, length| Ok((length, 0)))
    }

    /// Writes the type and length that stand before a value of `length` bytes to the front of `out`, and returns their
    /// bytes.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Space`] if `out` has less than 8 bytes.
    pub fn write_vendor_header(out: &mut [u8], kind: u32, length: u32) -> Result<usize, EncodeError> {
        let mut writer = Writer::new(out, HEADER)?;
        writer.word(kind)?;
        writer.word(length)?;
        Ok(HEADER)
    }
}

/// Walks `list`: `take` is given where the bytes behind each type and length are, and that length; it gives back what
/// becomes of the entry and how many of these bytes belong to it.
fn entries<T>(
    list: &[u8],
    take: impl Fn(usize, u32) -> Result<(T, usize), DecodeError>,
) -> impl Iterator<Item = Result<(u32, T), DecodeError>> {
    let mut offset = 0;
    core::iter::from_fn(move || {
        let rest = list.get(offset..).filter(|rest| !rest.is_empty())?;
        let short = DecodeError::VendorHeader { offset, needed: HEADER, got: rest.len() };
        let entry = word_at(rest, 0).zip(word_at(rest, WORD)).ok_or(short).and_then(|(kind, length)| {
            let (value, bytes) = take(offset + HEADER, length)?;
            Ok((kind, value, bytes))
        });
        // Behind an error nothing can be told apart.
        offset = entry.as_ref().map_or(list.len(), |(_, _, bytes)| offset + HEADER + bytes);
        Some(entry.map(|(kind, value, _)| (kind, value)))
    })
}
