//! The pages of an arena, handed out as contiguous runs, one per region.

use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::heap::{Heap, Run};
use crate::lock::Lock;
use crate::profile::{NO_SLOT, Plan, Profile, Share};
use crate::slot::Slot;
use crate::state::{Ground, PageRun, State};
use crate::table::{NONE, RawTable, Unit, WORD};
use crate::trace::Event;
use crate::{PoolError, PoolUsage, Region, RegionError};

/// The most pages a pool can number.
const MAX_PAGES: usize = u16::MAX as usize;

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
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl Send for PagePool<'_> {}
// SAFETY: all that `&PagePool` gives is `&Core`, and `Core` is `Sync`.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl Sync for PagePool<'_> {}

impl<'a> PagePool<'a> {
    /// Bytes of tables that a pool over `arena_bytes` bytes needs: about 470 B per region slot (310 B on 32 bits),
    /// 500 B for the pool (280 B), and 1.1 B per line and per page. A profile with pages of 0 bytes has no pages.
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
        if pages > MAX_PAGES {
            return Err(PoolError::ArenaTooLarge { pages, limit: MAX_PAGES });
        }
        // SAFETY: `skipped < arena_bytes`, or `pages` would be 0.
        let arena = unsafe { arena.add(skipped) };
        let core = Core::build(profile, arena, pages as u16, tables)?;
        Ok(Self { core, _memory: PhantomData })
    }

    /// Tells every [`Event`](crate::Event) from here on to `hook`, on the thread on which it happens. The hook may only
    /// take notes: one that uses the pool, or what lives in it, waits for ever or panics; one that panics itself
    /// leaks what it was told about.
    #[cfg(feature = "trace")]
    #[must_use]
    pub fn with_trace(mut self, hook: fn(&crate::Event)) -> Self {
        // SAFETY: `new` wrote the core. `self` is owned, so no region borrows the pool: nobody else refers to
        // the core.
        let core = unsafe { self.core.as_mut() };
        core.hook = Some(hook);
        self
    }

    /// A region of at least `bytes` bytes for `owner` (a component or pipeline id, say).
    ///
    /// # Errors
    /// When `bytes` is 0, or there is no run of pages or no slot for it, see [`RegionError`].
    pub fn region(&self, owner: u32, bytes: usize) -> Result<Region<'_>, RegionError> {
        let slot = self.core().open(owner, bytes)?;
        slot.trace(|region| Event::Made {
            region,
            owner,
            capacity: bytes.next_multiple_of(self.core().profile.page_bytes),
        });
        Ok(Region::new(slot, owner))
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

    fn open(&self, owner: u32, bytes: usize) -> Result<&Slot, RegionError> {
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

    fn usage(&self) -> PoolUsage {
        self.pages.with(|pages| PoolUsage {
            page_bytes: self.profile.page_bytes,
            pages: pages.table.granules() as usize,
            free_pages: pages.free,
            largest_run: pages.heap.largest(&pages.table.view()) as usize,
            regions: pages.regions,
            peak_pages: pages.peak,
        })
    }
}
