//! How one rate becomes another: the stages, what they need and what they delay.

use core::fmt;

use crate::arch::{Bank, Coefficients, Held};
use crate::spread::{Spread, fill_f32};
use crate::stage::{Stage, desk_line_frames};
use crate::tables;

/// The rates between which there are conversions, in Hz: from each to each, at every quality.
pub const RATES: [u32; 17] = [
    8_000, 11_025, 12_000, 16_000, 18_900, 22_050, 24_000, 32_000, 37_800, 44_100, 48_000, 50_000, 64_000,
    88_200, 96_000, 176_400, 192_000,
];

/// The most channels that a [`Resampler`](crate::Resampler) takes.
pub const MAX_CHANNELS: usize = 8;

/// How good the filters are. All pass up to 0.4535 of the lower rate, and stop from half of it on: nothing folds back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quality {
    /// Pass-band within 0.01 dB, aliases and images 80 dB down: least memory and time; what SRC-lite uses.
    Lite,
    /// Pass-band within 0.01 dB, aliases and images 100 dB down.
    Standard,
    /// Pass-band within 0.001 dB, aliases and images 140 dB down.
    Mastering,
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lite => "lite",
            Self::Standard => "standard",
            Self::Mastering => "mastering",
        })
    }
}

/// The generated conversions of one quality.
pub(crate) struct Table {
    /// Each is kept once, whichever pairs use it.
    pub(crate) stages: &'static [Stage<'static>],
    pub(crate) pairs: &'static [Pair],
}

/// One conversion: its rates, and its stages by their indices in [`Table::stages`].
pub(crate) struct Pair {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) first: u8,
    pub(crate) second: Option<u8>,
}

const fn table(quality: Quality) -> &'static Table {
    match quality {
        Quality::Lite => &tables::LITE,
        Quality::Standard => &tables::STANDARD,
        Quality::Mastering => &tables::MASTERING,
    }
}

impl Table {
    const fn plan(&self, pair: &Pair) -> Plan<'static> {
        let plan = Plan::copy(pair.from, pair.to).then(self.stages[pair.first as usize]);
        match pair.second {
            Some(second) => plan.then(self.stages[second as usize]),
            None => plan,
        }
    }
}

/// A conversion from one rate to another: at most two stages, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan<'c> {
    from: u32,
    to: u32,
    count: u8,
    stages: [Stage<'c>; 2],
    /// The only stage laid out for speed, in plans of desks.
    spread: Option<Spread<'c>>,
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

impl Needs {
    /// Bytes in all, copies of the coefficients included.
    pub const fn bytes(&self) -> usize {
        4 * (self.state_words + self.coefficient_words[0] + self.coefficient_words[1])
    }
}

/// Finds the conversion from rate `from` to rate `to`, both in Hz. Equal rates are a copy, at any rate.
///
/// A `const fn`, so that memory can be set aside when firmware is built:
///
/// ```
/// use headroom_resample::{Needs, Quality, plan};
///
/// const NEEDS: Needs = match plan(44_100, 48_000, Quality::Standard) {
///     Ok(plan) => plan.needs(2),
///     Err(_) => panic!("no such rates"),
/// };
/// static MEMORY: [u8; NEEDS.bytes()] = [0; NEEDS.bytes()];
/// ```
///
/// # Errors
/// [`PlanError`] if one of the rates isn't among [`RATES`]; [`design`](crate::design) makes plans for others.
pub const fn plan(from: u32, to: u32, quality: Quality) -> Result<Plan<'static>, PlanError> {
    if from == to && from != 0 {
        return Ok(Plan::copy(from, to));
    }
    let table = table(quality);
    let (mut index, mut known) = (0, false);
    while index < table.pairs.len() {
        let pair = &table.pairs[index];
        if pair.from == from && pair.to == to {
            return Ok(table.plan(pair));
        }
        known |= pair.from == from;
        index += 1;
    }
    Err(PlanError::UnknownRate { rate: if known { to } else { from } })
}

