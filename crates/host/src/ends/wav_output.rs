//! A WAV file that is being written: it takes its name only when it is whole.
//!
//! ```text
//!   while the stream runs   out.wav.partial   whatever out.wav was stays
//!   all audio is out        out.wav           renamed, in one step
//!   the run fails           gone              whatever out.wav was is still there
//! ```

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use headroom_module::{Format, SampleFormat};
use hound::{SampleFormat as WavSamples, WavSpec, WavWriter};

/// Takes frames as they lie in a stream.
pub(super) struct WavOutput {
    writer: WavWriter<BufWriter<File>>,
    format: Format,
    place: Place,
}

/// Where the bytes are until the file is whole.
enum Place {
    /// At the name itself: nothing can be renamed onto a device.
    Final,
    /// Beside it.
    Beside { partial: PathBuf, name: PathBuf },
}

impl WavOutput {
    /// Begins a file that will be `name`.
    pub(super) fn create(name: &Path, format: Format) -> Result<Self, hound::Error> {
        let sample_format =
            if format.samples() == SampleFormat::F32 { WavSamples::Float } else { WavSamples::Int };
        let spec = WavSpec {
            channels: format.channels() as u16,
            sample_rate: format.rate(),
            bits_per_sample: format.samples().valid_bits().into(),
            sample_format,
        };
        let place = Place::of(name);
        let writer = match &place {
            Place::Final => WavWriter::create(name, spec)?,
            Place::Beside { partial, .. } => WavWriter::create(partial, spec)?,
        };
        Ok(Self { writer, format, place })
    }

    /// Writes whole frames.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), hound::Error> {
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

    /// Completes the header and gives the file its name.
    pub(super) fn finish(self) -> Result<(), hound::Error> {
        self.writer.finalize()?;
        match &self.place {
            Place::Final => Ok(()),
            Place::Beside { partial, name } => Ok(fs::rename(partial, name)?),
        }
    }

    /// Leaves no trace of a file that did not become whole.
    pub(super) fn abandon(self) -> Result<(), hound::Error> {
        drop(self.writer);
        match &self.place {
            Place::Final => Ok(()),
            Place::Beside { partial, .. } => Ok(fs::remove_file(partial)?),
        }
    }
}

impl Place {
    fn of(name: &Path) -> Self {
        if name.metadata().is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            return Self::Final;
        }
        let mut partial = name.as_os_str().to_owned();
        partial.push(".partial");
        // A link is followed: it is its target that gets new contents.
        let name = name.canonicalize().unwrap_or_else(|_| name.to_owned());
        Self::Beside { partial: partial.into(), name }
    }
}
