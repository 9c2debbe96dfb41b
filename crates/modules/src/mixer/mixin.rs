//! The mixin: one stream to up to three mixouts, each with a gain and, if asked for, its channels in another order.

use headroom_module::{
    Configure, Format, InitContext, Input, MixShortage, Module, ModuleBox, ModuleEntry, ModuleError, Output,
    Payload, Pins, Prepare, Process, SampleFormat,
};

use super::MixerMode;
use crate::integer::{self, Integer, S16, S24, S32};
use crate::stream::{self, each_run};

/// The mixin's row of the module table.
pub(crate) const DRIVER: ModuleEntry = ModuleEntry {
    name: "mixin",
    uuid: crate::table::uuid((0x3965_6eb2, 0x3b71, 0x4049), [0x8d, 0x3f, 0xf9, 0x2c, 0xd5, 0xc4, 0x3c, 0x09]),
    module: 2,
    pins: Pins { inputs: 1, outputs: MixerMode::OUTPUTS },
    init,
};

/// Once in how many runs a host wants to be told that there is nothing to mix.
const UNDERRUN_PERIOD: u32 = 0;
/// [`MixerMode`]s, with their count before them.
const MODE: u32 = 1;

/// SOF's default for [`UNDERRUN_PERIOD`].
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
    integer::expect(cx.format().samples())?;
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
        let count = payload.u32("number of mixer modes")?;
        let max = MixerMode::OUTPUTS.into();
        if !(1..=max).contains(&count) {
            return Err(ModuleError::BadValue { what: "number of mixer modes", got: count, min: 1, max });
        }
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
    fn tell_shortage(&mut self, cx: &mut Process<'_, '_>, (available, room): (usize, usize)) {
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
                SampleFormat::S16 => write::<S16>(input, output, (self.format, mode), frames)?,
                SampleFormat::S24In32 => write::<S24>(input, output, (self.format, mode), frames)?,
                SampleFormat::S32 => write::<S32>(input, output, (self.format, mode), frames)?,
                got @ SampleFormat::F32 => return Err(ModuleError::UnsupportedSamples { got }),
            }
            output.commit(frames)?;
        }
        input.release(frames)
    }
}

/// Writes `frames` frames as `mode` says; at unity and straight across they go as they are.
fn write<F: Integer>(
    input: &mut Input<'_>,
    output: &mut Output<'_>,
    (format, mode): (Format, &MixerMode),
    frames: usize,
) -> Result<(), ModuleError> {
    let channels = format.channels();
    let gain = i64::from(mode.gain);
    let scale = |word: F::Word| match mode.gain {
        MixerMode::UNITY => word,
        _ => F::word(((i64::from(F::read(word)) * gain) >> 10) as i32),
    };
    let (from, to) = (input.samples::<F::Word>(frames)?, output.samples_mut::<F::Word>(frames)?);
    match mode.remap {
        None if mode.gain == MixerMode::UNITY => {
            each_run(from, to, (1, 1), |from, to| to.copy_from_slice(from))
        }
        None => each_run(from, to, (1, 1), |from, to| {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = scale(*from));
        }),
        Some(remap) => each_run(from, to, (channels, remap.channels.into()), |from, to| {
            let frames = from.chunks_exact(channels).zip(to.chunks_exact_mut(remap.channels.into()));
            for (from, to) in frames {
                for (to, source) in to.iter_mut().zip(remap.sources()) {
                    *to = source.and_then(|at| from.get(at)).map_or(F::word(0), |word| scale(*word));
                }
            }
        }),
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
        self.tell_shortage(cx, (available, room));
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
            UNDERRUN_PERIOD => {
                let max = u16::MAX.into();
                let got = stream::only_word(data, "underrun period")?;
                let what = "underrun period";
                let fits = u16::try_from(got).ok().filter(|periods| *periods > 0);
                self.underrun_period = fits.ok_or(ModuleError::BadValue { what, got, min: 1, max })?;
                Ok(())
            }
            MODE => self.set_modes(data),
            _ => Err(ModuleError::UnknownParameter { parameter }),
        }
    }

    fn configuration(&self, parameter: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        match parameter {
            UNDERRUN_PERIOD => stream::reply_word(reply, self.underrun_period.into()),
            MODE => {
                let (head, got) = (size_of::<u32>(), reply.len());
                let needed = head + MixerMode::BYTES * self.modes.len();
                let Some((count, modes)) = reply.get_mut(..needed).map(|reply| reply.split_at_mut(head))
                else {
                    return Err(ModuleError::ShortReply { needed, got });
                };
                stream::reply_word(count, MixerMode::OUTPUTS.into())?;
                stream::reply_all(modes, self.modes.iter().map(MixerMode::encode))?;
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
