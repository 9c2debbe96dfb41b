//! How one channel's gain gets from where it is to its target.
//!
//! The figures are those of SOF's `src/audio/volume/volume.c`: times in Q29.3 milliseconds, gains in Q1.31, and a
//! gain that changes only at the start of each step.

use super::fade::power_175;
use super::setting::{Curve, VolumeSetting};

/// The speed at which time passes for a ramp.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Pace {
    /// Frames per second, at least 1.
    pub(super) rate: u32,
    /// Microseconds between LL ticks.
    pub(super) tick_us: u32,
}

impl Pace {
    /// Frames between two changes of the gain, in a ramp of `ms` milliseconds: short ramps have fine steps.
    ///
    /// The frames of a tick are rounded up. Steps run on from one call to the next, so that what comes out does not
    /// depend on how the stream is cut; SOF starts a new step with each call, which is the same where the steps divide
    /// the tick.
    fn step_frames(self, ms: u32) -> u64 {
        let step_us = match ms {
            0..32 => 125,
            32..64 => 250,
            64..128 => 500,
            _ => 1000,
        };
        let tick = (u64::from(self.rate) * u64::from(self.tick_us)).div_ceil(1_000_000);
        let steps = u64::from((self.tick_us / step_us).max(1));
        (tick / steps).max(1)
    }

    /// Time of `frames` frames in Q29.3 milliseconds.
    fn time(self, frames: u64) -> i64 {
        let inverse = 1000 * i64::from(i32::MAX) / i64::from(self.rate.max(1));
        // A ramp ends within 2^32 ms, so this stays below 2^63.
        (((frames as i64 * inverse) >> 27) + 1) >> 1
    }
}

/// A gain under way, or at its target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ramp {
    pace: Pace,
    shape: Shape,
    start: i32,
    target: i32,
    current: i32,
    /// Frames in a step, frames since the start, frames to the next change.
    step: u64,
    elapsed: u64,
    left: u64,
}

/// What the gain is at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shape {
    /// So much more, or less, every 1/8 ms.
    Linear { slope: i64, crossings: bool },
    /// x^1.75 of the way after so many ms; from above, turned over.
    Fade { ms: u32 },
}

impl Ramp {
    /// From `start` to the target of `setting`; with no duration it jumps.
    pub(super) fn new(start: i32, setting: &VolumeSetting, pace: Pace) -> Self {
        let (target, ms) = (setting.target as i32, setting.ramp_ms());
        let start = if ms == 0 { target } else { start };
        let step = pace.step_frames(ms);
        let slope = Self::slope(i64::from(target) - i64::from(start), ms);
        let shape = match setting.curve {
            Curve::WindowsFade => Shape::Fade { ms },
            Curve::LinearZeroCross => Shape::Linear { slope, crossings: true },
            Curve::None | Curve::Linear | Curve::Log | Curve::LogZeroCross => {
                Shape::Linear { slope, crossings: false }
            }
        };
        Self { pace, shape, start, target, current: start, step, elapsed: 0, left: step }
    }

    fn slope(difference: i64, ms: u32) -> i64 {
        let per_ms = (difference.abs() * 2 / i64::from(ms.max(1)) + 1) >> 1;
        let per_eighth = (((per_ms >> 2) + 1) >> 1).max(1);
        difference.signum() * per_eighth
    }

    /// The gain now.
    pub(super) fn gain(&self) -> i32 {
        self.current
    }

    /// The gain that it is on the way to.
    pub(super) fn target(&self) -> i32 {
        self.target
    }

    /// Frames for which the gain stays; `None` for ever.
    pub(super) fn steady_frames(&self) -> Option<u64> {
        (self.current != self.target).then_some(self.left)
    }

    /// Whether the gain may change before its step is over.
    pub(super) fn waits_for_crossings(&self) -> bool {
        self.current != self.target && matches!(self.shape, Shape::Linear { crossings: true, .. })
    }

    /// The sum crosses zero after `frames` frames that are still to pass: a curve that waits for it changes there.
    pub(super) fn cross_after(&mut self, frames: u64) {
        if self.waits_for_crossings() {
            self.left = self.left.min(frames);
            self.advance(0);
        }
    }

    /// Lets `frames` frames pass, at most the steady ones.
    pub(super) fn advance(&mut self, frames: u64) {
        if self.current == self.target {
            return;
        }
        self.elapsed += frames;
        self.left = self.left.saturating_sub(frames);
        if self.left == 0 {
            self.left = self.step;
            self.current = self.gain_at(self.pace.time(self.elapsed));
        }
    }

