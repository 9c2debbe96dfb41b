//! What all tests of the runtime stand on: a pool, test modules and devices, and a few words to build graphs with.
#![allow(dead_code, reason = "no test binary needs all of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

mod devices;
mod drivers;

use std::ops::Range;

pub(crate) use devices::*;
pub(crate) use drivers::*;
use headroom_module::wire::{AudioFormat, BaseConfig, PinConfig, PinConfigs};
use headroom_module::{Format, Pins, SampleFormat};
use headroom_runtime::{
    ComponentId, Connection, CreatePipeline, Domain, Error, Event, InitModule, MemoryRequest, ModuleSnapshot,
    PagePool, PipelineSnapshot, Platform, PoolUsage, Profile, Requested, RingEnd, RingSnapshot, Runtime,
};
use headroom_testbench::Arena;

/// Room for a handful of everything, so that "full" is near.
pub(crate) const SMALL: Platform =
    Platform { pipelines: 4, modules: 12, edges: 12, events: 64, common_bytes: 128 << 10, ..Platform::DESK };

/// One channel of 32 bits: a frame is a number.
pub(crate) const MONO: Format = match Format::new(48000, 1, SampleFormat::S32) {
    Ok(format) => format,
    Err(_) => unreachable!(),
};

/// Hands `test` an empty runtime over a megabyte of pages, and a tape for its sinks.
pub(crate) fn with_runtime(platform: Platform, test: impl FnOnce(&mut Runtime<'_>, &Tape)) {
    let tape = new_tape();
    with_pool(platform.common_bytes + (1 << 20), |pool| {
        let mut runtime = Runtime::new(platform, pool, MODULES).unwrap();
        test(&mut runtime, &tape);
        drop(runtime);
        assert_eq!(pool.usage().regions, 0, "the runtime left a region behind");
    });
}

pub(crate) fn with_pool(bytes: usize, test: impl FnOnce(&PagePool<'_>)) {
    let mut arena = Arena::new(Profile::DESK, bytes + Profile::DESK.page_bytes);
    test(&arena.pool());
}

/// A module to be made: 48 frames of [`MONO`] on both sides, LL, unless it says otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) id: ComponentId,
    pub(crate) pipeline: u8,
    pub(crate) domain: Domain,
    pub(crate) core: u8,
    pub(crate) memory: Option<MemoryRequest>,
    pub(crate) format: Format,
    /// Frames of an input and of an output block.
    pub(crate) blocks: (u32, u32),
    /// Words of the module's own payload.
    pub(crate) own: Vec<u32>,
}

pub(crate) fn ll(pipeline: u8, id: ComponentId) -> Spec {
    let (domain, blocks) = (Domain::Ll, (48, 48));
    Spec { id, pipeline, domain, core: 0, memory: None, format: MONO, blocks, own: vec![] }
}

pub(crate) fn dp(pipeline: u8, id: ComponentId) -> Spec {
    Spec { domain: Domain::Dp, blocks: (480, 480), ..ll(pipeline, id) }
}

impl Spec {
    pub(crate) fn blocks(self, input: u32, output: u32) -> Self {
        Self { blocks: (input, output), ..self }
    }

    pub(crate) fn own(self, words: &[u32]) -> Self {
        Self { own: words.to_vec(), ..self }
    }

    /// Lists pins in place of own words, inputs and outputs.
    pub(crate) fn pins(self, inputs: &[PinConfig], outputs: &[PinConfig]) -> Self {
        let header = PinConfigs::header(Pins { inputs: inputs.len() as u8, outputs: outputs.len() as u8 });
        let pins = inputs.iter().chain(outputs).zip(0..).flat_map(|(pin, index)| pin.encode(index));
        let bytes: Vec<u8> = header.into_iter().chain(pins).collect();
        let own = bytes.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap()));
        Self { own: own.collect(), ..self }
    }

    pub(crate) fn core(self, core: u8) -> Self {
        Self { core, ..self }
    }

    pub(crate) fn rate(self, rate: u32) -> Self {
        Self { format: self.format.with_rate(rate), ..self }
    }

    pub(crate) fn memory(self, bytes: u64, stack_bytes: u32) -> Self {
        Self { memory: Some(MemoryRequest { bytes, interim_bytes: 0, stack_bytes }), ..self }
    }

    pub(crate) fn payload(&self) -> Vec<u8> {
        let frame = self.format.frame_bytes() as u32;
        let base = BaseConfig {
            cycles_per_chunk: 0,
            input_block: self.blocks.0 * frame,
            output_block: self.blocks.1 * frame,
            pages: 0,
            format: AudioFormat::from(self.format),
        };
        let own = self.own.iter().flat_map(|word| word.to_le_bytes());
        base.encode().into_iter().chain(own).collect()
    }

    pub(crate) fn init(&self, runtime: &mut Runtime<'_>) -> Result<(), Error> {
        self.init_with(runtime, None)
    }

    pub(crate) fn init_with(
        &self,
        runtime: &mut Runtime<'_>,
        module_data: Option<&[u8]>,
    ) -> Result<(), Error> {
        let Self { id, pipeline, domain, core, memory, .. } = *self;
        let payload = &self.payload();
        runtime.init_module(&InitModule { id, pipeline, core, domain, memory, payload, module_data })
    }
}

