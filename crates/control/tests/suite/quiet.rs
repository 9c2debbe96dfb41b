//! The real-time rule over the modules that ship: once a stream runs, nothing allocates.

use headroom_runtime::Statistics;

use super::messages::{PAUSED, RUNNING, set_state, stream};
use super::support::{Arena, Bench, Ends};

fn figures(bench: &Bench<'_>) -> Vec<Option<Statistics>> {
    let modules = bench.runtime.modules().map(|module| module.region);
    let pipelines = bench.runtime.pipelines().map(|pipeline| pipeline.region);
    modules.chain(pipelines).chain([Some(bench.runtime.common_region())]).collect()
}

#[test]
fn ticks_and_dp_runs_allocate_nothing_after_the_seal() {
    let (mut arena, mut ends) = (Arena::new(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &mut ends);
    bench.send_all(&stream());
    bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
    let sealed = figures(&bench);
    assert!(sealed.iter().flatten().all(|region| region.sealed));
    let heap = allocation_counter::measure(|| (0..10_000).for_each(|_| bench.tick()));
    assert_eq!(heap.count_total, 0, "allocations on the heap");
    assert_eq!(figures(&bench), sealed, "regions");
    let src = bench.runtime.modules().find(|module| module.name == "src").unwrap();
    assert!(src.counters.runs >= 10_000 && src.frames_out > 400_000, "{src:?}");
}

/// The counter counts, or the test above could not fail.
#[test]
fn an_allocation_would_be_seen() {
    let heap = allocation_counter::measure(|| drop(std::hint::black_box(vec![0u8; 100])));
    assert_eq!(heap.count_total, 1);
}
