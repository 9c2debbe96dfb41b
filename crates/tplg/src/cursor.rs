//! Bytes of a file with the offset that is read next.

use crate::error::{Error, Part, Reason};

/// The word at byte `offset`. What is called with bytes that a topology was checked to have gets them; the 0
/// for others is never seen.
pub(crate) fn word_at(bytes: &[u8], offset: usize) -> u32 {
    bytes.get(offset..).and_then(|bytes| bytes.first_chunk()).map_or(0, |word| u32::from_le_bytes(*word))
}

/// What is left of a part of a file. Offsets count from the start of the file, wherever the part is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// All of `rest`, whose first byte is byte `at` of the file.
    pub(crate) fn starting_at(rest: &'a [u8], at: usize) -> Self {
        Self { rest, at }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `needed` bytes, for `part`.
    pub(crate) fn take(&mut self, part: Part, needed: usize) -> Result<&'a [u8], Error> {
        let short = Error { offset: self.at, reason: Reason::Short { part, needed, got: self.rest.len() } };
        let (taken, rest) = self.rest.split_at_checked(needed).ok_or(short)?;
        *self = Self { rest, at: self.at + needed };
        Ok(taken)
    }

    /// The next `needed` bytes as a cursor of their own.
    pub(crate) fn part(&mut self, part: Part, needed: usize) -> Result<Self, Error> {
        let at = self.at;
        Ok(Self { rest: self.take(part, needed)?, at })
    }
}
