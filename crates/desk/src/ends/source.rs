//! The source end: plays a file or a signal into a copier's gateway, in the time that it takes.

use headroom_audio::{ENDS_EARLY, WavFile, reading_failed};
use headroom_module::{Format, ModuleError};
use headroom_runtime::Fill;

use crate::error::Error;
use headroom_topology::{Input, Signal};

use super::progress::EndState;
use super::signal::{Generator, encode};

/// What is played, opened and looked at, but not begun.
pub(crate) enum Source {
    Wav(Box<WavFile>),
    Signal(Signal),
}

impl Source {
    pub(crate) fn open(input: &Input) -> Result<Self, Error> {
        Ok(match input {
            Input::File(path) => Self::Wav(Box::new(WavFile::open(path)?)),
            Input::Signal(signal) => Self::Signal(*signal),
        })
    }

    pub(crate) fn format(&self) -> Result<Format, ModuleError> {
        match self {
            Self::Wav(file) => Ok(file.format()),
            Self::Signal(signal) => Format::new(signal.rate, signal.channels, signal.samples),
        }
    }

    pub(crate) fn frames(&self) -> u64 {
        match self {
            Self::Wav(file) => file.frames(),
            Self::Signal(signal) => signal.frames,
        }
    }

    pub(super) fn begin(self, format: Format) -> SourceEnd {
        let left = self.frames();
        let feed = match self {
            Self::Wav(file) => Feed::Wav(file),
            Self::Signal(signal) => Feed::Signal(Generator::new(signal)),
        };
        SourceEnd { feed, format, left }
    }
}

enum Feed {
    Wav(Box<WavFile>),
    Signal(Generator),
}

/// Plays frame after frame as they fall due, and silence after the last one: that pushes out what the filters hold.
pub(super) struct SourceEnd {
    feed: Feed,
    format: Format,
    left: u64,
}

impl SourceEnd {
    /// Plays what falls due in a tick and has room; the rest waits. Says why where the file fails.
    pub(super) fn play(&mut self, mut fill: Fill<'_, '_>, state: &mut EndState) -> Result<(), String> {
        let frames = fill.frames();
        let (first, second) = fill.bytes_mut();
        self.fill(first, state)?;
        self.fill(second, state)?;
        fill.commit(frames).map_err(|error| error.to_string())
    }

    /// Fills `bytes` with frames from the feed; what is left of them after the last is silence.
    fn fill(&mut self, bytes: &mut [u8], state: &mut EndState) -> Result<(), String> {
        let frame_bytes = self.format.frame_bytes();
        let sample_bytes = self.format.samples().container_bytes();
        let mut played = 0;
        for frame in bytes.chunks_exact_mut(frame_bytes) {
            if self.left == 0 {
                frame.fill(0);
                continue;
            }
            self.frame(frame, sample_bytes)?;
            self.left -= 1;
            played += 1;
        }
        state.moved += played;
        Ok(())
    }

    fn frame(&mut self, frame: &mut [u8], sample_bytes: usize) -> Result<(), String> {
        let samples = self.format.samples();
        match &mut self.feed {
            Feed::Signal(generator) => {
                let value = encode(generator.next_value(), samples);
                frame
                    .chunks_exact_mut(sample_bytes)
                    .for_each(|to| to.copy_from_slice(&value[..sample_bytes]));
                Ok(())
            }
            Feed::Wav(file) => {
                for to in frame.chunks_exact_mut(sample_bytes) {
                    let sample = match file.next_sample() {
                        Some(Ok(sample)) => sample,
                        Some(Err(error)) => return Err(reading_failed(&error)),
                        None => return Err(ENDS_EARLY.to_owned()),
                    };
                    to.copy_from_slice(&sample[..sample_bytes]);
                }
                Ok(())
            }
        }
    }
}
