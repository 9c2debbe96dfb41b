//! SSE2, which every x86-64 has: four samples at a time.

use core::arch::x86_64::*;

use super::super::algorithm::{Vector, channels};
use super::super::batch::{Batch, Sink};
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
        batch: &Batch<'_, i32>,
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
        batch: &Batch<'_, f32>,
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
