//! `buddy_system_allocator`: powers of two, without a lock.

use std::mem::MaybeUninit;

use buddy_system_allocator::Heap as Inner;

use crate::Outcome;
use crate::heap::{Heap, Job, Raw, request};

struct Buddy(Inner<32>);

pub(super) fn with<J: Job>(region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
    let mut heap = Inner::new();
    // SAFETY: the region is borrowed for longer than `heap` lives; its address and size are right.
    unsafe { heap.init(region.as_mut_ptr().expose_provenance(), region.len()) };
    Ok(job.run(&mut Buddy(heap)))
}

impl Heap for Buddy {
    type Handle = Raw;

    fn alloc(&mut self, size: usize) -> Option<Raw> {
        let start = self.0.alloc(request(size)?).ok()?;
        Some(Raw { start, size })
    }

    fn free(&mut self, handle: Raw) {
        // SAFETY: a handle is a block of this heap with the layout it was asked for, and freed once.
        unsafe { self.0.dealloc(handle.start, handle.layout()) };
    }

    fn bytes(handle: &mut Raw) -> &mut [MaybeUninit<u8>] {
        handle.bytes()
    }
}
