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

mod audio;
mod fade;
mod peak;
mod ramp;
mod setting;
mod switch;

use core::ops::Range;

use headroom_module::{
    Block, Configure, Format, InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Payload, Pins,
    Prepare, Process, SampleFormat,
};

pub use setting::{Curve, VolumeSetting};

use crate::stream;
use audio::{F32, S16, S24, S32};
use peak::Peaks;
use ramp::{Pace, Ramp};

/// Gain's row of the module table.
pub(crate) const DRIVER: ModuleEntry = ModuleEntry {
    name: "gain",
    uuid: crate::table::uuid((0x61bc_a9a8, 0x18d0, 0x4a18), [0x8e, 0x7b, 0x26, 0x39, 0x21, 0x98, 0x04, 0xb7]),
    module: 6,
    pins: Pins { inputs: 1, outputs: 1 },
    init: |cx| init(cx, None),
};

/// The row of gain with peak figures.
pub(crate) const PEAK: ModuleEntry = ModuleEntry {
    name: "peakvol",
    uuid: crate::table::uuid((0x8a17_1323, 0x94a3, 0x4e1d), [0xaf, 0xe9, 0xfe, 0x5d, 0xba, 0xa4, 0xc3, 0x93]),
    module: 5,
    pins: Pins { inputs: 1, outputs: 1 },
    init: |cx| init(cx, Some(Peaks::default())),
};

/// SOF has slots for the peak meters of 16 instances.
const INSTANCES: u32 = 16;

/// Volume settings.
const VOLUME: u32 = 0;
/// By how many bits peak figures are raised; in SOF, too, it changes nothing of the audio.
const ATTENUATION: u32 = 1;
/// Peak figures, to be read only. Ours: SOF shows the same words in its mailbox and has no parameter for them.
const PEAKS: u32 = 3;
/// The switch of a kcontrol: 0 mutes a channel, 1 lets it be heard.
const SWITCH: u32 = 200;

const MAX_ATTENUATION: u32 = 31;

struct Gain<'m> {
    format: Format,
    pace: Pace,
    channels: Block<'m, [Channel]>,
    /// Sign of the last frame's sum over all channels, for curves that wait for it to change.
    falling: bool,
    attenuation: u32,
    peaks: Option<Block<'m, Peaks>>,
}

/// What was set for a channel, and how far the gain has come.
#[derive(Clone, Copy)]
struct Channel {
    setting: VolumeSetting,
    muted: bool,
    ramp: Ramp,
}

impl Channel {
    /// Under way to `setting`, from `gain`.
    fn new(gain: i32, setting: VolumeSetting, pace: Pace) -> Self {
        Self { setting, muted: false, ramp: Ramp::new(gain, &setting, pace) }
    }

    /// The same from `gain` on, with a mute kept.
    fn from(self, gain: i32, pace: Pace) -> Self {
        let target = if self.muted { 0 } else { self.setting.target };
        Self { ramp: Ramp::new(gain, &VolumeSetting { target, ..self.setting }, pace), ..self }
    }
}

