//! A request from the driver: every kind of the protocol's audio part as one enum.

use crate::bits::{Bits, PIPELINE};
use crate::bytes::{HEADER, Writer, header, rest_at};
use crate::{
    Binding, CreatePipeline, DecodeError, EncodeError, InitInstance, Kind, LargeConfig, ModuleId,
    SetPipelineState,
};

/// The pipeline id of a get state, where create has its memory pages.
const QUERIED_PIPELINE: Bits = Bits::new("pipeline id", 0, 8);
/// All that a primary word has besides the kind.
const FIELDS: Bits = Bits::new("primary fields", 0, 24);
/// All of an extension word but its two reserved bits.
const EXTENSION: Bits = Bits::new("extension fields", 0, 30);
const VALUE: Bits = Bits::new("configuration value", 0, 16);
const PARAMETER: Bits = Bits::new("configuration parameter id", 16, 14);

/// What a driver asks for. Slices borrow from the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// Make a pipeline.
    CreatePipeline(CreatePipeline),
    /// Free a pipeline and all its modules.
    DeletePipeline {
        /// The pipeline.
        id: u8,
    },
    /// Change the state of one or several pipelines.
    SetPipelineState(SetPipelineState<'a>),
    /// Ask for a pipeline's state, which the reply has as its extension; the original answers
    /// [`Status::UNAVAILABLE`](crate::Status::UNAVAILABLE) to this and the next.
    GetPipelineState {
        /// The pipeline.
        id: u8,
    },
    /// Ask how much memory a pipeline and its modules take; the reply has the pages as its extension.
    GetPipelineContextSize {
        /// The pipeline.
        id: u8,
    },
    /// Make a module instance.
    InitInstance(InitInstance<'a>),
    /// Free a module instance.
    DeleteInstance {
        /// The instance.
        id: ModuleId,
    },
    /// Connect two modules.
    Bind(Binding),
    /// Take a connection away.
    Unbind(Binding),
    /// Ask for a value of 16 bits.
    ConfigGet {
        /// The module instance.
        id: ModuleId,
        /// What is asked for, at most 0x3fff.
        parameter: u16,
    },
    /// Set a value of 16 bits.
    ConfigSet {
        /// The module instance.
        id: ModuleId,
        /// What is set, at most 0x3fff.
        parameter: u16,
        /// The value.
        value: u16,
    },
    /// Ask for configuration of any size.
    LargeConfigGet(LargeConfig<'a>),
    /// Set configuration of any size, or a part of it.
    LargeConfigSet(LargeConfig<'a>),
    /// A kind that this crate doesn't take apart; answer with [`Kind::refusal`]. Never one of the above when
    /// decoded. As nothing is known to be reserved there, every bit is kept.
    Unsupported {
        /// The kind, one that is not [decoded](Kind::is_decoded).
        kind: Kind,
        /// Bits 0 to 23 of the primary word.
        fields: u32,
        /// Bits 0 to 29 of the extension word.
        extension: u32,
        /// All that follows.
        payload: &'a [u8],
    },
}

impl<'a> Request<'a> {
    /// Takes a message apart: header words, then payload. Bytes behind what the message announces are
    /// ignored.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Header`] and [`DecodeError::NotARequest`] for any kind, then whatever the kind's own
    /// payload is short of. [`Reply::to`](crate::Reply::to) answers also such a message.
    pub fn decode(message: &'a [u8]) -> Result<Self, DecodeError> {
        let (primary, extension) = header(message)?;
        if Kind::is_reply(primary) {
            return Err(DecodeError::NotARequest { primary });
        }
        let id = ModuleId::from_word(primary);
        Ok(match Kind::from_primary(primary) {
            Kind::CREATE_PIPELINE => {
                Self::CreatePipeline(CreatePipeline::decode(primary, extension, message))
            }
            Kind::DELETE_PIPELINE => Self::DeletePipeline { id: PIPELINE.get_u8(primary) },
            Kind::SET_PIPELINE_STATE => {
                Self::SetPipelineState(SetPipelineState::decode(primary, extension, message)?)
            }
            Kind::GET_PIPELINE_STATE => Self::GetPipelineState { id: QUERIED_PIPELINE.get_u8(primary) },
            Kind::GET_PIPELINE_CONTEXT_SIZE => Self::GetPipelineContextSize { id: PIPELINE.get_u8(primary) },
            Kind::INIT_INSTANCE => Self::InitInstance(InitInstance::decode(primary, extension, message)?),
            Kind::DELETE_INSTANCE => Self::DeleteInstance { id },
            Kind::BIND => Self::Bind(Binding::decode(primary, extension)),
            Kind::UNBIND => Self::Unbind(Binding::decode(primary, extension)),
            Kind::CONFIG_GET => Self::ConfigGet { id, parameter: PARAMETER.get_u16(extension) },
            Kind::CONFIG_SET => Self::ConfigSet {
                id,
                parameter: PARAMETER.get_u16(extension),
                value: VALUE.get_u16(extension),
            },
            Kind::LARGE_CONFIG_GET => {
                Self::LargeConfigGet(LargeConfig::decode_get(primary, extension, message))
            }
            Kind::LARGE_CONFIG_SET => {
                Self::LargeConfigSet(LargeConfig::decode_set(primary, extension, message)?)
            }
            kind => Self::Unsupported {
                kind,
                fields: FIELDS.get(primary),
                extension: EXTENSION.get(extension),
                payload: rest_at(message, HEADER),
            },
        })
    }

    /// Writes the message to the front of `out` and returns its length; see [the
    /// rules](crate#rules-on-both-sides).
    ///
    /// # Errors
    ///
    /// [`EncodeError::Space`] if `out` has less than [`encoded_len`](Self::encoded_len) bytes; the others if
    /// a field can't hold what it is given.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, EncodeError> {
        let (primary, extension) = self.words()?;
        let length = self.encoded_len();
        let mut writer = Writer::new(out, length)?;
        writer.word(primary | self.kind().request()?)?;
        writer.word(extension)?;
        self.encode_payload(&mut writer)?;
        Ok(length)
    }

    /// Bytes that [`encode`](Self::encode) writes.
    pub fn encoded_len(&self) -> usize {
        let payload = match self {
            Self::CreatePipeline(create) => create.payload_len(),
            Self::SetPipelineState(set) => set.payload_len(),
            Self::InitInstance(init) => init.payload_len(),
            Self::LargeConfigGet(config) | Self::LargeConfigSet(config) => config.data.len(),
            Self::Unsupported { payload, .. } => payload.len(),
            _ => 0,
        };
        HEADER.saturating_add(payload)
    }

    /// The kind that the message has on the wire.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::CreatePipeline(_) => Kind::CREATE_PIPELINE,
            Self::DeletePipeline { .. } => Kind::DELETE_PIPELINE,
            Self::SetPipelineState(_) => Kind::SET_PIPELINE_STATE,
            Self::GetPipelineState { .. } => Kind::GET_PIPELINE_STATE,
            Self::GetPipelineContextSize { .. } => Kind::GET_PIPELINE_CONTEXT_SIZE,
            Self::InitInstance(_) => Kind::INIT_INSTANCE,
            Self::DeleteInstance { .. } => Kind::DELETE_INSTANCE,
            Self::Bind(_) => Kind::BIND,
            Self::Unbind(_) => Kind::UNBIND,
            Self::ConfigGet { .. } => Kind::CONFIG_GET,
            Self::ConfigSet { .. } => Kind::CONFIG_SET,
            Self::LargeConfigGet(_) => Kind::LARGE_CONFIG_GET,
            Self::LargeConfigSet(_) => Kind::LARGE_CONFIG_SET,
            Self::Unsupported { kind, .. } => *kind,
        }
    }

    /// The header words without the kind.
    fn words(&self) -> Result<(u32, u32), EncodeError> {
        match self {
            Self::CreatePipeline(create) => create.words(),
            Self::DeletePipeline { id } | Self::GetPipelineContextSize { id } => Ok((PIPELINE.put(*id)?, 0)),
            Self::SetPipelineState(set) => set.words(),
            Self::GetPipelineState { id } => Ok((QUERIED_PIPELINE.put(*id)?, 0)),
            Self::InitInstance(init) => init.words(),
            Self::DeleteInstance { id } => Ok((id.component(), 0)),
            Self::Bind(binding) | Self::Unbind(binding) => binding.words(),
            Self::ConfigGet { id, parameter } => Ok((id.component(), PARAMETER.put(*parameter)?)),
            Self::ConfigSet { id, parameter, value } => {
                Ok((id.component(), PARAMETER.put(*parameter)? | VALUE.put(*value)?))
            }
            Self::LargeConfigGet(config) => config.words(),
            Self::LargeConfigSet(config) => config.set_words(),
            Self::Unsupported { fields, extension, .. } => {
                Ok((FIELDS.put(*fields)?, EXTENSION.put(*extension)?))
            }
        }
    }

    fn encode_payload(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::CreatePipeline(create) => create.encode_payload(out),
            Self::SetPipelineState(set) => set.encode_payload(out),
            Self::InitInstance(init) => init.encode_payload(out),
            Self::LargeConfigGet(config) | Self::LargeConfigSet(config) => config.encode_payload(out),
            Self::Unsupported { payload, .. } => out.bytes(payload),
            _ => Ok(()),
        }
    }
}
