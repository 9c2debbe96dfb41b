//! Where the coefficients come from: factoring a conversion into stages and designing their low-pass filters.
//!
//! Pure double-precision arithmetic, the same bits on every target; nothing here runs when a stream does.

mod cascade;
mod low_pass;

pub use cascade::{Cascade, cascade, shifts};
pub use low_pass::{LowPass, Requirement};
