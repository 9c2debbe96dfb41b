//! The pages of an arena, handed out as contiguous runs, one per region.

use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::heap::{Heap, Run};
use crate::lock::SpinLock;
use crate::profile::{Plan, Profile};
use crate::slot::Slot;
use crate::state::{Ground, PageRun, State};
use crate::table::{Cell, MAX_GRANULES, NONE, RawTable, Tag};
use crate::{PoolError, PoolUsage, Region, RegionError};

/// Cuts an arena into regions of whole pages, each contiguous. All book-keeping lies in a second slice.
///
/// Regions can be made and dropped by any thread and in any order; freed runs merge at once. Making a region
/// looks at no more free runs than there are regions; it is for set-up, not for a real-time path.
///
/// ```
/// # use core::mem::MaybeUninit;
/// use vregion::{PagePool, Profile, RegionError};
///
/// let profile = Profile { max_regions: 8, ..Profile::DESK };
/// let mut arena = [MaybeUninit::uninit(); 5 * 4096];
/// let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&profile, arena.len())];
/// let pool = PagePool::new(profile, &mut arena, &mut tables)?;
///
/// let region = pool.region(1, 5000)?;
/// assert_eq!(region.statistics().capacity, 8192);
/// assert!(matches!(pool.region(2, 1 << 20), Err(RegionError::NoPages { wanted: 256, .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PagePool<'a> {
    core: NonNull<Core>,
    /// The pool uses both slices until it is gone.
    _memory: PhantomData<&'a mut [MaybeUninit<u8>]>,
}

// SAFETY: a pool is the arena and the tables, which are plain bytes, with a `Core` in them that is `Sync`.
unsafe impl Send for PagePool<'_> {}
// SAFETY: all that `&PagePool` gives is `&Core`, and `Core` is `Sync`.
unsafe impl Sync for PagePool<'_> {}

impl<'a> PagePool<'a> {
    /// Bytes of tables that a pool over `arena_bytes` bytes needs: about 700 B per region slot (600 B on 32 bits),
    /// 5 B per page and 5 B per line. A profile with pages of 0 bytes has no pages.
    pub const fn table_bytes(profile: &Profile, arena_bytes: usize) -> usize {
        let pages = match arena_bytes.checked_div(profile.page_bytes) {
            Some(pages) => pages,
            None => 0,
        };
        Plan::new(profile, pages).end.saturating_add(Plan::ALIGN - 1)
    }

    /// A pool over the whole pages in `arena` that are aligned to a page. Writes all of the tables once.
    ///
    /// # Errors
    /// When the profile, the arena or the tables can't be used, see [`PoolError`].
    pub fn new(
        profile: Profile,
        arena: &'a mut [MaybeUninit<u8>],
        tables: &'a mut [MaybeUninit<u8>],
    ) -> Result<Self, PoolError> {
        profile.check()?;
        let (arena_bytes, page_bytes) = (arena.len(), profile.page_bytes);
        let arena = NonNull::from(arena).cast::<u8>();
        let skipped = arena.align_offset(page_bytes);
        let pages = arena_bytes.saturating_sub(skipped) / page_bytes;
        if pages == 0 {
            return Err(PoolError::ArenaTooSmall { arena_bytes, page_bytes });
        }
        if pages > MAX_GRANULES {
            return Err(PoolError::ArenaTooLarge { pages, limit: MAX_GRANULES });
        }
        // SAFETY: `skipped < arena_bytes`, or `pages` would be 0.
        let arena = unsafe { arena.add(skipped) };
        let core = Core::build(profile, arena, pages as u16, tables)?;
        Ok(Self { core, _memory: PhantomData })
    }

    /// A region of at least `bytes` bytes for `owner` (a component or pipeline id, say).
    ///
    /// # Errors
    /// When `bytes` is 0, or there is no run of pages or no slot for it, see [`RegionError`].
    pub fn region(&self, owner: u32, bytes: usize) -> Result<Region<'_>, RegionError> {
        self.core().open(owner, bytes).map(|slot| Region::new(slot, owner))
    }

    /// What is used and what is free. Takes time proportional to the free runs.
    pub fn usage(&self) -> PoolUsage {
        self.core().usage()
    }

    pub(crate) fn core(&self) -> &Core {
        // SAFETY: `new` wrote the core into the tables, which are borrowed until the pool is gone; only
        // shared references to it are ever made.
        unsafe { self.core.as_ref() }
    }
}

impl fmt::Debug for PagePool<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PagePool").field(&self.usage()).finish()
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
    slots: NonNull<Slot>,
    line_cells: NonNull<Cell>,
    line_tags: NonNull<Tag>,
    pub(crate) pages: SpinLock<Pages>,
}

