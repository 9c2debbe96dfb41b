//! What a request costs: instructions of a state change and of a binding, and whole lives of a pipeline per second.
//!
//! `cargo bench -p headroom-control --bench requests` runs itself under `valgrind --tool=callgrind` once per row, with one
//! dump per call, so that each call is counted by itself. A row has the whole request, bytes to bytes, and the verb of
//! the runtime that it calls; the difference is what decoding, dispatch and the reply cost. Lives are timed on one thread
//! by the time that it has a core, in rounds of create, ten inits, nine bindings, start, stop and delete, over the modules
//! that ship.
#![allow(clippy::expect_used, reason = "a bench stops where it can't go on")]

use std::env;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use headroom_control::{MAILBOX_BYTES, answer};
use headroom_ipc4::{
    Binding, CreatePipeline, HeapSize, InitInstance, MemRequest, ModuleId, PipelineIds, PipelineState,
    Request, SetPipelineState,
};
use headroom_module::wire::BaseConfig;
use headroom_module::{Format, SampleFormat};
use headroom_modules::{CopierConfig, Curve, MODULES, VolumeSetting};
use headroom_runtime::{ComponentId, Connection, Error, PagePool, Platform, Profile, Requested, Runtime};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What is counted.
const ROWS: [&str; 5] = ["hold", "run again", "hold a list of 4", "bind", "unbind"];
/// The goal: instructions of a request without its verb.
const GOAL: u64 = 1500;
/// The goal: lives per second.
const LIVES: f64 = 20_000.0;
/// Modules of a pipeline.
const GRAPH_MODULES: u8 = 10;
const CALLS: usize = 50;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let done = match arguments.as_slice() {
        [] => print_tables(),
        [one] if one == "lives" => print_lives(),
        [row] => with_runtime(|bench| count(bench, row)),
        _ => Err("arguments: none, or lives".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print_tables() -> Outcome<()> {
    println!("{:<20}{:>16}{:>16}{:>14}", "instructions", "request", "verb", "difference");
    for row in ROWS {
        let (whole, verb) = (measure(row, "counted_request")?, measure(row, "counted_verb")?);
        let (difference, mark) =
            (whole.saturating_sub(verb), if whole < verb + GOAL { "" } else { "  above" });
        println!("{row:<20}{whole:>16}{verb:>16}{difference:>14}{mark}   goal {GOAL}");
    }
    print_lives()
}

/// The most instructions that a call of a function takes in a row.
fn measure(row: &str, function: &str) -> Outcome<u64> {
    let out = env::temp_dir().join(format!("control-callgrind-{}", std::process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--combine-dumps=yes"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(format!("--toggle-collect=requests::{function}"))
        .arg(format!("--dump-after=requests::{function}"))
        .arg(env::current_exe()?)
        .arg(row)
        .output()?;
    if !output.status.success() {
        return Err(format!("valgrind failed:\n{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let dumps = std::fs::read_to_string(&out)?;
    std::fs::remove_file(&out)?;
    let counts = dumps.lines().filter_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    counts.max().filter(|&most| most > 0).ok_or_else(|| "no call was counted".into())
}

fn print_lives() -> Outcome<()> {
    with_runtime(|bench| {
        let life = life(1);
        let common = bench.runtime.common_region();
        let pages = bench.runtime.pool_usage().free_pages;
        bench.send_all(&life);
        let (mut rounds, start, on_core) = (0u32, Instant::now(), time_on_core()?);
        while start.elapsed() < Duration::from_secs(2) {
            (0..100).for_each(|_| bench.send_all(&life));
            rounds += 100;
        }
        let rate = f64::from(rounds) / (time_on_core()? - on_core).as_secs_f64();
        assert_eq!(bench.runtime.pool_usage().free_pages, pages, "pages were left behind");
        assert_eq!(bench.runtime.common_region().interim_used, common.interim_used, "memory was left behind");
        let mark = if rate < LIVES { "  below" } else { "" };
        println!(
            "lives of a pipeline of {GRAPH_MODULES} modules, {} messages each: {rate:.0} a second{mark}   goal {LIVES:.0}",
            life.len()
        );
        Ok(())
    })
}

/// How long this process has had a core, as Linux counts it: other work on the machine does not count.
fn time_on_core() -> Outcome<Duration> {
    let line = std::fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds = line.split_whitespace().next().ok_or("an empty schedstat")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

/// A runtime for the desk and the wire to it.
struct Bench<'m> {
    runtime: Runtime<'m>,
    mailbox: [u8; MAILBOX_BYTES],
}

fn with_runtime(work: impl FnOnce(&mut Bench<'_>) -> Outcome<()>) -> Outcome<()> {
    let (mut arena, profile) = (vec![MaybeUninit::uninit(); 8 << 20], Profile::DESK);
    let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&profile, arena.len())];
    let pool = PagePool::new(profile, &mut arena, &mut tables)?;
    let runtime = Runtime::new(Platform::DESK, &pool, MODULES)?;
    work(&mut Bench { runtime, mailbox: [0; MAILBOX_BYTES] })
}

impl Bench<'_> {
    fn send(&mut self, message: &[u8]) -> usize {
        let answer = answer(&mut self.runtime, message, &mut self.mailbox);
        assert!(answer.reason.is_none(), "{:?}", answer.reason);
        answer.length
    }

    fn send_all(&mut self, messages: &[Vec<u8>]) {
        for message in messages {
            self.send(message);
        }
    }
}

/// What a request of a row asks of the runtime.
enum Verb<'a> {
    Set(&'a [u8], Requested),
    Bind(Connection),
    Unbind(Connection),
}

#[inline(never)]
fn counted_request(bench: &mut Bench<'_>, message: &[u8]) -> usize {
    answer(&mut bench.runtime, message, &mut bench.mailbox).length
}

#[inline(never)]
fn counted_verb(runtime: &mut Runtime<'_>, verb: &Verb<'_>) -> Result<(), Error> {
    match verb {
        Verb::Set(ids, requested) => {
            runtime.set_state(ids.iter().copied(), *requested).map_err(|(_, error)| error)
        }
        Verb::Bind(connection) => runtime.bind(connection),
        Verb::Unbind(connection) => runtime.unbind(connection),
    }
}

/// Four pipelines of ten modules run; then a request comes again and again, and another takes it back. Afterwards the
/// verb does, without messages.
fn count(bench: &mut Bench<'_>, row: &str) -> Outcome<()> {
    use PipelineState::{Paused, Running};
    const IDS: [u8; 4] = [1, 2, 3, 4];
    for id in IDS {
        bench.send_all(&made(id));
        bench.send_all(&[to_state(id, Running)]);
    }
    let words = IDS.map(|id| u32::from(id).to_le_bytes());
    let all = |wanted| state(PipelineIds::List(&words), wanted);
    let edge = edges(4).nth(4).ok_or("ten modules")?;
    let (bind, unbind) = (bytes(&Request::Bind(edge)), bytes(&Request::Unbind(edge)));
    let ends = connection(edge);
    let (message, back, verb) = match row {
        "hold" => (to_state(4, Paused), to_state(4, Running), Verb::Set(&[4], Requested::Paused)),
        "run again" => (to_state(4, Running), to_state(4, Paused), Verb::Set(&[4], Requested::Running)),
        "hold a list of 4" => (all(Paused), all(Running), Verb::Set(&IDS, Requested::Paused)),
        "bind" => (bind, unbind, Verb::Bind(ends)),
        "unbind" => (unbind, bind, Verb::Unbind(ends)),
        _ => return Err(format!("no row {row}").into()),
    };
    if ["run again", "bind"].contains(&row) {
        bench.send(&back);
    }
    for _ in 0..CALLS {
        black_box(counted_request(bench, black_box(&message)));
        bench.send(&back);
    }
    for _ in 0..CALLS {
        counted_verb(&mut bench.runtime, black_box(&verb))?;
        bench.send(&back);
    }
    Ok(())
}

fn bytes(request: &Request<'_>) -> Vec<u8> {
    let mut message = vec![0; request.encoded_len()];
    request.encode(&mut message).expect("all numbers fit");
    message
}

const STEREO: Format = match Format::new(48000, 2, SampleFormat::S32) {
    Ok(format) => format,
    Err(_) => unreachable!(),
};

/// Copiers at both ends of a pipeline, gains between them.
fn module(pipeline: u8, position: u8) -> ModuleId {
    const COPIER: u16 = 4;
    const GAIN: u16 = 6;
    match position {
        0 => ModuleId { module: COPIER, instance: 2 * pipeline },
        last if last == GRAPH_MODULES - 1 => ModuleId { module: COPIER, instance: 2 * pipeline + 1 },
        // The platform has 16 gains; the others are copiers without a gateway.
        between if pipeline == 1 => ModuleId { module: GAIN, instance: between },
        between => ModuleId { module: COPIER, instance: 16 * pipeline + between },
    }
}

fn init(pipeline: u8, position: u8) -> Vec<u8> {
    let id = module(pipeline, position);
    let block = 48 * STEREO.frame_bytes() as u32;
    let base = BaseConfig {
        cycles_per_chunk: 0,
        input_block: block,
        output_block: block,
        pages: 0,
        format: STEREO.into(),
    };
    let node = match position {
        0 => Some(pipeline.into()),
        last if last == GRAPH_MODULES - 1 => Some(0x800 | u32::from(pipeline)),
        _ => None,
    };
    let copier =
        CopierConfig { output: STEREO.into(), features: 0, node, buffer_bytes: 0, attributes: 0 }.encode();
    let unity =
        VolumeSetting { channel: None, target: VolumeSetting::UNITY, curve: Curve::None, duration: 0 }
            .encode();
    let own = if id.module == 6 { &unity[..] } else { &copier[..] };
    bytes(&Request::InitInstance(InitInstance::new(id, pipeline, &[&base.encode(), own].concat())))
}

fn edges(pipeline: u8) -> impl Iterator<Item = Binding> {
    (1..GRAPH_MODULES).map(move |position| Binding {
        source: module(pipeline, position - 1),
        source_queue: 0,
        sink: module(pipeline, position),
        sink_queue: 0,
    })
}

fn connection(edge: Binding) -> Connection {
    let component = |id: ModuleId| ComponentId::new(id.module, id.instance);
    let (source, sink) = (component(edge.source), component(edge.sink));
    Connection { source, source_queue: edge.source_queue, sink, sink_queue: edge.sink_queue }
}

fn state(pipelines: PipelineIds<'_>, state: PipelineState) -> Vec<u8> {
    bytes(&Request::SetPipelineState(SetPipelineState { state, pipelines, sync_stop_start: false }))
}

fn to_state(id: u8, wanted: PipelineState) -> Vec<u8> {
    state(PipelineIds::Single(id), wanted)
}

/// A pipeline with a region of its own, from creation to holding.
fn made(id: u8) -> Vec<Vec<u8>> {
    let memory = MemRequest { domain: 0, stack_bytes: 0, size: HeapSize::Single(64 << 10) };
    let create = CreatePipeline { memory: Ok(Some(memory)), ..CreatePipeline::new(id) };
    let mut messages = vec![bytes(&Request::CreatePipeline(create))];
    messages.extend((0..GRAPH_MODULES).map(|position| init(id, position)));
    messages.extend(edges(id).map(|edge| bytes(&Request::Bind(edge))));
    messages.push(to_state(id, PipelineState::Paused));
    messages
}

fn life(id: u8) -> Vec<Vec<u8>> {
    use PipelineState::{Paused, Reset, Running};
    let mut messages = made(id);
    messages.extend([Running, Paused, Reset].map(|state| to_state(id, state)));
    messages.push(bytes(&Request::DeletePipeline { id }));
    messages
}
