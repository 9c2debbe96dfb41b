//! Modules with several inputs and outputs: order through pipelines, readers that rest, unbinding one of several.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use common::*;
use headroom_runtime::{
    ComponentId, Connection, CreatePipeline, Error, Platform, PortId, Requested, Runtime, Side,
};
use proptest::collection::vec;
use proptest::prelude::*;

const ROOM: Platform = Platform { modules: 24, edges: 64, common_bytes: 256 << 10, ..SMALL };

fn bind(rt: &mut Runtime<'_>, source: (ComponentId, u8), sink: (ComponentId, u8)) {
    let connection =
        Connection { source: source.0, source_queue: source.1, sink: sink.0, sink_queue: sink.1 };
    rt.bind(&connection).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Eight modules spread over three pipelines, edges only from lower to higher numbers: no circle of modules, but the
    /// pipelines may well feed each other both ways.
    #[test]
    fn among_equal_priorities_every_module_runs_after_its_feeders_from_whichever_pipeline(
        homes in vec(1..4_u8, 8),
        priorities in vec(0..2_u8, 3),
        made in Just((0..8_u8).collect::<Vec<_>>()).prop_shuffle(),
        completed in Just(vec![1, 2, 3_u8]).prop_shuffle(),
        edges in vec((0..8_usize, 0..8_usize), 0..20),
    ) {
        with_runtime(ROOM, |rt, _| {
            for (id, &priority) in (1..).zip(&priorities) {
                rt.create_pipeline(&CreatePipeline { priority, ..pipeline(id) }).unwrap();
            }
            made.iter().for_each(|&n| ll(homes[usize::from(n)], hub(n)).init(rt).unwrap());
            let (mut outputs, mut inputs, mut bound) = ([0; 8], [0; 8], Vec::new());
            for &(from, to) in edges.iter().filter(|(from, to)| from < to) {
                if outputs[from] < 4 && inputs[to] < 4 {
                    bind(rt, (hub(from as u8), outputs[from]), (hub(to as u8), inputs[to]));
                    (outputs[from], inputs[to]) = (outputs[from] + 1, inputs[to] + 1);
                    bound.push((from, to));
                }
            }
            let homed: Vec<_> = completed.into_iter().filter(|id| homes.contains(id)).collect();
            run(rt, &homed);
            let order = runs_of(|| rt.tick(0));
            assert_eq!(order.len(), 8, "every module once");
            let place = |n: usize| order.iter().position(|&id| id == hub(n as u8)).unwrap();
            let priority = |n: usize| priorities[usize::from(homes[n]) - 1];
            for &(from, to) in bound.iter().filter(|(from, to)| priority(*from) == priority(*to)) {
                assert!(place(from) < place(to), "{from} feeds {to}, but the order is {order:?}");
            }
            let by_place: Vec<u8> = order.iter().map(|id| priority(usize::from((id.word() >> 16) as u8))).collect();
            assert!(by_place.is_sorted(), "{by_place:?}");
        });
    }
}

#[test]
fn a_frame_crosses_pipelines_in_its_tick_though_the_reading_one_was_made_first() {
    with_runtime(ROOM, |rt, tape| {
        rt.create_pipeline(&pipeline(2)).unwrap();
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(2, pass(1)), ll(2, exit(0))]);
        chain(rt, &[ll(1, entry(0)), ll(1, pass(0))]);
        rt.bind(&edge(pass(0), pass(1))).unwrap();
        run(rt, &[2, 1]);
        let source_to_sink = [entry(0).endpoint(), entry(0), pass(0), pass(1), exit(0), exit(0).endpoint()];
        assert_eq!(runs_of(|| rt.tick(0)), source_to_sink);
        assert_eq!(heard(tape), [Gulp { node: 0, tick: 0, first: 1, frames: 48 }]);
        // The order still holds when modules and pipelines go.
        set(rt, &[1], Requested::Reset).unwrap();
        rt.delete_pipeline(1).unwrap();
        assert_eq!(runs_of(|| rt.tick(1)), [pass(1), exit(0), exit(0).endpoint()]);
    });
}

#[test]
fn a_circle_through_two_pipelines_is_cut_and_runs_every_module_once() {
    with_runtime(ROOM, |rt, _| {
        (1..3).for_each(|id| rt.create_pipeline(&pipeline(id)).unwrap());
        ll(1, hub(0)).init(rt).unwrap();
        ll(2, hub(1)).init(rt).unwrap();
        bind(rt, (hub(0), 0), (hub(1), 0));
        bind(rt, (hub(1), 1), (hub(0), 1));
        run(rt, &[2, 1]);
        assert_eq!(runs_of(|| rt.tick(0)), [hub(0), hub(1)]);
    });
}

