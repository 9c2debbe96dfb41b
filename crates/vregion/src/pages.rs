//! What a pool knows: its pages and its slots, and where each of its tables lies in the memory that it is given.

use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::heap::{Heap, Run};
use crate::lock::Lock;
use crate::profile::{NO_SLOT, Profile};
use crate::slot::Slot;
use crate::state::{Ground, PageRun, State};
use crate::table::{self, CELL, NONE, RawTable, Unit, WORD};
use crate::{PoolError, PoolUsage, RegionError};

/// Offsets of the tables, in bytes from an address that is aligned to [`Plan::ALIGN`]:
///
/// ```text
/// Core | Slot per region | units of pages, of lines | spans of pages, of lines | end
/// ```
///
/// The line tables are as long as the sum of those of one region per page, so that any cut of the arena into
/// regions fits: each page has its [`Share`].
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) slots: usize,
    pub(crate) page_units: usize,
    pub(crate) line_units: usize,
    pub(crate) page_spans: usize,
    pub(crate) line_spans: usize,
    pub(crate) end: usize,
}

impl Plan {
    pub(crate) const ALIGN: usize =
        if align_of::<Core>() > align_of::<Slot>() { align_of::<Core>() } else { align_of::<Slot>() };

    /// Saturates: a plan too large for memory is refused because no tables are large enough.
    pub(crate) const fn new(profile: &Profile, pages: usize) -> Self {
        let share = Share::of_page(profile, pages);
        // Sizes are multiples of alignments, and each table is aligned less than what precedes it.
        let slots = size_of::<Core>().next_multiple_of(Self::ALIGN);
        let page_units = slots.saturating_add(profile.max_regions.saturating_mul(size_of::<Slot>()));
        let line_units = page_units.saturating_add(table::units(pages) * size_of::<Unit>());
        let page_spans = line_units.saturating_add(pages.saturating_mul(share.units * size_of::<Unit>()));
        let line_spans = page_spans.saturating_add(table::spans(pages) * table::WORD);
        let end = line_spans.saturating_add(pages.saturating_mul(share.span_bytes));
        Self { slots, page_units, line_units, page_spans, line_spans, end }
    }
}

/// What a page adds to the line tables.
pub(crate) struct Share {
    pub(crate) units: usize,
    /// None if not even a region of all pages has more units than bits in a word. One that has needs a bit per unit and
    /// length, in whole words for each length, and these are at most half empty.
    pub(crate) span_bytes: usize,
}

impl Share {
    pub(crate) const fn of_page(profile: &Profile, pages: usize) -> Self {
        let lines = match profile.page_bytes.checked_div(profile.line_bytes) {
            Some(lines) => lines,
            None => 0,
        };
        let units = table::units(lines);
        let deep = table::spans(pages.saturating_mul(lines)) > 0;
        Self { units, span_bytes: if deep { units * CELL as usize / 4 } else { 0 } }
    }
}

/// The pages and the slots, behind the pool's lock.
pub(crate) struct Pages {
    pub(crate) heap: Heap,
    pub(crate) table: RawTable,
    pub(crate) vacant: u16,
    pub(crate) free: usize,
    pub(crate) regions: usize,
    /// Page runs given back that were not placed. Always 0, or the book-keeping is damaged.
    pub(crate) faults: u32,
    peak: usize,
}

/// The pool itself. Lies at the start of the tables and never moves. Lock order: the pages, then a slot.
pub(crate) struct Core {
    pub(crate) profile: Profile,
    arena: NonNull<u8>,
    arena_pages: usize,
    slots: NonNull<Slot>,
    line_units: NonNull<Unit>,
    line_spans: NonNull<[u8; WORD]>,
    pub(crate) pages: Lock<Pages>,
    #[cfg(feature = "trace")]
    pub(crate) hook: Option<fn(&crate::Event)>,
}

// SAFETY: the pointers never change. What they point to is reached through the locks alone: slots are `Sync`,
// and the pages and line records of a region belong to its state.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl Sync for Core {}

impl Core {
    /// Writes a core, its slots and blank records into the tables.
    pub(crate) fn build(
        profile: Profile,
        arena: NonNull<u8>,
        pages: u16,
        tables: &mut [MaybeUninit<u8>],
    ) -> Result<NonNull<Self>, PoolError> {
        let given = tables.len();
        let tables = NonNull::from(tables).cast::<u8>();
        let skipped = tables.align_offset(Plan::ALIGN);
        let plan = Plan::new(&profile, usize::from(pages));
        let needed = plan.end.saturating_add(skipped);
        if needed > given {
            return Err(PoolError::TablesTooSmall { needed, given });
        }
        // SAFETY: `skipped + plan.end <= given`, so this and every offset of the plan added to it stay in the
        // slice.
        let at = |offset: usize| unsafe { tables.add(skipped + offset) };
        let (core, slots) = (at(0).cast::<Self>(), at(plan.slots).cast::<Slot>());
        // SAFETY: the range from `page_units` to `end` lies in the slice, which is borrowed for the pool
        // alone.
        unsafe { at(plan.page_units).write_bytes(0, plan.end - plan.page_units) };
        for index in 0..profile.max_regions {
            let next = if index + 1 < profile.max_regions { index as u16 + 1 } else { NO_SLOT };
            // SAFETY: `index < max_regions`, and the plan has room for that many slots from `slots` on.
            let slot = unsafe { slots.add(index) };
            // SAFETY: in the slice as just said, aligned as `Plan::ALIGN` is and slot sizes are multiples of
            // theirs.
            unsafe { slot.write(Slot::new(core, index as u16, next)) };
        }
        let (units, spans) = (at(plan.page_units).cast(), at(plan.page_spans).cast());
        // SAFETY: the plan has room for the records of `pages` granules at these places, zeroed, which is valid
        // for numbers. Nothing else uses them. Units are aligned as slots before them are, or less.
        let mut table = unsafe { RawTable::new(units, spans, u32::from(pages)) };
        let mut heap = Heap::EMPTY;
        heap.open(&mut table.view(), 0, NONE);
        let page_count = pages;
        let free = usize::from(pages);
        let pages = Pages { heap, table, vacant: 0, free, regions: 0, faults: 0, peak: 0 };
        let value = Self {
            profile,
            arena,
            arena_pages: usize::from(page_count),
            slots,
            line_units: at(plan.line_units).cast(),
            line_spans: at(plan.line_spans).cast(),
            pages: Lock::new(pages),
            #[cfg(feature = "trace")]
            hook: None,
        };
        // SAFETY: the first bytes of the plan are the core's; aligned to `Plan::ALIGN`.
        unsafe { core.write(value) };
        Ok(core)
    }

