//! Quality: real tones through every pair, measured as an audio analyser would.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod tones;

use headroom_resample::{Plan, Quality};
use tones::{Width, leak, measure, selected};

/// A tone of 32 bits at -1 dBFS.
const LOUD: (f64, Width) = (-1.0, Width::S32);

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
        let standard = measure(plan, 997.0, LOUD, plan.to() as usize / 4);
        // Closer together towards the edge of the band, where filters are at their worst.
        let spread = |low: f64, high: f64, k: u32| high - (high - low) * (1.0 - f64::from(k) / 24.0).powi(2);
        let tones: Vec<_> =
            (0..=24).map(|k| measure(plan, spread(20.0, 0.4535 * lower, k), LOUD, 3000)).collect();
        let edge =
            (1..10).map(|k| measure(plan, (0.4535 + 0.0465 * f64::from(k) / 10.0) * lower, LOUD, 3000));
        let residues = tones.iter().map(|tone| tone.residue).chain(edge.map(|tone| tone.residue));
        // At exactly half the output rate the power of a tone depends on its phase; a little above it is measured.
        let width = (0.5 * f64::from(plan.from()) - 1.0 - 0.501 * lower).max(0.0);
        let aliases = (0..=24)
            .filter(|_| width > 0.0)
            .map(|k| leak(plan, 0.501 * lower + width * (f64::from(k) / 24.0).powi(2), LOUD, 3000));
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
