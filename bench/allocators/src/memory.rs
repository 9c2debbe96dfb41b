//! The memory that all regions lie in, and a count of what allocators keep outside of it.

use std::alloc::{GlobalAlloc, Layout, System, handle_alloc_error};
use std::mem::MaybeUninit;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::heap::{Heap, Job};
use crate::{Outcome, peer::Peer};

/// Bytes of the largest region, and alignment of all: a buddy system needs its region aligned to its size.
pub(crate) const LARGEST: usize = 16 << 20;

/// The one memory block in which every region starts at the same address, already touched.
pub(crate) struct Memory(&'static mut [MaybeUninit<u8>]);

impl Memory {
    pub(crate) fn new() -> Self {
        // SAFETY: the alignment is a power of two, and the size rounded up to it far below `isize::MAX`.
        let layout = unsafe { Layout::from_size_align_unchecked(LARGEST, LARGEST) };
        // SAFETY: the layout is not of size 0.
        let start = unsafe { System.alloc(layout) };
        if start.is_null() {
            handle_alloc_error(layout);
        }
        // SAFETY: `start` is `LARGEST` bytes that are never freed and only reachable through the result.
        let bytes = unsafe { slice::from_raw_parts_mut(start.cast::<MaybeUninit<u8>>(), LARGEST) };
        bytes.fill(MaybeUninit::new(0));
        Self(bytes)
    }

    /// The first `bytes` bytes, at most [`LARGEST`].
    pub(crate) fn region(&mut self, bytes: usize) -> &mut [MaybeUninit<u8>] {
        &mut self.0[..bytes]
    }
}

/// The system's allocator with a count of the bytes in use.
struct Counted;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: all is left to `System`; the count touches no memory.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(start, layout) }
    }
}

#[global_allocator]
static GLOBAL: Counted = Counted;

/// Bytes that a heap for `bytes` bytes keeps outside of the region: its own value and what it allocated.
pub(crate) fn control_bytes(peer: Peer, memory: &mut Memory, bytes: usize) -> Outcome<usize> {
    peer.run(memory.region(bytes), Control { before: IN_USE.load(Ordering::Relaxed) })
}

struct Control {
    before: usize,
}

impl Job for Control {
    type Out = usize;

    fn run<H: Heap>(self, _heap: &mut H) -> usize {
        IN_USE.load(Ordering::Relaxed) - self.before + size_of::<H>()
    }
}
