//! NEON, which every AArch64 processor has: four samples at a time.

use core::arch::aarch64::*;

use super::algorithm::{Vector, channels};
use super::batch::{Abreast, Dots, Held, Sink};
use super::lanes::{self, Lanes};

/// Four lanes of 32 bits, two sums of 64.
pub(super) struct Neon;

/// Sliding over it gives every mask of 4 lanes that ends in ones.
static ENDS: [u32; 8] = [0, 0, 0, 0, u32::MAX, u32::MAX, u32::MAX, u32::MAX];

/// All ones in the last `count` lanes.
///
/// # Safety
/// `count` is at most 4.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn last(count: usize) -> uint32x4_t {
    // SAFETY: 4 values from `count` on are within the 8.
    unsafe { vld1q_u32(ENDS.as_ptr().wrapping_add(count)) }
}

impl Vector<i32> for Neon {
    const LANES: usize = 4;
    const TILE: usize = 8;
    type Taps = int32x4_t;
    type Sum = int64x2_t;

    #[target_feature(enable = "neon")]
    unsafe fn channels<const C: usize, const GROUPS: bool>(
        batch: &Dots<'_, i32>,
        sink: &mut Sink<'_, i32>,
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { channels::<i32, Self, C, GROUPS>(batch, sink, channel) }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn zero() -> int64x2_t {
        vdupq_n_s64(0)
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn load(from: *const i32) -> int32x4_t {
        // SAFETY: four values can be read, as the trait demands.
        unsafe { vld1q_s32(from) }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn load_reversed(from: *const i32) -> int32x4_t {
        // SAFETY: four values can be read, as the trait demands.
        let pairs = vrev64q_s32(unsafe { vld1q_s32(from) });
        vextq_s32::<2>(pairs, pairs)
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn keep_last(taps: int32x4_t, count: usize) -> int32x4_t {
        // SAFETY: `count` is less than the four lanes, as the trait demands.
        vandq_s32(taps, vreinterpretq_s32_u32(unsafe { last(count) }))
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn add(sum: int64x2_t, taps: int32x4_t, samples: *const i32) -> int64x2_t {
        // SAFETY: four values can be read, as the trait demands.
        let samples = unsafe { vld1q_s32(samples) };
        vmlal_high_s32(vmlal_s32(sum, vget_low_s32(taps), vget_low_s32(samples)), taps, samples)
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn totals(sums: [int64x2_t; 4]) -> [i64; 4] {
        sums.map(|sum| vaddvq_s64(sum))
    }
}

impl Vector<f32> for Neon {
    const LANES: usize = 4;
    const TILE: usize = 8;
    type Taps = float32x4_t;
    type Sum = float32x4_t;

    #[target_feature(enable = "neon")]
    unsafe fn channels<const C: usize, const GROUPS: bool>(
        batch: &Dots<'_, f32>,
        sink: &mut Sink<'_, f32>,
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { channels::<f32, Self, C, GROUPS>(batch, sink, channel) }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn zero() -> float32x4_t {
        vdupq_n_f32(0.0)
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn load(from: *const f32) -> float32x4_t {
        // SAFETY: four values can be read, as the trait demands.
        unsafe { vld1q_f32(from) }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn load_reversed(from: *const f32) -> float32x4_t {
        // SAFETY: four values can be read, as the trait demands.
        let pairs = vrev64q_f32(unsafe { vld1q_f32(from) });
        vextq_f32::<2>(pairs, pairs)
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn keep_last(taps: float32x4_t, count: usize) -> float32x4_t {
        // SAFETY: `count` is less than the four lanes, as the trait demands.
        let kept = vandq_u32(vreinterpretq_u32_f32(taps), unsafe { last(count) });
        vreinterpretq_f32_u32(kept)
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn add(sum: float32x4_t, taps: float32x4_t, samples: *const f32) -> float32x4_t {
        // SAFETY: four values can be read, as the trait demands.
        vfmaq_f32(sum, taps, unsafe { vld1q_f32(samples) })
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn totals([a, b, c, d]: [float32x4_t; 4]) -> [f32; 4] {
        let four = vpaddq_f32(vpaddq_f32(a, b), vpaddq_f32(c, d));
        let mut totals = [0.0; 4];
        // SAFETY: both are 16 bytes.
        unsafe { vst1q_f32(totals.as_mut_ptr(), four) };
        totals
    }
}

impl Lanes<i32> for Neon {
    const OUTPUTS: usize = 4;
    const ACROSS: usize = 2;
    const CHANNELS: usize = 4;
    const CHAINS: usize = 8;
    type Row = int32x4_t;
    /// Of the first two outputs, and of the last two.
    type Sums = [int64x2_t; 2];

    #[target_feature(enable = "neon")]
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
    #[target_feature(enable = "neon")]
    unsafe fn none() -> [int64x2_t; 2] {
        [vdupq_n_s64(0); 2]
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn row(from: *const i32) -> int32x4_t {
        // SAFETY: four values can be read, as the trait demands.
        unsafe { vld1q_s32(from) }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn multiply_add(sums: [int64x2_t; 2], row: int32x4_t, sample: *const i32) -> [int64x2_t; 2] {
        // SAFETY: the sample can be read, as the trait demands.
        let sample = vdupq_n_s32(unsafe { sample.read() });
        [vmlal_s32(sums[0], vget_low_s32(row), vget_low_s32(sample)), vmlal_high_s32(sums[1], row, sample)]
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn multiply_add_some(sums: [int64x2_t; 2], row: int32x4_t, sample: *const i32) -> [int64x2_t; 2] {
        // Padding is 0.
        // SAFETY: the same.
        unsafe { Self::multiply_add(sums, row, sample) }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn join(a: [int64x2_t; 2], b: [int64x2_t; 2]) -> [int64x2_t; 2] {
        [vaddq_s64(a[0], b[0]), vaddq_s64(a[1], b[1])]
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn write(sums: [int64x2_t; 2], to: *mut i64) {
        // SAFETY: the first two of four values, as the trait demands.
        unsafe { vst1q_s64(to, sums[0]) };
        // SAFETY: the last two.
        unsafe { vst1q_s64(to.wrapping_add(2), sums[1]) };
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn read(from: *const i64) -> [int64x2_t; 2] {
        // SAFETY: the first two of four values, as the trait demands.
        let low = unsafe { vld1q_s64(from) };
        // SAFETY: the last two.
        let high = unsafe { vld1q_s64(from.wrapping_add(2)) };
        [low, high]
    }
}

impl Lanes<f32> for Neon {
    const OUTPUTS: usize = 4;
    const ACROSS: usize = 2;
    const CHANNELS: usize = 4;
    const CHAINS: usize = 8;
    type Row = float32x4_t;
    type Sums = float32x4_t;

    #[target_feature(enable = "neon")]
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
    #[target_feature(enable = "neon")]
    unsafe fn none() -> float32x4_t {
        vdupq_n_f32(0.0)
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn row(from: *const f32) -> float32x4_t {
        // SAFETY: four values can be read, as the trait demands.
        unsafe { vld1q_f32(from) }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn multiply_add(sums: float32x4_t, row: float32x4_t, sample: *const f32) -> float32x4_t {
        // SAFETY: the sample can be read, as the trait demands.
        vfmaq_f32(sums, row, vdupq_n_f32(unsafe { sample.read() }))
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn multiply_add_some(sums: float32x4_t, row: float32x4_t, sample: *const f32) -> float32x4_t {
        let padding = vceqq_u32(vreinterpretq_u32_f32(row), vdupq_n_u32(1 << 31));
        // SAFETY: the sample can be read, as the trait demands.
        let sample = vdupq_n_u32(unsafe { sample.read() }.to_bits());
        vfmaq_f32(sums, row, vreinterpretq_f32_u32(vbicq_u32(sample, padding)))
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn join(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        vaddq_f32(a, b)
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn write(sums: float32x4_t, to: *mut f32) {
        // SAFETY: four values can be written, as the trait demands.
        unsafe { vst1q_f32(to, sums) };
    }

    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn read(from: *const f32) -> float32x4_t {
        // SAFETY: four values can be read, as the trait demands.
        unsafe { vld1q_f32(from) }
    }
}
