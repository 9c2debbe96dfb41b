//! What a region knows: one cursor until the seal, one heap after it, and figures that outlive both.

use core::alloc::Layout;
use core::ptr::NonNull;

use crate::heap::{FEW, Heap, Run};
use crate::table::RawTable;
use crate::{AllocError, Placement, Refusal, Requester, Statistics};

/// Interim blocks of at least this size are cut from the high end of a hole, smaller ones from the low end.
/// So what outlives a large, short-lived block does not break up the place where the next one will be wanted.
const LARGE_BYTES: usize = 2048;

/// How much of the memory around it a block needs for itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Footing {
    /// Only its bytes.
    Packed,
    /// Whole granules: it is shared between cores, and its owners are counted in the cell of its first
    /// granule.
    Granules,
}

/// A checked request.
#[derive(Clone, Copy)]
pub(crate) struct Request {
    pub(crate) requester: Requester,
    pub(crate) placement: Placement,
    pub(crate) layout: Layout,
    pub(crate) footing: Footing,
}

/// The pages of a region.
#[derive(Clone, Copy)]
pub(crate) struct PageRun {
    pub(crate) first: u16,
    pub(crate) count: u16,
}

/// A region's memory and its records, as the pool hands them out.
pub(crate) struct Ground {
    pub(crate) base: NonNull<u8>,
    pub(crate) table: RawTable,
    pub(crate) pages: PageRun,
    pub(crate) capacity: usize,
    pub(crate) page_bytes: usize,
    pub(crate) granule_bytes: usize,
}

/// A region's state, behind its slot's lock.
///
/// ```text
/// 0               top   interim                        capacity
/// | lifetime blocks |pad| interim heap                 |      sealed
/// | lifetime blocks |                                  |      not sealed: interim = capacity
/// ```
pub(crate) struct State {
    pub(crate) ground: Ground,
    pub(crate) owner: u32,
    pub(crate) requested: usize,
    /// Region handles and blocks; at 0 the pages go back. Stays at `u32::MAX` once there: leaked, but never
    /// freed under an owner.
    pub(crate) holders: u32,
    /// The next vacant slot, while this one is vacant.
    pub(crate) next_vacant: u16,
    /// Blocks given back that were not placed. Always 0, or the book-keeping is damaged.
    pub(crate) faults: u32,
    granule_shift: u32,
    sealed: bool,
    top: usize,
    interim: usize,
    pub(crate) heap: Heap,
    lifetime_bytes: usize,
    lifetime_blocks: u32,
    lifetime_frees: u32,
    interim_used: usize,
    interim_peak: usize,
    interim_bytes: usize,
    interim_blocks: u32,
    late_requests: u32,
    first_late: Option<Requester>,
    refused: u32,
    last_refused: Option<(Requester, usize)>,
}

// SAFETY: `base` points to pages that the pool gave to this region alone, and nothing in the state is bound
// to a thread.
unsafe impl Send for State {}

impl State {
    /// A fresh region with one holder.
    pub(crate) fn new(ground: Ground, owner: u32, requested: usize) -> Self {
        Self {
            owner,
            requested,
            holders: 1,
            next_vacant: crate::table::NONE,
            faults: 0,
            granule_shift: ground.granule_bytes.trailing_zeros(),
            sealed: false,
            top: 0,
            interim: ground.capacity,
            heap: Heap::EMPTY,
            lifetime_bytes: 0,
            lifetime_blocks: 0,
            lifetime_frees: 0,
            interim_used: 0,
            interim_peak: 0,
            interim_bytes: 0,
            interim_blocks: 0,
            late_requests: 0,
            first_late: None,
            refused: 0,
            last_refused: None,
            ground,
        }
    }

    /// No region: what a slot holds between two.
    pub(crate) fn vacant(next_vacant: u16) -> Self {
        let ground = Ground {
            base: NonNull::dangling(),
            table: RawTable::EMPTY,
            pages: PageRun { first: 0, count: 0 },
            capacity: 0,
            page_bytes: 1,
            granule_bytes: 1,
        };
        Self { holders: 0, next_vacant, ..Self::new(ground, 0, 0) }
    }

    pub(crate) fn hold(&mut self) {
        self.holders = self.holders.saturating_add(1);
    }

    /// True for the last holder.
    pub(crate) fn let_go(&mut self) -> bool {
        if self.holders != u32::MAX {
            self.holders -= 1;
        }
        self.holders == 0
    }

    /// Makes the interim heap from all that is left. O(1): the old tags are not read.
    pub(crate) fn seal(&mut self) {
        if self.sealed {
            return;
        }
        self.sealed = true;
        self.interim = self.top.next_multiple_of(self.ground.granule_bytes);
        let first = (self.interim >> self.granule_shift) as u16;
        let large = LARGE_BYTES.div_ceil(self.ground.granule_bytes) as u16;
        self.heap.open(&mut self.ground.table.view(), first, large);
    }

