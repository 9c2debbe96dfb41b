//! The functions that work on a region, as C sees them.

use core::ffi::{c_uint, c_void};
use core::ptr;

use vregion::{Placement, Statistics};

use crate::entry::Handle;
use crate::log::{Level, line};
use crate::pool::{Fit, Pool, Want, set_interim};

/// `struct vregion`, of which C has only pointers, and these are handles: numbers that nothing may follow.
#[repr(C)]
pub struct Vregion {
    _opaque: [u8; 0],
}

/// `enum vregion_mem_type`: a number, because C may pass any. Where C's enumerations are shorter than `int`
/// (`-fshort-enums`), the caller widens arguments.
pub type MemType = c_uint;

/// C's name of an address as a number; in Rust there is no difference to a size.
#[allow(non_camel_case_types, reason = "the C name")]
type uintptr_t = usize;

/// The pool and the handle; `None` for a null pointer.
#[inline(always)]
fn on(what: &str, vr: *mut Vregion) -> Option<(&'static Pool, Handle)> {
    if vr.is_null() {
        return None;
    }
    Some((Pool::of_image(what)?, Handle(vr.addr())))
}

#[inline(always)]
fn allocate(vr: *mut Vregion, want: &Want) -> *mut c_void {
    if want.size == 0 {
        return ptr::null_mut();
    }
    let memory = on(want.what, vr).and_then(|(pool, handle)| pool.allocate(handle, want));
    memory.map_or(ptr::null_mut(), |memory| memory.as_ptr().cast())
}

/// A region of at least `memsize` bytes, rounded up to pages; null on failure.
#[unsafe(no_mangle)]
pub extern "C" fn vregion_create(memsize: usize) -> *mut Vregion {
    let handle = Pool::of_image("vregion_create").and_then(|pool| pool.create(memsize));
    handle.map_or(ptr::null_mut(), |Handle(number)| ptr::without_provenance_mut(number))
}

/// One reference more; gives the handle back, or null if it is none.
#[unsafe(no_mangle)]
pub extern "C" fn vregion_get(vr: *mut Vregion) -> *mut Vregion {
    match on("vregion_get", vr) {
        Some((pool, handle)) if pool.get(handle) => vr,
        _ => ptr::null_mut(),
    }
}

/// One reference less; null if it was the last, which frees the region.
///
/// # Safety
/// If it is the last reference, nothing may use a block of the region any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vregion_put(vr: *mut Vregion) -> *mut Vregion {
    match on("vregion_put", vr) {
        Some((pool, handle)) if pool.put(handle) => vr,
        _ => ptr::null_mut(),
    }
}

/// Whole cache lines from the current phase; null on failure.
#[unsafe(no_mangle)]
pub extern "C" fn vregion_alloc(vr: *mut Vregion, size: usize) -> *mut c_void {
    let (placement, fit) = (Placement::Indifferent, Fit::Lines);
    allocate(vr, &Want { what: "vregion_alloc", placement, fit, size, align: 0 })
}

/// As [`vregion_alloc`], aligned to at least a line.
#[unsafe(no_mangle)]
pub extern "C" fn vregion_alloc_align(vr: *mut Vregion, size: usize, alignment: usize) -> *mut c_void {
    let (placement, fit) = (Placement::Indifferent, Fit::Lines);
    allocate(vr, &Want { what: "vregion_alloc_align", placement, fit, size, align: alignment })
}

/// As [`vregion_alloc`], by its uncached address.
#[unsafe(no_mangle)]
pub extern "C" fn vregion_alloc_coherent(vr: *mut Vregion, size: usize) -> *mut c_void {
    let (placement, fit) = (Placement::Indifferent, Fit::Coherent);
    allocate(vr, &Want { what: "vregion_alloc_coherent", placement, fit, size, align: 0 })
}

/// As [`vregion_alloc_align`], by its uncached address.
#[unsafe(no_mangle)]
pub extern "C" fn vregion_alloc_coherent_align(
    vr: *mut Vregion,
    size: usize,
    alignment: usize,
) -> *mut c_void {
    let (placement, fit) = (Placement::Indifferent, Fit::Coherent);
    allocate(vr, &Want { what: "vregion_alloc_coherent_align", placement, fit, size, align: alignment })
}

