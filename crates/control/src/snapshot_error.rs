//! Why bytes are no piece of a snapshot, or none could be written.

use core::fmt;

/// Why bytes are no piece of a snapshot, or none could be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SnapshotError {
    /// A buffer that holds no record.
    ShortBuffer {
        /// Bytes that surely are enough.
        needed: usize,
    },
    /// The bytes end in the middle of something.
    Cut,
    /// A version that can't be read.
    Version {
        /// Which one.
        got: u16,
    },
    /// A record has more bytes than its kind.
    Long {
        /// Its kind.
        kind: u8,
    },
    /// A number that stands for nothing.
    Value {
        /// What it should say.
        what: &'static str,
        /// The number.
        got: u64,
    },
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ShortBuffer { needed } => write!(f, "no record fits the buffer; give it {needed} bytes"),
            Self::Cut => f.write_str("the bytes of the snapshot are cut off; ask for this piece again"),
            Self::Version { got } => {
                write!(
                    f,
                    "the snapshot has version {got}, which this Headroom does not read; read it with the Headroom it is of"
                )
            }
            Self::Long { kind } => {
                write!(f, "a record of kind {kind} is longer than it should be; ask for this piece again")
            }
            Self::Value { what, got } => write!(f, "{got} is no {what}; ask for this piece again"),
        }
    }
}

impl core::error::Error for SnapshotError {}
