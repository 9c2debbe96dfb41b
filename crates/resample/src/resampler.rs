//! The streaming converter: a plan, and a stream in memory that its owner hands in.

use core::ops::{Deref, DerefMut};

use crate::arch::Backend;
use crate::error::SetupError;
use crate::line::Progress;
use crate::plan::Plan;
use crate::sample::Sample;
use crate::stream::{Copies, Stream};

/// Converts a stream of interleaved frames from one rate to another: Q1.31 in 64-bit sums, or `f32`.
///
/// `S` is the memory of the delay lines and `C` that of coefficient copies: anything that lends a slice, be it a
/// `Vec`, a `&mut [i32]` or a block of a region. What they hold says what the samples are.
///
/// Fixed-point samples are the same on every processor. Those of floats are off from the exact sum of each stage by no
/// more than (taps + 2) * 2^-24 times the sum of the magnitudes of its products. An output whose filters reach a NaN or
/// an infinity is not finite; no other output is touched by it.
#[derive(Debug)]
pub struct Resampler<'c, S, C = &'c [i32]> {
    plan: Plan<'c>,
    stream: Stream<S, C>,
}

impl<'c, S: DerefMut<Target = [i32]>> Resampler<'c, S> {
    /// A resampler that reads its coefficients where the plan has them. What `state` holds is overwritten.
    ///
    /// # Errors
    /// [`SetupError`] if the channels or the memory won't do; see [`Plan::needs`].
    pub fn new(plan: Plan<'c>, channels: usize, state: S) -> Result<Self, SetupError> {
        Self::with_copies(plan, channels, state, [None, None])
    }
}

impl<'c, S: DerefMut<Target = [i32]>, C: Deref<Target = [i32]>> Resampler<'c, S, C> {
    /// Like [`new`](Resampler::new), but reads the coefficients of each stage for which there is one from a copy, say
    /// in tightly coupled memory.
    ///
    /// # Errors
    /// [`SetupError`], also if a copy isn't equal to [`Plan::coefficients`].
    pub fn with_copies(
        plan: Plan<'c>,
        channels: usize,
        state: S,
        copies: [Option<C>; 2],
    ) -> Result<Self, SetupError> {
        for (stage, copy) in copies.iter().enumerate() {
            let table = plan.coefficients(stage);
            if copy.as_ref().is_some_and(|copy| **copy != *table) {
                return Err(SetupError::CopyDiffers { stage });
            }
        }
        Ok(Self { plan, stream: Stream::new(&plan, channels, state, Copies { words: copies, skipped: 0 })? })
    }
}

impl<'c, S: DerefMut<Target = [f32]>, C: DerefMut<Target = [f32]>> Resampler<'c, S, C> {
    /// A resampler of floats. What `state` and `coefficients` hold is overwritten; they are as long as
    /// [`Plan::needs`] says, and may be longer. Those of a [`desk_plan`](crate::desk_plan) are read faster (by a seventh
    /// with AVX-512) where a row of 64 bytes starts at a multiple of its size: for that, give 15 words more.
    ///
    /// # Errors
    /// [`SetupError`] if the channels or the memory won't do.
    pub fn new_f32(
        plan: Plan<'c>,
        channels: usize,
        state: S,
        coefficients: [C; 2],
    ) -> Result<Self, SetupError> {
        let copies = Copies::of_floats(&plan, coefficients)?;
        Ok(Self { plan, stream: Stream::new(&plan, channels, state, copies)? })
    }
}

impl<'c, T: Sample, S: DerefMut<Target = [T]>, C: Deref<Target = [T]>> Resampler<'c, S, C> {
    /// The conversion that this resampler makes.
    pub fn plan(&self) -> Plan<'c> {
        self.plan
    }

    /// Channels in a frame.
    pub fn channels(&self) -> usize {
        self.stream.channels
    }

    /// The instructions in use: at first the widest that the processor has, looked up when this was made.
    pub fn backend(&self) -> Backend {
        self.stream.backend
    }

    /// Uses other instructions from now on, for comparing and measuring.
    pub fn set_backend(&mut self, backend: Backend) {
        self.stream.backend = backend;
    }

    /// Forgets the stream: the next frame is the first one. Memory, plan and copies stay.
    pub fn reset(&mut self) {
        self.stream.reset(&self.plan);
    }

    /// Converts whole frames until `output` is full or `input` is used up; frames cut short at the end of either are
    /// left alone.
    ///
    /// An output frame is made as soon as its newest input frame is there. When the output fills up first, no more
    /// input is taken than its frames needed, so that in total the counts are those of [`Plan::output_frames_for`]
    /// and [`Plan::input_frames_for`]. The samples don't depend on how the stream is cut into calls.
    ///
    /// Cost: `taps` multiply-adds per channel and stage for each frame that the stage makes. No allocation.
    pub fn process(&mut self, input: &[T], output: &mut [T]) -> Progress {
        self.stream.process(&self.plan, input, output)
    }
}
