//! The atomics, the cell and the spin hint of the lock: core's, or loom's when a model is explored.

#[cfg(not(loom))]
pub(crate) use plain::{AtomicBool, UnsafeCell, release, spin_loop};

#[cfg(loom)]
pub use modelled::set_unlock_ordering;
#[cfg(loom)]
pub(crate) use modelled::{AtomicBool, UnsafeCell, release, spin_loop};

#[cfg(not(loom))]
mod plain {
    pub(crate) use core::hint::spin_loop;
    pub(crate) use core::sync::atomic::AtomicBool;
    use core::sync::atomic::Ordering;

    /// The ordering of an unlock.
    pub(crate) const fn release() -> Ordering {
        Ordering::Release
    }

    /// [`core::cell::UnsafeCell`] with the access of loom's.
    pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(core::cell::UnsafeCell::new(value))
        }

        #[inline(always)]
        pub(crate) fn with_mut<R>(&self, access: impl FnOnce(*mut T) -> R) -> R {
            access(self.0.get())
        }
    }
}

#[cfg(loom)]
mod modelled {
    use core::cell::Cell;
    use core::sync::atomic::Ordering;
    pub(crate) use loom::cell::UnsafeCell;
    pub(crate) use loom::hint::spin_loop;
    pub(crate) use loom::sync::atomic::AtomicBool;

    std::thread_local!(static UNLOCK: Cell<Ordering> = const { Cell::new(Ordering::Release) });

    /// The ordering of an unlock.
    pub(crate) fn release() -> Ordering {
        UNLOCK.get()
    }

    /// Sets the ordering of every unlock in this thread's models, whose threads loom runs as coroutines of this
    /// one. Anything but `Release` must make a model fail.
    pub fn set_unlock_ordering(ordering: Ordering) {
        UNLOCK.set(ordering);
    }
}