/// Like [`plan`], but the plan that takes the least time, whatever memory it needs. For desks: on a chip use [`plan`].
///
/// Between 44.1 and 48 kHz, and all rates in the same ratio, [`Quality::Standard`] is one stage of 160 or 147 branches,
/// with its coefficients laid out for sixteen outputs at a time: a quarter to a half of the time of the two stages of
/// [`plan`] (x86-64), for 19 times the memory. In stereo that is 78,648 bytes for 44.1 to 48 kHz instead of 4,144, more
/// than a default region of 20,480 bytes. [`Plan::delay`] is shorter, by 0.2 ms here.
/// Everything else is what [`plan`] gives.
///
/// ```
/// use headroom_resample::{Quality, desk_plan, plan};
///
/// let [small, fast] = [plan, desk_plan].map(|find| find(44_100, 48_000, Quality::Standard));
/// assert_eq!((small?.stages().len(), small?.needs(2).bytes()), (2, 4_144));
/// assert_eq!((fast?.stages().len(), fast?.needs(2).bytes()), (1, 78_648));
/// # Ok::<(), headroom_resample::PlanError>(())
/// ```
///
/// # Errors
/// As for [`plan`].
pub fn desk_plan(from: u32, to: u32, quality: Quality) -> Result<Plan<'static>, PlanError> {
    let direct = match quality {
        Quality::Standard => &tables::DIRECT_STANDARD[..],
        Quality::Lite | Quality::Mastering => &[],
    };
    let copy = Plan::copy(from, to);
    let fits = |(stage, _): &&(Stage<'_>, Spread<'_>)| {
        // In lowest terms both. A product can't overflow, nor be zero on one side only.
        let (l, m) = (u64::from(stage.interpolation), u64::from(stage.decimation));
        from != 0 && u64::from(from) * l == u64::from(to) * m
    };
    match direct.iter().find(fits) {
        Some((stage, spread)) => Ok(Plan { spread: Some(*spread), ..copy.then(*stage) }),
        None => plan(from, to, quality),
    }
}

/// Every conversion of a quality that isn't a copy.
pub fn plans(quality: Quality) -> impl Iterator<Item = Plan<'static>> {
    let table = table(quality);
    table.pairs.iter().map(|pair| table.plan(pair))
}

impl<'c> Plan<'c> {
    /// From a rate to itself: audio goes through as it is, and no table is needed.
    pub const fn equal(rate: u32) -> Self {
        Self::copy(rate, rate)
    }

    /// A plan without a stage.
    pub(crate) const fn copy(from: u32, to: u32) -> Self {
        Self { from, to, count: 0, stages: [Stage::NONE; 2], spread: None }
    }

    /// The plan with one stage more; a third one would take the place of the second.
    pub(crate) const fn then(mut self, stage: Stage<'c>) -> Self {
        if self.count == 0 {
            (self.stages[0], self.count) = (stage, 1);
        } else {
            (self.stages[1], self.count) = (stage, 2);
        }
        self
    }

    /// Input rate in Hz.
    pub const fn from(&self) -> u32 {
        self.from
    }

    /// Output rate in Hz.
    pub const fn to(&self) -> u32 {
        self.to
    }

    /// The stages in the order in which they run; none if the rates are equal.
    pub const fn stages(&self) -> &[Stage<'c>] {
        let (stages, _) = self.stages.split_at(self.count as usize);
        stages
    }

    /// Output frames and input frames of one full turn, in lowest terms: 160 and 147 for 44.1 to 48 kHz.
    pub const fn ratio(&self) -> (u32, u32) {
        let (mut a, mut b) = (self.from, self.to);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        (self.to / a, self.from / a)
    }

