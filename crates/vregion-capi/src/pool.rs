//! The image's one pool, and what it does for a handle: requests are checked, served and logged here.

use core::alloc::Layout;
use core::ffi::c_void;
use core::fmt;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicPtr, Ordering};

use vregion::{AllocError, PagePool, Placement, Refusal, Region, Statistics};

use crate::entry::{Entries, Handle, HandleError, Left, Running};
use crate::log::{Level, line};

/// The pool, once it is made; it lies at the start of the tables.
static POOL: AtomicPtr<Pool> = AtomicPtr::new(ptr::null_mut());

/// Drops the cache lines of `bytes` bytes from the cached address `cached` on, without writing them back.
pub(crate) type Invalidate = unsafe extern "C" fn(cached: *mut c_void, bytes: usize);

/// The pages, the entries of their regions, and what the platform said.
pub(crate) struct Pool {
    pub(crate) pages: PagePool<'static>,
    pub(crate) entries: Entries,
    pub(crate) line_bytes: usize,
    pub(crate) uncached_xor: usize,
    pub(crate) invalidate: Option<Invalidate>,
}

/// How a block lies among others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// At its own alignment, right after the block before it.
    Packed,
    /// On cache lines of its own.
    Lines,
    /// On cache lines of its own, reached past the cache.
    Coherent,
}

/// A request for memory, as it comes from C.
#[derive(Clone, Copy)]
pub(crate) struct Want {
    /// The function that was called: the log's and the statistics' name for the request.
    pub(crate) what: &'static str,
    pub(crate) placement: Placement,
    pub(crate) fit: Fit,
    pub(crate) size: usize,
    pub(crate) align: usize,
}

/// A request that no region can serve. Nothing has changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum WantError {
    /// Not a power of two.
    Alignment(usize),
    /// Bytes, with rounding beyond the address space.
    Size(usize),
}

impl fmt::Display for WantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alignment(align) => write!(f, "alignment {align} is not a power of two"),
            Self::Size(size) => write!(f, "{size} B refused: more than the address space holds"),
        }
    }
}

impl Want {
    /// An alignment of 0 stands for the least: a line, or what any C object needs if blocks are packed.
    #[inline(always)]
    fn layout(&self, line_bytes: usize) -> Result<Layout, WantError> {
        let Self { size, align, .. } = *self;
        if align != 0 && !align.is_power_of_two() {
            return Err(WantError::Alignment(align));
        }
        let (size, align) = match self.fit {
            Fit::Packed if align == 0 => (Some(size), 2 * size_of::<*const ()>()),
            Fit::Packed => (Some(size), align),
            Fit::Lines | Fit::Coherent => {
                // The pool accepts only powers of two, with which this needs no division.
                let whole = size.checked_add(line_bytes - 1).map(|end| end & !(line_bytes - 1));
                (whole, align.max(line_bytes))
            }
        };
        let layout = size.and_then(|size| Layout::from_size_align(size, align).ok());
        layout.ok_or(WantError::Size(self.size))
    }
}

impl Pool {
    /// Makes `pool` the image's; it must be called only once.
    pub(crate) fn publish(pool: &'static mut Self) {
        POOL.store(pool, Ordering::Release);
    }

