//! zita-resampler, with three half lengths.

use std::ffi::{c_uint, c_void};
use std::ptr::NonNull;

use super::{Entry, Handle, Job, Peer, entry};

unsafe extern "C" {
    fn headroom_zita_new(from: c_uint, to: c_uint, channels: c_uint, half_length: c_uint) -> *mut c_void;
    fn headroom_zita_delete(resampler: *mut c_void);
    fn headroom_zita_process(
        resampler: *mut c_void,
        input: *mut f32,
        frames: c_uint,
        output: *mut f32,
        room: c_uint,
    ) -> c_uint;
}

struct Zita {
    handle: Handle,
    job: Job,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Peer for Zita {
    fn block(&mut self) -> usize {
        let (frames, room) = (self.job.input_frames() as c_uint, self.job.output_frames() as c_uint);
        let (input, output) = (self.input.as_mut_ptr(), self.output.as_mut_ptr());
        // SAFETY: the handle is alive, and both buffers hold so many interleaved frames.
        unsafe { headroom_zita_process(self.handle.as_ptr(), input, frames, output, room) as usize }
    }
}

impl Drop for Zita {
    fn drop(&mut self) {
        // SAFETY: the handle is alive, and nobody uses it afterwards.
        unsafe { headroom_zita_delete(self.handle.as_ptr()) };
    }
}

fn make(job: Job, half_length: c_uint) -> Option<Box<dyn Peer>> {
    // SAFETY: the library checks the numbers itself.
    let handle = unsafe { headroom_zita_new(job.from, job.to, job.channels as c_uint, half_length) };
    Some(Box::new(Zita { handle: NonNull::new(handle)?, job, input: job.input(), output: job.output() }))
}

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry("zita 16", |job| make(job, 16)),
        entry("zita 32", |job| make(job, 32)),
        entry("zita 48", |job| make(job, 48)),
    ]
}
