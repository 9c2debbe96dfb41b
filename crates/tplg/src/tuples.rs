//! Private data that is a sequence of vendor arrays, each of tuples of one type.
//!
//! ```text
//!  | size | type | n | token | value | token | value | … (n times) | bytes that size has beyond that, mostly none |
//!    4      4      4   4       16 (uuid), 44 (string) or 4 (all others)
//! ```

use core::fmt;

use crate::cursor::{Cursor, word_at};
use crate::error::{Error, Part, Reason};
use crate::layout::Field;
use crate::name::{Name, text};
use crate::tokens::Token;
pub use crate::tokens::TupleType;

/// Bytes of an array before its elements.
pub(crate) const ARRAY_HEADER: usize = 12;

/// 16 bytes that name a module, in the order of the firmware's structure: the first three groups of the
/// usual spelling are little endian.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Uuid(pub [u8; 16]);

impl Uuid {
    /// The UUID that is spelled with these groups, the last two as one.
    pub const fn from_fields(a: u32, b: u16, c: u16, d: [u8; 8]) -> Self {
        let [a0, a1, a2, a3] = a.to_le_bytes();
        let ([b0, b1], [c0, c1]) = (b.to_le_bytes(), c.to_le_bytes());
        let [d0, d1, d2, d3, d4, d5, d6, d7] = d;
        Self([a0, a1, a2, a3, b0, b1, c0, c1, d0, d1, d2, d3, d4, d5, d6, d7])
    }
}

/// As usual: `e61bb28d-149a-4c1f-b709-46823ef5f5ae`.
impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a0, a1, a2, a3, b0, b1, c0, c1, d @ ..] = self.0;
        let [a, b, c] = [
            u32::from_le_bytes([a0, a1, a2, a3]),
            u16::from_le_bytes([b0, b1]).into(),
            u16::from_le_bytes([c0, c1]).into(),
        ];
        let [d0, d1, d2, d3, d4, d5, d6, d7] = d;
        write!(f, "{a:08x}-{b:04x}-{c:04x}-{d0:02x}{d1:02x}-{d2:02x}{d3:02x}{d4:02x}{d5:02x}{d6:02x}{d7:02x}")
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A token with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuple<'a> {
    /// What it says something about.
    pub token: Token,
    /// What it says.
    pub value: Value<'a>,
    /// Byte of the file at which the value starts.
    pub offset: usize,
}

/// The value of a tuple.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// 16 bytes.
    Uuid(Uuid),
    /// A text.
    Text(&'a str),
    /// A word in an array of one of the other types, which says what the word is meant to be.
    Number(TupleType, u32),
}

/// Tuples of one type.
#[derive(Clone, Copy, Debug)]
pub struct VendorArray<'a> {
    kind: TupleType,
    offset: usize,
    elements: &'a [u8],
    slack: &'a [u8],
}

impl<'a> VendorArray<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        let (offset, start) = (cursor.at(), cursor.rest());
        let header = cursor.take(Part::Array, ARRAY_HEADER)?;
        let [size, kind, count] = [0, 4, 8].map(|at| word_at(header, at));
        let unknown = Error { offset: offset + 4, reason: Reason::ArrayType { found: kind } };
        let kind = TupleType::from_raw(kind).ok_or(unknown)?;
        let wrong = Error { offset, reason: Reason::ArraySize { size, count } };
        let elements = (count as usize).checked_mul(kind.element_len()).ok_or(wrong)?;
        let body = (size as usize).checked_sub(ARRAY_HEADER).ok_or(wrong)?;
        let slack = body.checked_sub(elements).ok_or(wrong)?;
        let short = Reason::Short { part: Part::Array, needed: size as usize, got: start.len() };
        if cursor.rest().len() < body {
            return Err(Error { offset, reason: short });
        }
        let array = cursor.at();
        let elements = cursor.take(Part::Array, elements)?;
        Ok(Self { kind, offset: array, elements, slack: cursor.take(Part::Array, slack)? })
    }

    /// Whether strings are strings.
    fn check(&self) -> Result<(), Error> {
        if self.kind != TupleType::String {
            return Ok(());
        }
        let mut cursor = Cursor::starting_at(self.elements, self.offset);
        while !cursor.is_empty() {
            u32::check(&mut cursor)?;
            Name::check(&mut cursor)?;
        }
        Ok(())
    }

    /// What its values are.
    pub fn tuple_type(&self) -> TupleType {
        self.kind
    }

    /// Its tuples, in their order.
    pub fn tuples(&self) -> impl Iterator<Item = Tuple<'a>> + Clone + use<'a> {
        let (kind, len, offset) = (self.kind, self.kind.element_len(), self.offset);
        self.elements.chunks_exact(len).enumerate().map(move |(n, element)| Tuple {
            token: Token(word_at(element, 0)),
            value: Value::read(kind, element.get(4..).unwrap_or(&[])),
            offset: offset + n * len + 4,
        })
    }

    /// Whether one of its tokens is one that `wanted` is true for. Cost: its length.
    pub(crate) fn has(&self, wanted: impl Fn(Token) -> bool) -> bool {
        self.elements.chunks_exact(self.kind.element_len()).any(|element| wanted(Token(word_at(element, 0))))
    }

    /// The bytes of its tuples, and those behind them that its size includes.
    pub(crate) fn parts(&self) -> (&'a [u8], &'a [u8]) {
        (self.elements, self.slack)
    }
}

