//! The streaming converter: a plan, its memory and its place in the stream.

use core::fmt;
use core::ops::{Deref, DerefMut};

use crate::arch::{Backend, Sink};
use crate::line::{Cursor, Line};
use crate::plan::Plan;
use crate::sample::Sample;

/// Bytes; where rows of coefficients start if there is room.
const CACHE_LINE: usize = 64;

/// The most channels that a [`Resampler`] takes.
pub const MAX_CHANNELS: usize = 8;

/// Frames that one call of [`Resampler::process`] used and made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Input frames that need not be offered again.
    pub consumed: usize,
    /// Output frames written.
    pub produced: usize,
}

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
    channels: usize,
    state: S,
    copies: [Option<C>; 2],
    /// Words in front of the first copy that are left unused.
    skipped: usize,
    cursors: [Cursor; 2],
    backend: Backend,
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
        Self::set_up(plan, channels, state, (copies, 0))
    }
}

impl<'c, S: DerefMut<Target = [f32]>, C: DerefMut<Target = [f32]>> Resampler<'c, S, C> {
    /// A resampler of floats. What `state` and `coefficients` hold is overwritten; they are as long as
    /// [`Plan::needs`] says, and may be longer. Those of a [`desk_plan`](crate::desk_plan) are read faster (by a seventh
    /// with AVX-512) from the start of a cache line: for that, give 15 words more.
    ///
    /// # Errors
    /// [`SetupError`] if the channels or the memory won't do.
    pub fn new_f32(
        plan: Plan<'c>,
        channels: usize,
        state: S,
        mut coefficients: [C; 2],
    ) -> Result<Self, SetupError> {
        let mut skipped = 0;
        for (stage, copy) in coefficients.iter_mut().enumerate().take(plan.stages().len()) {
            let (needed, given) = (plan.coefficients(stage).len(), copy.len());
            if given < needed {
                return Err(SetupError::CoefficientsTooSmall { stage, needed, given });
            }
            let skip = copy.as_ptr().align_offset(CACHE_LINE);
            let skip = if stage == 0 && skip <= given - needed { skip } else { 0 };
            plan.fill_f32(stage, &mut copy[skip..][..needed]);
            skipped += skip;
        }
        Self::set_up(plan, channels, state, (coefficients.map(Some), skipped))
    }
}

impl<'c, T: Sample, S: DerefMut<Target = [T]>, C: Deref<Target = [T]>> Resampler<'c, S, C> {
    fn set_up(
        plan: Plan<'c>,
        channels: usize,
        state: S,
        (copies, skipped): ([Option<C>; 2], usize),
    ) -> Result<Self, SetupError> {
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(SetupError::Channels { channels });
        }
        let (needed, given) = (plan.needs(channels).state_words, state.len());
        if given < needed {
            return Err(SetupError::StateTooSmall { needed, given });
        }
        let cursors = [Cursor::default(); 2];
        let backend = Backend::widest();
        let mut resampler = Self { plan, channels, state, copies, skipped, cursors, backend };
        resampler.reset();
        Ok(resampler)
    }

    /// The conversion that this resampler makes.
    pub fn plan(&self) -> Plan<'c> {
        self.plan
    }

    /// Channels in a frame.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// The instructions in use: at first the widest that the processor has, looked up when this was made.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Uses other instructions from now on, for comparing and measuring.
    pub fn set_backend(&mut self, backend: Backend) {
        self.backend = backend;
    }

    /// Forgets the stream: the next frame is the first one. Memory, plan and copies stay.
    pub fn reset(&mut self) {
        let used = self.plan.needs(self.channels).state_words;
        self.state[..used].fill(T::default());
        for (stage, cursor) in self.plan.stages().iter().zip(&mut self.cursors) {
            *cursor = Cursor::at_start(usize::from(stage.taps));
        }
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
        let channels = self.channels;
        let mut rest = &mut self.state[..];
        let mut lines = [None, None];
        let parts = self.copies.iter().zip(&mut self.cursors).take(self.plan.stages().len());
        for (stage, (line, (copy, cursor))) in lines.iter_mut().zip(parts).enumerate() {
            let pitch = self.plan.line_frames(stage);
            let (planes, next) = rest.split_at_mut(pitch * channels);
            let (held, next) = next.split_at_mut(self.plan.held_words() * channels);
            let held = held.as_chunks_mut().0.as_chunks_mut().0;
            rest = next;
            let skipped = if stage == 0 { self.skipped } else { 0 };
            let words = copy.as_deref().map_or_else(|| T::table(&self.plan, stage), |copy| &copy[skipped..]);
            let bank = self.plan.bank(stage, words);
            let (backend, reach) = (self.backend, bank.taps);
            *line = Some(Line { bank, backend, channels, reach, cursor, planes, pitch, held });
        }
        let wanted = output.len() / channels;
        let sink = Sink { samples: output, frame: channels, channel: 1 };
        match lines {
            [Some(first), Some(second)] => two_stages(first, second, input, (sink, wanted)),
            [Some(mut only), None] => only.convert(input, sink, wanted),
            _ => copy(input, sink, wanted),
        }
    }
}

