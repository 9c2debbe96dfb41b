//! The modules that ship with Headroom: copier, gain, sample rate converters.
//!
//! A runtime finds them in [`DRIVERS`]; nothing else of a module can be seen from outside. [`CopierConfig`] and
//! [`VolumeSetting`] are for drivers, which write the payloads that the modules read.
//!
//! | module | payload after the base configuration | memory |
//! |---|---|---|
//! | `copier` | [`CopierConfig`] | its state |
//! | `gain` | one [`VolumeSetting`] for all channels, or one for each | its state, a record per channel |
//! | `src`, `src-lite` | `u32` output rate in Hz, nothing after it | its state, coefficients, delay lines |
//!
//! All of it is lifetime memory and taken in `init`, but for a converter whose input rate only the stream tells: that
//! takes coefficients and delay lines in `prepare`, as interim memory.

#![no_std]
#![forbid(unsafe_code)]

mod copier;
mod drivers;
mod gain;
mod sample_rate;
mod stream;

pub use copier::CopierConfig;
pub use drivers::DRIVERS;
pub use gain::{Curve, VolumeSetting};
