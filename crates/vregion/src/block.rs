//! A block of a region that owns its value.

use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::ptr::{self, NonNull};

use stable_deref_trait::StableDeref;

use crate::slot::Grant;

/// Owns a value in a region, and holds the region. Dropping it drops the value and then frees the memory.
///
/// The value does not move when the block does.
pub struct Block<'m, T: ?Sized> {
    /// What the block dereferences to.
    target: NonNull<T>,
    /// How to drop the value that was put in, if it is no longer `target`; see [`Block::coerce`].
    original: Option<unsafe fn(NonNull<u8>)>,
    grant: Grant<'m>,
    _owns: PhantomData<T>,
}

// SAFETY: the block owns its value as a box does, so sending it sends the value. `coerce` only accepts
// original values that are `Send`, so a hidden original may also be dropped elsewhere. The slot behind the
// grant is `Sync`.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: ?Sized + Send> Send for Block<'_, T> {}
// SAFETY: `&Block` gives `&T` and no more; a hidden original is not reachable.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: ?Sized + Sync> Sync for Block<'_, T> {}

impl<'m, T> Block<'m, T> {
    pub(crate) fn new(grant: Grant<'m>, value: T) -> Self {
        let target = grant.memory.cast::<T>();
        // SAFETY: the grant is for the layout of `T`, so it is large enough, aligned, and nobody else's.
        unsafe { target.write(value) };
        Self { target, original: None, grant, _owns: PhantomData }
    }

    /// The same value seen as something else, most often as a trait object, which a block can't become by
    /// itself on stable Rust:
    ///
    /// ```
    /// # use core::{fmt::Display, mem::MaybeUninit};
    /// # use vregion::{Block, PagePool, Placement, Profile};
    /// # let mut arena = vec![MaybeUninit::uninit(); 64 * 1024];
    /// # let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&Profile::DESK, arena.len())];
    /// # let pool = PagePool::new(Profile::DESK, &mut arena, &mut tables)?;
    /// # let region = pool.region(1, 4096)?;
    /// let number = region.value(Placement::Lifetime, 5_u32, "number")?;
    /// let shown: Block<'_, dyn Display> = number.coerce(|n| n as &mut dyn Display);
    /// assert_eq!(shown.to_string(), "5");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Any closure will do, since the block remembers what was put in: a closure that returns a part of the
    /// value (or memory that it owns, or something leaked) makes a block that dereferences to that, and still
    /// drops the whole original value, once, and frees its memory. `T: Send` is needed as the new block may
    /// be sent if `U` is, and `T: 'm` as `U` need not mention what `T` borrows.
    pub fn coerce<U: ?Sized>(self, to: impl for<'x> FnOnce(&'x mut T) -> &'x mut U) -> Block<'m, U>
    where
        T: Send + 'm,
    {
        let (mut target, original) = (self.target, self.original);
        // SAFETY: the block is ours, its target is a valid value that nobody else refers to. If `to` panics,
        // `self` is dropped as usual. What `to` returns is good for as long as `*target` stays mutably
        // borrowed, and it stays so until the drop of the new block: from here on `target` is only used to
        // drop it.
        let target = NonNull::from(to(unsafe { target.as_mut() }));
        let original = original.or(Some(drop_as::<T>));
        let this = core::mem::ManuallyDrop::new(self);
        // SAFETY: `this` is never dropped, so its grant is moved, not copied.
        let grant = unsafe { ptr::read(&this.grant) };
        Block { target, original, grant, _owns: PhantomData }
    }
}

/// Drops the `T` at an address.
///
/// # Safety
/// The address must hold a valid `T` that is never used again.
unsafe fn drop_as<T>(memory: NonNull<u8>) {
    // SAFETY: the caller's promise.
    unsafe { memory.cast::<T>().drop_in_place() }
}

