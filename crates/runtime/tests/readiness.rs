//! Who is offered a run, and by when, in random graphs: as a walk over all modules and rings of the snapshot finds it.
//!
//! The runtime looks at lists that it makes when the graph changes; the walk here looks at everything, each time, and is the
//! oracle. A case follows from its seed, which is printed.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::*;
use headroom_module::schedule::Readiness;
use headroom_runtime::schedule::{Deadline, PortLevel, StartDelay, deadline, is_ready, time_left_us};
use headroom_runtime::{
    ComponentId, Connection, CreatePipeline, DpJob, GatewayDirection, ModuleSnapshot, ModuleState, Platform,
    Requested, RingEnd, Runtime,
};

const ROOM: Platform = Platform { modules: 64, edges: 64, common_bytes: 512 << 10, ..SMALL };
const SEEDS: u64 = 150;
const TICKS: u64 = 60;
const PIPELINES: [u8; 3] = [1, 2, 3];

/// Numbers that follow from a seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// A DP module, as it was made.
#[derive(Clone, Copy)]
struct Made {
    rate: u32,
    /// Frames of an input and of an output block.
    blocks: (u32, u32),
}

/// What a walk has to know that no snapshot tells.
#[derive(Default)]
struct Oracle {
    made: BTreeMap<ComponentId, Made>,
    /// Whether the reader of an output runs, as its module was told.
    open: BTreeMap<(ComponentId, u8), bool>,
    /// Modules whose last run moved nothing: they wait for the next tick.
    stalled: BTreeSet<ComponentId>,
}

impl Oracle {
    /// A tick begins: modules that are here are told which of their readers run.
    fn begin(&mut self, rt: &Runtime<'_>) {
        for ring in rt.rings() {
            let (RingEnd::Port(source), RingEnd::Port(sink)) = (ring.source, ring.sink) else { continue };
            if !module(rt, source.component).out {
                let port = (source.component, source.queue);
                self.open.insert(port, module(rt, sink.component).state == ModuleState::Active);
            }
        }
    }

    /// Its LL passes are over.
    fn end(&mut self, rt: &Runtime<'_>) {
        self.stalled.retain(|id| module(rt, *id).state != ModuleState::Active);
    }

    /// The module that must be offered next, and its deadline.
    fn next(&self, rt: &Runtime<'_>, now_us: u64) -> Option<(ComponentId, Deadline)> {
        let due = |module: ModuleSnapshot| Some((module.id, self.due(rt, &module, now_us)?));
        rt.modules().filter_map(due).fold(None, |best: Option<(ComponentId, Deadline)>, this| match best {
            Some(best) if !this.1.is_more_urgent_than(best.1) => Some(best),
            _ => Some(this),
        })
    }

    fn due(&self, rt: &Runtime<'_>, module: &ModuleSnapshot, now_us: u64) -> Option<Deadline> {
        let (dp, made) = (module.dp?, self.made.get(&module.id)?);
        let waits = module.out || self.stalled.contains(&module.id);
        if waits || module.state != ModuleState::Active {
            return None;
        }
        let is_open =
            |end: RingEnd| matches!(end, RingEnd::Port(port) if self.open[&(port.component, port.queue)]);
        let written = || rt.rings().filter(|ring| ring.source.component() == Some(module.id));
        let any_open = written().any(|ring| is_open(ring.source));
        let counted = || written().filter(|ring| is_open(ring.source) || !any_open);
        let read = rt.rings().filter(|ring| ring.sink.component() == Some(module.id));
        let inputs = read.map(|ring| PortLevel { frames: ring.level.fill, block: made.blocks.0 as usize });
        let room = |ring: headroom_runtime::RingSnapshot| ring.level.capacity - ring.level.fill;
        let outputs = counted().map(|ring| PortLevel { frames: room(ring), block: made.blocks.1 as usize });
        if !is_ready(Readiness::WholeBlocks, inputs.chain(outputs)) {
            return None;
        }
        let start = if dp.started { StartDelay::Over } else { StartDelay::Armed };
        let left = counted().filter_map(|ring| time_left_us(ring.level.fill, made.rate)).min();
        Some(deadline(now_us, start, dp.period_us, left))
    }

    /// A job is brought home; whether it moved anything is what its module's frames say.
    fn finish<'m>(&mut self, rt: &mut Runtime<'m>, job: DpJob<'m>, now_us: u64) {
        let id = job.component();
        let moved = |module: ModuleSnapshot| module.frames_in + module.frames_out;
        let before = moved(module(rt, id));
        rt.finish(job, now_us);
        if moved(module(rt, id)) == before {
            self.stalled.insert(id);
        }
    }
}

