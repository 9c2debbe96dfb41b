//! The highest load at which at most one request in a thousand is refused.

use std::collections::HashMap;

use super::{Bench, REGIONS};
use crate::Outcome;
use crate::peer::{HEAPS, Peer};
use crate::replay::Refusals;
use crate::table::Table;
use crate::trace::Trace;

const COLUMNS: [(&str, usize); 4] = [("28 KiB %", 0), ("64 KiB %", 0), ("1 MiB %", 0), ("16 MiB %", 0)];

/// The lowest load that is tried, in percent: 28 KiB then still hold the largest block.
const LOWEST: usize = 30;

pub(super) fn tables(bench: &mut Bench) -> Outcome<Vec<Table>> {
    let title = format!("Sustained load: at most 0.1 % of {} requests refused", bench.scale.allocs);
    let mut table = Table::new(title, &COLUMNS);
    let mut cells = vec![Vec::new(); HEAPS.len()];
    for region in REGIONS {
        let mut traces = HashMap::new();
        for (peer, cells) in HEAPS.into_iter().zip(&mut cells) {
            let load =
                if bench.tries(peer, region) { highest(bench, peer, region, &mut traces)? } else { None };
            cells.push(load.map(|load| load as f64));
        }
    }
    for (peer, cells) in HEAPS.into_iter().zip(cells) {
        table.row(peer.name(), cells);
    }
    Ok(vec![table])
}

/// Bisects the loads, as refusals grow with them. None if even the lowest is too high.
fn highest(
    bench: &mut Bench,
    peer: Peer,
    region: usize,
    traces: &mut HashMap<usize, Trace>,
) -> Outcome<Option<usize>> {
    let step = if region == 1 << 20 { 1 } else { 2 };
    let load_of = |index: usize| LOWEST + step * index;
    let (mut passed, mut failed) = (0, (100 - LOWEST) / step);
    while passed < failed {
        let middle = passed.midpoint(failed);
        let load = load_of(middle);
        let trace = traces
            .entry(load)
            .or_insert_with(|| Trace::churn(region * load / 100, bench.scale.allocs, bench.seed));
        let limit = bench.scale.allocs / 1000;
        if peer.run(bench.memory.region(region), Refusals { trace, limit })? <= limit {
            passed = middle + 1;
        } else {
            failed = middle;
        }
    }
    Ok(passed.checked_sub(1).map(load_of))
}
