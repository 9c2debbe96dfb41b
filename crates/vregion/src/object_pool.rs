//! A pool of objects of one type, in chunks of a region.

mod chunk;

use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ops::Deref;
use core::ptr::NonNull;

use stable_deref_trait::{CloneStableDeref, StableDeref};

use crate::lock::Lock;
use crate::{AllocError, Placement, Region, Shared};
use chunk::{Chunk, LARGEST, Slot};

/// Objects of one type, made and dropped often, in memory that is taken from a region in few pieces.
///
/// The pool takes chunks of 2, 4, 8, 16, 32, and then always 32 slots when no slot is vacant. All of its
/// memory is [`Indifferent`](Placement::Indifferent): a pool never seals its region and is never late. Chunks
/// stay with the pool; the last of its handles and objects to be dropped gives them all back.
///
/// ```text
///                 .--------- anchor: while an object lives, the pool's own hold on itself
///                 v         |
/// Pool --hold--> Core ------'   first -> | Chunk | Slot | Slot |
///                 ^                         |
/// Pooled ---------'                         '-> | Chunk | Slot | Slot | Slot | Slot | -> ...
///    '---------------------------------------------------------^
/// ```
///
/// An object is shared by its handles, and the pool may make more of them ([`Pool::iter`]), so handles give
/// `&T`: an object that changes has cells, atomics or a lock of its own.
///
/// Handles of the pool and of its objects may be used from any thread if `T` is `Send` and `Sync`. Each
/// operation takes the pool's spin lock for a time that depends neither on the number of chunks nor on the
/// number of objects, except that taking a chunk zeroes it. Values are moved in and dropped outside the lock,
/// so a value may use its own pool.
///
/// ```
/// # use core::mem::MaybeUninit;
/// # use vregion::{PagePool, Profile};
/// use core::cell::Cell;
/// use vregion::Pool;
///
/// # let mut arena = vec![MaybeUninit::uninit(); 64 * 1024];
/// # let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&Profile::DESK, arena.len())];
/// # let pages = PagePool::new(Profile::DESK, &mut arena, &mut tables)?;
/// let region = pages.region(7, 4096)?;
/// let voices = Pool::new(&region, "voices")?;
/// let low = voices.insert(Cell::new(110.0))?;
/// let high = voices.insert(Cell::new(880.0))?;
/// low.set(220.0);
///
/// assert!(voices.iter().any(|voice| voice.get() == 220.0));
/// drop(low);
/// assert_eq!((voices.usage().live, voices.usage().capacity), (1, 2));
/// drop((region, voices));
/// assert_eq!(high.get(), 880.0, "an object holds its pool and the region");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What one handle may put in, another may read, so the type of the objects is exact:
///
/// ```compile_fail
/// # use vregion::Pool;
/// fn shorter<'m, 'a>(pool: Pool<'m, &'static str>) -> Pool<'m, &'a str> {
///     pool
/// }
/// ```
pub struct Pool<'m, T> {
    core: Shared<'m, Core<'m, T>>,
}

// SAFETY: handles on several threads give out `&T` there (`T: Sync`), and the last one drops the value (`T:
// Send`). All else that the pool points to is reached with its lock held, or never changes.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: Send + Sync> Send for Pool<'_, T> {}
// SAFETY: `&Pool` can be cloned to another thread's own handle, so the same holds.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: Send + Sync> Sync for Pool<'_, T> {}

/// A pool's figures at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ObjectUsage {
    /// Chunks taken from the region.
    pub chunks: usize,
    /// Slots in these chunks.
    pub capacity: usize,
    /// Slots in use.
    pub live: usize,
    /// The most slots that were in use at once.
    pub peak: usize,
}

impl<'m, T> Pool<'m, T> {
    /// An empty pool, which takes whole cache lines for itself and no chunk yet. `what` names it in errors
    /// and in the region's statistics.
    ///
    /// # Errors
    /// As for all requests, see [`Region`].
    pub fn new(region: &Region<'m>, what: &'static str) -> Result<Self, AllocError> {
        let core = Core { region: region.clone(), what, state: Lock::new(State::EMPTY) };
        Ok(Self { core: region.shared(Placement::Indifferent, core, what)? })
    }

