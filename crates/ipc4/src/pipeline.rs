//! The message that creates a pipeline, and the memory it may ask for.

use crate::bits::{Bits, PIPELINE};
use crate::bytes::{HEADER, WORD, Writer, rest_at, word_at};
use crate::object::{Ignored, Objects, Position};
use crate::{DecodeError, EncodeError, MemRequest};

const PAGES: Bits = Bits::new("memory pages", 0, 11);
const PRIORITY: Bits = Bits::new("pipeline priority", 11, 5);
const LOW_POWER: Bits = Bits::new("low power", 0, 1);
const ATTRIBUTES: Bits = Bits::new("pipeline attributes", 4, 16);
const CORE: Bits = Bits::new("core id", 20, 4);
const HAS_PAYLOAD: Bits = Bits::new("payload present", 29, 1);

const PAYLOAD_WORDS: Bits = Bits::new("payload_words", 0, 24);
const HAS_OBJECTS: Bits = Bits::new("data_obj_array", 24, 1);
/// Bytes in front of the objects: one word with a meaning, two reserved ones.
const PAYLOAD_HEADER: usize = 3 * WORD;

/// Makes an empty pipeline.
///
/// Source: `struct ipc4_pipeline_create` and `struct ipc4_pipeline_ext_payload`,
/// `src/include/ipc4/pipeline.h`.
///
/// # Two readings of `payload_words`
///
/// The original's header says that this count leaves out the payload's own three header words, its decoder
/// counts them in. Both are accepted as long as the bytes are there: the objects end themselves, so the
/// larger reading bounds them safely and gives the same result. What is sent counts the header in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreatePipeline {
    /// The pipeline's id.
    pub id: u8,
    /// 0 is the most important; at most 31, the original uses 0 to 7.
    pub priority: u8,
    /// The core to run on, at most 15.
    pub core: u8,
    /// Memory that the driver counted for the pipeline, in pages of 4 KiB; at most 2047.
    pub pages: u16,
    /// Whether the pipeline must run in low power states.
    pub low_power: bool,
    /// Attribute bits, passed on.
    pub attributes: u16,
    /// The memory asked for in the payload, if any.
    ///
    /// A fault there is kept here instead of failing the message, as the original then makes the
    /// pipeline without parameters; the receiver decides. A fault can't be encoded.
    pub memory: Result<Option<MemRequest>, DecodeError>,
    /// What the payload held beyond that; not encoded.
    pub ignored: Ignored,
}

impl CreatePipeline {
    /// A pipeline of highest priority on core 0 that asks for nothing.
    pub const fn new(id: u8) -> Self {
        Self {
            id,
            priority: 0,
            core: 0,
            pages: 0,
            low_power: false,
            attributes: 0,
            memory: Ok(None),
            ignored: Ignored::NOTHING,
        }
    }

    pub(crate) fn decode(primary: u32, extension: u32, message: &[u8]) -> Self {
        let mut create = Self {
            priority: PRIORITY.get_u8(primary),
            core: CORE.get_u8(extension),
            pages: PAGES.get_u16(primary),
            low_power: LOW_POWER.is_set(extension),
            attributes: ATTRIBUTES.get_u16(extension),
            ..Self::new(PIPELINE.get_u8(primary))
        };
        if HAS_PAYLOAD.is_set(extension) {
            create.memory = decode_payload(message, &mut create.ignored);
        }
        create
    }

    pub(crate) fn words(&self) -> Result<(u32, u32), EncodeError> {
        let memory = self.memory.map_err(EncodeError::Faulty)?;
        let primary = PAGES.put(self.pages)? | PRIORITY.put(self.priority)? | PIPELINE.put(self.id)?;
        let extension = LOW_POWER.put(self.low_power)?
            | ATTRIBUTES.put(self.attributes)?
            | CORE.put(self.core)?
            | HAS_PAYLOAD.put(memory.is_some())?;
        Ok((primary, extension))
    }

    pub(crate) fn payload_len(&self) -> usize {
        match self.memory {
            Ok(Some(memory)) => PAYLOAD_HEADER + memory.encoded_len(),
            _ => 0,
        }
    }

    pub(crate) fn encode_payload(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
        let Ok(Some(memory)) = self.memory else { return Ok(()) };
        out.word(PAYLOAD_WORDS.put_length(self.payload_len() / WORD)? | HAS_OBJECTS.put(true)?)?;
        out.word(0)?;
        out.word(0)?;
        memory.encode(out, Position::Last)
    }
}

fn decode_payload(message: &[u8], ignored: &mut Ignored) -> Result<Option<MemRequest>, DecodeError> {
    let payload = rest_at(message, HEADER);
    let short = |needed| DecodeError::PipelinePayload { offset: HEADER, needed, got: payload.len() };
    if payload.len() < PAYLOAD_HEADER {
        return Err(short(PAYLOAD_HEADER));
    }
    let first = word_at(payload, 0).ok_or(short(PAYLOAD_HEADER))?;
    let counted = PAYLOAD_WORDS.get(first) as usize * WORD;
    let header_left_out = PAYLOAD_HEADER + counted;
    // Fewer words than the header has can only mean that the header was left out.
    let least = if counted < PAYLOAD_HEADER { header_left_out } else { counted };
    if payload.len() < least {
        return Err(short(least));
    }
    if !HAS_OBJECTS.is_set(first) {
        return Ok(None);
    }
    let end = message.len().min(HEADER + header_left_out);
    decode_objects(message.get(..end).unwrap_or(message), ignored)
}

fn decode_objects(message: &[u8], ignored: &mut Ignored) -> Result<Option<MemRequest>, DecodeError> {
    let mut memory = None;
    let mut objects = Objects::new(message, HEADER + PAYLOAD_HEADER);
    while let Some(object) = objects.next()? {
        match object.id {
            MemRequest::OBJECT_ID => MemRequest::decode(&mut memory, object.body, ignored),
            _ => ignored.unknown = ignored.unknown.saturating_add(1),
        }
    }
    Ok(memory)
}
