//! Filters of the caller's own: any coefficients, run by the same kernels, one stage at a time.

use core::fmt;
use core::ops::{Deref, DerefMut};

use crate::arch::{Backend, Bank, Branches, Coefficients, Sink};
use crate::error::SetupError;
use crate::line::{Cursor, Line, Progress};
use crate::plan::MAX_CHANNELS;
use crate::sample::Sample;
use crate::stage::line_frames;

/// A polyphase filter with L = `interpolation`, M = `decimation` and S coefficients c in each of L branches.
///
/// With silence before the first input frame x\[0\] and the delay D (none, or [`with_block_delay`]), output frame q is,
/// for each channel,
///
/// ```text
/// y[q] = saturate((sum over t in 0..S of c[(q*M mod L)*S + t] * x[floor(q*M/L) - D - t] + 2^(shift-1)) >> shift)
/// ```
///
/// and for floats just the sum. The coefficients need not be symmetric. `C` lends them: a slice, a `Vec`, a block.
///
/// To the bit, this is a stage of Sound Open Firmware (SOF) with its block delay. A 32-bit table of SOF's is used with
/// all values shifted right by 8 and a shift of 23 + the table's; a 16-bit one as it is, with 15 + the table's. Where
/// SOF chains two stages it brings the samples between them to the format of the stream; so must the caller, with
/// [`convert`](crate::convert).
///
/// [`with_block_delay`]: Self::with_block_delay
#[derive(Clone, Copy, Debug)]
pub struct Filter<C> {
    interpolation: u16,
    decimation: u16,
    taps: usize,
    shift: u8,
    delay: usize,
    coefficients: C,
}

impl<C: Deref<Target = [i32]>> Filter<C> {
    /// A filter for Q1.31 samples, from the coefficients of all branches, branch by branch, newest input first.
    ///
    /// # Errors
    /// [`FilterError`] if that isn't a filter, or one whose 64-bit sums could overflow.
    pub fn fixed(
        interpolation: u16,
        decimation: u16,
        coefficients: C,
        shift: u8,
    ) -> Result<Self, FilterError> {
        let filter = Self::new(interpolation, decimation, coefficients, shift)?;
        if !(1..=62).contains(&shift) {
            return Err(FilterError::Shift { shift });
        }
        // Of samples, -2^31 is the largest; half a unit is added to round.
        let most = (i64::MAX as u64 - (1 << (shift - 1))) >> 31;
        for (branch, taps) in filter.coefficients.chunks_exact(filter.taps).enumerate() {
            let magnitudes = taps.iter().map(|tap| u64::from(tap.unsigned_abs()));
            if magnitudes.fold(0, u64::saturating_add) > most {
                return Err(FilterError::Overflow { branch, most });
            }
        }
        Ok(filter)
    }
}

impl<C: Deref<Target = [f32]>> Filter<C> {
    /// A filter for floats, from the coefficients of all branches, branch by branch, newest input first.
    ///
    /// # Errors
    /// [`FilterError`] if that isn't a filter.
    pub fn float(interpolation: u16, decimation: u16, coefficients: C) -> Result<Self, FilterError> {
        let filter = Self::new(interpolation, decimation, coefficients, 0)?;
        match filter.coefficients.iter().position(|coefficient| !coefficient.is_finite()) {
            Some(index) => Err(FilterError::NotFinite { index }),
            None => Ok(filter),
        }
    }
}

impl<T, C: Deref<Target = [T]>> Filter<C> {
    fn new(interpolation: u16, decimation: u16, coefficients: C, shift: u8) -> Result<Self, FilterError> {
        if interpolation == 0 || decimation == 0 {
            return Err(FilterError::Ratio { interpolation, decimation });
        }
        let (words, branches) = (coefficients.len(), usize::from(interpolation));
        if words == 0 || !words.is_multiple_of(branches) {
            return Err(FilterError::Length { words, branches });
        }
        Ok(Self { interpolation, decimation, taps: words / branches, shift, delay: 0, coefficients })
    }

    fn bank(&self) -> Bank<Coefficients<'_, T>> {
        let (interpolation, decimation) = (usize::from(self.interpolation), usize::from(self.decimation));
        Bank {
            interpolation,
            decimation,
            step: (decimation / interpolation, decimation % interpolation),
            taps: self.taps,
            shift: self.shift,
            coefficients: Coefficients::Branches(Branches::Whole(&self.coefficients)),
        }
    }
}

