//! The figures of one conversion, each under the label that says where it comes from.

use std::f64::consts::TAU;

use headroom_resample::{Plan, Quality};
use serde::Serialize;

use crate::conversions::find;
use crate::error::Error;

use super::memory::state_bytes;
use super::tones::{Tone, tones};

/// Where the pass-band ends, as a part of the lower rate.
pub const PASS_BAND: f64 = 0.4535;

/// Where it begins, in Hz.
const LOWEST_HZ: f64 = 20.0;

/// The tone of THD+N, in Hz. It shares no factor with any rate, so its distortion falls between its images.
const REFERENCE_HZ: f64 = 997.0;

/// Channels that memory is stated for.
pub const CHANNELS: usize = 2;

/// Output frames that most tones are looked at.
const WINDOW: usize = 3000;

/// Tones in the pass-band, closer together towards its edge.
const PASS_TONES: u32 = 96;

/// Tones between pass-band and stop-band. They are attenuated, but their images must not be there either.
const EDGE_TONES: u32 = 24;

/// Tones in the stop-band, closer together towards its edge.
const STOP_TONES: u32 = 96;

/// What is known of one conversion.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Measurement {
    /// Input rate in Hz.
    pub from_hz: u32,
    /// Output rate in Hz.
    pub to_hz: u32,
    /// Found by running the converter.
    pub measured: Measured,
    /// As the plan states.
    pub declared: Declared,
    /// Worked out from the plan.
    pub modelled: Modelled,
}

/// Found by running the converter, with tones of -1 dBFS in 32-bit samples. Each is rounded to what the method tells.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Measured {
    /// 997 Hz: all that isn't the tone, in dB of the tone.
    pub thd_n_db: f64,
    /// 20 Hz to [`PASS_BAND`] of the lower rate: the largest distance of the level from that of the input, in dB.
    pub pass_band_ripple_db: f64,
    /// Tones from 20 Hz to half the lower rate: the most that came out besides the tone, in dB of what went in. Images,
    /// where there are any; else noise.
    pub worst_image_db: f64,
    /// Tones from half the lower rate to half the input rate: the most that came out, in dB of what went in. None where the
    /// output rate is not the lower one.
    pub worst_alias_db: Option<f64>,
    /// How much later 20 Hz comes out than it goes in, in ms. The filters are linear in phase, so all else does, too.
    pub latency_ms: f64,
    /// Bytes of its state that the converter wrote, for two channels.
    pub state_bytes: usize,
}

/// As the plan states.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Declared {
    /// Delay of the filters in ms.
    pub latency_ms: f64,
    /// Bytes of state that the converter asks for, for two channels.
    pub state_bytes: usize,
    /// Bytes of coefficients, for any number of channels: constants, shared by all that use the same filters.
    pub coefficient_bytes: usize,
    /// The filters in the order in which they run.
    pub stages: Vec<StageShape>,
}

/// One filter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct StageShape {
    /// Frames out for every `decimation` frames in.
    pub interpolation: u16,
    /// Frames in for every `interpolation` frames out.
    pub decimation: u16,
    /// Input frames behind each output frame.
    pub taps: u16,
}

/// Worked out from the plan.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Modelled {
    /// Multiply-adds for each output frame and channel.
    pub macs_per_frame: f64,
}

/// Runs the conversion from `from` Hz to `to` Hz and measures it. The converter makes some 700,000 samples for it.
///
/// # Errors
/// [`Error::NoConversion`], or [`Error::NotMeasurable`] if the band is too narrow for the tone of THD+N.
pub fn measure(from: u32, to: u32, quality: Quality) -> Result<Measurement, Error> {
    if PASS_BAND * f64::from(from.min(to)) <= REFERENCE_HZ {
        return Err(Error::NotMeasurable { from, to });
    }
    let mut coefficients = Vec::new();
    let plan = find(from, to, quality, &mut coefficients)?;
    let (measured, declared) = (measured(plan)?, declared(plan));
    let modelled = Modelled { macs_per_frame: round(macs_per_frame(plan), 2) };
    Ok(Measurement { from_hz: from, to_hz: to, measured, declared, modelled })
}

