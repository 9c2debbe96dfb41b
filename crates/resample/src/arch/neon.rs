//! NEON, which every AArch64 processor has: four samples at a time.

use core::arch::aarch64::*;

use super::algorithm::{Vector, channels};
use super::batch::{Batch, Sink};

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
        batch: &Batch<'_, i32>,
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
        batch: &Batch<'_, f32>,
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