/// DP hubs with up to two LL modules before them and up to two behind them, each in any pipeline and of any block.
fn build(rt: &mut Runtime<'_>, random: &mut Random) -> Oracle {
    let mut oracle = Oracle::default();
    for id in PIPELINES {
        let (priority, core) = (random.below(3) as u8, random.below(2) as u8);
        rt.create_pipeline(&CreatePipeline { priority, core, ..pipeline(id) }).unwrap();
    }
    // Pipelines whose last module is of another core are refused; all modules of a pipeline are on its core.
    let core = PIPELINES.map(|id| pipeline_of(rt, id).core);
    let on = |random: &mut Random| {
        let n = random.below(3) as usize;
        (PIPELINES[n], core[n])
    };
    for n in 0..1 + random.below(3) as u8 {
        let rate: u32 = random.one_of(&[48000, 44100, 16000]);
        let tick = rate.div_ceil(1000);
        let mut block = || random.one_of(&[1, 2, 3, 10]) * rate / 1000;
        let blocks = (block().max(tick), block().max(tick));
        let (at, core) = on(random);
        dp(at, hub(n)).core(core).rate(rate).blocks(blocks.0, blocks.1).init(rt).unwrap();
        oracle.made.insert(hub(n), Made { rate, blocks });
        for queue in 0..random.below(3) as u8 {
            let (from, (at, core)) = (entry(2 * n + queue), on(random));
            ll(at, from).core(core).rate(rate).blocks(tick, tick).init(rt).unwrap();
            let bound = Connection { source: from, source_queue: 0, sink: hub(n), sink_queue: queue };
            rt.bind(&bound).unwrap();
        }
        for queue in 0..random.below(3) as u8 {
            let (to, (at, core)) = (exit(2 * n + queue), on(random));
            let node = u32::from(2 * n + queue);
            ll(at, to).core(core).rate(rate).blocks(tick, tick).own(&[node]).init(rt).unwrap();
            let bound = Connection { source: hub(n), source_queue: queue, sink: to, sink_queue: 0 };
            rt.bind(&bound).unwrap();
        }
    }
    // Those without a module stay as they are.
    for id in PIPELINES.into_iter().filter(|id| of_pipeline(rt, *id).count() > 0).collect::<Vec<_>>() {
        run(rt, &[id]);
    }
    oracle
}

/// A pipeline holds or goes on, or begins anew if its modules are here.
fn change(rt: &mut Runtime<'_>, oracle: &mut Oracle, random: &mut Random) {
    let id = random.one_of(&PIPELINES);
    let wanted =
        random.one_of(&[Requested::Paused, Requested::Running, Requested::Running, Requested::Reset]);
    if of_pipeline(rt, id).count() > 0 && set(rt, &[id], wanted).is_ok() && wanted == Requested::Reset {
        for module in of_pipeline(rt, id) {
            oracle.stalled.remove(&module.id);
        }
        // A neighbour that is out keeps it from its streams; then it stays as it is.
        let _ = set(rt, &[id], Requested::Running);
    }
}

/// A tick with devices that bring and take what is due; frames may be lost where a stream begins anew.
fn serve_and_tick(rt: &mut Runtime<'_>, index: u64) {
    let gateways: Vec<_> = rt.gateways().collect();
    let (sources, sinks): (Vec<_>, Vec<_>) =
        gateways.into_iter().partition(|gateway| gateway.direction == GatewayDirection::In);
    for source in sources {
        let mut fill = rt.fill(source.node, index).unwrap();
        let frames = fill.frames();
        fill.bytes_mut();
        fill.commit(frames).unwrap();
    }
    rt.tick(index);
    sinks.into_iter().for_each(|sink| drop(rt.drain(sink.node, index).unwrap()));
}

/// Plays a case; says how many jobs were offered.
fn play_case(seed: u64) -> usize {
    let mut offered = 0;
    with_runtime(ROOM, |rt, _| {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut oracle = build(rt, &mut random);
        let mut away = Vec::new();
        for index in 0..TICKS {
            if random.below(4) == 0 {
                change(rt, &mut oracle, &mut random);
            }
            oracle.begin(rt);
            serve_and_tick(rt, index);
            oracle.end(rt);
            loop {
                let expected = oracle.next(rt, index * 1000);
                let job = rt.next_ready();
                let got = job.as_ref().map(|job| (job.component(), job.deadline()));
                assert_eq!(got, expected, "seed {seed}, tick {index}");
                let Some(mut job) = job else { break };
                offered += 1;
                match random.below(8) {
                    0 => away.push(job),
                    1 => oracle.finish(rt, job, index * 1000),
                    _ => {
                        job.run();
                        oracle.finish(rt, job, index * 1000);
                    }
                }
                if random.below(4) == 0 && !away.is_empty() {
                    let mut late = away.remove(0);
                    late.run();
                    oracle.finish(rt, late, index * 1000);
                }
            }
        }
        away.into_iter().for_each(|job| oracle.finish(rt, job, TICKS * 1000));
    });
    offered
}

#[test]
fn who_is_offered_a_run_and_by_when_is_what_a_walk_over_everything_finds() {
    let mut offered = 0;
    for seed in 1..=SEEDS {
        println!("seed {seed}");
        offered += play_case(seed);
    }
    assert!(offered > 20 * SEEDS as usize, "{offered} jobs: most cases did nothing");
}
