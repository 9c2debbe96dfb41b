//! The bench that the tests drive modules on: real rings on both sides, real region memory, and samples in and out.

use headroom_module::instance::{ComponentId, DeclaredMemory, InitConfig};
use headroom_module::schedule::{Domain, Tick};
use headroom_module::wiring::{Blocks, RingPlan, connect, set_input_format};
use headroom_module::{Format, Input, ModuleBox, ModuleError, Output, SampleFormat, wiring};
use headroom_modules::{MODULES, STAND_IN};
use headroom_testbench::Arena;
use vregion::{PagePool, Profile, Region, Statistics};

const PROFILE: Profile = Profile { max_regions: 8, ..Profile::DESK };

/// The memory behind a page pool.
pub(crate) fn arena() -> Arena {
    Arena::new(PROFILE, 512 * 1024)
}

pub(crate) fn format(rate: u32, channels: u8, samples: SampleFormat) -> Format {
    Format::new(rate, channels, samples).unwrap()
}

/// What an instance is made from.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    pub(crate) row: &'static str,
    pub(crate) instance: u8,
    pub(crate) format: Format,
    pub(crate) payload: Vec<u8>,
    pub(crate) blocks: (u32, u32),
    pub(crate) domain: Domain,
    pub(crate) declared: DeclaredMemory,
}

impl Recipe {
    pub(crate) fn new(row: &'static str, format: Format, payload: impl Into<Vec<u8>>) -> Self {
        let payload = payload.into();
        let declared = DeclaredMemory::default();
        Self { row, instance: 0, format, payload, blocks: (0, 0), domain: Domain::Dp, declared }
    }

    pub(crate) fn ll(self) -> Self {
        Self { domain: Domain::Ll, ..self }
    }

    /// Runs the row's `init` in `region`.
    pub(crate) fn make<'m>(&self, region: &Region<'m>) -> Result<ModuleBox<'m>, ModuleError> {
        let row = MODULES.iter().chain([&STAND_IN]).find(|row| row.name == self.row).unwrap();
        let config = InitConfig {
            id: ComponentId::new(row.module, self.instance),
            domain: self.domain,
            format: self.format,
            input_block: self.blocks.0,
            output_block: self.blocks.1,
            tick_us: 1000,
            declared: self.declared,
            payload: &self.payload,
            module_data: None,
        };
        (row.init)(&mut wiring::init_context(wiring::lifetime(region.clone()), config))
    }
}

/// One side of the module: the format that its ring was made for, and how many frames fit.
pub(crate) type Wire = (Format, usize);

fn plan((format, frames): Wire) -> RingPlan {
    RingPlan { format, frames, blocks: Blocks { input: 1, output: 1 } }
}

