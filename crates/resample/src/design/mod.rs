//! Where the coefficients come from: factoring a conversion into stages and designing their low-pass filters.
//!
//! Pure double-precision arithmetic in memory that the caller lends, the same bits on every target; nothing here runs
//! when a stream does. The tables of this crate are made by it, and so is a [`Plan`](crate::Plan) for any other rates or
//! promise:
//!
//! ```
//! use headroom_resample::{Quality, Resampler, design::{Cascade, Specification}};
//!
//! let wanted = Specification { attenuation_db: 90.0, ..Quality::Standard.specification() };
//! let cascade = Cascade::new(37_800, 40_000, &wanted)?;
//! let (mut work, mut coefficients) = (vec![0.0; cascade.work_words()?], vec![0; cascade.coefficient_words()?]);
//! let plan = cascade.plan(&mut work, &mut coefficients)?;
//! let resampler = Resampler::new(plan, 2, vec![0; plan.needs(2).state_words])?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cascade;
mod error;
mod exchange;
mod extremes;
mod low_pass;
mod planning;
mod polynomial;
mod requirement;
mod specification;
mod template;

pub use cascade::Cascade;
pub use error::DesignError;
pub use low_pass::LowPass;
pub use requirement::Requirement;
pub use specification::Specification;
