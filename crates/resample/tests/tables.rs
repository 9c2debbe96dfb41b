//! Tables: generated anew they are the same bytes, and they have the frequency response that was asked for.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "../examples/generate-tables/render.rs"]
mod render;
mod tones;

use std::{collections::BTreeMap, f64::consts::PI, fs, path::Path, thread};

use headroom_resample::design::{Cascade, Requirement};
use headroom_resample::{Plan, Quality, RATES, Stage, plan, plans};
use tones::desk_plans;

const QUALITIES: [Quality; 3] = [Quality::Lite, Quality::Standard, Quality::Mastering];

/// Half a minute with an optimising compiler, which is what CI takes for it.
fn everything() -> bool {
    is_set("HEADROOM_ALL_PAIRS")
}

/// Minutes even then: by hand.
fn all_anew() -> bool {
    is_set("HEADROOM_LONG") || is_set("HEADROOM_BLESS")
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

#[test]
fn the_generator_gives_what_is_checked_in() {
    if !all_anew() {
        return some_conversions_are_designed_the_same_again();
    }
    // Minutes of arithmetic: each file on a thread of its own.
    let made = QUALITIES.map(|quality| thread::spawn(move || render::file(quality)));
    let made = made.into_iter().chain([thread::spawn(render::direct)]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tables");
    for made in made {
        let (name, text) = made.join().unwrap().unwrap();
        if std::env::var_os("HEADROOM_BLESS").is_some() {
            fs::write(folder.join(&name), &text).unwrap();
        }
        let present = fs::read_to_string(folder.join(&name)).unwrap_or_default();
        assert!(present == text, "{name} is out of date; HEADROOM_BLESS=1 rewrites it");
    }
}

fn some_conversions_are_designed_the_same_again() {
    for quality in QUALITIES {
        for (from, to) in [(44_100, 48_000), (48_000, 16_000), (96_000, 88_200), (8_000, 192_000)] {
            let cascade = Cascade::new(from, to, &quality.specification()).unwrap();
            let mut work = vec![0.0; cascade.work_words().unwrap()];
            let mut coefficients = vec![0; cascade.coefficient_words().unwrap()];
            let designed = cascade.plan(&mut work, &mut coefficients).unwrap();
            assert_eq!(designed, plan(from, to, quality).unwrap());
        }
    }
}

/// Each set of coefficients once, with what its design was asked for.
fn filters() -> Vec<(String, Stage<'static>, Requirement)> {
    let mut filters = BTreeMap::new();
    for quality in QUALITIES {
        for (from, to) in RATES.into_iter().flat_map(|from| RATES.map(|to| (from, to))) {
            let cascade = Cascade::new(from, to, &quality.specification()).unwrap();
            let plan = plan(from, to, quality).unwrap();
            assert_eq!(plan.stages().len(), cascade.stages().count());
            for (stage, wanted) in plan.stages().iter().zip(cascade.stages()) {
                assert_eq!(
                    (stage.interpolation, stage.decimation),
                    (wanted.interpolation, wanted.decimation)
                );
                let name = format!("{quality} {from}:{to}");
                filters.entry(stage.coefficients.as_ptr()).or_insert((name, *stage, *wanted));
            }
        }
    }
    let few = |(index, _): &(usize, _)| everything() || index % 9 == 4;
    let few = filters.into_values().enumerate().filter(few).map(|(_, filter)| filter);
    // Large ones, and the same in all octaves.
    let direct = direct_filters().take(if everything() { 2 } else { 0 });
    few.chain(direct).collect()
}

/// The same of the stages that only desks use.
fn direct_filters() -> impl Iterator<Item = (String, Stage<'static>, Requirement)> {
    desk_plans(Quality::Standard).map(|plan| {
        let (from, to) = (plan.from(), plan.to());
        let cascade = Cascade::direct(from, to, &Quality::Standard.specification()).unwrap();
        (format!("direct {from}:{to}"), plan.stages()[0], *cascade.stages().next().unwrap())
    })
}

/// All plans that there are.
fn all_plans() -> impl Iterator<Item = Plan<'static>> {
    QUALITIES.into_iter().flat_map(|quality| plans(quality).chain(desk_plans(quality)))
}

/// A stage as its integers make it: half of its impulse response, in order, the other half being its mirror image.
struct Response {
    half: Vec<f64>,
    interpolation: f64,
    shift: f64,
}

impl Response {
    fn of(stage: &Stage<'_>) -> Self {
        let (l, s) = (usize::from(stage.interpolation), usize::from(stage.taps));
        let mut half = vec![0.0; l * s];
        for (position, coefficient) in stage.coefficients.iter().enumerate() {
            half[position / s + position % s * l] = f64::from(*coefficient);
        }
        Self { half, interpolation: l as f64, shift: f64::from(stage.shift).exp2() }
    }

    /// Amplitude at a frequency relative to the input rate: Horner's rule around the unit circle, one sine a frequency.
    fn amplitude(&self, frequency: f64) -> f64 {
        let turn = 2.0 * PI * frequency / self.interpolation;
        let ((sine, cosine), centre) = (turn.sin_cos(), (self.half.len() - 1) as f64 / 2.0);
        let step = |(re, im): (f64, f64), tap: &f64| (re * cosine - im * sine + tap, re * sine + im * cosine);
        let (re, im) = self.half.iter().rev().fold((0.0, 0.0), step);
        let (sine, cosine) = (turn * centre).sin_cos();
        2.0 * (re * cosine + im * sine) / self.interpolation / self.shift
    }

    /// The gain that a filter has on average over its pass-band is one; guard bits move it by powers of two.
    fn guard(&self) -> f64 {
        self.amplitude(0.0).log2().round().exp2()
    }
}

fn decibels(amplitude: f64) -> f64 {
    20.0 * amplitude.abs().max(1e-12).log10()
}

/// A grid from `low` to `high` with a step that is a sixth of the narrowest ripple, so that no peak slips through.
fn grid(stage: &Stage<'_>, low: f64, high: f64) -> impl Iterator<Item = f64> {
    let steps = ((high - low) * f64::from(stage.taps) * 6.0).ceil();
    (0..=steps as u32).map(move |step| low + (high - low) * f64::from(step) / steps)
}

#[test]
fn every_stage_responds_as_its_design_promises() {
    for (name, stage, wanted) in filters() {
        let response = Response::of(&stage);
        let unity = response.guard();
        let gain = |frequency| decibels(response.amplitude(frequency) / unity);
        let ripple = grid(&stage, 0.0, wanted.pass).map(gain).map(f64::abs).fold(0.0, f64::max);
        let nyquist = f64::from(stage.interpolation) / 2.0;
        let stop = grid(&stage, wanted.stop, nyquist).map(gain).fold(f64::MIN, f64::max);
        let (l, m, s) = (stage.interpolation, stage.decimation, stage.taps);
        println!("{name:24} {l:3}/{m:3} {s:3} taps: ripple {ripple:.5} dB, stop-band {stop:.2} dB");
        // The exchange stops when the error is even to 0.02 dB.
        assert!(ripple <= 1.003 * wanted.ripple_db, "{name}: {ripple}");
        assert!(stop <= 0.03 - wanted.attenuation_db, "{name}: {stop}");
    }
}

/// A gain of one in all but for the ripple, and between two stages a shift that no input can saturate.
#[test]
fn guard_bits_are_taken_back() {
    for plan in all_plans() {
        let stages = plan.stages();
        let gain: f64 = stages.iter().map(|stage| Response::of(stage).amplitude(0.0)).product();
        assert!(decibels(gain).abs() < 0.01, "{plan:?} has a gain of {gain}");
        assert!(stages.len() == 1 || stages[0].shift == 32);
    }
}

#[test]
fn no_branch_can_overflow_its_accumulator() {
    for plan in all_plans() {
        for stage in plan.stages() {
            let (l, s) = (usize::from(stage.interpolation), usize::from(stage.taps));
            assert_eq!(stage.coefficients.len(), l * s / 2);
            assert!((1..=32).contains(&stage.shift) && s % 4 == 0);
            for (branch, taps) in stage.coefficients.chunks(s).enumerate() {
                let sum: u64 = taps.iter().map(|tap| u64::from(tap.unsigned_abs())).sum();
                // The middle branch of an odd L is kept by half.
                let sum = if taps.len() < s { 2 * sum } else { sum };
                // -2^31 times each, plus a rounding constant of at most 2^31, still is below 2^63.
                assert!(
                    sum < u64::from(u32::MAX),
                    "{} to {}, branch {branch}: {sum}",
                    plan.from(),
                    plan.to()
                );
            }
        }
    }
}
