//! The least memory in which a trace runs without a refusal, against the most that it has in use.

use super::Bench;
use crate::Outcome;
use crate::heap::LINE;
use crate::memory::{LARGEST, control_bytes};
use crate::peer::{HEAPS, Peer};
use crate::replay::Refusals;
use crate::table::Table;
use crate::trace::Trace;

const COLUMNS: [(&str, usize); 6] = [
    ("churn 14 KiB: total", 2),
    ("churn 14 KiB: region", 2),
    ("churn 21 KiB: total", 2),
    ("churn 21 KiB: region", 2),
    ("large config: total", 2),
    ("large config: region", 2),
];

/// Seeds that the means are over.
const SEEDS: u64 = 8;

pub(super) fn tables(bench: &mut Bench) -> Outcome<Vec<Table>> {
    let title =
        format!("Minimum without refusals, x peak in lines, means of {SEEDS} seeds (total: with tables)");
    let mut table = Table::new(title, &COLUMNS);
    let allocs = bench.scale.allocs / 2;
    let seeds = bench.seed..bench.seed + SEEDS;
    let scenarios: [Vec<Trace>; 3] = [
        seeds.clone().map(|seed| Trace::churn(14 << 10, allocs, seed)).collect(),
        seeds.clone().map(|seed| Trace::churn(21 << 10, allocs, seed)).collect(),
        seeds.map(|seed| Trace::large_config(bench.scale.config_rounds, seed)).collect(),
    ];
    for peer in HEAPS {
        let mut cells = Vec::new();
        for traces in &scenarios {
            let (mut total, mut region) = (0.0, 0.0);
            for trace in traces {
                let bytes = least_region(bench, peer, trace)?;
                // A platform has pages of 4 KiB; vregion's here are smaller only so that any size can be tried.
                let control = control_bytes(peer, &mut bench.memory, bytes.next_multiple_of(4096))?;
                total += (bytes + control) as f64 / trace.peak as f64;
                region += bytes as f64 / trace.peak as f64;
            }
            cells.extend([Some(total / traces.len() as f64), Some(region / traces.len() as f64)]);
        }
        table.row(peer.name(), cells);
    }
    Ok(vec![table])
}

/// Bisects between the peak and the first power-of-two multiple of it that serves all. Regions smaller than
/// the result may by chance also do.
fn least_region(bench: &mut Bench, peer: Peer, trace: &Trace) -> Outcome<usize> {
    let mut serves = |lines: usize| {
        let refusals = Refusals { trace, limit: 0 };
        peer.run(bench.memory.region(lines * LINE), refusals).map(|refused| refused == 0)
    };
    let (mut refused, mut served) = (trace.peak / LINE - 1, 2 * trace.peak / LINE);
    while !serves(served)? {
        (refused, served) = (served, served * 2);
        if served * LINE > LARGEST {
            return Err(format!("{}: refuses in {} bytes", peer.name(), refused * LINE).into());
        }
    }
    while served - refused > 1 {
        let middle = served.midpoint(refused);
        if serves(middle)? { served = middle } else { refused = middle }
    }
    Ok(served * LINE)
}
