//! Memory: what every conversion needs, against a golden file, the default region and Sound Open Firmware's converter.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod sof;
mod tones;

use std::{fs, path::Path};

use headroom_resample::{
    MAX_CHANNELS, Needs, Plan, PlanError, Quality, RATES, Resampler, desk_plan, plan, plans,
};
use tones::desk_plans;

/// A default DP region is 20,480 bytes; three kilobytes are left for the structures of the module.
const REGION: usize = 20_480 - 3 * 1024;

const QUALITIES: [Quality; 3] = [Quality::Lite, Quality::Standard, Quality::Mastering];

/// Known when firmware is built.
const NEEDS: Needs = match plan(44_100, 48_000, Quality::Standard) {
    Ok(plan) => plan.needs(2),
    Err(_) => panic!("no such rates"),
};

fn line(quality: Quality, plan: &Plan<'_>) -> String {
    let of = |channels| 4 * plan.needs(channels).state_words;
    let stages: Vec<_> = plan
        .stages()
        .iter()
        .map(|stage| format!("{}/{} x {}", stage.interpolation, stage.decimation, stage.taps))
        .collect();
    let coefficients = 4 * plan.needs(1).coefficient_words.iter().sum::<usize>();
    format!(
        "{quality:9} {:6} {:6} {:6} {:6} {:6} {:6} {coefficients:6} {:6}  {}\n",
        plan.from(),
        plan.to(),
        of(1),
        of(2),
        of(4),
        of(8),
        plan.needs(2).bytes(),
        stages.join(" + ")
    )
}

#[test]
fn every_need_is_as_the_golden_file_says() {
    let mut text = "# Bytes that a conversion needs: delay lines for 1, 2, 4 and 8 channels, copies of its coefficients, and\n\
                    # both for 2 channels; its stages as L/M x taps of a branch. Equal rates need nothing.\n\
                    # quality   from     to   1 ch   2 ch   4 ch   8 ch  coeff    all  stages\n"
        .to_owned();
    for quality in QUALITIES {
        plans(quality).for_each(|plan| text += &line(quality, &plan));
    }
    text += "# Of desks, where they differ:\n";
    for quality in QUALITIES {
        desk_plans(quality).for_each(|plan| text += &line(quality, &plan));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/needs.txt");
    if std::env::var_os("HEADROOM_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let change = text.lines().zip(expected.lines()).find(|(now, then)| now != then);
    assert!(text == expected, "{change:?}; if that is right, bless it with HEADROOM_BLESS=1");
}

#[test]
fn every_rate_converts_to_every_rate() {
    for quality in QUALITIES {
        assert_eq!(plans(quality).count(), RATES.len() * (RATES.len() - 1));
        for (from, to) in RATES.into_iter().flat_map(|from| RATES.map(|to| (from, to))) {
            let plan = plan(from, to, quality).unwrap();
            assert_eq!((plan.from(), plan.to(), plan.stages().is_empty()), (from, to, from == to));
        }
    }
}

/// Only what is too large for firmware is kept apart from it.
#[test]
fn desk_plans_are_direct_and_the_rest_is_as_small_as_ever() {
    let direct: Vec<_> = QUALITIES.into_iter().flat_map(desk_plans).collect();
    assert_eq!(direct.len(), 10, "five octaves of 44.1 and 48 kHz, both ways");
    assert!(direct.iter().all(|plan| plan.stages().len() == 1 && plan.needs(2).bytes() > REGION));
    // Not among the rates, but in the same ratio: that is all a filter depends on.
    let standard = |from, to| desk_plan(from, to, Quality::Standard);
    assert_eq!(standard(5_880, 6_400).unwrap().ratio(), (160, 147));
    assert!(standard(0, 0).is_err() && standard(u32::MAX, u32::MAX).unwrap().stages().is_empty());
    assert_eq!(standard(44_100, 40_000), Err(PlanError::UnknownRate { rate: 40_000 }));
}

/// One word less is refused, and no word more is asked for: the delay lines are used to their ends.
#[test]
fn needs_are_exact() {
    for quality in QUALITIES {
        for plan in plans(quality).chain(desk_plans(quality)) {
            for channels in 1..=MAX_CHANNELS {
                let words = plan.needs(channels).state_words;
                assert!(Resampler::new(plan, channels, vec![0; words]).is_ok());
                assert!(Resampler::new(plan, channels, vec![0; words - 1]).is_err());
            }
        }
    }
    assert_eq!(plan(44_100, 48_000, Quality::Standard).unwrap().needs(2), NEEDS);
}

/// Everything in the region, coefficients too: Sound Open Firmware's converter takes up to 53,000 bytes without them.
#[test]
fn every_stereo_conversion_fits_the_default_region() {
    for quality in QUALITIES {
        let largest = plans(quality).max_by_key(|plan| plan.needs(2).bytes()).unwrap();
        println!(
            "{quality}: at most {} bytes, {} -> {}",
            largest.needs(2).bytes(),
            largest.from(),
            largest.to()
        );
        assert!(largest.needs(2).bytes() <= REGION);
    }
}

#[test]
fn the_original_is_counted_right() {
    let bytes = |from, to| {
        let conversion = sof::conversions().find(|it| (it.from, it.to) == (from, to)).unwrap();
        conversion.delay_line_bytes(2)
    };
    // As measured with its own code, or known of it.
    assert_eq!(bytes(48_000, 44_100), 9144);
    assert_eq!(bytes(44_100, 48_000), 3656);
    assert_eq!(bytes(48_000, 16_000), 2112);
    assert_eq!(bytes(16_000, 48_000), 928);
    assert_eq!(bytes(192_000, 48_000), 3616);
    assert_eq!(bytes(22_050, 64_000), 24_576);
    assert_eq!(bytes(11_025, 64_000), 53_000);
}

#[test]
fn delay_lines_take_at_most_half_of_the_originals() {
    let (mut ours, mut theirs, mut count) = (0, 0, 0);
    for conversion in sof::conversions() {
        let plan = plan(conversion.from, conversion.to, Quality::Standard).unwrap();
        ours += 4 * plan.needs(2).state_words;
        theirs += conversion.delay_line_bytes(2);
        count += 1;
    }
    println!(
        "{count} conversions, 2 channels, 1 ms: {} bytes each, the original {}",
        ours / count,
        theirs / count
    );
    assert_eq!(count, 153);
    assert!(2 * ours <= theirs);
}
