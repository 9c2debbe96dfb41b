//! What a conversion does to sound and what it costs, found by running the real converter.
//!
//! ```text
//!   tones ─► Resampler ─► least-squares fit ─► level, THD+N, ripple, images, aliases, latency      (tones.rs, figures.rs)
//!   noise ─► Resampler ─► words written of a marked memory ─► state bytes                          (memory.rs)
//!   clicks at every phase ─► Resampler ─► Fourier transform ─► Response ─► SVG                     (response.rs, plot.rs)
//! ```
//!
//! All of it is arithmetic on generated signals: equal calls give equal results, and no clock is read.

mod figures;
mod memory;
mod plot;
mod response;
mod tones;

pub use figures::{CHANNELS, Declared, Measured, Measurement, Modelled, PASS_BAND, StageShape, measure};
pub use plot::plot;
pub use response::Response;
