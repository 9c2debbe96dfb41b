//! Sample formats: how the words of each are read and written, and how one becomes another.
//!
//! ```text
//!   S16    x << 16  ─┐                    ┌─ round to 16 bits, saturate ──────► S16
//!   S24_4  x << 8   ─┤                    ├─ round to 24 bits, saturate ──────► S24_4
//!   24 bits at top  ─┼─► 32-bit integer ──┼─ the same, into the top 24 bits ──► 24 bits at top
//!   S32    x        ─┘                    ├─ as it is ────────────────────────► S32
//!                                         └─ nearest float / 2^31 ────────────► float
//!
//!   float  x ─────────► float ────────────┬─ x * 2^15, 2^23, 2^31, round, saturate, NaN is 0 ─► S16, 24 bits, S32
//!                                         └─ as it is ────────────────────────► float
//! ```
//!
//! All rounding to integers is to the nearest, halves up, once. 16 and 24 bits come back unchanged from any wider format,
//! float included (24 bits of significand); of S32, float keeps 24 significant bits. The top byte of S24_4 is ignored
//! when read and sign-extended when written; the low byte of 24 bits at the top is ignored when read and written as 0.
//!
//! A loop is generic over [`Encoding`], and [`by_samples!`](crate::by_samples) picks its instance for a stream:
//!
//! ```
//! use headroom_module::{Input, ModuleError};
//! use headroom_modules::by_samples;
//! use headroom_modules::kit::samples::{Encoding, SampleFormat, Wide};
//!
//! /// The loudest of the next samples, Q1.31.
//! fn peak(input: &mut Input<'_>, samples: SampleFormat) -> Result<i32, ModuleError> {
//!     by_samples!(samples, E => peak_of::<E>(input))
//! }
//!
//! fn peak_of<E: Encoding>(input: &mut Input<'_>) -> Result<i32, ModuleError> {
//!     let frames = input.available();
//!     let (first, second) = input.samples::<E::Word>(frames)?;
//!     let levels = first.iter().chain(second).map(|word| E::widen(*word).level().saturating_abs());
//!     Ok(levels.max().unwrap_or(0))
//! }
//! # assert_eq!(peak(&mut Input::default(), SampleFormat::S16), Ok(0));
//! ```

use headroom_module::ModuleError;
#[doc(no_inline)]
pub use headroom_module::SampleFormat;
use headroom_module::sample::Sample;

/// A sample format: how its words are read, written and made quieter.
pub trait Encoding {
    /// What lies in the stream.
    type Word: Sample;
    /// What it is read into.
    type Wide: Wide;

    /// Reads a word, without loss.
    fn widen(word: Self::Word) -> Self::Wide;

    /// Writes the nearest word.
    fn narrow(wide: impl Wide) -> Self::Word;

    /// The product with a Q1.31 gain: SOF's, rounded once at the width of the format. No gain passes unity, which leaves
    /// floats as they are and may cost an integer one step.
    fn scale(word: Self::Word, gain: i32) -> Self::Word;
}

/// An integer format, whose samples are also numbers of so many bits: what sums are made of.
pub trait Integer: Encoding<Wide = i32> {
    /// Bits of a sample.
    const BITS: u32;

    /// The sample as a number, its last bit worth 1.
    fn number(word: Self::Word) -> i32;

    /// A number within the range of the format as a word.
    fn word(number: i32) -> Self::Word;

    /// Any number as a word, at the ends of the range if it lies beyond them.
    fn saturate(number: i64) -> Self::Word {
        let top = (1i64 << (Self::BITS - 1)) - 1;
        Self::word(number.clamp(-top - 1, top) as i32)
    }
}

/// A sample in the width that work is done in: `i32` full scale, or `f32` of ±1.0.
pub trait Wide: Copy {
    /// No sound.
    const SILENCE: Self;

    /// The nearest integer of `bits` bits, saturated.
    fn integer(self, bits: u32) -> i32;

