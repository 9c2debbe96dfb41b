//! The shortest linear-phase low-pass that does what is asked, and its fixed-point form.

use core::f64::consts::PI;

use super::DesignError;
use super::exchange::Exchange;
use super::requirement::Requirement;
use super::template::{Template, amplitude};

/// Longest prototype: half as long a one takes ten seconds on a desk, and fits no chip.
const MOST_SAMPLES: usize = 1 << 15;

impl Requirement {
    /// About how many taps one branch will have: an estimate that is good to 5 %, rounded up to four.
    ///
    /// Of the same form as O. Herrmann's (Bell System Technical Journal 52, 1973): length times the width of the
    /// transition grows with the mean of both bands' bounds in dB. The numbers are fitted to what the exchange gives.
    pub(crate) fn estimated_taps(&self) -> f64 {
        4.0 * libm::ceil(self.taps_at(self.attenuation_db) / 4.0)
    }

    fn taps_at(&self, attenuation_db: f64) -> f64 {
        let ripple_db = -20.0 * libm::log10(amplitude(self.ripple_db) - 1.0);
        (((ripple_db + attenuation_db) / 2.0 - 10.65) / DECIBELS_PER_CYCLE).max(1.0) / (self.stop - self.pass)
    }

    /// Bands in order, and figures for which there are filters.
    fn is_sound(&self) -> bool {
        0.0 < self.pass
            && self.pass < self.stop
            && self.stop < f64::from(self.interpolation) / 2.0
            && (1e-5..=1.0).contains(&self.ripple_db)
            && (40.0..=170.0).contains(&self.attenuation_db)
    }

    fn template(&self) -> Template {
        let branches = f64::from(self.interpolation);
        Template::new((self.pass / branches, self.stop / branches), self.ripple_db, self.attenuation_db)
    }

    /// Samples of half a prototype that is `quarters` times four taps long.
    fn half(&self, quarters: usize) -> usize {
        2 * quarters * usize::from(self.interpolation)
    }

    /// As many times four taps as are surely enough.
    fn most_quarters(&self) -> usize {
        (self.taps_at(self.attenuation_db) * 0.3) as usize + 3
    }

    /// Words of memory that [`LowPass::design`] takes for this.
    ///
    /// # Errors
    /// [`DesignError`] if there is no such filter, or only one that is too long.
    pub fn memory_words(&self) -> Result<usize, DesignError> {
        if !self.is_sound() {
            return Err(DesignError::Bands { pass: self.pass, stop: self.stop });
        }
        let half = self.half(self.most_quarters());
        if 2 * half > MOST_SAMPLES {
            return Err(DesignError::TooLong { samples: 2 * half, most: MOST_SAMPLES });
        }
        Ok(half + Exchange::memory_words(half))
    }

    /// Words that the coefficients take at most.
    ///
    /// # Errors
    /// [`DesignError`] as for [`memory_words`](Self::memory_words).
    pub(super) fn most_coefficients(&self) -> Result<usize, DesignError> {
        self.memory_words().map(|_| self.half(self.most_quarters()))
    }
}

/// How much deeper a filter gets for each cycle of its transition's width that it is longer.
const DECIBELS_PER_CYCLE: f64 = 14.5;

/// A prototype low-pass: L*S samples, symmetric, with a gain of one after interpolation by L.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LowPass<'m> {
    interpolation: u16,
    taps: u16,
    /// The first half of the prototype.
    samples: &'m [f64],
}

impl<'m> LowPass<'m> {
    /// The shortest filter that does what is asked, in steps of four taps per branch, and of that length the best one:
    /// the error touches its bounds at equal shares of what is allowed in both bands.
    ///
    /// Cost: 3 ms for 300 samples, 100 ms for 1,600, quadratic (a desk, optimised).
    ///
    /// # Errors
    /// [`DesignError`] if the requirement makes no sense, or `memory` is less than [`Requirement::memory_words`].
    pub fn design(wanted: &Requirement, memory: &'m mut [f64]) -> Result<Self, DesignError> {
        let (needed, given) = (wanted.memory_words()?, memory.len());
        let most = wanted.most_quarters();
        let too_small = DesignError::Memory { needed, given };
        if given < needed {
            return Err(too_small);
        }
        let (samples, work) = memory.split_at_mut_checked(wanted.half(most)).ok_or(too_small)?;
        let mut exchange = Exchange::new(wanted.template(), wanted.half(most), work).ok_or(too_small)?;
        let mut quarters = (wanted.taps_at(wanted.attenuation_db) * 0.2) as usize + 1;
        loop {
            let excess =
                exchange.run(wanted.half(quarters)).ok_or(DesignError::NoFilter { wanted: *wanted })?;
            if excess <= 1.0 {
                break;
            }
            // Most of the way that the rule of thumb gives, so as not to leap over the shortest.
            let missing = 20.0 * libm::log10(excess) / DECIBELS_PER_CYCLE / (wanted.stop - wanted.pass);
            quarters += ((0.2 * missing) as usize).max(1);
        }
        let samples = &mut samples[..wanted.half(quarters)];
        exchange.impulse(samples);
        let scale = f64::from(wanted.interpolation);
        samples.iter_mut().for_each(|sample| *sample *= scale);
        Ok(Self { interpolation: wanted.interpolation, taps: 4 * quarters as u16, samples })
    }