    fn gain_at(&self, time: i64) -> i32 {
        let (start, target) = (i64::from(self.start), i64::from(self.target));
        let gain = match self.shape {
            Shape::Linear { slope, .. } => time.saturating_mul(slope).saturating_add(start),
            Shape::Fade { ms } => {
                // Q2.30 of the whole; times are Q29.3.
                let ratio = (i128::from(time) << 30) / i128::from(u64::from(ms.max(1)) << 3);
                let ratio = ratio.clamp(0, 1 << 30) as u32;
                let part =
                    |from: i64, of: i64, power: u32| from + ((((of * i64::from(power)) >> 29) + 1) >> 1);
                if target > start {
                    part(start, target - start, power_175(ratio))
                } else {
                    part(target, start - target, power_175((1 << 30) - ratio))
                }
            }
        };
        gain.clamp(start.min(target), start.max(target)) as i32
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;

    const UNITY: i32 = i32::MAX;
    const PACE: Pace = Pace { rate: 48000, tick_us: 1000 };

    fn linear(start: i32, target: i32, ms: u32, pace: Pace) -> Ramp {
        curved(Curve::Linear, (start, target), ms, pace)
    }

    fn curved(curve: Curve, (start, target): (i32, i32), ms: u32, pace: Pace) -> Ramp {
        // The conversion to ms rounds: aim at the middle.
        let duration = u64::from(ms) * 10_000;
        Ramp::new(start, &VolumeSetting { channel: None, target: target as u32, curve, duration }, pace)
    }

    /// The gain of each frame until the ramp ends.
    fn gains(mut ramp: Ramp) -> Vec<i32> {
        let mut gains = Vec::new();
        while let Some(frames) = ramp.steady_frames() {
            gains.extend((0..frames).map(|_| ramp.gain()));
            ramp.advance(frames);
        }
        gains
    }

    #[test]
    fn step_lengths_at_48_khz_and_one_millisecond() {
        let table = [(1, 6), (31, 6), (32, 12), (63, 12), (64, 24), (127, 24), (128, 48), (u32::MAX, 48)];
        for (ms, frames) in table {
            assert_eq!(PACE.step_frames(ms), frames, "{ms} ms");
        }
        assert_eq!(Pace { rate: 44100, tick_us: 1000 }.step_frames(20), 5);
        // A step longer than the tick is the tick.
        assert_eq!(Pace { rate: 48000, tick_us: 333 }.step_frames(500), 16);
        assert_eq!(Pace { rate: 1, tick_us: 0 }.step_frames(1), 1);
    }

    /// Worked by hand from the formulas: 20 ms from mute to unity.
    /// c0 = (2147483647·2/20 + 1) >> 1 = 107374182, c = ((c0 >> 2) + 1) >> 1 = 13421773; inv = 44739242;
    /// t(6) = ((6·44739242 >> 27) + 1) >> 1 = 1, and so on: one eighth of a millisecond a step.
    #[test]
    fn shape_of_20_ms_from_mute_to_unity() {
        let gains = gains(linear(0, UNITY, 20, PACE));
        assert_eq!(gains.len(), 960);
        for (step, frames) in gains.chunks(6).enumerate() {
            assert_eq!(frames, [step as i32 * 13_421_773; 6], "step {step}");
        }
    }

    #[test]
    fn down_is_up_turned_over() {
        let up = gains(linear(100, 1_000_000_000, 250, PACE));
        let down = gains(linear(1_000_000_000, 100, 250, PACE));
        assert_eq!(up.len(), 250 * 48);
        assert!(up.iter().zip(&down).all(|(up, down)| up + down == 1_000_000_100));
        assert!(up.is_sorted());
    }

    #[test]
    fn jumps_and_ramps_to_where_it_is_end_at_once() {
        assert_eq!(linear(0, UNITY, 0, PACE).gain(), UNITY);
        assert_eq!(linear(0, UNITY, 0, PACE).steady_frames(), None);
        assert_eq!(linear(5, 5, 1000, PACE).steady_frames(), None);
    }

    #[test]
    fn the_slowest_ramp_still_moves_and_the_longest_overflows_nothing() {
        // The least slope, 1 an eighth of a millisecond, is faster than the 1000 ms asked for.
        assert_eq!(gains(linear(0, 8, 1000, PACE)), [0; 48]);
        let mut ramp = linear(0, UNITY, u32::MAX, Pace { rate: u32::MAX, tick_us: u32::MAX });
        for _ in 0..1000 {
            if let Some(frames) = ramp.steady_frames() {
                ramp.advance(frames);
            }
        }
        assert!(ramp.gain() > 0);
    }

    #[test]
    fn cutting_a_ramp_anywhere_changes_nothing() {
        let whole = gains(linear(0, UNITY, 20, PACE));
        let mut ramp = linear(0, UNITY, 20, PACE);
        let singly: Vec<i32> = whole
            .iter()
            .map(|_| {
                let gain = ramp.gain();
                ramp.advance(1);
                gain
            })
            .collect();
        assert_eq!(singly, whole);
    }
}
