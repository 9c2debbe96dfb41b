//! The scheduling state of one DP module.

use crate::schedule::{Deadline, StartDelay};

/// What the scheduler keeps for a DP module; an LL module's stays at rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct DpTask {
    pub(crate) phase: DpPhase,
    pub(crate) start: StartDelay,
    pub(crate) period_us: u32,
    /// A run that moved nothing is not repeated before the next tick.
    pub(crate) stalled: bool,
    pub(crate) late_runs: u64,
    /// The least time that was left at the end of a run; negative when late.
    pub(crate) margin_us: Option<i64>,
}

/// Whether a DP module is to be run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DpPhase {
    /// Not started.
    Idle,
    /// Waiting until it is ready.
    Queued,
    /// On its way through an executor.
    Running,
}

impl DpTask {
    pub(crate) const REST: Self = Self {
        phase: DpPhase::Idle,
        start: StartDelay::Armed,
        period_us: 0,
        stalled: false,
        late_runs: 0,
        margin_us: None,
    };

    /// The start of a stream: output is held back until a block is there.
    pub(crate) fn start(&mut self) {
        if self.phase == DpPhase::Idle {
            *self = Self { phase: DpPhase::Queued, period_us: self.period_us, ..Self::REST };
        }
    }

    /// A run came home at `now_us`.
    pub(crate) fn finish(&mut self, deadline: Deadline, now_us: u64, moved: u64) {
        self.phase = DpPhase::Queued;
        self.stalled = moved == 0;
        if let Deadline::At(due) = deadline {
            let margin = due.wrapping_sub(now_us) as i64;
            self.late_runs += u64::from(margin < 0);
            self.margin_us = Some(self.margin_us.map_or(margin, |least| least.min(margin)));
        }
    }
}
