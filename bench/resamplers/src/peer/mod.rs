//! The converters, ours and others, behind one way to feed them.

mod headroom;
mod rubato;
#[cfg(samplerate)]
mod samplerate;
#[cfg(soxr)]
mod soxr;
#[cfg(speexdsp)]
mod speex;
#[cfg(all(swresample, avutil))]
mod swresample;
#[cfg(zita)]
mod zita;

use std::ffi::c_void;
use std::ptr::NonNull;

/// One stream to be converted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) channels: usize,
    pub(crate) block_ms: usize,
}

impl Job {
    /// Input frames in a block, rounded up.
    fn input_frames(&self) -> usize {
        (self.from as usize * self.block_ms).div_ceil(1000)
    }

    /// Enough for what comes of a block.
    fn output_frames(&self) -> usize {
        (self.to as usize * self.block_ms).div_ceil(1000) * 2 + 64
    }

    /// A block of noise at half of full scale.
    fn input(&self) -> Vec<f32> {
        let mut state = 1_u32;
        let step = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state as i32 as f32 / 4_294_967_296.0
        };
        std::iter::repeat_with(step).take(self.input_frames() * self.channels).collect()
    }

    fn output(&self) -> Vec<f32> {
        vec![0.0; self.output_frames() * self.channels]
    }
}

/// A converter at work on a stream.
pub(crate) trait Peer {
    /// Takes one block in and returns how many frames came out.
    fn block(&mut self) -> usize;
}

/// A row: its name, and what makes the converter for a job, if it can.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) ours: bool,
    pub(crate) make: fn(Job) -> Option<Box<dyn Peer>>,
}

/// All that there are here.
pub(crate) fn all() -> Vec<Entry> {
    let mut all = Vec::new();
    all.extend(headroom::entries());
    all.extend(rubato::entries());
    #[cfg(soxr)]
    all.extend(soxr::entries());
    #[cfg(all(swresample, avutil))]
    all.extend(swresample::entries());
    #[cfg(samplerate)]
    all.extend(samplerate::entries());
    #[cfg(speexdsp)]
    all.extend(speex::entries());
    #[cfg(zita)]
    all.extend(zita::entries());
    all
}

fn entry(name: &'static str, make: fn(Job) -> Option<Box<dyn Peer>>) -> Entry {
    Entry { name, ours: false, make }
}

/// What a C library calls a converter.
type Handle = NonNull<c_void>;

/// Names and versions of the peers that were found.
pub(crate) fn versions() -> Vec<String> {
    let lock = include_str!("../../Cargo.lock");
    let rubato =
        lock.split_once("name = \"rubato\"\nversion = \"").and_then(|(_, rest)| rest.split_once('"'));
    let mut all: Vec<String> = rubato.map(|(version, _)| format!("rubato {version}")).into_iter().collect();
    let found = [
        option_env!("VERSION_soxr"),
        option_env!("VERSION_swresample"),
        option_env!("VERSION_samplerate"),
        option_env!("VERSION_speexdsp"),
        cfg!(zita).then_some("zita-resampler"),
    ];
    all.extend(found.into_iter().flatten().map(String::from));
    all
}
