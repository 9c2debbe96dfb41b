//! Plans designed on the spot: any rates and promises, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod tones;

use headroom_resample::design::{Cascade, DesignError, Specification};
use headroom_resample::{Plan, Quality};
use proptest::prelude::*;
use tones::{Width, leak, measure};

/// Designs the plan and hands it to `test`, as its coefficients live no longer than this call.
fn with_plan(
    from: u32,
    to: u32,
    wanted: &Specification,
    test: impl FnOnce(Plan<'_>),
) -> Result<(), DesignError> {
    let cascade = Cascade::new(from, to, wanted)?;
    let mut work = vec![0.0; cascade.work_words()?];
    let mut coefficients = vec![0; cascade.coefficient_words()?];
    test(cascade.plan(&mut work, &mut coefficients)?);
    Ok(())
}

/// Tones in the pass-band and beyond the output's band, against the promise.
fn hold(plan: Plan<'_>, wanted: &Specification) {
    let lower = f64::from(plan.from().min(plan.to()));
    // The images of a tone are in the window that it is fitted in, and move the fit by a part of their amplitude.
    let by_images = 20.0 * (1.0 + 0.2 * 10f64.powf(-wanted.attenuation_db / 20.0)).log10();
    for share in [0.03, 0.4, 0.8, 0.97, 1.0] {
        let tone = measure(plan, share * wanted.pass * lower, (-3.0, Width::S32), 1200);
        assert!(
            tone.gain.abs() <= 1.01 * wanted.ripple_db + by_images + 1e-6,
            "gain {} dB at {share}",
            tone.gain
        );
        assert!(tone.residue <= 3.0 - wanted.attenuation_db, "images {} dB at {share}", tone.residue);
    }
    let half = f64::from(plan.from()) / 2.0;
    for share in [0.05, 0.3, 0.9] {
        let frequency = wanted.stop * lower * 1.002 * (1.0 - share) + half * share;
        if wanted.stop * lower * 1.002 < half {
            let alias = leak(plan, frequency, (-3.0, Width::S32), 1200);
            assert!(alias <= 3.1 - wanted.attenuation_db, "alias {alias} dB of {frequency} Hz");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rates_and_promises_are_kept(
        (l, m) in (1..200_u32, 1..200_u32),
        unit in prop::sample::select(&[8_u32, 50, 147, 1000][..]),
        (pass, width) in (0.2..0.45_f64, 0.04..0.05_f64),
        ripple_db in prop::sample::select(&[0.001, 0.01, 0.3][..]),
        attenuation_db in 45.0..145.0_f64,
    ) {
        // Equal rates are copied: nothing is filtered then.
        prop_assume!(l != m);
        let wanted = Specification { pass, stop: pass + width, ripple_db, attenuation_db };
        with_plan(l * unit, m * unit, &wanted, |plan| hold(plan, &wanted)).unwrap();
    }
}

/// Found by the test above: a fit among images 53 dB down was read as a ripple of 0.0012 dB.
#[test]
fn images_are_not_taken_for_ripple() {
    let wanted = Specification { pass: 0.332_312, stop: 0.376_501, ripple_db: 0.001, attenuation_db: 53.4 };
    with_plan(144, 1040, &wanted, |plan| hold(plan, &wanted)).unwrap();
}

/// The plan is the same as the generated one when the same is asked.
#[test]
fn the_tables_are_made_by_it() {
    for quality in [Quality::Lite, Quality::Standard, Quality::Mastering] {
        let generated = headroom_resample::plan(32_000, 44_100, quality).unwrap();
        let same = |plan: Plan<'_>| assert_eq!(plan, generated);
        with_plan(32_000, 44_100, &quality.specification(), same).unwrap();
    }
}

#[test]
fn too_little_memory_is_an_error() {
    let cascade = Cascade::new(44_100, 48_000, &Quality::Lite.specification()).unwrap();
    let (work, words) = (cascade.work_words().unwrap(), cascade.coefficient_words().unwrap());
    let refused = |work, words| cascade.plan(&mut vec![0.0; work], &mut vec![0; words]).err().unwrap();
    assert!(matches!(refused(9, words), DesignError::Memory { given: 9, .. }));
    assert_eq!(refused(work, 300), DesignError::Memory { needed: words, given: 300 });
    let message = refused(work, 300).to_string();
    assert_eq!(message, format!("300 words lent to a filter design; lend the {words} that it needs"));
}

#[test]
fn what_no_filter_can_do_is_refused() {
    let lite = Quality::Lite.specification();
    let refused = |from, to, wanted: Specification| {
        Cascade::new(from, to, &wanted).err().map(|error| error.to_string())
    };
    let rates = refused(44_100, 44_101, lite).unwrap();
    assert!(rates.starts_with("no two filters of a bearable length convert 44100 Hz to 44101 Hz"), "{rates}");
    let bands = refused(44_100, 48_000, Specification { pass: 0.5, ..lite }).unwrap();
    assert!(bands.starts_with("no low-pass passes up to 0.5 and stops from 0.5"), "{bands}");
    for nonsense in [
        Specification { pass: f64::NAN, ..lite },
        Specification { ripple_db: 0.0, ..lite },
        Specification { attenuation_db: 1000.0, ..lite },
        Specification { attenuation_db: f64::INFINITY, ..lite },
        Specification { stop: f64::NAN, ..lite },
    ] {
        assert!(refused(44_100, 48_000, nonsense).is_some(), "{nonsense:?}");
    }
}
