//! Which status a driver gets for which reason: the one place where errors become numbers.
//!
//! The numbers are the original's even where the protocol has a more telling one, since drivers know them (SOF's
//! `ipc4/handler-user.c`, commit 12dd726529): everything about making an instance is 104, about most unknown or existing ids 9.

use headroom_ipc4::{DecodeError, Kind, Status};
use headroom_module::ModuleError;
use headroom_module::wiring::WiringError;
use headroom_runtime::{Error, TransferFault};

use crate::Reason;

/// A request that ends without success.
pub(crate) struct Refusal {
    /// What was asked for.
    pub(crate) kind: Kind,
    /// Why not.
    pub(crate) reason: Reason,
}

impl From<Refusal> for Status {
    fn from(Refusal { kind, reason }: Refusal) -> Self {
        match reason {
            Reason::NotServed(kind) => kind.refusal(),
            Reason::NoSuchState(_) | Reason::InParts(_) => Self::INVALID_REQUEST,
            Reason::NoSuchPipeline(_) => Self::INVALID_RESOURCE_ID,
            Reason::NotShort { .. } => Self::INVALID_CONFIG_PARAM_ID,
            Reason::VendorList(DecodeError::VendorValue { .. }) => Self::INVALID_REQUEST,
            Reason::VendorList(_) | Reason::VendorShort { .. } => Self::INVALID_CONFIG_DATA_STRUCT,
            Reason::VendorEmpty(_) => Self::INVALID_CONFIG_DATA_LEN,
            Reason::VendorFull(_) | Reason::Vendor { .. } => Self::FAILURE,
            Reason::Malformed(DecodeError::Header { .. } | DecodeError::NotARequest { .. }) => {
                Self::INVALID_PARAM
            }
            Reason::Malformed(_) | Reason::TooLong { .. } => malformed(kind),
            Reason::Refused(error) => refused(kind, &error),
        }
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
            Error::NoPipeline(_) | Error::EmptyPipeline(_) => Status::INVALID_RESOURCE_ID,
            // A module that is away can be neither stopped nor told its stream: the original's trigger failed.
            Error::Busy(_) => Status::PIPELINE_STATE_NOT_SET,
            _ => Status::INVALID_REQUEST,
        },
        Kind::BIND => bind_refused(error),
        Kind::CONFIG_GET | Kind::CONFIG_SET => short_refused(error),
        // The original has no module that is away; here the driver may ask again.
        Kind::LARGE_CONFIG_GET if matches!(error, Error::Busy(_)) => Status::BUSY,
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

fn short_refused(error: &Error) -> Status {
    match error {
        Error::NoModule(_) => Status::INVALID_RESOURCE_ID,
        Error::Busy(_) | Error::Transfer { fault: TransferFault::Waiting, .. } => Status::BUSY,
        // The original's modules have no handler then.
        Error::Module { error: ModuleError::UnknownParameter { .. }, .. } => Status::INVALID_REQUEST,
        _ => Status::INVALID_CONFIG_PARAM_ID,
    }
}