    pub(crate) fn slot(&self, index: u16) -> &Slot {
        debug_assert!(usize::from(index) < self.profile.max_regions);
        // SAFETY: indices come from the chain of vacant slots, which are all below `max_regions`.
        let slot = unsafe { self.slots.add(usize::from(index)) };
        // SAFETY: `build` wrote the slot; it lives as long as the core and is only ever shared.
        unsafe { slot.as_ref() }
    }

    pub(crate) fn open(&self, owner: u32, bytes: usize) -> Result<&Slot, RegionError> {
        if bytes == 0 {
            return Err(RegionError::ZeroSize);
        }
        let wanted = bytes.div_ceil(self.profile.page_bytes);
        self.pages.with(|pages| {
            if pages.vacant == NO_SLOT {
                return Err(RegionError::TooManyRegions { limit: self.profile.max_regions });
            }
            if wanted > pages.free {
                return Err(RegionError::NoPages { wanted, free: pages.free });
            }
            let count = wanted as u16;
            let run = Run { len: u32::from(count), align: 1, look: NONE };
            let Some(first) = pages.heap.place_aligned(&mut pages.table.view(), run) else {
                let largest_run = pages.heap.largest(&pages.table.view()) as usize;
                return Err(RegionError::Fragmented { wanted, largest_run });
            };
            pages.free -= wanted;
            pages.regions += 1;
            pages.peak = pages.peak.max(pages.table.granules() as usize - pages.free);
            let slot = self.slot(pages.vacant);
            slot.state.with(|state| {
                pages.vacant = state.next_vacant;
                *state = State::new(self.ground(PageRun { first: first as u16, count }), owner, bytes);
            });
            Ok(slot)
        })
    }

    /// The memory and the line records of a run of pages.
    fn ground(&self, pages: PageRun) -> Ground {
        let Profile { page_bytes, .. } = self.profile;
        let (offset, capacity) =
            (usize::from(pages.first) * page_bytes, usize::from(pages.count) * page_bytes);
        let granule_bytes = self.profile.granule_bytes(capacity);
        // SAFETY: the page heap covers only the arena's pages, so the run's offset lies in the arena.
        let base = unsafe { self.arena.add(offset) };
        let (share, first) = (Share::of_page(&self.profile, self.arena_pages), usize::from(pages.first));
        // SAFETY: the plan has a share for each page; those of the run begin here.
        let units = unsafe { self.line_units.add(first * share.units) };
        // SAFETY: as for the units; spans are bytes.
        let spans = unsafe { self.line_spans.cast::<u8>().add(first * share.span_bytes) }.cast();
        let granules = (capacity / granule_bytes) as u32;
        // SAFETY: there are no more granules than lines, and `Share` says why the shares of the run's pages are
        // enough for them. They were initialised by `build` and are plain numbers. They are this region's until
        // its run is given back.
        let mut table = unsafe { RawTable::new(units, spans, granules) };
        table.view().clear();
        Ground { base, table, pages, capacity, page_bytes, granule_bytes }
    }

    /// Takes back the pages and the slot of a region that nobody holds.
    pub(crate) fn close(&self, slot: &Slot) {
        self.pages.with(|pages| {
            slot.state.with(|state| {
                let PageRun { first, count } = state.ground.pages;
                *state = State::vacant(pages.vacant);
                pages.vacant = slot.index;
                pages.regions -= 1;
                match pages.heap.give_back(&mut pages.table.view(), u32::from(first), u32::from(count)) {
                    Ok(()) => pages.free += usize::from(count),
                    Err(_) => pages.faults = pages.faults.saturating_add(1),
                }
            });
        });
    }

    pub(crate) fn usage(&self) -> PoolUsage {
        self.pages.with(|pages| PoolUsage {
            page_bytes: self.profile.page_bytes,
            line_bytes: self.profile.line_bytes,
            pages: pages.table.granules() as usize,
            free_pages: pages.free,
            largest_run: pages.heap.largest(&pages.table.view()) as usize,
            regions: pages.regions,
            peak_pages: pages.peak,
        })
    }
}
