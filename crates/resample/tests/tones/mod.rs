//! Tones of any width through a conversion, and what comes out beside them.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::f64::consts::TAU;

use headroom_resample::{Plan, Quality, RATES, Resampler, convert, desk_plan, plan, plans};

/// Bits of a sample on the way in and out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Width {
    S16,
    S24,
    S32,
}

impl Width {
    fn steps(self) -> f64 {
        match self {
            Self::S16 => 32_767.0,
            Self::S24 => 8_388_607.0,
            Self::S32 => 2_147_483_647.0,
        }
    }

    /// A full scale of 1 to Q1.31. Narrow samples are dithered, as their rounding would else be distortion.
    fn quantise(self, value: f64, dither: &mut Dither) -> i32 {
        let dither = if self == Self::S32 { 0.0 } else { dither.next() };
        let word = (value * self.steps() + dither).round().clamp(-self.steps(), self.steps()) as i32;
        match self {
            Self::S16 => word << 16,
            Self::S24 => word << 8,
            Self::S32 => word,
        }
    }

    /// Q1.31 as a stream of this width has it.
    fn value(self, sample: i32) -> f64 {
        match self {
            Self::S16 => {
                let mut narrow = [0];
                convert::to_s16(&[sample], &mut narrow);
                f64::from(narrow[0]) / self.steps()
            }
            Self::S24 => {
                let mut narrow = [0];
                convert::to_s24(&[sample], &mut narrow);
                f64::from(narrow[0]) / self.steps()
            }
            Self::S32 => f64::from(sample) / self.steps(),
        }
    }
}

/// Noise of one step either way, with a triangular distribution.
struct Dither(u32);

impl Dither {
    fn next(&mut self) -> f64 {
        let mut half = || {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(self.0) / 4_294_967_296.0
        };
        half() - half()
    }
}

/// A tone as it came out, in dB relative to the one that went in.
pub(crate) struct Tone {
    pub(crate) gain: f64,
    /// All that isn't the tone: noise, distortion, images, aliases, direct current.
    pub(crate) residue: f64,
}

/// Runs a sine of so many dBFS through the plan and fits a sine of the same frequency to the settled output.
pub(crate) fn measure(plan: Plan<'_>, frequency: f64, (level, width): (f64, Width), frames: usize) -> Tone {
    let output = settled_output(plan, frequency, (level, width), frames);
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
    let rest = output.iter().enumerate().map(|(n, y)| {
        let (sin, cos) = (step * n as f64).sin_cos();
        (y - a * cos - b * sin).powi(2)
    });
    let residue = rest.sum::<f64>() / output.len() as f64;
    Tone { gain: relative((a * a + b * b) / 2.0, level), residue: relative(residue, level) }
}

/// All that a tone beyond the band of the output leaves behind there, in dB relative to it.
pub(crate) fn leak(plan: Plan<'_>, frequency: f64, (level, width): (f64, Width), frames: usize) -> f64 {
    let output = settled_output(plan, frequency, (level, width), frames);
    relative(output.iter().map(|y| y * y).sum::<f64>() / output.len() as f64, level)
}

/// A power over that of a sine of so many dBFS.
fn relative(power: f64, level: f64) -> f64 {
    10.0 * (2.0 * power).max(1e-30).log10() - level
}

fn settled_output(plan: Plan<'_>, frequency: f64, (level, width): (f64, Width), frames: usize) -> Vec<f64> {
    let (numerator, denominator) = plan.delay();
    let settling = 2 * (numerator / denominator) as usize + 2;
    let count = plan.input_frames_for((settling + frames) as u64) as usize;
    let (step, amplitude) = (TAU * frequency / f64::from(plan.from()), 10f64.powf(level / 20.0));
    let mut dither = Dither(1);
    let input: Vec<i32> =
        (0..count).map(|n| width.quantise((step * n as f64).sin() * amplitude, &mut dither)).collect();
    let mut output = vec![0; settling + frames];
    let mut resampler = Resampler::new(plan, 1, vec![0; plan.needs(1).state_words]).unwrap();
    assert_eq!(resampler.process(&input, &mut output).produced, output.len());
    output[settling..].iter().map(|sample| width.value(*sample)).collect()
}

/// The plans of desks that differ from the others.
pub(crate) fn desk_plans(quality: Quality) -> impl Iterator<Item = Plan<'static>> {
    let pairs = RATES.into_iter().flat_map(|from| RATES.map(|to| (from, to)));
    pairs.filter_map(move |(from, to)| {
        let (fast, small) = (desk_plan(from, to, quality).unwrap(), plan(from, to, quality).unwrap());
        (fast != small).then_some(fast)
    })
}

/// All conversions of a quality if `HEADROOM_ALL_PAIRS` is set; else a few, among them the longest filters.
pub(crate) fn selected(quality: Quality) -> Vec<Plan<'static>> {
    let all = std::env::var_os("HEADROOM_ALL_PAIRS").is_some();
    let named = [(44_100, 48_000), (48_000, 44_100), (48_000, 16_000), (11_025, 64_000), (192_000, 11_025)];
    let chosen = |(index, plan): &(usize, Plan<'_>)| {
        all || index % 67 == 33 || named.contains(&(plan.from(), plan.to()))
    };
    let small = plans(quality).enumerate().filter(chosen);
    // There are fewer than 33 of these: without `all`, they are those that are named.
    let direct = desk_plans(quality).enumerate().filter(chosen);
    small.chain(direct).map(|(_, plan)| plan).collect()
}