    /// Moves a value into a vacant slot, most often the one that became vacant last.
    ///
    /// # Errors
    /// When no slot is vacant and the region has no room for a chunk, see [`Region`]; the value is dropped
    /// then, and nothing else has changed.
    pub fn insert(&self, value: T) -> Result<Pooled<'m, T>, AllocError> {
        let core = &*self.core;
        let slot = core.state.with(|state| {
            let slot = state.take(core)?;
            // Taken without owners: the pool's handles may go, and the iterators leave the slot alone.
            state.anchor.get_or_insert_with(|| self.core.clone());
            Ok(slot)
        })?;
        // Nothing from here on panics: a handle without a value must not be dropped.
        let pooled = Pooled { slot, core: NonNull::from(core), _owns: PhantomData };
        let target = pooled.slot().value.get();
        // SAFETY: the slot was vacant and is taken, so nobody else reads or writes its value.
        unsafe { target.write(MaybeUninit::new(value)) };
        core.state.with(|_| pooled.slot().add_owner());
        Ok(pooled)
    }

    /// Handles to the live objects, in the order of their slots; when none was dropped, that is the order in
    /// which they were made. The usual adapters stop early.
    ///
    /// Objects may come and go meanwhile. One that is alive all the time is seen once; one that is made or
    /// dropped meanwhile is seen once or not at all. A handle that was handed out keeps its object alive,
    /// also if its other owners let go. Looks at no more than one chunk's slots with the lock held.
    pub fn iter(&self) -> impl Iterator<Item = Pooled<'m, T>> + use<'_, 'm, T> {
        let mut place = Place { chunk: None, index: 0 };
        core::iter::from_fn(move || {
            loop {
                match self.core.state.with(|state| state.look(&mut place)) {
                    Look::Found(slot) => {
                        return Some(Pooled { slot, core: NonNull::from(&*self.core), _owns: PhantomData });
                    }
                    Look::Further => {}
                    Look::End => return None,
                }
            }
        })
    }

    /// The pool's figures now. Objects that are just moved in or dropped count as live.
    pub fn usage(&self) -> ObjectUsage {
        self.core.state.with(|state| state.usage)
    }
}

impl<T> Clone for Pool<'_, T> {
    /// Another handle to the same pool.
    fn clone(&self) -> Self {
        Self { core: self.core.clone() }
    }
}

impl<T> fmt::Debug for Pool<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("what", &self.core.what).field("usage", &self.usage()).finish()
    }
}

/// One of the owners of an object in a [`Pool`]; holds the pool and its region. The last owner to be dropped
/// drops the value and then makes the slot vacant.
///
/// An object that has had 4,294,967,295 owners at once is never dropped.
///
/// ```compile_fail,E0277
/// fn send<T: Send>() {}
/// send::<vregion::Pooled<'static, std::cell::Cell<u8>>>();
/// ```
pub struct Pooled<'m, T> {
    slot: NonNull<Slot<T>>,
    core: NonNull<Core<'m, T>>,
    _owns: PhantomData<T>,
}

// SAFETY: as for `Pool`.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: Send + Sync> Send for Pooled<'_, T> {}
// SAFETY: as for `Pool`.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: Send + Sync> Sync for Pooled<'_, T> {}

impl<'m, T> Pooled<'m, T> {
    fn core(&self) -> &Core<'m, T> {
        // SAFETY: the slot is in use, so the core holds itself by its anchor. It never moves, and is only
        // ever shared.
        unsafe { self.core.as_ref() }
    }

    fn slot(&self) -> &Slot<T> {
        // SAFETY: the slot lies in a chunk, and chunks live as long as the core. Slots change in cells only.
        unsafe { self.slot.as_ref() }
    }
}

impl<T> Clone for Pooled<'_, T> {
    /// Another owner of the same object.
    fn clone(&self) -> Self {
        self.core().state.with(|_| self.slot().add_owner());
        Self { slot: self.slot, core: self.core, _owns: PhantomData }
    }
}

impl<T> Drop for Pooled<'_, T> {
    fn drop(&mut self) {
        if !self.core().state.with(|_| self.slot().remove_owner()) {
            return;
        }
        // Puts the slot back after the value's drop, also if that panics.
        let _vacate = Vacate { slot: self.slot, core: self.core };
        let value = self.slot().value.get().cast::<T>();
        // SAFETY: the value was moved in before the slot had owners, and its last owner is gone: nobody else
        // has a reference to it or will get one. What other threads did with it happened before they gave up
        // their ownership under the pool's lock.
        unsafe { value.drop_in_place() };
    }
}

/// Makes a slot without owners and value vacant, when dropped.
struct Vacate<'m, T> {
    slot: NonNull<Slot<T>>,
    core: NonNull<Core<'m, T>>,
}

impl<T> Drop for Vacate<'_, T> {
    fn drop(&mut self) {
        // SAFETY: the slot still counts as used, so the core holds itself by its anchor.
        let core = unsafe { self.core.as_ref() };
        let anchor = core.state.with(|state| state.put_back(self.slot));
        // Outside the lock, which lies in what this may drop.
        drop(anchor);
    }
}

impl<T> Deref for Pooled<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        let value = self.slot().value.get().cast::<T>();
        // SAFETY: the value was moved in before the slot had owners. It has one, `self`, so it is neither
        // dropped nor written.
        unsafe { &*value }
    }
}

// SAFETY: the value lies in its slot, not in the handle: moving a handle does not move it.
unsafe impl<T> StableDeref for Pooled<'_, T> {}
// SAFETY: a clone refers to the same slot, so it gives the same address.
unsafe impl<T> CloneStableDeref for Pooled<'_, T> {}

