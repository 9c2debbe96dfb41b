//! Parameter values that are words and records: read from what a host sends, written to what it reads.

use core::ops::RangeInclusive;

use headroom_module::{ModuleError, Payload};

/// Writes `records` one after the other and returns their bytes.
///
/// # Errors
/// [`ModuleError::ShortReply`] when they don't fit; what was written then means nothing.
pub fn reply_records<const BYTES: usize>(
    reply: &mut [u8],
    records: impl ExactSizeIterator<Item = [u8; BYTES]>,
) -> Result<usize, ModuleError> {
    const { assert!(BYTES > 0, "a record has bytes") };
    let (needed, got) = (BYTES * records.len(), reply.len());
    let room = reply.get_mut(..needed).ok_or(ModuleError::ShortReply { needed, got })?;
    for (place, record) in room.chunks_exact_mut(BYTES).zip(records) {
        place.copy_from_slice(&record);
    }
    Ok(needed)
}

/// Writes one word and returns its bytes.
///
/// # Errors
/// As for [`reply_records`].
pub fn reply_word(reply: &mut [u8], word: u32) -> Result<usize, ModuleError> {
    reply_records(reply, [word.to_le_bytes()].into_iter())
}

/// The word that is all of a parameter's value.
///
/// # Errors
/// [`ModuleError::ShortPayload`] about `what`, or [`ModuleError::BadValue`] when more follows.
pub fn only_word(data: &[u8], what: &'static str) -> Result<u32, ModuleError> {
    let mut payload = Payload::new(data);
    let word = payload.u32(what)?;
    match payload.rest().len() as u32 {
        0 => Ok(word),
        got => {
            Err(ModuleError::BadValue { what: "bytes after the word of a parameter", got, min: 0, max: 0 })
        }
    }
}

/// `got` if it lies in `range`.
///
/// # Errors
/// [`ModuleError::BadValue`] about `what`.
pub fn within(got: u32, range: RangeInclusive<u32>, what: &'static str) -> Result<u32, ModuleError> {
    if range.contains(&got) {
        return Ok(got);
    }
    let (min, max) = range.into_inner();
    Err(ModuleError::BadValue { what, got, min, max })
}
