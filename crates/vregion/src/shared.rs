//! A block of a region with counted owners.

use core::alloc::Layout;
use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::mem::{ManuallyDrop, offset_of};
use core::ops::Deref;
use core::ptr::NonNull;

use stable_deref_trait::{CloneStableDeref, StableDeref};

use crate::slot::Grant;

/// One of several owners of a value in a region; like `Arc`, but the count is guarded by the region's lock, so that no
/// atomic arithmetic is needed. The last owner to be dropped drops the value and then frees its memory.
///
/// A value that has had 4,294,967,295 owners at once is never dropped, and its region never freed.
pub struct Shared<'m, T: ?Sized> {
    value: NonNull<T>,
    /// The one grant of the value, named by all owners. The last one drops it.
    grant: ManuallyDrop<Grant<'m>>,
    _owns: PhantomData<T>,
}

/// What lies in the region.
#[repr(C)]
struct Counted<T> {
    owners: UnsafeCell<u32>,
    value: T,
}

// SAFETY: owners give `&T` to their threads (`T: Sync`), and whichever is last drops the value (`T: Send`).
// The count is only touched under the region's lock, and the slot is `Sync`.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: ?Sized + Sync + Send> Send for Shared<'_, T> {}
// SAFETY: `&Shared` can be cloned to another thread's own owner, so the same holds.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: ?Sized + Sync + Send> Sync for Shared<'_, T> {}

impl<'m, T> Shared<'m, T> {
    /// Of the value and its count.
    pub(crate) const LAYOUT: Layout = Layout::new::<Counted<T>>();

    /// The grant must be for [`Self::LAYOUT`].
    pub(crate) fn new(grant: Grant<'m>, value: T) -> Self {
        let target = grant.memory.cast::<Counted<T>>();
        // SAFETY: the grant is for the layout of `Counted<T>`, so it is large enough, aligned, and nobody else's.
        unsafe { target.write(Counted { owners: UnsafeCell::new(1), value }) };
        // SAFETY: the field lies in what was just written.
        let value = unsafe { target.byte_add(offset_of!(Counted<T>, value)) }.cast();
        Self { value, grant: ManuallyDrop::new(grant), _owns: PhantomData }
    }
}

impl<T: ?Sized> Shared<'_, T> {
    /// Changes the count of owners, alone; returns what `change` does.
    fn owners<R>(&self, change: impl FnOnce(&mut u32) -> R) -> R {
        // `Counted` begins with the count.
        let owners = self.grant.memory.cast::<UnsafeCell<u32>>();
        self.grant.alone(|| {
            // SAFETY: `new` wrote the count, which lives until the last owner, and that is not before this one.
            let owners = unsafe { owners.as_ref() };
            // SAFETY: only this method touches the count, and under the region's lock only one call does.
            change(unsafe { &mut *owners.get() })
        })
    }
}

/// One owner more. A full count stays so.
fn more(owners: &mut u32) {
    *owners = owners.saturating_add(1);
}

/// One owner less; true if none is left. A full count stays so.
fn less(owners: &mut u32) -> bool {
    if *owners != u32::MAX {
        *owners = owners.saturating_sub(1);
    }
    *owners == 0
}

impl<T: ?Sized> Clone for Shared<'_, T> {
    fn clone(&self) -> Self {
        self.owners(more);
        // SAFETY: the copy is not dropped before the last owner is, which this clone has just been counted as
        // one of.
        let grant = unsafe { core::ptr::read(&self.grant) };
        Self { value: self.value, grant, _owns: PhantomData }
    }
}

impl<T: ?Sized> Drop for Shared<'_, T> {
    fn drop(&mut self) {
        if !self.owners(less) {
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

#[cfg(test)]
mod tests {
    use super::{less, more};

    #[test]
    fn a_full_count_never_says_that_nobody_is_left() {
        let mut owners = u32::MAX - 1;
        more(&mut owners);
        more(&mut owners);
        assert!(!less(&mut owners) && !less(&mut owners));
        assert_eq!(owners, u32::MAX);
    }

    #[test]
    fn the_last_owner_is_told() {
        let mut owners = 1;
        more(&mut owners);
        assert!(!less(&mut owners));
        assert!(less(&mut owners));
    }
}
