//! The delay line of one stage and the walk of its window over the stream.
//!
//! ```text
//! a plane  | oldest ...... history ...... | new ...... | free .......... |     one for each channel
//!          0       start                               end               pitch
//!                  |<--- window: taps --->|<- delay ->|
//! ```
//! Output is made while window and delay lie before `end`. New frames are appended at `end`; when nothing is free, all
//! from `start` on moves down to 0. When frames are dropped faster than they come, `start` runs ahead of `end`.

use crate::arch::{Arithmetic, Backend, Bank, Batch, Coefficients, Held, Planes, Sink, Window};

/// Frames that one call of [`Resampler::process`](crate::Resampler::process) used and made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Input frames that need not be offered again.
    pub consumed: usize,
    /// Output frames written.
    pub produced: usize,
}

/// Where a stage is in its stream.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    start: usize,
    end: usize,
    branch: usize,
}

impl Cursor {
    /// Before the first frame: the line holds the silence that came before, all of `reach` but its newest frame.
    pub(crate) fn at_start(reach: usize) -> Self {
        Self { start: 0, end: reach.saturating_sub(1), branch: 0 }
    }
}

/// A stage at work.
#[derive(Debug)]
pub(crate) struct Line<'a, T> {
    pub(crate) bank: Bank<Coefficients<'a, T>>,
    pub(crate) backend: Backend,
    pub(crate) channels: usize,
    /// Frames that each output depends on or waits for: the taps and a delay.
    pub(crate) reach: usize,
    pub(crate) cursor: &'a mut Cursor,
    /// As many planes as channels, of `pitch` words each.
    pub(crate) planes: &'a mut [T],
    pub(crate) pitch: usize,
    /// One for each channel if coefficients are spread.
    pub(crate) held: &'a mut [Held<T>],
}

impl<T: Arithmetic> Line<'_, T> {
    /// Outputs whose frames are all there.
    fn ready(&self) -> usize {
        let steps = (self.cursor.end + 1).saturating_sub(self.cursor.start + self.reach);
        let branches = (steps * self.bank.interpolation).saturating_sub(self.cursor.branch);
        branches.div_ceil(self.bank.decimation)
    }

    /// Makes up to `wanted` outputs as far as the frames in the line go; returns how many.
    pub(crate) fn produce(&mut self, sink: &mut Sink<'_, T>, wanted: usize) -> usize {
        let outputs = wanted.min(self.ready());
        let Cursor { start, branch, .. } = *self.cursor;
        let planes = Planes { samples: self.planes, pitch: self.pitch, channels: self.channels };
        let Some(batch) = Batch::new(self.bank, planes, Window { start, branch }, outputs) else { return 0 };
        T::run(self.backend, &batch, sink, self.held);
        let Window { start, branch } = batch.next;
        (self.cursor.start, self.cursor.branch) = (start, branch);
        outputs
    }

    /// Room for frames: no more than are offered (at least one) and than the next `outputs` (at least one) outputs want,
    /// and perhaps less. Not 0 once [`produce`](Self::produce) has left output unmade.
    pub(crate) fn vacant(&mut self, outputs: usize, offered: usize) -> usize {
        let (pitch, cursor) = (self.pitch, &mut *self.cursor);
        let (l, m) = (self.bank.interpolation, self.bank.decimation);
        let steps = (outputs - 1).saturating_mul(m).saturating_add(cursor.branch) / l;
        let last = (cursor.start + self.reach).saturating_add(steps);
        let wanted = last.saturating_sub(cursor.end).min(offered);
        if wanted <= pitch - cursor.end {
            return wanted;
        }
        // Rather than leave little room at the end: large batches cost less for each output.
        let dropped = cursor.start.min(cursor.end);
        for plane in self.planes.chunks_exact_mut(pitch) {
            plane.copy_within(dropped..cursor.end, 0);
        }
        cursor.start -= dropped;
        cursor.end -= dropped;
        wanted.min(pitch - cursor.end)
    }

    /// Where the frames go that [`vacant`](Self::vacant) has room for.
    pub(crate) fn sink(&mut self) -> Sink<'_, T> {
        let channel = self.pitch;
        Sink { samples: &mut self.planes[self.cursor.end..], frame: 1, channel }
    }

    /// Counts in `count` frames that were written to the front of [`sink`](Self::sink).
    pub(crate) fn commit(&mut self, count: usize) {
        self.cursor.end += count;
    }

    /// Makes `wanted` outputs, or as many as there are with all of the interleaved frames of `input`.
    pub(crate) fn convert(&mut self, input: &[T], mut sink: Sink<'_, T>, wanted: usize) -> Progress {
        let offered = input.len() / self.channels;
        let mut done = Progress::default();
        loop {
            let made = self.produce(&mut sink, wanted - done.produced);
            sink.skip(made);
            done.produced += made;
            if done.produced == wanted || done.consumed == offered {
                return done;
            }
            let taken = self.vacant(wanted - done.produced, offered - done.consumed);
            let frames = &input[done.consumed * self.channels..][..taken * self.channels];
            split(frames, self.channels, &mut self.sink());
            self.commit(taken);
            done.consumed += taken;
        }
    }
}

/// Interleaved frames to one plane for each channel.
fn split<T: Arithmetic>(frames: &[T], channels: usize, sink: &mut Sink<'_, T>) {
    match channels {
        2 => {
            // By far the most frequent, and in this form the compiler makes vector code of it.
            let (first, second) = sink.samples.split_at_mut(sink.channel);
            for (([a, b], first), second) in frames.as_chunks().0.iter().zip(first).zip(second) {
                (*first, *second) = (*a, *b);
            }
        }
        8 => split_known::<T, 8>(frames.as_chunks().0, sink),
        _ => {
            for (channel, plane) in sink.samples.chunks_mut(sink.channel).enumerate() {
                for (to, from) in plane.iter_mut().zip(frames.iter().skip(channel).step_by(channels)) {
                    *to = *from;
                }
            }
        }
    }
}

/// The same for a number of channels that the compiler knows.
fn split_known<T: Arithmetic, const C: usize>(frames: &[[T; C]], sink: &mut Sink<'_, T>) {
    for (channel, plane) in sink.samples.chunks_mut(sink.channel).enumerate().take(C) {
        for (to, frame) in plane.iter_mut().zip(frames) {
            *to = frame[channel];
        }
    }
}
