//! The streaming converter: a plan, its memory and its place in the stream.

use core::fmt;
use core::ops::{Deref, DerefMut};

use crate::kernel::Filter;
use crate::line::{Cursor, Line};
use crate::plan::Plan;

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

/// Converts a stream of interleaved Q1.31 frames from one rate to another.
///
/// `S` is the memory of the delay lines and `C` that of coefficient copies: anything that lends a slice, be it a
/// `Vec`, a `&mut [i32]` or a block of a region.
#[derive(Debug)]
pub struct Resampler<S, C = &'static [i32]> {
    plan: Plan,
    channels: usize,
    state: S,
    copies: [Option<C>; 2],
    cursors: [Cursor; 2],
}

impl<S: DerefMut<Target = [i32]>> Resampler<S> {
    /// A resampler that reads its coefficients from the constant tables. What `state` holds is overwritten.
    ///
    /// # Errors
    /// [`SetupError`] if the channels or the memory won't do; see [`Plan::needs`].
    pub fn new(plan: Plan, channels: usize, state: S) -> Result<Self, SetupError> {
        Self::with_copies(plan, channels, state, [None, None])
    }
}

impl<S: DerefMut<Target = [i32]>, C: Deref<Target = [i32]>> Resampler<S, C> {
    /// Like [`new`](Resampler::new), but reads the coefficients of each stage for which there is one from a copy, say
    /// in tightly coupled memory.
    ///
    /// # Errors
    /// [`SetupError`], also if a copy isn't equal to [`Stage::coefficients`](crate::Stage::coefficients).
    pub fn with_copies(
        plan: Plan,
        channels: usize,
        state: S,
        copies: [Option<C>; 2],
    ) -> Result<Self, SetupError> {
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(SetupError::Channels { channels });
        }
        let (needed, given) = (plan.needs(channels).state_words, state.len());
        if given < needed {
            return Err(SetupError::StateTooSmall { needed, given });
        }
        for (stage, copy) in copies.iter().enumerate() {
            let table = plan.stages().get(stage).map_or(&[][..], |stage| stage.coefficients);
            if copy.as_ref().is_some_and(|copy| **copy != *table) {
                return Err(SetupError::CopyDiffers { stage });
            }
        }
        let mut resampler = Self { plan, channels, state, copies, cursors: [Cursor::default(); 2] };
        resampler.reset();
        Ok(resampler)
    }

    /// The conversion that this resampler makes.
    pub fn plan(&self) -> Plan {
        self.plan
    }

    /// Channels in a frame.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Forgets the stream: the next frame is the first one. Memory, plan and copies stay.
    pub fn reset(&mut self) {
        let mut rest = &mut self.state[..];
        for (stage, cursor) in self.plan.stages().iter().zip(&mut self.cursors) {
            let (line, next) = rest.split_at_mut(stage.line_frames() * self.channels);
            line.fill(0);
            rest = next;
            *cursor = Cursor::at_start(stage);
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
    pub fn process(&mut self, input: &[i32], output: &mut [i32]) -> Progress {
        match self.channels {
            1 => self.run::<1>(input, output),
            2 => self.run::<2>(input, output),
            3 => self.run::<3>(input, output),
            4 => self.run::<4>(input, output),
            5 => self.run::<5>(input, output),
            6 => self.run::<6>(input, output),
            7 => self.run::<7>(input, output),
            _ => self.run::<8>(input, output),
        }
    }

    fn run<const N: usize>(&mut self, input: &[i32], output: &mut [i32]) -> Progress {
        let (input, _) = input.as_chunks::<N>();
        let (output, _) = output.as_chunks_mut::<N>();
        let (mut rest, _) = self.state.as_chunks_mut::<N>();
        let mut lines = [None, None];
        let parts = self.plan.stages().iter().zip(&self.copies).zip(&mut self.cursors);
        for (line, ((stage, copy), cursor)) in lines.iter_mut().zip(parts) {
            let (frames, next) = rest.split_at_mut(stage.line_frames());
            rest = next;
            let coefficients = copy.as_deref().unwrap_or(stage.coefficients);
            *line = Some(Line { filter: Filter { stage, coefficients }, cursor, frames });
        }
        match lines {
            [Some(first), Some(second)] => two_stages(first, second, input, output),
            [Some(mut only), None] => one_stage(&mut only, input, output),
            _ => copy(input, output),
        }
    }
}

fn copy<const N: usize>(input: &[[i32; N]], output: &mut [[i32; N]]) -> Progress {
    let count = input.len().min(output.len());
    output[..count].copy_from_slice(&input[..count]);
    Progress { consumed: count, produced: count }
}

fn one_stage<const N: usize>(
    line: &mut Line<'_, N>,
    input: &[[i32; N]],
    output: &mut [[i32; N]],
) -> Progress {
    let mut done = Progress::default();
    loop {
        done.produced += line.produce(&mut output[done.produced..]);
        let (offered, room) = (&input[done.consumed..], output.len() - done.produced);
        if room == 0 || offered.is_empty() {
            return done;
        }
        let taken = copy(offered, line.vacant(room)).consumed;
        line.commit(taken);
        done.consumed += taken;
    }
}

/// The first stage writes straight into the delay line of the second, no more than the second asks for.
fn two_stages<const N: usize>(
    mut first: Line<'_, N>,
    mut second: Line<'_, N>,
    input: &[[i32; N]],
    output: &mut [[i32; N]],
) -> Progress {
    let mut done = Progress::default();
    let mut starved = false;
    loop {
        done.produced += second.produce(&mut output[done.produced..]);
        let room = output.len() - done.produced;
        if room == 0 || starved {
            return done;
        }
        let vacant = second.vacant(room);
        let made = one_stage(&mut first, &input[done.consumed..], vacant);
        starved = made.produced < vacant.len();
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
            Self::CopyDiffers { stage } => {
                write!(f, "coefficient copy of stage {stage} differs from its table; copy the plan's stage")
            }
        }
    }
}

impl core::error::Error for SetupError {}
