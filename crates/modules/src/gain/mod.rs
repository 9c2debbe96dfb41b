//! Gain: multiplies each channel by a gain that moves along a curve from silence to its target at the start of a stream.
//!
//! Integer samples follow SOF bit for bit (`src/audio/volume`): `y = sat(((x * g >> 30) + 1) >> 1)` with a Q1.31 gain
//! `g`, in 64 bits. Float samples are multiplied by the float nearest to `g / 2^31`. When every channel is at unity,
//! where the formula would lose up to one step, audio is copied as it is.
//!
//! Each channel ramps on its own, from the gain that it has when a setting arrives. A muted channel goes to silence on
//! the curve of its setting, keeps the setting, takes new ones, and goes back when it is heard again.
//!
//! ```text
//!   gain      as above
//!   peakvol   the same, with peak figures of each channel every 10 ms
//! ```

mod fade;
mod faders;
mod peak;
mod ramp;
mod setting;

use core::ops::Range;

use headroom_module::{
    Configure, Format, InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Payload, Pins, Prepare,
    Process, SampleFormat,
};

pub use setting::{Curve, VolumeSetting};

use crate::by_samples;
use crate::kit::control::{Control, ControlEntry};
use crate::kit::parameter::{only_word, reply_records, reply_word, within};
use crate::kit::{stream, uuid};
use faders::{Channel, Faders};
use peak::{MAX_CHANNELS, Peaks};
use ramp::Pace;

/// Gain's row of the module table.
pub const GAIN: ModuleEntry = ModuleEntry {
    name: "gain",
    uuid: uuid((0x61bc_a9a8, 0x18d0, 0x4a18), [0x8e, 0x7b, 0x26, 0x39, 0x21, 0x98, 0x04, 0xb7]),
    module: 6,
    pins: Pins { inputs: 1, outputs: 1 },
    init: |cx| init(cx, None),
};

/// The row of gain with peak figures.
pub const PEAKVOL: ModuleEntry = ModuleEntry {
    name: "peakvol",
    uuid: uuid((0x8a17_1323, 0x94a3, 0x4e1d), [0xaf, 0xe9, 0xfe, 0x5d, 0xba, 0xa4, 0xc3, 0x93]),
    module: 5,
    pins: Pins { inputs: 1, outputs: 1 },
    init: |cx| init(cx, Some(Peaks::default())),
};

/// SOF has slots for the peak meters of 16 instances.
const INSTANCES: u32 = 16;

const MAX_ATTENUATION: u32 = 31;

struct Gain<'m> {
    format: Format,
    faders: Faders<'m>,
}

fn init<'m>(cx: &mut InitContext<'_, 'm>, peaks: Option<Peaks>) -> Result<ModuleBox<'m>, ModuleError> {
    within(cx.config().id.word() >> 16, 0..=INSTANCES - 1, "gain instance")?;
    let format = cx.format();
    let settings = initial_settings(cx.payload(), format.channels())?;
    let pace = Pace { rate: format.rate(), tick_us: cx.config().tick_us };
    let start = |channel: usize| Channel::new(0, settings[channel], pace);
    let channels = cx.memory().slice_from_fn(format.channels(), start, "gain channels")?;
    let peaks = match peaks {
        Some(peaks) => Some(cx.memory().value(peaks, "peak figures")?),
        None => None,
    };
    cx.place(Gain { format, faders: Faders::new(pace, channels, peaks) })
}

/// At least one setting, and one that goes for every channel of the stream; those come first in the result.
fn initial_settings(
    payload: Payload<'_>,
    channels: usize,
) -> Result<[VolumeSetting; MAX_CHANNELS], ModuleError> {
    let silent = VolumeSetting { channel: None, target: 0, curve: Curve::None, duration: 0 };
    let (mut settings, mut set) = ([silent; MAX_CHANNELS], [false; MAX_CHANNELS]);
    each_setting(payload, channels, |channels, setting| {
        settings[channels.clone()].fill(setting);
        set[channels].fill(true);
    })?;
    let covered = set.iter().filter(|set| **set).count();
    if covered < channels {
        let (got, all) = (covered as u32, channels as u32);
        return Err(ModuleError::BadValue {
            what: "channels with a volume setting",
            got,
            min: all,
            max: all,
        });
    }
    Ok(settings)
}

/// Hands each of one or more settings to `apply` with the channels, of a stream of `channels`, that it is for.
fn each_setting(
    mut payload: Payload<'_>,
    channels: usize,
    mut apply: impl FnMut(Range<usize>, VolumeSetting),
) -> Result<(), ModuleError> {
    loop {
        let setting = VolumeSetting::decode(&mut payload)?;
        let range = match setting.channel {
            None => 0..channels,
            Some(channel) => {
                let channel = within(channel, 0..=channels as u32 - 1, "volume channel")? as usize;
                channel..channel + 1
            }
        };
        apply(range, setting);
        if payload.rest().is_empty() {
            return Ok(());
        }
    }
}