impl<T: fmt::Debug> fmt::Debug for Pooled<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// What the handles of a pool and of its objects have in common. Lies in the region and never moves.
struct Core<'m, T> {
    region: Region<'m>,
    what: &'static str,
    state: Lock<State<'m, T>>,
}

/// The chunks and the vacant slots. Slots that have been used are in a list, the others are the end of the
/// last chunk.
struct State<'m, T> {
    first: Option<NonNull<Chunk<'m, T>>>,
    last: Option<NonNull<Chunk<'m, T>>>,
    vacant: Option<NonNull<Slot<T>>>,
    /// The first slot that has never been used, if `unused` is not 0.
    fresh: NonNull<Slot<T>>,
    unused: usize,
    /// The core itself, while a slot is in use: so an object outlives the pool's handles, without the
    /// region's lock for each.
    anchor: Option<Shared<'m, Core<'m, T>>>,
    usage: ObjectUsage,
}

/// Where an iterator goes on: before the first chunk, or in one.
struct Place<'m, T> {
    chunk: Option<NonNull<Chunk<'m, T>>>,
    index: usize,
}

/// What an iterator found in the rest of a chunk.
enum Look<T> {
    Found(NonNull<Slot<T>>),
    Further,
    End,
}

impl<'m, T> State<'m, T> {
    const EMPTY: Self = Self {
        first: None,
        last: None,
        vacant: None,
        fresh: NonNull::dangling(),
        unused: 0,
        anchor: None,
        usage: ObjectUsage { chunks: 0, capacity: 0, live: 0, peak: 0 },
    };

    fn slot(&self, slot: NonNull<Slot<T>>) -> &Slot<T> {
        // SAFETY: all slots lie in chunks of this state, which live as long as it does and change in cells
        // only.
        unsafe { slot.as_ref() }
    }

    fn chunk(&self, chunk: NonNull<Chunk<'m, T>>) -> &Chunk<'m, T> {
        // SAFETY: all chunks are of this state, live as long as it does and change in cells only.
        unsafe { chunk.as_ref() }
    }

    /// A vacant slot, from now on in use.
    fn take(&mut self, core: &Core<'m, T>) -> Result<NonNull<Slot<T>>, AllocError> {
        let slot = match self.vacant {
            Some(slot) => {
                self.vacant = self.slot(slot).next_vacant.take();
                slot
            }
            None => self.take_fresh(core)?,
        };
        self.usage.live += 1;
        self.usage.peak = self.usage.peak.max(self.usage.live);
        Ok(slot)
    }

    fn take_fresh(&mut self, core: &Core<'m, T>) -> Result<NonNull<Slot<T>>, AllocError> {
        if self.unused == 0 {
            self.grow(core)?;
        }
        let slot = self.fresh;
        self.unused -= 1;
        // SAFETY: `slot` is one of the last chunk's, so what follows is too, or is the end of it.
        self.fresh = unsafe { slot.add(1) };
        Ok(slot)
    }

    #[cold]
    fn grow(&mut self, core: &Core<'m, T>) -> Result<(), AllocError> {
        let len = LARGEST.min(2 << self.usage.chunks.min(4));
        let made = Chunk::make(&core.region, len, core.what)?;
        match self.last {
            Some(last) => self.chunk(last).next.set(Some(made)),
            None => self.first = Some(made),
        }
        self.last = Some(made);
        self.fresh = self.chunk(made).slots;
        self.unused = len;
        self.usage.chunks += 1;
        self.usage.capacity += len;
        Ok(())
    }

    /// Takes a slot back; returns the anchor when no slot is in use any more.
    fn put_back(&mut self, slot: NonNull<Slot<T>>) -> Option<Shared<'m, Core<'m, T>>> {
        self.slot(slot).next_vacant.set(self.vacant);
        self.vacant = Some(slot);
        self.usage.live -= 1;
        if self.usage.live == 0 { self.anchor.take() } else { None }
    }

    /// Looks for a live object in the rest of the chunk that an iterator has come to, and owns it once more.
    fn look(&self, place: &mut Place<'m, T>) -> Look<T> {
        let Some(at) = place.chunk.or(self.first) else {
            return Look::End;
        };
        place.chunk = Some(at);
        let chunk = self.chunk(at);
        for (index, slot) in chunk.slots_from(place.index) {
            if self.slot(slot).owners.get() > 0 {
                self.slot(slot).add_owner();
                place.index = index + 1;
                return Look::Found(slot);
            }
        }
        place.index = chunk.len;
        let Some(next) = chunk.next.get() else {
            return Look::End;
        };
        *place = Place { chunk: Some(next), index: 0 };
        Look::Further
    }
}

impl<T> Drop for State<'_, T> {
    fn drop(&mut self) {
        let mut next = self.first;
        while let Some(chunk) = next {
            // SAFETY: `grow` made the chunk. No slot is in use, or the anchor would keep the core, and the
            // state is not used after this.
            next = unsafe { Chunk::release(chunk) };
        }
    }
}
