//! rubato: its FFT with short chunks, and its windowed sinc at the nearest of 256 positions.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Async, Fft, FixedAsync, FixedSync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

use super::{Entry, Job, Peer, entry};

/// Fed whole chunks of its own size, so that it pays for no buffer in front of it.
struct Chunks<R> {
    resampler: R,
    channels: usize,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl<R: Resampler<f32>> Chunks<R> {
    fn new(resampler: R, channels: usize) -> Self {
        let noise = Job { from: 48_000, to: 48_000, channels, block_ms: 100 }.input();
        let input = noise[..resampler.input_frames_max() * channels].to_vec();
        let output = vec![0.0; resampler.output_frames_max() * channels];
        Self { resampler, channels, input, output }
    }
}

impl<R: Resampler<f32>> Peer for Chunks<R> {
    fn block(&mut self) -> usize {
        let (input, output) = (self.input.len() / self.channels, self.output.len() / self.channels);
        let Ok(input) = InterleavedSlice::new(&self.input, self.channels, input) else { return 0 };
        let Ok(mut output) = InterleavedSlice::new_mut(&mut self.output, self.channels, output) else {
            return 0;
        };
        self.resampler.process_into_buffer(&input, &mut output, None).map_or(0, |(_, made)| made)
    }
}

fn fft(job: Job, chunk: usize) -> Option<Box<dyn Peer>> {
    let (from, to) = (job.from as usize, job.to as usize);
    let resampler = Fft::<f32>::new(from, to, chunk, job.channels, FixedSync::Input).ok()?;
    Some(Box::new(Chunks::new(resampler, job.channels)))
}

fn sinc(job: Job) -> Option<Box<dyn Peer>> {
    let parameters = SincInterpolationParameters {
        sinc_len: 256,
        f_cutoff: None,
        oversampling_factor: 256,
        interpolation: SincInterpolationType::Nearest,
        window: WindowFunction::BlackmanHarris2,
    };
    let (ratio, chunk) = (f64::from(job.to) / f64::from(job.from), job.input_frames());
    let resampler =
        Async::<f32>::new_sinc(ratio, 1.0, &parameters, chunk, job.channels, FixedAsync::Input).ok()?;
    Some(Box::new(Chunks::new(resampler, job.channels)))
}

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry("rubato FFT", |job| fft(job, job.input_frames())),
        entry("rubato FFT 1024", |job| fft(job, 1024)),
        entry("rubato sinc 256", sinc),
    ]
}
