//! What a block costs beyond its lines, the largest block of an empty region, and holes that were freed.

use super::{Bench, REGIONS};
use crate::Outcome;
use crate::heap::{Heap, Job, LINE};
use crate::memory::control_bytes;
use crate::peer::HEAPS;
use crate::random::Random;
use crate::replay::largest;
use crate::table::Table;

const SIZES: [usize; 5] = [64, 200, 256, 1024, 4096];
const BLOCK_COLUMNS: [(&str, usize); 10] = [
    ("64 B: blocks", 0),
    ("64 B: lost", 0),
    ("200 B: blocks", 0),
    ("200 B: lost", 0),
    ("256 B: blocks", 0),
    ("256 B: lost", 0),
    ("1 KiB: blocks", 0),
    ("1 KiB: lost", 0),
    ("4 KiB: blocks", 0),
    ("4 KiB: lost", 0),
];
const HOLE_COLUMNS: [(&str, usize); 4] =
    [("largest %", 1), ("hole served %", 1), ("tables 28 KiB B", 0), ("tables 1 MiB B", 0)];

/// Holes that are tried.
const HOLES: usize = 400;

pub(super) fn tables(bench: &mut Bench) -> Outcome<Vec<Table>> {
    let region = REGIONS[0];
    let title = "Overhead: 28 KiB filled with blocks of one size; bytes lost per block beyond whole lines";
    let mut blocks = Table::new(title, &BLOCK_COLUMNS);
    let title = "Overhead: largest block of an empty 28 KiB, freed holes that serve their size again, tables";
    let mut holes = Table::new(title, &HOLE_COLUMNS);
    for peer in HEAPS {
        let mut cells = Vec::new();
        for size in SIZES {
            let count = peer.run(bench.memory.region(region), Fill { size })?;
            let lost = region as f64 / count as f64 - size.next_multiple_of(LINE) as f64;
            cells.extend([Some(count as f64), Some(lost)]);
        }
        blocks.row(peer.name(), cells);
        let whole = peer.run(bench.memory.region(region), Largest { limit: region })?;
        let mut random = Random::new(bench.seed);
        let mut served = 0;
        for _ in 0..HOLES {
            let size = 1 + random.below(16 << 10);
            served += usize::from(peer.run(bench.memory.region(region), Hole { size })?);
        }
        let (small, large) = (
            control_bytes(peer, &mut bench.memory, REGIONS[0])?,
            control_bytes(peer, &mut bench.memory, REGIONS[2])?,
        );
        let percent = |part: usize, of: usize| Some(100.0 * part as f64 / of as f64);
        let cells =
            vec![percent(whole, region), percent(served, HOLES), Some(small as f64), Some(large as f64)];
        holes.row(peer.name(), cells);
    }
    Ok(vec![blocks, holes])
}

/// How many blocks of a size are served.
struct Fill {
    size: usize,
}

impl Job for Fill {
    type Out = usize;

    fn run<H: Heap>(self, heap: &mut H) -> usize {
        let blocks = take_all(heap, self.size);
        let count = blocks.len();
        blocks.into_iter().for_each(|block| heap.free(block));
        count
    }
}

fn take_all<H: Heap>(heap: &mut H, size: usize) -> Vec<H::Handle> {
    std::iter::from_fn(|| heap.alloc(size)).collect()
}

/// Bytes of the largest block, up to `limit`.
struct Largest {
    limit: usize,
}

impl Job for Largest {
    type Out = usize;

    fn run<H: Heap>(self, heap: &mut H) -> usize {
        largest(heap, self.limit)
    }
}

/// Whether a block that is freed in a full region can be had again.
struct Hole {
    size: usize,
}

impl Job for Hole {
    type Out = bool;

    fn run<H: Heap>(self, heap: &mut H) -> bool {
        let before = heap.alloc(LINE);
        let Some(block) = heap.alloc(self.size) else {
            before.into_iter().for_each(|block| heap.free(block));
            return false;
        };
        let rest = take_all(heap, LINE);
        heap.free(block);
        let again = heap.alloc(self.size);
        let served = again.is_some();
        again.into_iter().chain(before).chain(rest).for_each(|block| heap.free(block));
        served
    }
}
