//! Time per output frame and channel: `cargo bench -p headroom-resample`. Medians of interleaved rounds.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use headroom_resample::{Plan, Quality, Resampler, plan};

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
    plan: Plan,
    label: String,
    channels: usize,
    block_ms: usize,
    resampler: Resampler<Vec<i32>>,
    nanoseconds: Vec<f64>,
}

impl Case {
    fn new(pair: (u32, u32, Quality), channels: usize, block_ms: usize) -> Result<Self, Box<dyn Error>> {
        let (from, to, quality) = pair;
        let plan = plan(from, to, quality)?;
        let state = vec![0; plan.needs(channels).state_words];
        let resampler = Resampler::new(plan, channels, state)?;
        let label = format!("{from:6} -> {to:6} {quality:8} {channels} ch {block_ms:2} ms");
        Ok(Self { plan, label, channels, block_ms, resampler, nanoseconds: Vec::new() })
    }

    fn round(&mut self, noise: &[i32]) {
        // One frame more than a block holds on average, so that rates that are no multiple of 1 kHz keep up.
        let frames = |rate: u32| (rate as usize * self.block_ms).div_ceil(1000);
        let input = &noise[..frames(self.plan.from()) * self.channels];
        let mut output = vec![0; (frames(self.plan.to()) + 1) * self.channels];
        let (mut produced, mut elapsed) = (0, Duration::ZERO);
        for _ in 0..ROUND_MS / self.block_ms {
            let start = Instant::now();
            produced += self.resampler.process(black_box(input), black_box(&mut output)).produced;
            elapsed += start.elapsed();
        }
        self.nanoseconds.push(elapsed.as_nanos() as f64 / (produced * self.channels) as f64);
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

fn main() -> Result<(), Box<dyn Error>> {
    let noise = noise(192 * 10 * 8);
    let mut cases: Vec<Case> = PAIRS
        .into_iter()
        .flat_map(|pair| [2, 8].map(|channels| (pair, channels)))
        .flat_map(|(pair, channels)| [1, 10].map(|block| Case::new(pair, channels, block)))
        .collect::<Result<_, _>>()?;
    for _ in 0..ROUNDS {
        cases.iter_mut().for_each(|case| case.round(&noise));
    }
    println!("ns per output frame and channel, median of {ROUNDS} rounds");
    for case in &mut cases {
        let median = case.median();
        println!("{} {median:8.1}", case.label);
    }
    Ok(())
}
