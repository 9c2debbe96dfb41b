//! A stream under conversion: the delay lines of a plan's stages, and where they are.

use core::ops::{Deref, DerefMut};

use crate::arch::{Backend, Sink, WIDTH};
use crate::error::SetupError;
use crate::line::{Cursor, Line, Progress};
use crate::plan::{MAX_CHANNELS, Plan};
use crate::sample::Sample;

/// Bytes of a row of coefficients. Where there is room they start at a multiple of it, so that no row takes two lines of a
/// cache whose lines are as long or longer.
pub(crate) const ROW_BYTES: usize = WIDTH * size_of::<f32>();

/// Coefficients in memory of their own, of each stage that has any.
#[derive(Debug)]
pub(crate) struct Copies<C> {
    pub(crate) words: [Option<C>; 2],
    /// Words in front of the first stage's that are left unused.
    pub(crate) skipped: usize,
}

impl<C: DerefMut<Target = [f32]>> Copies<C> {
    /// The coefficients of `plan` as floats.
    pub(crate) fn of_floats(plan: &Plan<'_>, mut words: [C; 2]) -> Result<Self, SetupError> {
        let mut skipped = 0;
        for (stage, copy) in words.iter_mut().enumerate().take(plan.stages().len()) {
            let (needed, given) = (plan.coefficients(stage).len(), copy.len());
            let room = given.checked_sub(needed);
            let room = room.ok_or(SetupError::CoefficientsTooSmall { stage, needed, given })?;
            let skip = copy.as_ptr().align_offset(ROW_BYTES);
            let skip = if stage == 0 && skip <= room { skip } else { 0 };
            plan.fill_f32(stage, &mut copy[skip..][..needed]);
            skipped += skip;
        }
        Ok(Self { words: words.map(Some), skipped })
    }
}

/// What changes while a stream goes through a plan, which is handed in with every call: the same one.
#[derive(Debug)]
pub(crate) struct Stream<S, C> {
    pub(crate) channels: usize,
    pub(crate) backend: Backend,
    state: S,
    copies: Copies<C>,
    cursors: [Cursor; 2],
}

impl<T: Sample, S: DerefMut<Target = [T]>, C: Deref<Target = [T]>> Stream<S, C> {
    /// A stream of `channels` channels that has not begun. What `state` holds is overwritten.
    pub(crate) fn new(
        plan: &Plan<'_>,
        channels: usize,
        state: S,
        copies: Copies<C>,
    ) -> Result<Self, SetupError> {
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(SetupError::Channels { channels });
        }
        let (needed, given) = (plan.needs(channels).state_words, state.len());
        if given < needed {
            return Err(SetupError::StateTooSmall { needed, given });
        }
        let cursors = [Cursor::default(); 2];
        let mut stream = Self { channels, backend: Backend::widest(), state, copies, cursors };
        stream.reset(plan);
        Ok(stream)
    }

    /// The same stream, as far as it is, with other copies of the coefficients.
    #[cfg(feature = "alloc")]
    pub(crate) fn with_copies(&self, copies: Copies<C>) -> Self
    where
        S: Clone,
    {
        let &Self { channels, backend, ref state, cursors, .. } = self;
        Self { channels, backend, state: state.clone(), copies, cursors }
    }

    /// See [`Resampler::reset`](crate::Resampler::reset).
    pub(crate) fn reset(&mut self, plan: &Plan<'_>) {
        let used = plan.needs(self.channels).state_words;
        self.state[..used].fill(T::default());
        for (stage, cursor) in plan.stages().iter().zip(&mut self.cursors) {
            *cursor = Cursor::at_start(usize::from(stage.taps));
        }
    }

    /// See [`Resampler::process`](crate::Resampler::process).
    pub(crate) fn process(&mut self, plan: &Plan<'_>, input: &[T], output: &mut [T]) -> Progress {
        let channels = self.channels;
        let mut rest = &mut self.state[..];
        let mut lines = [None, None];
        let parts = self.copies.words.iter().zip(&mut self.cursors).take(plan.stages().len());
        for (stage, (line, (copy, cursor))) in lines.iter_mut().zip(parts).enumerate() {
            let pitch = plan.line_frames(stage);
            let (planes, next) = rest.split_at_mut(pitch * channels);
            let (held, next) = next.split_at_mut(plan.held_words() * channels);
            let held = held.as_chunks_mut().0.as_chunks_mut().0;
            rest = next;
            let skipped = if stage == 0 { self.copies.skipped } else { 0 };
            let words = copy.as_deref().map_or_else(|| T::table(plan, stage), |copy| &copy[skipped..]);
            let bank = plan.bank(stage, words);
            let (backend, reach) = (self.backend, bank.taps);
            *line = Some(Line { bank, backend, channels, reach, cursor, planes, pitch, held });
        }
        let wanted = output.len() / channels;
        let sink = Sink { samples: output, frame: channels, channel: 1 };
        match lines {
            [Some(first), Some(second)] => two_stages(first, second, input, sink),
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
    mut sink: Sink<'_, T>,
) -> Progress {
    let wanted = sink.samples.len() / sink.frame;
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
