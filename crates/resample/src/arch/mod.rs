//! The multiply-adds of the filters, once for each instruction set: all the unsafe code of this crate.
//!
//! ```text
//!   Batch ─► Backend ─┬► algorithm::run::<Avx512 | Avx2 | Sse2 | Neon | Scalar> ─┬► Sink
//!            (chosen  │  branch by branch, written over the trait Vector          │
//!             once)   └► lanes::run::<the same>, for coefficients that are spread ┘
//!                        outputs side by side, written over the trait Lanes
//! ```
//! Fixed-point results are the same on every backend, to the bit: 64-bit sums don't depend on the order in which they
//! are added up. Float results are the same on one backend however a stream is cut, as the order never changes there;
//! those of two backends differ by their rounding.
#![allow(unsafe_code, reason = "vector instructions; everything else in the crate goes without")]

mod algorithm;
mod backend;
mod batch;
mod lanes;
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
mod neon;
mod scalar;
#[cfg(test)]
mod tests;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod x86;

use backend::Kind;

pub use backend::Backend;
pub(crate) use batch::{Bank, Batch, Branches, Coefficients, Held, Planes, Rows, Sink, WIDTH, Window};

/// The arithmetic of one sample format.
pub trait Arithmetic: Copy + Default + 'static {
    /// A sum of products.
    type Total: Copy + Default;

    /// The sample that a sum of products makes.
    fn finish(total: Self::Total, shift: u8) -> Self;

    /// The sum in two words.
    fn words(total: Self::Total) -> [Self; 2];

    /// The sum that [`words`](Self::words) took apart.
    fn total(words: [Self; 2]) -> Self::Total;

    /// Makes the outputs of `batch` with the instructions of `backend`. With coefficients that are spread, `held` has an
    /// element for each channel; batches that follow one another in a stream are given the same.
    fn run(
        backend: Backend,
        batch: &Batch<'_, Self, Coefficients<'_, Self>>,
        sink: &mut Sink<'_, Self>,
        held: &mut [Held<Self>],
    );
}

impl Arithmetic for i32 {
    type Total = i64;

    /// Rounds half up and saturates. Filters promise that the sum is far from wrapping; it is written as wrapping so
    /// that nothing could panic either.
    #[inline(always)]
    fn finish(total: i64, shift: u8) -> Self {
        let shift = u32::from(shift);
        let rounded = total.wrapping_add(1_i64.wrapping_shl(shift) >> 1).wrapping_shr(shift);
        rounded.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
    }

    /// The lower half first.
    #[inline(always)]
    fn words(total: i64) -> [Self; 2] {
        [total as i32, (total >> 32) as i32]
    }

    #[inline(always)]
    fn total([low, high]: [Self; 2]) -> i64 {
        i64::from(high) << 32 | i64::from(low as u32)
    }

    fn run(
        backend: Backend,
        batch: &Batch<'_, Self, Coefficients<'_, Self>>,
        sink: &mut Sink<'_, Self>,
        held: &mut [Held<Self>],
    ) {
        backend::run_on!(backend, batch, sink, held);
    }
}

impl Arithmetic for f32 {
    type Total = Self;

    #[inline(always)]
    fn finish(total: Self, _: u8) -> Self {
        total
    }

    #[inline(always)]
    fn words(total: Self) -> [Self; 2] {
        [total, 0.0]
    }

    #[inline(always)]
    fn total([total, _]: [Self; 2]) -> Self {
        total
    }

    fn run(
        backend: Backend,
        batch: &Batch<'_, Self, Coefficients<'_, Self>>,
        sink: &mut Sink<'_, Self>,
        held: &mut [Held<Self>],
    ) {
        backend::run_on!(backend, batch, sink, held);
    }
}
