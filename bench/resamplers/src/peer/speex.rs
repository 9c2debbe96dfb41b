//! speexdsp, at three of its qualities.

use std::ffi::{c_int, c_void};
use std::ptr::NonNull;

use super::{Entry, Handle, Job, Peer, entry};

unsafe extern "C" {
    fn speex_resampler_init(
        channels: u32,
        from: u32,
        to: u32,
        quality: c_int,
        error: *mut c_int,
    ) -> *mut c_void;
    fn speex_resampler_process_interleaved_float(
        state: *mut c_void,
        input: *const f32,
        frames: *mut u32,
        output: *mut f32,
        room: *mut u32,
    ) -> c_int;
    fn speex_resampler_destroy(state: *mut c_void);
}

struct Speex {
    handle: Handle,
    job: Job,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Peer for Speex {
    fn block(&mut self) -> usize {
        let (mut frames, mut room) = (self.job.input_frames() as u32, self.job.output_frames() as u32);
        let (state, input, output) = (self.handle.as_ptr(), self.input.as_ptr(), self.output.as_mut_ptr());
        // SAFETY: the handle is alive, and both buffers hold so many interleaved frames.
        unsafe { speex_resampler_process_interleaved_float(state, input, &mut frames, output, &mut room) };
        room as usize
    }
}

impl Drop for Speex {
    fn drop(&mut self) {
        // SAFETY: the handle is alive, and nobody uses it afterwards.
        unsafe { speex_resampler_destroy(self.handle.as_ptr()) };
    }
}

fn make(job: Job, quality: c_int) -> Option<Box<dyn Peer>> {
    let mut error = 0;
    // SAFETY: the error has a place to go.
    let handle = unsafe { speex_resampler_init(job.channels as u32, job.from, job.to, quality, &mut error) };
    Some(Box::new(Speex { handle: NonNull::new(handle)?, job, input: job.input(), output: job.output() }))
}

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry("speexdsp q3", |job| make(job, 3)),
        entry("speexdsp q5", |job| make(job, 5)),
        entry("speexdsp q10", |job| make(job, 10)),
    ]
}
