//! The copier: moves a stream to up to four outputs, into another sample format or channel count if asked to.
//!
//! ```text
//!                     ┌─► output 0, whose format is in the init payload
//!   input ─► convert ─┼─► output 1, whose format parameter 2 has set
//!                     └─► … up to 3
//! ```
//!
//! A copier with a gateway is where audio enters or leaves the graph; the endpoint behind it is the platform's. The
//! rates of all sides are equal: changing them takes a sample rate converter. An output whose reader rests is passed by.

pub(crate) mod channels;
mod config;
mod position;

use headroom_module::gateway::{Gateway, GatewayDirection};
use headroom_module::instance::InitConfig;
use headroom_module::{
    Configure, Format, InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Output, Payload, Pins,
    Prepare, Process, SampleFormat,
};

pub use config::{CopierConfig, SinkFormat};

use crate::kit::channel_map::ChannelMap;
use crate::kit::parameter::{only_word, reply_records, reply_word, within};
use crate::kit::{stream, uuid};
use channels::Route;
use position::Position;

/// The copier's row of the module table.
pub const COPIER: ModuleEntry = ModuleEntry {
    name: "copier",
    uuid: uuid((0x9ba0_0c83, 0xca12, 0x4a83), [0x94, 0x3c, 0x1f, 0xa2, 0xe8, 0x2f, 0x9d, 0xda]),
    module: 4,
    pins: Pins { inputs: 1, outputs: OUTPUTS as u8 },
    init,
};

const OUTPUTS: usize = 4;

const MAX_ATTENUATION: u32 = 31;

struct Copier {
    input: Format,
    /// By queue; `None` until it is set.
    outputs: [Option<Format>; OUTPUTS],
    gateway: Option<Gateway>,
    attenuation: u32,
    map: ChannelMap,
    position: Position,
    /// Whether streams are prepared: then the frames of every output have their size.
    prepared: bool,
}

fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    let config = CopierConfig::decode(&mut cx.payload())?;
    let (input, output) = (cx.format(), config.output.format()?);
    check_rate(input, output)?;
    let gateway = match config.node {
        Some(node) => Some(gateway(cx.config(), output, (node, config.buffer_bytes))?),
        None => None,
    };
    let outputs = [Some(output), None, None, None];
    let (map, position) = (ChannelMap::STRAIGHT, Position::default());
    cx.place(Copier { input, outputs, gateway, attenuation: 0, map, position, prepared: false })
}

