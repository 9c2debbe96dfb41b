//! What every element starts with: a record and its private data, of which the ends are known.

use crate::cursor::{Cursor, word_at};
use crate::error::{Error, Part, Reason};
use crate::layout::Field;

/// A record with its private data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<'a> {
    /// Byte of the file at which the record starts.
    pub(crate) offset: usize,
    /// The record's bytes.
    pub(crate) record: &'a [u8],
    /// What follows it.
    pub(crate) private: Cursor<'a>,
}

impl<'a> Raw<'a> {
    /// Takes a record `R` and its private data, whose size is the last word of every record that has some.
    pub(crate) fn read<R: Field>(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        let offset = cursor.at();
        let record = cursor.take(Part::Record, R::LEN)?;
        let private = cursor.part(Part::Private, word_at(record, R::LEN - 4) as usize)?;
        Ok(Self { offset, record, private })
    }

    /// Whether the size field at byte `at` of the record is `expected`.
    pub(crate) fn sized(self, at: usize, expected: u32) -> Result<Self, Error> {
        match word_at(self.record, at) {
            found if found == expected => Ok(self),
            found => Err(Error { offset: self.offset + at, reason: Reason::Size { found, expected } }),
        }
    }

    /// Whether the count at byte `at` of the record counts entries of a table of `limit`.
    pub(crate) fn counted(&self, at: usize, limit: usize) -> Result<(), Error> {
        match word_at(self.record, at) {
            found if found as usize <= limit => Ok(()),
            found => {
                Err(Error { offset: self.offset + at, reason: Reason::Count { found, limit: limit as u32 } })
            }
        }
    }

    /// Whether the strings of the record are strings.
    pub(crate) fn strings<R: Field>(&self) -> Result<(), Error> {
        R::check(&mut Cursor::starting_at(self.record, self.offset))
    }

    /// The record's fields.
    pub(crate) fn fields<R: Field>(&self) -> R {
        R::read(&mut &*self.record)
    }
}
