//! AVX2 and FMA: eight samples at a time.

use core::arch::x86_64::*;

use super::super::algorithm::{Vector, channels};
use super::super::batch::{Abreast, Dots, Held, Sink};
use super::super::lanes::{self, Lanes};
use super::ENDS;

/// Eight lanes of 32 bits, four sums of 64.
pub(in super::super) struct Avx2;

/// All ones in the last `count` lanes.
///
/// # Safety
/// `count` is at most 8.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn last(count: usize) -> __m256i {
    // SAFETY: 8 values from `count` on are within the 16.
    unsafe { _mm256_loadu_si256(ENDS.as_ptr().wrapping_add(count).cast()) }
}

/// The other way round.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn reversed(lanes: __m256i) -> __m256i {
    _mm256_permutevar8x32_epi32(lanes, _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0))
}

/// The sums over the lanes of each.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(super) fn totals_i64([a, b, c, d]: [__m256i; 4]) -> [i64; 4] {
    let ab = _mm256_add_epi64(_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b));
    let cd = _mm256_add_epi64(_mm256_unpacklo_epi64(c, d), _mm256_unpackhi_epi64(c, d));
    let (low, high) = (_mm256_permute2x128_si256::<0x20>(ab, cd), _mm256_permute2x128_si256::<0x31>(ab, cd));
    let (sums, mut totals) = (_mm256_add_epi64(low, high), [0; 4]);
    // SAFETY: both are 32 bytes.
    unsafe { _mm256_storeu_si256(totals.as_mut_ptr().cast(), sums) };
    totals
}

/// The sums over the lanes of each: (lane 0 + lane 4 + lane 2 + lane 6) + (1 + 5 + 3 + 7).
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(super) fn totals_f32([a, b, c, d]: [__m256; 4]) -> [f32; 4] {
    let ac = _mm256_add_ps(_mm256_permute2f128_ps::<0x20>(a, c), _mm256_permute2f128_ps::<0x31>(a, c));
    let bd = _mm256_add_ps(_mm256_permute2f128_ps::<0x20>(b, d), _mm256_permute2f128_ps::<0x31>(b, d));
    let (ac, bd) = (_mm256_castps_pd(ac), _mm256_castps_pd(bd));
    let (low, high) = (_mm256_unpacklo_pd(ac, bd), _mm256_unpackhi_pd(ac, bd));
    let pairs = _mm256_add_ps(_mm256_castpd_ps(low), _mm256_castpd_ps(high));
    let sums = _mm256_add_ps(pairs, _mm256_movehdup_ps(pairs));
    let four =
        _mm_shuffle_ps::<0b10_00_10_00>(_mm256_castps256_ps128(sums), _mm256_extractf128_ps::<1>(sums));
    let mut totals = [0.0; 4];
    // SAFETY: both are 16 bytes.
    unsafe { _mm_storeu_ps(totals.as_mut_ptr(), four) };
    totals
}

impl Vector<i32> for Avx2 {
    const LANES: usize = 8;
    const TILE: usize = 8;
    type Taps = __m256i;
    type Sum = __m256i;

