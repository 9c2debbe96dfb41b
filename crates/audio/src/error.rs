//! What audio files and conversions object to, each with what, where and what to do.

use std::path::PathBuf;

use headroom_resample::Quality;
use miette::Diagnostic;
use thiserror::Error;

/// What could not be done with a file, or with a conversion.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// The input can't be read.
    #[error("can't read {}: {why}", path.display())]
    #[diagnostic(code(headroom::input::file))]
    Input {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
        /// What to do.
        #[help]
        help: String,
    },

    /// A file would be written over another one that is read or written.
    #[error("{} is the {what}: writing there would destroy it", path.display())]
    #[diagnostic(code(headroom::output::input), help("name another file"))]
    SameFile {
        /// The file, as it was named to be written.
        path: PathBuf,
        /// What else it is: `"input"`, `"topology"`, `"output"` or `"output of another end"`.
        what: &'static str,
    },

    /// More audio would come out than a WAV file can hold.
    #[error("can't write {}: {bytes} bytes of audio would come out, a WAV file holds {limit}", path.display())]
    #[diagnostic(code(headroom::output::length))]
    OutputTooLong {
        /// The file.
        path: PathBuf,
        /// Bytes of audio that would come out.
        bytes: u128,
        /// Bytes of audio that one WAV file holds.
        limit: u128,
        /// What to do.
        #[help]
        help: &'static str,
    },

    /// The output can't be written.
    #[error("can't write {}: {why}", path.display())]
    #[diagnostic(
        code(headroom::output::file),
        help("name a file that can be written, in a folder that exists")
    )]
    Output {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },

    /// No filter makes this conversion.
    #[error("no {quality} conversion from {from} Hz to {to} Hz")]
    #[diagnostic(code(headroom::conversion::none))]
    NoConversion {
        /// Input rate in Hz.
        from: u32,
        /// Output rate in Hz.
        to: u32,
        /// The quality asked for.
        quality: Quality,
        /// What there is instead.
        #[help]
        help: String,
    },

    /// The band of a conversion is too narrow for the tones that measure it.
    #[error(
        "the conversion from {from} Hz to {to} Hz can't be measured: it does not pass the tone of 997 Hz"
    )]
    #[diagnostic(
        code(headroom::conversion::unmeasurable),
        help("measure one between rates of 2,200 Hz or more")
    )]
    NotMeasurable {
        /// Input rate in Hz.
        from: u32,
        /// Output rate in Hz.
        to: u32,
    },

    /// What only a fault of ours can cause.
    #[error("{what}")]
    #[diagnostic(code(headroom::audio::fault), help("this is a fault of Headroom; report it"))]
    Fault {
        /// What went wrong.
        what: String,
    },
}

impl Error {
    pub(crate) fn fault(what: &dyn std::fmt::Display) -> Self {
        Self::Fault { what: what.to_string() }
    }
}
