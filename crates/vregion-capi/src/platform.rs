//! What the platform gives before the first region: memory, its profile and a way to the cache.

use core::alloc::Layout;
use core::ffi::{c_int, c_void};
use core::fmt;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::slice;
use core::sync::atomic::{AtomicBool, Ordering};

use vregion::{PagePool, PoolError, Profile};

use crate::entry::{Entries, Entry};
use crate::log::{Level, line};
use crate::pool::{Invalidate, Pool};

/// `struct vregion_profile`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct VregionProfile {
    /// Bytes of a page: a power of two.
    pub page_bytes: usize,
    /// Bytes of a data cache line: a power of two from 8 to a page.
    pub line_bytes: usize,
    /// The most regions alive at once, up to 65,535.
    pub max_regions: usize,
    /// The bits in which the uncached address of a byte differs from its cached one; 0 without such an alias.
    pub uncached_xor: usize,
    /// Called with the lines of each new coherent block; may be null.
    pub invalidate: Option<Invalidate>,
}

impl VregionProfile {
    fn profile(&self) -> Profile {
        let Self { page_bytes, line_bytes, max_regions, uncached_xor, .. } = *self;
        Profile { page_bytes, line_bytes, max_regions, uncached_xor }
    }

    /// What this crate puts before vregion's tables: the pool, and the entries at the offset.
    fn front(&self) -> Option<(Layout, usize)> {
        let entries = Layout::array::<Entry>(self.max_regions).ok()?;
        Layout::new::<Pool>().extend(entries).ok()
    }
}

/// Why there is no pool. The numbers of `errno.h` go to C.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum InitError {
    Null,
    /// The arena or the tables end beyond the address space, or they share memory.
    Ranges,
    /// There is a pool already, or another thread makes it.
    Again,
    /// Bytes of tables that are not enough for the entries.
    Tables {
        needed: usize,
        given: usize,
    },
    Pool(PoolError),
}

impl InitError {
    fn errno(self) -> c_int {
        const ENOMEM: c_int = 12;
        const EBUSY: c_int = 16;
        const EINVAL: c_int = 22;
        match self {
            Self::Again => -EBUSY,
            Self::Tables { .. } => -ENOMEM,
            Self::Pool(PoolError::TablesTooSmall { .. } | PoolError::ArenaTooSmall { .. }) => -ENOMEM,
            Self::Null | Self::Ranges | Self::Pool(_) => -EINVAL,
        }
    }
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("arena, tables and profile must not be null"),
            Self::Ranges => f.write_str("arena and tables must be apart and inside the address space"),
            Self::Again => f.write_str("there is a pool already, one is all"),
            Self::Tables { needed, given } => {
                write!(f, "tables of {given} B given, {needed} B needed (see vregion_pool_table_bytes)")
            }
            Self::Pool(error) => error.fmt(f),
        }
    }
}

/// Bytes of a piece of memory that C gives for good.
struct Piece {
    start: NonNull<u8>,
    bytes: usize,
}

impl Piece {
    fn new(start: *mut c_void, bytes: usize) -> Result<Self, InitError> {
        let start = NonNull::new(start.cast()).ok_or(InitError::Null)?;
        let piece = Self { start, bytes };
        match isize::try_from(bytes).is_ok() && piece.end().is_some() {
            true => Ok(piece),
            false => Err(InitError::Ranges),
        }
    }

    fn end(&self) -> Option<usize> {
        self.start.addr().get().checked_add(self.bytes)
    }

    fn overlaps(&self, other: &Self) -> bool {
        Some(self.start.addr().get()) < other.end() && Some(other.start.addr().get()) < self.end()
    }

    /// # Safety
    /// The piece must be memory that nothing else uses from now on.
    unsafe fn into_slice(self) -> &'static mut [MaybeUninit<u8>] {
        // SAFETY: the caller promises that the memory is there and ours for good, any byte is a valid
        // `MaybeUninit`, and `new` checked that it isn't null, too long, or beyond the address space.
        unsafe { slice::from_raw_parts_mut(self.start.cast().as_ptr(), self.bytes) }
    }
}

