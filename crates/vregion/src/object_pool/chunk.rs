//! One block of a region that holds a number of a pool's slots.

use core::alloc::Layout;
use core::cell::{Cell, UnsafeCell};
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::{AllocError, Block, Placement, Region};

/// Slots of the largest chunk.
pub(super) const LARGEST: usize = 32;

/// The place of one object. All bytes zero is a vacant slot.
///
/// The cells are read and written with the pool's lock held. The value is written and dropped by whoever took
/// the slot, while it has no owners, and only read while it has some.
pub(super) struct Slot<T> {
    pub(super) value: UnsafeCell<MaybeUninit<T>>,
    /// Handles to the value. 0 while the slot is vacant, and while the value is moved in or dropped. A count
    /// that once reached `u32::MAX` stays there.
    pub(super) owners: Cell<u32>,
    /// The next vacant slot, while this one is vacant.
    pub(super) next_vacant: Cell<Option<NonNull<Self>>>,
}

impl<T> Slot<T> {
    pub(super) fn add_owner(&self) {
        self.owners.set(self.owners.get().saturating_add(1));
    }

    /// True for the last one.
    pub(super) fn remove_owner(&self) -> bool {
        let owners = self.owners.get();
        if owners != u32::MAX {
            self.owners.set(owners - 1);
        }
        owners == 1
    }
}

/// The head of a chunk. Head and slots are one block, so that a refused chunk leaves nothing behind, not even
/// in lifetime memory:
///
/// ```text
/// | Chunk | padding | Slot 0 | Slot 1 | ... | Slot len - 1 |
/// ```
pub(super) struct Chunk<'m, T> {
    /// The chunk that was made after this one.
    pub(super) next: Cell<Option<NonNull<Self>>>,
    pub(super) slots: NonNull<Slot<T>>,
    pub(super) len: usize,
    /// What all of this lies in.
    memory: Block<'m, [u8]>,
}

impl<'m, T> Chunk<'m, T> {
    const ALIGN: usize =
        if align_of::<Self>() > align_of::<Slot<T>>() { align_of::<Self>() } else { align_of::<Slot<T>>() };
    const SLOTS_AT: usize = size_of::<Self>().next_multiple_of(align_of::<Slot<T>>());

    /// A chunk of `len` vacant slots, at most [`LARGEST`].
    pub(super) fn make(
        region: &Region<'m>,
        len: usize,
        what: &'static str,
    ) -> Result<NonNull<Self>, AllocError> {
        const {
            let room = isize::MAX as usize - Self::ALIGN - Self::SLOTS_AT;
            assert!(size_of::<Slot<T>>() <= room / LARGEST, "no memory is large enough for 32 such objects");
        }
        let len = len.min(LARGEST);
        let size = Self::SLOTS_AT + size_of::<Slot<T>>() * len;
        // SAFETY: an alignment of a type is a power of two, and so is the larger of two. By the assertion
        // above the size neither overflows nor exceeds `isize::MAX` when rounded up to the alignment.
        let layout = unsafe { Layout::from_size_align_unchecked(size, Self::ALIGN) };
        let mut memory = region.bytes(Placement::Indifferent, layout, what)?;
        let base = NonNull::from(&mut *memory).cast::<u8>();
        // SAFETY: the block has `SLOTS_AT` bytes and then `len` slots. It is zeroed, which is what vacant
        // slots are: no owners, no next slot, and any bytes as the value.
        let slots = unsafe { base.add(Self::SLOTS_AT) }.cast();
        let chunk = base.cast::<Self>();
        let head = Self { next: Cell::new(None), slots, len, memory };
        // SAFETY: the block begins with room for the head and is aligned to `ALIGN`. Moving the block's owner
        // into the block moves none of its bytes, and nothing dereferences that owner again.
        unsafe { chunk.write(head) };
        Ok(chunk)
    }

    /// Gives the memory back; returns the next chunk. Drops no value.
    ///
    /// # Safety
    /// The chunk was made by [`Chunk::make`], and neither it nor a slot of it is used again.
    pub(super) unsafe fn release(chunk: NonNull<Self>) -> Option<NonNull<Self>> {
        // SAFETY: the caller's promise makes this the last use, so the head is moved, not copied.
        let Self { next, memory, .. } = unsafe { chunk.read() };
        drop(memory);
        next.get()
    }

    /// The slots from the one with number `from` on.
    pub(super) fn slots_from(&self, from: usize) -> impl Iterator<Item = (usize, NonNull<Slot<T>>)> {
        // SAFETY: `make` laid out `len` slots, and `index` is below that.
        (from..self.len).map(|index| (index, unsafe { self.slots.add(index) }))
    }
}
