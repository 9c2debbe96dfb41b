//! Tone generator: a sine on every channel, from a phase that counts in 1/2^32 of a turn. No floating point: every
//! target gives the same samples.

mod setting;
mod sine;

use headroom_module::schedule::Domain;
use headroom_module::{
    Block, Configure, Format, InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Output, Payload,
    Pins, Prepare, Process,
};

pub use setting::ToneSetting;

use crate::by_samples;
use crate::kit::parameter::reply_records;
use crate::kit::samples::Encoding;
use crate::kit::{stream, uuid};
use sine::sine;

/// The generator's row of the module table.
pub const TONE: ModuleEntry = ModuleEntry {
    name: "tone",
    uuid: uuid((0x04e3_f894, 0x2c5c, 0x4f2e), [0x8d, 0xc1, 0x69, 0x4e, 0xea, 0xab, 0x53, 0xfa]),
    module: 8,
    pins: Pins { inputs: 1, outputs: 1 },
    init,
};

struct Tone<'m> {
    format: Format,
    domain: Domain,
    channels: Block<'m, [Channel]>,
}

#[derive(Clone, Copy)]
struct Channel {
    setting: ToneSetting,
    phase: u32,
}

fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    let (format, domain) = (cx.format(), cx.config().domain);
    if format.rate() == 0 {
        return Err(ModuleError::BadValue { what: "stream rate", got: 0, min: 1, max: u32::MAX });
    }
    let default = ToneSetting::DEFAULT.encode();
    let (given, bytes) = (cx.payload(), cx.payload().rest().len());
    let payload = || if bytes == 0 { Payload::new(&default) } else { given };
    setting::check(payload(), format)?;
    let silent = Channel { setting: ToneSetting::SILENT, phase: 0 };
    let mut channels = cx.memory().slice(format.channels(), silent, "tone channels")?;
    setting::apply(payload(), |channel, setting| channels[channel].setting = setting, format)?;
    cx.place(Tone { format, domain, channels })
}

impl Tone<'_> {
    fn write<E: Encoding>(&mut self, output: &mut Output<'_>, frames: usize) -> Result<(), ModuleError> {
        let (first, second) = output.samples_mut::<E::Word>(frames)?;
        let (count, rate) = (self.channels.len(), self.format.rate());
        for frame in first.chunks_exact_mut(count).chain(second.chunks_exact_mut(count)) {
            for (word, channel) in frame.iter_mut().zip(self.channels.iter_mut()) {
                let scaled = i64::from(sine(channel.phase)) * i64::from(channel.setting.amplitude);
                *word = E::narrow((scaled >> 31) as i32);
                channel.phase = channel.phase.wrapping_add(channel.setting.step(rate));
            }
        }
        Ok(())
    }
}

impl<'m> Module<'m> for Tone<'m> {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        stream::announce(cx, self.format)
    }

    /// LL: the frames that fall due. DP: a block. What comes in is taken and not heard: topologies put the generator into
    /// the place of a stream.
    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        cx.inputs.iter_mut().try_for_each(stream::discard)?;
        let due = cx.tick().frames_due(self.format.rate());
        let Some(output) = cx.outputs.first_mut() else { return Ok(()) };
        let wanted = if self.domain == Domain::Ll { due } else { output.block_frames() };
        let frames = wanted.min(output.free());
        by_samples!(self.format.samples(), E => self.write::<E>(output, frames)?);
        output.commit(frames)
    }

    fn reset(&mut self) {
        self.channels.iter_mut().for_each(|channel| channel.phase = 0);
    }

    /// Parameter 0: one or more tone settings, taken in order once all of them are valid; the phase runs on.
    fn configure(
        &mut self,
        _: &mut Configure<'_, 'm>,
        parameter: u32,
        data: &[u8],
    ) -> Result<(), ModuleError> {
        if parameter != ToneSetting::PARAMETER {
            return Err(ModuleError::UnknownParameter { parameter });
        }
        setting::check(Payload::new(data), self.format)?;
        let channels = &mut self.channels;
        let set = |channel: usize, setting| channels[channel].setting = setting;
        setting::apply(Payload::new(data), set, self.format)
    }

    /// Parameter 0: the setting of each channel, in order; `configure` takes the same bytes.
    fn configuration(&self, parameter: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        if parameter != ToneSetting::PARAMETER {
            return Err(ModuleError::UnknownParameter { parameter });
        }
        let settings =
            self.channels.iter().enumerate().map(|(index, channel)| {
                ToneSetting { channel: Some(index as u32), ..channel.setting }.encode()
            });
        reply_records(reply, settings)
    }
}
