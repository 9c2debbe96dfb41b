//! Time per output frame and channel by backend: `cargo bench -p headroom-resample`. Medians of interleaved rounds.
//! Arguments pick rows: `cargo bench -p headroom-resample -- f32 "44100 ->"`.

use std::error::Error;
use std::hint::black_box;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use headroom_resample::{Backend, Plan, Quality, Resampler, Sample, plan};

const ROUNDS: usize = 31;
const ROUND_MS: usize = 200;
const PAIRS: [(u32, u32, Quality); 6] = [
    (44_100, 48_000, Quality::Standard),
    (48_000, 44_100, Quality::Standard),
    (48_000, 16_000, Quality::Standard),
    (16_000, 48_000, Quality::Standard),
    (192_000, 48_000, Quality::Standard),
    (44_100, 48_000, Quality::Lite),
];

/// One line of the table: a stream that is fed block by block.
struct Case {
    label: String,
    round: Box<dyn FnMut() -> f64>,
    nanoseconds: Vec<f64>,
}

/// What a case streams.
#[derive(Clone, Copy)]
struct Stream {
    plan: Plan<'static>,
    channels: usize,
    block_ms: usize,
}

impl Case {
    fn new<T, S, C>(
        stream: Stream,
        mut resampler: Resampler<'static, S, C>,
        noise: &[T],
        backend: Backend,
    ) -> Self
    where
        T: Sample,
        S: DerefMut<Target = [T]> + 'static,
        C: Deref<Target = [T]> + 'static,
    {
        resampler.set_backend(backend);
        let Stream { plan, channels, block_ms } = stream;
        // One frame more than a block holds on average, so that rates that are no multiple of 1 kHz keep up.
        let frames = |rate: u32| (rate as usize * block_ms).div_ceil(1000);
        let input = noise[..frames(plan.from()) * channels].to_vec();
        let mut output = vec![T::default(); (frames(plan.to()) + 1) * channels];
        let format = std::any::type_name::<T>();
        let (from, to) = (plan.from(), plan.to());
        let backend = backend.to_string();
        let label = format!("{from:6} -> {to:6} {channels} ch {block_ms:2} ms {format} {backend:8}");
        let round = move || {
            let (mut produced, mut elapsed) = (0, Duration::ZERO);
            for _ in 0..ROUND_MS / block_ms {
                let start = Instant::now();
                produced += resampler.process(black_box(&input), black_box(&mut output)).produced;
                elapsed += start.elapsed();
            }
            elapsed.as_nanos() as f64 / (produced * channels) as f64
        };
        Self { label, round: Box::new(round), nanoseconds: Vec::new() }
    }

    fn median(&mut self) -> f64 {
        self.nanoseconds.sort_by(f64::total_cmp);
        self.nanoseconds[self.nanoseconds.len() / 2]
    }
}

fn noise(words: usize) -> Vec<i32> {
    let mut state = 1_u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state as i32 >> 1
    })
    .take(words)
    .collect()
}

fn cases(stream: Stream, noise: &[i32], floats: &[f32]) -> Result<Vec<Case>, Box<dyn Error>> {
    let (plan, channels) = (stream.plan, stream.channels);
    let needs = plan.needs(channels);
    let mut cases = Vec::new();
    for backend in Backend::available() {
        let resampler = Resampler::new(plan, channels, vec![0; needs.state_words])?;
        cases.push(Case::new(stream, resampler, noise, backend));
        let coefficients = needs.coefficient_words.map(|words| vec![0.0; words]);
        let resampler = Resampler::new_f32(plan, channels, vec![0.0; needs.state_words], coefficients)?;
        cases.push(Case::new(stream, resampler, floats, backend));
    }
    Ok(cases)
}

fn main() -> Result<(), Box<dyn Error>> {
    let noise = noise(192 * 10 * 8);
    let floats: Vec<f32> = noise.iter().map(|sample| *sample as f32 / 2_147_483_648.0).collect();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let mut rows = Vec::new();
    for (from, to, quality) in PAIRS {
        for (channels, block_ms) in [(2, 1), (2, 10), (8, 1), (8, 10)] {
            let plan = plan(from, to, quality)?;
            for mut case in cases(Stream { plan, channels, block_ms }, &noise, &floats)? {
                case.label.push_str(&format!("{quality:8}"));
                if wanted.iter().all(|word| case.label.contains(word)) {
                    rows.push(case);
                }
            }
        }
    }
    for _ in 0..ROUNDS {
        rows.iter_mut().for_each(|case| case.nanoseconds.push((case.round)()));
    }
    println!("ns per output frame and channel, median of {ROUNDS} rounds");
    for case in &mut rows {
        let median = case.median();
        println!("{} {median:8.1}", case.label);
    }
    Ok(())
}
