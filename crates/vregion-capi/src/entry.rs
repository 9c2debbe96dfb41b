//! Handles as numbers, and the entries that they name: who may use a region, and who ends it.

use core::cell::UnsafeCell;
use core::fmt;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use vregion::{Region, Statistics};

use crate::log::{Level, line};

/// The most references that are counted. A region with as many is kept for good rather than freed too early.
const MAX_REFERENCES: u32 = (1 << 14) - 1;
/// The most operations that run in a region at once.
const MAX_RUNNING: u32 = (1 << 8) - 2;
/// In place of a number of running operations: the entry is being filled or emptied.
const CLAIMED: u32 = MAX_RUNNING + 1;
/// Generations are 1 to this, then 1 again. There is no 0, so that no small number is a handle.
const MAX_GENERATION: u32 = (1 << 10) - 1;

/// Why a handle can't be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum HandleError {
    /// It was put for the last time, or is no handle.
    NotLive,
    /// As many operations as can be counted run in its region.
    Busy,
}

impl fmt::Display for HandleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotLive => "is no live region (put too often?)",
            Self::Busy => "has too many operations running at once; try again",
        })
    }
}

/// What an entry's atomic word says.
///
/// ```text
///  31        22 21      14 13          0
///  | generation | running | references |
///
///  references  running
///           0        0     vacant
///           0  CLAIMED     one thread fills or empties it
///         1..     0..      live
///           0     1..      dying: the last operation ends it
/// ```
#[derive(Clone, Copy)]
struct Word(u32);

impl Word {
    /// One running operation.
    const OPERATION: u32 = 1 << 14;

    fn new(generation: u32, running: u32, references: u32) -> Self {
        Self(generation << 22 | running << 14 | references)
    }

    fn generation(self) -> u32 {
        self.0 >> 22
    }

    #[inline(always)]
    fn running(self) -> u32 {
        self.0 >> 14 & 0xFF
    }

    #[inline(always)]
    fn references(self) -> u32 {
        self.0 & MAX_REFERENCES
    }

    fn is_vacant(self) -> bool {
        self.running() == 0 && self.references() == 0
    }

    fn is_claimed(self) -> bool {
        self.running() == CLAIMED
    }

    /// The same, if a handle of `generation` may use it.
    #[inline(always)]
    fn live(self, generation: u32) -> Result<Self, HandleError> {
        let live = self.generation() == generation && self.references() > 0;
        if live { Ok(self) } else { Err(HandleError::NotLive) }
    }

    /// With one operation more.
    #[inline(always)]
    fn enter(self) -> Result<Self, HandleError> {
        let room = self.running() < MAX_RUNNING;
        if room { Ok(Self(self.0 + Self::OPERATION)) } else { Err(HandleError::Busy) }
    }

    /// With one operation less; the last in a dying region claims the entry.
    #[inline(always)]
    fn leave(self) -> Self {
        match (self.running(), self.references()) {
            (1, 0) => Self::new(self.generation(), CLAIMED, 0),
            _ => Self(self.0 - Self::OPERATION),
        }
    }

    /// With one reference more, of a live entry.
    fn get(self) -> Self {
        if self.references() == MAX_REFERENCES { self } else { Self(self.0 + 1) }
    }

    /// With one reference less, of a live entry; the last claims the entry unless operations run in it.
    fn put(self) -> Self {
        match (self.running(), self.references()) {
            (_, MAX_REFERENCES) => self,
            (0, 1) => Self::new(self.generation(), CLAIMED, 0),
            _ => Self(self.0 - 1),
        }
    }
}

/// A place for one region.
pub(crate) struct Entry {
    word: AtomicU32,
    /// Whether the end of the lifetime phase has been logged.
    sealed: AtomicBool,
    region: UnsafeCell<Option<Region<'static>>>,
}

// SAFETY: `region` is written only by the thread that moved `word` to claimed, and read only through a `Running`,
// which counts itself in `word` while references are left. `word` passes from one to the other only through
// vacant or live with acquire and release, so a write never meets a read or another write. The region itself
// may be used and dropped by any thread, which `_THREADS` checks.
unsafe impl Sync for Entry {}

/// Doesn't compile with vregion's feature `single-thread`, which takes the lock away that handles need.
const _THREADS: () = {
    const fn any_thread<T: Send + Sync>() {}
    any_thread::<Region<'static>>();
};

impl Entry {
    pub(crate) fn vacant() -> Self {
        let word = Word::new(1, 0, 0);
        Self { word: AtomicU32::new(word.0), sealed: AtomicBool::new(false), region: UnsafeCell::new(None) }
    }

    /// Changes the word; gives the new one.
    #[inline(always)]
    fn change(&self, next: impl Fn(Word) -> Result<Word, HandleError>) -> Result<Word, HandleError> {
        let mut bits = self.word.load(Ordering::Relaxed);
        loop {
            let new = next(Word(bits))?;
            match self.word.compare_exchange_weak(bits, new.0, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return Ok(new),
                Err(seen) => bits = seen,
            }
        }
    }

    /// Fills a vacant entry with a region that has one reference; gives the generation of its handle. `make`
    /// is not called if the entry is not vacant.
    fn fill(&self, make: impl FnOnce(u32) -> Region<'static>) -> Option<u32> {
        let claim = |word: Word| match word.is_vacant() {
            true => Ok(Word::new(word.generation(), CLAIMED, 0)),
            false => Err(HandleError::Busy),
        };
        let generation = self.change(claim).ok()?.generation();
        let region = make(generation);
        // SAFETY: this thread has claimed the entry, see `Sync`; the pointer is that of a live cell.
        unsafe { *self.region.get() = Some(region) };
        self.sealed.store(false, Ordering::Relaxed);
        let live = Word::new(generation, 0, 1);
        self.word.store(live.0, Ordering::Release);
        Some(generation)
    }

