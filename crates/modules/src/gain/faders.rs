//! The gains of all channels at work: runs of frames for which no gain changes.

use headroom_module::{Block, Input, ModuleError, Output};

use super::peak::Peaks;
use super::ramp::{Pace, Ramp};
use super::setting::VolumeSetting;
use crate::kit::samples::{Encoding, Wide};
use crate::kit::stream::{Widths, each_run};

/// What was set for a channel, and how far the gain has come.
#[derive(Clone, Copy)]
pub(super) struct Channel {
    pub(super) setting: VolumeSetting,
    pub(super) muted: bool,
    pub(super) ramp: Ramp,
}

impl Channel {
    /// Under way to `setting`, from `gain`.
    pub(super) fn new(gain: i32, setting: VolumeSetting, pace: Pace) -> Self {
        Self { setting, muted: false, ramp: Ramp::new(gain, &setting, pace) }
    }

    /// The same from `gain` on, with a mute kept.
    fn from(self, gain: i32, pace: Pace) -> Self {
        let target = if self.muted { 0 } else { self.setting.target };
        Self { ramp: Ramp::new(gain, &VolumeSetting { target, ..self.setting }, pace), ..self }
    }

    /// The same from the gain that it has now.
    fn go_on(self, pace: Pace) -> Self {
        self.from(self.ramp.gain(), pace)
    }
}

/// The channels of one stream, and what is measured of them.
pub(super) struct Faders<'m> {
    pub(super) pace: Pace,
    pub(super) channels: Block<'m, [Channel]>,
    /// Sign of the last frame's sum over all channels, for curves that wait for it to change.
    falling: bool,
    pub(super) peaks: Option<Block<'m, Peaks>>,
    /// By how many bits peak figures are raised when they are read.
    pub(super) attenuation: u32,
}

impl<'m> Faders<'m> {
    pub(super) fn new(pace: Pace, channels: Block<'m, [Channel]>, peaks: Option<Block<'m, Peaks>>) -> Self {
        Self { pace, channels, falling: false, peaks, attenuation: 0 }
    }

    /// Every channel from silence to what is set for it.
    pub(super) fn start(&mut self) {
        for channel in &mut self.channels[..] {
            *channel = channel.from(0, self.pace);
        }
        self.falling = false;
        if let Some(peaks) = &mut self.peaks {
            **peaks = Peaks::default();
        }
    }

    /// Channel `index`, if there is one, sets out for `setting` from where it is.
    pub(super) fn set(&mut self, index: usize, setting: VolumeSetting) {
        if let Some(channel) = self.channels.get_mut(index) {
            *channel = Channel { setting, ..*channel }.go_on(self.pace);
        }
    }

    /// Channel `index`, if there is one, sets out for silence or back. One that is there already goes on.
    pub(super) fn mute(&mut self, index: usize, muted: bool) {
        if let Some(channel) = self.channels.get_mut(index).filter(|channel| channel.muted != muted) {
            *channel = Channel { muted, ..*channel }.go_on(self.pace);
        }
    }

    /// Sends `frames` frames through.
    ///
    /// # Errors
    /// [`ModuleError::UnsupportedSamples`] when the samples of a stream are others, [`ModuleError::Overdrawn`] when a port
    /// grants fewer frames.
    pub(super) fn run<E: Encoding>(
        &mut self,
        input: &mut Input<'_>,
        output: &mut Output<'_>,
        frames: usize,
    ) -> Result<(), ModuleError> {
        let channels = self.channels.len();
        let (from, to) = (input.samples::<E::Word>(frames)?, output.samples_mut::<E::Word>(frames)?);
        each_run(from, to, Widths::same(channels), |mut from, mut to| {
            while !from.is_empty() {
                let frames = self.steady_frames::<E>(from);
                let (now, later) = from.split_at(frames * channels);
                let (room, room_later) = core::mem::take(&mut to).split_at_mut(frames * channels);
                self.pass::<E>(now, room);
                (from, to) = (later, room_later);
            }
        });
        input.release(frames)?;
        output.commit(frames)
    }

    /// Frames of `from` for which no gain changes and no peak figure falls due. Where a curve waits for the sum of all
    /// channels to change its sign and it does, the gain changes there; then it may be none.
    fn steady_frames<E: Encoding>(&mut self, from: &[E::Word]) -> usize {
        let all = from.len() / self.channels.len();
        let left = self.channels.iter().filter_map(|channel| channel.ramp.steady_frames()).min();
        let due = self.peaks.as_ref().map(|peaks| peaks.frames_left(self.pace.rate));
        let least = left.into_iter().chain(due).min().and_then(|frames| usize::try_from(frames).ok());
        let frames = least.map_or(all, |frames| frames.min(all));
        if self.channels.iter().any(|channel| channel.ramp.waits_for_crossings()) {
            self.up_to_crossing::<E>(from, frames)
        } else {
            frames
        }
    }

    /// Frames before the sign of the sum changes, at most `frames`. Lets the curves that wait for it know.
    fn up_to_crossing<E: Encoding>(&mut self, from: &[E::Word], frames: usize) -> usize {
        let count = self.channels.len();
        for (at, frame) in from.chunks_exact(count).take(frames).enumerate() {
            let sum: i64 = frame.iter().map(|word| i64::from(E::widen(*word).level())).sum();
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
    fn pass<E: Encoding>(&mut self, from: &[E::Word], to: &mut [E::Word]) {
        let channels = &mut self.channels[..];
        let count = channels.len();
        if channels.iter().all(|channel| channel.ramp.gain() == i32::MAX) {
            to.copy_from_slice(from);
        } else {
            for (from, to) in from.chunks_exact(count).zip(to.chunks_exact_mut(count)) {
                for ((from, to), channel) in from.iter().zip(to).zip(channels.iter()) {
                    *to = E::scale(*from, channel.ramp.gain());
                }
            }
        }
        let frames = (from.len() / count) as u64;
        channels.iter_mut().for_each(|channel| channel.ramp.advance(frames));
        if let Some(peaks) = &mut self.peaks {
            for frame in from.chunks_exact(count) {
                peaks.hear(frame.iter().map(|word| E::widen(*word).level()));
            }
            peaks.advance(frames, self.pace.rate);
        }
    }
}
