//! Integer samples as numbers: what mixing works on.

use headroom_module::{ModuleError, Sample, SampleFormat};

/// How the words of one integer format are read and written.
pub(crate) trait Integer {
    /// What lies in the stream.
    type Word: Sample;
    /// Bits of a sample.
    const BITS: u32;

    /// The sample as a number.
    fn read(word: Self::Word) -> i32;

    /// A number within the format's range as a word.
    fn word(sample: i32) -> Self::Word;

    /// Any number as a word, at the ends of the range if it lies beyond them.
    fn saturate(sample: i64) -> Self::Word {
        let top = (1i64 << (Self::BITS - 1)) - 1;
        Self::word(sample.clamp(-top - 1, top) as i32)
    }
}

/// [`SampleFormat::S16`].
pub(crate) struct S16;
/// [`SampleFormat::S24In32`]: the top byte is ignored when read and sign-extended when written.
pub(crate) struct S24;
/// [`SampleFormat::S32`].
pub(crate) struct S32;

impl Integer for S16 {
    type Word = i16;
    const BITS: u32 = 16;

    fn read(word: i16) -> i32 {
        word.into()
    }

    fn word(sample: i32) -> i16 {
        sample as i16
    }
}

impl Integer for S24 {
    type Word = i32;
    const BITS: u32 = 24;

    fn read(word: i32) -> i32 {
        word << 8 >> 8
    }

    fn word(sample: i32) -> i32 {
        sample
    }
}

impl Integer for S32 {
    type Word = i32;
    const BITS: u32 = 32;

    fn read(word: i32) -> i32 {
        word
    }

    fn word(sample: i32) -> i32 {
        sample
    }
}

/// Whether samples are integers, as mixing needs; SOF mixes no others either.
///
/// # Errors
/// [`ModuleError::UnsupportedSamples`] for floats.
pub(crate) fn expect(samples: SampleFormat) -> Result<(), ModuleError> {
    match samples {
        SampleFormat::S16 | SampleFormat::S24In32 | SampleFormat::S32 => Ok(()),
        got @ SampleFormat::F32 => Err(ModuleError::UnsupportedSamples { got }),
    }
}