    /// The coefficients of a stage as they are read: [`Stage::coefficients`], but for a plan of
    /// [`desk_plan`] with a stage of its own, which has them in another order, and many of them twice. Empty if there is
    /// no such stage.
    pub const fn coefficients(&self, stage: usize) -> &'c [i32] {
        match &self.spread {
            Some(spread) if stage == 0 => spread.words(),
            _ if stage < self.count as usize => self.stages[stage].coefficients,
            _ => &[],
        }
    }

    /// Frames of the delay line of a stage.
    pub(crate) const fn line_frames(&self, stage: usize) -> usize {
        match self.spread {
            Some(_) => desk_line_frames(self.stages[stage].taps as usize),
            None => self.stages[stage].line_frames(),
        }
    }

    /// Words for each channel to hold the outputs of a stage that are under way.
    pub(crate) const fn held_words(&self) -> usize {
        if self.spread.is_some() { size_of::<Held<i32>>() / size_of::<i32>() } else { 0 }
    }

    /// A stage with coefficients as those of [`coefficients`](Self::coefficients).
    pub(crate) fn bank<'a, T>(&self, stage: usize, words: &'a [T]) -> Bank<Coefficients<'a, T>> {
        match &self.spread {
            Some(spread) => spread.bank(&self.stages[stage], words),
            None => self.stages[stage].bank(words),
        }
    }

    /// Makes floats of the coefficients of a stage; as many as there are.
    pub(crate) fn fill_f32(&self, stage: usize, words: &mut [f32]) {
        let table = &self.stages[stage];
        if self.spread.is_some() {
            return fill_f32(table, words);
        }
        for (word, coefficient) in words.iter_mut().zip(table.coefficients) {
            *word = table.as_f32(*coefficient);
        }
    }

    /// The same, with nothing where coefficients were.
    #[cfg(feature = "alloc")]
    pub(crate) fn without_coefficients(&self) -> Plan<'static> {
        let Self { from, to, count, stages, .. } = *self;
        let stages = stages.map(|stage| stage.with_coefficients(&[]));
        Plan { from, to, count, stages, spread: None }
    }

    /// The same with `words` for coefficients, those of the first stage first.
    #[cfg(feature = "alloc")]
    pub(crate) fn with_coefficients<'a>(&self, words: &'a [i32]) -> Plan<'a> {
        let Self { from, to, count, stages, .. } = *self;
        let mut rest = words;
        let stages = stages.map(|stage| {
            let own = usize::from(stage.interpolation) * usize::from(stage.taps) / 2;
            let (coefficients, others) = rest.split_at_checked(own).unwrap_or_default();
            rest = others;
            stage.with_coefficients(coefficients)
        });
        Plan { from, to, count, stages, spread: None }
    }

    /// Memory for `channels` channels, exactly. More than [`MAX_CHANNELS`] count as that many, as no
    /// resampler will take more.
    pub const fn needs(&self, channels: usize) -> Needs {
        let channels = if channels < MAX_CHANNELS { channels } else { MAX_CHANNELS };
        let mut needs = Needs { state_words: 0, coefficient_words: [0; 2] };
        let mut index = 0;
        while index < self.count as usize {
            needs.state_words += (self.line_frames(index) + self.held_words()) * channels;
            needs.coefficient_words[index] = self.coefficients(index).len();
            index += 1;
        }
        needs
    }

    /// How far the output lags behind the input, in output frames, as an exact fraction (numerator, denominator): half
    /// the length of each linear-phase filter. Output frame 0 carries input time `-delay`.
    pub fn delay(&self) -> (u32, u32) {
        // Stage k delays by (L*S - 1) / (2*L) frames at its input, thus (L*S - 1) / (2*M) at its output.
        self.stages().iter().fold((0, 1), |(numerator, denominator), stage| {
            let (l, m) = (u32::from(stage.interpolation), u32::from(stage.decimation));
            let own = l * u32::from(stage.taps) - 1;
            (2 * l * numerator + own * denominator, 2 * m * denominator)
        })
    }

    /// Frames that have come out in all once `input` frames have gone in, from the start or the last reset.
    pub fn output_frames_for(&self, input: u64) -> u64 {
        self.stages().iter().fold(input, |frames, stage| stage.output_frames_for(frames))
    }

    /// Frames that must have gone in before `output` frames can have come out, from the start or the last reset.
    pub fn input_frames_for(&self, output: u64) -> u64 {
        self.stages().iter().rev().fold(output, |frames, stage| stage.input_frames_for(frames))
    }
}

/// Why there is no [`Plan`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// This rate is none of [`RATES`].
    UnknownRate {
        /// The rate in Hz.
        rate: u32,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::UnknownRate { rate } = self;
        write!(f, "no conversion from or to {rate} Hz; use equal rates or two of")?;
        RATES.iter().try_for_each(|known| write!(f, " {known}"))
    }
}

impl core::error::Error for PlanError {}
