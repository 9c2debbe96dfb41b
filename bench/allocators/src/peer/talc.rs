//! `talc`: binned boundary tags, without a lock.

use std::mem::MaybeUninit;

use talc::DefaultBinning;
use talc::base::Talc as Base;
use talc::source::Manual;

use crate::Outcome;
use crate::heap::{Heap, Job, Raw, request};

struct Talc(Base<Manual, DefaultBinning>);

pub(super) fn with<J: Job>(region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
    let mut talc = Base::new(Manual);
    // SAFETY: the region is borrowed for longer than `talc` lives, and nobody else uses it.
    let heap = unsafe { talc.claim(region.as_mut_ptr().cast(), region.len()) };
    heap.ok_or("talc: the region is too small")?;
    Ok(job.run(&mut Talc(talc)))
}

impl Heap for Talc {
    type Handle = Raw;

    fn alloc(&mut self, size: usize) -> Option<Raw> {
        // SAFETY: no request is for 0 bytes.
        let start = unsafe { self.0.allocate(request(size)?) }?;
        Some(Raw { start, size })
    }

    fn free(&mut self, handle: Raw) {
        // SAFETY: a handle is a block of this heap with the layout it was asked for, and freed once.
        unsafe { self.0.deallocate(handle.start.as_ptr(), handle.layout()) };
    }

    fn bytes(handle: &mut Raw) -> &mut [MaybeUninit<u8>] {
        handle.bytes()
    }
}
