//! Sample rate conversion: filter design, tables and kernels over plain slices.
//!
//! A [`Plan`] says how one rate becomes another: no stage (a copy), one, or two polyphase filters whose coefficients
//! are constants for the usual rates and designed on the spot for others. A [`Resampler`] runs a plan over interleaved
//! frames, Q1.31 or `f32`, in memory that its owner hands in once;
//! it takes blocks of any size, never allocates, and gives the same bits however a stream is cut into blocks.
//!
//! ```
//! use headroom_resample::{Quality, Resampler, plan};
//!
//! let plan = plan(44_100, 48_000, Quality::Standard)?;
//! let mut resampler = Resampler::new(plan, 2, vec![0; plan.needs(2).state_words])?;
//! let (input, mut output) = ([0; 2 * 44], [0; 2 * 64]);
//! let progress = resampler.process(&input, &mut output);
//! assert_eq!(progress.consumed, 44);
//! assert_eq!(progress.produced as u64, plan.output_frames_for(44));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`convert`] brings 16-bit and 24-bit samples to Q1.31 and back; [`design`] is where the coefficients come from.
#![no_std]
#![deny(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod alignment;
mod arch;
pub mod convert;
#[cfg(feature = "alloc")]
mod converter;
pub mod design;
mod error;
mod filter;
mod line;
mod plan;
mod resampler;
mod sample;
mod spread;
mod stage;
mod stream;
mod tables;

pub use alignment::Alignment;
pub use arch::Backend;
#[cfg(feature = "alloc")]
pub use converter::{Converter, ConverterError, NearestRates, Pcm, PlanesError};
pub use error::SetupError;
pub use filter::{Filter, FilterError, Polyphase};
pub use line::Progress;
pub use plan::{MAX_CHANNELS, Needs, Plan, PlanError, Quality, RATES, desk_plan, plan, plans};
pub use resampler::Resampler;
pub use sample::Sample;
pub use stage::Stage;

/// The examples of README.md are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
