//! SSE2, which every x86-64 has: four samples at a time.

use core::arch::x86_64::*;

use super::super::algorithm::{Vector, channels};
use super::super::batch::{Abreast, Dots, Held, Sink};
use super::super::lanes::{self, Lanes};
use super::ENDS;

/// Four lanes of 32 bits, two sums of 64.
pub(in super::super) struct Sse2;

/// All ones in the last `count` lanes.
///
/// # Safety
/// `count` is at most 4.
#[inline]
#[target_feature(enable = "sse2")]
unsafe fn last(count: usize) -> __m128i {
    // SAFETY: 4 values from `4 + count` on are within the 16.
    unsafe { _mm_loadu_si128(ENDS.as_ptr().wrapping_add(4 + count).cast()) }
}

/// Fixed-point sums: as SSE2 only multiplies unsigned lanes, each product of two lanes is too large by 2^32 times the
/// one for each of them that is negative, the other.
///
/// ```text
/// a * b = (a mod 2^32) * (b mod 2^32) - 2^32 * ((b if a < 0) + (a if b < 0))     modulo 2^64
/// ```
#[derive(Clone, Copy)]
pub(in super::super) struct Sums {
    /// Two sums of unsigned products.
    products: __m128i,
    /// Four sums of what they have too much; as these count 2^32 each, 32 bits suffice.
    excess: __m128i,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "sse2")]
    fn total(self) -> i64 {
        let (mut products, mut excess) = ([0_i64; 2], [0_i32; 4]);
        // SAFETY: both are 16 bytes.
        unsafe { _mm_storeu_si128(products.as_mut_ptr().cast(), self.products) };
        // SAFETY: both are 16 bytes.
        unsafe { _mm_storeu_si128(excess.as_mut_ptr().cast(), self.excess) };
        let excess = excess.into_iter().fold(0, i32::wrapping_add);
        products[0].wrapping_add(products[1]).wrapping_sub(i64::from(excess) << 32)
    }
}

impl Vector<i32> for Sse2 {
    const LANES: usize = 4;
    const TILE: usize = 4;
    type Taps = __m128i;
    type Sum = Sums;

