//! How one rate becomes another: the stages, what they need and what they delay.

use core::fmt;

use crate::stage::Stage;
use crate::tables;

/// How good the filters are. Both pass up to 0.4535 of the lower rate within 0.01 dB and stop from half of it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quality {
    /// 80 dB stop-band: least memory and time; what SRC-lite uses.
    Lite,
    /// 100 dB stop-band.
    Standard,
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lite => "lite",
            Self::Standard => "standard",
        })
    }
}

/// One row of the generated tables.
pub(crate) struct Pair {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) stages: &'static [Stage],
}

fn pairs(quality: Quality) -> &'static [Pair] {
    match quality {
        Quality::Lite => tables::LITE,
        Quality::Standard => tables::STANDARD,
    }
}

/// A conversion from one rate to another: at most two stages, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    from: u32,
    to: u32,
    stages: &'static [Stage],
}

/// What a [`Resampler`](crate::Resampler) of a plan needs, in 32-bit words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Delay lines, for all channels: allocated once, whatever the block size. Stages hand frames over in the delay
    /// line of the second; there is no buffer between them.
    pub state_words: usize,
    /// Coefficients of each stage, for whoever wants a copy of them in faster memory.
    pub coefficient_words: [usize; 2],
}

/// Finds the conversion from rate `from` to rate `to`, both in Hz. Equal rates are a copy, at any rate.
///
/// # Errors
/// [`PlanError`] if there is no such conversion at this quality; its message lists those there are.
pub fn plan(from: u32, to: u32, quality: Quality) -> Result<Plan, PlanError> {
    if from == to && from != 0 {
        return Ok(Plan { from, to, stages: &[] });
    }
    if let Some(plan) = plans(quality).find(|plan| plan.from == from && plan.to == to) {
        return Ok(plan);
    }
    let known = |rate| plans(quality).any(|plan| plan.from == rate || plan.to == rate);
    match [from, to].into_iter().find(|rate| !known(*rate)) {
        Some(rate) => Err(PlanError::UnknownRate { rate, quality }),
        None => Err(PlanError::UnsupportedPair { from, to, quality }),
    }
}

/// Every conversion of a quality that isn't a copy.
pub fn plans(quality: Quality) -> impl Iterator<Item = Plan> {
    pairs(quality).iter().map(|pair| Plan { from: pair.from, to: pair.to, stages: pair.stages })
}

impl Plan {
    /// Input rate in Hz.
    pub const fn from(&self) -> u32 {
        self.from
    }

    /// Output rate in Hz.
    pub const fn to(&self) -> u32 {
        self.to
    }

    /// The stages in the order in which they run; none if the rates are equal.
    pub const fn stages(&self) -> &'static [Stage] {
        self.stages
    }

    /// Output frames and input frames of one full turn, in lowest terms: 160 and 147 for 44.1 to 48 kHz.
    pub const fn ratio(&self) -> (u32, u32) {
        let (mut a, mut b) = (self.from, self.to);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        (self.to / a, self.from / a)
    }

    /// Memory for `channels` channels. More than [`MAX_CHANNELS`](crate::MAX_CHANNELS) count as that many, as no
    /// resampler will take more.
    pub const fn needs(&self, channels: usize) -> Needs {
        let channels = if channels < crate::MAX_CHANNELS { channels } else { crate::MAX_CHANNELS };
        let mut needs = Needs { state_words: 0, coefficient_words: [0; 2] };
        let mut index = 0;
        while index < self.stages.len() {
            needs.state_words += self.stages[index].line_frames() * channels;
            needs.coefficient_words[index] = self.stages[index].coefficients.len();
            index += 1;
        }
        needs
    }

    /// How far the output lags behind the input, in output frames, as an exact fraction (numerator, denominator): half
    /// the length of each linear-phase filter. Output frame 0 carries input time `-delay`.
    pub fn delay(&self) -> (u32, u32) {
        // Stage k delays by (L*S - 1) / (2*L) frames at its input, thus (L*S - 1) / (2*M) at its output.
        self.stages.iter().fold((0, 1), |(numerator, denominator), stage| {
            let (l, m) = (u32::from(stage.interpolation), u32::from(stage.decimation));
            let own = l * u32::from(stage.taps) - 1;
            (2 * l * numerator + own * denominator, 2 * m * denominator)
        })
    }

    /// Frames that have come out in all once `input` frames have gone in, from the start or the last reset.
    pub fn output_frames_for(&self, input: u64) -> u64 {
        self.stages.iter().fold(input, |frames, stage| stage.output_frames_for(frames))
    }

    /// Frames that must have gone in before `output` frames can have come out, from the start or the last reset.
    pub fn input_frames_for(&self, output: u64) -> u64 {
        self.stages.iter().rev().fold(output, |frames, stage| stage.input_frames_for(frames))
    }
}

/// Why there is no [`Plan`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// No conversion of this quality has this rate at either end.
    UnknownRate {
        /// The rate in Hz.
        rate: u32,
        /// The quality asked for.
        quality: Quality,
    },
    /// Both rates occur in conversions of this quality, but not as this pair.
    UnsupportedPair {
        /// Input rate in Hz.
        from: u32,
        /// Output rate in Hz.
        to: u32,
        /// The quality asked for.
        quality: Quality,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quality = match *self {
            Self::UnknownRate { rate, quality } => {
                write!(f, "no {quality} conversion from or to {rate} Hz")?;
                quality
            }
            Self::UnsupportedPair { from, to, quality } => {
                write!(f, "no {quality} conversion from {from} Hz to {to} Hz")?;
                quality
            }
        };
        f.write_str("; use equal rates or one of")?;
        plans(quality).try_for_each(|plan| write!(f, " {}:{}", plan.from, plan.to))
    }
}

impl core::error::Error for PlanError {}
