//! The frequency response of a converter: the Fourier transform of what it makes of a click at each phase of its ratio.
//!
//! A converter treats clicks at different input frames differently, and the same again after a full turn of its stages. A
//! tone is a train of clicks at all of them; its level at the output, at its own frequency, is
//!
//! ```text
//!          from   1    P-1                       from, to   rates in Hz
//!   H(f) = ---- * -  * sum  sum y[n, q] *        P          input frames of a full turn
//!           to    P    n=0   q                   y[n, q]    output frame q after a click of 1 at input frame n
//!                          e^(j 2 pi f (n/from - q/to))
//! ```
//!
//! Below half of both rates that is the level of the tone. Above half the input rate it is that of an image that the tone
//! `f` folds to leaves at `f`; above half the output rate, that of the alias of `f`. Below -140 dB or so it is
//! what the rounding of so many samples adds up to.

use std::f64::consts::TAU;

use headroom_resample::{MAX_CHANNELS, Plan, Quality, Resampler, Stage};

use crate::conversions::find;
use crate::error::Error;

use super::tones::{Rotor, settling};

/// A click: half of full scale, as some filters overshoot.
const CLICK: i32 = 1 << 30;

/// What a converter made of a click at each phase.
#[derive(Clone, Debug)]
pub struct Response {
    from: f64,
    to: f64,
    /// For each phase the output frames that are not silent, and the number of the first.
    clicks: Vec<(usize, Vec<f64>)>,
}

impl Response {
    /// Runs the conversion from `from` Hz to `to` Hz over a click at each phase.
    ///
    /// # Errors
    /// [`Error::NoConversion`].
    pub fn measure(from: u32, to: u32, quality: Quality) -> Result<Self, Error> {
        let mut coefficients = Vec::new();
        Self::of(find(from, to, quality, &mut coefficients)?)
    }

    fn of(plan: Plan) -> Result<Self, Error> {
        let turn = turn(plan.stages());
        let phases: Vec<usize> = (0..turn).collect();
        let mut clicks = Vec::with_capacity(turn);
        for batch in phases.chunks(MAX_CHANNELS) {
            clicks.extend(run(plan, batch)?);
        }
        Ok(Self { from: plan.from().into(), to: plan.to().into(), clicks })
    }

    /// The level of what comes out at `hz`, in dB of what goes in; see the page of this module above half of a rate.
    ///
    /// Cost: a few operations for each sample of each click.
    pub fn level_db(&self, hz: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for (phase, (first, click)) in self.clicks.iter().enumerate() {
            let begin = TAU * hz * (phase as f64 / self.from - *first as f64 / self.to);
            let mut wave = Rotor::new(begin, -TAU * hz / self.to);
            for y in click {
                let (cos, sin) = wave.next();
                (re, im) = (re + y * cos, im + y * sin);
            }
        }
        let scale = self.from / self.to / self.clicks.len() as f64;
        // Far below the last bit of a sample.
        20.0 * (scale * re.hypot(im)).max(1e-15).log10()
    }
}

/// Input frames after which all stages are at the same phase again.
fn turn(stages: &[Stage]) -> usize {
    let (mut turn, mut made) = (1, 1);
    for stage in stages {
        // `made` frames reach this stage in a turn; it takes `decimation` frames for one of its own.
        let (l, m) = (usize::from(stage.interpolation), usize::from(stage.decimation));
        let times = m / gcd(made, m);
        turn *= times;
        made = made * times / m * l;
    }
    turn
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Clicks at these input frames, one in each channel, as they come out.
fn run(plan: Plan, phases: &[usize]) -> Result<Vec<(usize, Vec<f64>)>, Error> {
    let channels = phases.len();
    let last = phases.last().map_or(0, |&phase| phase + 1);
    let frames = plan.output_frames_for(last as u64) as usize + settling(plan);
    let mut input = vec![0; plan.input_frames_for(frames as u64) as usize * channels];
    for (channel, phase) in phases.iter().enumerate() {
        input[phase * channels + channel] = CLICK;
    }
    let mut output = vec![0; frames * channels];
    let state = vec![0; plan.needs(channels).state_words];
    let mut resampler = Resampler::new(plan, channels, state).map_err(|error| Error::fault(&error))?;
    resampler.process(&input, &mut output);
    let click = |channel: usize| {
        let samples = || output.iter().skip(channel).step_by(channels);
        let first = samples().position(|&y| y != 0).unwrap_or(0);
        let end = samples().rposition(|&y| y != 0).map_or(first, |last| last + 1);
        let loud = samples().take(end).skip(first);
        (first, loud.map(|&y| f64::from(y) / f64::from(CLICK)).collect())
    };
    Ok((0..channels).map(click).collect())
}

#[cfg(test)]
mod tests {
    use headroom_resample::plans;

    use super::*;
    use crate::conversions::{self, QUALITIES};
    use crate::measure::tones::tones;

    /// Two ways that share nothing but the converter: clicks and tones.
    #[test]
    fn clicks_and_tones_tell_the_same_levels() {
        for plan in conversions::some(12) {
            let response = Response::of(plan).unwrap();
            let lower = f64::from(plan.from().min(plan.to()));
            let hz = [0.05, 0.21, 0.37, 0.45, 0.47].map(|part| part * lower);
            for (hz, tone) in hz.into_iter().zip(tones(plan, &hz, 3000).unwrap()) {
                let level = response.level_db(hz);
                // What images there are disturbs the fit of a tone.
                assert!((level - tone.gain_db).abs() < 2e-3, "{plan:?}, {hz} Hz: {level} {tone:?}");
            }
        }
    }

    /// Where no stage interpolates a tone has one alias, and its level is what the response says.
    #[test]
    fn the_response_above_the_band_is_that_of_aliases() {
        let mut count = 0;
        for plan in
            plans(Quality::Standard).filter(|plan| plan.stages().iter().all(|it| it.interpolation == 1))
        {
            let response = Response::of(plan).unwrap();
            for part in [0.48, 0.5 + 1.0 / 64.0, 0.77, 0.93] {
                let hz = part * f64::from(plan.to());
                let tone = tones(plan, &[hz], 3200).unwrap()[0];
                let level = response.level_db(hz);
                let apart = 10f64.powf(level / 20.0) - 10f64.powf(tone.power_db / 20.0);
                // Half a dB, or what the rounding of clicks adds up to.
                let near = (level - tone.power_db).abs() < 0.5 || apart.abs() < 1e-7;
                assert!(near, "{plan:?}, {hz} Hz: {level} {tone:?}");
            }
            count += 1;
        }
        assert!(count > 1, "48 to 24 kHz should be one of them");
    }

    #[test]
    fn a_turn_is_a_whole_turn_of_all_stages() {
        for plan in QUALITIES.into_iter().flat_map(plans) {
            let turn = turn(plan.stages());
            assert!(turn.is_multiple_of(plan.ratio().1 as usize), "{plan:?}: {turn}");
        }
        assert_eq!(turn(&[]), 1);
    }
}
