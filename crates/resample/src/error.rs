//! Why a resampler can't be made of what was given.

use core::fmt;

use crate::plan::MAX_CHANNELS;

/// Why a [`Resampler`](crate::Resampler) can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupError {
    /// No channels, or more than [`MAX_CHANNELS`].
    Channels {
        /// The number asked for.
        channels: usize,
    },
    /// The delay lines don't fit.
    StateTooSmall {
        /// Words needed: [`Needs::state_words`](crate::Needs::state_words).
        needed: usize,
        /// Words given.
        given: usize,
    },
    /// The memory for a stage's coefficients is too small.
    CoefficientsTooSmall {
        /// Which stage, from 0.
        stage: usize,
        /// Words needed: [`Needs::coefficient_words`](crate::Needs::coefficient_words).
        needed: usize,
        /// Words given.
        given: usize,
    },
    /// What was given as a copy of a stage's coefficients isn't one.
    CopyDiffers {
        /// Which stage, from 0.
        stage: usize,
    },
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Channels { channels } => {
                write!(f, "{channels} channels asked of a resampler; use 1 to {MAX_CHANNELS}")
            }
            Self::StateTooSmall { needed, given } => {
                write!(f, "resampler state of {given} words given; allocate the {needed} that the plan needs")
            }
            Self::CoefficientsTooSmall { stage, needed, given } => {
                write!(
                    f,
                    "{given} words given for the coefficients of stage {stage}; allocate the {needed} that the plan needs"
                )
            }
            Self::CopyDiffers { stage } => {
                write!(f, "coefficient copy of stage {stage} differs from its table; copy the plan's stage")
            }
        }
    }
}

impl core::error::Error for SetupError {}
