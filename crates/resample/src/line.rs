//! The delay line of one stage and the walk of its window over the stream.
//!
//! ```text
//! frames   | oldest ...... history ...... | new ...... | free .......... |
//!          0       start                               end               line_frames
//!                  |<------ window: taps ------>|
//! ```
//! Output is made while the window lies before `end`. New frames are appended at `end`; when nothing is free, all from
//! `start` on moves down to 0. When frames are dropped faster than they come, `start` runs ahead of `end`.

use crate::kernel::Filter;
use crate::stage::Stage;

/// Where a stage is in its stream.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    start: usize,
    end: usize,
    branch: usize,
}

impl Cursor {
    /// Before the first frame: the line holds the silence that came before, all of a window but its newest frame.
    pub(crate) fn at_start(stage: &Stage) -> Self {
        Self { start: 0, end: usize::from(stage.taps) - 1, branch: 0 }
    }

    fn advance(&mut self, stage: &Stage) {
        let (l, m) = (usize::from(stage.interpolation), usize::from(stage.decimation));
        self.branch += m;
        self.start += self.branch / l;
        self.branch %= l;
    }
}

/// A stage at work on frames of `N` channels.
pub(crate) struct Line<'a, const N: usize> {
    pub(crate) filter: Filter<'a>,
    pub(crate) cursor: &'a mut Cursor,
    /// As many as [`Stage::line_frames`].
    pub(crate) frames: &'a mut [[i32; N]],
}

impl<const N: usize> Line<'_, N> {
    /// Fills `output` as far as the frames in the line go; returns how many frames it made.
    pub(crate) fn produce(&mut self, output: &mut [[i32; N]]) -> usize {
        let stage = self.filter.stage;
        let present = &self.frames[..self.cursor.end];
        let mut windows = 0;
        for frame in output {
            let range = self.cursor.start..self.cursor.start + usize::from(stage.taps);
            let Some(window) = present.get(range) else { break };
            *frame = self.filter.frame(self.cursor.branch, window);
            self.cursor.advance(stage);
            windows += 1;
        }
        windows
    }

    /// Where frames for the next `outputs` (at least one) outputs belong: no more than those want, and perhaps less.
    /// Not empty once [`produce`](Self::produce) has left output unfilled.
    pub(crate) fn vacant(&mut self, outputs: usize) -> &mut [[i32; N]] {
        let cursor = &mut *self.cursor;
        if cursor.end == self.frames.len() {
            let dropped = cursor.start.min(cursor.end);
            self.frames.copy_within(dropped..cursor.end, 0);
            cursor.start -= dropped;
            cursor.end -= dropped;
        }
        let stage = self.filter.stage;
        let (l, m) = (usize::from(stage.interpolation), usize::from(stage.decimation));
        let steps = (outputs - 1).saturating_mul(m).saturating_add(cursor.branch) / l;
        let wanted =
            (cursor.start + usize::from(stage.taps)).saturating_add(steps).saturating_sub(cursor.end);
        let free = &mut self.frames[cursor.end..];
        let granted = wanted.min(free.len());
        &mut free[..granted]
    }

    /// Counts in `count` frames that were written to the front of what [`vacant`](Self::vacant) gave.
    pub(crate) fn commit(&mut self, count: usize) {
        self.cursor.end += count;
    }
}
