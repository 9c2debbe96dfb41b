//! Quality: real tones through every pair, measured as an audio analyser would.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::f64::consts::TAU;

use headroom_resample::{Plan, Quality, Resampler, plans};

/// -1 dBFS.
const LEVEL: f64 = 0.891_250_938_133_745_5;

/// A tone as it came out, in dB relative to the one that went in.
struct Tone {
    gain: f64,
    /// All that isn't the tone: noise, distortion, images, aliases, direct current.
    residue: f64,
}

/// Runs a sine of -1 dBFS through the plan and fits a sine of the same frequency to the settled output.
fn measure(plan: Plan<'_>, frequency: f64, frames: usize) -> Tone {
    let output = settled_output(plan, frequency, frames);
    let step = TAU * frequency / f64::from(plan.to());
    // Least squares for a*cos + b*sin.
    let (mut cc, mut cs, mut ss, mut yc, mut ys) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, y) in output.iter().enumerate() {
        let (sin, cos) = (step * n as f64).sin_cos();
        (cc, cs, ss) = (cc + cos * cos, cs + cos * sin, ss + sin * sin);
        (yc, ys) = (yc + y * cos, ys + y * sin);
    }
    let determinant = cc * ss - cs * cs;
    let a = (yc * ss - ys * cs) / determinant;
    let b = (ys * cc - yc * cs) / determinant;
    let residue: f64 = output
        .iter()
        .enumerate()
        .map(|(n, y)| {
            let (sin, cos) = (step * n as f64).sin_cos();
            (y - a * cos - b * sin).powi(2)
        })
        .sum();
    let power = residue / output.len() as f64;
    Tone { gain: 10.0 * ((a * a + b * b) / LEVEL.powi(2)).log10(), residue: relative(power) }
}

/// All that a tone beyond the band of the output leaves behind there, in dB relative to it.
fn leak(plan: Plan<'_>, frequency: f64, frames: usize) -> f64 {
    let output = settled_output(plan, frequency, frames);
    relative(output.iter().map(|y| y * y).sum::<f64>() / output.len() as f64)
}

fn relative(power: f64) -> f64 {
    10.0 * (power / (LEVEL * LEVEL / 2.0)).max(1e-30).log10()
}

fn settled_output(plan: Plan<'_>, frequency: f64, frames: usize) -> Vec<f64> {
    let (numerator, denominator) = plan.delay();
    let settling = 2 * (numerator / denominator) as usize + 2;
    let count = plan.input_frames_for((settling + frames) as u64) as usize;
    let step = TAU * frequency / f64::from(plan.from());
    let sine = |n: usize| ((step * n as f64).sin() * LEVEL * f64::from(i32::MAX)).round() as i32;
    let input: Vec<i32> = (0..count).map(sine).collect();
    let mut output = vec![0; settling + frames];
    let mut resampler = Resampler::new(plan, 1, vec![0; plan.needs(1).state_words]).unwrap();
    assert_eq!(resampler.process(&input, &mut output).produced, output.len());
    output[settling..].iter().map(|sample| f64::from(*sample) / f64::from(i32::MAX)).collect()
}

struct Report {
    thd_n: f64,
    level: f64,
    ripple: f64,
    image: f64,
    alias: f64,
}

impl Report {
    fn of(plan: Plan<'_>) -> Self {
        let lower = f64::from(plan.from().min(plan.to()));
        let standard = measure(plan, 997.0, plan.to() as usize / 4);
        // Closer together towards the edge of the band, where filters are at their worst.
        let spread = |low: f64, high: f64, k: u32| high - (high - low) * (1.0 - f64::from(k) / 24.0).powi(2);
        let tones: Vec<_> = (0..=24).map(|k| measure(plan, spread(20.0, 0.4535 * lower, k), 3000)).collect();
        let edge = (1..10).map(|k| measure(plan, (0.4535 + 0.0465 * f64::from(k) / 10.0) * lower, 3000));
        let residues = tones.iter().map(|tone| tone.residue).chain(edge.map(|tone| tone.residue));
        // At exactly half the output rate the power of a tone depends on its phase; a little above it is measured.
        let width = (0.5 * f64::from(plan.from()) - 1.0 - 0.501 * lower).max(0.0);
        let aliases = (0..=24)
            .filter(|_| width > 0.0)
            .map(|k| leak(plan, 0.501 * lower + width * (f64::from(k) / 24.0).powi(2), 3000));
        Self {
            thd_n: standard.residue - standard.gain,
            level: standard.gain,
            ripple: tones.iter().map(|tone| tone.gain.abs()).fold(0.0, f64::max),
            image: residues.fold(f64::MIN, f64::max),
            alias: aliases.fold(f64::NEG_INFINITY, f64::max),
        }
    }

