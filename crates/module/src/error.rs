//! What a module can refuse, with the numbers that say why.

use core::fmt;

use vregion::AllocError;

use crate::format::{Domain, Format, SampleFormat};

/// Why a module could not be made, prepared, configured or run.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ModuleError {
    /// The region had no room for something the module needs.
    Memory(AllocError),
    /// The init or configuration payload ends before a field.
    ShortPayload {
        /// The field.
        what: &'static str,
        /// Bytes that the payload must have for it.
        needed: usize,
        /// Bytes that it has.
        got: usize,
    },
    /// A field is outside its range.
    BadValue {
        /// The field.
        what: &'static str,
        /// Its value.
        got: u32,
        /// The least that is valid.
        min: u32,
        /// The most that is valid.
        max: u32,
    },
    /// The module does not work on samples of this kind.
    UnsupportedSamples {
        /// What it was given.
        got: SampleFormat,
    },
    /// No filter converts this pair of rates.
    UnsupportedRates {
        /// Hz of the input.
        from: u32,
        /// Hz of the output.
        to: u32,
    },
    /// The stream is not what the module was set up for.
    FormatChanged {
        /// What init planned for.
        planned: Format,
        /// What the stream is.
        got: Format,
    },
    /// The module has no parameter of this number.
    UnknownParameter {
        /// The number.
        parameter: u32,
    },
    /// A configuration read would not fit the reply.
    ShortReply {
        /// Bytes that it needs.
        needed: usize,
        /// Bytes that there are.
        got: usize,
    },
    /// A value of this parameter waits for the next run already, and only one can.
    Waiting {
        /// What it is a value of.
        what: &'static str,
    },
    /// A port that the module needs is not bound.
    Unbound {
        /// `"input"` or `"output"`.
        side: &'static str,
        /// Its queue id.
        queue: usize,
    },
    /// More frames were released or committed than were granted.
    Overdrawn {
        /// Frames asked for.
        asked: usize,
        /// Frames granted.
        granted: usize,
    },
    /// The module can't run in this domain.
    WrongDomain {
        /// Where it was to run.
        got: Domain,
    },
    /// No gateway answers to this node id.
    NoGateway {
        /// The node id.
        node: u32,
    },
}

impl fmt::Display for ModuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Memory(error) => error.fmt(f),
            Self::ShortPayload { what, needed, got } => {
                write!(f, "the payload ends before its {what}: it has {got} bytes, {needed} are needed")
            }
            Self::BadValue { what, got, min, max } => write!(f, "{what} is {got}; it must be {min} to {max}"),
            Self::UnsupportedSamples { got } => {
                write!(f, "does not work on {got} samples; put a copier that converts them before it")
            }
            Self::UnsupportedRates { from, to } => write!(f, "no filter converts {from} Hz to {to} Hz"),
            Self::FormatChanged { planned, got } => {
                write!(f, "was set up for {planned}, but the stream is {got}; make it anew for that stream")
            }
            Self::UnknownParameter { parameter } => write!(f, "has no parameter {parameter}"),
            Self::ShortReply { needed, got } => write!(f, "the reply needs {needed} bytes, there are {got}"),
            Self::Waiting { what } => {
                write!(f, "a {what} waits for the next run already; send another one after that")
            }
            Self::Unbound { side, queue } => write!(f, "its {side} {queue} is not bound to anything"),
            Self::Overdrawn { asked, granted } => {
                write!(f, "moved {asked} frames where {granted} were granted")
            }
            Self::WrongDomain { got } => write!(f, "can't run as {got}; make it in the other domain"),
            Self::NoGateway { node } => write!(f, "no gateway has the node id {node:#x}"),
        }
    }
}

impl core::error::Error for ModuleError {}

impl From<AllocError> for ModuleError {
    fn from(error: AllocError) -> Self {
        Self::Memory(error)
    }
}
