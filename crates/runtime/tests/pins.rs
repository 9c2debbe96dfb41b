//! Modules with several inputs and outputs: order through pipelines, readers that rest, unbinding one of several.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects by unwrapping it")]

mod common;

use common::*;
use headroom_module::wire::{AudioFormat, PinConfig};
use headroom_module::{Format, ModuleError, SampleFormat};
use headroom_runtime::{
    ComponentId, Connection, CreatePipeline, Error, MemoryRequest, Platform, PortId, Requested, Runtime, Side,
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
        let source_to_sink = [entry(0), pass(0), pass(1), exit(0)];
        assert_eq!(runs_of(|| tick(rt, 0)), source_to_sink);
        assert_eq!(heard(tape), [Gulp { node: 0, tick: 0, first: 1, frames: 48 }]);
        // The order still holds when modules and pipelines go.
        set(rt, &[1], Requested::Reset).unwrap();
        rt.delete_pipeline(1).unwrap();
        assert_eq!(runs_of(|| rt.tick(1)), [pass(1), exit(0)]);
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
        assert_eq!(module(rt, exit(0)).counters.underruns, 0);
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
            format: Format::new(48000, 1, SampleFormat::S16).unwrap(),
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

fn stereo(rate: u32) -> Format {
    Format::new(rate, 2, SampleFormat::S16).unwrap()
}

/// A pin of blocks of `frames` frames.
fn pin(format: Format, frames: u32) -> PinConfig {
    PinConfig { block: frames * format.frame_bytes() as u32, format: format.into() }
}

fn at(source: (ComponentId, u8), sink: (ComponentId, u8)) -> Connection {
    Connection { source: source.0, source_queue: source.1, sink: sink.0, sink_queue: sink.1 }
}

fn port(component: ComponentId, side: Side, queue: u8) -> PortId {
    PortId { component, side, queue }
}

#[test]
fn rings_of_further_pins_are_as_their_host_lists_them_and_the_first_as_the_base_says() {
    with_runtime(ROOM, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        let inputs = [pin(stereo(48000), 7), pin(MONO, 96), pin(MONO, 10)];
        let outputs = [pin(stereo(48000), 7), pin(MONO, 200)];
        ll(1, hub(0)).pins(&inputs, &outputs).init(rt).unwrap();
        (1..5).for_each(|n| ll(1, hub(n)).init(rt).unwrap());
        let capacity = |rt: &mut Runtime<'_>, connection: Connection| {
            rt.bind(&connection).unwrap();
            let rings = rt.rings().filter(|ring| ring.source.component() == Some(connection.source));
            let made: Vec<_> = rings.filter(|ring| ring.sink.component() == Some(connection.sink)).collect();
            made.last().unwrap().level.capacity
        };
        // Twice the larger block of both ends; all others have 48 frames.
        assert_eq!(capacity(rt, at((hub(1), 0), (hub(0), 0))), 96);
        assert_eq!(capacity(rt, at((hub(2), 0), (hub(0), 1))), 192);
        assert_eq!(capacity(rt, at((hub(3), 0), (hub(0), 2))), 96);
        assert_eq!(capacity(rt, at((hub(4), 0), (hub(0), 3))), 96, "not listed");
        assert_eq!(capacity(rt, at((hub(0), 0), (hub(1), 1))), 96);
        assert_eq!(capacity(rt, at((hub(0), 1), (hub(2), 1))), 400);
    });
}

#[test]
fn a_stream_must_be_what_the_pin_lists_at_either_end() {
    let (unlike, like) = (pin(stereo(48000), 48), pin(MONO, 48));
    let cases: [(&[PinConfig], &[PinConfig], Option<PortId>); 5] = [
        (&[unlike, like], &[unlike, like], None),
        (&[like, unlike], &[], Some(port(hub(1), Side::Input, 1))),
        (&[], &[like, unlike], Some(port(hub(2), Side::Input, 1))),
        (&[like, pin(MONO.with_rate(44100), 48)], &[], Some(port(hub(1), Side::Input, 1))),
        (&[like, pin(MONO.with_rate(0), 48)], &[like, pin(MONO.with_rate(0), 48)], None),
    ];
    for (inputs, outputs, mismatch) in cases {
        with_runtime(ROOM, |rt, _| {
            rt.create_pipeline(&pipeline(1)).unwrap();
            ll(1, hub(0)).init(rt).unwrap();
            ll(1, hub(1)).pins(inputs, outputs).init(rt).unwrap();
            ll(1, hub(2)).init(rt).unwrap();
            for queue in [0, 1] {
                bind(rt, (hub(0), queue), (hub(1), queue));
                bind(rt, (hub(1), queue), (hub(2), queue));
            }
            set(rt, &[1], Requested::Paused).unwrap();
            let outcome = set(rt, &[1], Requested::Running);
            match (mismatch, outcome) {
                (None, Ok(())) => {}
                (Some(port), Err((1, Error::FormatMismatch { sink, .. }))) => assert_eq!(sink, port),
                other => panic!("{other:?}"),
            }
        });
    }
}

