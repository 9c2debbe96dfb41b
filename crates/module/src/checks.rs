//! What streams can be, and what of that a module works on: the parts of [`Format`] that refuse.

use crate::error::ModuleError;
use crate::format::{Format, SampleFormat};

impl Format {
    /// A format of `rate` Hz (0: known only when the stream is prepared) and 1 to 8 channels.
    ///
    /// # Errors
    /// [`ModuleError::BadValue`] when `channels` is 0 or above 8.
    pub const fn new(rate: u32, channels: u8, samples: SampleFormat) -> Result<Self, ModuleError> {
        if channels == 0 || channels > Self::MAX_CHANNELS {
            let max = Self::MAX_CHANNELS as u32;
            return Err(ModuleError::BadValue { what: "channels", got: channels as u32, min: 1, max });
        }
        Ok(Self { rate, channels, samples })
    }

    /// This format, if its samples are what the caller works on.
    ///
    /// # Errors
    /// [`ModuleError::UnsupportedSamples`] otherwise.
    pub fn expect_samples(self, samples: SampleFormat) -> Result<Self, ModuleError> {
        if self.samples == samples {
            return Ok(self);
        }
        Err(ModuleError::UnsupportedSamples { got: self.samples })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_outside_one_to_eight_are_refused() {
        for channels in [0, 9, 255] {
            let error = Format::new(48000, channels, SampleFormat::S16).unwrap_err();
            assert_eq!(
                error,
                ModuleError::BadValue { what: "channels", got: channels.into(), min: 1, max: 8 }
            );
        }
    }
}
