//! `linked_list_allocator`: first fit in a list of holes, without a lock.

use std::mem::MaybeUninit;

use linked_list_allocator::Heap as Inner;

use crate::Outcome;
use crate::heap::{Heap, Job, Raw, request};

struct LinkedList(Inner);

pub(super) fn with<J: Job>(region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
    // SAFETY: the region is borrowed for longer than the heap lives; its address and size are right.
    let heap = unsafe { Inner::new(region.as_mut_ptr().cast(), region.len()) };
    Ok(job.run(&mut LinkedList(heap)))
}

impl Heap for LinkedList {
    type Handle = Raw;

    fn alloc(&mut self, size: usize) -> Option<Raw> {
        let start = self.0.allocate_first_fit(request(size)?).ok()?;
        Some(Raw { start, size })
    }

    fn free(&mut self, handle: Raw) {
        // SAFETY: a handle is a block of this heap with the layout it was asked for, and freed once.
        unsafe { self.0.deallocate(handle.start, handle.layout()) };
    }

    fn bytes(handle: &mut Raw) -> &mut [MaybeUninit<u8>] {
        handle.bytes()
    }
}
