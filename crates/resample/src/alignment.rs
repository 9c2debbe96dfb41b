//! How a whole clip keeps its place in time: what the filters delay is cut, what they hold is flushed.
//!
//! ```text
//!   input            lead-in | clip .......................... | silence, until all is out
//!   output    skipped ............. | clip, n * to/from frames |
//!             the delay, to a frame
//! ```
//!
//! The delay is half the length of the filters, which is no whole number of output frames. Silence before the clip moves
//! it by the ratio of the rates; as much is put there as brings the delay closest to a whole number.

use crate::plan::Plan;

/// What has to be done for a clip to keep its place; see [`Plan::alignment`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Alignment {
    /// Input frames of silence to give before the clip: fewer than the frames of one turn of the ratio.
    pub lead_in: u64,
    /// Output frames to cut.
    pub skip: u64,
    /// How far the clip then lies from its place, in output frames; positive is late. At most half a frame, and no more
    /// than half a frame divided by the input frames of a turn.
    pub offset_frames: f64,
}

impl Plan<'_> {
    /// How a clip keeps its place. Cost: one pass over the frames of one turn of the ratio, 147 for 44.1 to 48 kHz.
    pub fn alignment(&self) -> Alignment {
        let (numerator, denominator) = self.delay();
        let (to, from) = self.ratio();
        let (numerator, denominator) = (u64::from(numerator), u64::from(denominator));
        let (to, from) = (u64::from(to), u64::from(from));
        // Everything in parts of an output frame, so that it is exact.
        let frame = denominator * from;
        let delay = |lead_in: u64| numerator * from + lead_in * to * denominator;
        let distance = |lead_in: &u64| {
            let part = delay(*lead_in) % frame;
            part.min(frame - part)
        };
        let lead_in = (0..from).min_by_key(distance).unwrap_or(0);
        let skip = (delay(lead_in) + frame / 2) / frame;
        let offset_frames = (delay(lead_in) as f64 - (skip * frame) as f64) / frame as f64;
        Alignment { lead_in, skip, offset_frames }
    }

    /// Frames that a clip of `input` frames becomes: the product with the ratio, rounded up. Saturates.
    pub fn clip_frames_for(&self, input: u64) -> u64 {
        let (to, from) = self.ratio();
        let frames = (u128::from(input) * u128::from(to)).div_ceil(u128::from(from));
        u64::try_from(frames).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Quality, plan, plans};

    /// Every offset that is left is one that no silence before the clip can make smaller.
    #[test]
    fn the_lead_in_brings_the_offset_below_a_step_of_the_ratio() {
        let all = [Quality::Lite, Quality::Standard, Quality::Mastering].into_iter().flat_map(plans);
        for plan in all {
            let (from, to, turn) = (plan.from(), plan.to(), plan.ratio().1);
            let found = plan.alignment();
            assert!(found.lead_in < turn.into(), "{from} -> {to}: {found:?}");
            assert!(found.offset_frames.abs() <= 0.5 / f64::from(turn) + 1e-12, "{from} -> {to}: {found:?}");
        }
        let copy = plan(48_000, 48_000, Quality::Standard).unwrap();
        assert_eq!(copy.alignment(), Alignment { lead_in: 0, skip: 0, offset_frames: 0.0 });
    }

    #[test]
    fn clips_are_as_long_as_their_time_rounded_up() {
        let plan = plan(44_100, 48_000, Quality::Standard).unwrap();
        let frames = [0, 1, 146, 147, 148, u64::MAX].map(|input| plan.clip_frames_for(input));
        assert_eq!(frames, [0, 2, 159, 160, 162, u64::MAX]);
    }
}
