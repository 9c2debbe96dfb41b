//! A whole module: it swaps the two channels of a stream. `cargo run --example swap` prints the row that a runtime's table takes.

use headroom_module::{
    InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Pins, Process, SampleFormat,
};

/// Has nothing to remember from frame to frame.
struct Swap;

/// Runs once for each instance. What the configuration asks for and can't be is refused here.
fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    let format = cx.format().expect_samples(SampleFormat::S32)?;
    if format.channels() != 2 {
        let got = u32::try_from(format.channels()).unwrap_or(u32::MAX);
        return Err(ModuleError::BadValue { what: "channels", got, min: 2, max: 2 });
    }
    cx.place(Swap)
}

impl<'m> Module<'m> for Swap {
    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let (Some(input), Some(output)) = (cx.inputs.first_mut(), cx.outputs.first_mut()) else {
            return Ok(());
        };
        let frames = input.available().min(output.free());
        let (from, to) = (input.samples::<i32>(frames)?, output.samples_mut::<i32>(frames)?);
        // Two slices each, as frames may lie on both sides of a ring's wrap; the wraps need not be at the same frame.
        let from = from.0.chunks_exact(2).chain(from.1.chunks_exact(2));
        let to = to.0.chunks_exact_mut(2).chain(to.1.chunks_exact_mut(2));
        to.zip(from).for_each(|(to, from)| to.copy_from_slice(&[from[1], from[0]]));
        input.release(frames)?;
        output.commit(frames)
    }
}

/// What the runtime's module table needs to know of it.
const SWAP: ModuleEntry =
    ModuleEntry { name: "swap", uuid: [9; 16], module: 0x102, pins: Pins { inputs: 1, outputs: 1 }, init };

fn main() {
    println!("{SWAP:?}");
}