#[test]
fn a_pin_that_no_stream_can_have_is_told_when_something_is_bound_there() {
    with_runtime(ROOM, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        let bytes = AudioFormat { depth: 8, valid_bits: 8, ..AudioFormat::from(MONO) };
        let (none, odd) =
            (PinConfig { block: 192, format: bytes }, PinConfig { block: 193, ..pin(MONO, 48) });
        let empty = PinConfig { block: 0, ..odd };
        ll(1, hub(0)).pins(&[none, none, odd, empty], &[none, none, odd, empty]).init(rt).unwrap();
        ll(1, hub(1)).init(rt).unwrap();
        for (side, connection) in [
            (Side::Input, |queue| at((hub(1), queue), (hub(0), queue))),
            (Side::Output, |queue| at((hub(0), queue), (hub(1), queue))),
        ] as [(Side, fn(u8) -> Connection); 2]
        {
            let bits = ModuleError::BadValue { what: "container bits", got: 8, min: 16, max: 32 };
            let error = refused(rt, |rt| rt.bind(&connection(1)));
            assert_eq!(error, Error::Module { component: hub(0), error: bits });
            for (queue, bytes) in [(2, 193), (3, 0)] {
                let port = port(hub(0), side, queue);
                let error = refused(rt, |rt| rt.bind(&connection(queue)));
                assert_eq!(error, Error::BlockSize { port, bytes, frame_bytes: 4 });
            }
        }
        rt.bind(&at((hub(1), 0), (hub(0), 0))).unwrap();
    });
}

#[test]
fn pins_lie_in_the_modules_memory_and_go_with_it() {
    with_runtime(ROOM, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        dp(1, hub(0)).init(rt).unwrap();
        let listed = [pin(MONO, 480); 8];
        dp(1, hub(1)).pins(&listed, &listed[..1]).init(rt).unwrap();
        let (bare, with) = (module(rt, hub(0)).taken_bytes, module(rt, hub(1)).taken_bytes);
        assert!(with > bare, "{with} and {bare}: three more inputs than the first, though eight are listed");
        let bytes = with - bare;
        dp(1, hub(2)).pins(&listed[..4], &listed[..4]).init(rt).unwrap();
        assert!(module(rt, hub(2)).taken_bytes >= bare + 2 * bytes);
        rt.delete_pipeline(1).unwrap();
        assert_eq!(rt.pool_usage().regions, 1);
    });
}

#[test]
fn a_module_whose_pins_find_no_room_is_not_made() {
    let listed = [pin(MONO, 48); 4];
    let (mut made, mut short) = (0, 0);
    for hoard in (1000..4000).step_by(50) {
        with_runtime(ROOM, |rt, _| {
            let memory = Some(MemoryRequest { bytes: 4096, interim_bytes: 0, stack_bytes: 0 });
            rt.create_pipeline(&CreatePipeline { memory, ..pipeline(1) }).unwrap();
            if ll(1, hog(0)).own(&[hoard]).init(rt).is_err() {
                return;
            }
            match ll(1, hub(0)).pins(&listed, &listed).init(rt) {
                Ok(()) => made += 1,
                Err(error) => {
                    short += u32::from(error.to_string().contains(" pins"));
                    assert_eq!(rt.modules().count(), 1);
                }
            }
        });
    }
    assert!(made > 0 && short > 0, "{made} made, {short} without room for their pins");
}

#[test]
fn module_data_reaches_the_module() {
    with_runtime(ROOM, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        for (instance, data) in [None, Some(&[][..]), Some(&[1, 2, 3, 4, 5, 6, 7, 8])].into_iter().enumerate()
        {
            let id = keeper(instance as u8);
            ll(1, id).init_with(rt, data).unwrap();
            let mut kept = [0; 16];
            let bytes = rt.configuration(id, 0, &mut kept).unwrap();
            assert_eq!(kept[..bytes], *data.unwrap_or_default());
        }
    });
}
