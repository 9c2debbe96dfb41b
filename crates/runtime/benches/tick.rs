//! What a tick costs beside its modules: instructions of the framework, counted with callgrind.
//!
//! `cargo bench -p headroom-runtime --bench tick` runs itself under `valgrind --tool=callgrind` once per row, with one dump
//! per call, so that each call is counted by itself. What a module's `process` took, with all that it called, is subtracted
//! call by call, as callgrind tells it; so its own instructions and those of the rings that it moves frames through are no
//! part of any figure, the call instruction is. The modules do move frames: each tick brings 48 and takes 48.
//!
//! ```text
//!   fill ─► [ entry ─► pass ─► exit ] ─► drain      twice: the tick of two pipelines of three LL modules
//!   fill ─► [ entry ─► block ─► exit ] ─► drain     block is DP: a job in each tick
//! ```
#![allow(clippy::unwrap_used, reason = "a bench stops where it can't go on")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use std::env;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use common::{
    SMALL, Spec, block, chain, dp, entry, exit, ll, pass, pipeline, run, source_node, with_runtime,
};
use headroom_runtime::{DpJob, Platform, Runtime};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Ticks before the first that counts, and those that count.
const WARM_UP: u64 = 100;
const COUNTED: u64 = 200;

/// A graph, in tables with a number of places.
#[derive(Clone, Copy)]
struct Scenario {
    graph: &'static str,
    places: u16,
}

