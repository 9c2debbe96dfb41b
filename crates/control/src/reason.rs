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
    /// A configuration that comes in parts; only whole ones are taken here.
    InParts(Fragment),
    /// The module has no short configuration values.
    NoShortConfiguration,
    /// The runtime refused.
    Refused(Error),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Malformed(error) => write!(f, "the message does not decode: {error}"),
            Self::NotServed(kind) => write!(f, "messages of type {kind} are not served"),
            Self::NoSuchState(state) => {
                write!(f, "pipelines can be asked for Reset, Paused and Running, not for {state:?}")
            }
            Self::TooLong { bytes, limit } => {
                write!(
                    f,
                    "the message has {bytes} bytes, at most {limit} fit the mailbox; send several messages"
                )
            }
            Self::NoSuchPipeline(id) => write!(f, "pipeline ids end at 255, the message names {id}"),
            Self::InParts(part) => {
                write!(f, "configuration is taken in one part, not as {part:?}; send it as a single block")
            }
            Self::NoShortConfiguration => {
                f.write_str("modules here have no 16-bit parameters; use a large configuration")
            }
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
