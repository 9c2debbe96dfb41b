//! Words in and out of byte slices, with the bounds checked once per access.

use crate::{DecodeError, EncodeError};

/// Bytes of a mailbox: the most that a reply can have, and a message behind its two header words (Linux' `max_payload`, and
/// SOF's host mailbox on most platforms).
pub const MAILBOX_BYTES: usize = 4096;

/// Bytes of a word.
pub(crate) const WORD: usize = 4;
/// Bytes of the primary and the extension word.
pub(crate) const HEADER: usize = 2 * WORD;

/// The word at byte `offset`, or `None` if it is not all there.
pub(crate) fn word_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// The primary and the extension word.
pub(crate) fn header(message: &[u8]) -> Result<(u32, u32), DecodeError> {
    let short = DecodeError::Header { offset: 0, needed: HEADER, got: message.len() };
    Ok((word_at(message, 0).ok_or(short)?, word_at(message, WORD).ok_or(short)?))
}

/// What lies at and behind byte `offset`: nothing if the slice ends before it.
pub(crate) fn rest_at(bytes: &[u8], offset: usize) -> &[u8] {
    bytes.get(offset..).unwrap_or(&[])
}

/// Fills a caller's buffer from the front; only the length asked for at the start can be written.
pub(crate) struct Writer<'b> {
    left: &'b mut [u8],
    needed: usize,
}

impl<'b> Writer<'b> {
    /// Claims the first `needed` bytes of `out`.
    pub(crate) fn new(out: &'b mut [u8], needed: usize) -> Result<Self, EncodeError> {
        let got = out.len();
        let left = out.get_mut(..needed).ok_or(EncodeError::Space { needed, got })?;
        Ok(Self { left, needed })
    }

    pub(crate) fn word(&mut self, word: u32) -> Result<(), EncodeError> {
        self.bytes(&word.to_le_bytes())
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        let space = EncodeError::Space { needed: self.needed, got: self.needed - self.left.len() };
        let (head, tail) = core::mem::take(&mut self.left).split_at_mut_checked(bytes.len()).ok_or(space)?;
        head.copy_from_slice(bytes);
        self.left = tail;
        Ok(())
    }
}
