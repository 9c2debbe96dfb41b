//! Read-only copies of constant data in a region's memory, the large ones shared by all who ask.

use core::fmt;
use core::mem::MaybeUninit;
use core::ops::Deref;
use core::ptr::NonNull;
use core::slice;

use stable_deref_trait::StableDeref;

use crate::lock::Lock;
use crate::{AllocError, Block, ObjectUsage, PagePool, Placement, Pool, Pooled, Region, RegionError};

/// What the pages of large copies are for, in errors and statistics.
const WHAT: &str = "shared copy";

/// Copies constant data (filter coefficients in slow memory, say) to where it is read fast.
///
/// | bytes of the source | the copy lies in | each `get` |
/// |---|---|---|
/// | up to half a page | the asker's region, placed as asked | makes a copy of its own |
/// | more | a region of its own, aligned to a page | shares one copy, which the last holder frees |
///
/// A large copy is found by the address of its source. As long as it lives, its source can't be asked for
/// with another size. (Small copies are private, so they are not compared with anything.)
///
/// A cache may be used from any thread; it is for set-up, not for a real-time path. To get a large copy takes
/// the cache's spin lock for a time in proportion to the number of large copies alive and, if it is the first
/// for its source, to the bytes copied. Dropping a copy does not take that lock. Reading one costs no more
/// than reading a slice.
///
/// ```
/// # use core::mem::MaybeUninit;
/// # use vregion::{PagePool, Profile};
/// use vregion::{CopyCache, CopyError, Placement};
///
/// static COEFFICIENTS: [f32; 1000] = [0.5; 1000];
/// # let mut arena = vec![MaybeUninit::uninit(); 64 * 1024];
/// # let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&Profile::DESK, arena.len())];
/// # let pages = PagePool::new(Profile::DESK, &mut arena, &mut tables)?;
/// let shared = pages.region(0, 4096)?;
/// let cache = CopyCache::new(&pages, &shared)?;
///
/// let module = pages.region(7, 4096)?;
/// let left = cache.get(&COEFFICIENTS, &module, Placement::Lifetime, "left filter")?;
/// let right = cache.get(&COEFFICIENTS, &module, Placement::Lifetime, "right filter")?;
/// assert_eq!(*left, COEFFICIENTS);
/// assert_eq!(left.as_ptr(), right.as_ptr(), "4000 bytes are shared");
/// assert_ne!(left.as_ptr(), COEFFICIENTS.as_ptr());
/// let part = cache.get(&COEFFICIENTS[..999], &module, Placement::Lifetime, "part");
/// assert!(matches!(part, Err(CopyError::Size { copied: 4000, asked: 3996, .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CopyCache<'m> {
    pages: &'m PagePool<'m>,
    page_bytes: usize,
    owner: u32,
    /// The lock makes one step of looking for a copy and making it.
    table: Lock<Pool<'m, Entry<'m>>>,
}

/// One large copy; its holders are those of the slot that it lies in.
struct Entry<'m> {
    /// Address of the source.
    source: usize,
    /// As long as the source. Not `u8`: the source may have padding.
    copy: Block<'m, [MaybeUninit<u8>]>,
}

impl<'m> CopyCache<'m> {
    /// A cache without copies. The regions of large copies come from `pages` and belong to the owner of
    /// `table`, whose memory holds the table of these copies: about 75 B for each (40 B on 32 bits), in
    /// chunks of up to 32.
    ///
    /// # Errors
    /// When `table` has no room, see [`Region`].
    pub fn new(pages: &'m PagePool<'m>, table: &Region<'m>) -> Result<Self, AllocError> {
        let owner = table.statistics().owner;
        let page_bytes = pages.usage().page_bytes;
        Ok(Self { pages, page_bytes, owner, table: Lock::new(Pool::new(table, "table of shared copies")?) })
    }

    /// A copy of `source`. `region`, `placement` and `what` say where a copy of up to half a page goes and
    /// how a refusal names it; a larger one does not touch the asker's region.
    ///
    /// # Errors
    /// When the source is alive with another size, or there is no memory, see [`CopyError`]. Nothing is kept
    /// then.
    pub fn get<T: Copy + Send + Sync + 'static>(
        &self,
        source: &'static [T],
        region: &Region<'m>,
        placement: Placement,
        what: &'static str,
    ) -> Result<SharedCopy<'m, T>, CopyError> {
        if size_of_val(source) <= self.page_bytes / 2 {
            let copy = region.slice_from_fn(placement, source.len(), |index| source[index], what)?;
            return Ok(SharedCopy { data: NonNull::from(&*copy), holder: Holder::Private(copy) });
        }
        let entry = self.table.with(|table| self.find_or_make(table, bytes_of(source)))?;
        let start = NonNull::from(&*entry.copy).cast::<T>();
        if align_of::<T>() > self.page_bytes || !start.is_aligned() {
            return Err(CopyError::Alignment { align: align_of::<T>(), page_bytes: self.page_bytes });
        }
        // `find_or_make` copied, or compared, the size: there are `len` elements.
        let data = NonNull::slice_from_raw_parts(start, source.len());
        Ok(SharedCopy { data, holder: Holder::Shared(entry) })
    }

    /// The table's figures: how many large copies are alive, and what is taken for the table.
    pub fn usage(&self) -> ObjectUsage {
        self.table.with(|table| table.usage())
    }

    /// An entry with a copy of exactly these bytes.
    fn find_or_make(
        &self,
        table: &Pool<'m, Entry<'m>>,
        source: &[MaybeUninit<u8>],
    ) -> Result<Pooled<'m, Entry<'m>>, CopyError> {
        let address = source.as_ptr().addr();
        if let Some(entry) = table.iter().find(|entry| entry.source == address) {
            let (copied, asked) = (entry.copy.len(), source.len());
            let same = copied == asked;
            return if same { Ok(entry) } else { Err(CopyError::Size { source: address, copied, asked }) };
        }
        let pages = self.pages.region(self.owner, source.len())?;
        let mut copy = pages.slice(Placement::Lifetime, source.len(), MaybeUninit::uninit(), WHAT)?;
        copy.copy_from_slice(source);
        Ok(table.insert(Entry { source: address, copy })?)
    }
}

