//! FLAC files as frames of Q1.31.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use claxon::frame::Block;
use claxon::{FlacReader, FlacReaderOptions};
use headroom_module::{Format, SampleFormat};

use crate::error::Error;
use crate::wav::ENDS_EARLY;

/// A FLAC file that is being read, a block of its own at a time.
pub(crate) struct FlacFile {
    reader: FlacReader<File>,
    format: Format,
    /// How far its samples lie below Q1.31.
    shift: u32,
    block: Block,
    /// Frames of the block that were read.
    at: u32,
}

/// Tags are nobody's business here, and may be long.
const OPTIONS: FlacReaderOptions = FlacReaderOptions { metadata_only: false, read_vorbis_comment: false };

impl FlacFile {
    /// Opens `path`. Its samples are kept in the next larger kind that WAV files have.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let unusable =
            |why: String, help: &str| Error::Input { path: path.to_owned(), why, help: help.to_owned() };
        let reader = FlacReader::open_ext(path, OPTIONS)
            .map_err(|error| unusable(reading_failed(&error), "check the file with another program"))?;
        let info = reader.streaminfo();
        let samples = match info.bits_per_sample {
            ..=16 => SampleFormat::S16,
            17..=24 => SampleFormat::S24In32,
            _ => SampleFormat::S32,
        };
        let channels = u8::try_from(info.channels).unwrap_or(u8::MAX);
        let format = Format::new(info.sample_rate, channels, samples).map_err(|error| {
            unusable(error.to_string(), &format!("use 1 to {} channels", Format::MAX_CHANNELS))
        })?;
        let shift = 32u32.checked_sub(info.bits_per_sample).ok_or_else(|| {
            unusable(format!("{} bits are not supported", info.bits_per_sample), "use 32 bits or fewer")
        })?;
        Ok(Self { reader, format, shift, block: Block::empty(), at: 0 })
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Frames in all, if the file says so.
    pub(crate) fn frames(&self) -> Option<u64> {
        self.reader.streaminfo().samples
    }

    /// As [`AudioFile::read`](crate::audio_file::AudioFile::read), or says why not.
    pub(crate) fn read(&mut self, output: &mut [i32]) -> Result<usize, String> {
        let channels = self.format.channels();
        let mut frames = 0;
        for frame in output.chunks_exact_mut(channels) {
            if self.at == self.block.duration() && !self.next_block()? {
                break;
            }
            for (to, channel) in frame.iter_mut().zip(0..) {
                *to = self.block.sample(channel, self.at) << self.shift;
            }
            self.at += 1;
            frames += 1;
        }
        Ok(frames)
    }

    /// Decodes the next block; false at the end of the file.
    fn next_block(&mut self) -> Result<bool, String> {
        let buffer = std::mem::replace(&mut self.block, Block::empty()).into_buffer();
        self.at = 0;
        match self.reader.blocks().read_next_or_eof(buffer) {
            Ok(Some(block)) if block.channels() as usize != self.format.channels() => {
                Err(format!("it changes to {} channels on the way", block.channels()))
            }
            Ok(Some(block)) => {
                self.block = block;
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(error) => Err(reading_failed(&error)),
        }
    }
}

/// What went wrong, in the words of the user.
fn reading_failed(error: &claxon::Error) -> String {
    match error {
        claxon::Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => ENDS_EARLY.to_owned(),
        claxon::Error::IoError(error) => error.to_string(),
        claxon::Error::FormatError(what) => format!("it is damaged ({what})"),
        claxon::Error::Unsupported(what) => format!("it has what is not supported here ({what})"),
    }
}
