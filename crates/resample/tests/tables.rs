//! Tables: generated anew they are the same bytes, and they have the frequency response that was asked for.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "../examples/generate-tables/render.rs"]
mod render;

use std::{collections::BTreeSet, f64::consts::PI, fs, path::Path};

use headroom_resample::design::{Requirement, cascade};
use headroom_resample::{Plan, Quality, Stage, plans};

#[test]
fn the_generator_gives_what_is_checked_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tables");
    let files = render::files().unwrap();
    if std::env::var_os("HEADROOM_BLESS").is_some() {
        files.iter().for_each(|(name, text)| fs::write(folder.join(name), text).unwrap());
    }
    for (name, text) in &files {
        let present = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(present == *text, "{name} is out of date; HEADROOM_BLESS=1 rewrites it");
    }
    let generated: BTreeSet<_> = files.into_iter().map(|(name, _)| name).collect();
    let present =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(present.collect::<BTreeSet<_>>(), generated, "a table that nobody uses any more");
}

/// Each stage of each pair with what its design was asked for.
fn stages() -> Vec<(String, Stage, Requirement)> {
    let all =
        [Quality::Lite, Quality::Standard].map(|quality| plans(quality).map(move |plan| (plan, quality)));
    let of = |(plan, quality): (Plan, Quality)| {
        let cascade = cascade(plan.from(), plan.to(), quality).unwrap();
        let wanted: Vec<_> = cascade.stages().copied().collect();
        assert_eq!(wanted.len(), plan.stages().len());
        let name = format!("{quality} {}:{}", plan.from(), plan.to());
        plan.stages()
            .iter()
            .zip(wanted)
            .map(|(stage, wanted)| (name.clone(), *stage, wanted))
            .collect::<Vec<_>>()
    };
    all.into_iter().flatten().flat_map(of).collect()
}

/// Amplitude of a stage as its integers make it, at a frequency relative to its input rate.
fn amplitude(stage: &Stage, frequency: f64) -> f64 {
    let (l, s) = (usize::from(stage.interpolation), usize::from(stage.taps));
    let centre = (l * s - 1) as f64 / 2.0;
    let term = |(position, coefficient): (usize, &i32)| {
        let index = position / s + position % s * l;
        f64::from(*coefficient) * (2.0 * PI * frequency * (index as f64 - centre) / l as f64).cos()
    };
    let sum: f64 = stage.coefficients.iter().enumerate().map(term).sum();
    2.0 * sum / l as f64 / f64::from(stage.shift).exp2()
}

/// Gain over that at zero frequency, which the guard bits between two stages have moved.
fn gain_db(stage: &Stage, frequency: f64) -> f64 {
    decibels(amplitude(stage, frequency) / amplitude(stage, 0.0))
}

fn decibels(amplitude: f64) -> f64 {
    20.0 * amplitude.abs().max(1e-12).log10()
}

/// A grid from `low` to `high` with a step that is a sixth of the narrowest ripple, so that no peak slips through.
fn grid(stage: &Stage, low: f64, high: f64) -> impl Iterator<Item = f64> {
    let steps = ((high - low) * f64::from(stage.taps) * 6.0).ceil();
    (0..=steps as u32).map(move |step| low + (high - low) * f64::from(step) / steps)
}

#[test]
fn every_stage_responds_as_its_design_promises() {
    for (name, stage, wanted) in stages() {
        let pass = grid(&stage, 0.0, wanted.pass).map(|frequency| gain_db(&stage, frequency));
        let (low, high) = pass.fold((0.0_f64, 0.0_f64), |(low, high), gain| (low.min(gain), high.max(gain)));
        let nyquist = f64::from(stage.interpolation) / 2.0;
        let stop = grid(&stage, wanted.stop, nyquist).map(|frequency| gain_db(&stage, frequency));
        let stop = stop.fold(f64::MIN, f64::max);
        let (l, m, s) = (stage.interpolation, stage.decimation, stage.taps);
        println!(
            "{name:22} {l:2}/{m:2} {s:3} taps: pass-band {low:+.5} to {high:+.5} dB, stop-band {stop:.2} dB"
        );
        // The ripple above one is that of the stop-band: 10^(-83/20) is 0.0006 dB.
        assert!(-low <= wanted.droop_db + 1e-6 && high <= 0.0007);
        // Kaiser's formula is good to a decibel.
        assert!(stop <= 1.0 - wanted.attenuation_db);
    }
}

/// A gain of one in all, and between two stages a shift that no input can saturate.
#[test]
fn guard_bits_are_taken_back() {
    for plan in plans(Quality::Standard).chain(plans(Quality::Lite)) {
        let stages = plan.stages();
        let gain: f64 = stages.iter().map(|stage| amplitude(stage, 0.0)).product();
        assert!(decibels(gain).abs() < 1e-6, "{plan:?} has a gain of {gain}");
        assert!(stages.len() == 1 || stages[0].shift == 32);
    }
}

#[test]
fn no_branch_can_overflow_its_accumulator() {
    for (name, stage, _) in stages() {
        let (l, s) = (usize::from(stage.interpolation), usize::from(stage.taps));
        assert_eq!(stage.coefficients.len(), l * s / 2);
        assert!((1..=32).contains(&stage.shift) && s % 2 == 0);
        for (branch, taps) in stage.coefficients.chunks(s).enumerate() {
            let sum: u64 = taps.iter().map(|tap| u64::from(tap.unsigned_abs())).sum();
            // The middle branch of an odd L is kept by half.
            let sum = if taps.len() < s { 2 * sum } else { sum };
            // -2^31 times each, plus a rounding constant of at most 2^31, still is below 2^63.
            assert!(sum < u64::from(u32::MAX), "{name}, branch {branch}: {sum}");
        }
    }
}
