//! The platform's malloc (`aligned_alloc`): no region, no bound, for orientation.

use std::alloc::{GlobalAlloc, System as Malloc};
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use crate::heap::{Heap, Job, Raw, request};

struct System;

pub(super) fn with<J: Job>(job: J) -> J::Out {
    job.run(&mut System)
}

impl Heap for System {
    type Handle = Raw;

    fn alloc(&mut self, size: usize) -> Option<Raw> {
        // SAFETY: no request is for 0 bytes.
        let start = NonNull::new(unsafe { Malloc.alloc(request(size)?) })?;
        Some(Raw { start, size })
    }

    fn free(&mut self, handle: Raw) {
        // SAFETY: a handle is a block of malloc with the layout it was asked for, and freed once.
        unsafe { Malloc.dealloc(handle.start.as_ptr(), handle.layout()) };
    }

    fn bytes(handle: &mut Raw) -> &mut [MaybeUninit<u8>] {
        handle.bytes()
    }
}
