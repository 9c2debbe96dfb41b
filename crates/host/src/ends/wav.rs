//! WAV files as streams: how their samples become those of a format.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use headroom_module::{Format, SampleFormat};
use hound::{SampleFormat as WavSamples, WavReader, WavSpec};

use crate::error::Error;

/// A WAV file that is being read.
pub(crate) struct WavFile {
    reader: WavReader<BufReader<File>>,
    format: Format,
}

impl WavFile {
    /// Opens `path` and finds the stream format that holds its samples as they are.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let unusable =
            |why: String, help: &str| Error::Input { path: path.to_owned(), why, help: help.to_owned() };
        let reader = WavReader::open(path).map_err(|error| match error {
            hound::Error::IoError(error) if error.kind() == std::io::ErrorKind::NotFound => {
                unusable("there is no such file".to_owned(), "check the name")
            }
            // hound reports a file that is shorter than a header as an I/O error.
            hound::Error::IoError(error) if error.kind() != std::io::ErrorKind::Other => {
                unusable(error.to_string(), "check that it is a file that you may read")
            }
            hound::Error::Unsupported => {
                unusable("its encoding is not supported".to_owned(), "convert it to uncompressed WAV")
            }
            error => unusable(format!("it is not a WAV file ({error})"), "convert it to WAV first"),
        })?;
        let spec = reader.spec();
        let samples = samples_of(&spec).ok_or_else(|| {
            let why = format!(
                "{} bits of {:?} samples are not supported",
                spec.bits_per_sample, spec.sample_format
            );
            unusable(why, "use 16, 24 or 32 bits, or 32-bit float")
        })?;
        let channels = u8::try_from(spec.channels).unwrap_or(u8::MAX);
        let format = Format::new(spec.sample_rate, channels, samples).map_err(|_| {
            let why = format!("it has {} channels, streams have 1 to 8", spec.channels);
            unusable(why, "mix it down to 8 channels or fewer")
        })?;
        if !(8000..=192_000).contains(&spec.sample_rate) {
            let why = format!("its rate of {} Hz is outside 8000 to 192000 Hz", spec.sample_rate);
            return Err(unusable(why, "resample it first"));
        }
        Ok(Self { reader, format })
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    pub(crate) fn frames(&self) -> u64 {
        self.reader.duration().into()
    }

    /// The next sample as its bytes in a stream, at the front of four; `None` at the end.
    pub(crate) fn next_sample(&mut self) -> Option<Result<[u8; 4], hound::Error>> {
        match self.format.samples() {
            SampleFormat::S16 => self.reader.samples::<i16>().next().map(|sample| {
                let [low, high] = sample?.to_le_bytes();
                Ok([low, high, 0, 0])
            }),
            SampleFormat::S24In32 | SampleFormat::S32 => {
                self.reader.samples::<i32>().next().map(|sample| Ok(sample?.to_le_bytes()))
            }
            SampleFormat::F32 => self.reader.samples::<f32>().next().map(|sample| Ok(sample?.to_le_bytes())),
        }
    }
}

/// Why a file breaks off.
pub(super) const ENDS_EARLY: &str = "it ends before its header says";

/// What went wrong while samples were read, in the words of the user.
pub(super) fn reading_failed(error: &hound::Error) -> String {
    match error {
        // hound's own kind for a file that is too short.
        hound::Error::IoError(error) if error.kind() == std::io::ErrorKind::Other => ENDS_EARLY.to_owned(),
        error => error.to_string(),
    }
}

fn samples_of(spec: &WavSpec) -> Option<SampleFormat> {
    match (spec.sample_format, spec.bits_per_sample) {
        (WavSamples::Int, 16) => Some(SampleFormat::S16),
        (WavSamples::Int, 24) => Some(SampleFormat::S24In32),
        (WavSamples::Int, 32) => Some(SampleFormat::S32),
        (WavSamples::Float, 32) => Some(SampleFormat::F32),
        _ => None,
    }
}
