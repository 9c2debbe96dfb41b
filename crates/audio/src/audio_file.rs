//! The file that is read: WAV or FLAC by what is in it, as frames of Q1.31.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use headroom_module::{Format, SampleFormat};

use crate::error::Error;
use crate::wav::{ENDS_EARLY, WavFile, reading_failed};

use crate::flac::FlacFile;

/// A file that is being read.
pub(crate) struct AudioFile {
    path: PathBuf,
    content: Content,
    /// Frames read.
    at: u64,
    /// Floats beyond ±1.
    clipped: u64,
}

enum Content {
    Wav(Box<WavFile>),
    Flac(Box<FlacFile>),
}

/// What FLAC files begin with.
const FLAC_MAGIC: [u8; 4] = *b"fLaC";

/// Q1.31 of full scale.
const FULL_SCALE: f64 = (1u32 << 31) as f64;

impl AudioFile {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let content = if is_flac(path) {
            Content::Flac(Box::new(FlacFile::open(path)?))
        } else {
            Content::Wav(Box::new(WavFile::open_at_any_rate(path)?))
        };
        Ok(Self { path: path.to_owned(), content, at: 0, clipped: 0 })
    }

    /// The samples are those that hold what is in the file.
    pub(crate) fn format(&self) -> Format {
        match &self.content {
            Content::Wav(file) => file.format(),
            Content::Flac(file) => file.format(),
        }
    }

    /// Frames in all, where the file says so.
    pub(crate) fn frames(&self) -> Option<u64> {
        match &self.content {
            Content::Wav(file) => Some(file.frames()),
            Content::Flac(file) => file.frames(),
        }
    }

    /// Floats beyond ±1 so far.
    pub(crate) fn clipped(&self) -> u64 {
        self.clipped
    }

    /// Fills `block`, which holds whole frames, as far as the file goes; returns the frames. None are left when it is 0.
    pub(crate) fn read(&mut self, block: &mut [i32]) -> Result<usize, Error> {
        let channels = self.format().channels();
        let read = match &mut self.content {
            Content::Flac(file) => file.read(block),
            Content::Wav(file) => {
                let left = file.frames() - self.at;
                let frames = (block.len() / channels).min(usize::try_from(left).unwrap_or(usize::MAX));
                let samples = &mut block[..frames * channels];
                read_wav(file, samples, &mut self.clipped).map(|()| frames)
            }
        };
        let frames = read.map_err(|why| self.broken(why))?;
        self.at += frames as u64;
        match self.frames() {
            Some(all) if frames == 0 && self.at < all => Err(self.broken(ENDS_EARLY.to_owned())),
            _ => Ok(frames),
        }
    }

    fn broken(&self, why: String) -> Error {
        let help = "check the file with another program".to_owned();
        Error::Input { path: self.path.clone(), why, help }
    }
}

fn is_flac(path: &Path) -> bool {
    // What is read from a pipe is gone.
    if !path.is_file() {
        return false;
    }
    let mut magic = [0; 4];
    File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == FLAC_MAGIC
}

/// Fills `samples`, or says why not.
fn read_wav(file: &mut WavFile, samples: &mut [i32], clipped: &mut u64) -> Result<(), String> {
    let kind = file.format().samples();
    for to in samples {
        let bytes = match file.next_sample() {
            Some(Ok(bytes)) => bytes,
            Some(Err(error)) => return Err(reading_failed(&error)),
            None => return Err(ENDS_EARLY.to_owned()),
        };
        let word = i32::from_le_bytes(bytes);
        *to = match kind {
            SampleFormat::S16 => word << 16,
            SampleFormat::S24In32 => word << 8,
            SampleFormat::S32 => word,
            SampleFormat::F32 => from_float(f32::from_le_bytes(bytes), clipped)?,
        };
    }
    Ok(())
}

/// A float to the nearest Q1.31; beyond ±1 it is counted and full scale.
fn from_float(value: f32, clipped: &mut u64) -> Result<i32, String> {
    if value.is_nan() {
        return Err("one of its samples is not a number".to_owned());
    }
    *clipped += u64::from(value.abs() > 1.0);
    // The cast saturates.
    Ok((f64::from(value) * FULL_SCALE).round() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_round_saturate_and_are_counted_beyond_full_scale() {
        let mut clipped = 0;
        let cases = [
            (0.0, 0, 0),
            (0.5, 1 << 30, 0),
            (-1.0, i32::MIN, 0),
            (1.0, i32::MAX, 0),
            (1.5, i32::MAX, 1),
            (-7.0, i32::MIN, 2),
            (f32::INFINITY, i32::MAX, 3),
            (1e-30, 0, 3),
        ];
        for (value, expected, count) in cases {
            assert_eq!(from_float(value, &mut clipped), Ok(expected), "{value}");
            assert_eq!(clipped, count, "{value}");
        }
        assert!(from_float(f32::NAN, &mut clipped).unwrap_err().contains("not a number"));
    }
}
