//! What the ends of a stream and the session that drives it tell each other, without locks.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

/// What is known of all ends of a session.
#[derive(Debug)]
pub(crate) struct StreamState {
    ends: Box<[EndState]>,
    /// Whether all audio is out.
    complete: AtomicBool,
    /// The first failure of a file.
    failure: OnceLock<Failure>,
}

/// Counters of one end. One thread writes each of them; all are only statistics, so no order is needed.
#[derive(Default, Debug)]
pub(crate) struct EndState {
    /// Frames of the input that went in, or frames that were kept of what came out.
    moved: AtomicU64,
    /// Frames of start-up that a sink heard nothing in.
    start_up: AtomicU64,
    /// Frames for a sink to leave out at the head: the delay of the filters.
    skip: AtomicU64,
    /// Frames for a sink to keep in all.
    wanted: AtomicU64,
    /// Whether the end is gone, and its file closed.
    closed: AtomicBool,
}

/// A file that failed while the stream ran.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Failure {
    /// The end that it belongs to.
    pub(crate) end: usize,
    pub(crate) why: String,
}

impl StreamState {
    pub(crate) fn new(ends: usize) -> Self {
        let ends = (0..ends).map(|_| EndState::default()).collect();
        Self { ends, complete: AtomicBool::new(false), failure: OnceLock::new() }
    }

    pub(crate) fn end(&self, end: usize) -> &EndState {
        &self.ends[end]
    }

    /// All audio is out: the files of sinks can be finished.
    pub(crate) fn note_complete(&self) {
        self.complete.store(true, Relaxed);
    }

    pub(crate) fn are_closed(&self) -> bool {
        self.ends.iter().all(|end| end.closed.load(Relaxed))
    }

    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.failure.get()
    }
}

impl EndState {
    pub(crate) fn moved(&self) -> u64 {
        self.moved.load(Relaxed)
    }

    pub(crate) fn start_up(&self) -> u64 {
        self.start_up.load(Relaxed)
    }

    /// What a sink shall leave out and keep; set before the stream starts.
    pub(crate) fn set_window(&self, skip: u64, wanted: u64) {
        self.skip.store(skip, Relaxed);
        self.wanted.store(wanted, Relaxed);
    }

    pub(crate) fn skip(&self) -> u64 {
        self.skip.load(Relaxed)
    }

    pub(crate) fn wanted(&self) -> u64 {
        self.wanted.load(Relaxed)
    }
}

/// What one end knows of the session.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    state: Arc<StreamState>,
    end: usize,
}

impl Line {
    pub(crate) fn new(state: &Arc<StreamState>, end: usize) -> Self {
        Self { state: Arc::clone(state), end }
    }

    pub(crate) fn end(&self) -> &EndState {
        self.state.end(self.end)
    }

    pub(crate) fn note_moved(&self, frames: u64) {
        self.end().moved.fetch_add(frames, Relaxed);
    }

    pub(crate) fn note_start_up(&self, frames: u64) {
        self.end().start_up.fetch_add(frames, Relaxed);
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.state.complete.load(Relaxed)
    }

    pub(crate) fn note_closed(&self) {
        self.end().closed.store(true, Relaxed);
    }

    /// Keeps the first failure; those after it follow from it.
    pub(crate) fn fail(&self, why: String) {
        let _ = self.state.failure.set(Failure { end: self.end, why });
    }
}