    /// The image's pool. Before there is one, says so in the log.
    #[inline(always)]
    pub(crate) fn of_image(what: &str) -> Option<&'static Self> {
        let pool = NonNull::new(POOL.load(Ordering::Acquire));
        if pool.is_none() {
            complain_of_no_pool(what);
        }
        // SAFETY: only `publish` writes the pointer, from a reference that is valid for good and given up there.
        pool.map(|pool| unsafe { pool.as_ref() })
    }

    /// A region of at least `bytes` bytes, with one reference.
    pub(crate) fn create(&'static self, bytes: usize) -> Option<Handle> {
        if bytes == 0 {
            line(Level::Error, format_args!("vregion_create: invalid vregion memsize 0"));
            return None;
        }
        let region = match self.pages.region(0, bytes) {
            Ok(region) => region,
            Err(error) => {
                line(Level::Error, format_args!("vregion_create: {error}"));
                return None;
            }
        };
        let (base, capacity) = (region.raw_base(), region.statistics().capacity);
        let handle = self.entries.add(region);
        line(Level::Info, format_args!("new {:#x} at {base:p}: {capacity} B", handle.0));
        Some(handle)
    }

    /// One reference more; whether there is such a region.
    pub(crate) fn get(&self, handle: Handle) -> bool {
        let held = self.entries.get(handle).map_err(|error| complain("vregion_get", handle, error));
        held.is_ok()
    }

    /// One reference less; whether there are others.
    pub(crate) fn put(&self, handle: Handle) -> bool {
        let left = self.entries.put(handle).map_err(|error| complain("vregion_put", handle, error));
        left == Ok(Left::Alive)
    }

    /// Begins an operation in a region; a handle that is none is logged.
    #[inline(always)]
    pub(crate) fn run(&self, what: &str, handle: Handle) -> Option<Running<'static>> {
        self.entries.run(handle).map_err(|error| complain(what, handle, error)).ok()
    }

    /// Memory from a region; a refusal is logged.
    #[inline(always)]
    pub(crate) fn allocate(&self, handle: Handle, want: &Want) -> Option<NonNull<u8>> {
        let layout =
            want.layout(self.line_bytes).map_err(|error| complain_of_want(handle, want, error)).ok()?;
        let running = self.run(want.what, handle)?;
        let (was_sealed, region) = (running.is_sealed(), running.region());
        let placement = match want.placement {
            // The same, without a look at the lifetime part, which is closed.
            Placement::Indifferent if was_sealed => Placement::Interim,
            placement => placement,
        };
        let result = match want.fit {
            Fit::Packed | Fit::Lines => region.raw_allocate(placement, layout, want.what),
            Fit::Coherent => region.raw_allocate_coherent(placement, layout, want.what),
        };
        if placement == Placement::Interim && !was_sealed {
            note_seal(&running, &result);
        }
        let memory = result.map_err(complain_of_refusal).ok()?;
        if want.placement == Placement::Lifetime && was_sealed {
            warn_of_late(handle, want);
        }
        if want.fit == Fit::Coherent {
            self.invalidate(memory, layout.size());
        }
        Some(memory)
    }

    /// Drops what the cache holds of memory that was used through it before and will be used past it now.
    fn invalidate(&self, uncached: NonNull<u8>, bytes: usize) {
        if let Some(invalidate) = self.invalidate {
            let cached = uncached.as_ptr().map_addr(|address| address ^ self.uncached_xor);
            // SAFETY: the platform gave the hook for such calls; the lines are the new block's alone.
            unsafe { invalidate(cached.cast(), bytes) };
        }
    }
}

/// Ends the lifetime phase of a region; a second time is only logged.
pub(crate) fn set_interim(running: &Running<'_>) {
    if running.note_seal() {
        running.region().seal();
        log_seal(running.region());
    } else {
        line(Level::Warning, format_args!("vregion_set_interim: already in interim mode"));
    }
}

/// Logs it if an interim request was what ended the lifetime phase. One that the region could never serve
/// does not end it.
#[cold]
fn note_seal(running: &Running<'_>, result: &Result<NonNull<u8>, AllocError>) {
    let sealed = result.as_ref().map_or_else(|error| error.why == Refusal::NoRoom, |_| true);
    if sealed && running.note_seal() {
        log_seal(running.region());
    }
}

#[cold]
fn complain_of_want(handle: Handle, want: &Want, error: WantError) {
    line(Level::Warning, format_args!("{} in {:#x}: {error}", want.what, handle.0));
}

#[cold]
fn complain_of_refusal(error: AllocError) {
    line(Level::Warning, format_args!("{error}"));
}

#[cold]
fn warn_of_late(handle: Handle, want: &Want) {
    let text = "late lifetime request served from the interim heap";
    line(Level::Warning, format_args!("{} in {:#x}: {} B, {text}", want.what, handle.0, want.size));
}

fn log_seal(region: &Region<'_>) {
    let Statistics { lifetime_bytes, lifetime_padding, seal_padding, interim_capacity, .. } =
        region.statistics();
    let padding = lifetime_padding + seal_padding;
    line(
        Level::Info,
        format_args!(
            "interim mode: lifetime {lifetime_bytes} B used, {padding} B padding, interim heap {interim_capacity} B"
        ),
    );
    if interim_capacity == 0 {
        line(
            Level::Warning,
            format_args!("interim mode: lifetime blocks fill the region, no interim memory"),
        );
    }
}

#[cold]
fn complain_of_no_pool(what: &str) {
    line(Level::Error, format_args!("{what}: no pool yet, call vregion_pool_init first"));
}

#[cold]
fn complain(what: &str, handle: Handle, error: HandleError) {
    line(Level::Error, format_args!("{what}: {:#x} {error}", handle.0));
}
