//! Ours: a region of the whole memory, through the crate's public interface.

use std::mem::MaybeUninit;
use std::slice;

use vregion::{Block, PagePool, Placement, Profile, Region};

use crate::Outcome;
use crate::heap::{Heap, Job, LINE};

/// What blocks are made of, so that a request says its alignment. Never written.
#[repr(C, align(64))]
pub(crate) struct Line(MaybeUninit<[u8; LINE]>);

struct Vregion<'m>(Region<'m>);

/// Pages are as large as the size of the region allows, up to 4 KiB.
pub(super) fn with<J: Job>(region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
    let bytes = region.len();
    let page_bytes = (1 << bytes.trailing_zeros()).min(4096);
    let profile = Profile { page_bytes, max_regions: 1, ..Profile::DESK };
    let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&profile, bytes)];
    let pool = PagePool::new(profile, region, &mut tables)?;
    Ok(job.run(&mut Vregion(pool.region(1, bytes)?)))
}

impl<'m> Vregion<'m> {
    fn lines(&self, placement: Placement, size: usize) -> Option<Block<'m, [Line]>> {
        let line = |_| Line(MaybeUninit::uninit());
        self.0.slice_from_fn(placement, size.div_ceil(LINE), line, "bench").ok()
    }
}

impl<'m> Heap for Vregion<'m> {
    type Handle = Block<'m, [Line]>;

    fn alloc(&mut self, size: usize) -> Option<Self::Handle> {
        self.lines(Placement::Interim, size)
    }

    fn alloc_lifetime(&mut self, size: usize) -> Option<Self::Handle> {
        self.lines(Placement::Lifetime, size)
    }

    fn free(&mut self, handle: Self::Handle) {
        drop(handle);
    }

    fn bytes(handle: &mut Self::Handle) -> &mut [MaybeUninit<u8>] {
        let len = size_of_val::<[Line]>(handle);
        // SAFETY: a slice of lines is `len` bytes, each of which may be uninitialised. The result borrows
        // the handle.
        unsafe { slice::from_raw_parts_mut(handle.as_mut_ptr().cast(), len) }
    }
}
