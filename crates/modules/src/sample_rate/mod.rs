//! The sample rate converters `src` and `src-lite`: the same module with filters of different quality.
//!
//! ```text
//!   rates known in init          coefficients + delay lines: lifetime memory     prepare only checks the stream
//!   input rate 0 in init (IPC3)  coefficients + delay lines: interim memory      made in prepare, kept for that rate
//! ```
//!
//! Reset clears the delay lines and keeps everything, so a stream can be started again any number of times without an
//! allocation. (SOF's converter falls silent after a reset: its process function is never set again.)

mod engine;

use headroom_module::{
    Format, InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Payload, Pins, Prepare, Process,
    Readiness, SampleFormat,
};
use headroom_resample::{Plan, Quality, convert, plan};

use crate::stream;
use engine::Engine;

/// The converter with the better filters.
pub(crate) const SRC: ModuleEntry = ModuleEntry {
    name: "src",
    uuid: crate::table::uuid((0xe61b_b28d, 0x149a, 0x4c1f), [0xb7, 0x09, 0x46, 0x82, 0x3e, 0xf5, 0xf5, 0xae]),
    module: 7,
    pins: Pins { inputs: 1, outputs: 1 },
    init: |cx| init(cx, Quality::Standard),
};

/// The converter with the shorter filters.
pub(crate) const SRC_LITE: ModuleEntry = ModuleEntry {
    name: "src-lite",
    uuid: crate::table::uuid((0x3344_1051, 0x44cd, 0x466a), [0x83, 0xa3, 0x17, 0x84, 0x78, 0x70, 0x8a, 0xea]),
    module: 0x1F,
    pins: Pins { inputs: 1, outputs: 1 },
    init: |cx| init(cx, Quality::Lite),
};

struct Converter<'m> {
    /// What init was told; a rate of 0 is left to the stream.
    input: Format,
    output_rate: u32,
    quality: Quality,
    /// For which input rate, and what.
    ready: Option<(u32, Engine<'m>)>,
}

fn init<'m>(cx: &mut InitContext<'_, 'm>, quality: Quality) -> Result<ModuleBox<'m>, ModuleError> {
    let input = cx.format();
    let output_rate = output_rate(cx.payload())?;
    if input.samples() == SampleFormat::F32 {
        return Err(ModuleError::UnsupportedSamples { got: input.samples() });
    }
    let ready = if input.rate() == 0 {
        None
    } else {
        let plan = find_plan(input.rate(), output_rate, quality)?;
        let engine = Engine::new(plan, input.channels(), |words, what| cx.memory().slice(words, 0, what))?;
        Some((input.rate(), engine))
    };
    cx.place(Converter { input, output_rate, quality, ready })
}

/// The payload is the output rate and nothing else, as SOF demands.
fn output_rate(mut payload: Payload<'_>) -> Result<u32, ModuleError> {
    let rate = payload.u32("output rate")?;
    let spare = payload.rest().len();
    if spare != 0 {
        let got = u32::try_from(spare).unwrap_or(u32::MAX);
        return Err(ModuleError::BadValue { what: "bytes after the output rate", got, min: 0, max: 0 });
    }
    if rate == 0 {
        return Err(ModuleError::BadValue { what: "output rate", got: 0, min: 1, max: u32::MAX });
    }
    Ok(rate)
}

fn find_plan(from: u32, to: u32, quality: Quality) -> Result<Plan<'static>, ModuleError> {
    plan(from, to, quality).map_err(|_| ModuleError::UnsupportedRates { from, to })
}

impl<'m> Converter<'m> {
    /// Sets up for an input rate that only the stream told, unless it is the one set up for already.
    fn set_up_late(&mut self, cx: &Prepare<'_, 'm>, rate: u32) -> Result<(), ModuleError> {
        if self.ready.as_ref().is_some_and(|(ready, _)| *ready == rate) {
            return Ok(());
        }
        let plan = find_plan(rate, self.output_rate, self.quality)?;
        // What the last stream needed makes room first.
        self.ready = None;
        let engine =
            Engine::new(plan, self.input.channels(), |words, what| cx.memory().slice(words, 0, what))?;
        self.ready = Some((rate, engine));
        Ok(())
    }
}

impl<'m> Module<'m> for Converter<'m> {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        let stream = stream::expect(cx, self.input)?;
        self.set_up_late(cx, stream.rate())?;
        stream::announce(cx, stream.with_rate(self.output_rate))
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let (Some(ports), Some((_, engine))) = (stream::ports(cx), self.ready.as_mut()) else {
            return Ok(());
        };
        match self.input.samples() {
            SampleFormat::S16 => engine.process::<i16>(ports, (convert::from_s16, convert::to_s16)),
            SampleFormat::S24In32 => engine.process::<i32>(ports, (convert::from_s24, convert::to_s24)),
            SampleFormat::S32 => engine.process::<i32>(ports, (as_it_is, as_it_is)),
            got @ SampleFormat::F32 => Err(ModuleError::UnsupportedSamples { got }),
        }
    }

    fn reset(&mut self) {
        if let Some((_, engine)) = self.ready.as_mut() {
            engine.reset();
        }
    }

    /// A converter takes and gives any number of frames; waiting for whole blocks would only make it late.
    fn readiness(&self) -> Readiness {
        Readiness::AnyFrame
    }

    fn delay_frames(&self) -> u32 {
        self.ready.as_ref().map_or(0, |(_, engine)| engine.delay_frames())
    }
}

/// 32-bit samples are Q1.31 already.
fn as_it_is(from: &[i32], to: &mut [i32]) {
    to.copy_from_slice(from);
}
