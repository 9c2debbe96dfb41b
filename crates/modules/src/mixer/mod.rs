//! Mixing: a mixin sends its stream to up to three mixouts, a mixout sums up to eight streams.
//!
//! ```text
//!   pipeline 1   … ─► mixin ─┬─ ring ─► mixout ─► …   pipeline 3
//!                            └─ ring ─► mixout ─► …   pipeline 4
//!   pipeline 2   … ─► mixin ─── ring ─┘
//! ```
//!
//! Source of the rules: SOF's `src/audio/mixin_mixout`. There a mixin writes into the mixout's output; here every pair has
//! its ring, the mixout sums what is in them, and saturates once. SOF saturates after each stream that it adds, so
//! that what comes out of a clipping mix depends on the order of the streams; below the ends both are equal bit for bit.
//!
//! Both run in LL only, as in SOF: they work at the pace of the ticks.

mod mixin;
mod mixout;
mod mode;

pub use mixin::MIXIN;
pub use mixout::MIXOUT;
pub use mode::{MixerMode, Remap};
