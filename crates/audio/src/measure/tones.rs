//! Tones through a converter: made eight at a time, one in each channel, and found again in what comes out.

use std::f64::consts::TAU;

use headroom_resample::{MAX_CHANNELS, Plan, Resampler};

use crate::error::Error;

/// Peak of every tone: -1 dBFS.
const LEVEL: f64 = 0.891_250_938_133_745_5;

/// Frames that are made and converted at a time.
const BLOCK_FRAMES: usize = 2048;

/// A tone as it came out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tone {
    /// Its level, in dB relative to the one that went in.
    pub(super) gain_db: f64,
    /// All that isn't the tone: noise, distortion, images, aliases, direct current; in dB relative to what went in.
    pub(super) residue_db: f64,
    /// How much later it came out, in radians of it, from 0 to a whole turn.
    pub(super) lag: f64,
    /// All that came out, in dB relative to what went in.
    pub(super) power_db: f64,
}

/// Sends tones of -1 dBFS, in Hz, through `plan`, and looks at `frames` frames of what comes out of each once the filters
/// have settled.
pub(super) fn tones(plan: Plan, frequencies: &[f64], frames: usize) -> Result<Vec<Tone>, Error> {
    let mut found = Vec::with_capacity(frequencies.len());
    for batch in frequencies.chunks(MAX_CHANNELS) {
        let settling = settling(plan);
        let output = run(plan, batch, settling + frames)?;
        for (channel, hz) in batch.iter().enumerate() {
            let settled = output.iter().skip(channel + settling * batch.len()).step_by(batch.len());
            let settled: Vec<f64> = settled.map(|&y| f64::from(y) / f64::from(i32::MAX)).collect();
            found.push(fit(&settled, TAU * hz / f64::from(plan.to()), settling));
        }
    }
    Ok(found)
}

/// Output frames until nothing is left of the start: the length of the filters.
pub(super) fn settling(plan: Plan) -> usize {
    let (numerator, denominator) = plan.delay();
    2 * (numerator / denominator) as usize + 2
}

/// The first `frames` output frames, interleaved, of sines that begin at input frame 0.
fn run(plan: Plan, frequencies: &[f64], frames: usize) -> Result<Vec<i32>, Error> {
    let channels = frequencies.len();
    let state = vec![0; plan.needs(channels).state_words];
    let mut resampler = Resampler::new(plan, channels, state).map_err(|error| Error::fault(&error))?;
    let step = |hz: &f64| TAU * hz / f64::from(plan.from());
    let mut waves: Vec<_> = frequencies.iter().map(|hz| Rotor::new(0.0, step(hz))).collect();
    let mut input = vec![0; BLOCK_FRAMES * channels];
    let (mut output, mut made) = (vec![0; frames * channels], 0);
    while made < frames {
        for frame in input.chunks_exact_mut(channels) {
            for (sample, wave) in frame.iter_mut().zip(&mut waves) {
                *sample = (wave.next().1 * LEVEL * f64::from(i32::MAX)).round() as i32;
            }
        }
        // All of the input is used until the output is full.
        made += resampler.process(&input, &mut output[made * channels..]).produced;
    }
    Ok(output)
}