/// Hands each entry of a switch to `apply`: the channel, of a stream of `channels`, and whether it is to be heard.
fn each_switch(data: &[u8], channels: usize, mut apply: impl FnMut(usize, bool)) -> Result<(), ModuleError> {
    for entry in Control::decode(data)?.entries() {
        let channel = within(entry.channel, 0..=channels as u32 - 1, "switch channel")?;
        apply(channel as usize, within(entry.value, 0..=1, "switch value")? == 1);
    }
    Ok(())
}

impl Gain<'_> {
    fn set_volumes(&mut self, data: &[u8]) -> Result<(), ModuleError> {
        let channels = self.format.channels();
        each_setting(Payload::new(data), channels, |_, _| ())?;
        each_setting(Payload::new(data), channels, |range, setting| {
            range.for_each(|channel| self.faders.set(channel, setting));
        })
    }

    fn set_switches(&mut self, data: &[u8]) -> Result<(), ModuleError> {
        let channels = self.format.channels();
        each_switch(data, channels, |_, _| ())?;
        each_switch(data, channels, |channel, heard| self.faders.mute(channel, !heard))
    }

    /// Only for samples of 24 and 32 bits, as in SOF.
    fn set_attenuation(&mut self, data: &[u8]) -> Result<(), ModuleError> {
        let samples = self.format.samples();
        if samples == SampleFormat::S16 {
            return Err(ModuleError::UnsupportedSamples { got: samples });
        }
        self.faders.attenuation =
            within(only_word(data, "attenuation")?, 0..=MAX_ATTENUATION, "attenuation")?;
        Ok(())
    }

    fn read_peaks(&self, peaks: &Peaks, reply: &mut [u8]) -> Result<usize, ModuleError> {
        let (shown, mut words) = (peaks.shown(), [0; peak::WORDS]);
        for (at, channel) in self.faders.channels.iter().enumerate() {
            words[at] = peak::raised(shown[at], self.faders.attenuation);
            words[MAX_CHANNELS + at] = channel.ramp.gain() as u32;
            words[2 * MAX_CHANNELS + at] = channel.ramp.target() as u32;
        }
        reply_records(reply, words.into_iter().map(u32::to_le_bytes))
    }
}

impl<'m> Module<'m> for Gain<'m> {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        let stream = stream::expect(cx, self.format)?;
        if stream.rate() == 0 {
            return Err(ModuleError::BadValue { what: "stream rate", got: 0, min: 1, max: u32::MAX });
        }
        stream::announce(cx, stream)?;
        self.faders.pace.rate = stream.rate();
        self.faders.start();
        Ok(())
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let Some((input, output)) = stream::ports(cx) else { return Ok(()) };
        let frames = stream::movable(input, output);
        by_samples!(self.format.samples(), E => self.faders.run::<E>(input, output, frames))
    }

    fn reset(&mut self) {
        self.faders.start();
    }

    /// Volume settings are taken in order once all of them are valid; so are switches.
    fn configure(
        &mut self,
        _: &mut Configure<'_, 'm>,
        parameter: u32,
        data: &[u8],
    ) -> Result<(), ModuleError> {
        match parameter {
            VolumeSetting::PARAMETER => self.set_volumes(data),
            VolumeSetting::ATTENUATION => self.set_attenuation(data),
            Control::SWITCH => self.set_switches(data),
            _ => Err(ModuleError::UnknownParameter { parameter }),
        }
    }

    /// The settings or switches of all channels, in order, as SOF replies; `configure` takes the same bytes.
    fn configuration(&self, parameter: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        let indexed = || self.faders.channels.iter().enumerate();
        match (parameter, &self.faders.peaks) {
            (VolumeSetting::PARAMETER, _) => {
                let setting = |(index, channel): (usize, &Channel)| VolumeSetting {
                    channel: Some(index as u32),
                    ..channel.setting
                };
                reply_records(reply, indexed().map(|at| setting(at).encode()))
            }
            (VolumeSetting::ATTENUATION, _) => reply_word(reply, self.faders.attenuation),
            (Control::SWITCH, _) => {
                let entry = |(index, channel): (usize, &Channel)| ControlEntry {
                    channel: index as u32,
                    value: u32::from(!channel.muted),
                };
                Control::encode(reply, 0, indexed().map(entry))
            }
            (VolumeSetting::PEAKS, Some(peaks)) => self.read_peaks(peaks, reply),
            _ => Err(ModuleError::UnknownParameter { parameter }),
        }
    }
}