    /// The nearest float.
    fn float(self) -> f32;

    /// In Q1.31, cut towards zero: for meters.
    fn level(self) -> i32;

    /// The mean of the values, of which there are `count`.
    fn mean(values: impl Iterator<Item = Self>, count: usize) -> Self;
}

const FULL_SCALE: f32 = (1u32 << 31) as f32;

impl Wide for i32 {
    const SILENCE: Self = 0;

    fn integer(self, bits: u32) -> i32 {
        // Half of the last place that stays; there is nothing to round at 32 bits.
        let half = (1i64 << (32 - bits)) >> 1;
        let rounded = (i64::from(self) + half) >> (32 - bits);
        // Only the top can be passed, and only by the rounding.
        rounded.min((1 << (bits - 1)) - 1) as i32
    }

    fn float(self) -> f32 {
        self as f32 / FULL_SCALE
    }

    fn level(self) -> i32 {
        self
    }

    fn mean(values: impl Iterator<Item = Self>, count: usize) -> Self {
        let (sum, count) = (values.map(i64::from).sum::<i64>(), count as i64);
        // floor(sum / count + 1/2), which lies between the least and the greatest of the values.
        (2 * sum + count).div_euclid(2 * count) as i32
    }
}

impl Wide for f32 {
    const SILENCE: Self = 0.0;

    fn integer(self, bits: u32) -> i32 {
        let scaled = self * (1u32 << (bits - 1)) as f32;
        // `as` cuts towards 0, saturates and makes NaN 0. What it cut off is exact: above 2^23 a float has no fraction.
        let cut = scaled as i32;
        let fraction = scaled - cut as f32;
        let nearest = if fraction >= 0.5 {
            cut.saturating_add(1)
        } else if fraction < -0.5 {
            cut.saturating_sub(1)
        } else {
            cut
        };
        nearest.clamp(i32::MIN >> (32 - bits), i32::MAX >> (32 - bits))
    }

    fn float(self) -> f32 {
        self
    }

    fn level(self) -> i32 {
        (self * FULL_SCALE) as i32
    }

    fn mean(values: impl Iterator<Item = Self>, count: usize) -> Self {
        values.sum::<f32>() / count as f32
    }
}

/// [`SampleFormat::S16`].
pub struct S16;
/// [`SampleFormat::S24In32`].
pub struct S24;
/// 24 valid bits at the top of 32. Its streams are [`SampleFormat::S32`]: whoever reads them so hears the same. This is for
/// modules that must write no more than 24 bits there.
pub struct S24AtTop;
/// [`SampleFormat::S32`].
pub struct S32;
/// [`SampleFormat::F32`].
pub struct F32;

/// SOF's product of a sample and a Q1.31 gain. SOF saturates it then, but no gain up to unity can pass the ends.
fn multiply(sample: i32, gain: i32) -> i32 {
    ((((i64::from(sample) * i64::from(gain)) >> 30) + 1) >> 1) as i32
}

/// An integer format by its word and three ways to read and write it.
macro_rules! integer {
    ($name:ident: $word:ty, $bits:literal, $widen:expr, $number:expr, $write:expr) => {
        impl Encoding for $name {
            type Word = $word;
            type Wide = i32;

            fn widen(word: $word) -> i32 {
                $widen(word)
            }

            fn narrow(wide: impl Wide) -> $word {
                Self::word(wide.integer($bits))
            }

            fn scale(word: $word, gain: i32) -> $word {
                Self::word(multiply(Self::number(word), gain))
            }
        }

        impl Integer for $name {
            const BITS: u32 = $bits;

            fn number(word: $word) -> i32 {
                $number(word)
            }

            fn word(number: i32) -> $word {
                $write(number)
            }
        }
    };
}

integer!(S16: i16, 16, |word: i16| i32::from(word) << 16, i32::from, |number: i32| number as i16);
integer!(S24: i32, 24, |word: i32| word << 8, |word: i32| word << 8 >> 8, |number: i32| number);
integer!(S24AtTop: i32, 24, |word: i32| word >> 8 << 8, |word: i32| word >> 8, |number: i32| number << 8);
integer!(S32: i32, 32, |word: i32| word, |word: i32| word, |number: i32| number);

