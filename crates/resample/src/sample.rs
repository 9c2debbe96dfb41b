//! The sample formats that a resampler takes.

use crate::arch::Arithmetic;
use crate::plan::Plan;

/// A sample that resamplers work on: Q1.31 in an `i32`, or an `f32` with full scale at 1. There are no others.
pub trait Sample: Format {}

impl<T: Format> Sample for T {}

/// What the resampler itself asks of a format; not nameable elsewhere.
pub trait Format: Arithmetic {
    /// Coefficients that need no memory of the resampler's owner.
    fn table<'c>(plan: &Plan<'c>, stage: usize) -> &'c [Self];
}

impl Format for i32 {
    fn table<'c>(plan: &Plan<'c>, stage: usize) -> &'c [Self] {
        plan.coefficients(stage)
    }
}

impl Format for f32 {
    /// None: floats are made from the table when the resampler is.
    fn table<'c>(_: &Plan<'c>, _: usize) -> &'c [Self] {
        &[]
    }
}
