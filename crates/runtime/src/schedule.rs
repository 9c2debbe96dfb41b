//! The scheduling rules as pure functions: who is ready, by when a run must be done, how long a start is held back.
//!
//! Source of the rules: SOF's `src/schedule/zephyr_dp_schedule.c` and `module_adapter.c`, commit 12dd726529.
//! Time is in microseconds since the clock began; nothing here reads a clock.
//!
//! ```text
//!  tick      0        1        2        3        4
//!  LL pass   ▌fill    ▌fill    ▌        ▌drain   ▌drain
//!  DP        └ready─run (delay := period)        └ready─run, due when the sink's ring runs dry
//!            └ output held back ──────► ┘ seen by LL from the tick after the delay is over
//! ```

use headroom_module::schedule::Readiness;

/// What a DP module's readiness and deadline depend on: one side of one ring.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PortLevel {
    /// Frames to take (input) or room for frames (output).
    pub frames: usize,
    /// Frames that make a block.
    pub block: usize,
}

/// Whether a module can do something useful: every bound input holds enough, every bound output has room for enough.
///
/// A module with no bound port at all has nothing to do. Unlike the original's rule for sample rate converters (room
/// *or* data) both sides must allow progress, so that a run is never wasted.
pub fn is_ready(rule: Readiness, mut levels: impl Iterator<Item = PortLevel>) -> bool {
    let enough = |level: PortLevel| match rule {
        Readiness::WholeBlocks => level.frames >= level.block,
        Readiness::AnyFrame => level.frames >= 1,
    };
    levels.next().is_some_and(|first| enough(first) && levels.all(enough))
}

/// By when a DP run must have finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deadline {
    /// At this time.
    At(u64),
    /// Nobody waits for the output.
    None,
}

impl Deadline {
    /// Whether a task with this deadline goes before one with `other`; equal ones go in the order of their making.
    pub fn is_more_urgent_than(self, other: Self) -> bool {
        match (self, other) {
            (Self::At(mine), Self::At(theirs)) => mine < theirs,
            (Self::At(_), Self::None) => true,
            (Self::None, _) => false,
        }
    }
}

/// Microseconds until a consumer that takes `rate` frames a second has emptied a ring with `frames` in it.
pub fn time_left_us(frames: usize, rate: u32) -> Option<u64> {
    let micros = frames as u64 * 1_000_000;
    micros.checked_div(u64::from(rate))
}

/// The deadline of a run that starts at `now_us`.
///
/// `time_left` is the least [`time_left_us`] over the module's outputs, `None` without outputs. While the start is
/// held back the consumer has not begun, so the run has one period.
pub fn deadline(now_us: u64, start: StartDelay, period_us: u32, time_left: Option<u64>) -> Deadline {
    match (start, time_left) {
        (_, None) => Deadline::None,
        (StartDelay::Armed | StartDelay::Ticks(_), Some(_)) => {
            Deadline::At(now_us.saturating_add(period_us.into()))
        }
        (StartDelay::Over, Some(left)) => Deadline::At(now_us.saturating_add(left)),
    }
}

/// A DP period that is shorter than a tick, which no scheduler of ticks can keep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PeriodTooShort {
    /// Microseconds that one output block lasts.
    pub block_us: u64,
}

/// The period of a DP module whose output blocks are `block` frames at `rate`: what a block lasts, rounded down to
/// whole ticks.
///
/// # Errors
/// [`PeriodTooShort`] when that is no whole tick, or the rate is unknown.
pub fn period_us(block: usize, rate: u32, tick_us: u32) -> Result<u32, PeriodTooShort> {
    let block_us = time_left_us(block, rate).unwrap_or(0);
    let ticks = block_us.checked_div(u64::from(tick_us)).unwrap_or(0);
    let period = u32::try_from(ticks * u64::from(tick_us)).unwrap_or(u32::MAX);
    if ticks == 0 { Err(PeriodTooShort { block_us }) } else { Ok(period) }
}

/// How long the first output of a DP module is kept from its consumer, so that a block is there when it starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StartDelay {
    /// Until the module has run once, and then a period.
    Armed,
    /// For this many more ticks.
    Ticks(u32),
    /// The consumer may take what is there.
    Over,
}

impl StartDelay {
    /// After the LL pass of a tick: one tick less to wait.
    #[must_use]
    pub fn after_ll_pass(self) -> Self {
        match self {
            Self::Ticks(0 | 1) => Self::Over,
            Self::Ticks(left) => Self::Ticks(left - 1),
            other => other,
        }
    }

