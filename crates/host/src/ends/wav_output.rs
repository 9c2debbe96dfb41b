//! A WAV file that is being written: it takes its name only when it is whole.
//!
//! ```text
//!   while the stream runs   .out.wav.PID-N.partial   a new file beside out.wav; whatever out.wav was stays
//!   all audio is out        out.wav                  renamed, in one step
//!   the run fails           gone                     whatever out.wav was is still there
//! ```
//!
//! Where `out.wav` is a link, all this happens beside the file that it leads to, which gets the new contents.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind};
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

/// Links that are followed from one to the next; as many as Linux follows.
const MAX_LINKS: usize = 40;

/// Names that are tried for the partial file. Only runs that were killed leave any behind.
const MAX_PARTIALS: u32 = 1000;

impl WavOutput {
    /// Begins a file that will be `name`.
    pub(super) fn create(name: &Path, format: Format) -> Result<Self, hound::Error> {
        let (file, place) = Place::open(name)?;
        match WavWriter::new(BufWriter::new(file), spec(format)) {
            Ok(writer) => Ok(Self { writer, format, place }),
            Err(error) => place.remove().and(Err(error)),
        }
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

    /// Completes the header and gives the file its name; leaves no trace where that fails.
    pub(super) fn finish(self) -> Result<(), hound::Error> {
        let Self { writer, place, .. } = self;
        match writer.finalize().and_then(|()| place.rename()) {
            Ok(()) => Ok(()),
            // Why it failed says more than that its rest could not be removed.
            Err(error) => place.remove().and(Err(error)),
        }
    }

    /// Leaves no trace of a file that did not become whole.
    pub(super) fn abandon(self) -> Result<(), hound::Error> {
        drop(self.writer);
        self.place.remove()
    }
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

impl Place {
    /// Opens the file that the bytes go to until `name` can be given to it.
    fn open(name: &Path) -> io::Result<(File, Self)> {
        let there = name.metadata().ok();
        if there.as_ref().is_some_and(|there| !there.is_file() && !there.is_dir()) {
            return Ok((File::create(name)?, Self::Final));
        }
        if there.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(ErrorKind::IsADirectory.into());
        }
        // A new file would take the place of one that nobody may write.
        if there.is_some_and(|there| there.permissions().readonly()) {
            return Err(ErrorKind::PermissionDenied.into());
        }
        let name = target(name)?;
        let (file, partial) = beside(&name)?;
        Ok((file, Self::Beside { partial, name }))
    }

    fn rename(&self) -> Result<(), hound::Error> {
        match self {
            Self::Final => Ok(()),
            Self::Beside { partial, name } => Ok(fs::rename(partial, name)?),
        }
    }

    fn remove(&self) -> Result<(), hound::Error> {
        match self {
            Self::Final => Ok(()),
            Self::Beside { partial, .. } => Ok(fs::remove_file(partial)?),
        }
    }
}

/// Where the links that `name` may be lead to, whether or not there is a file yet.
fn target(name: &Path) -> io::Result<PathBuf> {
    let mut target = name.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(next) => target = target.parent().unwrap_or(Path::new("")).join(next),
            // No link, or nothing at all.
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("too many links lead on from it"))
}

/// A new file beside `name`: no file of the user's has its name, and none is opened.
fn beside(name: &Path) -> io::Result<(File, PathBuf)> {
    let of = name.file_name().ok_or(ErrorKind::IsADirectory)?;
    for n in 0..MAX_PARTIALS {
        let mut partial = OsString::from(".");
        partial.push(of);
        partial.push(format!(".{}-{n}.partial", std::process::id()));
        let partial = name.with_file_name(partial);
        match File::create_new(&partial) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (file, partial)),
        }
    }
    Err(io::Error::other("too many partial files are left beside it"))
}
