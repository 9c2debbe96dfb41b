//! Audio formats: sets of tokens, one set for each vendor array that has any of them.

use crate::tokens::Token;
use crate::tuples::{Tuples, Value, VendorArray};

/// Which side of a widget formats are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pins {
    Input,
    Output,
}

impl Pins {
    /// The token of the first field; the others follow it in the order of [`AudioFormat`].
    fn first(self) -> u32 {
        match self {
            Self::Input => Token::CAVS_AUDIO_FORMAT_IN_RATE.0,
            Self::Output => Token::CAVS_AUDIO_FORMAT_OUT_RATE.0,
        }
    }

    fn block_bytes(self) -> Token {
        match self {
            Self::Input => Token::CAVS_AUDIO_FORMAT_IBS,
            Self::Output => Token::CAVS_AUDIO_FORMAT_OBS,
        }
    }

    pub(crate) fn count(self) -> Token {
        match self {
            Self::Input => Token::COMP_NUM_INPUT_AUDIO_FORMATS,
            Self::Output => Token::COMP_NUM_OUTPUT_AUDIO_FORMATS,
        }
    }

    fn owns(self, token: Token) -> bool {
        (self.first()..self.first() + 10).contains(&token.0) || token == self.block_bytes()
    }
}

/// A format that a widget takes or gives. What the file doesn't say is 0, as in Linux.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AudioFormat {
    /// Frames per second.
    pub rate: u32,
    /// Bits of a sample with its padding.
    pub bit_depth: u32,
    /// Bits of a sample.
    pub valid_bit_depth: u32,
    /// Samples of a frame.
    pub channels: u32,
    /// Places of the channels, four bits each.
    pub channel_map: u32,
    /// Configuration of the loudspeakers.
    pub channel_config: u32,
    /// 0: frame by frame.
    pub interleaving: u32,
    /// Channels, valid bits from bit 8, sample type from bit 16.
    pub fmt_cfg: u32,
    /// 0 integer with the valid bits at the top, 1 at the bottom, 4 float.
    pub sample_type: u32,
    /// The pin that the format is for.
    pub pin: u32,
    /// Bytes that the module takes (ibs) or gives (obs) at a time.
    pub block_bytes: u32,
}

impl AudioFormat {
    /// All that `tuples` have for one side, counted by the token for that or not.
    pub(crate) fn all(tuples: Tuples<'_>, pins: Pins) -> impl Iterator<Item = Self> + use<'_> {
        let limit = tuples.word(pins.count()).map_or(usize::MAX, |count| count as usize);
        Self::uncounted(tuples, pins).take(limit)
    }

    pub(crate) fn uncounted(tuples: Tuples<'_>, pins: Pins) -> impl Iterator<Item = Self> + use<'_> {
        let numbers = tuples.arrays().filter(|array| array.tuple_type().is_number());
        let sets = numbers.filter(move |array| array.has(|token| pins.owns(token)));
        sets.map(move |array| Self::read(&array, pins))
    }

    fn read(array: &VendorArray<'_>, pins: Pins) -> Self {
        let mut format = Self::default();
        for tuple in array.tuples() {
            let Value::Number(_, number) = tuple.value else { continue };
            if let Some(field) = format.field(tuple.token, pins) {
                *field = number;
            }
        }
        format
    }

    fn field(&mut self, token: Token, pins: Pins) -> Option<&mut u32> {
        if token == pins.block_bytes() {
            return Some(&mut self.block_bytes);
        }
        Some(match token.0.checked_sub(pins.first())? {
            0 => &mut self.rate,
            1 => &mut self.bit_depth,
            2 => &mut self.valid_bit_depth,
            3 => &mut self.channels,
            4 => &mut self.channel_map,
            5 => &mut self.channel_config,
            6 => &mut self.interleaving,
            7 => &mut self.fmt_cfg,
            8 => &mut self.sample_type,
            9 => &mut self.pin,
            _ => return None,
        })
    }
}
