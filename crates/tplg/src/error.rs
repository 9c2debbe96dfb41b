//! Why bytes are not a topology: where, what, and what to do about it.

use core::fmt;

use crate::kinds::BlockKind;

/// Why a topology could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// Byte of the file, the first being 0, at which the faulty field starts.
    pub offset: usize,
    /// What is wrong there.
    pub reason: Reason,
}

/// What is wrong at the offset of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There is not one block.
    Empty,
    /// A block starts with something else than the magic number.
    Magic {
        /// The word in its place.
        found: u32,
    },
    /// The magic number has its bytes in the order of a big-endian machine.
    BigEndian,
    /// The ABI of a block is neither 4 nor 5.
    Abi {
        /// What it is.
        found: u32,
    },
    /// A size field is not that of the structure it belongs to, in the only ABI whose layout is known.
    Size {
        /// Bytes that the field says.
        found: u32,
        /// Bytes of the structure.
        expected: u32,
    },
    /// Something ends outside of what holds it.
    Short {
        /// What would start here.
        part: Part,
        /// Bytes that it needs.
        needed: usize,
        /// Bytes that are left.
        got: usize,
    },
    /// A block has bytes behind its last element.
    Leftover {
        /// Whose elements these are.
        kind: BlockKind,
        /// How many bytes there are.
        bytes: usize,
    },
    /// A control's info operation is none that says which structure it has.
    Info {
        /// The operation.
        found: u32,
    },
    /// A count is larger than the table that it counts the used entries of.
    Count {
        /// The count.
        found: u32,
        /// Entries of the table.
        limit: u32,
    },
    /// A vendor array is of a type that is not known, and so the size of its elements isn't either.
    ArrayType {
        /// The type.
        found: u32,
    },
    /// A vendor array is smaller than its header and the elements it counts. This includes arrays of no size
    /// at all, from which a careless reader would never move on.
    ArraySize {
        /// Bytes that it says it has.
        size: u32,
        /// Elements that it says it has.
        count: u32,
    },
    /// No byte of a string field is zero.
    Unterminated,
    /// A string is not UTF-8.
    NotUtf8,
    /// A route starts or ends at a widget that isn't there. Only [`check`](crate::Topology::check) says so.
    NoSuchWidget,
    /// A widget that becomes a module names no module by a UUID. Only [`check`](crate::Topology::check) says so.
    NoUuid,
    /// A widget that becomes a module is in a pipeline without a scheduler widget. Only
    /// [`check`](crate::Topology::check) says so.
    NoScheduler {
        /// The pipeline.
        pipeline: u32,
    },
    /// A widget announces more audio formats than it has. Only [`check`](crate::Topology::check) says so.
    Formats {
        /// What its token announces.
        announced: u32,
        /// How many there are.
        found: u32,
    },
    /// An audio format can't be: no channel or more than 8, a pin above 7, or blocks of no bytes. Only
    /// [`check`](crate::Topology::check) says so.
    Format {
        /// Channels.
        channels: u32,
        /// Pin.
        pin: u32,
        /// Bytes of a block.
        block_bytes: u32,
    },
}

/// A part of a topology that can be cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The header of a block.
    Header,
    /// What the header of a block announces.
    Payload,
    /// The fixed part of an element.
    Record,
    /// The private data of an element.
    Private,
    /// A vendor array or its header.
    Array,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "a block's header",
            Self::Payload => "a block's payload",
            Self::Record => "an element's fixed part",
            Self::Private => "an element's private data",
            Self::Array => "a vendor array",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}; {}", self.offset, self.reason, self.reason.remedy())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty => write!(f, "there is no block"),
            Self::Magic { found } => write!(f, "a block starts with {found:#010x}, not 0x41536f43"),
            Self::BigEndian => write!(f, "the magic number is byte-swapped"),
            Self::Abi { found } => write!(f, "the ABI is {found}, not 4 or 5"),
            Self::Size { found, expected } => {
                write!(f, "a structure of {expected} bytes says that it has {found}")
            }
            Self::Short { part, needed, got } => write!(f, "{part} needs {needed} bytes, but {got} are left"),
            Self::Leftover { kind, bytes } => {
                write!(f, "{bytes} bytes follow the last element of a {kind} block")
            }
            Self::Info { found } => write!(f, "no control has the info operation {found}"),
            Self::Count { found, limit } => write!(f, "{found} entries of a table of {limit} are in use"),
            Self::ArrayType { found } => write!(f, "a vendor array has the unknown type {found}"),
            Self::ArraySize { size, count } => {
                write!(f, "a vendor array of {size} bytes can't hold its header and {count} elements")
            }
            Self::Unterminated => write!(f, "a string of 44 bytes has no end"),
            Self::NotUtf8 => write!(f, "a string is not UTF-8"),
            Self::NoSuchWidget => write!(f, "a route names a widget that isn't there"),
            Self::NoUuid => write!(f, "a widget that becomes a module has no UUID"),
            Self::NoScheduler { pipeline } => write!(f, "pipeline {pipeline} has no scheduler widget"),
            Self::Formats { announced, found } => {
                write!(f, "{announced} audio formats are announced, but there are {found}")
            }
            Self::Format { channels, pin, block_bytes } => write!(
                f,
                "an audio format of {channels} channels in blocks of {block_bytes} bytes on pin {pin} can't be"
            ),
        }
    }
}

impl Reason {
    /// What whoever has the file can do about it.
    fn remedy(self) -> &'static str {
        match self {
            Self::Empty | Self::Short { .. } => "the file is cut short: copy or compile it again",
            Self::Magic { .. } => "if this is a .tplg file it is damaged: copy or compile it again",
            Self::BigEndian => "compile it for a little-endian machine",
            Self::Abi { .. } | Self::Size { .. } => "compile it with an alsatplg of ABI 5 (1.2.7 or newer)",
            Self::Leftover { .. } | Self::Count { .. } | Self::ArraySize { .. } => {
                "the tool that wrote it miscounted: compile it with alsatplg"
            }
            Self::Info { .. } => "give the control the info operation of a mixer, enum or bytes control",
            Self::ArrayType { .. } => "use the types 0 to 5: uuid, string, bool, byte, word, short",
            Self::Unterminated => "use at most 43 bytes and a zero",
            Self::NotUtf8 => "use ASCII in names",
            Self::NoSuchWidget => "correct the name, or load the topology that has the widget as well",
            Self::NoUuid => "give the widget the token 405",
            Self::NoScheduler { .. } => "add a widget of kind scheduler to a block of this index",
            Self::Formats { .. } => "correct the tokens 415 and 416",
            Self::Format { .. } => "use 1 to 8 channels, pins 0 to 7, and an ibs and obs",
        }
    }
}

impl core::error::Error for Error {}
