//! libswresample: as it comes, and with Kaiser windows for 100 dB and 140 dB and the stop-band edge relaxed to 0.5465 of
//! the lower rate, so that the pass-band is that of `headroom`.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::NonNull;

use super::{Entry, Handle, Job, Peer, entry};

unsafe extern "C" {
    fn swr_alloc() -> *mut c_void;
    fn swr_init(context: *mut c_void) -> c_int;
    fn swr_free(context: *mut *mut c_void);
    fn swr_convert(
        context: *mut c_void,
        output: *mut *mut u8,
        room: c_int,
        input: *const *const u8,
        frames: c_int,
    ) -> c_int;
    fn av_opt_set(object: *mut c_void, name: *const c_char, value: *const c_char, flags: c_int) -> c_int;
    fn av_opt_set_int(object: *mut c_void, name: *const c_char, value: i64, flags: c_int) -> c_int;
    fn av_opt_set_double(object: *mut c_void, name: *const c_char, value: f64, flags: c_int) -> c_int;
}

struct SwResample {
    handle: Handle,
    job: Job,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Peer for SwResample {
    fn block(&mut self) -> usize {
        let (input, mut output) = (self.input.as_ptr().cast::<u8>(), self.output.as_mut_ptr().cast::<u8>());
        let (frames, room) = (self.job.input_frames() as c_int, self.job.output_frames() as c_int);
        // SAFETY: the handle is alive, and both buffers, one plane each, hold so many interleaved frames.
        let made = unsafe { swr_convert(self.handle.as_ptr(), &mut output, room, &input, frames) };
        usize::try_from(made).unwrap_or(0)
    }
}

impl Drop for SwResample {
    fn drop(&mut self) {
        let mut handle = self.handle.as_ptr();
        // SAFETY: the handle is alive, and nobody uses it afterwards.
        unsafe { swr_free(&mut handle) };
    }
}

impl SwResample {
    fn set(&self, name: &CStr, value: &CStr) -> bool {
        // SAFETY: the handle is alive, and the strings end.
        unsafe { av_opt_set(self.handle.as_ptr(), name.as_ptr(), value.as_ptr(), 0) == 0 }
    }

    fn set_int(&self, name: &CStr, value: i64) -> bool {
        // SAFETY: the handle is alive, and the name ends.
        unsafe { av_opt_set_int(self.handle.as_ptr(), name.as_ptr(), value, 0) == 0 }
    }

    fn set_double(&self, name: &CStr, value: f64) -> bool {
        // SAFETY: the handle is alive, and the name ends.
        unsafe { av_opt_set_double(self.handle.as_ptr(), name.as_ptr(), value, 0) == 0 }
    }
}

/// `filter` is the length in frames of the lower rate and the Kaiser window's beta.
fn make(job: Job, filter: Option<(i64, f64)>) -> Option<Box<dyn Peer>> {
    // SAFETY: nothing is asked for.
    let handle = NonNull::new(unsafe { swr_alloc() })?;
    let swr = SwResample { handle, job, input: job.input(), output: job.output() };
    let layout = if job.channels == 2 { c"stereo" } else { c"7.1" };
    let mut done = swr.set(c"in_chlayout", layout) && swr.set(c"out_chlayout", layout);
    done &= swr.set(c"in_sample_fmt", c"flt") && swr.set(c"out_sample_fmt", c"flt");
    done &= swr.set_int(c"in_sample_rate", job.from.into()) && swr.set_int(c"out_sample_rate", job.to.into());
    if let Some((length, beta)) = filter {
        done &= swr.set(c"filter_type", c"kaiser") && swr.set_double(c"kaiser_beta", beta);
        done &= swr.set_int(c"filter_size", length) && swr.set_double(c"cutoff", 1.0);
    }
    // SAFETY: the handle is alive.
    done &= unsafe { swr_init(swr.handle.as_ptr()) } == 0;
    done.then(|| Box::new(swr) as Box<dyn Peer>)
}

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry("swresample", |job| make(job, None)),
        entry("swresample 100 dB", |job| make(job, Some((70, 10.06)))),
        entry("swresample 140 dB", |job| make(job, Some((102, 14.47)))),
    ]
}
