//! Why a request was refused, more precisely than its status can say.

use core::fmt;

use headroom_ipc4::{DecodeError, Fragment, Kind, PipelineState};
use headroom_runtime::Error;

/// The cause behind a status other than success.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Reason {
    /// The message does not decode.
    Malformed(DecodeError),
    /// A type of message that is not served here.
    NotServed(Kind),
    /// A state that pipelines can't be asked for here.
    NoSuchState(PipelineState),
    /// More bytes than can have come through a mailbox.
    TooLong {
        /// Bytes of the message.
        bytes: usize,
        /// The most that header and mailbox hold.
        limit: usize,
    },
    /// A pipeline id that no pipeline can have.
    NoSuchPipeline(u32),
    /// A list of vendor parameters is asked for in parts; only whole ones are.
    InParts(Fragment),
    /// A parameter that was asked for as a short one has more than 16 bits.
    NotShort {
        /// Its number.
        parameter: u16,
        /// Its first 32 bits.
        value: u32,
    },
    /// A list of vendor parameters is not whole.
    VendorList(DecodeError),
    /// A list of vendor parameters is shorter than it says.
    VendorShort {
        /// What it says.
        total: u32,
    },
    /// A vendor parameter of this type comes without a value.
    VendorEmpty(u32),
    /// The reply has no room for a vendor parameter of this type.
    VendorFull(u32),
    /// The runtime or the module refused a vendor parameter.
    Vendor {
        /// Its type.
        kind: u32,
        /// Why.
        error: Error,
    },
    /// The runtime refused.
    Refused(Error),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Malformed(error) => write!(f, "the message does not decode: {error}"),
            Self::NotServed(kind) => write!(f, "messages of type {kind} are not served"),
            Self::NoSuchState(state) => {
                write!(
                    f,
                    "pipelines can be asked for Reset, Paused, Running and EndOfStream, not for {state:?}"
                )
            }
            Self::TooLong { bytes, limit } => {
                write!(
                    f,
                    "the message has {bytes} bytes, at most {limit} fit the mailbox; send several messages"
                )
            }
            Self::NoSuchPipeline(id) => write!(f, "pipeline ids end at 255, the message names {id}"),
            Self::InParts(part) => {
                write!(f, "vendor parameters are read in one part, not as {part}; ask for fewer at once")
            }
            Self::NotShort { parameter, value } => {
                write!(f, "parameter {parameter} is {value:#x} and more; read it as a large configuration")
            }
            Self::VendorList(error) => write!(f, "the list of vendor parameters is not whole: {error}"),
            Self::VendorShort { total } => {
                write!(f, "the list of vendor parameters has not the {total} bytes that it says")
            }
            Self::VendorEmpty(kind) => write!(f, "vendor parameter {kind:#x} has no value; leave it out"),
            Self::VendorFull(kind) => {
                write!(f, "the mailbox has no room for vendor parameter {kind:#x}; ask for fewer at once")
            }
            Self::Vendor { kind, error } => write!(f, "vendor parameter {kind:#x}: {error}"),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Reason {}

impl From<DecodeError> for Reason {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

impl From<Error> for Reason {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}
