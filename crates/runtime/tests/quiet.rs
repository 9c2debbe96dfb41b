//! After the seal nothing allocates: neither from the system nor from a region, over 10,000 ticks.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use common::*;
use headroom_runtime::{Connection, CreatePipeline, MemoryRequest, RegionSnapshot, Requested, Runtime};

/// Requests to the system's allocator that this thread makes `during` something.
fn requests_of(during: impl FnOnce()) -> u64 {
    allocation_counter::measure(during).count_total
}

fn regions(rt: &Runtime<'_>) -> Vec<RegionSnapshot> {
    let pipelines = rt.pipelines().filter_map(|pipeline| pipeline.region);
    let modules = rt.modules().filter_map(|module| module.region);
    [rt.common_region()].into_iter().chain(pipelines).chain(modules).collect()
}

/// A pipeline with a region and one without, 48 kHz and 44.1 kHz blocks, a module with interim memory.
fn graph(rt: &mut Runtime<'_>) {
    let memory = Some(MemoryRequest { bytes: 20_000, interim_bytes: 0, stack_bytes: 0 });
    rt.create_pipeline(&CreatePipeline { memory, ..pipeline(1) }).unwrap();
    rt.create_pipeline(&pipeline(2)).unwrap();
    chain(rt, &[ll(1, entry(0)), dp(1, block(0)), ll(1, hog(0)).own(&[500, 500]), ll(1, exit(0))]);
    let at_441 = |spec: Spec, input, output| spec.rate(44100).blocks(input, output);
    let modules = [
        at_441(ll(2, entry(1)), 45, 45),
        at_441(dp(2, block(1)), 441, 480).own(&[48000]),
        ll(2, pass(0)),
        ll(2, exit(1)).own(&[1]),
    ];
    chain(rt, &modules);
    run(rt, &[1, 2]);
}

#[test]
fn the_counter_counts() {
    assert_eq!(requests_of(|| drop(std::hint::black_box(Box::new(1)))), 1);
}

#[test]
fn ticks_and_dp_runs_allocate_nothing_for_ten_thousand_ticks() {
    with_runtime(headroom_runtime::Platform { modules: 16, edges: 16, ..SMALL }, |rt, tape| {
        graph(rt);
        play(rt, 0..100);
        tape.lock().unwrap().clear();
        let (sealed, mut runs) = (regions(rt), 0);
        assert_eq!(sealed.len(), 4);
        assert!(sealed.iter().all(|region| region.sealed));
        assert_eq!(requests_of(|| runs = play(rt, 100..10_100)), 0);
        assert_eq!(regions(rt), sealed);
        assert_eq!(runs, 2000, "two modules that ran every ten ticks");
        assert_eq!(heard(tape).len(), 20_000, "two sinks that heard something in every tick");
    });
}

/// ```text
///   entry ─► tee ─┬─► exit 0       pipeline 1
///                 └─► exit 1       pipeline 2, which is paused and goes on
/// ```
#[test]
fn forks_between_pipelines_allocate_nothing_whoever_rests() {
    with_runtime(SMALL, |rt, tape| {
        (1..3).for_each(|id| rt.create_pipeline(&pipeline(id)).unwrap());
        chain(rt, &[ll(1, entry(0)), ll(1, tee(0)), ll(1, exit(0))]);
        ll(2, exit(1)).own(&[1]).init(rt).unwrap();
        rt.bind(&Connection { source_queue: 1, ..edge(tee(0), exit(1)) }).unwrap();
        run(rt, &[2, 1]);
        play(rt, 0..10);
        let sealed = regions(rt);
        let ticks = requests_of(|| {
            play(rt, 10..1000);
            set(rt, &[2], Requested::Paused).unwrap();
            play(rt, 1000..2000);
        });
        assert_eq!((ticks, regions(rt)), (0, sealed));
        assert_eq!(heard(tape).len(), 1000 + 2000);
    });
}
