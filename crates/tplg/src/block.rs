//! A file is a sequence of blocks, and a block a sequence of elements of one kind.
//!
//! ```text
//!  | header | element | element | … | header | element | …
//!    36       count of them, payload_size bytes
//! ```

use crate::cursor::{Cursor, word_at};
use crate::element::Element;
use crate::error::{Error, Part, Reason};
use crate::kinds::BlockKind;
use crate::layout::{Field, word};
use crate::records::{BlockHeader, MAGIC};

/// A header with what it announces.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    offset: usize,
    header: &'a [u8],
    payload: Cursor<'a>,
}

impl<'a> Block<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        let offset = cursor.at();
        let fault = |at: usize, reason| Err(Error { offset: offset + at, reason });
        match word_at(cursor.rest(), 0) {
            MAGIC => {}
            _ if cursor.rest().len() < 4 => {}
            found if found.swap_bytes() == MAGIC => return fault(0, Reason::BigEndian),
            found => return fault(0, Reason::Magic { found }),
        }
        let header = cursor.take(Part::Header, BlockHeader::LEN)?;
        match (word!(header, BlockHeader, abi), word!(header, BlockHeader, size)) {
            (4..=5, 36) => {}
            (4..=5, found) => return fault(16, Reason::Size { found, expected: 36 }),
            (found, _) => return fault(4, Reason::Abi { found }),
        }
        let payload = cursor.part(Part::Payload, word!(header, BlockHeader, payload_size) as usize)?;
        Ok(Self { offset, header, payload })
    }

    /// Checks all elements, and that there is nothing else.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let mut cursor = self.payload;
        for _ in 0..self.elements_left() {
            Element::read(self.kind(), self.index(), &mut cursor)?.check()?;
        }
        match cursor.rest().len() {
            0 => Ok(()),
            bytes => {
                Err(Error { offset: cursor.at(), reason: Reason::Leftover { kind: self.kind(), bytes } })
            }
        }
    }

    /// How many elements to read: one for all bytes, where the kind doesn't say what they are.
    fn elements_left(&self) -> u32 {
        if self.kind().is_opaque() { 1 } else { self.record().count }
    }

    /// Byte of the file at which the header starts.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The header.
    pub fn record(&self) -> BlockHeader {
        BlockHeader::read(&mut &*self.header)
    }

    /// What the elements are.
    pub fn kind(&self) -> BlockKind {
        BlockKind::from_raw(word!(self.header, BlockHeader, kind))
    }

    /// The pipeline, where this is a block of widgets. `alsatplg` writes 0 for routes, whatever pipeline they are in.
    pub fn index(&self) -> u32 {
        word!(self.header, BlockHeader, index)
    }

    /// Bytes behind the header.
    pub fn payload(&self) -> &'a [u8] {
        self.payload.rest()
    }

    /// The elements, in their order: a single [`Opaque`](Element::Opaque) one for kinds without a known layout.
    pub fn elements(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let (kind, index, mut cursor) = (self.kind(), self.index(), self.payload);
        (0..self.elements_left()).map_while(move |_| Element::read(kind, index, &mut cursor).ok())
    }
}