/// A module between two rings. The module has its region to itself.
pub(crate) struct Bench<'m> {
    pub(crate) module: ModuleBox<'m>,
    region: Region<'m>,
    source: Output<'m>,
    inputs: [Input<'m>; 1],
    outputs: [Output<'m>; 1],
    sink: Input<'m>,
    tick: u64,
}

pub(crate) const REGION_BYTES: usize = 96 * 1024;

impl<'m> Bench<'m> {
    pub(crate) fn new(
        pool: &'m PagePool<'_>,
        recipe: &Recipe,
        wires: (Wire, Wire),
    ) -> Result<Self, ModuleError> {
        Self::in_region(pool, recipe, wires, REGION_BYTES)
    }

    /// With a region of `bytes` bytes for the module.
    pub(crate) fn in_region(
        pool: &'m PagePool<'_>,
        recipe: &Recipe,
        wires: (Wire, Wire),
        bytes: usize,
    ) -> Result<Self, ModuleError> {
        Self::wired(pool.region(1, bytes).unwrap(), pool, recipe, [plan(wires.0), plan(wires.1)])
    }

    /// With the rings that the runtime puts between LL modules: two blocks, each of what falls due in a tick, rounded up.
    pub(crate) fn in_ticks(
        pool: &'m PagePool<'_>,
        recipe: &Recipe,
        formats: [Format; 2],
    ) -> Result<Self, ModuleError> {
        let plans = formats.map(|format| {
            let block = (format.rate() as usize).div_ceil(1000);
            RingPlan { format, frames: 2 * block, blocks: Blocks { input: block, output: block } }
        });
        Self::wired(pool.region(1, REGION_BYTES).unwrap(), pool, recipe, plans)
    }

    fn wired(
        region: Region<'m>,
        pool: &'m PagePool<'_>,
        recipe: &Recipe,
        [before, after]: [RingPlan; 2],
    ) -> Result<Self, ModuleError> {
        let module = recipe.make(&region)?;
        let memory = wiring::lifetime(pool.region(2, 128 * 1024).unwrap());
        let (mut source, mut input) = (Output::default(), Input::default());
        let (mut output, mut sink) = (Output::default(), Input::default());
        connect(&mut source, &mut input, &memory, before).unwrap();
        connect(&mut output, &mut sink, &memory, after).unwrap();
        Ok(Self { module, region, source, inputs: [input], outputs: [output], sink, tick: 0 })
    }

    pub(crate) fn statistics(&self) -> Statistics {
        self.region.statistics()
    }

    /// Tells the module's input what stream will come.
    pub(crate) fn announce(&mut self, format: Format) {
        set_input_format(&mut self.inputs[0], format).unwrap();
    }

    pub(crate) fn prepare(&mut self) -> Result<(), ModuleError> {
        let memory = wiring::interim(self.region.clone());
        self.module.prepare(&mut wiring::prepare(memory, &mut self.inputs, &mut self.outputs))
    }

    pub(crate) fn output_format(&self) -> Format {
        self.outputs[0].format().unwrap()
    }

    pub(crate) fn configure(&mut self, parameter: u32, data: &[u8]) -> Result<(), ModuleError> {
        let memory = wiring::indifferent(self.region.clone());
        self.module.configure(&mut wiring::configure(&memory), parameter, data)
    }

    pub(crate) fn process(&mut self) -> Result<(), ModuleError> {
        let tick = Tick { index: self.tick, period_us: 1000 };
        self.tick += 1;
        self.module.process(&mut wiring::process(&mut self.inputs, &mut self.outputs, tick))
    }

    /// One tick: `frames` silent frames come, the module runs, a reader wants `wanted` frames and is given so many.
    pub(crate) fn tick(&mut self, frames: usize, wanted: usize) -> usize {
        let (mut out, silence) = (Vec::new(), vec![0; frames * self.source.format().unwrap().frame_bytes()]);
        assert_eq!(self.push(&silence), silence.len(), "the ring before the module has no room");
        self.process().unwrap();
        self.pull(wanted, &mut out);
        out.len() / self.sink.format().unwrap().frame_bytes()
    }

    /// Writes as many whole frames of `bytes` as there is room for, and returns how many bytes that were.
    fn push(&mut self, bytes: &[u8]) -> usize {
        let frame = self.source.format().unwrap().frame_bytes();
        let (first, second) = self.source.bytes_mut(bytes.len() / frame);
        let (cut, end) = (first.len(), first.len() + second.len());
        first.copy_from_slice(&bytes[..cut]);
        second.copy_from_slice(&bytes[cut..end]);
        self.source.commit(end / frame).unwrap();
        end
    }

    /// Reads at most `frames` frames.
    fn pull(&mut self, frames: usize, into: &mut Vec<u8>) {
        let frames = self.sink.available().min(frames);
        let (first, second) = self.sink.bytes(frames);
        into.extend_from_slice(first);
        into.extend_from_slice(second);
        self.sink.release(frames).unwrap();
    }

    /// Sends `stream` through, offering and draining as many frames at a time as `cuts` says (again and again), until
    /// nothing moves any more.
    pub(crate) fn run(&mut self, stream: &[u8], cuts: &[(usize, usize)]) -> Vec<u8> {
        let frame = self.source.format().unwrap().frame_bytes();
        let (mut out, mut rest, mut idle) = (Vec::new(), stream, 0);
        for (offer, drain) in cuts.iter().cycle() {
            let before = (rest.len(), out.len(), self.inputs[0].frames());
            let offered = rest.len().min(offer * frame);
            let taken = self.push(&rest[..offered]);
            rest = &rest[taken..];
            self.process().unwrap();
            self.pull(*drain, &mut out);
            let moved = before != (rest.len(), out.len(), self.inputs[0].frames());
            idle = if moved { 0 } else { idle + 1 };
            if idle > cuts.len() {
                break;
            }
        }
        out
    }
}

/// A module with several ports, those that are bound each with a ring.
pub(crate) struct Fan<'m> {
    pub(crate) module: ModuleBox<'m>,
    region: Region<'m>,
    sources: Vec<Output<'m>>,
    inputs: Vec<Input<'m>>,
    pub(crate) outputs: Vec<Output<'m>>,
    sinks: Vec<Input<'m>>,
    tick: u64,
}

