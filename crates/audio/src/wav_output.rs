//! A WAV file that is being written: it takes its name only when it is whole.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use headroom_module::{Format, SampleFormat};
use hound::{SampleFormat as WavSamples, WavSpec, WavWriter};

use crate::partial::PartialFile;

/// Takes frames as they lie in a stream.
pub struct WavOutput {
    writer: WavWriter<BufWriter<File>>,
    format: Format,
    partial: PartialFile,
    /// The file once more, as the writer ends with its own.
    file: File,
}

impl WavOutput {
    /// Begins a file that will be `name`.
    ///
    /// # Errors
    /// It can't be written there.
    pub fn create(name: &Path, format: Format) -> Result<Self, hound::Error> {
        let (file, partial) = PartialFile::open(name)?;
        let writer = file
            .try_clone()
            .map_err(Into::into)
            .and_then(|it| WavWriter::new(BufWriter::new(it), spec(format)));
        match writer {
            Ok(writer) => Ok(Self { writer, format, partial, file }),
            Err(error) => Err(given_up(&partial, error)),
        }
    }

    /// Writes whole frames.
    ///
    /// # Errors
    /// Whatever the file system objects to.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), hound::Error> {
        match self.format.samples() {
            SampleFormat::S16 => {
                let (samples, _) = bytes.as_chunks();
                samples.iter().try_for_each(|&sample| self.writer.write_sample(i16::from_le_bytes(sample)))
            }
            SampleFormat::S24In32 | SampleFormat::S32 => {
                let (samples, _) = bytes.as_chunks();
                samples.iter().try_for_each(|&sample| self.writer.write_sample(i32::from_le_bytes(sample)))
            }
            SampleFormat::F32 => {
                let (samples, _) = bytes.as_chunks();
                samples.iter().try_for_each(|&sample| self.writer.write_sample(f32::from_le_bytes(sample)))
            }
        }
    }

    /// Completes the header and gives the file its name; leaves no trace where that fails.
    ///
    /// # Errors
    /// Whatever the file system objects to.
    pub fn finish(self) -> Result<(), hound::Error> {
        let Self { writer, partial, file, .. } = self;
        match writer.finalize().and_then(|()| Ok(partial.keep(&file)?)) {
            Ok(()) => Ok(()),
            Err(error) => Err(given_up(&partial, error)),
        }
    }

    /// Leaves no trace of a file that did not become whole.
    ///
    /// # Errors
    /// The partial file can't be removed.
    pub fn abandon(self) -> Result<(), hound::Error> {
        drop(self.writer);
        Ok(self.partial.remove()?)
    }
}

/// Removes what is there. Why it failed says more than that its rest could not be removed.
fn given_up(partial: &PartialFile, error: hound::Error) -> hound::Error {
    let _ = partial.remove();
    error
}

/// How the samples of `format` lie in a WAV file.
fn spec(format: Format) -> WavSpec {
    let float = format.samples() == SampleFormat::F32;
    WavSpec {
        channels: format.channels() as u16,
        sample_rate: format.rate(),
        bits_per_sample: format.samples().valid_bits().into(),
        sample_format: if float { WavSamples::Float } else { WavSamples::Int },
    }
}