fn measured(plan: Plan) -> Result<Measured, Error> {
    let lower = f64::from(plan.from().min(plan.to()));
    let reference = one_tone(plan, REFERENCE_HZ, plan.to() as usize / 4)?;
    // One period, as a shorter part of a sine is hard to tell from what else is there.
    let lowest = one_tone(plan, LOWEST_HZ, (f64::from(plan.to()) / LOWEST_HZ) as usize)?;
    let mut pass = tones(plan, &towards_the_end(LOWEST_HZ, PASS_BAND * lower, PASS_TONES), WINDOW)?;
    pass.push(lowest);
    let step = (0.5 - PASS_BAND) / f64::from(EDGE_TONES + 1);
    let edge: Vec<_> = (1..=EDGE_TONES).map(|k| (PASS_BAND + step * f64::from(k)) * lower).collect();
    let edge = tones(plan, &edge, WINDOW)?;
    let stop = tones(plan, &stop_tones(plan), WINDOW)?;
    let ripple = pass.iter().map(|tone| tone.gain_db.abs()).fold(0.0, f64::max);
    let image = pass.iter().chain(&edge).map(|tone| tone.residue_db).fold(f64::NEG_INFINITY, f64::max);
    let alias = stop.iter().map(|tone| tone.power_db).reduce(f64::max);
    Ok(Measured {
        thd_n_db: round(reference.residue_db - reference.gain_db, 2),
        pass_band_ripple_db: round(ripple, 5),
        worst_image_db: round(image, 2),
        worst_alias_db: alias.map(|alias| round(alias, 2)),
        latency_ms: round(latency_ms(lowest), 4),
        state_bytes: state_bytes(plan, CHANNELS)?,
    })
}

fn one_tone(plan: Plan, hz: f64, frames: usize) -> Result<Tone, Error> {
    // One frequency in, one tone out.
    tones(plan, &[hz], frames)?.pop().ok_or_else(|| Error::fault(&"a tone got lost"))
}

/// From above `low` to `high` Hz, closer together towards `high`: filters are at their worst where a band ends.
fn towards_the_end(low: f64, high: f64, count: u32) -> Vec<f64> {
    let place = |k: u32| 1.0 - f64::from(k) / f64::from(count);
    (1..=count).map(|k| high - (high - low) * place(k).powi(2)).collect()
}

/// From half the output rate to half the input rate, closer together towards the former; none where that is empty.
///
/// They are multiples of `to / (2 * WINDOW)`, so that their aliases have whole half periods in a window, and of no half
/// rate, where they would not be periods at all: then the power of a window is that of the alias, whatever its phase.
fn stop_tones(plan: Plan) -> Vec<f64> {
    let (from, to, window) = (u64::from(plan.from()), u64::from(plan.to()), WINDOW as u64);
    let (first, end) = (window + 1, (window * from).div_ceil(to));
    let width = end.saturating_sub(1 + first);
    let count = if width == 0 { 0 } else { u64::from(STOP_TONES) };
    let last = count.saturating_sub(1).max(1);
    let multiple = |k: u64| first + width * k * k / (last * last);
    let off_half_rates = |n: u64| if n.is_multiple_of(window) { n - 1 } else { n };
    let hz = |n: u64| n as f64 * to as f64 / (2 * window) as f64;
    (0..count).map(|k| hz(off_half_rates(multiple(k)))).collect()
}

/// The lag of the lowest tone in ms. What is all but a whole turn is rounding: no filter here delays by as much.
fn latency_ms(lowest: Tone) -> f64 {
    let lag = if lowest.lag > 0.98 * TAU { lowest.lag - TAU } else { lowest.lag };
    1e3 * lag / (TAU * LOWEST_HZ)
}

fn declared(plan: Plan) -> Declared {
    let (numerator, denominator) = plan.delay();
    let frames = f64::from(numerator) / f64::from(denominator);
    let needs = plan.needs(CHANNELS);
    let shape = |stage: &headroom_resample::Stage| StageShape {
        interpolation: stage.interpolation,
        decimation: stage.decimation,
        taps: stage.taps,
    };
    Declared {
        latency_ms: round(1e3 * frames / f64::from(plan.to()), 4),
        state_bytes: needs.state_words * size_of::<i32>(),
        coefficient_bytes: needs.coefficient_words.iter().sum::<usize>() * size_of::<i32>(),
        stages: plan.stages().iter().map(shape).collect(),
    }
}

/// A stage makes `decimation` frames for every `interpolation` that the next one makes.
fn macs_per_frame(plan: Plan) -> f64 {
    plan.stages()
        .iter()
        .rev()
        .fold((0.0, 1.0), |(macs, frames), stage| {
            let next = frames * f64::from(stage.decimation) / f64::from(stage.interpolation);
            (macs + frames * f64::from(stage.taps), next)
        })
        .0
}