    #[target_feature(enable = "sse2")]
    unsafe fn channels<const C: usize, const GROUPS: bool>(
        batch: &Dots<'_, i32>,
        sink: &mut Sink<'_, i32>,
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { channels::<i32, Self, C, GROUPS>(batch, sink, channel) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn zero() -> Sums {
        Sums { products: _mm_setzero_si128(), excess: _mm_setzero_si128() }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn load(from: *const i32) -> __m128i {
        // SAFETY: four values can be read, as the trait demands.
        unsafe { _mm_loadu_si128(from.cast()) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn load_reversed(from: *const i32) -> __m128i {
        // SAFETY: four values can be read, as the trait demands.
        _mm_shuffle_epi32::<0b00_01_10_11>(unsafe { _mm_loadu_si128(from.cast()) })
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn keep_last(taps: __m128i, count: usize) -> __m128i {
        // SAFETY: `count` is less than the four lanes, as the trait demands.
        _mm_and_si128(taps, unsafe { last(count) })
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn add(sum: Sums, taps: __m128i, samples: *const i32) -> Sums {
        // SAFETY: four values can be read, as the trait demands.
        let samples = unsafe { _mm_loadu_si128(samples.cast()) };
        let even = _mm_mul_epu32(taps, samples);
        let odd = _mm_mul_epu32(_mm_srli_epi64::<32>(taps), _mm_srli_epi64::<32>(samples));
        let negative_samples = _mm_and_si128(_mm_srai_epi32::<31>(samples), taps);
        let negative_taps = _mm_and_si128(_mm_srai_epi32::<31>(taps), samples);
        Sums {
            products: _mm_add_epi64(sum.products, _mm_add_epi64(even, odd)),
            excess: _mm_add_epi32(sum.excess, _mm_add_epi32(negative_samples, negative_taps)),
        }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn totals(sums: [Sums; 4]) -> [i64; 4] {
        sums.map(|sum| sum.total())
    }
}

impl Vector<f32> for Sse2 {
    const LANES: usize = 4;
    const TILE: usize = 8;
    type Taps = __m128;
    type Sum = __m128;

    #[target_feature(enable = "sse2")]
    unsafe fn channels<const C: usize, const GROUPS: bool>(
        batch: &Dots<'_, f32>,
        sink: &mut Sink<'_, f32>,
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { channels::<f32, Self, C, GROUPS>(batch, sink, channel) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn zero() -> __m128 {
        _mm_setzero_ps()
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn load(from: *const f32) -> __m128 {
        // SAFETY: four values can be read, as the trait demands.
        unsafe { _mm_loadu_ps(from) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn load_reversed(from: *const f32) -> __m128 {
        // SAFETY: four values can be read, as the trait demands.
        let taps = unsafe { _mm_loadu_ps(from) };
        _mm_shuffle_ps::<0b00_01_10_11>(taps, taps)
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn keep_last(taps: __m128, count: usize) -> __m128 {
        // SAFETY: `count` is less than the four lanes, as the trait demands.
        _mm_and_ps(taps, _mm_castsi128_ps(unsafe { last(count) }))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn add(sum: __m128, taps: __m128, samples: *const f32) -> __m128 {
        // SAFETY: four values can be read, as the trait demands.
        _mm_add_ps(sum, _mm_mul_ps(taps, unsafe { _mm_loadu_ps(samples) }))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn totals([a, b, c, d]: [__m128; 4]) -> [f32; 4] {
        let (ab, cd) = (_mm_unpacklo_ps(a, b), _mm_unpacklo_ps(c, d));
        let (ab_high, cd_high) = (_mm_unpackhi_ps(a, b), _mm_unpackhi_ps(c, d));
        let (ab, cd) = (_mm_add_ps(ab, ab_high), _mm_add_ps(cd, cd_high));
        let mut totals = [0.0; 4];
        let sums = _mm_add_ps(_mm_movelh_ps(ab, cd), _mm_movehl_ps(cd, ab));
        // SAFETY: both are 16 bytes.
        unsafe { _mm_storeu_ps(totals.as_mut_ptr(), sums) };
        totals
    }
}

impl Lanes<i32> for Sse2 {
    const OUTPUTS: usize = 4;
    const ACROSS: usize = 1;
    const CHANNELS: usize = 2;
    const CHAINS: usize = 1;
    type Row = __m128i;
    /// Of even outputs, of odd ones, and what they have too much.
    type Sums = [__m128i; 3];

    #[target_feature(enable = "sse2")]
    unsafe fn channels<const C: usize>(
        batch: &Abreast<'_, i32>,
        sink: &mut Sink<'_, i32>,
        held: &mut [Held<i32>],
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { lanes::channels::<i32, Self, C>(batch, sink, held, channel) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn none() -> [__m128i; 3] {
        [_mm_setzero_si128(); 3]
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn row(from: *const i32) -> __m128i {
        // SAFETY: four values can be read, as the trait demands.
        unsafe { _mm_loadu_si128(from.cast()) }
    }

    /// As for [`Sums`].
    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn multiply_add(
        [even, odd, excess]: [__m128i; 3],
        row: __m128i,
        sample: *const i32,
    ) -> [__m128i; 3] {
        // SAFETY: the sample can be read, as the trait demands.
        let sample = _mm_set1_epi32(unsafe { sample.read() });
        let negative_samples = _mm_and_si128(_mm_srai_epi32::<31>(sample), row);
        let negative_taps = _mm_and_si128(_mm_srai_epi32::<31>(row), sample);
        [
            _mm_add_epi64(even, _mm_mul_epu32(row, sample)),
            _mm_add_epi64(odd, _mm_mul_epu32(_mm_srli_epi64::<32>(row), sample)),
            _mm_add_epi32(excess, _mm_add_epi32(negative_samples, negative_taps)),
        ]
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn multiply_add_some(sums: [__m128i; 3], row: __m128i, sample: *const i32) -> [__m128i; 3] {
        // Padding is 0.
        // SAFETY: the same.
        unsafe { Self::multiply_add(sums, row, sample) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn join(a: [__m128i; 3], b: [__m128i; 3]) -> [__m128i; 3] {
        [_mm_add_epi64(a[0], b[0]), _mm_add_epi64(a[1], b[1]), _mm_add_epi32(a[2], b[2])]
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn write([even, odd, excess]: [__m128i; 3], to: *mut i64) {
        // As 2^32 times the lane: an even one moves up, an odd one loses its neighbour.
        let even = _mm_sub_epi64(even, _mm_slli_epi64::<32>(excess));
        let odd = _mm_sub_epi64(odd, _mm_slli_epi64::<32>(_mm_srli_epi64::<32>(excess)));
        let (low, high) = (_mm_unpacklo_epi64(even, odd), _mm_unpackhi_epi64(even, odd));
        // SAFETY: the first two of four values, as the trait demands.
        unsafe { _mm_storeu_si128(to.cast(), low) };
        // SAFETY: the last two.
        unsafe { _mm_storeu_si128(to.wrapping_add(2).cast(), high) };
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn read(from: *const i64) -> [__m128i; 3] {
        // SAFETY: the first two of four values, as the trait demands.
        let low = unsafe { _mm_loadu_si128(from.cast()) };
        // SAFETY: the last two.
        let high = unsafe { _mm_loadu_si128(from.wrapping_add(2).cast()) };
        [_mm_unpacklo_epi64(low, high), _mm_unpackhi_epi64(low, high), _mm_setzero_si128()]
    }
}

impl Lanes<f32> for Sse2 {
    const OUTPUTS: usize = 4;
    const ACROSS: usize = 2;
    const CHANNELS: usize = 4;
    const CHAINS: usize = 8;
    type Row = __m128;
    type Sums = __m128;

    #[target_feature(enable = "sse2")]
    unsafe fn channels<const C: usize>(
        batch: &Abreast<'_, f32>,
        sink: &mut Sink<'_, f32>,
        held: &mut [Held<f32>],
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { lanes::channels::<f32, Self, C>(batch, sink, held, channel) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn none() -> __m128 {
        _mm_setzero_ps()
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn row(from: *const f32) -> __m128 {
        // SAFETY: four values can be read, as the trait demands.
        unsafe { _mm_loadu_ps(from) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn multiply_add(sums: __m128, row: __m128, sample: *const f32) -> __m128 {
        // SAFETY: the sample can be read, as the trait demands.
        _mm_add_ps(sums, _mm_mul_ps(row, _mm_set1_ps(unsafe { sample.read() })))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn multiply_add_some(sums: __m128, row: __m128, sample: *const f32) -> __m128 {
        let padding = _mm_cmpeq_epi32(_mm_castps_si128(row), _mm_set1_epi32(i32::MIN));
        // SAFETY: the sample can be read, as the trait demands.
        let sample = _mm_set1_ps(unsafe { sample.read() });
        _mm_add_ps(sums, _mm_mul_ps(row, _mm_andnot_ps(_mm_castsi128_ps(padding), sample)))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn join(a: __m128, b: __m128) -> __m128 {
        _mm_add_ps(a, b)
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn write(sums: __m128, to: *mut f32) {
        // SAFETY: four values can be written, as the trait demands.
        unsafe { _mm_storeu_ps(to, sums) };
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    unsafe fn read(from: *const f32) -> __m128 {
        // SAFETY: four values can be read, as the trait demands.
        unsafe { _mm_loadu_ps(from) }
    }
}
