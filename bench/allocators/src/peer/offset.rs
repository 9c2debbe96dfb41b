//! `offset-allocator`: bins of small floats over numbers, all metadata outside; here a number is a line.

use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::slice;

use offset_allocator::{Allocation, Allocator, NodeIndex};

use crate::Outcome;
use crate::heap::{Heap, Job, LINE};

struct Offset<I: NodeIndex> {
    numbers: Allocator<I>,
    base: NonNull<u8>,
}

/// A block with the address and size that its user needs.
struct Numbered<I: NodeIndex> {
    allocation: Allocation<I>,
    start: NonNull<u8>,
    size: usize,
}

/// With the narrower node numbers where they do.
pub(super) fn with<J: Job>(region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
    let lines = u32::try_from(region.len() / LINE)?;
    let base = NonNull::from(region).cast();
    // A node for each line, one that is kept back and one in reserve.
    let nodes = lines + 2;
    if nodes < u32::from(u16::MAX) - 1 {
        Ok(job.run(&mut Offset::<u16> { numbers: Allocator::with_max_allocs(lines, nodes), base }))
    } else {
        Ok(job.run(&mut Offset::<u32> { numbers: Allocator::with_max_allocs(lines, nodes), base }))
    }
}

impl<I: NodeIndex> Heap for Offset<I> {
    type Handle = Numbered<I>;

    fn alloc(&mut self, size: usize) -> Option<Self::Handle> {
        let allocation = self.numbers.allocate(u32::try_from(size.div_ceil(LINE)).ok()?)?;
        // SAFETY: the allocator numbers the lines of the region that starts at `base`.
        let start = unsafe { self.base.add(allocation.offset.to_usize() * LINE) };
        Some(Numbered { allocation, start, size })
    }

    fn free(&mut self, handle: Self::Handle) {
        self.numbers.free(handle.allocation);
    }

    fn bytes(handle: &mut Self::Handle) -> &mut [MaybeUninit<u8>] {
        // SAFETY: the lines from `start` on are in the region and this handle's alone until it is freed.
        unsafe { slice::from_raw_parts_mut(handle.start.cast().as_ptr(), handle.size) }
    }
}
