//! The modules that ship with Headroom: copier, gain, mixers, sample rate converters, and a few to test with.
//!
//! Each has a constant for its row of a module table, and [`MODULES`] is the table of all; nothing else of a module can be
//! seen from outside. An image with few modules lists their rows instead: it links no others, and of the sample rate
//! converters only the conversions that [`Src`] and [`SrcLite`] are told. [`CopierConfig`], [`SinkFormat`],
//! [`VolumeSetting`], [`MixerMode`] and [`ToneSetting`] are for drivers, which write the payloads that the modules read, and
//! have the numbers of the parameters. [`kit`] is for authors of other modules.
//!
//! | module | pins | payload after the base configuration | parameters | memory |
//! |---|---|---|---|---|
//! | `copier` | 1, 4 | [`CopierConfig`] | 2 [`SinkFormat`], 4 and 5 link position (read only), 6 attenuation, 7 channel map | its state |
//! | `gain` | 1, 1 | one [`VolumeSetting`] for all channels, or one for each | 0 [`VolumeSetting`]s, 1 attenuation, 200 switch | its state, a record per channel |
//! | `peakvol` | 1, 1 | as `gain` | as `gain`, 3 peak figures (read only) | as `gain`, the figures |
//! | `mixin` | 1, 3 | none | 0 underrun period in ticks, 1 [`MixerMode`]s | its state |
//! | `mixout` | 8, 1 | none | none | its state |
//! | `src`, `src-lite` | 1, 1 | `u32` output rate in Hz, nothing after it | none | its state, coefficients, delay lines |
//! | `passthrough` | 1, 1 | none | none | its state |
//! | `tone` | 1, 1 | [`ToneSetting`]s; 997 Hz at -20 dB without | 0 [`ToneSetting`]s | its state, a record per channel |
//! | `stand-in` | 4, 4 | any; listed pins name the formats of its outputs | all, without effect | what its message declares |
//!
//! Not served are 1 (timestamp registers) and 3 (data segments) of copiers, which are about registers of a device, and 2
//! (transition delay) of gain, which SOF names and refuses itself.
//!
//! All of it is lifetime memory and taken in `init`, but for a converter whose input rate only the stream tells, which
//! takes coefficients and delay lines in `prepare`, and for what a stand-in holds from `prepare` to reset: both are interim
//! memory. The stand-in is not in the table, but apart, as [`STAND_IN`].

#![no_std]
#![forbid(unsafe_code)]

mod copier;
mod gain;
pub mod kit;
mod mixer;
mod passthrough;
mod rows;
mod sample_rate;
mod stand_in;
mod tone;

pub use copier::{COPIER, CopierConfig, SinkFormat};
pub use gain::{Curve, GAIN, PEAKVOL, VolumeSetting};
pub use mixer::{MIXIN, MIXOUT, MixerMode, Remap};
pub use passthrough::PASSTHROUGH;
pub use rows::MODULES;
pub use sample_rate::{AllPairs, Conversions, Pair, SRC, SRC_LITE, Src, SrcLite};
pub use stand_in::STAND_IN;
pub use tone::{TONE, ToneSetting};
