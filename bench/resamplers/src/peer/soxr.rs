//! libsoxr, at three of its qualities.

use std::ffi::{c_char, c_uint, c_ulong, c_void};
use std::ptr::{NonNull, null, null_mut};

use super::{Entry, Handle, Job, Peer, entry};

/// `soxr_quality_spec_t`.
#[repr(C)]
struct Quality {
    precision: f64,
    phase_response: f64,
    passband_end: f64,
    stopband_begin: f64,
    reserved: *mut c_void,
    flags: c_ulong,
}

unsafe extern "C" {
    fn soxr_quality_spec(recipe: c_ulong, flags: c_ulong) -> Quality;
    fn soxr_create(
        from: f64,
        to: f64,
        channels: c_uint,
        error: *mut *const c_char,
        io: *const c_void,
        quality: *const Quality,
        runtime: *const c_void,
    ) -> *mut c_void;
    fn soxr_process(
        resampler: *mut c_void,
        input: *const c_void,
        frames: usize,
        used: *mut usize,
        output: *mut c_void,
        room: usize,
        made: *mut usize,
    ) -> *const c_char;
    fn soxr_delete(resampler: *mut c_void);
}

struct Soxr {
    handle: Handle,
    job: Job,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Peer for Soxr {
    fn block(&mut self) -> usize {
        let (mut used, mut made) = (0, 0);
        let (frames, room) = (self.job.input_frames(), self.job.output_frames());
        let (input, output) = (self.input.as_ptr().cast(), self.output.as_mut_ptr().cast());
        // SAFETY: the handle is alive; both buffers hold so many interleaved frames, its default format being float.
        unsafe { soxr_process(self.handle.as_ptr(), input, frames, &mut used, output, room, &mut made) };
        made
    }
}

impl Drop for Soxr {
    fn drop(&mut self) {
        // SAFETY: the handle is alive, and nobody uses it afterwards.
        unsafe { soxr_delete(self.handle.as_ptr()) };
    }
}

fn make(job: Job, recipe: c_ulong) -> Option<Box<dyn Peer>> {
    // SAFETY: any recipe will do.
    let quality = unsafe { soxr_quality_spec(recipe, 0) };
    let (from, to, channels) = (job.from.into(), job.to.into(), job.channels as c_uint);
    // SAFETY: null pointers stand for no error wanted and for the default formats and threads (one).
    let handle = unsafe { soxr_create(from, to, channels, null_mut(), null(), &quality, null()) };
    let handle = NonNull::new(handle)?;
    Some(Box::new(Soxr { handle, job, input: job.input(), output: job.output() }))
}

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry("soxr MQ", |job| make(job, 2)),
        entry("soxr HQ", |job| make(job, 4)),
        entry("soxr VHQ", |job| make(job, 6)),
    ]
}