    /// S, the taps of one branch: a multiple of four.
    pub fn taps(&self) -> u16 {
        self.taps
    }

    /// Samples of the whole prototype.
    pub fn length(&self) -> usize {
        2 * self.samples.len()
    }

    /// Sample `index` of the prototype; zero beyond its ends.
    pub fn sample(&self, index: usize) -> f64 {
        let mirrored = (self.length() - 1).checked_sub(index);
        mirrored.and_then(|mirrored| self.samples.get(index.min(mirrored))).copied().unwrap_or(0.0)
    }

    /// Amplitude at `frequency`, a share of the input rate.
    pub fn response(&self, frequency: f64) -> f64 {
        let (length, branches) = (self.length() as f64, f64::from(self.interpolation));
        let term = |(index, sample): (usize, &f64)| {
            sample * libm::cos(PI * frequency * (length - 1.0 - 2.0 * index as f64) / branches)
        };
        2.0 * self.samples.iter().enumerate().map(term).sum::<f64>() / branches
    }

    /// The shift of the fixed-point form: as many fraction bits as leave every sample within 32 bits, and the 64-bit
    /// accumulator of [`Stage`](crate::Stage) room for any input.
    pub fn shift(&self) -> u8 {
        let fits = |shift: &u8| (0..usize::from(self.interpolation)).all(|branch| self.fits(branch, *shift));
        (1..=31).rev().find(fits).unwrap_or(1)
    }

    fn fits(&self, branch: usize, shift: u8) -> bool {
        let indices = (branch..self.length()).step_by(usize::from(self.interpolation));
        let magnitudes = || indices.clone().map(|index| self.fixed(index, shift).unsigned_abs());
        magnitudes().all(|magnitude| magnitude <= i32::MAX as u64)
            && magnitudes().sum::<u64>() < u64::from(u32::MAX)
    }

    /// Sample `index` with `shift` fraction bits, rounded to nearest.
    fn fixed(&self, index: usize, shift: u8) -> i64 {
        libm::round(self.sample(index) * f64::from(1_u32 << shift)) as i64
    }

    /// The coefficients as a [`Stage`](crate::Stage) keeps them: half of the prototype, branch by branch.
    pub fn coefficients(&self, shift: u8) -> impl Iterator<Item = i32> {
        let (branches, taps) = (usize::from(self.interpolation), usize::from(self.taps));
        (0..branches * taps / 2)
            .map(move |position| position / taps + position % taps * branches)
            .map(move |index| self.fixed(index, shift) as i32)
    }
}

#[cfg(test)]
mod tests {
    use std::{vec, vec::Vec};

    use super::*;

    const WANTED: Requirement = Requirement {
        interpolation: 3,
        decimation: 2,
        pass: 0.4,
        stop: 0.5,
        ripple_db: 0.005,
        attenuation_db: 100.0,
    };

    /// The largest share of what is allowed that the filter uses up, on a grid of eight points for each ripple.
    fn worst(wanted: &Requirement, filter: &LowPass<'_>) -> f64 {
        let (template, branches) = (wanted.template(), f64::from(wanted.interpolation));
        let steps = 4 * filter.length();
        let shares = (0..=steps).map(|step| branches / 2.0 * step as f64 / steps as f64);
        let shares = shares.filter(|frequency| *frequency <= wanted.pass || *frequency >= wanted.stop);
        let error = |frequency: f64| {
            let (goal, bound) = template.at(frequency / branches);
            (filter.response(frequency) - goal).abs() / bound
        };
        shares.map(error).fold(0.0, f64::max)
    }

