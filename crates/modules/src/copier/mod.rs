//! The copier: moves a stream from one side to the other, into another sample format or channel count if asked to.
//!
//! A copier with a gateway is where audio enters or leaves the graph; the endpoint behind it is the platform's. The
//! rates of both sides are equal: changing them takes a sample rate converter.

mod channels;
mod config;
mod samples;

use headroom_module::{
    Driver, Format, Gateway, GatewayDirection, InitConfig, InitContext, Module, ModuleBox, ModuleError, Pins,
    Prepare, Process,
};

pub use config::CopierConfig;

use crate::stream;

/// The copier's row of the module table.
pub(crate) const DRIVER: Driver = Driver {
    name: "copier",
    uuid: crate::drivers::uuid(
        (0x9ba0_0c83, 0xca12, 0x4a83),
        [0x94, 0x3c, 0x1f, 0xa2, 0xe8, 0x2f, 0x9d, 0xda],
    ),
    module: 4,
    pins: Pins { inputs: 1, outputs: 1 },
    init,
};

struct Copier {
    input: Format,
    output: Format,
    gateway: Option<Gateway>,
}

fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    let config = CopierConfig::decode(&mut cx.payload())?;
    let (input, output) = (cx.format(), config.output.format()?);
    if input.rate() != output.rate() {
        let (rate, got) = (input.rate(), output.rate());
        return Err(ModuleError::BadValue { what: "output rate", got, min: rate, max: rate });
    }
    let gateway = match config.node {
        Some(node) => Some(gateway(cx.config(), output, (node, config.buffer_bytes))?),
        None => None,
    };
    cx.place(Copier { input, output, gateway })
}

/// What lies behind the gateway `node`: the input's format where audio comes in, else the output's.
///
/// Its buffer has the bytes asked for, but at least two periods, a period being the block of that side or the frames
/// of one tick (rounded up), whichever is more; then up to whole frames, as no frame straddles its end.
fn gateway(config: &InitConfig<'_>, output: Format, asked: (u32, u32)) -> Result<Gateway, ModuleError> {
    let (node, bytes) = asked;
    let direction = config::direction(node)?;
    let (format, block) = match direction {
        GatewayDirection::In => (config.format, config.input_block),
        GatewayDirection::Out => (output, config.output_block),
    };
    // At most 32 bytes in a frame, so 64 bits hold every product.
    let frame = format.frame_bytes() as u64;
    let tick = (u64::from(format.rate()) * u64::from(config.tick_us)).div_ceil(1_000_000);
    let periods = 2 * u64::from(block).max(tick.saturating_mul(frame));
    let whole = u64::from(bytes).max(periods).next_multiple_of(frame);
    // Too large for any region either way; this says so with a number.
    let buffer_bytes = u32::try_from(whole).map_err(|_| ModuleError::BadValue {
        what: "gateway buffer size",
        got: bytes,
        min: 0,
        max: u32::MAX - format.frame_bytes() as u32,
    })?;
    Ok(Gateway { component: config.id, node, direction, format, buffer_bytes })
}

impl<'m> Module<'m> for Copier {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        let stream = stream::expect(cx, self.input)?;
        stream::announce(cx, self.output.with_rate(stream.rate()))
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let Some((input, output)) = stream::ports(cx) else { return Ok(()) };
        let frames = stream::movable(input, output);
        if self.input == self.output {
            return stream::copy(input, output, frames);
        }
        channels::convert(input, output, (self.input, self.output), frames)?;
        input.release(frames)?;
        output.commit(frames)
    }

    fn gateway(&self) -> Option<Gateway> {
        self.gateway
    }
}