/// ```text
///   entry ─► tee ─0─► exit 0          pipeline 1
///             └──2─► exit 1           pipeline 2
/// ```
fn forked(rt: &mut Runtime<'_>, tee_spec: Spec) {
    (1..3).for_each(|id| rt.create_pipeline(&pipeline(id)).unwrap());
    chain(rt, &[ll(1, entry(0)), tee_spec, ll(1, exit(0))]);
    ll(2, exit(1)).own(&[1]).init(rt).unwrap();
    bind(rt, (tee(0), 2), (exit(1), 0));
    run(rt, &[1, 2]);
}

fn nodes(tape: &Tape) -> [usize; 2] {
    let gulps = heard(tape);
    [0, 1].map(|node| gulps.iter().filter(|gulp| gulp.node == node).map(|gulp| gulp.frames).sum())
}

#[test]
fn an_output_whose_reader_rests_does_not_stop_the_others() {
    with_runtime(ROOM, |rt, tape| {
        forked(rt, ll(1, tee(0)));
        play(rt, 0..10);
        assert_eq!(nodes(tape), [480, 480]);
        set(rt, &[2], Requested::Paused).unwrap();
        play(rt, 10..110);
        assert_eq!(nodes(tape), [4800, 0]);
        assert_eq!(module(rt, exit(0).endpoint()).counters.underruns, 0);
    });
}

#[test]
fn a_dp_module_is_ready_and_due_by_the_outputs_whose_readers_run() {
    with_runtime(ROOM, |rt, tape| {
        forked(rt, dp(1, tee(0)).memory(64 << 10, 0));
        play(rt, 0..50);
        let [one, two] = nodes(tape);
        assert!(one > 1000 && one == two, "{one} {two}");
        set(rt, &[2], Requested::Paused).unwrap();
        play(rt, 50..150);
        assert_eq!(nodes(tape), [4800, 0]);
    });
}

#[test]
fn one_of_several_outputs_is_unbound_and_bound_again_while_all_run() {
    with_runtime(ROOM, |rt, tape| {
        forked(rt, ll(1, tee(0)));
        let second = Connection { source: tee(0), source_queue: 2, sink: exit(1), sink_queue: 0 };
        let wrong = Connection { source_queue: 0, ..second };
        let port = |component, side, queue| PortId { component, side, queue };
        let (source, sink) = (port(tee(0), Side::Output, 0), port(exit(1), Side::Input, 0));
        assert_eq!(refused(rt, |rt| rt.unbind(&wrong)), Error::NotBound { source, sink });
        rt.unbind(&second).unwrap();
        play(rt, 0..10);
        assert_eq!(nodes(tape), [480, 0]);
        set(rt, &[2], Requested::Reset).unwrap();
        rt.bind(&Connection { source_queue: 3, ..second }).unwrap();
        set(rt, &[2], Requested::Running).unwrap();
        play(rt, 10..20);
        assert_eq!(nodes(tape), [480, 480]);
    });
}

#[test]
fn blocks_of_further_outputs_are_whole_frames_of_what_those_give_out() {
    with_runtime(ROOM, |rt, _| {
        (1..3).for_each(|id| rt.create_pipeline(&pipeline(id)).unwrap());
        // 10 bytes are two and a half frames of four bytes.
        let odd = |spec: Spec| Spec {
            format: headroom_module::Format::new(48000, 1, headroom_module::SampleFormat::S16).unwrap(),
            ..spec.blocks(5, 5)
        };
        odd(ll(1, tee(0))).init(rt).unwrap();
        ll(1, pass(0)).blocks(1, 1).init(rt).unwrap();
        let at = |queue| Connection { source: tee(0), source_queue: queue, sink: pass(0), sink_queue: 0 };
        let port = PortId { component: tee(0), side: Side::Output, queue: 0 };
        assert_eq!(refused(rt, |rt| rt.bind(&at(0))), Error::BlockSize { port, bytes: 10, frame_bytes: 4 });
        rt.bind(&at(1)).unwrap();
        assert_eq!(ring(rt, tee(0)).level.capacity, 2 * 3);
    });
}
