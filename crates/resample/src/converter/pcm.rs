//! The sample formats that a converter takes, and how each gets through the filters.

use alloc::{vec, vec::Vec};

use super::pass::{Frames, Pass};
use crate::convert::{narrow, wide};
use crate::line::Progress;
use crate::plan::Plan;
use crate::sample::Sample;
use crate::stream::{Copies, ROW_BYTES};

/// A sample of a [`Converter`](crate::Converter): `f32` with full scale at 1, Q1.31 in an `i32`, or an `i16`. There are no
/// others.
pub trait Pcm: Format {}

impl<T: Format> Pcm for T {}

/// What the converter itself asks of a format; not nameable elsewhere.
pub trait Format: Copy + Default {
    /// What the filters work on.
    type Work: Working;

    /// As what filters work on.
    fn widened(self) -> Self::Work;

    /// Back again, rounded if need be.
    fn narrowed(work: Self::Work) -> Self;

    /// Converts interleaved frames.
    fn convert(pass: Pass<'_, Self::Work>, input: &[Self], output: &mut [Self]) -> Progress;
}

/// What filters work on, with memory for coefficients.
pub trait Working: Sample {
    /// Those of `plan` in memory of their own, where it has none that can be read as they are.
    fn copies(plan: &Plan<'_>) -> Owned<Self>;
}

/// Coefficients in memory of the converter.
#[derive(Debug)]
pub struct Owned<T>(pub(super) Copies<Vec<T>>);

impl Working for i32 {
    fn copies(_: &Plan<'_>) -> Owned<Self> {
        Owned(Copies { words: [None, None], skipped: 0 })
    }
}

impl Working for f32 {
    fn copies(plan: &Plan<'_>) -> Owned<Self> {
        // So that rows can start at a multiple of their size.
        let spare = ROW_BYTES / size_of::<Self>() - 1;
        let words = [0, 1].map(|stage| vec![0.0; plan.coefficients(stage).len() + spare]);
        // They are as long as the plan says.
        Owned(Copies::of_floats(plan, words).unwrap_or(Copies { words: [None, None], skipped: 0 }))
    }
}

macro_rules! direct {
    ($($format:ty),*) => {$(
        impl Format for $format {
            type Work = Self;

            fn widened(self) -> Self {
                self
            }

            fn narrowed(work: Self) -> Self {
                work
            }

            fn convert(pass: Pass<'_, Self>, input: &[Self], output: &mut [Self]) -> Progress {
                pass.whole(input, output)
            }
        }
    )*};
}

direct!(i32, f32);

impl Format for i16 {
    type Work = i32;

    fn widened(self) -> i32 {
        wide(self)
    }

    fn narrowed(work: i32) -> Self {
        narrow(work)
    }

    fn convert(pass: Pass<'_, i32>, input: &[Self], output: &mut [Self]) -> Progress {
        let channels = pass.channels();
        let frames = Frames { offered: input.len() / channels, wanted: output.len() / channels };
        let load = |first: usize, block: &mut [i32]| {
            for (work, sample) in block.iter_mut().zip(&input[first * channels..]) {
                *work = wide(*sample);
            }
        };
        pass.in_blocks(frames, load, |first, block| {
            for (sample, work) in output[first * channels..].iter_mut().zip(block) {
                *sample = narrow(*work);
            }
        })
    }
}
