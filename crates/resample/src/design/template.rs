//! The bounds between which the amplitude of a low-pass has to stay.

/// Bounds over frequency. Frequencies are shares of the prototype's rate, 0 to 1/2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Template {
    /// End of the pass-band.
    pub(super) pass: f64,
    /// Start of the stop-band.
    pub(super) stop: f64,
    /// How far the gain may be off one in the pass-band.
    ripple: f64,
    /// Largest gain at the start of the stop-band.
    leak: f64,
    /// How much smaller it is once the steep fall of the bound is over.
    far: f64,
}

impl Template {
    /// From the ends of both bands, the ripple and the attenuation, both in dB.
    ///
    /// The bound of the stop-band falls with the fourth power of frequency until it is at -125 dB or 25 dB down, and
    /// with the first from there on. So the images of low tones, which lie far from the edge of the band, stay below
    /// -120 dB together; and the images of one tone, two for each branch, add up to little more than the first.
    pub(super) fn new((pass, stop): (f64, f64), ripple_db: f64, attenuation_db: f64) -> Self {
        let ripple = amplitude(ripple_db) - 1.0;
        let far = amplitude((125.0 - attenuation_db).clamp(0.0, 25.0));
        Self { pass, stop, ripple, leak: amplitude(-attenuation_db), far }
    }

    /// What is wanted at a frequency, and how far the amplitude may be off it.
    pub(super) fn at(&self, frequency: f64) -> (f64, f64) {
        if frequency <= self.pass {
            return (1.0, self.ripple);
        }
        let over = frequency / self.stop;
        let steep = over * over * over * over;
        let knee = libm::sqrt(libm::sqrt(self.far));
        (0.0, self.leak / if steep < self.far { steep } else { self.far * over / knee })
    }
}

/// Amplitude that is so many dB above one.
pub(super) fn amplitude(decibels: f64) -> f64 {
    libm::pow(10.0, decibels / 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_are_those_asked_for() {
        let template = Template::new((0.1, 0.2), 0.01, 100.0);
        let decibels = |frequency| 20.0 * template.at(frequency).1.log10();
        assert_eq!(template.at(0.1).0, 1.0);
        assert!((20.0 * (1.0 + template.at(0.05).1).log10() - 0.01).abs() < 1e-12);
        assert!((decibels(0.2) + 100.0).abs() < 1e-9);
        // Beyond the knee: 25 dB, and 6 dB for each octave.
        let knee = 10f64.powf(25.0 / 80.0);
        assert!((decibels(0.2 * knee * 1.5) + 125.0 + 20.0 * 1.5f64.log10()).abs() < 1e-9);
        let deep = Template::new((0.1, 0.2), 0.01, 140.0);
        assert!((deep.at(0.4).1 / deep.at(0.2).1 - 0.5).abs() < 1e-12);
    }
}