    /// Ends the region of an entry that this thread has claimed. Handles of its generation are refused from
    /// then on. The entry is vacant before the region's pages are.
    #[cold]
    fn empty(&self, generation: u32) {
        // SAFETY: as in `fill`.
        let region = unsafe { (*self.region.get()).take() };
        let vacant = Word::new(generation % MAX_GENERATION + 1, 0, 0);
        self.word.store(vacant.0, Ordering::Release);
        if let Some(region) = region {
            let Statistics { capacity, lifetime_bytes, lifetime_frees, .. } = region.statistics();
            let base = region.raw_base();
            line(
                Level::Debug,
                format_args!(
                    "destroy {base:p}: {capacity} B, lifetime {lifetime_bytes} B used, {lifetime_frees} frees"
                ),
            );
        }
    }

    #[inline(always)]
    fn end_if_claimed(&self, word: Word) {
        if word.is_claimed() {
            self.empty(word.generation());
        }
    }
}

/// An operation that runs in a live region, which stays until it is dropped.
pub(crate) struct Running<'e> {
    entry: &'e Entry,
    /// No reference, as the region may end while this is dropped.
    region: NonNull<Region<'static>>,
}

impl Running<'_> {
    pub(crate) fn region(&self) -> &Region<'static> {
        // SAFETY: from a live cell's contents. The operation is counted in `word` until `drop`, so nobody writes
        // the cell while the result is borrowed from `self`, see `Entry`'s `Sync`.
        unsafe { self.region.as_ref() }
    }

    /// Notes that the lifetime phase has ended; true for who notes it first.
    pub(crate) fn note_seal(&self) -> bool {
        !self.entry.sealed.swap(true, Ordering::Relaxed)
    }

    /// Whether the lifetime phase is known to have ended.
    pub(crate) fn is_sealed(&self) -> bool {
        self.entry.sealed.load(Ordering::Relaxed)
    }
}

impl Drop for Running<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Ok(word) = self.entry.change(|word| Ok(word.leave())) {
            self.entry.end_if_claimed(word);
        }
    }
}

/// What is left after a put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Left {
    /// Other references.
    Alive,
    /// None: the region has ended, or ends with the operations that other threads run in it.
    Gone,
}

/// A handle: the number of an entry from 1 on in the low half, the generation of its use above it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Handle(pub(crate) usize);

impl Handle {
    fn new(index: usize, generation: u32) -> Self {
        Self((generation as usize) << 16 | (index + 1))
    }

    #[inline(always)]
    fn split(self) -> Option<(usize, u32)> {
        let generation = u32::try_from(self.0 >> 16).ok()?;
        Some(((self.0 & 0xFFFF).checked_sub(1)?, generation))
    }
}

/// The entries of a pool, one for each region that may be alive.
#[derive(Clone, Copy)]
pub(crate) struct Entries(pub(crate) &'static [Entry]);

impl Entries {
    #[inline(always)]
    fn find(&self, handle: Handle) -> Result<(&'static Entry, u32), HandleError> {
        let (index, generation) = handle.split().ok_or(HandleError::NotLive)?;
        let entry = self.0.get(index).ok_or(HandleError::NotLive)?;
        Ok((entry, generation))
    }

    /// Gives a region a handle, under which its requests are booked. Takes time proportional to the entries.
    ///
    /// There always is a vacant one: each other entry in use goes with a slot in vregion that is in use, and
    /// this region has one more of these. The search may only miss it while other threads vacate and fill
    /// entries, and then goes on.
    pub(crate) fn add(&self, region: Region<'static>) -> Handle {
        loop {
            for (index, entry) in self.0.iter().enumerate() {
                let named = |generation| region.for_owner(Handle::new(index, generation).0 as u32);
                if let Some(generation) = entry.fill(named) {
                    return Handle::new(index, generation);
                }
            }
            core::hint::spin_loop();
        }
    }

    /// Begins an operation in the region of a handle.
    #[inline(always)]
    pub(crate) fn run(&self, handle: Handle) -> Result<Running<'static>, HandleError> {
        let (entry, generation) = self.find(handle)?;
        entry.change(|word| word.live(generation)?.enter())?;
        // SAFETY: the operation is counted now, so nobody writes the cell until it has left, see `Sync`.
        let region = unsafe { &*entry.region.get() }.as_ref();
        region.map(|region| Running { entry, region: NonNull::from(region) }).ok_or(HandleError::NotLive)
    }

    /// One reference more.
    pub(crate) fn get(&self, handle: Handle) -> Result<(), HandleError> {
        let (entry, generation) = self.find(handle)?;
        entry.change(|word| Ok(word.live(generation)?.get())).map(drop)
    }

    /// One reference less.
    pub(crate) fn put(&self, handle: Handle) -> Result<Left, HandleError> {
        let (entry, generation) = self.find(handle)?;
        let word = entry.change(|word| Ok(word.live(generation)?.put()))?;
        entry.end_if_claimed(word);
        Ok(if word.references() == 0 { Left::Gone } else { Left::Alive })
    }
}
