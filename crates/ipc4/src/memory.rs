//! The memory that a message asks for: the one object with which modules and pipelines name it.

use crate::EncodeError;
use crate::bytes::{WORD, Writer, word_at};
use crate::object::{Ignored, Position, write_header};

/// Memory wanted for a module (`DP_DATA`) or a pipeline (`MEM_DATA`): both objects have id 1 and one layout.
///
/// ```text
/// word  3-word object   5-word object
///  0    domain          domain
///  1    stack_bytes     stack_bytes
///  2    heap            interim
///  3                    lifetime
///  4                    shared
/// ```
///
/// The protocol changed this object twice under one id, so its size alone tells the version: five words or
/// more are the split object, three or four the single one. Words behind those known count as
/// [`Ignored::extra_words`], fewer than three make the object count as [`Ignored::too_small`]. (A driver that
/// knows three words is thus understood as well as one that knows five; the original reads `interim` of the
/// latter as the whole heap.)
///
/// Source: commits b08d0b16ab, a91287199d and 60283dcabb of the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemRequest {
    /// The memory domain that the driver assigns.
    pub domain: u32,
    /// Stack in bytes; 0 asks for the receiver's default.
    pub stack_bytes: u32,
    /// Heap in bytes.
    pub size: HeapSize,
}

/// How a message states the heap it wants; all in bytes, 0 asks for the receiver's default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeapSize {
    /// By phase: the five-word object (January to June 2026).
    Split {
        /// What is used from prepare on.
        interim: u32,
        /// What is kept from creation to the end.
        lifetime: u32,
        /// What is shared with other domains; comes from elsewhere, so it is no part of the
        /// [total](HeapSize::total).
        shared: u32,
    },
    /// As one figure: the three-word object (2025, and again from June 2026).
    Single(u32),
}

impl HeapSize {
    /// The size of the region in bytes: lifetime plus interim, or the single figure. Never overflows.
    ///
    /// The sum may exceed what a 32-bit target can address; limits are for the receiver to apply.
    pub const fn total(self) -> u64 {
        match self {
            Self::Split { interim, lifetime, .. } => lifetime as u64 + interim as u64,
            Self::Single(heap) => heap as u64,
        }
    }
}

const SINGLE_WORDS: usize = 3;
const SPLIT_WORDS: usize = 5;

impl MemRequest {
    /// The object id, in pipeline (`MEM_DATA`) and module (`DP_DATA`) arrays alike.
    pub(crate) const OBJECT_ID: u32 = 1;

    /// Reads an object into `slot`; what it has too little or too much of goes to `ignored`.
    pub(crate) fn decode(slot: &mut Option<Self>, body: &[u8], ignored: &mut Ignored) {
        let Some(request) = Self::split(body).or_else(|| Self::single(body)) else {
            ignored.too_small = ignored.too_small.saturating_add(1);
            return;
        };
        ignored.replace(slot, request);
        let extra = body.len().saturating_sub(request.body_len()) / WORD;
        ignored.extra_words = ignored.extra_words.saturating_add(u32::try_from(extra).unwrap_or(u32::MAX));
    }

    fn single(body: &[u8]) -> Option<Self> {
        let word = |index: usize| word_at(body, index * WORD);
        Some(Self { domain: word(0)?, stack_bytes: word(1)?, size: HeapSize::Single(word(2)?) })
    }

    fn split(body: &[u8]) -> Option<Self> {
        let word = |index: usize| word_at(body, index * WORD);
        let size = HeapSize::Split { interim: word(2)?, lifetime: word(3)?, shared: word(4)? };
        Some(Self { domain: word(0)?, stack_bytes: word(1)?, size })
    }

    /// Bytes of the object, its header included.
    pub(crate) const fn encoded_len(&self) -> usize {
        WORD + self.body_len()
    }

    const fn body_len(&self) -> usize {
        match self.size {
            HeapSize::Split { .. } => SPLIT_WORDS * WORD,
            HeapSize::Single(_) => SINGLE_WORDS * WORD,
        }
    }

    /// Writes the object in the version that its [`HeapSize`] is.
    pub(crate) fn encode(&self, out: &mut Writer<'_>, position: Position) -> Result<(), EncodeError> {
        write_header(out, Self::OBJECT_ID, self.body_len(), position)?;
        out.word(self.domain)?;
        out.word(self.stack_bytes)?;
        match self.size {
            HeapSize::Single(heap) => out.word(heap),
            HeapSize::Split { interim, lifetime, shared } => {
                out.word(interim)?;
                out.word(lifetime)?;
                out.word(shared)
            }
        }
    }
}
