//! The atomics, the cell and the spin hint of the lock: core's, or loom's when a model is explored.

#[cfg(not(loom))]
#[allow(unused_imports, reason = "a lock that does not spin needs the cell only")]
pub(crate) use plain::{AtomicU32, UnsafeCell, release, spin_loop, take};

#[cfg(loom)]
pub use modelled::set_unlock_ordering;
#[cfg(loom)]
pub(crate) use modelled::{AtomicU32, UnsafeCell, release, spin_loop, take};

#[cfg(not(loom))]
#[allow(dead_code, reason = "as above")]
mod plain {
    pub(crate) use core::hint::spin_loop;
    pub(crate) use core::sync::atomic::AtomicU32;
    use core::sync::atomic::Ordering;

    /// Sets a flag; true if it was not set. One instruction on x86 (`lock bts`), where compare-and-exchange needs
    /// three.
    #[inline(always)]
    pub(crate) fn take(flag: &AtomicU32) -> bool {
        flag.fetch_or(1, Ordering::Acquire) & 1 == 0
    }

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
    pub(crate) use loom::sync::atomic::AtomicU32;

    std::thread_local!(static UNLOCK: Cell<Ordering> = const { Cell::new(Ordering::Release) });

    /// Sets a flag; true if it was not set. Without a write if it was, since loom can't tell that a loop of writes
    /// waits.
    pub(crate) fn take(flag: &AtomicU32) -> bool {
        flag.compare_exchange_weak(0, 1, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

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
