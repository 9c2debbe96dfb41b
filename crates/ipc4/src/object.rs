//! The array of tagged objects that extends the create and the init message.
//!
//! ```text
//!  31............16 15........1  0
//! | object_words  | object_id  | last |  header, once per object
//! | object_words words                |  body
//! ```
//!
//! The array has no length of its own: the object marked `last` ends it.

use crate::bits::Bits;
use crate::bytes::{WORD, Writer, rest_at, word_at};
use crate::{DecodeError, EncodeError};

const LAST: Bits = Bits::new("last_object", 0, 1);
const ID: Bits = Bits::new("object_id", 1, 15);
const WORDS: Bits = Bits::new("object_words", 16, 16);

/// What a decoder passed over, so that the receiver can log it.
///
/// None of it is an error: the original skips the same objects, and drivers newer than the firmware send
/// them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ignored {
    /// Objects with an id that the protocol does not name.
    pub unknown: u32,
    /// Objects with fewer words than their smallest known version.
    pub too_small: u32,
    /// Objects replaced by a later one with the same id: the last one counts.
    pub repeated: u32,
    /// Words behind the ones known, in objects that were used all the same.
    pub extra_words: u32,
}

impl Ignored {
    /// Every byte had a meaning; also the default.
    pub const NOTHING: Self = Self { unknown: 0, too_small: 0, repeated: 0, extra_words: 0 };

    /// Puts an object that was read from a message where the last one before it was.
    pub(crate) fn replace<T>(&mut self, slot: &mut Option<T>, object: T) {
        if slot.replace(object).is_some() {
            self.repeated = self.repeated.saturating_add(1);
        }
    }
}

/// One object of a message.
pub(crate) struct Object<'a> {
    pub(crate) id: u32,
    /// Whole words.
    pub(crate) body: &'a [u8],
}

/// A walk over the objects of a message, until the one marked last.
pub(crate) struct Objects<'a> {
    /// The message, cut where its objects must end.
    message: &'a [u8],
    offset: usize,
    ended: bool,
}

impl<'a> Objects<'a> {
    pub(crate) fn new(message: &'a [u8], offset: usize) -> Self {
        Self { message, offset, ended: false }
    }

    /// The next object; `None` after the last one, when [`rest`](Self::rest) is valid.
    pub(crate) fn next(&mut self) -> Result<Option<Object<'a>>, DecodeError> {
        if self.ended {
            return Ok(None);
        }
        let rest = self.rest();
        let header = word_at(rest, 0).ok_or(DecodeError::ObjectHeader {
            offset: self.offset,
            needed: WORD,
            got: rest.len(),
        })?;
        let (offset, body) = (self.offset + WORD, rest_at(rest, WORD));
        let needed = usize::from(WORDS.get_u16(header)) * WORD;
        let got = body.len();
        let body = body.get(..needed).ok_or(DecodeError::ObjectBody { offset, needed, got })?;
        self.offset = offset + needed;
        self.ended = LAST.is_set(header);
        Ok(Some(Object { id: ID.get(header), body }))
    }

    /// What follows the objects walked so far.
    pub(crate) fn rest(&self) -> &'a [u8] {
        rest_at(self.message, self.offset)
    }
}

/// The position of an object in its array, as its header tells it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    More,
    Last,
}

/// Writes the header of an object of `bytes`, which must be whole words.
pub(crate) fn write_header(
    out: &mut Writer<'_>,
    id: u32,
    bytes: usize,
    position: Position,
) -> Result<(), EncodeError> {
    if !bytes.is_multiple_of(WORD) {
        return Err(EncodeError::NotWords { field: "object", got: bytes });
    }
    let last = LAST.put(u32::from(position == Position::Last))?;
    out.word(WORDS.put_length(bytes / WORD)? | ID.put(id)? | last)
}
