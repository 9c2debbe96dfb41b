//! Which stages make a conversion: all factorings are compared and the cheapest is taken.

use super::low_pass::{LowPass, Requirement};
use crate::plan::Quality;
use crate::stage::line_frames;

/// End of the pass-band as a fraction of the lower rate: 20 kHz at 44.1 kHz.
const PASS: f64 = 0.4535;
/// Start of the stop-band as a fraction of the lower rate: nothing folds back.
const STOP: f64 = 0.5;
/// Each of two stages may use up half of the 0.01 dB of pass-band droop, less the ripple of the other.
const DROOP_DB: f64 = 0.0045;

/// The stages of a conversion in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cascade {
    stages: [Option<Requirement>; 2],
}

impl Cascade {
    /// The stages in the order in which they run.
    pub fn stages(&self) -> impl Iterator<Item = &Requirement> {
        self.stages.iter().flatten()
    }
}

/// Stop-band depth to design for: that of the quality, and a few dB because products of several images, and of two
/// stages, add up.
fn attenuation_db(quality: Quality) -> f64 {
    match quality {
        Quality::Lite => 83.0,
        Quality::Standard => 104.0,
    }
}

/// Chooses the stages for `from` to `to`, both in Hz: those with the smallest product of memory and time. `None` if a
/// rate is zero, if they are equal, or if they have so little in common that no stage could do it.
pub fn cascade(from: u32, to: u32, quality: Quality) -> Option<Cascade> {
    if from == 0 || to == 0 {
        return None;
    }
    let divisor = gcd(from, to);
    let (l, m) = (to / divisor, from / divisor);
    let conversion =
        Conversion { from: f64::from(from), to: f64::from(to), attenuation_db: attenuation_db(quality) };
    let mut best = conversion.single(l, m);
    for l1 in divisors(l) {
        for m1 in divisors(m) {
            let candidate = conversion.double((l1, m1), (l / l1, m / m1));
            best = match (best, candidate) {
                (Some(best), Some(next)) if next.cost < best.cost => Some(next),
                (None, next) => next,
                (best, _) => best,
            };
        }
    }
    best.map(|best| best.cascade)
}

/// The shifts of two stages in a row. The first is shifted so far that not even the worst input saturates it, however
/// loud its overshoots and the images that it leaves to the second are; the second makes up for it.
pub fn shifts(first: &LowPass, second: &LowPass) -> [u8; 2] {
    // Magnitudes below 2^32 times samples of at most 2^31, shifted by 32, are samples again.
    let guarded = 32;
    let guard_bits = guarded - first.shift();
    [guarded, second.shift() - guard_bits]
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn divisors(number: u32) -> impl Iterator<Item = u32> {
    (1..=number).filter(move |divisor| number.is_multiple_of(*divisor))
}

struct Conversion {
    from: f64,
    to: f64,
    attenuation_db: f64,
}

struct Candidate {
    cascade: Cascade,
    cost: f64,
}

impl Conversion {
    fn single(&self, l: u32, m: u32) -> Option<Candidate> {
        if (l, m) == (1, 1) {
            return None;
        }
        let stop = STOP * self.from.min(self.to);
        let only = self.requirement((l, m), self.from, stop)?;
        Some(self.candidate([Some(only), None]))
    }

    /// Two stages, both of which change the rate and neither of which narrows the band below that of the slower end.
    ///
    /// The sharp filter runs at the slower end. The other one may leave alone what the sharp one takes care of: when the
    /// rate goes up, there is nothing left between half of the input rate and its mirror image at the middle rate; when
    /// it goes down, whatever does not fold into the band of the output is removed later.
    fn double(&self, first: (u32, u32), second: (u32, u32)) -> Option<Candidate> {
        if first == (1, 1) || second == (1, 1) {
            return None;
        }
        let middle = self.from * f64::from(first.0) / f64::from(first.1);
        let lower = self.from.min(self.to);
        if middle < lower {
            return None;
        }
        let (sharp, wide) = (STOP * lower, middle - STOP * lower);
        let (stop1, stop2) = if self.from < self.to { (sharp, wide) } else { (wide, sharp) };
        let first = self.requirement(first, self.from, stop1)?;
        let second = self.requirement(second, middle, stop2)?;
        Some(self.candidate([Some(first), Some(second)]))
    }

    /// `None` if there would be nothing to stop: such a stage only drops frames.
    fn requirement(&self, (l, m): (u32, u32), rate: f64, stop: f64) -> Option<Requirement> {
        if stop / rate >= f64::from(l) / 2.0 {
            return None;
        }
        Some(Requirement {
            interpolation: l.try_into().ok()?,
            decimation: m.try_into().ok()?,
            pass: PASS * self.from.min(self.to) / rate,
            stop: stop / rate,
            droop_db: DROOP_DB,
            attenuation_db: self.attenuation_db,
        })
    }

    /// Cost: words of memory for two channels, coefficients copied, times multiply-adds per output frame and channel.
    fn candidate(&self, stages: [Option<Requirement>; 2]) -> Candidate {
        let cascade = Cascade { stages };
        let (mut words, mut operations, mut rate) = (0.0, 0.0, self.from);
        for stage in cascade.stages() {
            let (l, m) = (f64::from(stage.interpolation), f64::from(stage.decimation));
            let taps = stage.estimated_taps();
            rate *= l / m;
            words += l * taps / 2.0 + 2.0 * line_frames(taps as usize) as f64;
            operations += taps * rate / self.to;
        }
        Candidate { cascade, cost: words * operations }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(from: u32, to: u32) -> [Option<(u16, u16)>; 2] {
        let cascade = cascade(from, to, Quality::Standard).unwrap();
        cascade.stages.map(|stage| stage.map(|stage| (stage.interpolation, stage.decimation)))
    }

    #[test]
    fn one_stage_where_two_would_cost_more() {
        assert_eq!(factors(48_000, 16_000), [Some((1, 3)), None]);
        assert_eq!(factors(32_000, 48_000), [Some((3, 2)), None]);
    }

    #[test]
    fn two_stages_where_they_save_memory() {
        assert_eq!(factors(44_100, 48_000), [Some((4, 3)), Some((40, 49))]);
        assert_eq!(factors(192_000, 48_000), [Some((1, 2)), Some((1, 2))]);
    }

    #[test]
    fn stages_make_up_the_conversion_and_leave_its_band_alone() {
        for (from, to) in
            [(8_000, 44_100), (44_100, 96_000), (192_000, 11_025), (50_000, 48_000), (48_000, 8_000)]
        {
            let cascade = cascade(from, to, Quality::Lite).unwrap();
            let (mut rate, lower) = (f64::from(from), f64::from(from.min(to)));
            for stage in cascade.stages() {
                assert!((stage.pass * rate - PASS * lower).abs() < 1e-6);
                assert!(stage.stop > stage.pass && stage.stop < f64::from(stage.interpolation) / 2.0);
                rate *= f64::from(stage.interpolation) / f64::from(stage.decimation);
                assert!(rate >= lower - 1e-6);
            }
            assert!((rate - f64::from(to)).abs() < 1e-6);
        }
    }

    #[test]
    fn there_is_nothing_to_do_for_equal_rates() {
        assert_eq!(cascade(48_000, 48_000, Quality::Lite), None);
        assert_eq!(cascade(0, 48_000, Quality::Lite), None);
        assert_eq!(cascade(48_000, 0, Quality::Lite), None);
    }

    /// Two primes beyond 16 bits.
    #[test]
    fn rates_without_a_common_measure_are_refused() {
        assert_eq!(cascade(100_003, 100_019, Quality::Lite), None);
    }
}
