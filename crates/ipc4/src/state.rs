//! The message that changes the state of one or several pipelines.

use crate::bits::{Bits, PIPELINE};
use crate::bytes::{HEADER, WORD, Writer, rest_at, word_at};
use crate::{DecodeError, EncodeError};

const STATE: Bits = Bits::new("pipeline state", 0, 16);
const MULTI: Bits = Bits::new("multi", 0, 1);
const SYNC: Bits = Bits::new("sync_stop_start", 1, 1);
/// The first word of the payload of a request for several pipelines.
const COUNT: Bits = Bits::new("pipeline count", 0, 32);

/// A state that a driver can ask for.
///
/// Source: `enum ipc4_pipeline_state`, `src/include/ipc4/pipeline.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipelineState {
    /// 0: never valid.
    Invalid,
    /// 1: before anything was set up.
    Uninitialized,
    /// 2: set up, nothing runs, positions are forgotten.
    Reset,
    /// 3: set up, nothing runs, positions are kept.
    Paused,
    /// 4: audio flows.
    Running,
    /// 5: the end of the stream was announced.
    EndOfStream,
    /// 6: stopped by an error.
    ErrorStop,
    /// 7: context saved.
    Saved,
    /// A number without a name; never one of the above when decoded.
    Unknown(u16),
}

impl PipelineState {
    pub(crate) const fn from_code(code: u16) -> Self {
        match code {
            0 => Self::Invalid,
            1 => Self::Uninitialized,
            2 => Self::Reset,
            3 => Self::Paused,
            4 => Self::Running,
            5 => Self::EndOfStream,
            6 => Self::ErrorStop,
            7 => Self::Saved,
            _ => Self::Unknown(code),
        }
    }

    /// The number on the wire; a get state reply carries it as its extension.
    pub const fn code(self) -> u16 {
        match self {
            Self::Invalid => 0,
            Self::Uninitialized => 1,
            Self::Reset => 2,
            Self::Paused => 3,
            Self::Running => 4,
            Self::EndOfStream => 5,
            Self::ErrorStop => 6,
            Self::Saved => 7,
            Self::Unknown(code) => code,
        }
    }
}

/// The pipelines that a state change is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipelineIds<'a> {
    /// One, named in the primary word.
    Single(u8),
    /// Any number, none included, listed in the payload: each id a little endian word. An id above 255 can't
    /// exist, as create has 8 bits for it.
    List(&'a [[u8; WORD]]),
}

impl PipelineIds<'_> {
    /// The ids in the order of the message.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (single, list) = match *self {
            Self::Single(id) => (Some(u32::from(id)), &[][..]),
            Self::List(ids) => (None, ids),
        };
        single.into_iter().chain(list.iter().copied().map(u32::from_le_bytes))
    }
}

impl<'a> PipelineIds<'a> {
    fn decode(primary: u32, extension: u32, message: &'a [u8]) -> Result<Self, DecodeError> {
        if !MULTI.is_set(extension) {
            return Ok(Self::Single(PIPELINE.get_u8(primary)));
        }
        let payload = rest_at(message, HEADER);
        let short = |needed| DecodeError::PipelineIds { offset: HEADER, needed, got: payload.len() };
        let count = word_at(payload, 0).ok_or(short(WORD))? as usize;
        let (ids, _) = rest_at(payload, WORD).as_chunks();
        let all = ids.get(..count).ok_or(short(count.saturating_mul(WORD).saturating_add(WORD)))?;
        Ok(Self::List(all))
    }
}

/// Asks pipelines for a state.
///
/// Source: `struct ipc4_pipeline_set_state`, `src/include/ipc4/pipeline.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetPipelineState<'a> {
    /// The state wanted.
    pub state: PipelineState,
    /// The pipelines, in the order in which to change them.
    pub pipelines: PipelineIds<'a>,
    /// Whether all should change in the same tick; the original reads it nowhere.
    pub sync_stop_start: bool,
}

impl<'a> SetPipelineState<'a> {
    pub(crate) fn decode(primary: u32, extension: u32, message: &'a [u8]) -> Result<Self, DecodeError> {
        Ok(Self {
            state: PipelineState::from_code(STATE.get_u16(primary)),
            pipelines: PipelineIds::decode(primary, extension, message)?,
            sync_stop_start: SYNC.is_set(extension),
        })
    }

    pub(crate) fn words(&self) -> Result<(u32, u32), EncodeError> {
        let (id, multi) = match self.pipelines {
            PipelineIds::Single(id) => (id, false),
            PipelineIds::List(_) => (0, true),
        };
        let primary = STATE.put(self.state.code())? | PIPELINE.put(id)?;
        Ok((primary, MULTI.put(multi)? | SYNC.put(self.sync_stop_start)?))
    }

    pub(crate) fn payload_len(&self) -> usize {
        match self.pipelines {
            PipelineIds::Single(_) => 0,
            PipelineIds::List(ids) => WORD.saturating_add(ids.as_flattened().len()),
        }
    }

    pub(crate) fn encode_payload(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
        let PipelineIds::List(ids) = self.pipelines else { return Ok(()) };
        out.word(COUNT.put_length(ids.len())?)?;
        out.bytes(ids.as_flattened())
    }
}