// SAFETY: the pointers never change. What they point to is reached through the locks alone: slots are `Sync`,
// and the pages and line records of a region belong to its state.
unsafe impl Sync for Core {}

impl Core {
    /// Writes a core, its slots and blank cells and tags into the tables.
    fn build(
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
        // SAFETY: the range from `page_cells` to `end` lies in the slice, which is borrowed for the pool
        // alone.
        unsafe { at(plan.page_cells).write_bytes(0, plan.end - plan.page_cells) };
        for index in 0..profile.max_regions {
            let next = if index + 1 < profile.max_regions { index as u16 + 1 } else { NONE };
            // SAFETY: `index < max_regions`, and the plan has room for that many slots from `slots` on.
            let slot = unsafe { slots.add(index) };
            // SAFETY: in the slice as just said, aligned as `Plan::ALIGN` is and slot sizes are multiples of
            // theirs.
            unsafe { slot.write(Slot::new(core, index as u16, next)) };
        }
        // SAFETY: `pages` cells and tags lie at these places of the plan, zeroed, which is a valid `Cell` and
        // `Tag::Blank`. Nothing else uses them.
        let mut table =
            unsafe { RawTable::new(at(plan.page_cells).cast(), at(plan.page_tags).cast(), pages) };
        let mut heap = Heap::EMPTY;
        heap.open(&mut table.view(), 0, NONE);
        let free = usize::from(pages);
        let pages = Pages { heap, table, vacant: 0, free, regions: 0, faults: 0, peak: 0 };
        let value = Self {
            profile,
            arena,
            slots,
            line_cells: at(plan.line_cells).cast(),
            line_tags: at(plan.line_tags).cast(),
            pages: SpinLock::new(pages),
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

    fn open(&self, owner: u32, bytes: usize) -> Result<&Slot, RegionError> {
        if bytes == 0 {
            return Err(RegionError::ZeroSize);
        }
        let wanted = bytes.div_ceil(self.profile.page_bytes);
        self.pages.with(|pages| {
            if pages.vacant == NONE {
                return Err(RegionError::TooManyRegions { limit: self.profile.max_regions });
            }
            if wanted > pages.free {
                return Err(RegionError::NoPages { wanted, free: pages.free });
            }
            let count = wanted as u16;
            let run = Run { len: count, align: 1, look: NONE };
            let Some(first) = pages.heap.place(&mut pages.table.view(), run) else {
                let largest_run = usize::from(pages.heap.largest(&pages.table.view()));
                return Err(RegionError::Fragmented { wanted, largest_run });
            };
            pages.free -= wanted;
            pages.regions += 1;
            pages.peak = pages.peak.max(usize::from(pages.table.granules()) - pages.free);
            let slot = self.slot(pages.vacant);
            slot.state.with(|state| {
                pages.vacant = state.next_vacant;
                *state = State::new(self.ground(PageRun { first, count }), owner, bytes);
            });
            Ok(slot)
        })
    }

    /// The memory and the line records of a run of pages.
    fn ground(&self, pages: PageRun) -> Ground {
        let Profile { page_bytes, line_bytes, .. } = self.profile;
        let (offset, capacity) =
            (usize::from(pages.first) * page_bytes, usize::from(pages.count) * page_bytes);
        let granule_bytes = self.profile.granule_bytes(capacity);
        let line = offset / line_bytes;
        // SAFETY: the page heap covers only the arena's pages, so the run's offset lies in the arena.
        let base = unsafe { self.arena.add(offset) };
        // SAFETY: each page has `page / line` cells; those of the run begin at `line`.
        let cells = unsafe { self.line_cells.add(line) };
        // SAFETY: as for the cells.
        let tags = unsafe { self.line_tags.add(line) };
        // SAFETY: the run's pages have `capacity / line_bytes` records, and there are no more granules than
        // lines. They were initialised by `build` and are plain numbers, whatever an earlier region left
        // there. They are this region's until its run is given back.
        let table = unsafe { RawTable::new(cells, tags, (capacity / granule_bytes) as u16) };
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
                match pages.heap.give_back(&mut pages.table.view(), first, count) {
                    Ok(()) => pages.free += usize::from(count),
                    Err(_) => pages.faults = pages.faults.saturating_add(1),
                }
            });
        });
    }

    fn usage(&self) -> PoolUsage {
        self.pages.with(|pages| PoolUsage {
            page_bytes: self.profile.page_bytes,
            pages: usize::from(pages.table.granules()),
            free_pages: pages.free,
            largest_run: usize::from(pages.heap.largest(&pages.table.view())),
            regions: pages.regions,
            peak_pages: pages.peak,
        })
    }
}
