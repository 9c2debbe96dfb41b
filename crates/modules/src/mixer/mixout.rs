//! The mixout: the sum of up to eight streams, at the pace of the ticks.

use headroom_module::{
    Format, InitContext, Input, Module, ModuleBox, ModuleEntry, ModuleError, Output, Pins, Prepare, Process,
    SampleFormat,
};

use crate::kit::samples::{self, Integer, S16, S24, S32};
use crate::kit::{stream, uuid};

/// The mixout's row of the module table.
pub const MIXOUT: ModuleEntry = ModuleEntry {
    name: "mixout",
    uuid: uuid((0x3c56_505a, 0x24d7, 0x418f), [0xbd, 0xdc, 0xc1, 0xf5, 0xa3, 0xac, 0x2a, 0xe0]),
    module: 3,
    pins: Pins { inputs: 8, outputs: 1 },
    init,
};

/// Samples that are summed at a time, on the stack.
const CHUNK: usize = 64;

struct Mixout {
    format: Format,
}

fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    stream::ll_only(cx)?;
    samples::expect_integers(cx.format().samples())?;
    cx.place(Mixout { format: cx.format() })
}

/// Frames to give out: what all streams have, or what is due when one has less. It goes on as silence then.
fn frames(inputs: &mut [Input<'_>], due: usize) -> usize {
    let bound = inputs.iter_mut().filter(|input| input.format().is_some());
    bound.map(|input| input.available()).min().unwrap_or(0).max(due)
}

/// The sums of the first `frames` frames of all streams, saturated once; a stream that ends before goes on as silence.
fn sum<F: Integer>(
    inputs: &mut [Input<'_>],
    output: &mut Output<'_>,
    frames: usize,
) -> Result<(), ModuleError> {
    let (first, second) = output.samples_mut::<F::Word>(frames)?;
    let mut at = 0;
    for chunk in first.chunks_mut(CHUNK).chain(second.chunks_mut(CHUNK)) {
        let mut sums = [0i64; CHUNK];
        for input in inputs.iter_mut() {
            let (first, second) = input.samples::<F::Word>(frames)?;
            let words = first.iter().skip(at).chain(second.iter().skip(at.saturating_sub(first.len())));
            sums.iter_mut().zip(words).for_each(|(sum, word)| *sum += i64::from(F::number(*word)));
        }
        chunk.iter_mut().zip(sums).for_each(|(word, sum)| *word = F::saturate(sum));
        at += chunk.len();
    }
    Ok(())
}

impl<'m> Module<'m> for Mixout {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        for queue in 0..cx.inputs.len() {
            let Ok(got) = cx.input_format(queue) else { continue };
            if !self.format.admits(&got) {
                return Err(ModuleError::FormatChanged { planned: self.format, got });
            }
            if self.format.rate() == 0 {
                self.format = got;
            }
        }
        if self.format.rate() == 0 {
            return Err(ModuleError::BadValue { what: "stream rate", got: 0, min: 1, max: u32::MAX });
        }
        stream::announce(cx, self.format)
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let due = cx.tick().frames_due(self.format.rate());
        let Some(output) = cx.outputs.first_mut() else { return Ok(()) };
        let frames = frames(cx.inputs, due).min(output.free());
        match self.format.samples() {
            SampleFormat::S16 => sum::<S16>(cx.inputs, output, frames)?,
            SampleFormat::S24In32 => sum::<S24>(cx.inputs, output, frames)?,
            SampleFormat::S32 => sum::<S32>(cx.inputs, output, frames)?,
            got @ SampleFormat::F32 => return Err(ModuleError::UnsupportedSamples { got }),
        }
        for input in cx.inputs.iter_mut() {
            let used = input.available().min(frames);
            input.release(used)?;
        }
        output.commit(frames)
    }
}