    #[test]
    fn any_depth_and_width_is_met() {
        for attenuation_db in [40.0, 80.0, 100.0, 150.0] {
            for (pass, stop) in [(0.4, 0.5), (0.1, 0.9), (0.2, 1.4), (0.01, 0.06)] {
                // Long filters with many branches are what the tables consist of, and are tested there.
                for interpolation in if stop > 0.1 { 3..=12 } else { 3..=3 }.step_by(9) {
                    let wanted = Requirement { interpolation, pass, stop, attenuation_db, ..WANTED };
                    let mut memory = vec![0.0; wanted.memory_words().unwrap()];
                    let filter = LowPass::design(&wanted, &mut memory).unwrap();
                    let worst = worst(&wanted, &filter);
                    assert!(worst <= 1.003, "{worst} of what is allowed, {wanted:?}");
                }
            }
        }
    }

    /// Chebyshev: a filter of 2n samples is the best of its length if and only if its error reaches the same share of what
    /// is allowed, with alternating sign, at n + 1 frequencies or more.
    #[test]
    fn no_filter_of_the_same_length_is_better() {
        for (pass, stop, attenuation_db) in [(0.4, 0.5, 100.0), (0.3, 0.6, 140.0), (0.45, 0.5, 60.0)] {
            let wanted = Requirement { pass, stop, attenuation_db, ..WANTED };
            let mut memory = vec![0.0; wanted.memory_words().unwrap()];
            let filter = LowPass::design(&wanted, &mut memory).unwrap();
            let points = 32 * filter.length();
            let grid = (0..=points).map(|point| 1.5 * point as f64 / points as f64);
            let pass_band = grid.clone().filter(|frequency| *frequency < pass).chain([pass]);
            let stop_band = [stop].into_iter().chain(grid.filter(|frequency| *frequency > stop));
            let share = |frequency: f64| {
                let (goal, bound) = wanted.template().at(frequency / 3.0);
                (filter.response(frequency) - goal) / bound
            };
            let shares: Vec<_> = pass_band.chain(stop_band).map(share).collect();
            let worst = shares.iter().fold(0.0_f64, |worst, share| worst.max(share.abs()));
            let (mut touches, mut side) = (0, 0.0);
            for share in shares.into_iter().filter(|share| share.abs() > 0.99 * worst) {
                if share.signum() != side {
                    (touches, side) = (touches + 1, share.signum());
                }
            }
            let degrees = filter.length() / 2;
            assert!(touches > degrees, "{touches} of {}", degrees + 1);
        }
    }

    /// The estimate decides between stages, and how much memory a design is given.
    #[test]
    fn the_estimate_is_close() {
        for attenuation_db in [60.0, 80.5, 100.5, 150.0] {
            for (pass, stop) in [(0.4535, 0.5), (0.3401, 0.625), (0.2976, 0.6719), (0.1, 0.11)] {
                let wanted = Requirement { pass, stop, attenuation_db, ..WANTED };
                let mut memory = vec![0.0; wanted.memory_words().unwrap()];
                let taps = f64::from(LowPass::design(&wanted, &mut memory).unwrap().taps());
                let estimate = wanted.estimated_taps();
                assert!(
                    (estimate - taps).abs() <= 4.0_f64.max(0.05 * taps),
                    "{estimate} for {taps}, {wanted:?}"
                );
            }
        }
    }

    #[test]
    fn the_fixed_point_form_uses_the_bits_there_are() {
        let mut memory = vec![0.0; WANTED.memory_words().unwrap()];
        let filter = LowPass::design(&WANTED, &mut memory).unwrap();
        let shift = filter.shift();
        assert!((0..3).all(|branch| filter.fits(branch, shift)));
        assert!(!(0..3).all(|branch| filter.fits(branch, shift + 1)));
        assert_eq!(filter.coefficients(shift).count(), filter.length() / 2);
        assert_eq!(filter.sample(filter.length()), 0.0);
    }

    #[test]
    fn nonsense_is_refused() {
        let nonsense = [
            Requirement { pass: 0.5, ..WANTED },
            Requirement { pass: f64::NAN, ..WANTED },
            Requirement { stop: 1.5, ..WANTED },
            Requirement { interpolation: 0, ..WANTED },
            Requirement { ripple_db: 0.0, ..WANTED },
            Requirement { attenuation_db: 39.0, ..WANTED },
            Requirement { attenuation_db: 171.0, ..WANTED },
        ];
        for wanted in nonsense {
            assert!(matches!(wanted.memory_words(), Err(DesignError::Bands { .. })), "{wanted:?}");
        }
        let narrow = Requirement { pass: 0.499_999, ..WANTED };
        assert!(matches!(LowPass::design(&narrow, &mut []), Err(DesignError::TooLong { .. })));
        let needed = WANTED.memory_words().unwrap();
        let too_little = LowPass::design(&WANTED, &mut [0.0; 9]).unwrap_err();
        assert_eq!(too_little, DesignError::Memory { needed, given: 9 });
    }
}
