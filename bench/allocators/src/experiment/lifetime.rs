//! Blocks that are never freed: those of SOF's DP sample rate converter, in its 28 KiB region.

use std::hint::black_box;
use std::ops::Range;

use super::{Bench, REGIONS};
use crate::Outcome;
use crate::check::Ledger;
use crate::heap::{Heap, Job};
use crate::peer::{LIFETIME, Peer};
use crate::table::{Table, median, middle_mean};
use crate::timer::ticks;

/// Bytes of the module, component, two object pools, configuration, component data, stages, two copies of
/// coefficients, buffer object, ring and delay lines (`allocators.md`, section 3).
pub(crate) const SIZES: [usize; 12] = [640, 512, 112, 176, 96, 568, 112, 4480, 1984, 256, 2304, 14_336];

/// Fresh heaps per heap and round.
const RUNS: usize = 200;

pub(super) fn tables(bench: &mut Bench) -> Outcome<Vec<Table>> {
    let mut batches = vec![Vec::new(); LIFETIME.len()];
    for _ in 0..bench.scale.rounds {
        let floor = round(bench, Peer::Null)?;
        for (peer, batches) in LIFETIME.into_iter().zip(&mut batches) {
            batches.push(round(bench, peer)? - floor);
        }
    }
    let per_alloc = |batches: Vec<f64>| {
        median(batches).map(|batch| batch * bench.nanoseconds_per_tick / SIZES.len() as f64)
    };
    let figures: Vec<Option<f64>> = batches.into_iter().map(per_alloc).collect();
    let ours = figures[0];
    let title = format!(
        "Lifetime: {} blocks, {} B asked, {} B in lines, 28 KiB",
        SIZES.len(),
        SIZES.iter().sum::<usize>(),
        SIZES.iter().map(|size| size.next_multiple_of(64)).sum::<usize>()
    );
    let mut table = Table::new(title, &[("ns/alloc", 1), ("x", 2), ("span B", 0)]);
    for (peer, nanoseconds) in LIFETIME.into_iter().zip(figures) {
        let ratio = nanoseconds.zip(ours).map(|(theirs, ours)| theirs / ours);
        let bounds = bench.bounds(peer, REGIONS[0]);
        let span = peer.run(bench.memory.region(REGIONS[0]), Span { bounds })?;
        let span = span.map_err(|error| format!("{}: {error}", peer.name()))?;
        table.row(
            peer.name(),
            match span {
                Some(span) => vec![nanoseconds, ratio, Some(span as f64)],
                None => vec![None; 3],
            },
        );
    }
    Ok(vec![table])
}

/// Ticks of all blocks together.
fn round(bench: &mut Bench, peer: Peer) -> Outcome<f64> {
    let batches: Result<Vec<f64>, _> =
        (0..RUNS).map(|_| peer.run(bench.memory.region(REGIONS[0]), Batch)).collect();
    middle_mean(batches?).ok_or_else(|| "no runs".into())
}

/// Ticks of all blocks together, each kept.
struct Batch;

impl Job for Batch {
    type Out = f64;

    fn run<H: Heap>(self, heap: &mut H) -> f64 {
        let mut handles: [Option<H::Handle>; SIZES.len()] = [const { None }; SIZES.len()];
        let start = ticks();
        for (handle, size) in handles.iter_mut().zip(SIZES) {
            *handle = heap.alloc_lifetime(black_box(size));
        }
        let end = ticks();
        handles.into_iter().flatten().for_each(|handle| heap.free(handle));
        (end - start) as f64
    }
}

/// Checks the blocks, and says how many bytes lie between the ends of them; None if one is refused.
struct Span {
    bounds: Option<Range<usize>>,
}

impl Job for Span {
    type Out = Result<Option<usize>, String>;

    fn run<H: Heap>(self, heap: &mut H) -> Self::Out {
        let mut ledger = Ledger::new(self.bounds);
        let mut handles = Vec::new();
        for (index, size) in SIZES.into_iter().enumerate() {
            let Some(mut handle) = heap.alloc_lifetime(size) else {
                handles.into_iter().for_each(|handle| heap.free(handle));
                return Ok(None);
            };
            ledger.enter(H::bytes(&mut handle), size, index as u8)?;
            handles.push(handle);
        }
        let span = ledger.span();
        for (index, mut handle) in handles.into_iter().enumerate() {
            ledger.leave(H::bytes(&mut handle), index as u8)?;
            heap.free(handle);
        }
        Ok(Some(span))
    }
}
