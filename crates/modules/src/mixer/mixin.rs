//! The mixin: one stream to up to three mixouts, each with a gain and, if asked for, its channels in another order.

use headroom_module::notice::MixShortage;
use headroom_module::{
    Configure, Format, InitContext, Input, Module, ModuleBox, ModuleEntry, ModuleError, Output, Payload,
    Pins, Prepare, Process, SampleFormat,
};

use super::mode::MixerMode;
use crate::kit::parameter::{only_word, reply_records, reply_word, within};
use crate::kit::samples::{self, Integer, S16, S24, S32};
use crate::kit::stream::{self, Widths, each_run};
use crate::kit::uuid;

/// The mixin's row of the module table.
pub const MIXIN: ModuleEntry = ModuleEntry {
    name: "mixin",
    uuid: uuid((0x3965_6eb2, 0x3b71, 0x4049), [0x8d, 0x3f, 0xf9, 0x2c, 0xd5, 0xc4, 0x3c, 0x09]),
    module: 2,
    pins: Pins { inputs: 1, outputs: MixerMode::OUTPUTS },
    init,
};

/// SOF's default for [`MixerMode::UNDERRUN_PERIOD`].
const PERIODS: u16 = 10;

struct Mixin {
    format: Format,
    modes: [MixerMode; MixerMode::OUTPUTS as usize],
    underrun_period: u16,
    /// Runs since the host was last told that there is nothing to mix.
    untold: u16,
    /// Whether streams are prepared: then the frames of every output have their size.
    prepared: bool,
    /// Frames that were due since the last ones came.
    missing: usize,
}

fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    stream::ll_only(cx)?;
    samples::expect_integers(cx.format().samples())?;
    let modes = [0, 1, 2].map(MixerMode::plain);
    let format = cx.format();
    cx.place(Mixin { format, modes, underrun_period: PERIODS, untold: 0, prepared: false, missing: 0 })
}

/// Whether a run with `available` frames, one of `untold` since the host was last told, is told.
///
/// As in SOF the period only keeps hosts from being flooded: the first empty run after a longer while is told at once.
const fn is_told(available: usize, untold: u16, period: u16) -> bool {
    available == 0 && untold >= period
}

impl Mixin {
    /// One or more modes, taken once all of them are valid.
    fn set_modes(&mut self, data: &[u8]) -> Result<(), ModuleError> {
        let mut payload = Payload::new(data);
        let all = MixerMode::OUTPUTS.into();
        let count = within(payload.u32("number of mixer modes")?, 1..=all, "number of mixer modes")?;
        let mut modes = self.modes;
        for _ in 0..count {
            let mode = MixerMode::decode(&mut payload)?;
            self.check(&mode)?;
            modes[usize::from(mode.output)] = mode;
        }
        self.modes = modes;
        Ok(())
    }

    /// Counts this run, and tells the host when it is one without anything to mix into `room` frames.
    fn tell_shortage(&mut self, cx: &mut Process<'_, '_>, available: usize, room: usize) {
        self.untold = self.untold.saturating_add(1);
        if is_told(available, self.untold, self.underrun_period) {
            self.untold = 0;
            let expected = u32::try_from(room).unwrap_or(u32::MAX);
            cx.tell_mix_shortage(MixShortage { mixed: 0, expected });
        }
    }

    fn check(&self, mode: &MixerMode) -> Result<(), ModuleError> {
        let channels = self.format.channels();
        mode.check(channels)?;
        let now = self.modes[usize::from(mode.output)].channels(channels) as u32;
        let got = mode.channels(channels) as u32;
        if self.prepared && got != now {
            let what = "mixer output channels of a prepared stream";
            return Err(ModuleError::BadValue { what, got, min: now, max: now });
        }
        Ok(())
    }

