//! Gain's way through the samples: runs of frames for which no gain changes.

use headroom_module::{Input, ModuleError, Output, Sample};

use super::Gain;
use crate::stream::each_run;

/// A sample format as gain sees it.
pub(super) trait Format {
    /// What lies in the stream.
    type Word: Sample;

    /// The product with a Q1.31 gain.
    fn scale(word: Self::Word, gain: i32) -> Self::Word;

    /// The sample in Q1.31.
    fn level(word: Self::Word) -> i32;
}

pub(super) struct S16;
/// The top byte of a word is not part of it.
pub(super) struct S24;
pub(super) struct S32;
pub(super) struct F32;

/// SOF's product of a sample and a Q1.31 gain. SOF saturates it then, but no gain up to unity can pass the ends.
fn multiply(sample: i32, gain: i32) -> i32 {
    ((((i64::from(sample) * i64::from(gain)) >> 30) + 1) >> 1) as i32
}

impl Format for S16 {
    type Word = i16;

    fn scale(word: i16, gain: i32) -> i16 {
        multiply(word.into(), gain) as i16
    }

    fn level(word: i16) -> i32 {
        i32::from(word) << 16
    }
}

impl Format for S24 {
    type Word = i32;

    fn scale(word: i32, gain: i32) -> i32 {
        multiply(word << 8 >> 8, gain)
    }

    fn level(word: i32) -> i32 {
        word << 8
    }
}

impl Format for S32 {
    type Word = i32;

    fn scale(word: i32, gain: i32) -> i32 {
        multiply(word, gain)
    }

    fn level(word: i32) -> i32 {
        word
    }
}

const FULL_SCALE: f32 = (1u32 << 31) as f32;

impl Format for F32 {
    type Word = f32;

    fn scale(word: f32, gain: i32) -> f32 {
        word * (gain as f32 / FULL_SCALE)
    }

    fn level(word: f32) -> i32 {
        (word * FULL_SCALE) as i32
    }
}

impl Gain<'_> {
    pub(super) fn run<F: Format>(
        &mut self,
        (input, output): (&mut Input<'_>, &mut Output<'_>),
        frames: usize,
    ) -> Result<(), ModuleError> {
        let channels = self.channels.len();
        let (from, to) = (input.samples::<F::Word>(frames)?, output.samples_mut::<F::Word>(frames)?);
        each_run(from, to, (channels, channels), |mut from, mut to| {
            while !from.is_empty() {
                let frames = self.steady_frames::<F>(from);
                let (now, later) = from.split_at(frames * channels);
                let (room, room_later) = core::mem::take(&mut to).split_at_mut(frames * channels);
                self.pass::<F>(now, room);
                (from, to) = (later, room_later);
            }
        });
        input.release(frames)?;
        output.commit(frames)
    }

    /// Frames of `from` for which no gain changes and no peak figure falls due. Where a curve waits for the sum of all
    /// channels to change its sign and it does, the gain changes there; then it may be none.
    fn steady_frames<F: Format>(&mut self, from: &[F::Word]) -> usize {
        let all = from.len() / self.channels.len();
        let left = self.channels.iter().filter_map(|channel| channel.ramp.steady_frames()).min();
        let due = self.peaks.as_ref().map(|peaks| peaks.frames_left(self.pace.rate));
        let least = left.into_iter().chain(due).min().and_then(|frames| usize::try_from(frames).ok());
        let frames = least.map_or(all, |frames| frames.min(all));
        if self.channels.iter().any(|channel| channel.ramp.waits_for_crossings()) {
            self.up_to_crossing::<F>(from, frames)
        } else {
            frames
        }
    }

    /// Frames before the sign of the sum changes, at most `frames`. Lets the curves that wait for it know.
    fn up_to_crossing<F: Format>(&mut self, from: &[F::Word], frames: usize) -> usize {
        let count = self.channels.len();
        for (at, frame) in from.chunks_exact(count).take(frames).enumerate() {
            let sum: i64 = frame.iter().map(|word| i64::from(F::level(*word))).sum();
            if (sum < 0) != self.falling {
                self.falling = sum < 0;
                self.pass_crossing(at as u64);
                return at;
            }
        }
        frames
    }

    fn pass_crossing(&mut self, at: u64) {
        self.channels.iter_mut().for_each(|channel| channel.ramp.cross_after(at));
    }

    /// Frames during which the gains stay, and the time that they take.
    fn pass<F: Format>(&mut self, from: &[F::Word], to: &mut [F::Word]) {
        let channels = &mut self.channels[..];
        let count = channels.len();
        if channels.iter().all(|channel| channel.ramp.gain() == i32::MAX) {
            to.copy_from_slice(from);
        } else {
            for (from, to) in from.chunks_exact(count).zip(to.chunks_exact_mut(count)) {
                for ((from, to), channel) in from.iter().zip(to).zip(channels.iter()) {
                    *to = F::scale(*from, channel.ramp.gain());
                }
            }
        }
        let frames = (from.len() / count) as u64;
        channels.iter_mut().for_each(|channel| channel.ramp.advance(frames));
        if let Some(peaks) = &mut self.peaks {
            for frame in from.chunks_exact(count) {
                peaks.hear(frame.iter().map(|word| F::level(*word)));
            }
            peaks.advance(frames, self.pace.rate);
        }
    }
}