/// To `digits` behind the point: the same text wherever it is printed, and nothing that only looks exact.
fn round(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    // Plus zero: there is no -0.
    (value * scale).round() / scale + 0.0
}

#[cfg(test)]
mod tests {
    use headroom_resample::plans;

    use super::*;
    use crate::conversions::{self, QUALITIES};

    /// The promise of all qualities, and that what is measured is what the plan says it should be.
    #[test]
    fn figures_are_those_of_a_converter() {
        for plan in conversions::some(12) {
            let Measured {
                thd_n_db,
                pass_band_ripple_db,
                worst_image_db,
                worst_alias_db,
                latency_ms,
                state_bytes,
            } = measured(plan).unwrap();
            let declared = declared(plan);
            assert!(
                thd_n_db < -95.0 && pass_band_ripple_db < 0.01,
                "{plan:?}: {thd_n_db} {pass_band_ripple_db}"
            );
            assert!(worst_image_db < -80.0 && worst_alias_db.is_none_or(|alias| alias < -80.0), "{plan:?}");
            assert_eq!(worst_alias_db.is_some(), plan.from() > plan.to(), "{plan:?}");
            assert!((latency_ms - declared.latency_ms).abs() < 1e-3, "{plan:?}: {latency_ms} {declared:?}");
            assert!(state_bytes <= declared.state_bytes, "{plan:?}: {state_bytes} {declared:?}");
        }
    }

    #[test]
    fn a_copy_has_nothing_to_measure_but_rounding() {
        let Measurement { measured, declared, modelled, .. } =
            measure(48_000, 48_000, Quality::Lite).unwrap();
        assert!(measured.thd_n_db < -180.0 && measured.worst_image_db < -180.0, "{measured:?}");
        assert_eq!(
            (measured.pass_band_ripple_db, measured.worst_alias_db, measured.latency_ms),
            (0.0, None, 0.0)
        );
        assert_eq!((measured.state_bytes, declared.state_bytes, declared.coefficient_bytes), (0, 0, 0));
        assert_eq!((declared.stages.len(), modelled.macs_per_frame), (0, 0.0));
    }

    #[test]
    fn multiply_adds_are_those_of_all_stages_at_their_rates() {
        for plan in QUALITIES.into_iter().flat_map(plans) {
            // Count them over a second: each stage makes so many frames, each of so many taps.
            let (mut rate, mut macs) = (f64::from(plan.from()), 0.0);
            for stage in plan.stages() {
                rate *= f64::from(stage.interpolation) / f64::from(stage.decimation);
                macs += rate * f64::from(stage.taps);
            }
            let found = macs_per_frame(plan);
            assert!((found * f64::from(plan.to()) - macs).abs() < 1e-9 * macs, "{plan:?}: {found}");
        }
    }

    #[test]
    fn stop_tones_lie_in_the_stop_band_and_have_aliases_of_whole_half_periods() {
        for plan in QUALITIES.into_iter().flat_map(plans) {
            let (from, to) = (f64::from(plan.from()), f64::from(plan.to()));
            let tones = stop_tones(plan);
            assert_eq!(tones.is_empty(), from <= to, "{plan:?}");
            for hz in tones {
                assert!(hz > 0.5 * to && hz < 0.5 * from, "{plan:?}: {hz}");
                let halves = hz / to * 2.0 * WINDOW as f64;
                assert!((halves - halves.round()).abs() < 1e-6, "{plan:?}: {hz}");
                assert!(!(halves.round() as usize).is_multiple_of(WINDOW), "{plan:?}: {hz}");
            }
        }
    }

    #[test]
    fn tones_crowd_at_the_end_of_a_band() {
        let tones = towards_the_end(20.0, 20_000.0, 5);
        assert!(tones[0] > 20.0 && tones[4] == 20_000.0 && tones.len() == 5, "{tones:?}");
        assert!(tones.windows(3).all(|it| it[1] - it[0] > it[2] - it[1]), "{tones:?}");
    }

    #[test]
    fn rounding_leaves_no_negative_zero() {
        assert_eq!(round(-0.001, 2).to_string(), "0");
        assert_eq!((round(-120.526, 2), round(0.003_128, 5)), (-120.53, 0.003_13));
    }
}