pub(crate) fn pipeline(id: u8) -> CreatePipeline {
    CreatePipeline { id, priority: 0, core: 0, memory: None }
}

/// Queue 0 to queue 0.
pub(crate) fn edge(source: ComponentId, sink: ComponentId) -> Connection {
    Connection { source, source_queue: 0, sink, sink_queue: 0 }
}

/// A module in pipeline 0 that only rests: with it the pass of core 0 has its table, which the others then share.
pub(crate) fn table_of_pass(runtime: &mut Runtime<'_>) {
    runtime.create_pipeline(&pipeline(0)).unwrap();
    ll(0, pass(9)).init(runtime).unwrap();
}

pub(crate) fn of_pipeline(runtime: &Runtime<'_>, id: u8) -> impl Iterator<Item = ModuleSnapshot> {
    runtime.modules().filter(move |module| module.pipeline == id)
}

pub(crate) fn chain(runtime: &mut Runtime<'_>, specs: &[Spec]) {
    specs.iter().for_each(|spec| spec.init(runtime).unwrap());
    for pair in specs.windows(2) {
        runtime.bind(&edge(pair[0].id, pair[1].id)).unwrap();
    }
}

pub(crate) fn set(runtime: &mut Runtime<'_>, ids: &[u8], requested: Requested) -> Result<(), (u8, Error)> {
    runtime.set_state(ids.iter().copied(), requested)
}

pub(crate) fn run(runtime: &mut Runtime<'_>, ids: &[u8]) {
    set(runtime, ids, Requested::Paused).unwrap();
    set(runtime, ids, Requested::Running).unwrap();
}

/// Source, a DP module of 10 ms blocks and a sink in pipeline 1, complete and running.
pub(crate) fn running_stream(runtime: &mut Runtime<'_>) {
    runtime.create_pipeline(&pipeline(1)).unwrap();
    chain(runtime, &[ll(1, entry(0)), dp(1, block(0)), ll(1, exit(0))]);
    run(runtime, &[1]);
}

/// Ticks in virtual time: every DP run ends in the moment in which it began. Returns the number of DP runs.
pub(crate) fn play(runtime: &mut Runtime<'_>, ticks: Range<u64>) -> usize {
    let mut runs = 0;
    for index in ticks {
        tick(runtime, index);
        while let Some(mut job) = runtime.next_ready() {
            job.run();
            runtime.finish(job, index * 1000);
            runs += 1;
        }
    }
    runs
}

pub(crate) fn events(runtime: &mut Runtime<'_>) -> Vec<Event> {
    std::iter::from_fn(|| runtime.take_event()).collect()
}

pub(crate) fn module(runtime: &Runtime<'_>, id: ComponentId) -> ModuleSnapshot {
    runtime.modules().find(|module| module.id == id).unwrap()
}

pub(crate) fn pipeline_of(runtime: &Runtime<'_>, id: u8) -> PipelineSnapshot {
    runtime.pipelines().find(|pipeline| pipeline.id == id).unwrap()
}

pub(crate) fn ring(runtime: &Runtime<'_>, source: ComponentId) -> RingSnapshot {
    runtime.rings().find(|ring| ring.source.component() == Some(source)).unwrap()
}

/// The ring behind a gateway.
pub(crate) fn gateway_ring(runtime: &Runtime<'_>, node: u32) -> RingSnapshot {
    let gateway = RingEnd::Gateway(node);
    runtime.rings().find(|ring| [ring.source, ring.sink].contains(&gateway)).unwrap()
}

/// All that a verb can change and anybody can see, but for what only counts: the pool's high-water mark and the
/// regions' refusals.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Seen {
    pub(crate) pool: PoolUsage,
    pub(crate) pipelines: Vec<PipelineSnapshot>,
    pub(crate) modules: Vec<ModuleSnapshot>,
    pub(crate) rings: Vec<RingSnapshot>,
}

pub(crate) fn see(runtime: &Runtime<'_>) -> Seen {
    let mut seen = Seen {
        pool: PoolUsage { peak_pages: 0, ..runtime.pool_usage() },
        pipelines: runtime.pipelines().collect(),
        modules: runtime.modules().collect(),
        rings: runtime.rings().collect(),
    };
    let regions = seen.pipelines.iter_mut().map(|pipeline| &mut pipeline.region);
    for region in regions.chain(seen.modules.iter_mut().map(|module| &mut module.region)).flatten() {
        (region.refused, region.last_refused) = (0, None);
    }
    seen
}

/// The error of a verb that must be refused and must leave everything as it was.
pub(crate) fn refused<'m, T, E>(
    runtime: &mut Runtime<'m>,
    verb: impl FnOnce(&mut Runtime<'m>) -> Result<T, E>,
) -> E {
    let before = see(runtime);
    let error = verb(runtime).err().expect("the verb must be refused");
    assert_eq!(see(runtime), before, "the refused verb changed something");
    error
}