    /// When the module is started for the first time: the period begins.
    #[must_use]
    pub fn on_run(self, period_us: u32, tick_us: u32) -> Self {
        match self {
            Self::Armed => Self::Ticks((period_us / tick_us.max(1)).max(1)),
            other => other,
        }
    }

    /// Frames that an LL consumer may take in one tick from a ring that a DP module fills: its own block, or none.
    pub fn quota(self, block: usize) -> usize {
        if self == Self::Over { block } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Readiness::{AnyFrame, WholeBlocks};

    #[test]
    fn readiness_table() {
        let level = |frames, block| PortLevel { frames, block };
        let cases: [(Readiness, &[PortLevel], bool); 9] = [
            (WholeBlocks, &[], false),
            (WholeBlocks, &[level(48, 48)], true),
            (WholeBlocks, &[level(47, 48)], false),
            (WholeBlocks, &[level(48, 48), level(480, 480)], true),
            (WholeBlocks, &[level(48, 48), level(479, 480)], false),
            (AnyFrame, &[level(1, 48), level(1, 480)], true),
            (AnyFrame, &[level(0, 48), level(480, 480)], false),
            (AnyFrame, &[level(48, 48), level(0, 480)], false),
            (AnyFrame, &[], false),
        ];
        for (rule, levels, ready) in cases {
            assert_eq!(is_ready(rule, levels.iter().copied()), ready, "{rule:?} {levels:?}");
        }
    }

    #[test]
    fn time_left_table() {
        assert_eq!(time_left_us(480, 48000), Some(10_000));
        assert_eq!(time_left_us(441, 44100), Some(10_000));
        assert_eq!(time_left_us(45, 44100), Some(1020));
        assert_eq!(time_left_us(0, 48000), Some(0));
        assert_eq!(time_left_us(480, 0), None);
    }

    #[test]
    fn deadline_table() {
        use StartDelay::{Armed, Over, Ticks};
        let cases = [
            (Armed, Some(0), Deadline::At(17_000)),
            (Ticks(3), Some(5_000), Deadline::At(17_000)),
            (Over, Some(5_000), Deadline::At(12_000)),
            (Over, Some(0), Deadline::At(7_000)),
            (Over, None, Deadline::None),
            (Armed, None, Deadline::None),
        ];
        for (start, left, expected) in cases {
            assert_eq!(deadline(7_000, start, 10_000, left), expected, "{start:?} {left:?}");
        }
    }

    #[test]
    fn urgency_is_a_strict_order_with_no_deadline_last() {
        let (soon, late, none) = (Deadline::At(1), Deadline::At(2), Deadline::None);
        assert!(soon.is_more_urgent_than(late) && !late.is_more_urgent_than(soon));
        assert!(late.is_more_urgent_than(none) && !none.is_more_urgent_than(late));
        assert!(!soon.is_more_urgent_than(soon) && !none.is_more_urgent_than(none));
    }

    #[test]
    fn period_table() {
        assert_eq!(period_us(480, 48000, 1000), Ok(10_000));
        assert_eq!(period_us(48, 48000, 1000), Ok(1000));
        assert_eq!(period_us(45, 44100, 1000), Ok(1000));
        assert_eq!(period_us(500, 44100, 1000), Ok(11_000));
        assert_eq!(period_us(47, 48000, 1000), Err(PeriodTooShort { block_us: 979 }));
        assert_eq!(period_us(480, 0, 1000), Err(PeriodTooShort { block_us: 0 }));
    }

    #[test]
    fn a_start_is_held_back_for_one_period_after_the_first_run() {
        let mut start = StartDelay::Armed;
        start = start.after_ll_pass();
        assert_eq!(
            (start, start.quota(48)),
            (StartDelay::Armed, 0),
            "waiting does not begin before the first run"
        );
        start = start.on_run(2000, 1000);
        assert_eq!(start, StartDelay::Ticks(2));
        assert_eq!(start.on_run(2000, 1000), start, "later runs do not prolong it");
        start = start.after_ll_pass();
        assert_eq!((start, start.quota(48)), (StartDelay::Ticks(1), 0));
        start = start.after_ll_pass();
        assert_eq!((start, start.quota(48)), (StartDelay::Over, 48));
        assert_eq!(start.after_ll_pass(), StartDelay::Over);
    }
}
