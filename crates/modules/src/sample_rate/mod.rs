//! The sample rate converters `src` and `src-lite`: the same module with filters of different quality.
//!
//! ```text
//!   rates known in init          coefficients + delay lines: lifetime memory     prepare only checks the stream
//!   input rate 0 in init (IPC3)  coefficients + delay lines: interim memory      made in prepare, kept for that rate
//! ```
//!
//! An LL converter waits with its first output until its reader can't run dry; see `start.rs`. A DP one needs no such thing,
//! as the runtime holds back what any DP module gives.
//!
//! Reset clears the delay lines and keeps everything, so a stream can be started again any number of times without an
//! allocation. (SOF's converter falls silent after a reset: its process function is never set again.)

mod conversions;
mod engine;
mod start;

use core::marker::PhantomData;

use headroom_module::schedule::{Domain, Readiness};
use headroom_module::{
    Format, InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Payload, Pins, Prepare, Process,
    SampleFormat,
};
use headroom_resample::{Plan, convert};

use crate::kit::{stream, uuid};
use engine::{Codec, Engine};
use start::Start;

pub use conversions::{AllPairs, Conversions, Pair};

/// The converter with the better filters, between all rates.
pub const SRC: ModuleEntry = Src::<AllPairs>::ROW;

/// The converter with the shorter filters, between all rates.
pub const SRC_LITE: ModuleEntry = SrcLite::<AllPairs>::ROW;

/// The converter with the better filters, for the conversions `C`: an image links the tables of those and no others.
///
/// ```
/// use headroom_module::ModuleEntry;
/// use headroom_modules::{COPIER, Pair, Src};
///
/// /// Music to a 48 kHz device and back: 5,608 bytes of constants, where all pairs have 172,456.
/// const MODULES: &[ModuleEntry] = &[COPIER, Src::<(Pair<44_100, 48_000>, Pair<48_000, 44_100>)>::ROW];
/// ```
pub struct Src<C>(PhantomData<C>);

impl<C: Conversions> Src<C> {
    /// Its row of a module table.
    pub const ROW: ModuleEntry = ModuleEntry {
        name: "src",
        uuid: uuid((0xe61b_b28d, 0x149a, 0x4c1f), [0xb7, 0x09, 0x46, 0x82, 0x3e, 0xf5, 0xf5, 0xae]),
        module: 7,
        pins: Pins { inputs: 1, outputs: 1 },
        init: |cx| init(cx, C::standard),
    };
}

/// The converter with the shorter filters, for the conversions `C`; see [`Src`].
pub struct SrcLite<C>(PhantomData<C>);

impl<C: Conversions> SrcLite<C> {
    /// Its row of a module table.
    pub const ROW: ModuleEntry = ModuleEntry {
        name: "src-lite",
        uuid: uuid((0x3344_1051, 0x44cd, 0x466a), [0x83, 0xa3, 0x17, 0x84, 0x78, 0x70, 0x8a, 0xea]),
        module: 0x1F,
        pins: Pins { inputs: 1, outputs: 1 },
        init: |cx| init(cx, C::lite),
    };
}

/// Finds the conversion between two rates in Hz.
type Find = fn(u32, u32) -> Option<Plan<'static>>;

struct Converter<'m> {
    /// What init was told; a rate of 0 is left to the stream.
    input: Format,
    output_rate: u32,
    find: Find,
    /// What converts, once the input rate is known.
    ready: Option<Engine<'m>>,
    domain: Domain,
    tick_us: u32,
    start: Start,
}

fn init<'m>(cx: &mut InitContext<'_, 'm>, find: Find) -> Result<ModuleBox<'m>, ModuleError> {
    let input = cx.format();
    let output_rate = output_rate(cx.payload())?;
    if input.samples() == SampleFormat::F32 {
        return Err(ModuleError::UnsupportedSamples { got: input.samples() });
    }
    let ready = if input.rate() == 0 {
        None
    } else {
        let plan = find_plan(find, input.rate(), output_rate)?;
        let engine = Engine::new(plan, input.channels(), |words, what| cx.memory().slice(words, 0, what))?;
        Some(engine)
    };
    let (domain, tick_us) = (cx.config().domain, cx.config().tick_us);
    cx.place(Converter { input, output_rate, find, ready, domain, tick_us, start: Start::Over })
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

fn find_plan(find: Find, from: u32, to: u32) -> Result<Plan<'static>, ModuleError> {
    let equal = || (from == to && from != 0).then(|| Plan::equal(from));
    find(from, to).or_else(equal).ok_or(ModuleError::UnsupportedRates { from, to })
}

impl<'m> Converter<'m> {
    /// Sets up for an input rate that only the stream told, unless it is the one set up for already.
    fn set_up_late(&mut self, cx: &Prepare<'_, 'm>, rate: u32) -> Result<(), ModuleError> {
        if self.ready.as_ref().is_some_and(|engine| engine.is_between(rate, self.output_rate)) {
            return Ok(());
        }
        let plan = find_plan(self.find, rate, self.output_rate)?;
        // What the last stream needed makes room first.
        self.ready = None;
        let engine =
            Engine::new(plan, self.input.channels(), |words, what| cx.memory().slice(words, 0, what))?;
        self.ready = Some(engine);
        Ok(())
    }

    /// The next output is the first of a stream.
    fn arm(&mut self) {
        let rates = self.ready.as_ref().and_then(Engine::rates);
        self.start = match (self.domain, rates) {
            (Domain::Ll, Some((from, to))) => Start::Waits(start::frames(from, to, self.tick_us)),
            _ => Start::Over,
        };
    }
}

impl<'m> Module<'m> for Converter<'m> {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        let stream = stream::expect(cx, self.input)?;
        self.set_up_late(cx, stream.rate())?;
        self.arm();
        stream::announce(cx, stream.with_rate(self.output_rate))
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let (Some((input, output)), Some(engine)) = (stream::ports(cx), self.ready.as_mut()) else {
            return Ok(());
        };
        if self.start.waits(input) {
            return Ok(());
        }
        match self.input.samples() {
            SampleFormat::S16 => {
                engine.process(input, output, Codec { read: convert::from_s16, write: convert::to_s16 })
            }
            SampleFormat::S24In32 => {
                engine.process(input, output, Codec { read: convert::from_s24, write: convert::to_s24 })
            }
            SampleFormat::S32 => engine.process(input, output, Codec { read: as_it_is, write: as_it_is }),
            got @ SampleFormat::F32 => Err(ModuleError::UnsupportedSamples { got }),
        }
    }

    fn reset(&mut self) {
        if let Some(engine) = self.ready.as_mut() {
            engine.reset();
        }
        self.arm();
    }

    /// A converter takes and gives any number of frames; waiting for whole blocks would only make it late.
    fn readiness(&self) -> Readiness {
        Readiness::AnyFrame
    }

    fn delay_frames(&self) -> u32 {
        self.ready.as_ref().map_or(0, Engine::delay_frames)
    }
}

/// 32-bit samples are Q1.31 already.
fn as_it_is(from: &[i32], to: &mut [i32]) {
    to.copy_from_slice(from);
}
