//! A named field of a header word: where it sits, how to read it, and the check before it is written.

use crate::EncodeError;

/// `count` bits of a word from bit `low` up; `count` is 1 to 32, `low + count` at most 32.
pub(crate) struct Bits {
    name: &'static str,
    low: u32,
    count: u32,
}

/// Reads the same in the primary word of every module message.
pub(crate) const MODULE: Bits = Bits::new("module id", 0, 16);
/// See [`MODULE`].
pub(crate) const INSTANCE: Bits = Bits::new("instance id", 16, 8);
/// The pipeline id in the primary word of create, delete and set state.
pub(crate) const PIPELINE: Bits = Bits::new("pipeline id", 16, 8);

impl Bits {
    pub(crate) const fn new(name: &'static str, low: u32, count: u32) -> Self {
        Self { name, low, count }
    }

    const fn max(&self) -> u32 {
        u32::MAX >> (32 - self.count)
    }

    pub(crate) const fn get(&self, word: u32) -> u32 {
        (word >> self.low) & self.max()
    }

    /// For fields of at most 8 bits: the cast drops zeros only.
    pub(crate) const fn get_u8(&self, word: u32) -> u8 {
        self.get(word) as u8
    }

    /// For fields of at most 16 bits: the cast drops zeros only.
    pub(crate) const fn get_u16(&self, word: u32) -> u16 {
        self.get(word) as u16
    }

    pub(crate) const fn is_set(&self, word: u32) -> bool {
        self.get(word) != 0
    }

    /// `value` moved to its place, or an error that names the field.
    pub(crate) fn put(&self, value: impl Into<u32>) -> Result<u32, EncodeError> {
        let value = value.into();
        if value > self.max() {
            return Err(EncodeError::TooLarge { field: self.name, value, max: self.max() });
        }
        Ok(value << self.low)
    }

    /// The same for a length in memory, which may be wider than a word.
    pub(crate) fn put_length(&self, length: usize) -> Result<u32, EncodeError> {
        self.put(u32::try_from(length).unwrap_or(u32::MAX))
    }
}