fn check_rate(input: Format, output: Format) -> Result<(), ModuleError> {
    let (rate, got) = (input.rate(), output.rate());
    if rate == got {
        return Ok(());
    }
    Err(ModuleError::BadValue { what: "output rate", got, min: rate, max: rate })
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

impl Copier {
    fn set_sink_format(&mut self, data: &[u8]) -> Result<(), ModuleError> {
        let wanted = SinkFormat::decode(&mut Payload::new(data))?;
        let (source, sink) = (wanted.source.format()?, wanted.sink.format()?);
        let (what, got, max) = ("copier output", wanted.output, OUTPUTS as u32 - 1);
        if source != self.input {
            return Err(ModuleError::FormatChanged { planned: self.input, got: source });
        }
        check_rate(source, sink)?;
        let place =
            self.outputs.get_mut(got as usize).ok_or(ModuleError::BadValue { what, got, min: 0, max })?;
        match *place {
            // What crosses the gateway was agreed on in init, what is prepared has rings of that format.
            Some(planned) if planned != sink && (self.prepared || (got == 0 && self.gateway.is_some())) => {
                Err(ModuleError::FormatChanged { planned, got: sink })
            }
            _ => {
                *place = Some(sink);
                Ok(())
            }
        }
    }

    fn set_attenuation(&mut self, data: &[u8]) -> Result<(), ModuleError> {
        let attenuation = within(only_word(data, "attenuation")?, 0..=MAX_ATTENUATION, "attenuation")?;
        let mut formats = self.outputs.iter().flatten().map(Format::samples);
        if let Some(got) = formats.find(|samples| !can_attenuate(*samples)) {
            return Err(ModuleError::UnsupportedSamples { got });
        }
        self.attenuation = attenuation;
        Ok(())
    }
}

impl Copier {
    /// Channels that an output gets only later are silent where the input has none for them.
    fn set_channel_map(&mut self, data: &[u8]) -> Result<(), ModuleError> {
        let map = ChannelMap(only_word(data, "channel map")?);
        if map != ChannelMap::STRAIGHT {
            let inputs = self.input.channels();
            let channels = self.outputs.iter().flatten().map(Format::channels).max().unwrap_or(0);
            map.check(channels, inputs, "channel in a copier's map")?;
        }
        self.map = map;
        Ok(())
    }

    /// The gateway, if it is one to a link: the position of the host's side is not the copier's to tell.
    fn link(&self) -> Option<&Gateway> {
        self.gateway.as_ref().filter(|gateway| config::is_link(gateway.node))
    }

    fn sink_formats(&self, reply: &mut [u8]) -> Result<usize, ModuleError> {
        let count = self.outputs.iter().flatten().count();
        let mut records = [[0; SinkFormat::BYTES]; OUTPUTS];
        let set = self.outputs.iter().zip(0..).filter_map(|(format, output)| Some((output, (*format)?)));
        for (record, (output, sink)) in records.iter_mut().zip(set) {
            let format = SinkFormat { output, source: self.input.into(), sink: sink.into() };
            *record = format.encode();
        }
        reply_records(reply, records.into_iter().take(count))
    }
}

const fn can_attenuate(samples: SampleFormat) -> bool {
    matches!(samples, SampleFormat::S24In32 | SampleFormat::S32)
}

/// Lowers the next `frames` frames by `bits` bits, rounded down, as SOF's shift does.
fn attenuate(output: &mut Output<'_>, frames: usize, bits: u32) -> Result<(), ModuleError> {
    let (first, second) = output.samples_mut::<i32>(frames)?;
    first.iter_mut().chain(second).for_each(|word| *word >>= bits);
    Ok(())
}

impl<'m> Module<'m> for Copier {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        let stream = stream::expect(cx, self.input)?;
        let mut bound = 0;
        for ((output, format), queue) in cx.outputs.iter_mut().zip(&self.outputs).zip(0..) {
            if output.format().is_some() {
                let what = "copier output that has no format";
                let format = format.ok_or(ModuleError::BadValue { what, got: queue, min: 0, max: 0 })?;
                output.set_format(format.with_rate(stream.rate()));
                bound += 1;
            }
        }
        if bound == 0 {
            return Err(ModuleError::Unbound { side: "output", queue: 0 });
        }
        self.prepared = true;
        Ok(())
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        if let Some(gateway) = self.link() {
            self.position = Position::now(gateway, cx);
        }
        let (Some(input), Some(room)) = (cx.inputs.first_mut(), stream::room(cx.outputs)) else {
            return Ok(());
        };
        let frames = input.available().min(room);
        for (output, format) in cx.outputs.iter_mut().zip(self.outputs) {
            let Some(format) = format.filter(|_| output.is_open()) else { continue };
            let route = Route { from: self.input, to: format, map: self.map };
            if route.changes_nothing() {
                stream::lay_out(input, output, frames);
            } else {
                channels::convert(input, output, &route, frames)?;
            }
            if self.attenuation > 0 && can_attenuate(format.samples()) {
                attenuate(output, frames, self.attenuation)?;
            }
            output.commit(frames)?;
        }
        input.release(frames)
    }

    fn reset(&mut self) {
        (self.prepared, self.position) = (false, Position::default());
    }

    fn gateway(&self) -> Option<Gateway> {
        self.gateway
    }

    fn configure(
        &mut self,
        _: &mut Configure<'_, 'm>,
        parameter: u32,
        data: &[u8],
    ) -> Result<(), ModuleError> {
        match parameter {
            SinkFormat::PARAMETER => self.set_sink_format(data),
            CopierConfig::ATTENUATION => self.set_attenuation(data),
            CopierConfig::CHANNEL_MAP => self.set_channel_map(data),
            _ => Err(ModuleError::UnknownParameter { parameter }),
        }
    }

    /// Parameter 2: what every output has that has a format, one record after the other.
    fn configuration(&self, parameter: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        match parameter {
            SinkFormat::PARAMETER => self.sink_formats(reply),
            CopierConfig::LINK_POSITION if self.link().is_some() => {
                reply_records(reply, [self.position.reading()].into_iter())
            }
            CopierConfig::LINK_POSITION_EXTENDED if self.link().is_some() => {
                reply_records(reply, [self.position.extended()].into_iter())
            }
            CopierConfig::ATTENUATION => reply_word(reply, self.attenuation),
            CopierConfig::CHANNEL_MAP => reply_word(reply, self.map.0),
            _ => Err(ModuleError::UnknownParameter { parameter }),
        }
    }
}
