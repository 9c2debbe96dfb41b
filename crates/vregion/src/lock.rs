//! A spin lock around one value: the only thing in this crate that may wait.

use core::sync::atomic::Ordering;

use crate::sync::{AtomicBool, UnsafeCell, release, spin_loop};

/// Mutual exclusion for sections that are short and bounded. Not fair, not reentrant, not for interrupt
/// handlers.
pub(crate) struct SpinLock<T> {
    busy: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `with` is the only access to `value`, and `busy` lets one thread at a time into it, so sharing the
// lock hands the value from thread to thread but never to two at once. That needs `T: Send` and nothing more.
unsafe impl<T: Send> Sync for SpinLock<T> {}

impl<T> SpinLock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { busy: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// Runs `section` with the value, alone. Spins while another thread is inside.
    #[inline]
    pub(crate) fn with<R>(&self, section: impl FnOnce(&mut T) -> R) -> R {
        while self.busy.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            spin_loop();
        }
        let _unlock = Unlock(&self.busy);
        self.value.with_mut(|value| {
            // SAFETY: the pointer comes from a live cell. `busy` was false and is ours now, so no other
            // reference exists: each is made here, and ends before `Unlock` is dropped, also when `section`
            // panics.
            let value = unsafe { &mut *value };
            section(value)
        })
    }
}

struct Unlock<'l>(&'l AtomicBool);

impl Drop for Unlock<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.store(false, release());
    }
}
