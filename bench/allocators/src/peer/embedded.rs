//! `embedded-alloc`: a global allocator for one core, here its `TlsfHeap` (which is `rlsf` with 64 x 64 lists)
//! behind the critical section that its platform must give.

use std::alloc::GlobalAlloc;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};

use critical_section::RawRestoreState;
use embedded_alloc::TlsfHeap;

use crate::Outcome;
use crate::heap::{Heap, Job, Raw, request};

struct Embedded(TlsfHeap);

/// Stands for masking interrupts on one core: as cheap as can be.
struct OneCore;

static MASKED: AtomicBool = AtomicBool::new(false);

critical_section::set_impl!(OneCore);

// SAFETY: this program has one thread, so nothing else runs in a critical section in any case. Nesting works,
// as the state before is given back.
unsafe impl critical_section::Impl for OneCore {
    unsafe fn acquire() -> RawRestoreState {
        let before = MASKED.load(Ordering::Relaxed);
        MASKED.store(true, Ordering::Release);
        before
    }

    unsafe fn release(before: RawRestoreState) {
        MASKED.store(before, Ordering::Release);
    }
}

pub(super) fn with<J: Job>(region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
    let heap = TlsfHeap::empty();
    // SAFETY: the region is borrowed for longer than `heap` lives; its address and size are right.
    unsafe { heap.init(region.as_mut_ptr().expose_provenance(), region.len()) };
    Ok(job.run(&mut Embedded(heap)))
}

impl Heap for Embedded {
    type Handle = Raw;

    fn alloc(&mut self, size: usize) -> Option<Raw> {
        // SAFETY: no request is for 0 bytes.
        let start = NonNull::new(unsafe { GlobalAlloc::alloc(&self.0, request(size)?) })?;
        Some(Raw { start, size })
    }

    fn free(&mut self, handle: Raw) {
        // SAFETY: a handle is a block of this heap with the layout it was asked for, and freed once.
        unsafe { self.0.dealloc(handle.start.as_ptr(), handle.layout()) };
    }

    fn bytes(handle: &mut Raw) -> &mut [MaybeUninit<u8>] {
        handle.bytes()
    }
}
