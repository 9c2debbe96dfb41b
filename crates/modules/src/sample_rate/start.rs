//! How long an LL converter waits before its first output, so that its reader never runs dry.
//!
//! ```text
//!   22.05 -> 48 kHz    tick         1    2    3    4    5   …  11
//!   comes in           frames      22   22   22   22   22      23
//!   reader takes                   48   48   48   48   48      48
//!   begun at once                  47   48   48   48   48   …  46    two frames missing: a hole in the sound
//!   begun with a tick in hand       -   95   48   48   48   …  46    47 frames of reserve never run out
//! ```
//!
//! What a converter gives in a tick varies around what falls due, since whole frames come in and each stage of filters
//! keeps less than one. A reader that started with the first output would miss these frames sooner or later.

use headroom_module::Input;

/// Whether a stream has begun to come out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Start {
    /// Not before so many frames are at the input.
    Waits(usize),
    /// It has, or need not wait.
    Over,
}

impl Start {
    /// Whether the module still waits, with what is at `input` now.
    pub(super) fn waits(&mut self, input: &mut Input<'_>) -> bool {
        if let Self::Waits(frames) = *self {
            // A ring between two LL modules holds two blocks; more can't come.
            let most = 2 * input.block_frames();
            if input.available() >= frames.min(most) {
                *self = Self::Over;
            }
        }
        *self != Self::Over
    }
}

/// Stages of filters that a conversion has at most; each may keep back less than one frame of its input.
const STAGES: u64 = 2;

/// Frames of input out of which a reader gets all of its first tick, and what no later tick can lack.
///
/// No tick lacks more than what one frame of input makes, for each stage, and a frame each for the rounding of what
/// falls due on either side.
pub(super) fn frames(from: u32, to: u32, tick_us: u32) -> usize {
    let (from, to) = (u64::from(from.max(1)), u64::from(to.max(1)));
    let due = (to * u64::from(tick_us)).div_ceil(1_000_000);
    let gap = STAGES * to.div_ceil(from) + 2;
    usize::try_from(((due + gap) * from).div_ceil(to)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_takes_more_than_a_tick_and_at_most_two() {
        let cases = [
            (22_050, 48_000, 26),
            (48_000, 44_100, 54),
            (8_000, 192_000, 11),
            (192_000, 8_000, 288),
            (8_000, 11_025, 14),
        ];
        for (from, to, wanted) in cases {
            let got = frames(from, to, 1000);
            assert_eq!(got, wanted, "{from} -> {to}");
            let tick = from as usize / 1000;
            assert!(got > tick && got <= 2 * tick, "{from} -> {to}: {got} frames of {tick} a tick");
        }
    }
}
