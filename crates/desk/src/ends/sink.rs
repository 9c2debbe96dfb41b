//! The sink end: a module that takes what a copier's gateway gives, in the time that it takes, into a file.

use headroom_audio::WavOutput;
use headroom_module::{Format, Module, ModuleError, Process};

use super::progress::Line;

/// Takes frame after frame as they fall due. Until the first one arrives it waits; from then on a frame that is due and not
/// there is silence and an underrun. The delay of the filters is left out at the head, so that the file begins with
/// the first frame of the input and is as long as it should be.
pub(super) struct SinkEnd {
    output: Option<WavOutput>,
    format: Format,
    heard: bool,
    skipped: u64,
    silence: Box<[u8]>,
    line: Line,
}

impl SinkEnd {
    pub(super) fn new(output: Option<WavOutput>, format: Format, line: Line) -> Self {
        let silence = vec![0; 64 * format.frame_bytes()].into_boxed_slice();
        Self { output, format, heard: false, skipped: 0, silence, line }
    }

    /// Takes frames as they come: first those to skip, then those to write, then none.
    fn take(&mut self, bytes: &[u8]) -> Result<(), ModuleError> {
        let frame_bytes = self.format.frame_bytes();
        let frames = (bytes.len() / frame_bytes) as u64;
        let skip = (self.line.end().skip() - self.skipped).min(frames);
        self.skipped += skip;
        let room = self.line.end().wanted() - self.line.end().moved();
        let write = (frames - skip).min(room);
        let from = skip as usize * frame_bytes;
        let audio = &bytes[from..from + write as usize * frame_bytes];
        if let Some(output) = &mut self.output
            && let Err(error) = output.write(audio)
        {
            self.line.fail(error.to_string());
            return Err(ModuleError::Endpoint);
        }
        self.line.note_moved(write);
        Ok(())
    }

    fn take_silence(&mut self, frames: usize) -> Result<(), ModuleError> {
        let silence = std::mem::take(&mut self.silence);
        let mut left = frames * self.format.frame_bytes();
        let mut outcome = Ok(());
        while left > 0 && outcome.is_ok() {
            let now = left.min(silence.len());
            outcome = self.take(&silence[..now]);
            left -= now;
        }
        self.silence = silence;
        outcome
    }
}

impl<'m> Module<'m> for SinkEnd {
    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let due = cx.tick().frames_due(self.format.rate());
        let Some(input) = cx.inputs.first_mut() else { return Ok(()) };
        let frames = due.min(input.available());
        let (first, second) = input.bytes(frames);
        self.take(first)?;
        self.take(second)?;
        input.release(frames)?;
        self.heard |= frames > 0;
        let missing = due - frames;
        if !self.heard {
            self.line.note_start_up(missing as u64);
        } else if missing > 0 {
            cx.underrun(missing);
            self.take_silence(missing)?;
        }
        Ok(())
    }

    fn reset(&mut self) {
        self.heard = false;
    }
}

impl Drop for SinkEnd {
    /// The file is finished when all audio is in it; a failure of that is kept for the session.
    fn drop(&mut self) {
        let end = if self.line.is_complete() { WavOutput::finish } else { WavOutput::abandon };
        if let Some(Err(error)) = self.output.take().map(end) {
            self.line.fail(error.to_string());
        }
        self.line.note_closed();
    }
}