    fn send(
        &self,
        input: &mut Input<'_>,
        outputs: &mut [Output<'_>],
        frames: usize,
    ) -> Result<(), ModuleError> {
        for (output, mode) in outputs.iter_mut().zip(&self.modes).filter(|(output, _)| output.is_open()) {
            match self.format.samples() {
                SampleFormat::S16 => write::<S16>(mode, input, output, frames)?,
                SampleFormat::S24In32 => write::<S24>(mode, input, output, frames)?,
                SampleFormat::S32 => write::<S32>(mode, input, output, frames)?,
                got @ SampleFormat::F32 => return Err(ModuleError::UnsupportedSamples { got }),
            }
            output.commit(frames)?;
        }
        input.release(frames)
    }
}

/// Writes `frames` frames as `mode` says; at unity and straight across they go as they are.
fn write<F: Integer>(
    mode: &MixerMode,
    input: &mut Input<'_>,
    output: &mut Output<'_>,
    frames: usize,
) -> Result<(), ModuleError> {
    let channels = input.format().map_or(0, |format| format.channels());
    let gain = i64::from(mode.gain);
    let scale = |word: F::Word| match mode.gain {
        MixerMode::UNITY => word,
        _ => F::word(((i64::from(F::number(word)) * gain) >> 10) as i32),
    };
    let (from, to) = (input.samples::<F::Word>(frames)?, output.samples_mut::<F::Word>(frames)?);
    match mode.remap {
        None if mode.gain == MixerMode::UNITY => {
            each_run(from, to, Widths::SINGLE, |from, to| to.copy_from_slice(from))
        }
        None => each_run(from, to, Widths::SINGLE, |from, to| {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = scale(*from));
        }),
        Some(remap) => {
            let widths = Widths { from: channels, to: remap.channels.into() };
            each_run(from, to, widths, |from, to| {
                for (from, to) in from.chunks_exact(widths.from).zip(to.chunks_exact_mut(widths.to)) {
                    for (to, source) in to.iter_mut().zip(remap.sources()) {
                        *to = source.and_then(|at| from.get(at)).map_or(F::word(0), |word| scale(*word));
                    }
                }
            });
        }
    }
    Ok(())
}

impl<'m> Module<'m> for Mixin {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        let stream = stream::expect(cx, self.format)?;
        let mut bound = 0;
        for (output, mode) in cx.outputs.iter_mut().zip(&self.modes) {
            if output.format().is_some() {
                let channels = mode.channels(stream.channels()) as u8;
                output.set_format(Format::new(stream.rate(), channels, stream.samples())?);
                bound += 1;
            }
        }
        if bound == 0 {
            return Err(ModuleError::Unbound { side: "output", queue: 0 });
        }
        self.format = stream;
        (self.prepared, self.missing, self.untold) = (true, 0, 0);
        Ok(())
    }

    /// Sends what is there to every mixout that runs, as much as fits into the fullest; with none running, audio stays.
    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let due = cx.tick().frames_due(self.format.rate());
        let (Some(input), Some(room)) = (cx.inputs.first_mut(), stream::room(cx.outputs)) else {
            return Ok(());
        };
        let available = input.available();
        let frames = available.min(room);
        self.send(input, cx.outputs, frames)?;
        // A gap is an underrun once it is over: what comes after the last frame of a stream is none.
        if available == 0 && cx.inputs.first().is_some_and(|input| input.frames() > 0) {
            self.missing += due;
        } else if frames > 0 && self.missing > 0 {
            cx.underrun(core::mem::take(&mut self.missing));
        }
        self.tell_shortage(cx, available, room);
        Ok(())
    }

    fn reset(&mut self) {
        (self.prepared, self.missing) = (false, 0);
    }

    /// Parameter 0: the underrun period, at least 1. Parameter 1: modes, taken together.
    fn configure(
        &mut self,
        _: &mut Configure<'_, 'm>,
        parameter: u32,
        data: &[u8],
    ) -> Result<(), ModuleError> {
        match parameter {
            MixerMode::UNDERRUN_PERIOD => {
                let (what, most) = ("underrun period", u16::MAX.into());
                self.underrun_period = within(only_word(data, what)?, 1..=most, what)? as u16;
                Ok(())
            }
            MixerMode::PARAMETER => self.set_modes(data),
            _ => Err(ModuleError::UnknownParameter { parameter }),
        }
    }

    fn configuration(&self, parameter: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        match parameter {
            MixerMode::UNDERRUN_PERIOD => reply_word(reply, self.underrun_period.into()),
            MixerMode::PARAMETER => {
                let (head, got) = (size_of::<u32>(), reply.len());
                let needed = head + MixerMode::BYTES * self.modes.len();
                let Some((count, modes)) = reply.get_mut(..needed).map(|reply| reply.split_at_mut(head))
                else {
                    return Err(ModuleError::ShortReply { needed, got });
                };
                reply_word(count, MixerMode::OUTPUTS.into())?;
                reply_records(modes, self.modes.iter().map(MixerMode::encode))?;
                Ok(needed)
            }
            _ => Err(ModuleError::UnknownParameter { parameter }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_told;

    #[test]
    fn shortage_table() {
        let cases = [
            // available, runs since it was told, period, told
            (0, 1, 1, true),
            (0, 9, 10, false),
            (0, 10, 10, true),
            (0, 11, 10, true),
            (0, u16::MAX, u16::MAX, true),
            (1, 10, 10, false),
            (48, u16::MAX, 1, false),
        ];
        for (available, untold, period, told) in cases {
            assert_eq!(is_told(available, untold, period), told, "{available} {untold} {period}");
        }
    }
}
