//! The real-time rule over the modules that ship: once a stream runs, nothing allocates.

use std::sync::atomic::Ordering::Relaxed;

use headroom_runtime::{Platform, RegionSnapshot};

use super::messages::*;
use super::mix;
use super::support::{Bench, Ends, PLATFORM, arena};

fn figures(bench: &Bench<'_>) -> Vec<Option<RegionSnapshot>> {
    let modules = bench.runtime.modules().map(|module| module.region);
    let pipelines = bench.runtime.pipelines().map(|pipeline| pipeline.region);
    modules.chain(pipelines).chain([Some(bench.runtime.common_region())]).collect()
}

#[test]
fn ticks_and_dp_runs_allocate_nothing_after_the_seal() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
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

/// A sample format: its words behind the rate, and the bytes of a millisecond of it at 48 kHz.
type Shape = ([u32; 5], u32);

const S16: Shape = ([0x10, 0xffff_ff10, 1, 0, 0x0001_1002], 0xc0);
const S24: Shape = ([0x20, 0xffff_ff10, 1, 0, 0x0001_1802], 0x180);
const S32: Shape = (STEREO_S32, 0x180);
const FLOAT: Shape = ([0x20, 0xffff_ff10, 1, 0, 0x0004_2002], 0x180);

fn init(id: u32, pipeline: u32, (format, ms): Shape, own: &[u32]) -> Vec<u8> {
    let base = [&[0, ms, ms, 0, HZ_48000][..], &format].concat();
    message([0x4000_0000 | id, pipeline << 16 | (base.len() + own.len()) as u32], &[&base, own])
}

fn init_gate(id: u32, pipeline: u32, shape: Shape, node: u32) -> Vec<u8> {
    init(id, pipeline, shape, &[&[HZ_48000][..], &shape.0, &[0, node, 0, 1, 0]].concat())
}

/// All channels to `target` on curve `curve` within half a second.
fn ramp(target: u32, curve: u32) -> [u32; 6] {
    [0xffff_ffff, target, curve, 0, 5_000_000, 0]
}

const PEAKVOL: u32 = 0x0_0005;
const MIXOUT: u32 = 0x0_0003;
const SPEAKER_GAIN: u32 = 0x1_0006;
const OTHER_HOST: u32 = 0x2_0004;

/// ```text
///   pipeline 1   host ─► gain ────► mixin 0 ─┐
///   pipeline 2   host ─► peakvol ─► mixin 1 ─┴─► mixout ─► gain ─► speaker   pipeline 3
/// ```
fn mixing(shape: Shape) -> Vec<Vec<u8>> {
    let (linear, crossings, fade) = (2, 4, 1);
    let [one, two] = [0, 1].map(mix::mixin);
    vec![
        create(1),
        create(2),
        create(3),
        init_gate(HOST, 1, shape, HOST_OUT),
        init(GAIN, 1, shape, &ramp(HALF, linear)),
        init(one, 1, shape, &[]),
        init_gate(OTHER_HOST, 2, shape, HOST_OUT + 1),
        init(PEAKVOL, 2, shape, &ramp(HALF, crossings)),
        init(two, 2, shape, &[]),
        init(MIXOUT, 3, shape, &[]),
        init(SPEAKER_GAIN, 3, shape, &ramp(UNITY - 1, fade)),
        init_gate(SPEAKER, 3, shape, LINK_OUT),
        bind(HOST, GAIN),
        bind(GAIN, one),
        bind(OTHER_HOST, PEAKVOL),
        bind(PEAKVOL, two),
        bind(one, MIXOUT),
        message([0x4500_0000 | two, 1 << 24 | MIXOUT], &[]),
        bind(MIXOUT, SPEAKER_GAIN),
        bind(SPEAKER_GAIN, SPEAKER),
        // The second stream with its channels swapped and lowered, all channels once more behind the mixer.
        message([0x4400_0000 | two, 0x3010_0018], &[&[1, 0, 1, 2, 0x01, 0x300]]),
        message([0x4401_0004, 0x3070_0004], &[&[0xffff_ff01]]),
        set_states(&[3, 2, 1], PAUSED),
        set_states(&[3, 2, 1], RUNNING),
    ]
}

/// The mixers refuse floats.
fn straight(shape: Shape) -> Vec<Vec<u8>> {
    vec![
        create(1),
        init_gate(HOST, 1, shape, HOST_OUT),
        init(GAIN, 1, shape, &ramp(HALF, 1)),
        init_gate(SPEAKER, 1, shape, LINK_OUT),
        bind(HOST, GAIN),
        bind(GAIN, SPEAKER),
        message([0x4401_0004, 0x3070_0004], &[&[0xffff_ff01]]),
        set_state(1, PAUSED),
        set_state(1, RUNNING),
    ]
}

fn ramps_and_mixes_quietly(messages: &[Vec<u8>]) {
    let dry = |tick| (4_000..4_100).contains(&tick);
    let (mut arena, ends) = (arena(), Ends { dry: Some(dry), ..Ends::default() });
    let (pool, counts) = (arena.pool(), ends.counts.clone());
    let mut bench = Bench::on(Platform { edges: 16, ..PLATFORM }, &pool, &ends);
    bench.send_all(messages);
    let sealed = figures(&bench);
    // Half a second of ramps, streams that go on, and then a gap in all of them.
    for ticks in [1_000, 2_999, 1_001] {
        let heap = allocation_counter::measure(|| (0..ticks).for_each(|_| bench.tick()));
        assert_eq!(heap.count_total, 0, "allocations on the heap");
        assert_eq!(figures(&bench), sealed, "regions");
        assert_ne!(counts.last.load(Relaxed), 0, "silence");
    }
    let heard = counts.heard.load(Relaxed);
    assert!((4_900 * 48..=5_000 * 48).contains(&heard), "{heard} frames");
    assert!(
        bench.runtime.modules().all(|module| module.counters.faults == 0 && module.counters.runs == 5_000)
    );
}

#[test]
fn gain_and_mixers_allocate_nothing_in_any_format() {
    [S16, S24, S32].iter().for_each(|shape| ramps_and_mixes_quietly(&mixing(*shape)));
    [S16, S24, S32, FLOAT].iter().for_each(|shape| ramps_and_mixes_quietly(&straight(*shape)));
}

/// The counter counts, or the test above could not fail.
#[test]
fn an_allocation_would_be_seen() {
    let heap = allocation_counter::measure(|| drop(std::hint::black_box(vec![0u8; 100])));
    assert_eq!(heap.count_total, 1);
}
