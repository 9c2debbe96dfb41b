//! AVX-512F: sixteen samples at a time.

use core::arch::x86_64::*;

use super::super::algorithm::{Vector, channels};
use super::super::batch::{Batch, Sink};
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
        batch: &Batch<'_, i32>,
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
        batch: &Batch<'_, f32>,
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
