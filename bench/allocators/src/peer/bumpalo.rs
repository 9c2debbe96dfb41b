//! `bumpalo`: a chunk of a region's size from the global allocator, never freed in part.

use std::mem::MaybeUninit;

use bumpalo::Bump;

use crate::Outcome;
use crate::heap::{Heap, Job, Raw, request};

struct Bumpalo(Bump);

/// The region's memory can't be used: only its size is.
pub(super) fn with<J: Job>(region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
    let bump = Bump::try_with_capacity(region.len()).map_err(|_| "bumpalo: no memory for the chunk")?;
    Ok(job.run(&mut Bumpalo(bump)))
}

impl Heap for Bumpalo {
    type Handle = Raw;

    fn alloc(&mut self, size: usize) -> Option<Raw> {
        let start = self.0.try_alloc_layout(request(size)?).ok()?;
        Some(Raw { start, size })
    }

    fn free(&mut self, _handle: Raw) {}

    fn bytes(handle: &mut Raw) -> &mut [MaybeUninit<u8>] {
        handle.bytes()
    }
}
