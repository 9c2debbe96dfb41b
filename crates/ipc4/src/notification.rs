//! What the firmware tells on its own: that a stream ran dry or over, or that a module failed.
//!
//! ```text
//! word  0              1            2           3         4..9
//!     | resource_type | resource_id | event_type | reserved | data |
//! ```

use crate::bits::Bits;
use crate::bytes::{HEADER, WORD, Writer, header, rest_at, word_at};
use crate::{DecodeError, EncodeError, Kind, ModuleId};

const NOTIFICATION_TYPE: Bits = Bits::new("notification type", 16, 8);
const RESOURCE_EVENT: u8 = 5;

const EVENT_WORDS: usize = 10;
const DATA_WORDS: usize = 6;

const MODULE: u32 = 0;
const PIPELINE: u32 = 1;
const GATEWAY: u32 = 2;

const MIXER_UNDERRUN: u32 = 1;
const PROCESS_DATA_ERROR: u32 = 3;
const GATEWAY_UNDERRUN: u32 = 6;
const GATEWAY_OVERRUN: u32 = 7;

/// A resource event: something happened to a module, a pipeline or a gateway.
///
/// Source: `struct ipc4_resource_event_data_notification`, `src/include/ipc4/notification.h`; which resource
/// an event names: `src/ipc/ipc4/notification.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notification {
    /// A copier's playback end found no data in time. The event names the pipeline, not the gateway.
    PipelineUnderrun {
        /// The copier's pipeline.
        pipeline: u32,
    },
    /// A copier's capture end found no room in time.
    PipelineOverrun {
        /// The copier's pipeline.
        pipeline: u32,
    },
    /// Another gateway than a copier's found no data in time.
    GatewayUnderrun {
        /// The gateway's node id.
        gateway: u32,
    },
    /// Another gateway than a copier's found no room in time.
    GatewayOverrun {
        /// The gateway's node id.
        gateway: u32,
    },
    /// A mixer's input had less than was to be mixed.
    MixerUnderrun {
        /// The mixin's pipeline.
        pipeline: u32,
        /// Whether the stream is known to be at its end.
        end_of_stream: bool,
        /// What was mixed.
        mixed: u32,
        /// What should have been.
        expected: u32,
    },
    /// A module's processing failed.
    ProcessDataError {
        /// The module.
        id: ModuleId,
        /// Its error, in the original a negative `errno`.
        error: i32,
    },
    /// An event that has no variant, in raw numbers; never one of the above when decoded.
    Other {
        /// 0 module, 1 pipeline, 2 gateway, 3 EDF task.
        resource_type: u32,
        /// Of that type.
        resource_id: u32,
        /// What happened, a number of `enum sof_ipc4_resource_event_type`.
        event_type: u32,
        /// Depends on the event.
        data: [u32; DATA_WORDS],
    },
}

/// The payload as it is on the wire.
struct Event {
    resource: (u32, u32),
    event_type: u32,
    data: [u32; DATA_WORDS],
}

impl Notification {
    /// Bytes of a notification on the wire; they all have the same size.
    pub const ENCODED_LEN: usize = HEADER + EVENT_WORDS * WORD;

    /// Takes a notification apart; reserved bits and the data words that an event doesn't use are ignored.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Header`], [`DecodeError::NotAResourceEvent`] for replies, requests and other
    /// types of notification, and [`DecodeError::Event`] if words are missing.
    pub fn decode(message: &[u8]) -> Result<Self, DecodeError> {
        let (primary, _) = header(message)?;
        let is_event = Kind::from_primary(primary) == Kind::NOTIFICATION
            && !Kind::is_reply(primary)
            && NOTIFICATION_TYPE.get_u8(primary) == RESOURCE_EVENT;
        if !is_event {
            return Err(DecodeError::NotAResourceEvent { primary });
        }
        Event::decode(message).map(Self::from_event)
    }

    /// Writes the notification to the front of `out` and returns its length.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Space`] if `out` has less than [`ENCODED_LEN`](Self::ENCODED_LEN) bytes.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, EncodeError> {
        let mut writer = Writer::new(out, Self::ENCODED_LEN)?;
        writer.word(Kind::NOTIFICATION.request()? | NOTIFICATION_TYPE.put(RESOURCE_EVENT)?)?;
        writer.word(0)?;
        let Event { resource: (resource_type, resource_id), event_type, data } = self.to_event();
        for word in [resource_type, resource_id, event_type, 0].into_iter().chain(data) {
            writer.word(word)?;
        }
        Ok(Self::ENCODED_LEN)
    }

    fn from_event(event: Event) -> Self {
        let Event { resource: (resource_type, resource_id), event_type, data } = event;
        let [first, second, third, ..] = data;
        match (resource_type, event_type, ModuleId::from_component(resource_id)) {
            (PIPELINE, GATEWAY_UNDERRUN, _) => Self::PipelineUnderrun { pipeline: resource_id },
            (PIPELINE, GATEWAY_OVERRUN, _) => Self::PipelineOverrun { pipeline: resource_id },
            (GATEWAY, GATEWAY_UNDERRUN, _) => Self::GatewayUnderrun { gateway: resource_id },
            (GATEWAY, GATEWAY_OVERRUN, _) => Self::GatewayOverrun { gateway: resource_id },
            (PIPELINE, MIXER_UNDERRUN, _) => Self::MixerUnderrun {
                pipeline: resource_id,
                end_of_stream: first != 0,
                mixed: second,
                expected: third,
            },
            (MODULE, PROCESS_DATA_ERROR, Some(id)) => {
                Self::ProcessDataError { id, error: first.cast_signed() }
            }
            _ => Self::Other { resource_type, resource_id, event_type, data },
        }
    }

    fn to_event(self) -> Event {
        let plain = |resource, event_type| Event { resource, event_type, data: [0; DATA_WORDS] };
        match self {
            Self::PipelineUnderrun { pipeline } => plain((PIPELINE, pipeline), GATEWAY_UNDERRUN),
            Self::PipelineOverrun { pipeline } => plain((PIPELINE, pipeline), GATEWAY_OVERRUN),
            Self::GatewayUnderrun { gateway } => plain((GATEWAY, gateway), GATEWAY_UNDERRUN),
            Self::GatewayOverrun { gateway } => plain((GATEWAY, gateway), GATEWAY_OVERRUN),
            Self::MixerUnderrun { pipeline, end_of_stream, mixed, expected } => Event {
                data: [u32::from(end_of_stream), mixed, expected, 0, 0, 0],
                ..plain((PIPELINE, pipeline), MIXER_UNDERRUN)
            },
            Self::ProcessDataError { id, error } => Event {
                data: [error.cast_unsigned(), 0, 0, 0, 0, 0],
                ..plain((MODULE, id.component()), PROCESS_DATA_ERROR)
            },
            Self::Other { resource_type, resource_id, event_type, data } => {
                Event { resource: (resource_type, resource_id), event_type, data }
            }
        }
    }
}

impl Event {
    fn decode(message: &[u8]) -> Result<Self, DecodeError> {
        let payload = rest_at(message, HEADER);
        let short = DecodeError::Event { offset: HEADER, needed: EVENT_WORDS * WORD, got: payload.len() };
        let word = |index: usize| word_at(payload, index * WORD).ok_or(short);
        let data = [word(4)?, word(5)?, word(6)?, word(7)?, word(8)?, word(9)?];
        Ok(Self { resource: (word(0)?, word(1)?), event_type: word(2)?, data })
    }
}
