//! What every init payload begins with: the base configuration.
//!
//! Source of the layout: SOF's `src/include/module/ipc4/base-config.h`. All words are little endian.

use crate::audio_format::AudioFormat;
use crate::error::ModuleError;
use crate::payload::Payload;

/// What every module's init payload begins with, 40 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BaseConfig {
    /// Cycles that one block may take; carried, not used here.
    pub cycles_per_chunk: u32,
    /// Bytes of an input block.
    pub input_block: u32,
    /// Bytes of an output block.
    pub output_block: u32,
    /// Memory pages of the module; carried, not used here.
    pub pages: u32,
    /// Format of the input.
    pub format: AudioFormat,
}

impl BaseConfig {
    /// Bytes on the wire.
    pub const BYTES: usize = 40;

    /// Takes the base configuration off the front of an init payload.
    ///
    /// # Errors
    /// [`ModuleError::ShortPayload`] when it is shorter than 40 bytes.
    pub fn decode(payload: &mut Payload<'_>) -> Result<Self, ModuleError> {
        Ok(Self {
            cycles_per_chunk: payload.u32("cycles per chunk")?,
            input_block: payload.u32("input block size")?,
            output_block: payload.u32("output block size")?,
            pages: payload.u32("memory pages")?,
            format: payload.format("audio format")?,
        })
    }

    /// The 40 bytes.
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (words, format) = bytes.split_at_mut(16);
        let fields = [self.cycles_per_chunk, self.input_block, self.output_block, self.pages];
        for (place, word) in words.chunks_exact_mut(4).zip(fields) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        format.copy_from_slice(&self.format.encode());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format::{Format, SampleFormat};

    proptest! {
        #[test]
        fn base_configurations_survive_the_wire(words: [u32; 4], format: [u8; 24]) {
            let [cycles_per_chunk, input_block, output_block, pages] = words;
            let format = AudioFormat::decode(&format);
            let config = BaseConfig { cycles_per_chunk, input_block, output_block, pages, format };
            let bytes = config.encode();
            prop_assert_eq!(BaseConfig::decode(&mut Payload::new(&bytes)), Ok(config));
        }
    }

    #[test]
    fn a_base_configuration_short_of_40_bytes_says_which_field_is_missing() {
        let bytes = BaseConfig {
            cycles_per_chunk: 0,
            input_block: 384,
            output_block: 384,
            pages: 0,
            format: AudioFormat::from(Format::new(48000, 2, SampleFormat::S32).unwrap()),
        }
        .encode();
        let error = BaseConfig::decode(&mut Payload::new(&bytes[..39])).unwrap_err();
        assert_eq!(error, ModuleError::ShortPayload { what: "audio format", needed: 40, got: 39 });
    }
}
