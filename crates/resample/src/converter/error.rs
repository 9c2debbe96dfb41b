//! Why there is no converter, and why planes are not frames.

use core::fmt;

use crate::design::DesignError;
use crate::plan::{MAX_CHANNELS, RATES};

/// Why a [`Converter`](super::Converter) can't be made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ConverterError {
    /// No channels, or more than [`MAX_CHANNELS`].
    Channels {
        /// The number asked for.
        channels: usize,
    },
    /// The tables have no filter for these rates, and none can be designed in about five seconds.
    NoFilter {
        /// The input rate.
        from: NearestRates,
        /// The output rate.
        to: NearestRates,
        /// What the design came to.
        why: DesignError,
    },
}

/// A rate, and the two nearest ones for which there are filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NearestRates {
    /// As asked for, in Hz.
    pub rate: u32,
    /// The two of [`RATES`] that are nearest to it, the nearer one first. That is the rate itself if it is among them.
    pub nearest: [u32; 2],
}

impl NearestRates {
    pub(super) fn of(rate: u32) -> Self {
        let mut nearest = [RATES[0]; 2];
        let distance = |other: u32| rate.abs_diff(other);
        for known in RATES {
            if known == nearest[0] || distance(known) < distance(nearest[0]) {
                nearest = [known, nearest[0]];
            } else if nearest[1] == nearest[0] || distance(known) < distance(nearest[1]) {
                nearest[1] = known;
            }
        }
        Self { rate, nearest }
    }

    fn is_ready(&self) -> bool {
        self.nearest[0] == self.rate
    }
}

impl fmt::Display for ConverterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channels { channels } => {
                write!(f, "{channels} channels asked of a converter; use 1 to {MAX_CHANNELS}")
            }
            Self::NoFilter { from, to, why } => {
                write!(f, "no filter converts {} Hz to {} Hz ({why})", from.rate, to.rate)?;
                for asked in [from, to].into_iter().filter(|asked| !asked.is_ready()) {
                    let [nearer, other] = asked.nearest;
                    write!(f, "; instead of {} Hz use {nearer} or {other} Hz", asked.rate)?;
                }
                Ok(())
            }
        }
    }
}

impl core::error::Error for ConverterError {}

/// Why planes can't be taken as channels. Nothing was converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanesError {
    /// There are not as many planes as channels.
    Count {
        /// How many were given.
        planes: usize,
        /// How many there must be.
        channels: usize,
    },
    /// A plane is not as long as the first one.
    Length {
        /// Which one, from 0.
        plane: usize,
        /// Its samples.
        samples: usize,
        /// Samples of the first plane.
        expected: usize,
    },
}

impl fmt::Display for PlanesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Count { planes, channels } => {
                write!(f, "{planes} planes given for {channels} channels; give one for each channel")
            }
            Self::Length { plane, samples, expected } => write!(
                f,
                "plane {plane} has {samples} samples, but the first one {expected}; give planes of one length"
            ),
        }
    }
}

impl core::error::Error for PlanesError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_nearest_rates_are_found_wherever_a_rate_lies() {
        let cases = [
            (100_003, [96_000, 88_200]),
            (48_000, [48_000, 50_000]),
            (47_000, [48_000, 44_100]),
            (0, [8_000, 11_025]),
            (8_000, [8_000, 11_025]),
            (384_000, [192_000, 176_400]),
            (u32::MAX, [192_000, 176_400]),
        ];
        for (rate, nearest) in cases {
            assert_eq!(NearestRates::of(rate), NearestRates { rate, nearest });
        }
    }
}
