//! What the ends of a stream and the session that drives it tell each other, without locks.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Counters of one stream. One thread writes each of them; all are only statistics, so no order is needed.
#[derive(Default, Debug)]
pub(crate) struct StreamState {
    /// Frames of the input that went in.
    played: AtomicU64,
    /// Frames of start-up that the sink heard nothing in.
    start_up: AtomicU64,
    /// Frames to leave out at the head: the delay of the filters.
    skip: AtomicU64,
    /// Frames to write in all.
    wanted: AtomicU64,
    /// Frames written.
    written: AtomicU64,
    /// Whether all audio is out.
    complete: AtomicBool,
    /// Whether the sink's file is closed.
    closed: AtomicBool,
    /// The first failure of a file.
    failure: OnceLock<Failure>,
}

/// A file that failed while the stream ran.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Failure {
    Source(String),
    Sink(String),
}

impl StreamState {
    pub(crate) fn note_played(&self, frames: u64) {
        self.played.fetch_add(frames, Relaxed);
    }

    pub(crate) fn played(&self) -> u64 {
        self.played.load(Relaxed)
    }

    pub(crate) fn note_start_up(&self, frames: u64) {
        self.start_up.fetch_add(frames, Relaxed);
    }

    pub(crate) fn start_up(&self) -> u64 {
        self.start_up.load(Relaxed)
    }

    /// What the sink shall leave out and write; set before the stream starts.
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

    pub(crate) fn note_written(&self, frames: u64) {
        self.written.fetch_add(frames, Relaxed);
    }

    pub(crate) fn written(&self) -> u64 {
        self.written.load(Relaxed)
    }

    /// All audio is out: the sink's file can be finished.
    pub(crate) fn note_complete(&self) {
        self.complete.store(true, Relaxed);
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete.load(Relaxed)
    }

    pub(crate) fn note_closed(&self) {
        self.closed.store(true, Relaxed);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Relaxed)
    }

    /// Keeps the first failure; those after it follow from it.
    pub(crate) fn fail(&self, failure: Failure) {
        let _ = self.failure.set(failure);
    }

    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.failure.get()
    }
}
