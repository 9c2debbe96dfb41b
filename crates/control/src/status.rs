//! Which status a driver gets for which reason: the one place where errors become numbers.
//!
//! The numbers are the original's even where the protocol has a more telling one, since drivers know them (SOF's
//! `ipc4/handler-user.c`, commit 12dd726529): everything about making an instance is 104, about most unknown or existing ids 9.

use headroom_ipc4::{DecodeError, Fragment, Kind, Status};
use headroom_module::wiring::WiringError;
use headroom_runtime::Error;

use crate::Reason;

/// The status for `reason`, in answer to a message of kind `kind`.
pub(crate) fn status(kind: Kind, reason: &Reason) -> Status {
    match reason {
        Reason::NotServed(kind) => kind.refusal(),
        // A later part fails for the want of a first one, a first one because nothing collects it.
        Reason::InParts(Fragment::Middle { .. } | Fragment::Last { .. }) => Status::INVALID_RESOURCE_ID,
        Reason::NoSuchState(_) | Reason::InParts(_) | Reason::NoShortConfiguration => Status::INVALID_REQUEST,
        Reason::NoSuchPipeline(_) => Status::INVALID_RESOURCE_ID,
        Reason::Malformed(DecodeError::Header { .. } | DecodeError::NotARequest { .. }) => {
            Status::INVALID_PARAM
        }
        Reason::Malformed(_) | Reason::TooLong { .. } => malformed(kind),
        Reason::Refused(error) => refused(kind, error),
    }
}

fn malformed(kind: Kind) -> Status {
    match kind {
        Kind::INIT_INSTANCE => Status::MOD_NOT_INITIALIZED,
        Kind::LARGE_CONFIG_SET | Kind::LARGE_CONFIG_GET => Status::INVALID_RESOURCE_ID,
        _ => Status::INVALID_PARAM,
    }
}

fn refused(kind: Kind, error: &Error) -> Status {
    match kind {
        Kind::INIT_INSTANCE => Status::MOD_NOT_INITIALIZED,
        Kind::DELETE_INSTANCE | Kind::UNBIND => Status::INVALID_RESOURCE_ID,
        Kind::CREATE_PIPELINE => match error {
            Error::NoCore { .. } => Status::INVALID_CORE_ID,
            Error::PipelineExists(_) => Status::INVALID_RESOURCE_ID,
            _ => Status::OUT_OF_MEMORY,
        },
        Kind::DELETE_PIPELINE => match error {
            Error::NoPipeline(_) => Status::INVALID_RESOURCE_ID,
            _ => Status::INVALID_RESOURCE_STATE,
        },
        Kind::SET_PIPELINE_STATE => match error {
            Error::NoPipeline(_) => Status::INVALID_RESOURCE_ID,
            // A module that is away can be neither stopped nor told its stream: the original's trigger failed.
            Error::Busy(_) => Status::PIPELINE_STATE_NOT_SET,
            _ => Status::INVALID_REQUEST,
        },
        Kind::BIND => bind_refused(error),
        // The original has no module that is away; here the driver may ask again.
        _ if matches!(error, Error::Busy(_)) => Status::BUSY,
        _ => Status::INVALID_RESOURCE_ID,
    }
}

fn bind_refused(error: &Error) -> Status {
    match error {
        Error::NoModule(_) => Status::INVALID_RESOURCE_ID,
        Error::DpToDp { .. } => Status::INVALID_REQUEST,
        Error::BlockSize { .. } => Status::FAILURE,
        Error::Full { .. } | Error::Ring { error: WiringError::Memory(_), .. } => Status::OUT_OF_MEMORY,
        Error::Busy(_) => Status::BUSY,
        _ => Status::INVALID_RESOURCE_STATE,
    }
}