/// Memory from the phase that the caller names, packed at its own alignment; null on failure.
#[unsafe(no_mangle)]
pub extern "C" fn vregion_alloc_type(
    vr: *mut Vregion,
    r#type: MemType,
    size: usize,
    alignment: usize,
) -> *mut c_void {
    let placement = match r#type {
        0 => Placement::Interim,
        1 => Placement::Lifetime,
        2 => Placement::Indifferent,
        other => {
            line(Level::Error, format_args!("vregion_alloc_type: invalid memory type {other}"));
            return ptr::null_mut();
        }
    };
    allocate(vr, &Want { what: "vregion_alloc_type", placement, fit: Fit::Packed, size, align: alignment })
}

/// Frees a block by its cached or uncached address; lifetime blocks are only counted.
///
/// # Safety
/// If `ptr` is in a block of this region, it must be where it begins, and nothing may use the block any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vregion_free(vr: *mut Vregion, ptr: *mut c_void) {
    if ptr.is_null() {
        return;
    }
    let running = on("vregion_free", vr).and_then(|(pool, handle)| pool.run("vregion_free", handle));
    let Some(running) = running else { return };
    // SAFETY: all blocks of a region with a handle come from its raw functions; the rest is the caller's
    // promise.
    if let Err(error) = unsafe { running.region().raw_free(ptr.cast()) } {
        line(Level::Error, format_args!("vregion_free in {:#x}: {error}", vr.addr()));
    }
}

/// Ends the lifetime phase.
#[unsafe(no_mangle)]
pub extern "C" fn vregion_set_interim(vr: *mut Vregion) {
    let what = "vregion_set_interim";
    if let Some(running) = on(what, vr).and_then(|(pool, handle)| pool.run(what, handle)) {
        set_interim(&running);
    }
}

/// Logs the figures of a region.
#[unsafe(no_mangle)]
pub extern "C" fn vregion_info(vr: *mut Vregion) {
    let what = "vregion_info";
    let Some(running) = on(what, vr).and_then(|(pool, handle)| pool.run(what, handle)) else { return };
    let (base, seen) = (running.region().raw_base(), running.region().statistics());
    line(Level::Info, format_args!("base {base:p} size {} B requested {} B", seen.capacity, seen.requested));
    let Statistics { lifetime_bytes, lifetime_padding, lifetime_blocks, lifetime_frees, .. } = seen;
    line(
        Level::Info,
        format_args!(
            "lifetime used {lifetime_bytes} B padding {lifetime_padding} B blocks {lifetime_blocks} frees {lifetime_frees}"
        ),
    );
    let Statistics { interim_capacity, interim_used, interim_peak, interim_blocks, largest_free, .. } = seen;
    let Statistics { interim_peak_padding, most_fragmented, .. } = seen;
    line(
        Level::Info,
        format_args!(
            "interim size {interim_capacity} B used {interim_used} B peak {interim_peak} B of it padding \
         {interim_peak_padding} B blocks {interim_blocks} largest free {largest_free} B fragmented {most_fragmented} B"
        ),
    );
    let Statistics { late_requests, refused, spare, .. } = seen;
    line(
        Level::Info,
        format_args!("late requests {late_requests} refused {refused} never touched {spare} B"),
    );
}

/// Where a region lies: its bytes, and the cached address of the first. Both are 0 without a region.
///
/// # Safety
/// Each of `size` and `start` must be null or valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vregion_mem_info(vr: *mut Vregion, size: *mut usize, start: *mut uintptr_t) {
    let what = "vregion_mem_info";
    let running = on(what, vr).and_then(|(pool, handle)| pool.run(what, handle));
    let (bytes, base) = running.map_or((0, 0), |running| {
        (running.region().statistics().capacity, running.region().raw_base().addr().get())
    });
    if !size.is_null() {
        // SAFETY: not null, so valid, as the caller promises.
        unsafe { size.write(bytes) };
    }
    if !start.is_null() {
        // SAFETY: as for `size`.
        unsafe { start.write(base) };
    }
}
