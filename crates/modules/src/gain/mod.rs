//! Gain: multiplies each channel by a gain that ramps from silence to its target at the start of a stream.
//!
//! Integer samples follow SOF bit for bit (`src/audio/volume`): `y = sat(((x * g >> 30) + 1) >> 1)` with a Q1.31 gain
//! `g`, in 64 bits. Float samples are multiplied by the float nearest to `g / 2^31`. When every channel is at unity,
//! where the formula would lose up to one step, audio is copied as it is.
//!
//! Each channel ramps on its own, from the gain that it has when a setting arrives.

mod ramp;
mod setting;

use core::ops::Range;

use headroom_module::{
    Block, Configure, Driver, Format, InitContext, Input, Module, ModuleBox, ModuleError, Output, Payload,
    Pins, Prepare, Process, Sample, SampleFormat,
};

pub use setting::{Curve, VolumeSetting};

use crate::stream::{self, each_run};
use ramp::{Pace, Ramp};

/// Gain's row of the module table.
pub(crate) const DRIVER: Driver = Driver {
    name: "gain",
    uuid: crate::drivers::uuid(
        (0x61bc_a9a8, 0x18d0, 0x4a18),
        [0x8e, 0x7b, 0x26, 0x39, 0x21, 0x98, 0x04, 0xb7],
    ),
    module: 6,
    pins: Pins { inputs: 1, outputs: 1 },
    init,
};

/// SOF has slots for the peak meters of 16 instances.
const INSTANCES: u32 = 16;

/// The one parameter: volume settings.
const VOLUME: u32 = 0;

struct Gain<'m> {
    format: Format,
    pace: Pace,
    channels: Block<'m, [Channel]>,
}

/// What was set for a channel, and how far the gain has come.
#[derive(Clone, Copy)]
struct Channel {
    setting: VolumeSetting,
    ramp: Ramp,
}

impl Channel {
    /// Under way to `setting`, from `gain`.
    fn new(gain: i32, setting: VolumeSetting, pace: Pace) -> Self {
        Self { setting, ramp: Ramp::new(gain, setting.target as i32, setting.ramp_ms(), pace) }
    }
}

fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
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
    cx.place(Gain { format, pace, channels })
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
            *channel = Channel::new(0, channel.setting, self.pace);
        }
    }

    /// Frames, at most `frames`, for which no gain changes.
    fn steady_frames(&self, frames: usize) -> usize {
        let left = self.channels.iter().filter_map(|channel| channel.ramp.steady_frames()).min();
        left.and_then(|left| usize::try_from(left).ok()).map_or(frames, |left| left.min(frames))
    }

    fn run<T: Sample>(
        &mut self,
        (input, output): (&mut Input<'_>, &mut Output<'_>),
        frames: usize,
        multiply: impl Fn(T, i32) -> T,
    ) -> Result<(), ModuleError> {
        let channels = self.channels.len();
        let (from, to) = (input.samples::<T>(frames)?, output.samples_mut::<T>(frames)?);
        each_run(from, to, (channels, channels), |mut from, mut to| {
            while !from.is_empty() {
                let frames = self.steady_frames(from.len() / channels);
                let (now, later) = from.split_at(frames * channels);
                let (room, room_later) = core::mem::take(&mut to).split_at_mut(frames * channels);
                self.scale(now, room, &multiply);
                (from, to) = (later, room_later);
            }
        });
        input.release(frames)?;
        output.commit(frames)
    }

    /// Frames during which the gains stay, and the time that they take.
    fn scale<T: Sample>(&mut self, from: &[T], to: &mut [T], multiply: impl Fn(T, i32) -> T) {
        let channels = &mut self.channels[..];
        let count = channels.len();
        if channels.iter().all(|channel| channel.ramp.gain() == i32::MAX) {
            to.copy_from_slice(from);
        } else {
            for (from, to) in from.chunks_exact(count).zip(to.chunks_exact_mut(count)) {
                for ((from, to), channel) in from.iter().zip(to).zip(channels.iter()) {
                    *to = multiply(*from, channel.ramp.gain());
                }
            }
        }
        let frames = (from.len() / count) as u64;
        channels.iter_mut().for_each(|channel| channel.ramp.advance(frames));
    }
}

/// SOF's product of a sample and a Q1.31 gain. SOF saturates it then, but no gain up to unity can pass the ends.
fn multiply(sample: i32, gain: i32) -> i32 {
    ((((i64::from(sample) * i64::from(gain)) >> 30) + 1) >> 1) as i32
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
            SampleFormat::S16 => self.run(ports, frames, |x: i16, g| multiply(x.into(), g) as i16),
            // The top byte of an S24_4 word is not part of it.
            SampleFormat::S24In32 => self.run(ports, frames, |x: i32, g| multiply(x << 8 >> 8, g)),
            SampleFormat::S32 => self.run(ports, frames, multiply),
            SampleFormat::F32 => self.run(ports, frames, |x: f32, g| x * (g as f32 / (1u32 << 31) as f32)),
        }
    }

    fn reset(&mut self) {
        self.start();
    }

    /// Parameter 0: one or more volume settings, taken in order once all of them are valid.
    fn configure(
        &mut self,
        _: &mut Configure<'_, 'm>,
        parameter: u32,
        data: &[u8],
    ) -> Result<(), ModuleError> {
        if parameter != VOLUME {
            return Err(ModuleError::UnknownParameter { parameter });
        }
        let count = self.channels.len();
        each_setting(Payload::new(data), count, |_, _| ())?;
        let (pace, channels) = (self.pace, &mut self.channels);
        each_setting(Payload::new(data), count, |range, setting| {
            for channel in &mut channels[range] {
                *channel = Channel::new(channel.ramp.gain(), setting, pace);
            }
        })
    }

    /// Parameter 0: the setting of each channel, in order, as SOF replies; `configure` takes the same bytes.
    fn configuration(&self, parameter: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        if parameter != VOLUME {
            return Err(ModuleError::UnknownParameter { parameter });
        }
        let (needed, got) = (self.channels.len() * VolumeSetting::BYTES, reply.len());
        let reply = reply.get_mut(..needed).ok_or(ModuleError::ShortReply { needed, got })?;
        for ((place, channel), index) in
            reply.chunks_exact_mut(VolumeSetting::BYTES).zip(&*self.channels).zip(0..)
        {
            place.copy_from_slice(&VolumeSetting { channel: Some(index), ..channel.setting }.encode());
        }
        Ok(needed)
    }
}