/// Least squares for `a cos + b sin` of `step` radians a frame. The first value is that of frame `first`.
fn fit(values: &[f64], step: f64, first: usize) -> Tone {
    let begin = || Rotor::new(step * first as f64, step);
    let (mut cc, mut cs, mut ss, mut yc, mut ys, mut yy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    let mut wave = begin();
    for y in values {
        let (cos, sin) = wave.next();
        (cc, cs, ss) = (cc + cos * cos, cs + cos * sin, ss + sin * sin);
        (yc, ys, yy) = (yc + y * cos, ys + y * sin, yy + y * y);
    }
    let determinant = cc * ss - cs * cs;
    let (a, b) = ((yc * ss - ys * cs) / determinant, (ys * cc - yc * cs) / determinant);
    // Not from the sums above: the residue is smaller than their last digits.
    let mut wave = begin();
    let residue: f64 = values
        .iter()
        .map(|y| {
            let (cos, sin) = wave.next();
            (y - a * cos - b * sin).powi(2)
        })
        .sum();
    let frames = values.len() as f64;
    Tone {
        gain_db: decibels((a * a + b * b) / 2.0),
        residue_db: decibels(residue / frames),
        lag: (-a).atan2(b).rem_euclid(TAU),
        power_db: decibels(yy / frames),
    }
}

/// The mean power of a signal in dB of the tones that go in.
fn decibels(power: f64) -> f64 {
    10.0 * (power / (LEVEL * LEVEL / 2.0)).max(1e-30).log10()
}

/// A sine and its cosine, frame by frame: a turn of a vector for each, which is much quicker than a sine. After a million
/// turns its error is still below 1e-10, a tenth of the last bit of a sample.
pub(super) struct Rotor {
    now: (f64, f64),
    turn: (f64, f64),
}

impl Rotor {
    /// From `phase` on, `step` radians each time.
    pub(super) fn new(phase: f64, step: f64) -> Self {
        let (sin, cos) = phase.sin_cos();
        let (turn_sin, turn_cos) = step.sin_cos();
        Self { now: (cos, sin), turn: (turn_cos, turn_sin) }
    }

    /// Cosine and sine of the phase, which then moves on.
    pub(super) fn next(&mut self) -> (f64, f64) {
        let now = self.now;
        let ((cos, sin), (turn_cos, turn_sin)) = (now, self.turn);
        self.now = (cos * turn_cos - sin * turn_sin, sin * turn_cos + cos * turn_sin);
        now
    }
}

#[cfg(test)]
mod tests {
    use headroom_resample::{Quality, plan};

    use super::*;

    #[test]
    fn a_rotor_is_a_sine_after_a_million_turns() {
        let mut rotor = Rotor::new(0.3, 1.234_567);
        for n in 0..1_000_000 {
            let (cos, sin) = rotor.next();
            if n % 99_991 == 0 {
                let (sine, cosine) = (0.3 + 1.234_567 * f64::from(n)).sin_cos();
                assert!((sin - sine).abs() < 1e-10 && (cos - cosine).abs() < 1e-10, "{n}");
            }
        }
    }

    /// A known sine with a known error: the fit has to find both.
    #[test]
    fn a_fit_finds_level_lag_and_what_is_not_the_tone() {
        let (step, lag, first) = (0.1234, 0.7, 50);
        let value = |n: usize| {
            let phase = step * (n + first) as f64;
            // A third harmonic, 80 dB below the tone.
            LEVEL * (0.5 * (phase - lag).sin() + 0.5e-4 * (3.0 * phase).sin())
        };
        let values: Vec<f64> = (0..100_000).map(value).collect();
        let tone = fit(&values, step, first);
        let half = 20.0 * 0.5f64.log10();
        assert!((tone.gain_db - half).abs() < 1e-4 && (tone.lag - lag).abs() < 1e-5, "{tone:?}");
        assert!((tone.residue_db - (half - 80.0)).abs() < 1e-2, "{tone:?}");
        assert!((tone.power_db - half).abs() < 1e-3, "{tone:?}");
    }

    /// Each tone is found in its own channel, whatever is in the others, to the last digit.
    #[test]
    fn tones_do_not_see_their_neighbours() {
        let plan = plan(44_100, 48_000, Quality::Lite).unwrap();
        let all: Vec<f64> = (0..11).map(|k| 300.0 + 1700.0 * f64::from(k)).collect();
        let together = tones(plan, &all, 500).unwrap();
        for (hz, tone) in all.iter().zip(together) {
            let alone = tones(plan, &[*hz], 500).unwrap()[0];
            assert_eq!((alone.gain_db, alone.residue_db), (tone.gain_db, tone.residue_db), "{hz} Hz");
        }
    }

    #[test]
    fn a_copy_does_nothing_but_round() {
        let tone = tones(plan(48_000, 48_000, Quality::Lite).unwrap(), &[997.0], 4800).unwrap()[0];
        assert!(tone.gain_db.abs() < 1e-8 && tone.residue_db < -180.0, "{tone:?}");
        assert!(tone.lag < 1e-8 || tone.lag > TAU - 1e-8, "{tone:?}");
    }
}