    #[target_feature(enable = "avx2,fma")]
    unsafe fn channels<const C: usize, const GROUPS: bool>(
        batch: &Dots<'_, i32>,
        sink: &mut Sink<'_, i32>,
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { channels::<i32, Self, C, GROUPS>(batch, sink, channel) }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn zero() -> __m256i {
        _mm256_setzero_si256()
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn load(from: *const i32) -> __m256i {
        // SAFETY: eight values can be read, as the trait demands.
        unsafe { _mm256_loadu_si256(from.cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn load_reversed(from: *const i32) -> __m256i {
        // SAFETY: eight values can be read, as the trait demands.
        reversed(unsafe { _mm256_loadu_si256(from.cast()) })
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn keep_last(taps: __m256i, count: usize) -> __m256i {
        // SAFETY: `count` is less than the eight lanes, as the trait demands.
        _mm256_and_si256(taps, unsafe { last(count) })
    }

    /// The even lanes, then the odd ones: the instruction multiplies even ones only.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn add(sum: __m256i, taps: __m256i, samples: *const i32) -> __m256i {
        // SAFETY: eight values can be read, as the trait demands.
        let samples = unsafe { _mm256_loadu_si256(samples.cast()) };
        let even = _mm256_mul_epi32(taps, samples);
        let odd = _mm256_mul_epi32(_mm256_srli_epi64::<32>(taps), _mm256_srli_epi64::<32>(samples));
        _mm256_add_epi64(_mm256_add_epi64(sum, even), odd)
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn totals(sums: [__m256i; 4]) -> [i64; 4] {
        totals_i64(sums)
    }
}

impl Vector<f32> for Avx2 {
    const LANES: usize = 8;
    const TILE: usize = 8;
    type Taps = __m256;
    type Sum = __m256;

    #[target_feature(enable = "avx2,fma")]
    unsafe fn channels<const C: usize, const GROUPS: bool>(
        batch: &Dots<'_, f32>,
        sink: &mut Sink<'_, f32>,
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { channels::<f32, Self, C, GROUPS>(batch, sink, channel) }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn zero() -> __m256 {
        _mm256_setzero_ps()
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn load(from: *const f32) -> __m256 {
        // SAFETY: eight values can be read, as the trait demands.
        unsafe { _mm256_loadu_ps(from) }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn load_reversed(from: *const f32) -> __m256 {
        // SAFETY: eight values can be read, as the trait demands.
        let taps = unsafe { _mm256_loadu_ps(from) };
        _mm256_castsi256_ps(reversed(_mm256_castps_si256(taps)))
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn keep_last(taps: __m256, count: usize) -> __m256 {
        // SAFETY: `count` is less than the eight lanes, as the trait demands.
        _mm256_and_ps(taps, _mm256_castsi256_ps(unsafe { last(count) }))
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn add(sum: __m256, taps: __m256, samples: *const f32) -> __m256 {
        // SAFETY: eight values can be read, as the trait demands.
        _mm256_fmadd_ps(taps, unsafe { _mm256_loadu_ps(samples) }, sum)
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn totals(sums: [__m256; 4]) -> [f32; 4] {
        totals_f32(sums)
    }
}

impl Lanes<i32> for Avx2 {
    const OUTPUTS: usize = 8;
    const ACROSS: usize = 2;
    const CHANNELS: usize = 2;
    const CHAINS: usize = 1;
    // Even ones and odd ones: the instruction multiplies even lanes only.
    type Row = [__m256i; 2];
    type Sums = [__m256i; 2];

    #[target_feature(enable = "avx2,fma")]
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
    #[target_feature(enable = "avx2,fma")]
    unsafe fn none() -> [__m256i; 2] {
        [_mm256_setzero_si256(); 2]
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn row(from: *const i32) -> [__m256i; 2] {
        // SAFETY: eight values can be read, as the trait demands.
        let taps = unsafe { _mm256_loadu_si256(from.cast()) };
        [taps, _mm256_srli_epi64::<32>(taps)]
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn multiply_add(sums: [__m256i; 2], row: [__m256i; 2], sample: *const i32) -> [__m256i; 2] {
        // SAFETY: the sample can be read, as the trait demands.
        let sample = _mm256_set1_epi32(unsafe { sample.read() });
        let add = |sum, taps| _mm256_add_epi64(sum, _mm256_mul_epi32(taps, sample));
        [add(sums[0], row[0]), add(sums[1], row[1])]
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn multiply_add_some(sums: [__m256i; 2], row: [__m256i; 2], sample: *const i32) -> [__m256i; 2] {
        // Padding is 0.
        // SAFETY: the same.
        unsafe { Self::multiply_add(sums, row, sample) }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn join(a: [__m256i; 2], b: [__m256i; 2]) -> [__m256i; 2] {
        [_mm256_add_epi64(a[0], b[0]), _mm256_add_epi64(a[1], b[1])]
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn write([even, odd]: [__m256i; 2], to: *mut i64) {
        let (low, high) = (_mm256_unpacklo_epi64(even, odd), _mm256_unpackhi_epi64(even, odd));
        let halves =
            [_mm256_permute2x128_si256::<0x20>(low, high), _mm256_permute2x128_si256::<0x31>(low, high)];
        // SAFETY: the first four of eight values, as the trait demands.
        unsafe { _mm256_storeu_si256(to.cast(), halves[0]) };
        // SAFETY: the last four.
        unsafe { _mm256_storeu_si256(to.wrapping_add(4).cast(), halves[1]) };
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn read(from: *const i64) -> [__m256i; 2] {
        // SAFETY: the first four of eight values, as the trait demands.
        let first = unsafe { _mm256_loadu_si256(from.cast()) };
        // SAFETY: the last four.
        let last = unsafe { _mm256_loadu_si256(from.wrapping_add(4).cast()) };
        let (low, high) =
            (_mm256_permute2x128_si256::<0x20>(first, last), _mm256_permute2x128_si256::<0x31>(first, last));
        [_mm256_unpacklo_epi64(low, high), _mm256_unpackhi_epi64(low, high)]
    }
}

impl Lanes<f32> for Avx2 {
    const OUTPUTS: usize = 8;
    const ACROSS: usize = 2;
    const CHANNELS: usize = 4;
    const CHAINS: usize = 12;
    type Row = __m256;
    type Sums = __m256;

    #[target_feature(enable = "avx2,fma")]
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
    #[target_feature(enable = "avx2,fma")]
    unsafe fn none() -> __m256 {
        _mm256_setzero_ps()
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn row(from: *const f32) -> __m256 {
        // SAFETY: eight values can be read, as the trait demands.
        unsafe { _mm256_loadu_ps(from) }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn multiply_add(sums: __m256, row: __m256, sample: *const f32) -> __m256 {
        // SAFETY: the sample can be read, as the trait demands.
        _mm256_fmadd_ps(row, _mm256_set1_ps(unsafe { sample.read() }), sums)
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn multiply_add_some(sums: __m256, row: __m256, sample: *const f32) -> __m256 {
        let padding = _mm256_cmpeq_epi32(_mm256_castps_si256(row), _mm256_set1_epi32(i32::MIN));
        // SAFETY: the sample can be read, as the trait demands.
        let sample = _mm256_set1_ps(unsafe { sample.read() });
        _mm256_fmadd_ps(row, _mm256_andnot_ps(_mm256_castsi256_ps(padding), sample), sums)
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn join(a: __m256, b: __m256) -> __m256 {
        _mm256_add_ps(a, b)
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn write(sums: __m256, to: *mut f32) {
        // SAFETY: eight values can be written, as the trait demands.
        unsafe { _mm256_storeu_ps(to, sums) };
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn read(from: *const f32) -> __m256 {
        // SAFETY: eight values can be read, as the trait demands.
        unsafe { _mm256_loadu_ps(from) }
    }
}
