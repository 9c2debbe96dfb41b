//! The sink end: takes what a copier's gateway gives, in the time that it takes, into a file.

use headroom_audio::WavOutput;
use headroom_module::Format;
use headroom_runtime::Drain;

use super::progress::EndState;

/// Takes frame after frame as they fall due. What is missing is silence once the first one has come. The delay of the
/// filters is left out at the head, so that the file begins with the first frame of the input and is as long as it should
/// be.
pub(super) struct SinkEnd {
    output: Option<WavOutput>,
    format: Format,
    skipped: u64,
    silence: Box<[u8]>,
}

impl SinkEnd {
    pub(super) fn new(output: Option<WavOutput>, format: Format) -> Self {
        let silence = vec![0; 64 * format.frame_bytes()].into_boxed_slice();
        Self { output, format, skipped: 0, silence }
    }

    /// Takes what falls due in a tick.
    pub(super) fn hear(
        &mut self,
        mut drain: Drain<'_, '_>,
        state: &mut EndState,
    ) -> Result<(), headroom_audio::WriteError> {
        let (first, second) = drain.bytes();
        self.take(first, state)?;
        self.take(second, state)?;
        state.start_up += drain.start_up() as u64;
        self.take_silence(drain.silence(), state)
    }

    /// Takes frames as they come: first those to skip, then those to write, then none.
    fn take(&mut self, bytes: &[u8], state: &mut EndState) -> Result<(), headroom_audio::WriteError> {
        let frame_bytes = self.format.frame_bytes();
        let frames = (bytes.len() / frame_bytes) as u64;
        let skip = (state.skip - self.skipped).min(frames);
        self.skipped += skip;
        let room = state.wanted - state.moved;
        let write = (frames - skip).min(room);
        let from = skip as usize * frame_bytes;
        let audio = &bytes[from..from + write as usize * frame_bytes];
        if let Some(output) = &mut self.output {
            output.write(audio)?;
        }
        state.moved += write;
        Ok(())
    }

    fn take_silence(
        &mut self,
        frames: usize,
        state: &mut EndState,
    ) -> Result<(), headroom_audio::WriteError> {
        let silence = std::mem::take(&mut self.silence);
        let mut left = frames * self.format.frame_bytes();
        let mut outcome = Ok(());
        while left > 0 && outcome.is_ok() {
            let now = left.min(silence.len());
            outcome = self.take(&silence[..now], state);
            left -= now;
        }
        self.silence = silence;
        outcome
    }

    /// Finishes the file when all audio is in it, else leaves no trace of it.
    pub(super) fn close(mut self, is_complete: bool) -> Result<(), headroom_audio::WriteError> {
        match self.output.take() {
            Some(output) if is_complete => output.finish(),
            Some(output) => output.abandon(),
            None => Ok(()),
        }
    }
}

impl Drop for SinkEnd {
    /// Where the program panics: what was not closed did not become whole.
    fn drop(&mut self) {
        if let Some(output) = self.output.take() {
            // Whoever could be told is being told of the panic.
            let _ = output.abandon();
        }
    }
}