impl<C> Filter<C> {
    /// Delays by as many input frames as SOF's block procedure does, which works back through its delay line branch by
    /// branch: (L-1)*i, where i and j are the smallest numbers with j*M - i*L = 1.
    ///
    /// # Errors
    /// [`FilterError::Ratio`] if L and M have a common factor; then there is no such procedure.
    pub fn with_block_delay(mut self) -> Result<Self, FilterError> {
        let (l, m) = (u32::from(self.interpolation), u32::from(self.decimation));
        let multiplier = match (l, m) {
            (_, 1) => Some(0),
            (1, _) => Some(1),
            _ => (1..m).find(|i| (1 + i * l).is_multiple_of(m)),
        };
        let (interpolation, decimation) = (self.interpolation, self.decimation);
        let multiplier = multiplier.ok_or(FilterError::Ratio { interpolation, decimation })?;
        self.delay = (l as usize - 1) * multiplier as usize;
        Ok(self)
    }

    /// Words of state that a [`Polyphase`] for `channels` channels needs.
    pub fn state_words(&self, channels: usize) -> usize {
        self.pitch().saturating_mul(channels.min(MAX_CHANNELS))
    }

    fn reach(&self) -> usize {
        self.taps + self.delay
    }

    fn pitch(&self) -> usize {
        line_frames(self.taps) + self.delay
    }
}

/// A [`Filter`] at work on a stream of interleaved frames, with `S` for the memory of its delay line.
#[derive(Debug)]
pub struct Polyphase<S, C> {
    filter: Filter<C>,
    channels: usize,
    state: S,
    cursor: Cursor,
    backend: Backend,
}

impl<T: Sample, S: DerefMut<Target = [T]>, C: Deref<Target = [T]>> Polyphase<S, C> {
    /// Sets a filter up. What `state` holds is overwritten.
    ///
    /// # Errors
    /// [`SetupError`] if the channels or the memory won't do; see [`Filter::state_words`].
    pub fn new(filter: Filter<C>, channels: usize, state: S) -> Result<Self, SetupError> {
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(SetupError::Channels { channels });
        }
        let (needed, given) = (filter.state_words(channels), state.len());
        if given < needed {
            return Err(SetupError::StateTooSmall { needed, given });
        }
        let cursor = Cursor::default();
        let mut made = Self { filter, channels, state, cursor, backend: Backend::widest() };
        made.reset();
        Ok(made)
    }

    /// Uses other instructions from now on, for comparing and measuring.
    pub fn set_backend(&mut self, backend: Backend) {
        self.backend = backend;
    }

    /// Forgets the stream: the next frame is the first one.
    pub fn reset(&mut self) {
        self.state.fill(T::default());
        self.cursor = Cursor::at_start(self.filter.reach());
    }

    /// Filters whole frames until `output` is full or `input` is used up, as
    /// [`Resampler::process`](crate::Resampler::process) does: an output frame is made as soon as the input frame
    /// floor(q*M/L) is there, so that M frames give L.
    pub fn process(&mut self, input: &[T], output: &mut [T]) -> Progress {
        let (channels, pitch) = (self.channels, self.filter.pitch());
        let mut line = Line {
            bank: self.filter.bank(),
            backend: self.backend,
            channels,
            reach: self.filter.reach(),
            cursor: &mut self.cursor,
            planes: &mut self.state[..channels * pitch],
            pitch,
            held: &mut [],
        };
        let wanted = output.len() / channels;
        line.convert(input, Sink { samples: output, frame: channels, channel: 1 }, wanted)
    }
}

/// Why coefficients don't make a [`Filter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterError {
    /// A factor of 0, or, for the block delay, factors that aren't in lowest terms.
    Ratio {
        /// L.
        interpolation: u16,
        /// M.
        decimation: u16,
    },
    /// The coefficients aren't as many for each branch, or there are none.
    Length {
        /// Coefficients given.
        words: usize,
        /// L.
        branches: usize,
    },
    /// Fixed-point sums must be shifted down by 1 to 62.
    Shift {
        /// What was given.
        shift: u8,
    },
    /// Full-scale input could overflow the 64-bit sum of a branch.
    Overflow {
        /// Which one.
        branch: usize,
        /// What the magnitudes of its coefficients may add up to.
        most: u64,
    },
    /// A coefficient is a NaN or an infinity.
    NotFinite {
        /// Which one.
        index: usize,
    },
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Ratio { interpolation, decimation } => {
                write!(
                    f,
                    "a filter can't convert by {interpolation}/{decimation}; use positive numbers in lowest terms"
                )
            }
            Self::Length { words, branches } => {
                write!(
                    f,
                    "{words} coefficients don't make {branches} branches; give each branch as many, at least one"
                )
            }
            Self::Shift { shift } => write!(f, "sums can't be shifted down by {shift}; use 1 to 62"),
            Self::Overflow { branch, most } => {
                write!(
                    f,
                    "branch {branch} could overflow its sum; scale it until its magnitudes add up to {most} at most"
                )
            }
            Self::NotFinite { index } => write!(f, "coefficient {index} isn't finite; give a number"),
        }
    }
}

impl core::error::Error for FilterError {}