fn copy<T: Sample>(input: &[T], sink: Sink<'_, T>, wanted: usize) -> Progress {
    let count = wanted.min(input.len() / sink.frame);
    let words = count * sink.frame;
    sink.samples[..words].copy_from_slice(&input[..words]);
    Progress { consumed: count, produced: count }
}

/// The first stage writes straight into the delay line of the second, no more than the second asks for.
fn two_stages<T: Sample>(
    mut first: Line<'_, T>,
    mut second: Line<'_, T>,
    input: &[T],
    (mut sink, wanted): (Sink<'_, T>, usize),
) -> Progress {
    let mut done = Progress::default();
    let mut starved = false;
    loop {
        let made = second.produce(&mut sink, wanted - done.produced);
        sink.skip(made);
        done.produced += made;
        if done.produced == wanted || starved {
            return done;
        }
        let vacant = second.vacant(wanted - done.produced, usize::MAX);
        let made = first.convert(&input[done.consumed * first.channels..], second.sink(), vacant);
        starved = made.produced < vacant;
        second.commit(made.produced);
        done.consumed += made.consumed;
    }
}

/// Why a [`Resampler`] can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupError {
    /// No channels, or more than [`MAX_CHANNELS`].
    Channels {
        /// The number asked for.
        channels: usize,
    },
    /// The delay lines don't fit.
    StateTooSmall {
        /// Words needed: [`Needs::state_words`](crate::Needs::state_words).
        needed: usize,
        /// Words given.
        given: usize,
    },
    /// The memory for a stage's coefficients is too small.
    CoefficientsTooSmall {
        /// Which stage, from 0.
        stage: usize,
        /// Words needed: [`Needs::coefficient_words`](crate::Needs::coefficient_words).
        needed: usize,
        /// Words given.
        given: usize,
    },
    /// What was given as a copy of a stage's coefficients isn't one.
    CopyDiffers {
        /// Which stage, from 0.
        stage: usize,
    },
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Channels { channels } => {
                write!(f, "{channels} channels asked of a resampler; use 1 to {MAX_CHANNELS}")
            }
            Self::StateTooSmall { needed, given } => {
                write!(f, "resampler state of {given} words given; allocate the {needed} that the plan needs")
            }
            Self::CoefficientsTooSmall { stage, needed, given } => {
                write!(
                    f,
                    "{given} words given for the coefficients of stage {stage}; allocate the {needed} that the plan needs"
                )
            }
            Self::CopyDiffers { stage } => {
                write!(f, "coefficient copy of stage {stage} differs from its table; copy the plan's stage")
            }
        }
    }
}

impl core::error::Error for SetupError {}
