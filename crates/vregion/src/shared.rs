//! A block of a region with counted owners.

use core::fmt;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::ptr::NonNull;

use stable_deref_trait::{CloneStableDeref, StableDeref};

use crate::slot::Grant;

/// One of several owners of a value in a region; like `Arc`, but the count is out of band, where whoever may
/// write the value can't reach it. The last owner to be dropped drops the value and then frees its memory.
///
/// A value that has had 63 owners at once is never dropped, and its region never freed.
pub struct Shared<'m, T: ?Sized> {
    value: NonNull<T>,
    /// The one grant of the value, named by all owners. The last one drops it.
    grant: ManuallyDrop<Grant<'m>>,
    _owns: PhantomData<T>,
}

// SAFETY: owners give `&T` to their threads (`T: Sync`), and whichever is last drops the value (`T: Send`).
// The count is behind the region's lock, and the slot is `Sync`.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: ?Sized + Sync + Send> Send for Shared<'_, T> {}
// SAFETY: `&Shared` can be cloned to another thread's own owner, so the same holds.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: ?Sized + Sync + Send> Sync for Shared<'_, T> {}

impl<'m, T> Shared<'m, T> {
    /// The grant must be a shared one, for the layout of `T`.
    pub(crate) fn new(grant: Grant<'m>, value: T) -> Self {
        let target = grant.memory.cast::<T>();
        // SAFETY: the grant is for the layout of `T`, so it is large enough, aligned, and nobody else's.
        unsafe { target.write(value) };
        Self { value: target, grant: ManuallyDrop::new(grant), _owns: PhantomData }
    }
}

impl<T: ?Sized> Clone for Shared<'_, T> {
    fn clone(&self) -> Self {
        self.grant.add_owner();
        // SAFETY: the copy is not dropped before the last owner is, which this clone has just been counted as
        // one of.
        let grant = unsafe { core::ptr::read(&self.grant) };
        Self { value: self.value, grant, _owns: PhantomData }
    }
}

impl<T: ?Sized> Drop for Shared<'_, T> {
    fn drop(&mut self) {
        if !self.grant.remove_owner() {
            return;
        }
        // SAFETY: this was the last owner, so no copy of the grant is used or dropped after this one. It
        // frees the memory at the end of the block, also if the value's drop panics.
        let _grant = unsafe { ManuallyDrop::take(&mut self.grant) };
        // SAFETY: the value is valid, and without owners it is never used again. What other threads did with
        // it happened before they gave up their ownership under the region's lock.
        unsafe { self.value.drop_in_place() };
    }
}

impl<T: ?Sized> Deref for Shared<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the value is valid as long as it has an owner, and owners only ever share it.
        unsafe { self.value.as_ref() }
    }
}

// SAFETY: the value lies in the region, not in the owner: moving an owner does not move it.
unsafe impl<T: ?Sized> StableDeref for Shared<'_, T> {}
// SAFETY: a clone refers to the same value, so it gives the same address.
unsafe impl<T: ?Sized> CloneStableDeref for Shared<'_, T> {}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Shared<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
