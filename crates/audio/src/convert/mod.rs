//! Files from one rate to another, in their place in time and in memory that does not grow with them.
//!
//! ```text
//!   WAV, FLAC ─► AudioFile ─ Q1.31 ─► Aligned ─ Q1.31 ─► Encoder ─ bytes ─► WavOutput ─► WAV
//!                4096 frames          cuts the delay     rounds, counts     partial file,
//!                at a time            and flushes        what is clipped    then renamed
//! ```

mod aligned;
mod encoder;

use std::path::{Path, PathBuf};

use headroom_module::Format;
use headroom_resample::Quality;

use crate::audio_file::AudioFile;
use crate::conversions::find_fast;
use crate::error::Error;
use crate::limits::{fits_a_file, is_another_file};
use crate::wav_output::WavOutput;

use aligned::Aligned;
use encoder::Encoder;

/// Frames that are read, converted and written at a time.
const BLOCK_FRAMES: usize = 4096;

/// What to do where a WAV file could not hold the output.
const SHORTEN: &str = "convert it in parts, or to a lower rate";

/// A file to convert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileConversion {
    /// The WAV or FLAC file to read.
    pub input: PathBuf,
    /// The WAV file to write; it gets the kind of samples that the input has.
    pub output: PathBuf,
    /// Its rate in Hz.
    pub rate: u32,
    /// How good the filters are.
    pub quality: Quality,
}

/// What became of a file.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Converted {
    /// Format of the input.
    pub input: Format,
    /// Format of the output.
    pub output: Format,
    /// Frames read.
    pub frames_in: u64,
    /// Frames written: `frames_in` times the ratio of the rates, rounded up.
    pub frames_out: u64,
    /// How far the audio lies from its place in time, in output frames; positive is late. At most half a frame; the delay of
    /// the filters beyond that is cut.
    pub offset_frames: f64,
    /// Samples beyond full scale.
    pub clipped: Clipped,
}

/// Samples that were beyond full scale, and are full scale now.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Clipped {
    /// Of the input: floats beyond ±1.
    pub input: u64,
    /// Of the output: peaks between the samples of the input, which a loud file may have.
    pub output: u64,
}

/// Converts a file. `progress` is called now and then with the frames read, and all that there are if the file says so.
///
/// The output is rounded to the samples of the input, half up and without dither. Memory does not depend on the length of
/// the file.
///
/// # Errors
/// Whatever the files object to, or [`Error::NoConversion`].
pub fn convert_file(
    conversion: &FileConversion,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Converted, Error> {
    let FileConversion { input, output, rate, quality } = conversion;
    is_another_file(output, Some(input), "input")?;
    let mut file = AudioFile::open(input)?;
    let format = file.format();
    // Filters that have to be designed may take a while.
    progress(0, file.frames());
    let mut coefficients = Vec::new();
    let plan = find_fast(format.rate(), *rate, *quality, &mut coefficients)?;
    let out = format.with_rate(*rate);
    let mut aligned = Aligned::new(plan, format.channels())?;
    fits_a_file(output, out, aligned.frames_for(file.frames().unwrap_or(0)), SHORTEN)?;
    let mut sink = Sink::create(output, out, plan.stages().is_empty())?;
    let streamed = stream(&mut file, &mut aligned, &mut sink, progress);
    let clipped = Clipped { input: file.clipped(), output: sink.encoder.clipped() };
    match streamed {
        Ok(()) => sink.finish()?,
        Err(error) => return Err(sink.abandon(error)),
    }
    let (frames_in, frames_out) = (aligned.taken(), aligned.given());
    let offset_frames = aligned.offset_frames();
    Ok(Converted { input: format, output: out, frames_in, frames_out, offset_frames, clipped })
}

fn stream(
    file: &mut AudioFile,
    aligned: &mut Aligned<'_>,
    sink: &mut Sink<'_>,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<(), Error> {
    let mut block = vec![0; BLOCK_FRAMES * file.format().channels()];
    loop {
        let frames = file.read(&mut block)?;
        if frames == 0 {
            break;
        }
        let samples = &block[..frames * file.format().channels()];
        aligned.push(samples, &mut |made| sink.write(made))?;
        progress(aligned.taken(), file.frames());
    }
    aligned.finish(&mut |made| sink.write(made))
}

/// The output while it is written.
struct Sink<'a> {
    path: &'a Path,
    format: Format,
    encoder: Encoder,
    file: WavOutput,
    frames: u64,
}

impl<'a> Sink<'a> {
    fn create(path: &'a Path, format: Format, copies: bool) -> Result<Self, Error> {
        let file = WavOutput::create(path, format).map_err(|error| unwritable(path, &error))?;
        let encoder = Encoder::new(format.samples(), copies);
        Ok(Self { path, format, encoder, file, frames: 0 })
    }

    fn write(&mut self, samples: &[i32]) -> Result<(), Error> {
        self.frames += (samples.len() / self.format.channels()) as u64;
        // Not every file says beforehand how long it is.
        fits_a_file(self.path, self.format, self.frames, SHORTEN)?;
        let bytes = self.encoder.encode(samples);
        self.file.write(bytes).map_err(|error| unwritable(self.path, &error))
    }

    fn finish(self) -> Result<(), Error> {
        self.file.finish().map_err(|error| unwritable(self.path, &error))
    }

    /// Leaves no trace; `error`, which is why, says more than that this failed, too.
    fn abandon(self, error: Error) -> Error {
        let _ = self.file.abandon();
        error
    }
}

fn unwritable(path: &Path, error: &hound::Error) -> Error {
    Error::Output { path: path.to_owned(), why: error.to_string() }
}
