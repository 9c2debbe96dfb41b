//! What a message is about: its target and type.

use core::fmt;

use crate::Status;
use crate::bits::Bits;

const TYPE: Bits = Bits::new("message type", 24, 5);
const REPLY: Bits = Bits::new("rsp", 29, 1);
const TARGET: Bits = Bits::new("target", 30, 1);

/// A message's target and type, whether or not this crate decodes it.
///
/// Displays as the protocol's name, or as the number where it has none. Types are 0 to 31; see
/// `enum ipc4_message_type` in `src/include/ipc4/header.h` and `enum ipc4_module_type` in `module.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// To the firmware as a whole.
    Global(u8),
    /// To one module instance.
    Module(u8),
}

impl Kind {
    /// Makes a pipeline.
    pub const CREATE_PIPELINE: Self = Self::Global(17);
    /// Frees a pipeline.
    pub const DELETE_PIPELINE: Self = Self::Global(18);
    /// Changes the state of pipelines.
    pub const SET_PIPELINE_STATE: Self = Self::Global(19);
    /// Asks for the state of a pipeline.
    pub const GET_PIPELINE_STATE: Self = Self::Global(20);
    /// Asks how much memory a pipeline takes.
    pub const GET_PIPELINE_CONTEXT_SIZE: Self = Self::Global(21);
    /// Something that the firmware tells unasked.
    pub const NOTIFICATION: Self = Self::Global(27);
    /// Makes a module instance.
    pub const INIT_INSTANCE: Self = Self::Module(0);
    /// Asks for a value of 16 bits.
    pub const CONFIG_GET: Self = Self::Module(1);
    /// Sets a value of 16 bits.
    pub const CONFIG_SET: Self = Self::Module(2);
    /// Asks for configuration of any size.
    pub const LARGE_CONFIG_GET: Self = Self::Module(3);
    /// Sets configuration of any size.
    pub const LARGE_CONFIG_SET: Self = Self::Module(4);
    /// Connects two modules.
    pub const BIND: Self = Self::Module(5);
    /// Takes a connection away.
    pub const UNBIND: Self = Self::Module(6);
    /// Frees a module instance.
    pub const DELETE_INSTANCE: Self = Self::Module(11);

    /// Whether [`Request::decode`](crate::Request::decode) takes messages of this kind apart.
    pub const fn is_decoded(self) -> bool {
        matches!(self, Self::Global(17..=21) | Self::Module(0..=6 | 11))
    }

    /// The kind that a primary word names.
    pub const fn from_primary(primary: u32) -> Self {
        let code = TYPE.get_u8(primary);
        if TARGET.is_set(primary) { Self::Module(code) } else { Self::Global(code) }
    }

    /// The protocol's name, `None` for a number that it leaves free.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Global(0) => "BOOT_CONFIG",
            Self::Global(1) => "ROM_CONTROL",
            Self::Global(2) => "IPCGATEWAY_CMD",
            Self::Global(13) => "PERF_MEAS_CMD",
            Self::Global(14) => "CHAIN_DMA",
            Self::Global(15) => "LOAD_MULTIPLE_MODULES",
            Self::Global(16) => "UNLOAD_MULTIPLE_MODULES",
            Self::Global(17) => "CREATE_PIPELINE",
            Self::Global(18) => "DELETE_PIPELINE",
            Self::Global(19) => "SET_PIPELINE_STATE",
            Self::Global(20) => "GET_PIPELINE_STATE",
            Self::Global(21) => "GET_PIPELINE_CONTEXT_SIZE",
            Self::Global(22) => "SAVE_PIPELINE",
            Self::Global(23) => "RESTORE_PIPELINE",
            Self::Global(24) => "LOAD_LIBRARY",
            Self::Global(25) => "LOAD_LIBRARY_PREPARE",
            Self::Global(26) => "INTERNAL_MESSAGE",
            Self::Global(27) => "NOTIFICATION",
            Self::Global(31) => "ENTER_GDB",
            Self::Module(0) => "INIT_INSTANCE",
            Self::Module(1) => "CONFIG_GET",
            Self::Module(2) => "CONFIG_SET",
            Self::Module(3) => "LARGE_CONFIG_GET",
            Self::Module(4) => "LARGE_CONFIG_SET",
            Self::Module(5) => "BIND",
            Self::Module(6) => "UNBIND",
            Self::Module(7) => "SET_DX",
            Self::Module(8) => "SET_D0IX",
            Self::Module(9) => "ENTER_MODULE_RESTORE",
            Self::Module(10) => "EXIT_MODULE_RESTORE",
            Self::Module(11) => "DELETE_INSTANCE",
            _ => return None,
        })
    }

    /// How the original answers a kind that nobody serves.
    ///
    /// A global type gets [`Status::UNAVAILABLE`] even where its number is free; a module type only where it
    /// has a name, else [`Status::UNKNOWN_MESSAGE_TYPE`].
    pub const fn refusal(self) -> Status {
        match (self, self.name()) {
            (Self::Module(_), None) => Status::UNKNOWN_MESSAGE_TYPE,
            _ => Status::UNAVAILABLE,
        }
    }

    /// Whether a primary word is that of a reply.
    pub(crate) const fn is_reply(primary: u32) -> bool {
        REPLY.is_set(primary)
    }

    /// The primary word of a request or notification, its lower 24 bits zero.
    pub(crate) fn request(self) -> Result<u32, crate::EncodeError> {
        let (target, code) = match self {
            Self::Global(code) => (0_u32, code),
            Self::Module(code) => (1, code),
        };
        Ok(TARGET.put(target)? | TYPE.put(code)?)
    }

    /// The primary word of a reply, its status zero.
    pub(crate) fn reply(self) -> Result<u32, crate::EncodeError> {
        Ok(self.request()? | REPLY.put(1_u32)?)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self) {
            (Some(name), _) => f.write_str(name),
            (None, Self::Global(code)) => write!(f, "global message type {code}"),
            (None, Self::Module(code)) => write!(f, "module message type {code}"),
        }
    }
}
