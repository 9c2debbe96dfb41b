//! Peak figures: the loudest sample of each channel in the last whole 10 ms, before the gain.
//!
//! Source: SOF's `peak_volume.h`, which shows eight peaks, eight gains and eight targets in its mailbox, one word each, and
//! renews them every 10 ms. Peaks are magnitudes in Q1.31, whatever the sample format, raised by the attenuation.

use headroom_module::Format;

pub(super) const MAX_CHANNELS: usize = Format::MAX_CHANNELS as usize;

/// Words of the figures: peak, gain and target of each of eight channels.
pub(super) const WORDS: usize = 3 * MAX_CHANNELS;

/// Windows in a second.
const WINDOWS: u32 = 100;

#[derive(Clone, Copy, Default)]
pub(super) struct Peaks {
    running: [u32; MAX_CHANNELS],
    shown: [u32; MAX_CHANNELS],
    elapsed: u64,
}

impl Peaks {
    fn window(rate: u32) -> u64 {
        u64::from(rate / WINDOWS).max(1)
    }

    /// Frames until the figures are renewed.
    pub(super) fn frames_left(&self, rate: u32) -> u64 {
        Self::window(rate) - self.elapsed
    }

    /// One frame, as Q1.31.
    pub(super) fn hear(&mut self, frame: impl Iterator<Item = i32>) {
        for (peak, level) in self.running.iter_mut().zip(frame) {
            *peak = (*peak).max(level.unsigned_abs().min(i32::MAX as u32));
        }
    }

    /// Lets `frames` frames pass, at most those that are left.
    pub(super) fn advance(&mut self, frames: u64, rate: u32) {
        self.elapsed += frames;
        if self.elapsed >= Self::window(rate) {
            (self.shown, self.running, self.elapsed) = (self.running, [0; MAX_CHANNELS], 0);
        }
    }

    /// The figures of the last whole window.
    pub(super) fn shown(&self) -> [u32; MAX_CHANNELS] {
        self.shown
    }
}

/// A peak raised by `bits`, at most full scale.
pub(super) fn raised(peak: u32, bits: u32) -> u32 {
    (u64::from(peak) << bits).min(i32::MAX as u64) as u32
}
