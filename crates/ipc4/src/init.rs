//! The message that makes a module instance, and the objects that can stand before the module's own payload.

use crate::bits::Bits;
use crate::bytes::{HEADER, WORD, Writer, rest_at, word_at};
use crate::object::{Ignored, Objects, Position, write_header};
use crate::{DecodeError, EncodeError, MemRequest, ModuleId};

const PARAM_WORDS: Bits = Bits::new("param_block_size", 0, 16);
const PIPELINE: Bits = Bits::new("parent pipeline id", 16, 8);
const CORE: Bits = Bits::new("core id", 24, 4);
const DOMAIN: Bits = Bits::new("proc_domain", 28, 1);
const EXTENDED: Bits = Bits::new("extended_init", 29, 1);

const HAS_OBJECTS: Bits = Bits::new("data_obj_array", 2, 1);
/// Bytes in front of the objects: one word with a meaning, two reserved ones.
const EXTENSION_HEADER: usize = 3 * WORD;
/// The object with bytes for the module; the memory object has id 1.
const MODULE_DATA: u32 = 2;

/// Who schedules a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Low latency: in every tick.
    Ll,
    /// Data processing: as a task with a deadline.
    Dp,
}

/// Makes a module instance in a pipeline.
///
/// ```text
/// payload | extension header | objects | the module's own bytes |   with an extension
///         | the module's own bytes                              |   without
/// ```
///
/// Source: `struct ipc4_module_init_instance` and `struct ipc4_module_init_ext_init`,
/// `src/include/ipc4/module.h`. The slices are valid as long as the message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitInstance<'a> {
    /// The instance to make.
    pub id: ModuleId,
    /// The pipeline that it becomes part of, or [`NO_PIPELINE`](Self::NO_PIPELINE).
    pub pipeline: u8,
    /// The core to run on, at most 15.
    pub core: u8,
    /// Who schedules it.
    pub domain: Domain,
    /// The memory asked for, if any.
    pub memory: Option<MemRequest>,
    /// The bytes of a `MODULE_DATA` object, whole words, if there was one.
    pub module_data: Option<&'a [u8]>,
    /// The module's own payload, whole words; the extension in front of it is taken off.
    pub payload: &'a [u8],
    /// What the objects held beyond that; not encoded.
    pub ignored: Ignored,
}

impl<'a> InitInstance<'a> {
    /// The parent of modules that belong to no pipeline.
    pub const NO_PIPELINE: u8 = 0xff;

    /// A low latency instance on core 0 that asks for no memory.
    pub const fn new(id: ModuleId, pipeline: u8, payload: &'a [u8]) -> Self {
        Self {
            id,
            pipeline,
            core: 0,
            domain: Domain::Ll,
            memory: None,
            module_data: None,
            payload,
            ignored: Ignored::NOTHING,
        }
    }

    pub(crate) fn decode(primary: u32, extension: u32, message: &'a [u8]) -> Result<Self, DecodeError> {
        let needed = PARAM_WORDS.get(extension) as usize * WORD;
        let got = message.len().saturating_sub(HEADER);
        let message = message.get(..HEADER + needed).ok_or(DecodeError::ModulePayload {
            offset: HEADER,
            needed,
            got,
        })?;
        let init = Self {
            core: CORE.get_u8(extension),
            domain: if DOMAIN.is_set(extension) { Domain::Dp } else { Domain::Ll },
            ..Self::new(ModuleId::from_word(primary), PIPELINE.get_u8(extension), rest_at(message, HEADER))
        };
        if EXTENDED.is_set(extension) { init.decode_extension(message) } else { Ok(init) }
    }

    /// Takes the extension off the front of `message`'s payload.
    fn decode_extension(mut self, message: &'a [u8]) -> Result<Self, DecodeError> {
        let got = self.payload.len();
        let short = DecodeError::ExtendedInit { offset: HEADER, needed: EXTENSION_HEADER, got };
        self.payload = self.payload.get(EXTENSION_HEADER..).ok_or(short)?;
        let flags = word_at(message, HEADER).ok_or(short)?;
        if !HAS_OBJECTS.is_set(flags) {
            return Ok(self);
        }
        let mut objects = Objects::new(message, HEADER + EXTENSION_HEADER);
        while let Some(object) = objects.next()? {
            match object.id {
                MemRequest::OBJECT_ID => MemRequest::decode(&mut self.memory, object.body, &mut self.ignored),
                MODULE_DATA => self.ignored.replace(&mut self.module_data, object.body),
                _ => self.ignored.unknown = self.ignored.unknown.saturating_add(1),
            }
        }
        self.payload = objects.rest();
        Ok(self)
    }

    fn is_extended(&self) -> bool {
        self.memory.is_some() || self.module_data.is_some()
    }

    pub(crate) fn words(&self) -> Result<(u32, u32), EncodeError> {
        if !self.payload.len().is_multiple_of(WORD) {
            return Err(EncodeError::NotWords { field: "module payload", got: self.payload.len() });
        }
        let extension = PARAM_WORDS.put_length(self.payload_len() / WORD)?
            | PIPELINE.put(self.pipeline)?
            | CORE.put(self.core)?
            | DOMAIN.put(self.domain == Domain::Dp)?
            | EXTENDED.put(self.is_extended())?;
        Ok((self.id.component(), extension))
    }

    pub(crate) fn payload_len(&self) -> usize {
        let header = if self.is_extended() { EXTENSION_HEADER } else { 0 };
        let memory = self.memory.map_or(0, |memory| memory.encoded_len());
        let data = self.module_data.map_or(0, |data| WORD.saturating_add(data.len()));
        (header + memory).saturating_add(data).saturating_add(self.payload.len())
    }

    pub(crate) fn encode_payload(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
        if self.is_extended() {
            out.word(HAS_OBJECTS.put(true)?)?;
            out.word(0)?;
            out.word(0)?;
        }
        if let Some(memory) = self.memory {
            memory.encode(out, if self.module_data.is_some() { Position::More } else { Position::Last })?;
        }
        if let Some(data) = self.module_data {
            write_header(out, MODULE_DATA, data.len(), Position::Last)?;
            out.bytes(data)?;
        }
        out.bytes(self.payload)
    }
}
