//! What a conversion promises, whatever its rates, and how two stages share the promise.

use crate::plan::Quality;

/// The promise of a conversion. Frequencies are shares of the lower of its two rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Specification {
    /// End of the pass-band.
    pub pass: f64,
    /// Start of the stop-band; nothing from there on comes back as an alias or an image. At most 1/2.
    pub stop: f64,
    /// How far the gain may be off 0 dB in the pass-band.
    pub ripple_db: f64,
    /// How far the images of a tone are below it, in dB: 40 to 150.
    pub attenuation_db: f64,
}

impl Quality {
    /// What is promised at this quality. The pass-band ends at 20 kHz for 44.1 kHz.
    pub const fn specification(self) -> Specification {
        let (ripple_db, attenuation_db) = match self {
            Self::Lite => (0.01, 80.0),
            Self::Standard => (0.01, 100.0),
            // A tone just below half the input rate leaves two equal aliases. Here the bound of the stop-band is not
            // steep enough to make up for that, so the filters are 2 dB deeper.
            Self::Mastering => (0.001, 142.0),
        };
        Specification { pass: 0.4535, stop: 0.5, ripple_db, attenuation_db }
    }
}

/// A stage's part of the promise. Ripples add up, and so do the powers of what leaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    /// Of the ripple.
    pub(super) ripple: f64,
    /// Of the power that may leak, in dB below all of it.
    pub(super) leak_db: f64,
}

/// The filter next to the edge of the band: its length is what a conversion costs, so it gets nearly all.
pub(super) const SHARP: Part = Part { ripple: 0.83, leak_db: 1.25 };
/// The filter whose bands lie far apart.
pub(super) const WIDE: Part = Part { ripple: 0.16, leak_db: 11.0 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_not_more_than_the_whole() {
        let [ripple, power] = [|part: &Part| part.ripple, |part: &Part| 10f64.powf(-part.leak_db / 10.0)]
            .map(|share| [SHARP, WIDE].iter().map(share).sum::<f64>());
        assert!(ripple <= 1.0 && power <= 1.0);
    }
}
