//! An audio format as messages carry it.
//!
//! Source of the layout: SOF's `src/include/module/ipc4/base-config.h`. All words are little endian.

use crate::error::ModuleError;
use crate::format::{Format, SampleFormat};

/// An audio format as it crosses the wire, 24 bytes, not yet checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AudioFormat {
    /// Frames per second in Hz; 0 where only the stream will tell.
    pub rate: u32,
    /// Container bits: 8, 16, 24 or 32.
    pub depth: u32,
    /// Nibble `i` is the position of channel `i`, 0xF an unused one.
    pub channel_map: u32,
    /// Speaker layout: 0 mono, 1 stereo, …
    pub channel_config: u32,
    /// 0 interleaved, 1 not.
    pub interleaving: u32,
    /// Channels in a frame.
    pub channels: u8,
    /// Bits that carry audio.
    pub valid_bits: u8,
    /// 0 MSB-justified, 1 LSB-justified integer, 2 signed, 3 unsigned, 4 float, …
    pub sample_type: u8,
}

const MSB_INTEGER: u8 = 0;
const LSB_INTEGER: u8 = 1;
const SIGNED_INTEGER: u8 = 2;
const FLOAT: u8 = 4;
const INTERLEAVED: u32 = 0;

impl AudioFormat {
    /// Bytes on the wire.
    pub const BYTES: usize = 24;

    /// Reads the 24 bytes; every pattern is a value, [`AudioFormat::format`] checks it.
    pub fn decode(bytes: &[u8; Self::BYTES]) -> Self {
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Self {
            rate: word(0),
            depth: word(4),
            channel_map: word(8),
            channel_config: word(12),
            interleaving: word(16),
            channels: bytes[20],
            valid_bits: bytes[21],
            sample_type: bytes[22],
        }
    }

    /// The 24 bytes.
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let words = [self.rate, self.depth, self.channel_map, self.channel_config, self.interleaving];
        for (place, word) in bytes.chunks_exact_mut(4).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        bytes[20..23].copy_from_slice(&[self.channels, self.valid_bits, self.sample_type]);
        bytes
    }

    /// The format that a stream can have, if this is one.
    ///
    /// # Errors
    /// [`ModuleError::BadValue`] naming the first field that no stream here can have.
    pub fn format(&self) -> Result<Format, ModuleError> {
        if self.interleaving != INTERLEAVED {
            return Err(ModuleError::BadValue {
                what: "interleaving",
                got: self.interleaving,
                min: 0,
                max: 0,
            });
        }
        Format::new(self.rate, self.channels, self.samples()?)
    }

    fn samples(&self) -> Result<SampleFormat, ModuleError> {
        let integer = matches!(self.sample_type, LSB_INTEGER | SIGNED_INTEGER);
        // MSB justification only moves the bits of a sample that does not fill its container.
        let filled = self.sample_type == MSB_INTEGER && u32::from(self.valid_bits) == self.depth;
        match (self.depth, self.valid_bits) {
            (32, 32) if self.sample_type == FLOAT => Ok(SampleFormat::F32),
            (16, 16) if integer || filled => Ok(SampleFormat::S16),
            (32, 24) if integer => Ok(SampleFormat::S24In32),
            // At the top of the container 24 bits lie as those of S32 do; whoever takes only them leaves the rest out.
            (32, 24) if self.sample_type == MSB_INTEGER => Ok(SampleFormat::S32),
            (32, 32) if integer || filled => Ok(SampleFormat::S32),
            (16, 16) | (32, 24 | 32) => Err(ModuleError::BadValue {
                what: "sample type",
                got: self.sample_type.into(),
                min: 1,
                max: 4,
            }),
            (16 | 32, _) => {
                let (min, max) = if self.depth == 16 { (16, 16) } else { (24, 32) };
                Err(ModuleError::BadValue { what: "valid bits", got: self.valid_bits.into(), min, max })
            }
            _ => Err(ModuleError::BadValue { what: "container bits", got: self.depth, min: 16, max: 32 }),
        }
    }
}

impl From<Format> for AudioFormat {
    fn from(format: Format) -> Self {
        let channels = format.channels() as u32;
        // Channel `i` stands in slot `i`; the slots above are unused (0xF).
        let used = if channels == 8 { u32::MAX } else { (1 << (4 * channels)) - 1 };
        Self {
            rate: format.rate(),
            depth: 8 * format.samples().container_bytes() as u32,
            channel_map: (0x7654_3210 & used) | !used,
            channel_config: [0, 0, 1, 2, 5, 7, 8, 8, 12][format.channels()],
            interleaving: INTERLEAVED,
            channels: channels as u8,
            valid_bits: format.samples().valid_bits(),
            sample_type: if format.samples() == SampleFormat::F32 { FLOAT } else { LSB_INTEGER },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stereo_s32() -> AudioFormat {
        AudioFormat::from(Format::new(48000, 2, SampleFormat::S32).unwrap())
    }

    #[test]
    fn the_stereo_map_is_the_one_that_topologies_carry() {
        assert_eq!(stereo_s32().channel_map, 0xFFFF_FF10);
        let eight = AudioFormat::from(Format::new(48000, 8, SampleFormat::S16).unwrap());
        assert_eq!((eight.channel_map, eight.channel_config), (0x7654_3210, 12));
    }

    #[test]
    fn every_stream_format_survives_the_wire() {
        for samples in [SampleFormat::S16, SampleFormat::S24In32, SampleFormat::S32, SampleFormat::F32] {
            for channels in 1..=8 {
                let format = Format::new(44100, channels, samples).unwrap();
                let wire = AudioFormat::decode(&AudioFormat::from(format).encode());
                assert_eq!(wire.format(), Ok(format));
            }
        }
    }

    #[test]
    fn what_no_stream_can_have_is_refused_by_name() {
        let bad = |change: fn(&mut AudioFormat)| {
            let mut wire = stereo_s32();
            change(&mut wire);
            match wire.format() {
                Err(ModuleError::BadValue { what, .. }) => what,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(bad(|f| f.interleaving = 1), "interleaving");
        assert_eq!(bad(|f| f.channels = 0), "channels");
        assert_eq!(bad(|f| f.channels = 9), "channels");
        assert_eq!(bad(|f| f.depth = 8), "container bits");
        assert_eq!(bad(|f| f.valid_bits = 20), "valid bits");
        assert_eq!(bad(|f| (f.depth, f.valid_bits) = (16, 24)), "valid bits");
        assert_eq!(bad(|f| f.sample_type = 3), "sample type");
        assert_eq!(bad(|f| (f.valid_bits, f.sample_type) = (24, 3)), "sample type");
        assert_eq!(bad(|f| (f.depth, f.valid_bits) = (32, 16)), "valid bits");
    }

    /// 309 formats of the topologies that ship are of this kind, most of them at links.
    #[test]
    fn bits_at_the_top_of_32_are_a_stream_of_32() {
        for valid_bits in [24, 32] {
            let wire = AudioFormat { valid_bits, sample_type: MSB_INTEGER, ..stereo_s32() };
            assert_eq!(wire.format(), Format::new(48000, 2, SampleFormat::S32));
        }
    }

    proptest! {
        #[test]
        fn any_24_bytes_decode_and_only_the_reserved_one_is_lost(bytes: [u8; 24]) {
            let mut again = AudioFormat::decode(&bytes).encode();
            again[23] = bytes[23];
            prop_assert_eq!(again, bytes);
            // Checking never panics, whatever the bytes are.
            let _ = AudioFormat::decode(&bytes).format();
        }
    }
}
