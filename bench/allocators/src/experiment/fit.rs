//! How well a heap packs while blocks of random sizes come and go.

use super::{Bench, LOADS, REGIONS, kib};
use crate::Outcome;
use crate::peer::HEAPS;
use crate::replay::{LargestShare, Refusals};
use crate::table::Table;
use crate::trace::Trace;

const COLUMNS: [(&str, usize); 6] = [
    ("50 %: refused %", 3),
    ("50 %: largest/free", 3),
    ("75 %: refused %", 3),
    ("75 %: largest/free", 3),
    ("90 %: refused %", 3),
    ("90 %: largest/free", 3),
];

/// Moments at which the largest block is looked for.
const SAMPLES: usize = 500;

pub(super) fn tables(bench: &mut Bench) -> Outcome<Vec<Table>> {
    REGIONS.into_iter().map(|region| table(bench, region)).collect()
}

fn table(bench: &mut Bench, region: usize) -> Outcome<Table> {
    let title = format!("Fit: {}, {} requests per load", kib(region), bench.scale.allocs);
    let mut table = Table::new(title, &COLUMNS);
    let traces = LOADS.map(|load| Trace::churn(region * load / 100, bench.scale.allocs, bench.seed));
    for peer in HEAPS {
        let mut cells = Vec::new();
        for trace in &traces {
            if !bench.tries(peer, region) {
                cells.extend([None, None]);
                continue;
            }
            let refused = peer.run(bench.memory.region(region), Refusals { trace, limit: usize::MAX })?;
            cells.push(Some(100.0 * refused as f64 / trace.allocs() as f64));
            let share = LargestShare { trace, region, samples: SAMPLES };
            cells.push(Some(peer.run(bench.memory.region(region), share)?));
        }
        table.row(peer.name(), cells);
    }
    Ok(table)
}
