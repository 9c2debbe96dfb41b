//! The pages of an arena, handed out as contiguous runs, one per region.

use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::pages::{Core, Plan};
use crate::trace::Event;
use crate::{PoolError, PoolUsage, Profile, Region, RegionError};

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
