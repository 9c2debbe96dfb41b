//! Why there is no design.

use core::fmt;

use super::requirement::Requirement;

/// Why a filter or a plan can't be designed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DesignError {
    /// A rate is zero, or no two stages of a bearable length lead from one to the other.
    Rates {
        /// Input rate in Hz.
        from: u32,
        /// Output rate in Hz.
        to: u32,
    },
    /// The bands are not in order, or a ripple or an attenuation is out of bounds.
    Bands {
        /// End of the pass-band, as given.
        pass: f64,
        /// Start of the stop-band, as given.
        stop: f64,
    },
    /// The filter would be too long.
    TooLong {
        /// Samples that it would have.
        samples: usize,
        /// The most that there may be.
        most: usize,
    },
    /// Not enough memory was lent.
    Memory {
        /// Words needed.
        needed: usize,
        /// Words given.
        given: usize,
    },
    /// The search for the best filter went in circles.
    NoFilter {
        /// What was asked for.
        wanted: Requirement,
    },
}

impl fmt::Display for DesignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rates { from, to } => write!(
                f,
                "no two filters of a bearable length convert {from} Hz to {to} Hz; choose rates with a larger common divisor"
            ),
            Self::Bands { pass, stop } => write!(
                f,
                "no low-pass passes up to {pass} and stops from {stop} with this ripple and attenuation; \
                 keep the bands in order, the ripple within 0.00001 to 1 dB and the attenuation within 40 to 150 dB"
            ),
            Self::TooLong { samples, most } => {
                write!(
                    f,
                    "a low-pass of {samples} samples is too long; with a wider transition it needs at most {most}"
                )
            }
            Self::Memory { needed, given } => {
                write!(f, "{given} words lent to a filter design; lend the {needed} that it needs")
            }
            Self::NoFilter { wanted } => {
                write!(f, "the filter design did not converge for {wanted:?}; relax its attenuation")
            }
        }
    }
}

impl core::error::Error for DesignError {}
