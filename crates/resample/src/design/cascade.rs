//! Which stages make a conversion: many are compared and the cheapest are taken.

use super::DesignError;
use super::requirement::Requirement;
use super::specification::{Part, SHARP, Specification, WIDE};

/// The rate between two stages is a ratio of numbers up to this times the lower of the outer rates. Larger ones make it
/// no cheaper, but make more tables.
const FINEST_RATIO: u32 = 16;
/// Words that a conversion of two channels may take with its coefficients copied: with four kilobytes for module
/// structures and for room in its delay lines it fits a default region of 20,480 bytes. Only if nothing does is more taken.
const MOST_WORDS: f64 = 16_384.0 / 4.0;

/// The stages of a conversion in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cascade {
    pub(super) from: u32,
    pub(super) to: u32,
    stages: [Option<Requirement>; 2],
}

impl Cascade {
    /// Chooses the stages for `from` to `to`, both in Hz: no stage for equal rates, else the one or two with the smallest
    /// product of memory and the square of time.
    ///
    /// # Errors
    /// [`DesignError::Rates`] if a rate is zero, or if they have so little in common that no stage could do it;
    /// [`DesignError::Bands`] if the specification makes no sense.
    pub fn new(from: u32, to: u32, specification: &Specification) -> Result<Self, DesignError> {
        Self::choose(from, to, specification, |conversion| {
            let candidates = (1..FINEST_RATIO)
                .flat_map(|q| (q + 1..=FINEST_RATIO).map(move |p| (p, q)))
                .filter(|(p, q)| gcd((*p).into(), (*q).into()) == 1 && conversion.keeps_the_hour(*q))
                .filter_map(|ratio| conversion.double(ratio));
            conversion.single().into_iter().chain(candidates).reduce(Candidate::cheaper)
        })
    }

    /// One stage for `from` to `to`, both in Hz, however large it is; no stage for equal rates. For desks.
    ///
    /// 44.1 to 48 kHz in `standard` takes 104 multiply-adds per output frame and channel instead of 151, but 33,280
    /// bytes of coefficients instead of 2,752, and some twenty seconds to design instead of milliseconds
    /// ([`desk_plan`](crate::desk_plan) has it ready). Rates far apart can take more time in one stage than in two.
    ///
    /// # Errors
    /// As for [`new`](Self::new); rates that two stages can convert may have too little in common for one.
    pub fn direct(from: u32, to: u32, specification: &Specification) -> Result<Self, DesignError> {
        Self::choose(from, to, specification, Conversion::single)
    }

    fn choose(
        from: u32,
        to: u32,
        specification: &Specification,
        best: impl FnOnce(&Conversion) -> Option<Candidate>,
    ) -> Result<Self, DesignError> {
        let Specification { pass, stop, .. } = *specification;
        if !(0.0 < pass && pass < stop && stop <= 0.5) {
            return Err(DesignError::Bands { pass, stop });
        }
        if from == 0 || to == 0 {
            return Err(DesignError::Rates { from, to });
        }
        if from == to {
            return Ok(Self { from, to, stages: [None, None] });
        }
        let conversion = Conversion { from, to, specification: *specification };
        best(&conversion)
            .map(|best| Self { from, to, stages: best.stages })
            .ok_or(DesignError::Rates { from, to })
    }

