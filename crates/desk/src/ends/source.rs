//! The source end: a module that plays a file or a signal into a copier's gateway, in the time that it takes.

use headroom_audio::{ENDS_EARLY, WavFile, reading_failed};
use headroom_module::{Format, Module, ModuleError, Process};

use crate::error::Error;
use headroom_topology::{Input, Signal};

use super::progress::Line;
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

    pub(super) fn into_module(self, format: Format, line: Line) -> SourceEnd {
        let left = self.frames();
        let feed = match self {
            Self::Wav(file) => Feed::Wav(file),
            Self::Signal(signal) => Feed::Signal(Generator::new(signal)),
        };
        SourceEnd { feed, format, left, line }
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
    line: Line,
}

impl SourceEnd {
    /// Fills `bytes` with frames from the feed; what is left of them after the last is silence.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), ModuleError> {
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
        self.line.note_moved(played);
        Ok(())
    }

    fn frame(&mut self, frame: &mut [u8], sample_bytes: usize) -> Result<(), ModuleError> {
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
                        Some(Err(error)) => return Err(self.broken(reading_failed(&error))),
                        None => return Err(self.broken(ENDS_EARLY.to_owned())),
                    };
                    to.copy_from_slice(&sample[..sample_bytes]);
                }
                Ok(())
            }
        }
    }

    fn broken(&self, why: String) -> ModuleError {
        self.line.fail(why);
        ModuleError::Endpoint
    }
}

impl Drop for SourceEnd {
    fn drop(&mut self) {
        self.line.note_closed();
    }
}

impl<'m> Module<'m> for SourceEnd {
    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let due = cx.tick().frames_due(self.format.rate());
        let Some(output) = cx.outputs.first_mut() else { return Ok(()) };
        let frames = due.min(output.free());
        let (first, second) = output.bytes_mut(frames);
        self.fill(first)?;
        self.fill(second)?;
        output.commit(frames)
    }
}