fn init<'m>(cx: &mut InitContext<'_, 'm>, peaks: Option<Peaks>) -> Result<ModuleBox<'m>, ModuleError> {
    let instance = cx.config().id.word() >> 16;
    if instance >= INSTANCES {
        return Err(ModuleError::BadValue {
            what: "gain instance",
            got: instance,
            min: 0,
            max: INSTANCES - 1,
        });
    }
    let format = cx.format();
    let settings = initial_settings(cx.payload(), format.channels())?;
    let pace = Pace { rate: format.rate(), tick_us: cx.config().tick_us };
    let start = |channel: usize| Channel::new(0, settings[channel], pace);
    let channels = cx.memory().slice_from_fn(format.channels(), start, "gain channels")?;
    let peaks = match peaks {
        Some(peaks) => Some(cx.memory().value(peaks, "peak figures")?),
        None => None,
    };
    cx.place(Gain { format, pace, channels, falling: false, attenuation: 0, peaks })
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

const MAX_CHANNELS: usize = Format::MAX_CHANNELS as usize;

/// Hands each of one or more settings to `apply` with the channels, of a stream of `channels`, that it is for.
fn each_setting(
    mut payload: Payload<'_>,
    channels: usize,
    mut apply: impl FnMut(Range<usize>, VolumeSetting),
) -> Result<(), ModuleError> {
    loop {
        let setting = VolumeSetting::decode(&mut payload)?;
        match setting.channel {
            None => apply(0..channels, setting),
            Some(channel) if (channel as usize) < channels => {
                apply(channel as usize..channel as usize + 1, setting);
            }
            Some(got) => {
                let max = channels as u32 - 1;
                return Err(ModuleError::BadValue { what: "volume channel", got, min: 0, max });
            }
        }
        if payload.rest().is_empty() {
            return Ok(());
        }
    }
}

impl Gain<'_> {
    /// Every channel from silence to what is set for it.
    fn start(&mut self) {
        for channel in &mut self.channels[..] {
            *channel = channel.from(0, self.pace);
        }
        self.falling = false;
        if let Some(peaks) = &mut self.peaks {
            **peaks = Peaks::default();
        }
    }

    fn set_volumes(&mut self, data: &[u8]) -> Result<(), ModuleError> {
        let count = self.channels.len();
        each_setting(Payload::new(data), count, |_, _| ())?;
        let (pace, channels) = (self.pace, &mut self.channels);
        each_setting(Payload::new(data), count, |range, setting| {
            for channel in &mut channels[range] {
                *channel = Channel { setting, ..*channel }.from(channel.ramp.gain(), pace);
            }
        })
    }

    fn set_switches(&mut self, data: &[u8]) -> Result<(), ModuleError> {
        let count = self.channels.len();
        switch::each(data, count, |_, _| ())?;
        let (pace, channels) = (self.pace, &mut self.channels);
        switch::each(data, count, |index, heard| {
            let channel = &mut channels[index];
            if channel.muted == heard {
                *channel = Channel { muted: !heard, ..*channel }.from(channel.ramp.gain(), pace);
            }
        })
    }

    /// Only for samples of 24 and 32 bits, as in SOF.
    fn set_attenuation(&mut self, data: &[u8]) -> Result<(), ModuleError> {
        let samples = self.format.samples();
        if samples == SampleFormat::S16 {
            return Err(ModuleError::UnsupportedSamples { got: samples });
        }
        let (what, got, max) = ("attenuation", stream::only_word(data, "attenuation")?, MAX_ATTENUATION);
        if got > max {
            return Err(ModuleError::BadValue { what, got, min: 0, max });
        }
        self.attenuation = got;
        Ok(())
    }

    fn read_peaks(&self, peaks: &Peaks, reply: &mut [u8]) -> Result<usize, ModuleError> {
        let (shown, mut words) = (peaks.shown(), [0; peak::WORDS]);
        for (at, channel) in self.channels.iter().enumerate() {
            words[at] = peak::raised(shown[at], self.attenuation);
            words[MAX_CHANNELS + at] = channel.ramp.gain() as u32;
            words[2 * MAX_CHANNELS + at] = channel.ramp.target() as u32;
        }
        stream::reply_all(reply, words.into_iter().map(u32::to_le_bytes))
    }
}

impl<'m> Module<'m> for Gain<'m> {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        let stream = stream::expect(cx, self.format)?;
        if stream.rate() == 0 {
            return Err(ModuleError::BadValue { what: "stream rate", got: 0, min: 1, max: u32::MAX });
        }
        stream::announce(cx, stream)?;
        self.pace.rate = stream.rate();
        self.start();
        Ok(())
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let Some((input, output)) = stream::ports(cx) else { return Ok(()) };
        let frames = stream::movable(input, output);
        let ports = (input, output);
        match self.format.samples() {
            SampleFormat::S16 => self.run::<S16>(ports, frames),
            SampleFormat::S24In32 => self.run::<S24>(ports, frames),
            SampleFormat::S32 => self.run::<S32>(ports, frames),
            SampleFormat::F32 => self.run::<F32>(ports, frames),
        }
    }

    fn reset(&mut self) {
        self.start();
    }

    /// Volume settings are taken in order once all of them are valid; so are switches.
    fn configure(
        &mut self,
        _: &mut Configure<'_, 'm>,
        parameter: u32,
        data: &[u8],
    ) -> Result<(), ModuleError> {
        match parameter {
            VOLUME => self.set_volumes(data),
            ATTENUATION => self.set_attenuation(data),
            SWITCH => self.set_switches(data),
            _ => Err(ModuleError::UnknownParameter { parameter }),
        }
    }

    /// The settings or switches of all channels, in order, as SOF replies; `configure` takes the same bytes.
    fn configuration(&self, parameter: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        let indexed = || self.channels.iter().enumerate();
        match (parameter, &self.peaks) {
            (VOLUME, _) => {
                let setting = |(index, channel): (usize, &Channel)| VolumeSetting {
                    channel: Some(index as u32),
                    ..channel.setting
                };
                stream::reply_all(reply, indexed().map(|at| setting(at).encode()))
            }
            (ATTENUATION, _) => stream::reply_word(reply, self.attenuation),
            (SWITCH, _) => {
                switch::reply(reply, indexed().map(|(index, channel)| (index as u32, !channel.muted)))
            }
            (PEAKS, Some(peaks)) => self.read_peaks(peaks, reply),
            _ => Err(ModuleError::UnknownParameter { parameter }),
        }
    }
}
