//! What a region knows: one cursor until the seal, one heap after it, and figures that outlive both.

use core::alloc::Layout;
use core::ptr::NonNull;

use crate::heap::{FEW, Heap, Run};
use crate::profile::{LEAST_PAGE, NO_SLOT};
use crate::table::RawTable;
use crate::{AllocError, FreeError, Placement, Refusal, Requester, Statistics};

/// Interim blocks of at least this size are cut from the high end of a hole, smaller ones from the low end.
/// So what outlives a large, short-lived block does not break up the place where the next one will be wanted.
const LARGE_BYTES: usize = 4096;

/// A checked request: at least one byte.
#[derive(Clone, Copy)]
pub(crate) struct Request {
    pub(crate) requester: Requester,
    pub(crate) placement: Placement,
    pub(crate) layout: Layout,
}

/// What a region says of a request that it refuses; the rest of an [`AllocError`] is known to who asks.
#[derive(Clone, Copy)]
pub(crate) struct Refused {
    left: usize,
    why: Refusal,
}

impl Refused {
    #[inline(always)]
    pub(crate) fn error(self, requester: Requester, bytes: usize) -> AllocError {
        AllocError { requester, bytes, left: self.left, why: self.why }
    }
}

/// Who keeps a region alive as long as a block of it lives.
#[derive(Clone, Copy)]
pub(crate) enum Holder {
    /// The block itself.
    Block,
    /// Nobody: it is a bare address.
    Nobody,
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
/// | lifetime blocks |pad| interim heap                 |      sealed: room = 0
/// | lifetime blocks |<- room ------------------------->|      not sealed: interim = capacity
/// ```
///
/// What a request can leave to `statistics` is not counted: before the seal all blocks are lifetime ones, and
/// after it there will be no more of these.
pub(crate) struct State {
    pub(crate) ground: Ground,
    granule_shift: u32,
    /// Where the pages end.
    end: NonNull<u8>,
    /// Bytes that lifetime blocks may still take.
    room: usize,
    /// Sum of what was asked for in lifetime blocks.
    lifetime_bytes: usize,
    /// Blocks that are alive and hold the region, of both kinds.
    holders: usize,
    interim: usize,
    /// In granules.
    interim_used: u32,
    interim_peak: u32,
    /// The part of the peak that nobody asked for.
    peak_padding: usize,
    /// The most granules that were free when a request for no more was refused.
    most_fragmented: u32,
    /// What rounding up to granules costs in the interim blocks that are alive. Not of those that don't hold the
    /// region, as their free does not know the size.
    interim_padding: usize,
    pub(crate) heap: Heap,
    pub(crate) owner: u32,
    pub(crate) requested: usize,
    /// Region handles; without them and without blocks, the pages go back. Stays at `u32::MAX` once there:
    /// leaked, but never freed under an owner.
    handles: u32,
    /// Blocks that are alive and do not hold the region, of each kind.
    raw_lifetime: usize,
    raw_interim: usize,
    /// The next vacant slot, while this one is vacant.
    pub(crate) next_vacant: u16,
    /// Blocks given back that were not placed. Always 0, or the book-keeping is damaged.
    pub(crate) faults: u16,
    /// What lifetime blocks had taken, and how many had been made, at the seal.
    at_seal: Option<(usize, usize)>,
    lifetime_frees: usize,
    late_requests: u32,
    first_late: Option<Requester>,
    refused: u32,
    last_refused: Option<(Requester, usize)>,
}

// SAFETY: `base` points to pages that the pool gave to this region alone, and nothing in the state is bound
// to a thread.
unsafe impl Send for State {}

impl State {
    /// A fresh region with one handle.
    pub(crate) fn new(ground: Ground, owner: u32, requested: usize) -> Self {
        Self {
            granule_shift: ground.granule_bytes.trailing_zeros(),
            // SAFETY: the pages are one allocation of `capacity` bytes from the base on; or the capacity is 0.
            end: unsafe { ground.base.add(ground.capacity) },
            room: ground.capacity,
            lifetime_bytes: 0,
            holders: 0,
            interim: ground.capacity,
            interim_used: 0,
            interim_peak: 0,
            peak_padding: 0,
            most_fragmented: 0,
            interim_padding: 0,
            heap: Heap::EMPTY,
            owner,
            requested,
            handles: 1,
            raw_lifetime: 0,
            raw_interim: 0,
            next_vacant: NO_SLOT,
            faults: 0,
            at_seal: None,
            lifetime_frees: 0,
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
        Self { handles: 0, next_vacant, ..Self::new(ground, 0, 0) }
    }

    /// Counts one more handle.
    pub(crate) fn hold(&mut self) {
        self.handles = self.handles.saturating_add(1);
    }

    /// Counts one handle less; true if nobody holds the region any more.
    pub(crate) fn let_go(&mut self) -> bool {
        if self.handles != u32::MAX {
            self.handles -= 1;
        }
        !self.is_held()
    }

    /// Whether a handle or a block is left.
    #[inline(always)]
    pub(crate) fn is_held(&self) -> bool {
        self.handles != 0 || self.holders != 0
    }

    pub(crate) fn is_sealed(&self) -> bool {
        self.at_seal.is_some()
    }

    /// Makes the interim heap from all that is left. O(1).
    pub(crate) fn seal(&mut self) {
        if self.is_sealed() {
            return;
        }
        let top = self.ground.capacity - self.room;
        self.at_seal = Some((top, self.blocks() + self.lifetime_frees));
        self.room = 0;
        self.interim = top.next_multiple_of(self.ground.granule_bytes);
        let first = (self.interim >> self.granule_shift) as u32;
        let large = LARGE_BYTES.div_ceil(self.ground.granule_bytes) as u32;
        self.heap.open(&mut self.ground.table.view(), first, large);
    }

    /// A lifetime block, if the region is not sealed and has room: the whole path of most requests.
    #[inline(always)]
    pub(crate) fn place_lifetime(
        &mut self,
        size: usize,
        align: usize,
        holder: Holder,
    ) -> Option<NonNull<u8>> {
        if align > LEAST_PAGE && align > self.ground.page_bytes {
            return None;
        }
        // The end of the pages is aligned to a page, so the place is aligned as the room above it is.
        let above = self.room & !(align - 1);
        let room = above.checked_sub(size)?;
        self.room = room;
        self.lifetime_bytes += size;
        match holder {
            Holder::Block => self.holders += 1,
            Holder::Nobody => self.raw_lifetime += 1,
        }
        // SAFETY: `above <= room <= capacity`, so the result lies in the pages of this region, which are one
        // allocation, and `size` bytes from it on do, too, as `above >= size`.
        Some(unsafe { self.end.sub(above) })
    }

    /// An interim block, if the region is sealed and a hole fits. In one place for all callers, which need no stack for
    /// it.
    #[inline(never)]
    pub(crate) fn place_interim(&mut self, size: usize, align: usize, holder: Holder) -> Option<NonNull<u8>> {
        let len = self.granules_of(size);
        if len > self.ground.table.granules() as usize {
            return None;
        }
        let (len, mut table) = (len as u32, self.ground.table.view());
        let start = if align <= self.ground.granule_bytes {
            self.heap.place(&mut table, len)?
        } else if align <= self.ground.page_bytes {
            let align = (align >> self.granule_shift) as u32;
            self.heap.place_aligned(&mut table, Run { len, align, look: FEW })?
        } else {
            return None;
        };
        match holder {
            Holder::Block => {
                self.holders += 1;
                self.interim_padding += self.padding(size);
            }
            Holder::Nobody => self.raw_interim += 1,
        }
        self.interim_used += len;
        if self.interim_used > self.interim_peak {
            (self.interim_peak, self.peak_padding) = (self.interim_used, self.interim_padding);
        }
        // SAFETY: the heap only places granules of the region's table, which has no more than its pages do, and
        // these are one allocation.
        Some(unsafe { self.ground.base.add((start as usize) << self.granule_shift) })
    }

    /// Makes the heap if need be, and places a block in it or refuses it.
    #[inline(always)]
    pub(crate) fn place_otherwise(
        &mut self,
        request: &Request,
        holder: Holder,
    ) -> Result<NonNull<u8>, Refused> {
        let (size, align) = (request.layout.size(), request.layout.align());
        if self.is_too_large(request.layout) {
            return Err(self.refuse(request.requester, size, Refusal::TooLarge));
        }
        let len = self.granules_of(size) as u32;
        // Most requests that come here are refused, and the search alone costs half of a try.
        if self.passes_to_interim(request)
            && self.heap.has_room(&mut self.ground.table.view(), len)
            && let Some(memory) = self.place_interim(size, align, holder)
        {
            return Ok(memory);
        }
        Err(self.refuse(request.requester, size, Refusal::NoRoom))
    }

    /// Whether a request that was not served is for the interim heap, which it then makes if it may; counts it
    /// if it is late.
    fn passes_to_interim(&mut self, request: &Request) -> bool {
        match (request.placement, self.is_sealed()) {
            (Placement::Interim, _) => self.seal(),
            (Placement::Lifetime, true) => {
                self.late_requests = self.late_requests.saturating_add(1);
                self.first_late = self.first_late.or(Some(request.requester));
            }
            (Placement::Indifferent, true) => {}
            (Placement::Lifetime | Placement::Indifferent, false) => return false,
        }
        true
    }

    fn is_too_large(&self, layout: Layout) -> bool {
        layout.size() > self.ground.capacity || layout.align() > self.ground.page_bytes
    }

    /// Takes whole granules of the lifetime part, if the request is not for the interim heap, whose blocks are whole
    /// granules anyway.
    pub(crate) fn place_lines(&mut self, request: &Request) -> Option<NonNull<u8>> {
        if request.placement == Placement::Interim {
            return None;
        }
        let layout = request.layout.align_to(self.ground.granule_bytes).ok()?.pad_to_align();
        let memory = self.place_lifetime(layout.size(), layout.align(), Holder::Block)?;
        self.lifetime_bytes -= layout.size() - request.layout.size();
        Some(memory)
    }

    /// Whether a block at an offset lies in the interim heap, and the bytes that it takes.
    #[cfg(feature = "trace")]
    pub(crate) fn taken(&self, offset: usize, size: usize) -> (bool, usize) {
        let interim = offset >= self.interim;
        (interim, if interim { size.next_multiple_of(self.ground.granule_bytes) } else { size })
    }

    /// Counts and explains a refused request.
    #[inline(always)]
    pub(crate) fn refuse(&mut self, requester: Requester, bytes: usize, why: Refusal) -> Refused {
        self.refused = self.refused.saturating_add(1);
        self.last_refused = Some((requester, bytes));
        let left = if self.is_sealed() { self.interim_capacity() - self.used_bytes() } else { self.room };
        if self.is_sealed() && bytes <= left && why == Refusal::NoRoom {
            self.most_fragmented = self.most_fragmented.max((left >> self.granule_shift) as u32);
        }
        Refused { left, why }
    }

    /// Takes a block of `size` bytes back; true if nobody holds the region any more.
    #[inline(always)]
    pub(crate) fn free(&mut self, block: NonNull<u8>, size: usize) -> bool {
        self.holders -= 1;
        let offset = block.addr().get() - self.ground.base.addr().get();
        let start = (offset >> self.granule_shift) as u32;
        let len = self.granules_of(size) as u32;
        match self.heap.give_back(&mut self.ground.table.view(), start, len) {
            Ok(()) => {
                self.interim_used -= len;
                self.interim_padding -= self.padding(size);
            }
            Err(_) => self.free_elsewhere(offset),
        }
        !self.is_held()
    }

    /// Counts the free of a block that the heap has not placed: lifetime blocks are not taken back.
    #[cold]
    fn free_elsewhere(&mut self, offset: usize) {
        if offset < self.interim {
            self.lifetime_frees += 1;
        } else {
            self.faults = self.faults.saturating_add(1);
        }
    }

    /// Takes back a block that does not hold the region, by its address; returns its offset.
    #[inline(always)]
    pub(crate) fn free_raw(&mut self, address: usize) -> Option<usize> {
        let offset = address.wrapping_sub(self.ground.base.addr().get());
        // Bits below a granule go to the top, so that one comparison finds odd offsets and those beyond the region.
        let index = offset.rotate_right(self.granule_shift);
        if index >= self.ground.table.granules() as usize {
            return self.free_raw_elsewhere(offset);
        }
        let (first, mut table) = (index as u32, self.ground.table.view());
        let Some(len) = table.used_len(first) else { return self.free_raw_elsewhere(offset) };
        self.heap.release(&mut table, first, len);
        self.raw_interim -= 1;
        self.interim_used -= len;
        Some(offset)
    }

    /// Counts the free of a lifetime block, if one may begin there.
    #[cold]
    fn free_raw_elsewhere(&mut self, offset: usize) -> Option<usize> {
        let top = self.at_seal.map_or(self.ground.capacity - self.room, |(top, _)| top);
        if offset >= top || self.raw_lifetime == 0 {
            return None;
        }
        self.lifetime_frees += 1;
        self.raw_lifetime -= 1;
        Some(offset)
    }

    /// Why no block was freed at an address.
    pub(crate) fn why_not_freed(&self, address: usize) -> FreeError {
        let offset = address.wrapping_sub(self.ground.base.addr().get());
        if offset < self.ground.capacity {
            FreeError::NotABlock { offset }
        } else {
            FreeError::Foreign { address }
        }
    }

    /// A size in granules, rounded up.
    #[inline(always)]
    fn granules_of(&self, size: usize) -> usize {
        (size + (self.ground.granule_bytes - 1)) >> self.granule_shift
    }

    /// What rounding a size up to granules adds.
    #[inline(always)]
    fn padding(&self, size: usize) -> usize {
        size.wrapping_neg() & (self.ground.granule_bytes - 1)
    }

    /// Blocks that are alive, of both kinds.
    fn blocks(&self) -> usize {
        self.holders + self.raw_lifetime + self.raw_interim
    }

    fn interim_capacity(&self) -> usize {
        self.ground.capacity - self.interim
    }

    fn used_bytes(&self) -> usize {
        (self.interim_used as usize) << self.granule_shift
    }

    pub(crate) fn statistics(&mut self) -> Statistics {
        let capacity = self.ground.capacity;
        let (top, lifetime_blocks) =
            self.at_seal.unwrap_or((capacity - self.room, self.blocks() + self.lifetime_frees));
        let seal_padding = if self.is_sealed() { self.interim - top } else { 0 };
        let interim_peak = (self.interim_peak as usize) << self.granule_shift;
        let largest = self.heap.largest(&self.ground.table.view());
        Statistics {
            owner: self.owner,
            capacity,
            requested: self.requested,
            lifetime_bytes: self.lifetime_bytes,
            lifetime_padding: top - self.lifetime_bytes,
            lifetime_blocks: figure(lifetime_blocks),
            lifetime_frees: figure(self.lifetime_frees),
            sealed: self.is_sealed(),
            seal_padding,
            interim_capacity: self.interim_capacity(),
            interim_used: self.used_bytes(),
            interim_peak,
            interim_padding: self.interim_padding,
            interim_peak_padding: self.peak_padding,
            interim_blocks: figure(self.blocks() + self.lifetime_frees - lifetime_blocks),
            largest_free: (largest as usize) << self.granule_shift,
            most_fragmented: (self.most_fragmented as usize) << self.granule_shift,
            late_requests: self.late_requests,
            first_late: self.first_late,
            refused: self.refused,
            last_refused: self.last_refused,
            spare: capacity - top - seal_padding - interim_peak,
        }
    }
}

/// A count as the statistics give it.
fn figure(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
