//! The lock around one value: the only thing in this crate that may wait.
//!
//! Which one is the platform's choice, made once for the program by a feature, so that no type of this crate
//! or of its users carries a parameter for it:
//!
//! | feature            | lock                                           | for                               |
//! |--------------------|------------------------------------------------|-----------------------------------|
//! | (none)             | a spin lock                                    | several cores or threads          |
//! | `critical-section` | the platform's, by crate `critical-section`    | one core with interrupts, an RTOS |
//! | `single-thread`    | a flag; then nothing here is `Send` or `Sync`  | one thread                        |
//!
//! If both features are on, as Cargo may join what two dependents want, the first one counts.

use crate::sync::UnsafeCell;
#[cfg(not(any(feature = "single-thread", feature = "critical-section")))]
use crate::sync::{AtomicU32, release, spin_loop, take};

/// Mutual exclusion for sections that are short and bounded. Not fair, not reentrant; except with
/// `critical-section`, not for interrupt handlers.
pub(crate) struct Lock<T> {
    #[cfg(not(any(feature = "single-thread", feature = "critical-section")))]
    busy: AtomicU32,
    #[cfg(any(feature = "single-thread", feature = "critical-section"))]
    busy: core::cell::Cell<bool>,
    value: UnsafeCell<T>,
    #[cfg(all(feature = "single-thread", not(feature = "critical-section")))]
    _one_thread: core::marker::PhantomData<*mut ()>,
}

// SAFETY: `with` is the only access to `value`, and the lock lets one thread at a time into it, so sharing it
// hands the value from thread to thread but never to two at once. That needs `T: Send` and nothing more. (The flag
// of the critical section is only touched inside of one.)
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl<T: Send> Sync for Lock<T> {}

#[cfg(not(any(feature = "single-thread", feature = "critical-section")))]
impl<T> Lock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { busy: AtomicU32::new(0), value: UnsafeCell::new(value) }
    }

    /// Runs `section` with the value, alone. Spins while another thread is inside.
    #[inline(always)]
    pub(crate) fn with<R>(&self, section: impl FnOnce(&mut T) -> R) -> R {
        while !take(&self.busy) {
            spin_loop();
        }
        let _unlock = Unlock(&self.busy);
        self.value.with_mut(|value| {
            // SAFETY: the pointer comes from a live cell. `busy` was 0 and is ours now, so no other
            // reference exists: each is made here, and ends before `Unlock` is dropped, also when `section`
            // panics.
            let value = unsafe { &mut *value };
            section(value)
        })
    }
}

#[cfg(not(any(feature = "single-thread", feature = "critical-section")))]
struct Unlock<'l>(&'l AtomicU32);

#[cfg(not(any(feature = "single-thread", feature = "critical-section")))]
impl Drop for Unlock<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.store(0, release());
    }
}

/// Marks the lock as taken, for as long as it lives.
#[cfg(any(feature = "single-thread", feature = "critical-section"))]
struct Entered<'l>(&'l core::cell::Cell<bool>);

#[cfg(any(feature = "single-thread", feature = "critical-section"))]
impl<'l> Entered<'l> {
    /// Neither a critical section nor the one thread keeps a trace hook, which is foreign code, from entering a lock that it
    /// is called under. That must end here: a second reference to the value would be undefined behaviour.
    #[inline(always)]
    fn new(busy: &'l core::cell::Cell<bool>) -> Self {
        assert!(!busy.replace(true), "a trace hook used what it was told about; it may only take notes");
        Self(busy)
    }
}

#[cfg(any(feature = "single-thread", feature = "critical-section"))]
impl Drop for Entered<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.set(false);
    }
}

#[cfg(feature = "critical-section")]
impl<T> Lock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { busy: core::cell::Cell::new(false), value: UnsafeCell::new(value) }
    }

    /// Runs `section` with the value, alone: in a critical section of the platform.
    #[inline(always)]
    pub(crate) fn with<R>(&self, section: impl FnOnce(&mut T) -> R) -> R {
        critical_section::with(|_alone| {
            let _entered = Entered::new(&self.busy);
            self.value.with_mut(|value| {
                // SAFETY: the pointer comes from a live cell. Nobody else is in a critical section, and this one
                // has not entered the lock before, so no other reference exists.
                let value = unsafe { &mut *value };
                section(value)
            })
        })
    }
}

#[cfg(all(feature = "single-thread", not(feature = "critical-section")))]
impl<T> Lock<T> {
    pub(crate) fn new(value: T) -> Self {
        let busy = core::cell::Cell::new(false);
        Self { busy, value: UnsafeCell::new(value), _one_thread: core::marker::PhantomData }
    }

    /// Runs `section` with the value.
    #[inline(always)]
    pub(crate) fn with<R>(&self, section: impl FnOnce(&mut T) -> R) -> R {
        let _entered = Entered::new(&self.busy);
        self.value.with_mut(|value| {
            // SAFETY: the pointer comes from a live cell. The lock is not `Sync`, so only one thread gets here,
            // and it has not entered the lock before, so no other reference exists.
            let value = unsafe { &mut *value };
            section(value)
        })
    }
}
