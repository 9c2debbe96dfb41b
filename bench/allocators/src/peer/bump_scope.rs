//! `bump-scope`: a chunk of a region's size from the global allocator, never freed in part.

use std::alloc::Layout;
use std::mem::MaybeUninit;

use bump_scope::Bump;
use bump_scope::alloc::Global;
use bump_scope::traits::BumpAllocatorTyped;

use crate::Outcome;
use crate::heap::{Heap, Job, LINE, Raw, request};

struct BumpScope(Bump<Global>);

/// The region's memory can't be used: only its size is.
pub(super) fn with<J: Job>(region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
    let chunk = Layout::from_size_align(region.len(), LINE)?;
    let bump = Bump::try_with_capacity(chunk).map_err(|_| "bump-scope: no memory for the chunk")?;
    Ok(job.run(&mut BumpScope(bump)))
}

impl Heap for BumpScope {
    type Handle = Raw;

    fn alloc(&mut self, size: usize) -> Option<Raw> {
        let start = self.0.try_allocate_layout(request(size)?).ok()?;
        Some(Raw { start, size })
    }

    fn free(&mut self, _handle: Raw) {}

    fn bytes(handle: &mut Raw) -> &mut [MaybeUninit<u8>] {
        handle.bytes()
    }
}