impl<'m> Fan<'m> {
    /// With a ring at each queue that has a wire.
    pub(crate) fn new(
        pool: &'m PagePool<'_>,
        recipe: &Recipe,
        (inputs, outputs): (&[Option<Wire>], &[Option<Wire>]),
    ) -> Result<Self, ModuleError> {
        let region = pool.region(1, REGION_BYTES).unwrap();
        let module = recipe.make(&region)?;
        let memory = wiring::lifetime(pool.region(2, 256 * 1024).unwrap());
        let row = |wires: &[Option<Wire>]| {
            let ends = wires.iter().map(|wire| {
                let mut ends = (Output::default(), Input::default());
                if let Some(wire) = wire {
                    connect(&mut ends.0, &mut ends.1, &memory, plan(*wire)).unwrap();
                }
                ends
            });
            ends.unzip::<_, _, Vec<_>, Vec<_>>()
        };
        let ((sources, inputs), (outputs, sinks)) = (row(inputs), row(outputs));
        Ok(Self { module, region, sources, inputs, outputs, sinks, tick: 0 })
    }

    pub(crate) fn statistics(&self) -> Statistics {
        self.region.statistics()
    }

    /// As when a pipeline is complete.
    pub(crate) fn seal(&self) {
        self.region.seal();
    }

    pub(crate) fn prepare(&mut self) -> Result<(), ModuleError> {
        let memory = wiring::interim(self.region.clone());
        self.module.prepare(&mut wiring::prepare(memory, &mut self.inputs, &mut self.outputs))
    }

    pub(crate) fn configure(&mut self, parameter: u32, data: &[u8]) -> Result<(), ModuleError> {
        let memory = wiring::indifferent(self.region.clone());
        self.module.configure(&mut wiring::configure(&memory), parameter, data)
    }

    pub(crate) fn configuration(&self, parameter: u32) -> Result<Vec<u8>, ModuleError> {
        let mut reply = [0xEE; 512];
        let bytes = self.module.configuration(parameter, &mut reply)?;
        Ok(reply[..bytes].to_vec())
    }

    /// Runs the module for one tick and returns the frames that it says were missing.
    pub(crate) fn process(&mut self) -> usize {
        let tick = Tick { index: self.tick, period_us: 1000 };
        self.tick += 1;
        let mut context = wiring::process(&mut self.inputs, &mut self.outputs, tick);
        self.module.process(&mut context).unwrap();
        wiring::said(&context).underrun_frames
    }

    /// Writes `bytes`, whole frames that fit, to input `queue`.
    pub(crate) fn push(&mut self, queue: usize, bytes: &[u8]) {
        let source = &mut self.sources[queue];
        let frames = bytes.len() / source.format().unwrap().frame_bytes();
        let (first, second) = source.bytes_mut(frames);
        assert_eq!(first.len() + second.len(), bytes.len(), "frames that don't fit");
        let cut = first.len();
        first.copy_from_slice(&bytes[..cut]);
        second.copy_from_slice(&bytes[cut..]);
        source.commit(frames).unwrap();
    }

