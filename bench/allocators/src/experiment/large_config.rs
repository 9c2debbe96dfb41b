//! Large configuration blobs, each gone before the next, with small blocks made meanwhile that stay.

use super::Bench;
use crate::Outcome;
use crate::peer::HEAPS;
use crate::replay::Refusals;
use crate::table::Table;
use crate::trace::Trace;

const COLUMNS: [(&str, usize); 3] =
    [("80 KiB: refused %", 3), ("96 KiB: refused %", 3), ("128 KiB: refused %", 3)];
const REGIONS: [usize; 3] = [80 << 10, 96 << 10, 128 << 10];

pub(super) fn tables(bench: &mut Bench) -> Outcome<Vec<Table>> {
    let trace = Trace::large_config(bench.scale.config_rounds, bench.seed);
    let title = format!(
        "Large configuration: {} rounds, peak {:.1} KiB in lines (the least regions: see Minimum)",
        bench.scale.config_rounds,
        trace.peak as f64 / 1024.0
    );
    let mut table = Table::new(title, &COLUMNS);
    for peer in HEAPS {
        let mut cells = Vec::new();
        for region in REGIONS {
            let refusals = Refusals { trace: &trace, limit: usize::MAX };
            let refused = peer.run(bench.memory.region(region), refusals)?;
            cells.push(Some(100.0 * refused as f64 / trace.allocs() as f64));
        }
        table.row(peer.name(), cells);
    }
    Ok(vec![table])
}