/// Bytes of tables that a pool needs; 0 without a profile.
///
/// # Safety
/// `profile` must be null or point to a profile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vregion_pool_table_bytes(
    profile: *const VregionProfile,
    arena_bytes: usize,
) -> usize {
    // SAFETY: null or valid, as the caller promises.
    let Some(profile) = (unsafe { profile.as_ref() }) else { return 0 };
    let Some((front, _)) = profile.front() else { return usize::MAX };
    let tables = PagePool::table_bytes(&profile.profile(), arena_bytes);
    tables.saturating_add(front.size()).saturating_add(front.align() - 1)
}

/// Makes the image's pool; 0, or a negative number of `errno.h`.
///
/// # Safety
/// `profile` must be null or point to a profile. `arena` and `tables` must be null or memory of that many bytes,
/// which after success belongs to the pool for good. The profile's hook must be callable from any thread that
/// calls this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vregion_pool_init(
    arena: *mut c_void,
    arena_bytes: usize,
    tables: *mut c_void,
    tables_bytes: usize,
    profile: *const VregionProfile,
) -> c_int {
    // SAFETY: null or valid, as the caller promises.
    let profile = unsafe { profile.as_ref() };
    let pieces =
        Piece::new(arena, arena_bytes).and_then(|arena| Ok((arena, Piece::new(tables, tables_bytes)?)));
    let made = pieces.and_then(|(arena, tables)| {
        // SAFETY: the caller promises the memory.
        unsafe { init(arena, tables, profile.ok_or(InitError::Null)?) }
    });
    match made {
        Ok(()) => 0,
        Err(error) => {
            line(Level::Error, format_args!("vregion_pool_init: {error}"));
            error.errno()
        }
    }
}

/// # Safety
/// The pieces must be memory that after success nothing else uses.
unsafe fn init(arena: Piece, tables: Piece, profile: &VregionProfile) -> Result<(), InitError> {
    static TAKEN: AtomicBool = AtomicBool::new(false);

    if arena.overlaps(&tables) {
        return Err(InitError::Ranges);
    }
    if TAKEN.swap(true, Ordering::AcqRel) {
        return Err(InitError::Again);
    }
    // SAFETY: the caller promises the memory. The pieces are apart, so the slices don't alias.
    let arena = unsafe { arena.into_slice() };
    // SAFETY: as for the arena.
    let tables = unsafe { tables.into_slice() };
    let built = build(arena, tables, profile).map(Pool::publish);
    if built.is_err() {
        TAKEN.store(false, Ordering::Release);
    }
    built
}

/// Writes the pool and vacant entries at the start of the tables; the rest is vregion's.
pub(crate) fn build(
    arena: &'static mut [MaybeUninit<u8>],
    tables: &'static mut [MaybeUninit<u8>],
    profile: &VregionProfile,
) -> Result<&'static mut Pool, InitError> {
    let given = tables.len();
    let (front, at) = profile.front().ok_or(InitError::Tables { needed: usize::MAX, given })?;
    let skipped = tables.as_ptr().align_offset(front.align());
    let needed = skipped.saturating_add(front.size());
    let split = tables.split_at_mut_checked(needed).ok_or(InitError::Tables { needed, given })?;
    let (front, tables) = (&mut split.0[skipped..], split.1);
    let (pool, entries) = front.split_at_mut(at);
    let pages = PagePool::new(profile.profile(), arena, tables).map_err(InitError::Pool)?;
    let entries = entries.as_mut_ptr().cast::<MaybeUninit<Entry>>();
    // SAFETY: `front` has `max_regions` entries from `at` on, aligned as it says. The bytes were borrowed for
    // good, and any byte is a valid `MaybeUninit`.
    let entries = unsafe { slice::from_raw_parts_mut(entries, profile.max_regions) };
    for entry in entries.iter_mut() {
        entry.write(Entry::vacant());
    }
    // SAFETY: all have just been written.
    let entries = Entries(unsafe { entries.assume_init_ref() });
    let pool = pool.as_mut_ptr().cast::<MaybeUninit<Pool>>();
    // SAFETY: as for the entries; `front` begins with one pool.
    let pool = unsafe { &mut *pool };
    let VregionProfile { line_bytes, uncached_xor, invalidate, .. } = *profile;
    Ok(pool.write(Pool { pages, entries, line_bytes, uncached_xor, invalidate }))
}
