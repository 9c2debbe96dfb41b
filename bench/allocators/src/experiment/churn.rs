//! Time of each request and each free while blocks of random sizes come and go.

use std::ops::Range;

use super::{Bench, LOADS, REGIONS, kib};
use crate::Outcome;
use crate::check::Check;
use crate::peer::{Peer, TIMED};
use crate::replay::{STRETCH, Stretches, Times};
use crate::table::{Table, median};
use crate::trace::{Op, Trace};

/// "both" is a request and a free, from the times of stretches of the trace; the rest is from those of steps.
const COLUMNS: [(&str, usize); 10] = [
    ("both ns", 1),
    ("both x", 2),
    ("alloc ns", 1),
    ("alloc p99", 1),
    ("alloc p99.9", 1),
    ("alloc x", 2),
    ("free ns", 1),
    ("free p99", 1),
    ("free p99.9", 1),
    ("free x", 2),
];

pub(super) fn tables(bench: &mut Bench) -> Outcome<Vec<Table>> {
    let mut tables = Vec::new();
    for region in REGIONS {
        for load in LOADS {
            let trace = Trace::churn(region * load / 100, bench.scale.timed_allocs, bench.seed);
            tables.push(table(bench, region, load, &trace)?);
        }
    }
    Ok(tables)
}

fn table(bench: &mut Bench, region: usize, load: usize, trace: &Trace) -> Outcome<Table> {
    let peers: Vec<Peer> = TIMED.into_iter().filter(|&peer| bench.tries(peer, region)).collect();
    for &peer in &peers {
        let check = Check { trace, bounds: bench.bounds(peer, region) };
        let checked = peer.run(bench.memory.region(region), check)?;
        checked.map_err(|error| format!("{} at {}, {load} %: {error}", peer.name(), kib(region)))?;
    }
    let mut rounds = Vec::new();
    for _ in 0..bench.scale.rounds {
        rounds.push(round(bench, region, trace, &peers)?);
    }
    let mut table = Table::new(format!("Churn: {}, {load} % asked for", kib(region)), &COLUMNS);
    for (index, peer) in peers.into_iter().enumerate() {
        let figure = |cell: usize| median(rounds.iter().map(|round| round[index][cell]).collect());
        let ratio =
            |cell: usize| median(rounds.iter().map(|round| round[index][cell] / round[0][cell]).collect());
        let mut cells = Vec::new();
        for group in GROUPS {
            cells.extend(group.clone().map(figure));
            cells.push(ratio(group.start));
        }
        table.row(peer.name(), cells);
    }
    let crawls = TIMED.into_iter().filter(|&peer| !bench.tries(peer, region));
    crawls.for_each(|peer| table.row(peer.name(), vec![None; COLUMNS.len()]));
    Ok(table)
}

/// A request and a free together; mean, 99 % and 99.9 % of a request, then of a free. In nanoseconds above the
/// floor, or in ticks.
type Figures = [f64; 7];

/// The figures that belong together. The ratio of each group is that of its first.
const GROUPS: [Range<usize>; 3] = [0..1, 1..4, 4..7];

/// One turn of each heap.
fn round(bench: &mut Bench, region: usize, trace: &Trace, peers: &[Peer]) -> Outcome<Vec<Figures>> {
    let floor = replay(bench, Peer::Null, region, trace)?;
    let mut figures = Vec::new();
    for &peer in peers {
        let mut net = replay(bench, peer, region, trace)?;
        for group in GROUPS {
            // Quantiles of the floor are noise, not the timer: only its mean counts.
            let floor = floor[group.start];
            net[group].iter_mut().for_each(|ticks| *ticks = (*ticks - floor) * bench.nanoseconds_per_tick);
        }
        figures.push(net);
    }
    Ok(figures)
}

/// In ticks, from the shortest time of each stretch and of each step.
fn replay(bench: &mut Bench, peer: Peer, region: usize, trace: &Trace) -> Outcome<Figures> {
    let steady = &trace.ops[trace.steady..];
    let mut stretches = vec![u64::MAX; steady.len().div_ceil(STRETCH)];
    let mut steps = vec![u32::MAX; trace.ops.len()];
    for _ in 0..bench.scale.replays {
        let whole = Stretches { trace, shortest: &mut stretches };
        peer.run(bench.memory.region(region), whole)?;
        peer.run(bench.memory.region(region), Times { trace, shortest: &mut steps })?;
    }
    let ([a, b, c], [d, e, f]) = summary(trace, &steps);
    let requests = steady.iter().filter(|op| matches!(op, Op::Alloc { .. })).count();
    let both = stretches.iter().sum::<u64>() as f64 / requests as f64;
    Ok([both, a, b, c, d, e, f])
}

/// Mean, 99 % and 99.9 % of requests and of frees after the region was filled.
fn summary(trace: &Trace, ticks: &[u32]) -> ([f64; 3], [f64; 3]) {
    let (mut allocs, mut frees) = (Vec::new(), Vec::new());
    for (op, &ticks) in trace.ops.iter().zip(ticks).skip(trace.steady) {
        match op {
            _ if ticks == u32::MAX => (),
            Op::Alloc { .. } => allocs.push(ticks),
            Op::Free { .. } => frees.push(ticks),
        }
    }
    (quantiles(allocs), quantiles(frees))
}

fn quantiles(mut ticks: Vec<u32>) -> [f64; 3] {
    ticks.sort_unstable();
    let sum: f64 = ticks.iter().copied().map(f64::from).sum();
    let at = |part: f64| ticks.get((ticks.len() as f64 * part) as usize).copied().map_or(f64::NAN, f64::from);
    [sum / ticks.len() as f64, at(0.99), at(0.999)]
}