    /// The worse of both in each figure.
    fn or(&self, other: &Self) -> Self {
        Self {
            thd_n: self.thd_n.max(other.thd_n),
            level: self.level.abs().max(other.level.abs()),
            ripple: self.ripple.max(other.ripple),
            image: self.image.max(other.image),
            alias: self.alias.max(other.alias),
        }
    }

    fn print(&self, plan: Plan<'_>, quality: Quality) {
        let (numerator, denominator) = plan.delay();
        let milliseconds = 1e3 * f64::from(numerator) / f64::from(denominator) / f64::from(plan.to());
        let needs = plan.needs(2);
        let words = needs.state_words + needs.coefficient_words.iter().sum::<usize>();
        println!(
            "{quality:8} {:6} -> {:6}: THD+N {:7.2} dB, level {:+.5} dB, ripple {:.5} dB, image {:7.2} dB, \
             alias {:7.2} dB, delay {milliseconds:.3} ms, {} B state, {} B in all",
            plan.from(),
            plan.to(),
            self.thd_n,
            self.level,
            self.ripple,
            self.image,
            self.alias,
            4 * needs.state_words,
            4 * words,
        );
    }
}

/// All conversions of a quality if `HEADROOM_ALL_PAIRS` is set; else a few, among them the longest filters.
fn selected(quality: Quality) -> Vec<Plan<'static>> {
    let all = std::env::var_os("HEADROOM_ALL_PAIRS").is_some();
    let named = [(44_100, 48_000), (48_000, 44_100), (48_000, 16_000), (11_025, 64_000), (192_000, 11_025)];
    let chosen = |(index, plan): &(usize, Plan<'_>)| {
        all || index % 67 == 33 || named.contains(&(plan.from(), plan.to()))
    };
    plans(quality).enumerate().filter(chosen).map(|(_, plan)| plan).collect()
}

struct Limits {
    thd_n: f64,
    stop: f64,
    ripple: f64,
}

fn hold(quality: Quality, limits: &Limits) {
    let mut broken = Vec::new();
    let mut worst = Report { thd_n: f64::MIN, level: 0.0, ripple: 0.0, image: f64::MIN, alias: f64::MIN };
    for plan in selected(quality) {
        let report = Report::of(plan);
        report.print(plan, quality);
        // What a listener is promised: 20 Hz to 0.4535 of the lower rate within the ripple.
        let flat = report.level.abs().max(report.ripple) <= limits.ripple;
        if !flat || report.thd_n > limits.thd_n || report.image.max(report.alias) > limits.stop {
            broken.push(format!("{} -> {}", plan.from(), plan.to()));
        }
        worst = worst.or(&report);
    }
    println!(
        "{quality}: at worst THD+N {:.2} dB, ripple {:.5} dB, image {:.2} dB, alias {:.2} dB",
        worst.thd_n, worst.ripple, worst.image, worst.alias
    );
    assert!(broken.is_empty(), "{quality} breaks its promise at {}", broken.join(", "));
}

/// 20 dB are asked of 997 Hz beyond the depth of the stop-band, which the worst tone must keep with all its images and
/// aliases together.
#[test]
fn standard_keeps_its_limits() {
    hold(Quality::Standard, &Limits { thd_n: -120.0, stop: -100.0, ripple: 0.01 });
}

#[test]
fn lite_keeps_its_limits() {
    hold(Quality::Lite, &Limits { thd_n: -95.0, stop: -80.0, ripple: 0.01 });
}

#[test]
fn mastering_keeps_its_limits() {
    hold(Quality::Mastering, &Limits { thd_n: -140.0, stop: -140.0, ripple: 0.001 });
}
