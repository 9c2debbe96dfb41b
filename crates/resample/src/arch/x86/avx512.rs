//! AVX-512F: sixteen samples at a time.

use core::arch::x86_64::*;

use super::super::algorithm::{Vector, channels};
use super::super::batch::{Abreast, Dots, Held, Sink};
use super::super::lanes::{self, Lanes};
use super::avx2::{totals_f32, totals_i64};

/// Sixteen lanes of 32 bits, eight sums of 64.
pub(in super::super) struct Avx512;

/// The other way round.
#[inline]
#[target_feature(enable = "avx512f,avx2,fma")]
fn reversed(lanes: __m512i) -> __m512i {
    let order = _mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    _mm512_permutexvar_epi32(order, lanes)
}

/// Ones for the last `count` lanes.
fn last(count: usize) -> __mmask16 {
    !(u16::MAX >> count)
}

impl Vector<i32> for Avx512 {
    const LANES: usize = 16;
    const TILE: usize = 8;
    type Taps = __m512i;
    type Sum = __m512i;

    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn channels<const C: usize, const GROUPS: bool>(
        batch: &Dots<'_, i32>,
        sink: &mut Sink<'_, i32>,
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { channels::<i32, Self, C, GROUPS>(batch, sink, channel) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn zero() -> __m512i {
        _mm512_setzero_si512()
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn load(from: *const i32) -> __m512i {
        // SAFETY: sixteen values can be read, as the trait demands.
        unsafe { _mm512_loadu_si512(from.cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn load_reversed(from: *const i32) -> __m512i {
        // SAFETY: sixteen values can be read, as the trait demands.
        reversed(unsafe { _mm512_loadu_si512(from.cast()) })
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn keep_last(taps: __m512i, count: usize) -> __m512i {
        _mm512_maskz_mov_epi32(last(count), taps)
    }

    /// The even lanes, then the odd ones: the instruction multiplies even ones only.
    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn add(sum: __m512i, taps: __m512i, samples: *const i32) -> __m512i {
        // SAFETY: sixteen values can be read, as the trait demands.
        let samples = unsafe { _mm512_loadu_si512(samples.cast()) };
        let even = _mm512_mul_epi32(taps, samples);
        let odd = _mm512_mul_epi32(_mm512_srli_epi64::<32>(taps), _mm512_srli_epi64::<32>(samples));
        _mm512_add_epi64(_mm512_add_epi64(sum, even), odd)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn totals(sums: [__m512i; 4]) -> [i64; 4] {
        let halves = sums
            .map(|sum| _mm256_add_epi64(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64::<1>(sum)));
        totals_i64(halves)
    }
}

impl Vector<f32> for Avx512 {
    const LANES: usize = 16;
    const TILE: usize = 8;
    type Taps = __m512;
    type Sum = __m512;

    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn channels<const C: usize, const GROUPS: bool>(
        batch: &Dots<'_, f32>,
        sink: &mut Sink<'_, f32>,
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { channels::<f32, Self, C, GROUPS>(batch, sink, channel) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn zero() -> __m512 {
        _mm512_setzero_ps()
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn load(from: *const f32) -> __m512 {
        // SAFETY: sixteen values can be read, as the trait demands.
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn load_reversed(from: *const f32) -> __m512 {
        // SAFETY: sixteen values can be read, as the trait demands.
        let taps = unsafe { _mm512_loadu_ps(from) };
        _mm512_castsi512_ps(reversed(_mm512_castps_si512(taps)))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn keep_last(taps: __m512, count: usize) -> __m512 {
        _mm512_maskz_mov_ps(last(count), taps)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn add(sum: __m512, taps: __m512, samples: *const f32) -> __m512 {
        // SAFETY: sixteen values can be read, as the trait demands.
        _mm512_fmadd_ps(taps, unsafe { _mm512_loadu_ps(samples) }, sum)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn totals(sums: [__m512; 4]) -> [f32; 4] {
        let halves = sums.map(|sum| {
            let upper = _mm256_castpd_ps(_mm512_extractf64x4_pd::<1>(_mm512_castps_pd(sum)));
            _mm256_add_ps(_mm512_castps512_ps256(sum), upper)
        });
        totals_f32(halves)
    }
}

impl Lanes<i32> for Avx512 {
    const OUTPUTS: usize = 16;
    const ACROSS: usize = 1;
    const CHANNELS: usize = 8;
    const CHAINS: usize = 1;
    // Even ones and odd ones: the instruction multiplies even lanes only.
    type Row = [__m512i; 2];
    type Sums = [__m512i; 2];

    #[target_feature(enable = "avx512f,avx2,fma")]
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
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn none() -> [__m512i; 2] {
        [_mm512_setzero_si512(); 2]
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn row(from: *const i32) -> [__m512i; 2] {
        // SAFETY: sixteen values can be read, as the trait demands.
        let taps = unsafe { _mm512_loadu_si512(from.cast()) };
        [taps, _mm512_srli_epi64::<32>(taps)]
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn multiply_add(sums: [__m512i; 2], row: [__m512i; 2], sample: *const i32) -> [__m512i; 2] {
        // SAFETY: the sample can be read, as the trait demands.
        let sample = _mm512_set1_epi32(unsafe { sample.read() });
        let add = |sum, taps| _mm512_add_epi64(sum, _mm512_mul_epi32(taps, sample));
        [add(sums[0], row[0]), add(sums[1], row[1])]
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn multiply_add_some(sums: [__m512i; 2], row: [__m512i; 2], sample: *const i32) -> [__m512i; 2] {
        // Padding is 0.
        // SAFETY: the same.
        unsafe { Self::multiply_add(sums, row, sample) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn join(a: [__m512i; 2], b: [__m512i; 2]) -> [__m512i; 2] {
        [_mm512_add_epi64(a[0], b[0]), _mm512_add_epi64(a[1], b[1])]
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn write([even, odd]: [__m512i; 2], to: *mut i64) {
        let low = _mm512_permutex2var_epi64(even, _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), odd);
        let high = _mm512_permutex2var_epi64(even, _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15), odd);
        // SAFETY: the first eight of sixteen values, as the trait demands.
        unsafe { _mm512_storeu_si512(to.cast(), low) };
        // SAFETY: the last eight.
        unsafe { _mm512_storeu_si512(to.wrapping_add(8).cast(), high) };
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn read(from: *const i64) -> [__m512i; 2] {
        // SAFETY: the first eight of sixteen values, as the trait demands.
        let low = unsafe { _mm512_loadu_si512(from.cast()) };
        // SAFETY: the last eight.
        let high = unsafe { _mm512_loadu_si512(from.wrapping_add(8).cast()) };
        [
            _mm512_permutex2var_epi64(low, _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14), high),
            _mm512_permutex2var_epi64(low, _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15), high),
        ]
    }
}

impl Lanes<f32> for Avx512 {
    const OUTPUTS: usize = 16;
    const ACROSS: usize = 1;
    const CHANNELS: usize = 8;
    const CHAINS: usize = 8;
    type Row = __m512;
    type Sums = __m512;

    #[target_feature(enable = "avx512f,avx2,fma")]
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
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn none() -> __m512 {
        _mm512_setzero_ps()
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn row(from: *const f32) -> __m512 {
        // SAFETY: sixteen values can be read, as the trait demands.
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn multiply_add(sums: __m512, row: __m512, sample: *const f32) -> __m512 {
        // SAFETY: the sample can be read, as the trait demands.
        _mm512_fmadd_ps(row, _mm512_set1_ps(unsafe { sample.read() }), sums)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn multiply_add_some(sums: __m512, row: __m512, sample: *const f32) -> __m512 {
        let taps = _mm512_cmpneq_epi32_mask(_mm512_castps_si512(row), _mm512_set1_epi32(i32::MIN));
        // SAFETY: the sample can be read, as the trait demands.
        let sample = _mm512_set1_ps(unsafe { sample.read() });
        _mm512_fmadd_ps(row, _mm512_maskz_mov_ps(taps, sample), sums)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn join(a: __m512, b: __m512) -> __m512 {
        _mm512_add_ps(a, b)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn write(sums: __m512, to: *mut f32) {
        // SAFETY: sixteen values can be written, as the trait demands.
        unsafe { _mm512_storeu_ps(to, sums) };
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn read(from: *const f32) -> __m512 {
        // SAFETY: sixteen values can be read, as the trait demands.
        unsafe { _mm512_loadu_ps(from) }
    }
}
