//! Audio files: read, written, brought to another rate, and what conversions do to sound, measured.
//!
//! ```text
//!   WAV, FLAC ─► WavFile, AudioFile ─ frames ─► whoever plays them
//!   frames ─► WavOutput ─► partial file ─► WAV                       a file gets its name when it is whole
//!   convert_file   a file at another rate, in its place in time
//!   measure        what a conversion does to tones, and what it takes
//! ```
//!
//! Nothing here knows of topologies or runtimes: frames and formats are all that crosses the border.

#![forbid(unsafe_code)]

mod audio_file;
mod conversions;
mod convert;
mod error;
mod flac;
mod limits;
pub mod measure;
mod partial;
mod wav;
mod wav_output;

pub use conversions::{QUALITIES, pairs, unready};
pub use convert::{Clipped, Converted, FileConversion, convert_file};
pub use error::Error;
pub use headroom_resample::Quality;
pub use hound::Error as WriteError;
pub use limits::{fits_a_file, is_another_file};
pub use partial::{PartialFile, write_file};
pub use wav::{ENDS_EARLY, WavFile, reading_failed};
pub use wav_output::WavOutput;