    /// Takes all that is at output `queue`.
    pub(crate) fn pull(&mut self, queue: usize) -> Vec<u8> {
        let sink = &mut self.sinks[queue];
        let frames = sink.available();
        let (first, second) = sink.bytes(frames);
        let bytes = [first, second].concat();
        sink.release(frames).unwrap();
        bytes
    }

    /// Frames at input `queue` that the module has not taken.
    pub(crate) fn waiting(&mut self, queue: usize) -> usize {
        self.inputs[queue].available()
    }
}

/// The bytes of numbers, each in the range of `samples`, as integer samples.
pub(crate) fn integer_bytes(numbers: impl IntoIterator<Item = i64>, samples: SampleFormat) -> Vec<u8> {
    let bytes = |x: i64| match samples {
        SampleFormat::S16 => (x as i16).to_le_bytes().to_vec(),
        _ => (x as i32).to_le_bytes().to_vec(),
    };
    numbers.into_iter().flat_map(bytes).collect()
}

/// Integer samples as numbers; of S24_4 only the bits that count.
pub(crate) fn integers(bytes: &[u8], samples: SampleFormat) -> Vec<i64> {
    match samples {
        SampleFormat::S16 => s16(bytes).into_iter().map(i64::from).collect(),
        SampleFormat::S24In32 => s32(bytes).into_iter().map(|x| i64::from(x << 8 >> 8)).collect(),
        _ => s32(bytes).into_iter().map(i64::from).collect(),
    }
}

pub(crate) const INTEGERS: [SampleFormat; 3] = [SampleFormat::S16, SampleFormat::S24In32, SampleFormat::S32];

/// The least and the greatest sample.
pub(crate) fn ends(samples: SampleFormat) -> (i64, i64) {
    let half = 1i64 << (samples.valid_bits() - 1);
    (-half, half - 1)
}

pub(crate) fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

pub(crate) fn s16(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks_exact(2).map(|word| i16::from_le_bytes(word.try_into().unwrap())).collect()
}

pub(crate) fn s32(bytes: &[u8]) -> Vec<i32> {
    bytes.chunks_exact(4).map(|word| i32::from_le_bytes(word.try_into().unwrap())).collect()
}

pub(crate) fn f32s(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|word| f32::from_le_bytes(word.try_into().unwrap())).collect()
}

/// The bytes of samples given as Q1.31 (rounded half up) in an integer format, by plain arithmetic.
pub(crate) fn from_q31(samples: impl IntoIterator<Item = i32>, format: SampleFormat) -> Vec<u8> {
    let narrow = |x: i32, bits: u32| {
        let step = f64::from(1u32 << (32 - bits).min(31));
        ((f64::from(x) / step + 0.5).floor() as i64).min((1 << (bits - 1)) - 1) as i32
    };
    let bytes = |x: i32| match format {
        SampleFormat::S16 => (narrow(x, 16) as i16).to_le_bytes().to_vec(),
        SampleFormat::S24In32 => narrow(x, 24).to_le_bytes().to_vec(),
        SampleFormat::S32 => x.to_le_bytes().to_vec(),
        SampleFormat::F32 => (x as f32 / 2f32.powi(31)).to_le_bytes().to_vec(),
    };
    samples.into_iter().flat_map(bytes).collect()
}

/// Samples of an integer format as fractions of full scale.
pub(crate) fn to_unit(bytes: &[u8], format: SampleFormat) -> Vec<f64> {
    match format {
        SampleFormat::S16 => s16(bytes).into_iter().map(|x| f64::from(x) / 2f64.powi(15)).collect(),
        SampleFormat::S24In32 => s32(bytes).into_iter().map(|x| f64::from(x) / 2f64.powi(23)).collect(),
        SampleFormat::S32 => s32(bytes).into_iter().map(|x| f64::from(x) / 2f64.powi(31)).collect(),
        SampleFormat::F32 => f32s(bytes).into_iter().map(f64::from).collect(),
    }
}