    /// The stages in the order in which they run.
    pub fn stages(&self) -> impl Iterator<Item = &Requirement> {
        self.stages.iter().flatten()
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The nearest multiple of 2^-24, so that filters that are the same but for the last digits of their edges are the same.
fn nearest(edge: f64) -> f64 {
    const STEPS: f64 = 16_777_216.0;
    libm::round(edge * STEPS) / STEPS
}

struct Conversion {
    from: u32,
    to: u32,
    specification: Specification,
}

/// One filter: from which rate to which, what of the specification is its part, and where its stop-band starts in Hz.
struct Filter {
    /// As a fraction, for exact ratios.
    from: (u64, u64),
    to: (u64, u64),
    part: Part,
    stop: f64,
}

impl Conversion {
    fn lower(&self) -> f64 {
        f64::from(self.from.min(self.to))
    }

    /// Is an hour a whole number of frames between the stages, too? Otherwise it may come out a frame longer.
    fn keeps_the_hour(&self, q: u32) -> bool {
        (3600 * u64::from(self.from.min(self.to))).is_multiple_of(q.into())
    }

    fn single(&self) -> Option<Candidate> {
        let (from, to) = ((self.from.into(), 1), (self.to.into(), 1));
        let stop = self.specification.stop * self.lower();
        let only = self.requirement(&Filter { from, to, part: SHARP, stop })?;
        Some(self.candidate([Some(only), None]))
    }

    /// Two stages with p/q times the lower rate between them.
    ///
    /// The sharp filter runs at the slower end. The other one may leave alone what the sharp one takes care of: when the
    /// rate goes up, there is nothing left between half of the input rate and its mirror image at the middle rate; when
    /// it goes down, whatever does not fold into the band of the output is removed later.
    fn double(&self, (p, q): (u32, u32)) -> Option<Candidate> {
        let (from, to) = ((self.from.into(), 1), (self.to.into(), 1));
        let middle = (u64::from(self.from.min(self.to)) * u64::from(p), u64::from(q));
        let (sharp, rate) = (self.specification.stop * self.lower(), middle.0 as f64 / middle.1 as f64);
        let wide = rate - sharp;
        let [(part1, stop1), (part2, stop2)] =
            if self.from < self.to { [(SHARP, sharp), (WIDE, wide)] } else { [(WIDE, wide), (SHARP, sharp)] };
        let first = self.requirement(&Filter { from, to: middle, part: part1, stop: stop1 })?;
        let second = self.requirement(&Filter { from: middle, to, part: part2, stop: stop2 })?;
        Some(self.candidate([Some(first), Some(second)]))
    }

    /// `None` if the rate doesn't change, if the ratio is beyond what a stage can do, or if there would be nothing to
    /// stop: such a stage only drops frames.
    fn requirement(&self, filter: &Filter) -> Option<Requirement> {
        let (l, m) = (filter.to.0 * filter.from.1, filter.to.1 * filter.from.0);
        let divisor = gcd(l, m);
        let (interpolation, decimation) = ((l / divisor).try_into().ok()?, (m / divisor).try_into().ok()?);
        let rate = filter.from.0 as f64 / filter.from.1 as f64;
        if interpolation == decimation || filter.stop / rate >= f64::from(interpolation) / 2.0 {
            return None;
        }
        let Specification { pass, ripple_db, attenuation_db, .. } = self.specification;
        let wanted = Requirement {
            interpolation,
            decimation,
            pass: nearest(pass * self.lower() / rate),
            stop: nearest(filter.stop / rate),
            ripple_db: ripple_db * filter.part.ripple,
            attenuation_db: attenuation_db + filter.part.leak_db,
        };
        wanted.memory_words().is_ok().then_some(wanted)
    }

    fn candidate(&self, stages: [Option<Requirement>; 2]) -> Candidate {
        let (mut words, mut operations, mut rate) = (0.0, 0.0, f64::from(self.from));
        for stage in stages.iter().flatten() {
            let (l, m) = (f64::from(stage.interpolation), f64::from(stage.decimation));
            let taps = stage.estimated_taps();
            rate *= l / m;
            words += l * taps / 2.0 + 2.0 * taps;
            operations += taps * rate / f64::from(self.to);
        }
        Candidate { stages, words, operations }
    }
}

struct Candidate {
    stages: [Option<Requirement>; 2],
    /// Memory for two channels: what is in the windows, and the coefficients copied.
    words: f64,
    /// Multiply-adds per output frame and channel.
    operations: f64,
}

impl Candidate {
    fn cheaper(self, other: Self) -> Self {
        let key = |candidate: &Self| {
            let excess = (candidate.words - MOST_WORDS).max(0.0);
            (excess, candidate.words * candidate.operations * candidate.operations)
        };
        if key(&other) < key(&self) { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::plan::Quality;

    fn cascade(from: u32, to: u32, quality: Quality) -> Result<Cascade, DesignError> {
        Cascade::new(from, to, &quality.specification())
    }

    fn factors(from: u32, to: u32) -> Vec<(u16, u16)> {
        let cascade = cascade(from, to, Quality::Standard).unwrap();
        cascade.stages().map(|stage| (stage.interpolation, stage.decimation)).collect()
    }

    #[test]
    fn one_stage_where_two_would_cost_more() {
        assert_eq!(factors(48_000, 96_000), [(2, 1)]);
        assert_eq!(factors(32_000, 48_000), [(3, 2)]);
    }

    #[test]
    fn two_stages_where_they_save() {
        assert_eq!(factors(44_100, 48_000), [(4, 3), (40, 49)]);
        assert_eq!(factors(48_000, 16_000), [(1, 2), (2, 3)]);
    }

    #[test]
    fn a_direct_cascade_has_one_stage_that_depends_on_the_ratio_alone() {
        let direct = |from, to| Cascade::direct(from, to, &Quality::Standard.specification());
        for octave in [1, 2, 4, 8] {
            let (low, high) =
                (direct(octave * 11_025, octave * 12_000), direct(octave * 12_000, octave * 11_025));
            assert_eq!(low.unwrap().stages, direct(44_100, 48_000).unwrap().stages);
            assert_eq!(high.unwrap().stages, direct(48_000, 44_100).unwrap().stages);
        }
        let stages: Vec<_> = direct(44_100, 48_000).unwrap().stages().copied().collect();
        assert_eq!((stages.len(), stages[0].interpolation, stages[0].decimation), (1, 160, 147));
        assert_eq!(direct(48_000, 48_000).unwrap().stages().count(), 0);
        // Two stages can, one would have 441 branches.
        assert_eq!(direct(50_000, 44_100).err(), Some(DesignError::Rates { from: 50_000, to: 44_100 }));
        assert!(cascade(50_000, 44_100, Quality::Standard).is_ok());
        assert_eq!(direct(0, 48_000), Err(DesignError::Rates { from: 0, to: 48_000 }));
    }

    #[test]
    fn stages_make_up_the_conversion_and_leave_its_band_alone() {
        for (from, to) in
            [(8_000, 44_100), (44_100, 96_000), (192_000, 11_025), (50_000, 48_000), (37_800, 40_000)]
        {
            let cascade = cascade(from, to, Quality::Lite).unwrap();
            let (mut rate, lower) = (f64::from(from), f64::from(from.min(to)));
            for stage in cascade.stages() {
                assert!((stage.pass * rate - 0.4535 * lower).abs() < 1e-7 * rate);
                assert!(stage.stop > stage.pass && stage.stop < f64::from(stage.interpolation) / 2.0);
                rate *= f64::from(stage.interpolation) / f64::from(stage.decimation);
                assert!(rate >= lower - 1e-6);
            }
            assert!((rate - f64::from(to)).abs() < 1e-6);
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        assert_eq!(cascade(0, 48_000, Quality::Lite), Err(DesignError::Rates { from: 0, to: 48_000 }));
        assert_eq!(cascade(48_000, 0, Quality::Lite), Err(DesignError::Rates { from: 48_000, to: 0 }));
        assert_eq!(cascade(48_000, 48_000, Quality::Lite).unwrap().stages().count(), 0);
        // Two primes beyond 16 bits.
        let primes = DesignError::Rates { from: 100_003, to: 100_019 };
        assert_eq!(cascade(100_003, 100_019, Quality::Lite), Err(primes));
        let aliasing = Specification { stop: 0.51, ..Quality::Lite.specification() };
        assert_eq!(
            Cascade::new(44_100, 48_000, &aliasing),
            Err(DesignError::Bands { pass: 0.4535, stop: 0.51 })
        );
    }
}
