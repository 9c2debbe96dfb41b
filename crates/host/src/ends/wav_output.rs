//! A WAV file that is being written: it takes its name only when it is whole.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use headroom_module::{Format, SampleFormat};
use hound::{SampleFormat as WavSamples, WavSpec, WavWriter};

use crate::place::Place;

/// Takes frames as they lie in a stream.
pub(crate) struct WavOutput {
    writer: WavWriter<BufWriter<File>>,
    format: Format,
    place: Place,
}

impl WavOutput {
    /// Begins a file that will be `name`.
    pub(crate) fn create(name: &Path, format: Format) -> Result<Self, hound::Error> {
        let (file, place) = Place::open(name)?;
        match WavWriter::new(BufWriter::new(file), spec(format)) {
            Ok(writer) => Ok(Self { writer, format, place }),
            Err(error) => Err(given_up(&place, error)),
        }
    }

    /// Writes whole frames.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), hound::Error> {
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
    pub(crate) fn finish(self) -> Result<(), hound::Error> {
        let Self { writer, place, .. } = self;
        match writer.finalize().and_then(|()| Ok(place.rename()?)) {
            Ok(()) => Ok(()),
            Err(error) => Err(given_up(&place, error)),
        }
    }

    /// Leaves no trace of a file that did not become whole.
    pub(crate) fn abandon(self) -> Result<(), hound::Error> {
        drop(self.writer);
        Ok(self.place.remove()?)
    }
}

/// Removes what is there. Why it failed says more than that its rest could not be removed.
fn given_up(place: &Place, error: hound::Error) -> hound::Error {
    let _ = place.remove();
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
