//! Sample formats and how one becomes another: each is read into a wide value and written from one.
//!
//! ```text
//!   S16   x << 16 ─┐                    ┌─ round to 16 bits, saturate ─► S16
//!   S24_4 x << 8  ─┼─► 32-bit integer ──┼─ round to 24 bits, saturate ─► S24_4
//!   S32   x       ─┘                    ├─ as it is ───────────────────► S32
//!                                       └─ nearest float / 2^31 ───────► float
//!
//!   float x ─────────► float ───────────┬─ x * 2^15, 2^23, 2^31, round, saturate, NaN is 0 ─► S16, S24_4, S32
//!                                       └─ as it is ───────────────────► float
//! ```
//!
//! All rounding to integers is to the nearest, halves up, once. S16 and S24_4 come back unchanged from any wider format,
//! float included (24 bits of significand); of S32, float keeps 24 significant bits. The top byte of S24_4 is ignored
//! when read and sign-extended when written.

use headroom_module::Sample;

/// A sample format: how its words are read and written.
pub(crate) trait Coding {
    /// What lies in the stream.
    type Word: Sample;
    /// What it is read into.
    type Wide: Wide;

    /// Reads a word, without loss.
    fn widen(word: Self::Word) -> Self::Wide;

    /// Writes the nearest word.
    fn narrow(wide: impl Wide) -> Self::Word;
}

/// A sample in the width that work is done in: `i32` full scale, or `f32` of ±1.0.
pub(crate) trait Wide: Copy {
    /// No sound.
    const SILENCE: Self;

    /// The nearest integer of `bits` bits, saturated.
    fn integer(self, bits: u32) -> i32;

    /// The nearest float.
    fn float(self) -> f32;

    /// The mean of the values, of which there are `count`.
    fn mean(values: impl Iterator<Item = Self>, count: usize) -> Self;
}

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
        self as f32 / (1u32 << 31) as f32
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

    fn mean(values: impl Iterator<Item = Self>, count: usize) -> Self {
        values.sum::<f32>() / count as f32
    }
}

/// [`headroom_module::SampleFormat::S16`].
pub(crate) struct S16;
/// [`headroom_module::SampleFormat::S24In32`].
pub(crate) struct S24;
/// [`headroom_module::SampleFormat::S32`].
pub(crate) struct S32;
/// [`headroom_module::SampleFormat::F32`].
pub(crate) struct F32;

impl Coding for S16 {
    type Word = i16;
    type Wide = i32;

    fn widen(word: i16) -> i32 {
        i32::from(word) << 16
    }

    fn narrow(wide: impl Wide) -> i16 {
        wide.integer(16) as i16
    }
}

impl Coding for S24 {
    type Word = i32;
    type Wide = i32;

    fn widen(word: i32) -> i32 {
        word << 8
    }

    fn narrow(wide: impl Wide) -> i32 {
        wide.integer(24)
    }
}

impl Coding for S32 {
    type Word = i32;
    type Wide = i32;

    fn widen(word: i32) -> i32 {
        word
    }

    fn narrow(wide: impl Wide) -> i32 {
        wide.integer(32)
    }
}

impl Coding for F32 {
    type Word = f32;
    type Wide = f32;

    fn widen(word: f32) -> f32 {
        word
    }

    fn narrow(wide: impl Wide) -> f32 {
        wide.float()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn through<A: Coding, B: Coding>(word: A::Word) -> B::Word {
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