/// Two pipelines of three LL modules, or of as many as their names say, and one with a DP module.
const THREE: Scenario = Scenario { graph: "3", places: 256 };
const SEVEN: Scenario = Scenario { graph: "7", places: 256 };
const WITH_DP: Scenario = Scenario { graph: "dp", places: 256 };

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let done = match arguments.as_slice() {
        [] => print_table(),
        [graph, places] => places.parse().map_err(Into::into).map(|places| play(graph, places)),
        _ => Err("arguments: none, or a graph and the places of its tables".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print_table() -> Outcome<()> {
    println!("instructions without any module's process, mean / most of {COUNTED} calls");
    let [three, seven] = [THREE, SEVEN].map(|scenario| measure("counted_tick", scenario));
    let (three, seven) = (three?, seven?);
    row("a tick of two pipelines of three LL modules", three, "600");
    for places in [16, 1024] {
        let there = measure("counted_tick", Scenario { places, ..THREE })?;
        row(&format!("the same, tables of {places} places"), there, "the same");
    }
    let each = |whole: Count, part: Count| Count {
        mean: (whole.mean - part.mean) / 8.0,
        most: whole.most.saturating_sub(part.most).div_ceil(8),
    };
    row("each further LL module", each(seven, three), "85");
    row("fill, without the copying", measure("counted_fill", THREE)?, "60");
    row("drain, without the copying", measure("counted_drain", THREE)?, "60");
    row("a DP module found ready, run and brought home", measure("counted_job", WITH_DP)?, "500");
    row("next_ready with a DP module that is not ready", measure("counted_search", WITH_DP)?, "-");
    row("a tick of two LL modules with a DP module between", measure("counted_tick", WITH_DP)?, "-");
    println!("framework: {:.0} instructions per tick", three.mean);
    Ok(())
}

fn row(what: &str, count: Count, goal: &str) {
    println!("{what:<54}{:>16}   goal {goal}", format!("{:.1} / {}", count.mean, count.most));
}

/// Instructions of a function's calls.
#[derive(Clone, Copy)]
struct Count {
    mean: f64,
    most: u64,
}

/// The instructions of a function's calls in a scenario.
fn measure(function: &str, scenario: Scenario) -> Outcome<Count> {
    let out = env::temp_dir().join(format!("tick-callgrind-{}", std::process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--combine-dumps=yes"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(format!("--toggle-collect=tick::{function}"))
        .arg(format!("--dump-after=tick::{function}"))
        .arg(env::current_exe()?)
        .args([scenario.graph, &scenario.places.to_string()])
        .output()?;
    if !output.status.success() {
        return Err(format!("valgrind failed:\n{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let dumps = std::fs::read_to_string(&out)?;
    std::fs::remove_file(&out)?;
    let counts = counts(&dumps)?;
    let most = counts.iter().max().copied().ok_or("no call was counted")?;
    Ok(Count { mean: counts.iter().sum::<u64>() as f64 / counts.len() as f64, most })
}

/// Instructions of each dump less those of the calls of a module's `process` in it, with all that it calls.
///
/// ```text
///   cfn=(7) <…drivers::Pass as …Module>::process      who is called; the name only where the number is new
///   calls=1 40                                         then the next line has what the call took
///   38 212
///   totals: 2103                                       the end of a dump
/// ```
fn counts(dumps: &str) -> Outcome<Vec<u64>> {
    let (mut modules, mut counts) = (BTreeSet::new(), Vec::new());
    let (mut called, mut without) = ("", 0);
    let mut lines = dumps.lines();
    while let Some(line) = lines.next() {
        if let Some((number, name)) = line.split_once('=').and_then(|(_, rest)| rest.split_once(") "))
            && name.contains("drivers::")
            && name.ends_with("::process")
        {
            modules.insert(number);
        }
        if let Some(callee) = line.strip_prefix("cfn=") {
            called = callee.split(')').next().unwrap_or_default();
        } else if line.starts_with("calls=") {
            let took: u64 =
                lines.next().and_then(|line| line.rsplit(' ').next()).ok_or("a cut dump")?.parse()?;
            without += if modules.contains(called) { took } else { 0 };
        } else if let Some(total) = line.strip_prefix("totals: ") {
            let total = total.trim().parse::<u64>()?;
            counts.extend((total > 0).then(|| total - without));
            without = 0;
        }
    }
    Ok(counts)
}

#[inline(never)]
fn counted_tick(rt: &mut Runtime<'_>, index: u64) {
    rt.tick(index);
}

/// All that a device does but to write the frames.
#[inline(never)]
fn counted_fill(rt: &mut Runtime<'_>, node: u32, index: u64) {
    let Ok(mut fill) = rt.fill(node, index) else { return };
    let frames = fill.frames();
    black_box(fill.bytes_mut().0.as_mut_ptr());
    black_box(fill.commit(frames).is_ok());
}

/// All that a device does but to read the frames.
#[inline(never)]
fn counted_drain(rt: &mut Runtime<'_>, node: u32, index: u64) {
    let Ok(mut drain) = rt.drain(node, index) else { return };
    black_box(drain.bytes().0.as_ptr());
}

#[inline(never)]
fn counted_job<'m>(rt: &mut Runtime<'m>, now_us: u64) {
    let mut job = rt.next_ready().unwrap();
    job.run();
    rt.finish(job, now_us);
}

#[inline(never)]
fn counted_search<'m>(rt: &mut Runtime<'m>) -> Option<DpJob<'m>> {
    rt.next_ready()
}

/// Plays a scenario: ticks that count, after some that don't.
fn play(graph: &str, places: u16) {
    let platform = Platform { modules: places, edges: places, common_bytes: 8 << 20, ..SMALL };
    with_runtime(platform, |rt, _| {
        build(rt, graph);
        common::play(rt, 0..WARM_UP);
        for index in WARM_UP..WARM_UP + COUNTED {
            let nodes: &[u8] = if graph == "dp" { &[0] } else { &[0, 1] };
            nodes.iter().for_each(|&n| counted_fill(rt, source_node(n), index));
            counted_tick(rt, index);
            nodes.iter().for_each(|&n| counted_drain(rt, n.into(), index));
            if graph == "dp" {
                counted_job(rt, index * 1000);
                assert!(counted_search(rt).is_none());
            }
        }
        let heard = rt.modules().map(|module| module.frames_out).min();
        assert!(heard >= Some((WARM_UP + COUNTED - 10) * 48), "audio did not go through: {heard:?}");
        assert_eq!(rt.events_lost(), 0);
    });
}

fn build(rt: &mut Runtime<'_>, graph: &str) {
    if graph == "dp" {
        rt.create_pipeline(&pipeline(0)).unwrap();
        chain(rt, &[ll(0, entry(0)), dp(0, block(0)).blocks(48, 48), ll(0, exit(0))]);
        return run(rt, &[0]);
    }
    let modules: u8 = graph.parse().unwrap();
    for n in 0..2 {
        rt.create_pipeline(&pipeline(n)).unwrap();
        let passes = (0..modules - 2).map(|between| ll(n, pass(between * 2 + n)));
        let first = std::iter::once(ll(n, entry(n)));
        let all: Vec<Spec> = first.chain(passes).chain([ll(n, exit(n)).own(&[n.into()])]).collect();
        chain(rt, &all);
    }
    run(rt, &[0, 1]);
}
