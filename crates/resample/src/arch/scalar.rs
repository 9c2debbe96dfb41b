//! Plain Rust, for processors without vectors: one multiply-add at a time (`smlal` on Cortex-M).

use super::Arithmetic;
use super::algorithm::{Vector, run};
use super::batch::{Batch, Sink};

/// Where nothing better is known.
pub(super) struct Scalar;

/// Makes the outputs of a batch that has no two with the same branch.
pub(super) fn singles<T: Arithmetic>(batch: &Batch<'_, T>, sink: &mut Sink<'_, T>)
where
    Scalar: Vector<T>,
{
    // SAFETY: no instructions are asked for, and no part that is not empty is shorter than one lane.
    unsafe { run::<T, Scalar, false>(batch, sink) }
}

/// Makes the outputs of any batch.
pub(super) fn groups<T: Arithmetic>(batch: &Batch<'_, T>, sink: &mut Sink<'_, T>)
where
    Scalar: Vector<T>,
{
    // SAFETY: no instructions are asked for, and no part that is not empty is shorter than one lane.
    unsafe { run::<T, Scalar, true>(batch, sink) }
}

impl Vector<i32> for Scalar {
    const LANES: usize = 1;
    // Two sums take four of the twelve registers of a Cortex-M.
    const TILE: usize = 2;
    type Taps = i32;
    type Sum = i64;

    #[inline(always)]
    unsafe fn zero() -> i64 {
        0
    }

    #[inline(always)]
    unsafe fn load(from: *const i32) -> i32 {
        // SAFETY: one value can be read, as the trait demands.
        unsafe { from.read() }
    }

    #[inline(always)]
    unsafe fn load_reversed(from: *const i32) -> i32 {
        // SAFETY: one value can be read, as the trait demands.
        unsafe { from.read() }
    }

    #[inline(always)]
    unsafe fn keep_last(taps: i32, _: usize) -> i32 {
        taps
    }

    #[inline(always)]
    unsafe fn add(sum: i64, taps: i32, samples: *const i32) -> i64 {
        // SAFETY: one value can be read, as the trait demands.
        let sample = unsafe { samples.read() };
        sum.wrapping_add(i64::from(taps) * i64::from(sample))
    }

    #[inline(always)]
    unsafe fn totals(sums: [i64; 4]) -> [i64; 4] {
        sums
    }
}

impl Vector<f32> for Scalar {
    const LANES: usize = 1;
    const TILE: usize = 4;
    type Taps = f32;
    type Sum = f32;

    #[inline(always)]
    unsafe fn zero() -> f32 {
        0.0
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> f32 {
        // SAFETY: one value can be read, as the trait demands.
        unsafe { from.read() }
    }

    #[inline(always)]
    unsafe fn load_reversed(from: *const f32) -> f32 {
        // SAFETY: one value can be read, as the trait demands.
        unsafe { from.read() }
    }

    #[inline(always)]
    unsafe fn keep_last(taps: f32, _: usize) -> f32 {
        taps
    }

    #[inline(always)]
    unsafe fn add(sum: f32, taps: f32, samples: *const f32) -> f32 {
        // SAFETY: one value can be read, as the trait demands.
        let sample = unsafe { samples.read() };
        sum + taps * sample
    }

    #[inline(always)]
    unsafe fn totals(sums: [f32; 4]) -> [f32; 4] {
        sums
    }
}
