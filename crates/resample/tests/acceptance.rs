//! Sound Open Firmware's own limits for its converter (`tools/test/audio/src_test.m`), at every width.
//!
//! Measured more strictly than there: no low-pass takes away what lies above 20 kHz.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod tones;

use headroom_resample::{Plan, Quality};
use tones::{Width, measure, selected};

/// dB to spare below a limit, where the width itself leaves as many.
const SPARE: f64 = 15.0;
/// The most that the CCIR-RMS weighting (ITU-R 468 less 5.63 dB) lifts any frequency: at 6.3 kHz.
const WEIGHTING: f64 = 12.2 - 5.63;

/// Tones an octave apart from 20 Hz to the end of the pass-band, and that end.
fn octaves(plan: Plan<'_>) -> impl Iterator<Item = f64> {
    let end = 0.4535 * f64::from(plan.from().min(plan.to()));
    (0..12)
        .map(|octave| 20.0 * f64::from(1 << octave))
        .take_while(move |tone| *tone < end)
        .chain([end.min(20_000.0)])
}

/// The worst THD+N of all tones at a level.
fn thd_n(plan: Plan<'_>, level: f64, width: Width) -> f64 {
    let tones = octaves(plan).map(|tone| measure(plan, tone, (level, width), 3000));
    tones.map(|tone| tone.residue - tone.gain).fold(f64::MIN, f64::max)
}

/// How far all but a tone of -60 dBFS is below full scale, weighted as badly as can be.
fn dynamic_range(plan: Plan<'_>, width: Width) -> f64 {
    60.0 - measure(plan, 997.0, (-60.0, width), plan.to() as usize / 4).residue - WEIGHTING
}

/// The limits for a width, and what is to be spared.
fn hold(quality: Quality, width: Width, (thd_limit, range_limit): (f64, f64)) {
    let (mut worst, mut narrowest) = (f64::MIN, f64::MAX);
    for plan in selected(quality) {
        let gain = measure(plan, 997.0, (-20.0, width), 3000).gain;
        assert!(gain.abs() <= 0.02, "{} to {}: gain of {gain} dB", plan.from(), plan.to());
        worst = worst.max(thd_n(plan, -1.0, width));
        if width != Width::S16 {
            worst = worst.max(thd_n(plan, -20.0, width));
        }
        narrowest = narrowest.min(dynamic_range(plan, width));
    }
    println!("{quality} {width:?}: THD+N {worst:.1} dB at worst, dynamic range {narrowest:.1} dB at least");
    assert!(worst <= thd_limit, "{quality} {width:?}: THD+N {worst} dB");
    assert!(narrowest >= range_limit, "{quality} {width:?}: dynamic range {narrowest} dB");
}

/// With dither 16 bits have a dynamic range of 93 dB, less what the weighting lifts: 15 dB above the limit of 79 are not to
/// be had.
#[test]
fn sixteen_bits() {
    hold(Quality::Standard, Width::S16, (-60.0 - SPARE, 79.0));
    hold(Quality::Lite, Width::S16, (-60.0 - SPARE, 79.0));
}

#[test]
fn more_than_sixteen_bits() {
    for width in [Width::S24, Width::S32] {
        hold(Quality::Standard, width, (-80.0 - SPARE, 100.0 + SPARE));
        hold(Quality::Mastering, width, (-80.0 - SPARE, 100.0 + SPARE));
    }
}

/// Its stop-band is 80 dB, so tones at the end of the pass-band have little to spare.
#[test]
fn lite_keeps_the_limits_themselves() {
    for width in [Width::S24, Width::S32] {
        hold(Quality::Lite, width, (-80.0, 100.0 + SPARE));
    }
}
