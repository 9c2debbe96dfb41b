//! The bytes of a ring: owned once, reached from two ends through one raw pointer.

use core::{
    mem::MaybeUninit,
    ops::{DerefMut, Range},
    ptr::NonNull,
    slice,
};

use stable_deref_trait::StableDeref;

/// An owner of bytes and the pointer to them, taken once.
///
/// Having this tells you: `bytes` points to initialised bytes that live as long as this does, and nobody else refers to
/// them. It does not tell you who may read or write which of them: that is for the callers of
/// [`slice`](Self::slice) and [`slice_mut`](Self::slice_mut) to prove.
pub(crate) struct Storage<S> {
    /// Always initialised; touched again only to drop it. `MaybeUninit` because a move of a bare `Box` or `&mut`
    /// claims their target anew for them alone, which would end the validity of `bytes`.
    owner: MaybeUninit<S>,
    bytes: NonNull<[u8]>,
}

// SAFETY: `bytes` refers to what `owner` owns, so both go to the other thread together, and `S: Send` allows that
// for the owner and for the exclusive access to `[u8]` that it gives.
unsafe impl<S: Send> Send for Storage<S> {}

// SAFETY: a shared `Storage` never touches `owner`. It gives other threads access to `[u8]` (which is `Send` and
// `Sync`), exclusive access to disjoint parts included, as sending `S` there would: hence `S: Send`, as for a mutex.
unsafe impl<S: Send> Sync for Storage<S> {}

impl<S> Storage<S> {
    pub(crate) fn new(owner: S) -> Self
    where
        S: StableDeref<Target = [u8]> + DerefMut,
    {
        let mut owner = MaybeUninit::new(owner);
        // SAFETY: initialised on the line above.
        let target: &mut [u8] = unsafe { owner.assume_init_mut() };
        let bytes = NonNull::from(target);
        Self { owner, bytes }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes of `range`, to read.
    ///
    /// # Safety
    /// `range` lies within `0..len`. As long as the result lives, no thread writes to it, and all writes to it that
    /// were made before happen before this call.
    pub(crate) unsafe fn slice(&self, range: Range<usize>) -> &[u8] {
        debug_assert!(range.start <= range.end && range.end <= self.len());
        // SAFETY: `range.start <= len` by the contract, so this is within the storage or one past its end.
        let start = unsafe { self.bytes.cast::<u8>().add(range.start) };
        // SAFETY: `range` is within the storage, whose bytes are initialised and live as long as `self`: `owner` derefs
        // to them, is `StableDeref` and is not touched before `self` is dropped. The caller keeps writers away.
        unsafe { slice::from_raw_parts(start.as_ptr(), range.len()) }
    }

    /// The bytes of `range`, to write.
    ///
    /// # Safety
    /// `range` lies within `0..len`. As long as the result lives, nobody else refers to any byte of it, and all
    /// accesses to it that were made before happen before this call.
    #[expect(
        clippy::mut_from_ref,
        reason = "two ends share the storage; that the parts are disjoint is for the caller"
    )]
    pub(crate) unsafe fn slice_mut(&self, range: Range<usize>) -> &mut [u8] {
        debug_assert!(range.start <= range.end && range.end <= self.len());
        // SAFETY: as in `slice`.
        let start = unsafe { self.bytes.cast::<u8>().add(range.start) };
        // SAFETY: as in `slice`; `bytes` comes from a `&mut [u8]`, so it may be written through, and the caller keeps
        // all others away.
        unsafe { slice::from_raw_parts_mut(start.as_ptr(), range.len()) }
    }
}

impl<S> Drop for Storage<S> {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`, dropped nowhere else, and no slice is left as each borrows `self`.
        unsafe { self.owner.assume_init_drop() }
    }
}
