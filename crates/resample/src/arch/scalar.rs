//! Plain Rust, for processors without vectors: one multiply-add at a time (`smlal` on Cortex-M).

use super::algorithm::{Vector, channels};
use super::batch::{Abreast, Dots, Held, Sink};
use super::lanes::{self, Lanes};

/// Where nothing better is known.
pub(super) struct Scalar;

impl Vector<i32> for Scalar {
    const LANES: usize = 1;
    // Two sums take four of the twelve registers of a Cortex-M.
    const TILE: usize = 2;
    type Taps = i32;
    type Sum = i64;

    unsafe fn channels<const C: usize, const GROUPS: bool>(
        batch: &Dots<'_, i32>,
        sink: &mut Sink<'_, i32>,
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { channels::<i32, Self, C, GROUPS>(batch, sink, channel) }
    }

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

    unsafe fn channels<const C: usize, const GROUPS: bool>(
        batch: &Dots<'_, f32>,
        sink: &mut Sink<'_, f32>,
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { channels::<f32, Self, C, GROUPS>(batch, sink, channel) }
    }

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

impl Lanes<i32> for Scalar {
    const OUTPUTS: usize = 1;
    const ACROSS: usize = 2;
    const CHANNELS: usize = 2;
    const CHAINS: usize = 1;
    type Row = i32;
    type Sums = i64;

    unsafe fn channels<const C: usize>(
        batch: &Abreast<'_, i32>,
        sink: &mut Sink<'_, i32>,
        held: &mut [Held<i32>],
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { lanes::channels::<i32, Self, C>(batch, sink, held, channel) }
    }

    #[inline(always)]
    unsafe fn none() -> i64 {
        i64::default()
    }

    #[inline(always)]
    unsafe fn row(from: *const i32) -> i32 {
        // SAFETY: one value can be read, as the trait demands.
        unsafe { from.read() }
    }

    #[inline(always)]
    unsafe fn multiply_add(sum: i64, row: i32, sample: *const i32) -> i64 {
        // SAFETY: the sample can be read, as the trait demands.
        let sample = unsafe { sample.read() };
        sum.wrapping_add(i64::from(row) * i64::from(sample))
    }

    #[inline(always)]
    unsafe fn multiply_add_some(sum: i64, row: i32, sample: *const i32) -> i64 {
        // Padding is 0.
        // SAFETY: the same.
        unsafe { Self::multiply_add(sum, row, sample) }
    }

    #[inline(always)]
    unsafe fn join(a: i64, b: i64) -> i64 {
        a.wrapping_add(b)
    }

    #[inline(always)]
    unsafe fn write(sum: i64, to: *mut i64) {
        // SAFETY: one value can be written, as the trait demands.
        unsafe { to.write(sum) };
    }

    #[inline(always)]
    unsafe fn read(from: *const i64) -> i64 {
        // SAFETY: one value can be read, as the trait demands.
        unsafe { from.read() }
    }
}

impl Lanes<f32> for Scalar {
    const OUTPUTS: usize = 1;
    const ACROSS: usize = 2;
    const CHANNELS: usize = 2;
    const CHAINS: usize = 1;
    type Row = f32;
    type Sums = f32;

    unsafe fn channels<const C: usize>(
        batch: &Abreast<'_, f32>,
        sink: &mut Sink<'_, f32>,
        held: &mut [Held<f32>],
        channel: usize,
    ) -> usize {
        // SAFETY: as promised by the caller.
        unsafe { lanes::channels::<f32, Self, C>(batch, sink, held, channel) }
    }

    #[inline(always)]
    unsafe fn none() -> f32 {
        f32::default()
    }

    #[inline(always)]
    unsafe fn row(from: *const f32) -> f32 {
        // SAFETY: one value can be read, as the trait demands.
        unsafe { from.read() }
    }

    #[inline(always)]
    unsafe fn multiply_add(sum: f32, row: f32, sample: *const f32) -> f32 {
        // SAFETY: the sample can be read, as the trait demands.
        let sample = unsafe { sample.read() };
        sum + row * sample
    }

    #[inline(always)]
    unsafe fn multiply_add_some(sum: f32, row: f32, sample: *const f32) -> f32 {
        if row.to_bits() == (-0.0_f32).to_bits() {
            return sum;
        }
        // SAFETY: the same.
        unsafe { Self::multiply_add(sum, row, sample) }
    }

    #[inline(always)]
    unsafe fn join(a: f32, b: f32) -> f32 {
        a + b
    }

    #[inline(always)]
    unsafe fn write(sum: f32, to: *mut f32) {
        // SAFETY: one value can be written, as the trait demands.
        unsafe { to.write(sum) };
    }

    #[inline(always)]
    unsafe fn read(from: *const f32) -> f32 {
        // SAFETY: one value can be read, as the trait demands.
        unsafe { from.read() }
    }
}
