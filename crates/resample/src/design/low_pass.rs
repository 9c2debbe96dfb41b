//! Kaiser-windowed linear-phase low-pass filters, and their fixed-point form.
//!
//! Formulas for the window: J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function",
//! Proc. IEEE ISCAS 1974; also Oppenheim and Schafer, Discrete-Time Signal Processing, 7.5.3.

use core::f64::consts::PI;

/// What the filter of one polyphase stage has to do. Frequencies are fractions of the stage's input rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Requirement {
    /// L, the number of branches.
    pub interpolation: u16,
    /// M, input frames for every L output frames.
    pub decimation: u16,
    /// End of the pass-band, where the gain may have fallen by `droop_db`.
    pub pass: f64,
    /// Start of the stop-band.
    pub stop: f64,
    /// How far the pass-band may droop, in dB.
    pub droop_db: f64,
    /// How far down the stop-band is, in dB: 50 to 120, which Kaiser's formulas meet within 2 dB.
    pub attenuation_db: f64,
}

impl Requirement {
    /// Taps of one branch with which Kaiser's formula bridges the gap from the pass-band to the stop-band. He counts
    /// the gap at full depth on both sides; a pass-band that may droop needs a little less.
    pub(crate) fn estimated_taps(&self) -> f64 {
        4.0 * libm::ceil(kaiser_width(self.attenuation_db) / (self.stop - self.pass) / 4.0)
    }

    /// Bands in order, and figures for which Kaiser's formulas hold.
    fn is_sound(&self) -> bool {
        0.0 < self.pass
            && self.pass < self.stop
            && self.stop < f64::from(self.interpolation) / 2.0
            && self.droop_db > 0.0
            && (50.0..=120.0).contains(&self.attenuation_db)
    }
}

/// Transition width times length of a Kaiser-windowed low-pass.
fn kaiser_width(attenuation_db: f64) -> f64 {
    (attenuation_db - 7.95) / 14.36
}

/// A prototype low-pass: L*S samples, symmetric, with a gain of one at zero frequency after interpolation by L.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LowPass {
    interpolation: u16,
    taps: u16,
    /// The -6 dB point as a fraction of the input rate.
    cutoff: f64,
    beta: f64,
    gain: f64,
}

impl LowPass {
    /// The shortest filter that does what is asked, in steps of four taps per branch, and of that length the one with
    /// the deepest stop-band, to 20 dB beyond what was asked for.
    ///
    /// The stop-band edge is where it should be at every length and depth; what gives is the end of the pass-band.
    /// `None` if the bands are out of order, a figure is out of bounds, or it took more than 65,532 taps per branch.
    /// Cost: milliseconds for a thousand samples.
    pub fn design(wanted: &Requirement) -> Option<Self> {
        if !wanted.is_sound() {
            return None;
        }
        let lowest_gain = libm::pow(10.0, -wanted.droop_db / 20.0);
        let good = |filter: &Self| filter.response(wanted.pass) >= lowest_gain;
        let mut quarter = ((0.7 * wanted.estimated_taps() / 4.0) as u16).max(1);
        let mut best = loop {
            let filter = Self::with_taps(wanted, quarter.checked_mul(4)?, wanted.attenuation_db);
            if good(&filter) {
                break filter;
            }
            quarter += 1;
        };
        for extra_db in 1..=20 {
            let deeper = Self::with_taps(wanted, best.taps, wanted.attenuation_db + f64::from(extra_db));
            if !good(&deeper) {
                break;
            }
            best = deeper;
        }
        Some(best)
    }

    fn with_taps(wanted: &Requirement, taps: u16, attenuation_db: f64) -> Self {
        let half_width = kaiser_width(attenuation_db) / f64::from(taps) / 2.0;
        let mut filter = Self {
            interpolation: wanted.interpolation,
            taps,
            cutoff: wanted.stop - half_width,
            beta: 0.1102 * (attenuation_db - 8.7),
            gain: 1.0,
        };
        filter.gain = 1.0 / filter.response(0.0);
        filter
    }