impl Encoding for F32 {
    type Word = f32;
    type Wide = f32;

    fn widen(word: f32) -> f32 {
        word
    }

    fn narrow(wide: impl Wide) -> f32 {
        wide.float()
    }

    fn scale(word: f32, gain: i32) -> f32 {
        word * (gain as f32 / FULL_SCALE)
    }
}

/// Evaluates an expression with a name for the [`Encoding`](crate::kit::samples::Encoding) of a
/// [`SampleFormat`]: `by_samples!(format.samples(), E => work::<E>(…))`.
#[macro_export]
macro_rules! by_samples {
    ($samples:expr, $name:ident => $work:expr) => {
        match $samples {
            $crate::kit::samples::SampleFormat::S16 => {
                type $name = $crate::kit::samples::S16;
                $work
            }
            $crate::kit::samples::SampleFormat::S24In32 => {
                type $name = $crate::kit::samples::S24;
                $work
            }
            $crate::kit::samples::SampleFormat::S32 => {
                type $name = $crate::kit::samples::S32;
                $work
            }
            $crate::kit::samples::SampleFormat::F32 => {
                type $name = $crate::kit::samples::F32;
                $work
            }
        }
    };
}

/// Whether samples are integers, as mixing needs; SOF mixes no others either.
///
/// # Errors
/// [`ModuleError::UnsupportedSamples`] for floats.
pub fn expect_integers(samples: SampleFormat) -> Result<(), ModuleError> {
    match samples {
        SampleFormat::S16 | SampleFormat::S24In32 | SampleFormat::S32 => Ok(()),
        got @ SampleFormat::F32 => Err(ModuleError::UnsupportedSamples { got }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn through<A: Encoding, B: Encoding>(word: A::Word) -> B::Word {
        B::narrow(A::widen(word))
    }

    #[test]
    fn full_scale_zero_and_halves_of_each_narrowing() {
        for (x, y) in
            [(i32::MAX, 32767), (i32::MIN, -32768), (0x7FFF, 0), (0x8000, 1), (-0x8000, 0), (-0x8001, -1)]
        {
            assert_eq!(through::<S32, S16>(x), y, "S32 {x} to S16");
        }
        for (x, y) in [(0x7F_FFFF, 32767), (-0x80_0000, -32768), (127, 0), (128, 1), (-128, 0), (-129, -1)] {
            assert_eq!(through::<S24, S16>(x), y, "S24 {x} to S16");
        }
        let top = 0x7F_FFFF;
        for (x, y) in [(i32::MAX, top), (i32::MIN, -top - 1), (127, 0), (128, 1), (-128, 0), (-129, -1)] {
            assert_eq!(through::<S32, S24>(x), y, "S32 {x} to S24");
        }
    }

    #[test]
    fn floats_saturate_round_halves_up_and_nan_is_silence() {
        let lsb = 1.0 / 32768.0;
        let table = [
            (1.0, 32767),
            (-1.0, -32768),
            (f32::INFINITY, 32767),
            (f32::NEG_INFINITY, -32768),
            (1e30, 32767),
            (f32::NAN, 0),
            (-0.0, 0),
            (0.5 * lsb, 1),
            (-0.5 * lsb, 0),
            (0.499_999_97 * lsb, 0),
            (-0.500_000_06 * lsb, -1),
            (1.5 * lsb, 2),
            (-1.5 * lsb, -1),
        ];
        for (x, y) in table {
            assert_eq!(through::<F32, S16>(x), y, "float {x} to S16");
        }
        assert_eq!([1.0, -1.0, f32::NAN].map(through::<F32, S32>), [i32::MAX, i32::MIN, 0]);
        assert_eq!([1.0, -1.0, 0.5].map(through::<F32, S24>), [0x7F_FFFF, -0x80_0000, 0x40_0000]);
    }

    #[test]
    fn bits_at_the_top_are_those_of_s32_without_the_low_byte() {
        for (word, wide) in [(0x1234_56FF, 0x1234_5600), (-1, -256), (i32::MIN, i32::MIN), (255, 0)] {
            assert_eq!(S24AtTop::widen(word), wide);
            assert_eq!(S24AtTop::number(word), wide >> 8);
        }
        for (x, y) in [(i32::MAX, 0x7FFF_FF00), (127, 0), (128, 256), (-128, 0), (-129, -256)] {
            assert_eq!(through::<S32, S24AtTop>(x), y, "S32 {x}");
        }
        assert_eq!(S24AtTop::saturate(1 << 40), 0x7FFF_FF00);
        // As loud as the same sample at the low end.
        assert_eq!(S24AtTop::scale(0x0123_4567, i32::MAX / 3), S24::scale(0x01_2345, i32::MAX / 3) << 8);
    }

    #[test]
    fn products_are_rounded_at_the_width_of_the_format() {
        let half = 1 << 30;
        assert_eq!(
            [S16::scale(3, half), S16::scale(-3, half), S16::scale(i16::MIN, i32::MAX)],
            [2, -1, i16::MIN]
        );
        assert_eq!([S24::scale(0x7F00_0003, half), S32::scale(-3, half)], [2, -1]);
        assert_eq!(F32::scale(-0.5, half), -0.25);
    }

    #[test]
    fn levels_are_q31_and_numbers_saturate_at_the_ends() {
        assert_eq!([S16::widen(-2).level(), S24::widen(-2).level()], [-0x2_0000, -512]);
        assert_eq!(
            [F32::widen(0.5), F32::widen(2.0), F32::widen(f32::NAN)].map(Wide::level),
            [1 << 30, i32::MAX, 0]
        );
        assert_eq!([S16::saturate(40_000), S16::saturate(-40_000), S16::saturate(5)], [32_767, -32_768, 5]);
        assert_eq!([S24::saturate(1 << 23), S24::saturate(-1 << 40)], [0x7F_FFFF, -0x80_0000]);
        assert_eq!([S32::saturate(i64::MAX), S32::saturate(i64::MIN)], [i32::MAX, i32::MIN]);
    }

    #[test]
    fn means_round_halves_up_and_cannot_overflow() {
        let mean = |values: &[i32]| Wide::mean(values.iter().copied(), values.len());
        assert_eq!([mean(&[1, 2]), mean(&[-1, -2]), mean(&[0, 0, 1]), mean(&[-1, 0, -1])], [2, -1, 0, -1]);
        assert_eq!([mean(&[i32::MAX; 8]), mean(&[i32::MIN; 8])], [i32::MAX, i32::MIN]);
        let mean: f32 = Wide::mean([1.0, -0.5].into_iter(), 2);
        assert_eq!(mean, 0.25);
    }

    #[test]
    fn every_16_bit_word_comes_back_from_every_wider_format() {
        for x in i16::MIN..=i16::MAX {
            assert_eq!(through::<S24, S16>(through::<S16, S24>(x)), x);
            assert_eq!(through::<S32, S16>(through::<S16, S32>(x)), x);
            assert_eq!(through::<F32, S16>(through::<S16, F32>(x)), x);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_24_bit_word_comes_back_sign_extended(word: i32) {
            let x = word << 8 >> 8;
            prop_assert_eq!(through::<S32, S24>(through::<S24, S32>(word)), x);
            prop_assert_eq!(through::<F32, S24>(through::<S24, F32>(word)), x);
        }

        #[test]
        fn s32_through_float_keeps_24_significant_bits(x: i32) {
            let error = i64::from(through::<F32, S32>(through::<S32, F32>(x))) - i64::from(x);
            prop_assert!(error.abs() <= (i64::from(x).abs() >> 24) + 1);
        }
    }
}
