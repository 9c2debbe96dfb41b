//! Passthrough: gives out what comes in. Any format, any domain.

use headroom_module::{
    Format, InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Pins, Prepare, Process,
};

use crate::kit::{stream, uuid};

/// Passthrough's row of the module table. The UUID is that of SOF's passthrough codec.
pub const PASSTHROUGH: ModuleEntry = ModuleEntry {
    name: "passthrough",
    uuid: uuid((0x376b_5e44, 0x9c82, 0x4ec2), [0xbc, 0x83, 0x10, 0xea, 0x10, 0x1a, 0xf8, 0x8f]),
    module: 9,
    pins: Pins { inputs: 1, outputs: 1 },
    init,
};

struct Passthrough {
    format: Format,
}

fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    cx.place(Passthrough { format: cx.format() })
}

impl<'m> Module<'m> for Passthrough {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        let stream = stream::expect(cx, self.format)?;
        stream::announce(cx, stream)
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let Some((input, output)) = stream::ports(cx) else { return Ok(()) };
        let frames = stream::movable(input, output);
        stream::copy(input, output, frames)
    }
}