    /// Serves a request, or counts and explains its refusal. Does not count the block as a holder of the
    /// region.
    #[inline]
    pub(crate) fn allocate(&mut self, request: &Request) -> Result<NonNull<u8>, AllocError> {
        let size = request.layout.size();
        if size > self.ground.capacity || request.layout.align() > self.ground.page_bytes {
            return Err(self.refuse(request.requester, size, Refusal::TooLarge));
        }
        let offset = match (request.placement, self.sealed) {
            (Placement::Lifetime | Placement::Indifferent, false) => self.place_lifetime(request),
            (Placement::Lifetime, true) => {
                self.late_requests = self.late_requests.saturating_add(1);
                self.first_late = self.first_late.or(Some(request.requester));
                self.place_interim(request)
            }
            (Placement::Interim, false) => {
                self.seal();
                self.place_interim(request)
            }
            (Placement::Interim | Placement::Indifferent, true) => self.place_interim(request),
        };
        let Some(offset) = offset else {
            return Err(self.refuse(request.requester, size, Refusal::NoRoom));
        };
        if request.footing == Footing::Granules
            && let Some(owners) = self.owners_mut(offset)
        {
            *owners = 1;
        }
        // SAFETY: `offset + size <= capacity`: `place_lifetime` checks it and the heap covers no more
        // granules than the capacity has. So the result lies in the pages of this region, which are one
        // allocation.
        Ok(unsafe { self.ground.base.add(offset) })
    }

    /// Counts a refused request.
    #[cold]
    pub(crate) fn refuse(&mut self, requester: Requester, bytes: usize, why: Refusal) -> AllocError {
        self.refused = self.refused.saturating_add(1);
        self.last_refused = Some((requester, bytes));
        let left = self.interim_capacity() - self.interim_used;
        let left = if self.sealed { left } else { self.ground.capacity - self.top };
        AllocError { requester, bytes, left, why }
    }

    fn place_lifetime(&mut self, request: &Request) -> Option<usize> {
        let (size, align) = self.extent(request);
        // No overflow: the capacity is a multiple of `align` and of a granule, so `start` and `size` are at
        // most the capacity, and that is at most `isize::MAX`.
        let start = (self.top + (align - 1)) & !(align - 1);
        let end = start + size;
        if end > self.ground.capacity {
            return None;
        }
        self.top = end;
        self.lifetime_bytes += request.layout.size();
        self.lifetime_blocks = self.lifetime_blocks.saturating_add(1);
        Some(start)
    }

    fn place_interim(&mut self, request: &Request) -> Option<usize> {
        let size = request.layout.size();
        let len = self.granules(size);
        let align = (request.layout.align() >> self.granule_shift).max(1) as u16;
        let start = self.heap.place(&mut self.ground.table.view(), Run { len, align, look: FEW })?;
        self.interim_used += usize::from(len) << self.granule_shift;
        self.interim_peak = self.interim_peak.max(self.interim_used);
        self.interim_bytes += size;
        self.interim_blocks += 1;
        Some(usize::from(start) << self.granule_shift)
    }

    /// Takes a block of `size` bytes back. Lifetime blocks are only counted.
    #[inline]
    pub(crate) fn free(&mut self, block: NonNull<u8>, size: usize) {
        let offset = block.addr().get() - self.ground.base.addr().get();
        if offset < self.interim {
            self.lifetime_frees = self.lifetime_frees.saturating_add(1);
            return;
        }
        let (start, len) = ((offset >> self.granule_shift) as u16, self.granules(size));
        match self.heap.give_back(&mut self.ground.table.view(), start, len) {
            Ok(()) => {
                self.interim_used -= usize::from(len) << self.granule_shift;
                self.interim_bytes -= size;
                self.interim_blocks -= 1;
            }
            Err(_) => self.faults = self.faults.saturating_add(1),
        }
    }

    /// How many owners share the block at an address of this region that begins a granule.
    pub(crate) fn owners_of(&mut self, block: NonNull<u8>) -> Option<&mut u16> {
        self.owners_mut(block.addr().get() - self.ground.base.addr().get())
    }

    fn owners_mut(&mut self, offset: usize) -> Option<&mut u16> {
        let cells = self.ground.table.view().cells;
        cells.get_mut(offset >> self.granule_shift).map(|cell| &mut cell.high)
    }

    /// Size and alignment of the memory that a lifetime request takes.
    fn extent(&self, request: &Request) -> (usize, usize) {
        let (size, align) = (request.layout.size(), request.layout.align());
        match request.footing {
            Footing::Packed => (size, align),
            Footing::Granules => {
                let granule = self.ground.granule_bytes;
                (size.next_multiple_of(granule), align.max(granule))
            }
        }
    }

    /// Granules of a block; `size` is at most the capacity, whose granules fit.
    fn granules(&self, size: usize) -> u16 {
        ((size + (self.ground.granule_bytes - 1)) >> self.granule_shift) as u16
    }

    fn interim_capacity(&self) -> usize {
        self.ground.capacity - self.interim
    }

    pub(crate) fn statistics(&self) -> Statistics {
        let seal_padding = if self.sealed { self.interim - self.top } else { 0 };
        Statistics {
            owner: self.owner,
            capacity: self.ground.capacity,
            requested: self.requested,
            lifetime_bytes: self.lifetime_bytes,
            lifetime_padding: self.top - self.lifetime_bytes,
            lifetime_blocks: self.lifetime_blocks,
            lifetime_frees: self.lifetime_frees,
            sealed: self.sealed,
            seal_padding,
            interim_capacity: self.interim_capacity(),
            interim_used: self.interim_used,
            interim_peak: self.interim_peak,
            interim_padding: self.interim_used - self.interim_bytes,
            interim_blocks: self.interim_blocks,
            late_requests: self.late_requests,
            first_late: self.first_late,
            refused: self.refused,
            last_refused: self.last_refused,
            spare: self.ground.capacity - self.top - seal_padding - self.interim_peak,
        }
    }
}