impl<'m, T> Block<'m, [T]> {
    /// Fills the granted memory, which is for `len` elements.
    pub(crate) fn fill(grant: Grant<'m>, len: usize, mut make: impl FnMut(usize) -> T) -> Self {
        // Owns the elements made so far, so that a panic of `make` drops them and gives the memory back.
        let start = grant.memory.cast::<T>();
        let mut made = Self::with_len(grant, 0);
        for index in 0..len {
            // SAFETY: `index < len` elements fit the grant.
            let element = unsafe { start.add(index) };
            // SAFETY: in the grant, aligned as the grant is for an array of `T`, and not yet an element of
            // `made`.
            unsafe { element.write(make(index)) };
            // Elements that need no drop are counted once, at the end: that lets the compiler fill in one go.
            if core::mem::needs_drop::<T>() {
                made.target = NonNull::slice_from_raw_parts(start, index + 1);
            }
        }
        made.target = NonNull::slice_from_raw_parts(start, len);
        made
    }

    /// The first `len` elements of the granted memory must be valid.
    fn with_len(grant: Grant<'m>, len: usize) -> Self {
        let target = NonNull::slice_from_raw_parts(grant.memory.cast(), len);
        Self { target, original: None, grant, _owns: PhantomData }
    }
}

impl<'m> Block<'m, [u8]> {
    /// Zeroes the granted memory, which is `len` bytes.
    pub(crate) fn zeroed(grant: Grant<'m>, len: usize) -> Self {
        // SAFETY: the grant is `len` bytes that are nobody else's.
        unsafe { grant.memory.write_bytes(0, len) };
        Self::with_len(grant, len)
    }
}

impl<T: ?Sized> Drop for Block<'_, T> {
    fn drop(&mut self) {
        // The grant is dropped after this, also if the value's drop panics.
        match self.original {
            // SAFETY: the value at `target` is valid and owned by this block, and this is the last use of it.
            None => unsafe { self.target.drop_in_place() },
            // SAFETY: `coerce` put this function in beside the value of its type at `memory`, which it never
            // dropped; `target`, which borrowed from it, is not used again.
            Some(drop_original) => unsafe { drop_original(self.grant.memory) },
        }
    }
}

impl<T: ?Sized> Deref for Block<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: `target` is a valid value, owned by this block or borrowed from what it owns; `&self` keeps
        // writers out.
        unsafe { self.target.as_ref() }
    }
}

impl<T: ?Sized> DerefMut for Block<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as for `deref`, and `&mut self` keeps readers out.
        unsafe { self.target.as_mut() }
    }
}

// SAFETY: the value lies in the region, or behind what `coerce` was given, not in the block: moving the block
// moves neither, and both derefs always give the same address.
unsafe impl<T: ?Sized> StableDeref for Block<'_, T> {}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Block<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// What [`Block::coerce`] must refuse, since the new block would drop a hidden value on another thread, or after
/// what it borrows is gone.
///
/// ```compile_fail,E0277
/// # use vregion::Block;
/// fn hides_what_is_not_send<'m>(block: Block<'m, (std::rc::Rc<u8>, u8)>) -> Block<'m, u8> {
///     block.coerce(|pair| &mut pair.1)
/// }
/// ```
///
/// ```compile_fail
/// # use vregion::Block;
/// struct Guard<'g>(&'g str, u8);
/// impl Drop for Guard<'_> {
///     fn drop(&mut self) {
///         println!("{}", self.0);
///     }
/// }
/// fn hides_what_is_borrowed<'m, 'g>(block: Block<'m, Guard<'g>>) -> Block<'m, u8> {
///     block.coerce(|guard| &mut guard.1)
/// }
/// ```
///
/// The same with a guard that lives as long as the region compiles:
///
/// ```
/// # use vregion::Block;
/// fn hides_what_lives<'m, 'g: 'm>(block: Block<'m, (&'g str, u8)>) -> Block<'m, u8> {
///     block.coerce(|pair| &mut pair.1)
/// }
/// ```
#[cfg(doctest)]
struct Refused;