    /// S, the taps of one branch: a multiple of four.
    pub fn taps(&self) -> u16 {
        self.taps
    }

    /// Samples of the whole prototype.
    pub fn length(&self) -> usize {
        usize::from(self.interpolation) * usize::from(self.taps)
    }

    /// Sample `index` of the prototype.
    pub fn sample(&self, index: usize) -> f64 {
        let half = f64::from(self.taps) / 2.0;
        let time = self.time(index);
        let edge = 1.0 - (time / half) * (time / half);
        let window = bessel_i0(self.beta * libm::sqrt(edge)) / bessel_i0(self.beta);
        self.gain * window * libm::sin(2.0 * PI * self.cutoff * time) / (PI * time)
    }

    /// Amplitude at `frequency`, a fraction of the input rate.
    pub fn response(&self, frequency: f64) -> f64 {
        let sum: f64 = (0..self.length() / 2)
            .map(|index| self.sample(index) * libm::cos(2.0 * PI * frequency * self.time(index)))
            .sum();
        2.0 * sum / f64::from(self.interpolation)
    }

    /// Input frames from the centre of the filter to sample `index`; never zero, as the length is even.
    fn time(&self, index: usize) -> f64 {
        (index as f64 - (self.length() - 1) as f64 / 2.0) / f64::from(self.interpolation)
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

/// The modified Bessel function of the first kind and order zero, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > sum * 1e-17 {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Requirement = Requirement {
        interpolation: 3,
        decimation: 2,
        pass: 0.4,
        stop: 0.5,
        droop_db: 0.005,
        attenuation_db: 100.0,
    };

    #[test]
    fn any_depth_and_width_is_met() {
        for attenuation_db in [50.0, 65.0, 80.0, 100.0, 120.0] {
            for (pass, stop) in [(0.4, 0.5), (0.1, 0.9), (0.2, 1.4), (0.01, 0.06)] {
                let wanted = Requirement { pass, stop, attenuation_db, ..WANTED };
                let filter = LowPass::design(&wanted).unwrap();
                assert!((filter.response(0.0) - 1.0).abs() < 1e-12);
                assert!(filter.response(pass) >= libm::pow(10.0, -0.005 / 20.0));
                let steps = 6 * u32::from(filter.taps());
                let grid = (0..=steps).map(|step| stop + (1.5 - stop) * f64::from(step) / f64::from(steps));
                let peak = grid.map(|frequency| filter.response(frequency).abs()).fold(0.0, f64::max);
                let depth = 20.0 * libm::log10(peak);
                assert!(depth <= 2.0 - attenuation_db, "{depth} dB, {wanted:?}");
            }
        }
    }

    #[test]
    fn no_shorter_filter_would_do() {
        let filter = LowPass::design(&WANTED).unwrap();
        let shorter = LowPass::with_taps(&WANTED, filter.taps() - 4, WANTED.attenuation_db);
        assert!(shorter.response(WANTED.pass) < libm::pow(10.0, -0.005 / 20.0));
    }

    #[test]
    fn the_fixed_point_form_uses_the_bits_there_are() {
        let filter = LowPass::design(&WANTED).unwrap();
        let shift = filter.shift();
        assert!((0..3).all(|branch| filter.fits(branch, shift)));
        assert!(!(0..3).all(|branch| filter.fits(branch, shift + 1)));
        assert_eq!(filter.coefficients(shift).count(), filter.length() / 2);
    }

    #[test]
    fn nonsense_is_refused() {
        let nonsense = [
            Requirement { pass: 0.5, ..WANTED },
            Requirement { pass: f64::NAN, ..WANTED },
            Requirement { stop: 1.5, ..WANTED },
            Requirement { interpolation: 0, ..WANTED },
            Requirement { droop_db: 0.0, ..WANTED },
            Requirement { attenuation_db: 49.0, ..WANTED },
            Requirement { attenuation_db: 121.0, ..WANTED },
            Requirement { pass: 0.499_999, ..WANTED },
        ];
        for wanted in nonsense {
            assert_eq!(LowPass::design(&wanted), None, "{wanted:?}");
        }
    }
}
