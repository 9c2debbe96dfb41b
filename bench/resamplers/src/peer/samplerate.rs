//! libsamplerate: its three sinc converters.

use std::ffi::{c_int, c_long, c_void};
use std::ptr::NonNull;

use super::{Entry, Handle, Job, Peer, entry};

/// `SRC_DATA`.
#[repr(C)]
struct Data {
    input: *const f32,
    output: *mut f32,
    input_frames: c_long,
    output_frames: c_long,
    used: c_long,
    made: c_long,
    end_of_input: c_int,
    ratio: f64,
}

unsafe extern "C" {
    fn src_new(converter: c_int, channels: c_int, error: *mut c_int) -> *mut c_void;
    fn src_process(state: *mut c_void, data: *mut Data) -> c_int;
    fn src_delete(state: *mut c_void) -> *mut c_void;
}

struct SampleRate {
    handle: Handle,
    job: Job,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Peer for SampleRate {
    fn block(&mut self) -> usize {
        let mut data = Data {
            input: self.input.as_ptr(),
            output: self.output.as_mut_ptr(),
            input_frames: self.job.input_frames() as c_long,
            output_frames: self.job.output_frames() as c_long,
            used: 0,
            made: 0,
            end_of_input: 0,
            ratio: f64::from(self.job.to) / f64::from(self.job.from),
        };
        // SAFETY: the handle is alive, and both buffers hold so many interleaved frames.
        unsafe { src_process(self.handle.as_ptr(), &mut data) };
        data.made as usize
    }
}

impl Drop for SampleRate {
    fn drop(&mut self) {
        // SAFETY: the handle is alive, and nobody uses it afterwards.
        unsafe { src_delete(self.handle.as_ptr()) };
    }
}

fn make(job: Job, converter: c_int) -> Option<Box<dyn Peer>> {
    let mut error = 0;
    // SAFETY: the error has a place to go.
    let handle = NonNull::new(unsafe { src_new(converter, job.channels as c_int, &mut error) })?;
    Some(Box::new(SampleRate { handle, job, input: job.input(), output: job.output() }))
}

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry("libsamplerate fastest", |job| make(job, 2)),
        entry("libsamplerate medium", |job| make(job, 1)),
        entry("libsamplerate best", |job| make(job, 0)),
    ]
}
