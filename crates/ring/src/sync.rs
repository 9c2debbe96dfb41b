//! Everything the two ends share but the bytes, with the memory order of each access and why it suffices.

#[cfg(not(loom))]
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
#[cfg(loom)]
use loom::sync::atomic::{AtomicBool, AtomicU32, Ordering};

#[cfg(not(loom))]
use strict as order;
#[cfg(loom)]
use weakening::order;
#[cfg(loom)]
pub use weakening::weaken;

/// The four accesses that order the ends' work on the bytes.
///
/// ```text
///   writer: fills slots, PublishWrite ----> reader: ObserveWrite, reads slots     no byte is read before it is written
///   writer: fills slots, ObserveRead  <---- reader: PublishRead, has read slots   none is written before it is read
/// ```
#[cfg_attr(not(loom), expect(unreachable_pub, reason = "exported to the model checker's tests only"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The writer stores its index.
    PublishWrite,
    /// The reader loads the writer's index.
    ObserveWrite,
    /// The reader stores its index.
    PublishRead,
    /// The writer loads the reader's index.
    ObserveRead,
}

/// A publication releases what its end did to the slots it gives away; an observation acquires that.
const fn strict(edge: Edge) -> Ordering {
    match edge {
        Edge::PublishWrite | Edge::PublishRead => Ordering::Release,
        Edge::ObserveWrite | Edge::ObserveRead => Ordering::Acquire,
    }
}

/// The shared words. 32 bits each: a Cortex-M4 has no wider atomics.
pub(crate) struct Shared {
    /// Stored by the writer only.
    write: AtomicU32,
    /// Stored by the reader only.
    read: AtomicU32,
    /// Stored by the writer only.
    peak: AtomicU32,
    split: AtomicBool,
}

impl Shared {
    pub(crate) fn new() -> Self {
        Self {
            write: AtomicU32::new(0),
            read: AtomicU32::new(0),
            peak: AtomicU32::new(0),
            split: AtomicBool::new(false),
        }
    }

    pub(crate) fn publish_write(&self, index: u32) {
        self.write.store(index, order(Edge::PublishWrite));
    }

    pub(crate) fn observe_write(&self) -> u32 {
        self.write.load(order(Edge::ObserveWrite))
    }

    pub(crate) fn publish_read(&self, index: u32) {
        self.read.store(index, order(Edge::PublishRead));
    }

    pub(crate) fn observe_read(&self) -> u32 {
        self.read.load(order(Edge::ObserveRead))
    }

    /// Relaxed: the peak is a figure on its own, no byte depends on it.
    pub(crate) fn publish_peak(&self, frames: u32) {
        self.peak.store(frames, Ordering::Relaxed);
    }

    pub(crate) fn observe_peak(&self) -> u32 {
        self.peak.load(Ordering::Relaxed)
    }

    /// True for the first caller only. Relaxed: the swap alone decides who is first, and the ends start from constants.
    pub(crate) fn claim_split(&self) -> bool {
        !self.split.swap(true, Ordering::Relaxed)
    }
}

/// For the model checker: one edge at a time loses its order, and the checker has to notice.
#[cfg(loom)]
mod weakening {
    extern crate std;

    use core::cell::Cell;

    use loom::sync::atomic::Ordering;

    use super::{Edge, strict};

    std::thread_local! {
        /// loom runs all threads of a model on the test's own thread, so that tests do not disturb each other.
        static WEAKENED: Cell<Option<Edge>> = const { Cell::new(None) };
    }

    /// From here on, on this thread, `edge` of every ring is `Relaxed`.
    pub fn weaken(edge: Edge) {
        WEAKENED.set(Some(edge));
    }

    pub(super) fn order(edge: Edge) -> Ordering {
        if WEAKENED.get() == Some(edge) { Ordering::Relaxed } else { strict(edge) }
    }
}