impl fmt::Debug for CopyCache<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CopyCache").field(&self.usage()).finish()
    }
}

/// The bytes of a slice, padding included.
fn bytes_of<T: Copy>(source: &'static [T]) -> &'static [MaybeUninit<u8>] {
    let len = size_of_val(source);
    // SAFETY: the same bytes for the same time. Any byte is a `MaybeUninit<u8>`, also one of padding; it has
    // no alignment. A `Copy` type has no `UnsafeCell`, so nobody writes them.
    unsafe { slice::from_raw_parts(source.as_ptr().cast(), len) }
}

/// A read-only copy from a [`CopyCache`], which it may outlive. Dropping it frees the copy, if it is private
/// or this is the last holder.
pub struct SharedCopy<'m, T> {
    /// In what the holder holds.
    data: NonNull<[T]>,
    holder: Holder<'m, T>,
}

enum Holder<'m, T> {
    /// Only for its drop: the data is read through `data`, as is that of a shared copy.
    Private(#[allow(dead_code, reason = "holds the memory")] Block<'m, [T]>),
    Shared(Pooled<'m, Entry<'m>>),
}

// SAFETY: a copy gives `&T` to its thread (`T: Sync`), and the block of a private one is sent with it (`T:
// Send`). Nothing is written after `get`. Entries are `Send` and `Sync`.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: Send + Sync> Send for SharedCopy<'_, T> {}
// SAFETY: `&SharedCopy` gives `&T`, and by `share` another holder, so the same holds.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: Send + Sync> Sync for SharedCopy<'_, T> {}

impl<T> SharedCopy<'_, T> {
    /// Another holder of a shared copy. None for a private copy, which has one holder: ask the cache again.
    pub fn share(&self) -> Option<Self> {
        match &self.holder {
            Holder::Private(_) => None,
            Holder::Shared(entry) => Some(Self { data: self.data, holder: Holder::Shared(entry.clone()) }),
        }
    }
}

impl<T> Deref for SharedCopy<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `get` pointed `data` to an aligned copy of a whole `[T]`, byte for byte, in a block that
        // the holder keeps and that neither moves nor is written.
        unsafe { self.data.as_ref() }
    }
}

// SAFETY: the data lies in a block, not in the holder: moving a holder does not move it.
unsafe impl<T> StableDeref for SharedCopy<'_, T> {}

impl<T: fmt::Debug> fmt::Debug for SharedCopy<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Why a copy can't be had. Nothing has been kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CopyError {
    /// The source is shared with another size.
    Size {
        /// Address of the source.
        source: usize,
        /// Bytes of the copy that is alive.
        copied: usize,
        /// Bytes asked for.
        asked: usize,
    },
    /// Elements of a large source are aligned to more than a page.
    Alignment {
        /// Their alignment.
        align: usize,
        /// Bytes of a page.
        page_bytes: usize,
    },
    /// There is no region for a large copy.
    Region(RegionError),
    /// There is no room in the asker's region for a small copy, or in the cache's for its table.
    Memory(AllocError),
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Size { source, copied, asked } => write!(
                f,
                "shared copy of {source:#x}: {asked} B asked for, it has {copied} B: \
                 ask for the whole source each time"
            ),
            Self::Alignment { align, page_bytes } => write!(
                f,
                "shared copy: elements aligned to {align} B, a page has {page_bytes} B: choose a larger page"
            ),
            Self::Region(error) => write!(f, "shared copy: {error}"),
            Self::Memory(error) => write!(f, "shared copy: {error}"),
        }
    }
}

impl core::error::Error for CopyError {}

impl From<RegionError> for CopyError {
    fn from(error: RegionError) -> Self {
        Self::Region(error)
    }
}

impl From<AllocError> for CopyError {
    fn from(error: AllocError) -> Self {
        Self::Memory(error)
    }
}