impl<'a> Value<'a> {
    /// The type of the array that it is in.
    pub fn tuple_type(&self) -> TupleType {
        match self {
            Self::Uuid(_) => TupleType::Uuid,
            Self::Text(_) => TupleType::String,
            Self::Number(kind, _) => *kind,
        }
    }

    fn read(kind: TupleType, bytes: &'a [u8]) -> Self {
        match kind {
            TupleType::Uuid => Self::Uuid(Uuid(bytes.first_chunk().copied().unwrap_or_default())),
            TupleType::String => Self::Text(text(bytes)),
            TupleType::Bool | TupleType::Byte | TupleType::Word | TupleType::Short => {
                Self::Number(kind, word_at(bytes, 0))
            }
        }
    }
}

/// The vendor arrays of an element.
///
/// Each look-up goes through them from the front, and takes the first tuple that has the token and a type as
/// asked for. Cost: the length of the private data up to there.
#[derive(Clone, Copy, Debug)]
pub struct Tuples<'a>(Cursor<'a>);

impl<'a> Tuples<'a> {
    /// Checks the arrays in all of `cursor`.
    pub(crate) fn check(mut cursor: Cursor<'a>) -> Result<(), Error> {
        while !cursor.is_empty() {
            VendorArray::read(&mut cursor)?.check()?;
        }
        Ok(())
    }

    pub(crate) fn new(cursor: Cursor<'a>) -> Self {
        Self(cursor)
    }

    /// The bytes of all arrays.
    pub fn bytes(&self) -> &'a [u8] {
        self.0.rest()
    }

    /// The arrays, in their order.
    pub fn arrays(&self) -> impl Iterator<Item = VendorArray<'a>> + Clone + use<'a> {
        let mut cursor = self.0;
        core::iter::from_fn(move || VendorArray::read(&mut cursor).ok())
    }

    /// The tuples of all arrays, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Tuple<'a>> + Clone + use<'a> {
        self.arrays().flat_map(|array| array.tuples())
    }

    /// The number that `token` has, in an array of numbers of any type.
    pub fn word(&self, token: Token) -> Option<u32> {
        self.iter().find_map(|tuple| match tuple.value {
            Value::Number(_, number) if tuple.token == token => Some(number),
            _ => None,
        })
    }

    /// The text that `token` has.
    pub fn text(&self, token: Token) -> Option<&'a str> {
        self.texts(token).next()
    }

    /// All texts that `token` has, in their order.
    pub fn texts(&self, token: Token) -> impl Iterator<Item = &'a str> + use<'a> {
        self.iter().filter_map(move |tuple| match tuple.value {
            Value::Text(text) if tuple.token == token => Some(text),
            _ => None,
        })
    }

    /// The UUID that `token` has.
    pub fn uuid(&self, token: Token) -> Option<Uuid> {
        self.iter().find_map(|tuple| match tuple.value {
            Value::Uuid(uuid) if tuple.token == token => Some(uuid),
            _ => None,
        })
    }
}
