//! WAV files as streams: how their samples become those of a format.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::RangeInclusive;
use std::path::Path;

use headroom_module::{Format, SampleFormat};
use hound::{SampleFormat as WavSamples, WavReader, WavSpec};

use crate::error::Error;

/// Rates that topologies have, in Hz.
const RATES: RangeInclusive<u32> = 8000..=192_000;

/// A WAV file that is being read.
pub struct WavFile {
    reader: WavReader<BufReader<File>>,
    format: Format,
}

impl WavFile {
    /// Opens `path`, whose rate must be one that topologies have, and finds the stream format that holds its samples as
    /// they are.
    ///
    /// # Errors
    /// [`Error::Input`], which says why the file can't be played.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = Self::open_at_any_rate(path)?;
        let (least, most) = (RATES.start(), RATES.end());
        match file.format.rate() {
            rate if RATES.contains(&rate) => Ok(file),
            rate => Err(Error::Input {
                path: path.to_owned(),
                why: format!("its rate of {rate} Hz is outside {least} to {most} Hz"),
                help: "resample it first".to_owned(),
            }),
        }
    }

    /// As [`open`](Self::open), whatever the rate.
    ///
    /// # Errors
    /// [`Error::Input`], which says why the file can't be read.
    pub fn open_at_any_rate(path: &Path) -> Result<Self, Error> {
        let unusable =
            |why: String, help: &str| Error::Input { path: path.to_owned(), why, help: help.to_owned() };
        if has_no_length(path) {
            let why =
                "its header has no length: a program that wrote it to a pipe could not know one".to_owned();
            return Err(unusable(
                why,
                "copy it with `ffmpeg -i FILE -c copy OTHER`, or `sox --ignore-length FILE OTHER`",
            ));
        }
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
            let most = Format::MAX_CHANNELS;
            let why = format!("it has {} channels, streams have 1 to {most}", spec.channels);
            unusable(why, &format!("mix it down to {most} channels or fewer"))
        })?;
        Ok(Self { reader, format })
    }

    /// The format of its frames.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Frames in all.
    pub fn frames(&self) -> u64 {
        self.reader.duration().into()
    }

    /// The next sample as its bytes in a stream, at the front of four; `None` at the end.
    pub fn next_sample(&mut self) -> Option<Result<[u8; 4], hound::Error>> {
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

/// Whether the length of the audio was left out, as programs do that can't go back in what they write: 0 or the largest
/// number stands for it. A file that really is empty has a size of its own that says so. Files that can't be read, or are
/// no WAV, are left to those who read them.
fn has_no_length(path: &Path) -> bool {
    let head = || -> io::Result<(u64, Vec<u8>)> {
        // What is read from a pipe is gone.
        if !path.metadata()?.is_file() {
            return Ok((0, Vec::new()));
        }
        let file = File::open(path)?;
        let (length, mut head) = (file.metadata()?.len(), Vec::new());
        file.take(HEAD_BYTES).read_to_end(&mut head)?;
        Ok((length, head))
    };
    let Ok((length, head)) = head() else { return false };
    let word = |at: usize| head.get(at..at + 4)?.first_chunk().map(|&bytes| u32::from_le_bytes(bytes));
    let (Some(b"RIFF"), Some(whole)) = (head.get(..4), word(4)) else { return false };
    let mut at = 12;
    while let (Some(name), Some(bytes)) = (head.get(at..at + 4), word(at + 4)) {
        if name == b"data" {
            let is_more = length > at as u64 + 8 && length > u64::from(whole) + 8;
            return bytes == u32::MAX || (bytes == 0 && (is_more || whole == u32::MAX));
        }
        // Chunks begin at even places.
        at += 8 + (bytes as usize).next_multiple_of(2);
    }
    false
}

/// Bytes in which the header of a WAV file is looked for.
const HEAD_BYTES: u64 = 1 << 16;

/// Why a file breaks off.
pub const ENDS_EARLY: &str = "it ends before its header says";

/// What went wrong while samples were read, in the words of the user.
pub fn reading_failed(error: &hound::Error) -> String {
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
