//! `invert`: turns the sign of S32 audio, on as many channels as its init payload says.

use headroom_module::{
    InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Pins, Process, SampleFormat,
};

/// The row of the module table. The id is one that no module that ships has.
pub(crate) const INVERT: ModuleEntry = ModuleEntry {
    name: "invert",
    uuid: [0x1b, 0x76, 0x40, 0xe5, 0x0c, 0x92, 0x4d, 0x41, 0x8f, 0x3a, 0x55, 0x10, 0x6e, 0xd9, 0x27, 0xc4],
    module: 0x200,
    pins: Pins { inputs: 1, outputs: 1 },
    init,
};

struct Invert {
    channels: usize,
    /// The first so many of them are inverted.
    inverted: usize,
}

fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    let channels = cx.format().expect_samples(SampleFormat::S32)?.channels();
    let inverted = cx.payload().u32("channels to invert")? as usize;
    cx.place(Invert { channels, inverted: inverted.min(channels) })
}

impl<'m> Module<'m> for Invert {
    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let (Some(input), Some(output)) = (cx.inputs.first_mut(), cx.outputs.first_mut()) else {
            return Ok(());
        };
        let frames = input.available().min(output.free());
        let (from, to) = (input.samples::<i32>(frames)?, output.samples_mut::<i32>(frames)?);
        let words = from.0.iter().chain(from.1).zip(to.0.iter_mut().chain(to.1));
        for (n, (from, to)) in words.enumerate() {
            // The lowest value has no counterpart; it becomes the highest.
            *to = if n % self.channels < self.inverted { from.saturating_neg() } else { *from };
        }
        input.release(frames)?;
        output.commit(frames)
    }
}
