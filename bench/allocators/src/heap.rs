//! What every allocator looks like to the experiments.

use std::alloc::Layout;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::slice;

/// Alignment of every block, in bytes: a data cache line.
pub(crate) const LINE: usize = 64;

/// An allocator over one region of memory, with nothing in use yet.
pub(crate) trait Heap {
    /// Owns a block. Holds what freeing it needs, so that no peer is told the size for nothing.
    type Handle;

    /// A block of `size` > 0 bytes, aligned to [`LINE`].
    fn alloc(&mut self, size: usize) -> Option<Self::Handle>;

    /// A block that is never freed, for an allocator that can tell.
    fn alloc_lifetime(&mut self, size: usize) -> Option<Self::Handle> {
        self.alloc(size)
    }

    /// Takes a block back that this heap gave.
    fn free(&mut self, handle: Self::Handle);

    /// The block's memory.
    fn bytes(handle: &mut Self::Handle) -> &mut [MaybeUninit<u8>];
}

/// What is done with a heap: a function that is generic over heaps, with its arguments.
pub(crate) trait Job {
    /// What it finds out.
    type Out;

    /// Does it.
    fn run<H: Heap>(self, heap: &mut H) -> Self::Out;
}

/// The block of an allocator that deals in addresses.
pub(crate) struct Raw {
    pub(crate) start: NonNull<u8>,
    pub(crate) size: usize,
}

impl Raw {
    pub(crate) fn bytes(&mut self) -> &mut [MaybeUninit<u8>] {
        let start = self.start.cast().as_ptr();
        // SAFETY: adapters make a `Raw` only from an allocation of `size` bytes, and `free` consumes it. That
        // allocations don't overlap is the peer's promise; `check` looks whether it is kept.
        unsafe { slice::from_raw_parts_mut(start, self.size) }
    }

    /// As it was asked for.
    pub(crate) fn layout(&self) -> Layout {
        // SAFETY: `request` made the same layout with a check before the allocation.
        unsafe { Layout::from_size_align_unchecked(self.size, LINE) }
    }
}

/// Size and alignment of a request.
pub(crate) fn request(size: usize) -> Option<Layout> {
    Layout::from_size_align(size, LINE).ok()
}
