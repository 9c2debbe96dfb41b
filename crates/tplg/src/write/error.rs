//! Why elements are not a file.

use core::fmt;

use crate::kinds::BlockKind;
use crate::tokens::TupleType;

/// Why a file was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// The buffer is too small.
    Space {
        /// Bytes of the file.
        needed: usize,
        /// Bytes of the buffer.
        got: usize,
    },
    /// An element came in a block of another kind, or outside of any.
    Misplaced {
        /// Byte of the file at which it came.
        offset: usize,
        /// The block.
        block: Option<BlockKind>,
    },
    /// Private data came where no element is open that can have some.
    NoElement {
        /// Byte of the file at which they came.
        offset: usize,
    },
    /// An array of numbers was to be one of a type that has none.
    NotANumber {
        /// Byte of the file at which it came.
        offset: usize,
        /// The type.
        kind: TupleType,
    },
    /// A size or a count is more than 32 bits can hold.
    TooLong {
        /// Byte of the file at which it no longer does.
        offset: usize,
    },
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Space { needed, got } => {
                write!(f, "the file has {needed} bytes, but the buffer {got}; use a buffer of {needed}")
            }
            Self::Misplaced { offset, block: None } => {
                write!(f, "byte {offset}: an element is outside of any block; start a block of its kind")
            }
            Self::Misplaced { offset, block: Some(kind) } => {
                write!(f, "byte {offset}: an element is in a {kind} block; start a block of its kind")
            }
            Self::NoElement { offset } => {
                write!(f, "byte {offset}: private data belong to no element; write the element first")
            }
            Self::NotANumber { offset, kind } => {
                write!(f, "byte {offset}: an array of type {kind:?} has no numbers; write texts or UUIDs")
            }
            Self::TooLong { offset } => {
                write!(f, "byte {offset}: a size or count does not fit into 32 bits; write smaller files")
            }
        }
    }
}

impl core::error::Error for WriteError {}
