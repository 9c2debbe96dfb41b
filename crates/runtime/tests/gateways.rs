//! Devices at gateways: how much falls due, what is missing and where that is counted, and whose the ring is.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use common::*;
use headroom_runtime::{
    Error, Event, GatewayDirection, GatewayFault, MemoryRequest, ModuleSnapshot, Requested, Runtime,
};

const IN: u32 = source_node(0);
const OUT: u32 = 0;

/// From a gateway straight to a gateway, at a rate.
fn straight(rt: &mut Runtime<'_>, rate: u32) {
    rt.create_pipeline(&pipeline(1)).unwrap();
    let block = rate.div_ceil(1000);
    let copier = |id| ll(1, id).rate(rate).blocks(block, block);
    chain(rt, &[copier(entry(0)), copier(exit(0))]);
}

/// Brings `frames` frames of those that are due; returns how many are and how many there is room for.
fn bring(rt: &mut Runtime<'_>, tick: u64, frames: usize) -> (usize, usize) {
    let mut fill = rt.fill(IN, tick).unwrap();
    let seen = (fill.due(), fill.frames());
    let (first, second) = fill.bytes_mut();
    assert_eq!(first.len() + second.len(), 4 * seen.1);
    fill.commit(frames).unwrap();
    seen
}

/// Frames that are there, of silence, and of start-up.
fn hear(rt: &mut Runtime<'_>, tick: u64) -> [usize; 3] {
    let mut drain = rt.drain(OUT, tick).unwrap();
    let (first, second) = drain.bytes();
    assert_eq!(first.len() + second.len(), 4 * drain.frames());
    [drain.frames(), drain.silence(), drain.start_up()]
}

fn missed(module: &ModuleSnapshot) -> (u32, u64) {
    (module.counters.underruns, module.counters.underrun_frames)
}

#[test]
fn frames_fall_due_exactly_once_a_tick_and_only_while_the_pipeline_runs() {
    with_runtime(SMALL, |rt, _| {
        straight(rt, 44100);
        assert_eq!((bring(rt, 0, 0), hear(rt, 0)), ((0, 0), [0; 3]), "it does not run");
        run(rt, &[1]);
        let due: Vec<_> = (0..20)
            .map(|tick| {
                let (due, room) = bring(rt, tick, 0);
                assert_eq!((room, bring(rt, tick, 0)), (due, (0, 0)), "once");
                rt.tick(tick);
                assert_eq!((hear(rt, tick), hear(rt, tick)), ([0, 0, due], [0; 3]));
                due
            })
            .collect();
        assert_eq!(due.iter().sum::<usize>(), 882);
        assert!(due.iter().all(|due| [44, 45].contains(due)));
        set(rt, &[1], Requested::Paused).unwrap();
        assert_eq!((bring(rt, 20, 0), hear(rt, 20)), ((0, 0), [0; 3]), "it holds");
    });
}

#[test]
fn silence_before_the_first_frame_is_start_up_and_after_it_an_underrun_of_the_copier() {
    with_runtime(SMALL, |rt, _| {
        straight(rt, 48000);
        run(rt, &[1]);
        let mut heard = Vec::new();
        for (tick, brought) in [0, 0, 20, 48, 0, 0, 48].into_iter().enumerate() {
            bring(rt, tick as u64, brought);
            rt.tick(tick as u64);
            heard.push(hear(rt, tick as u64));
        }
        let expected = [[0, 0, 48], [0, 0, 48], [20, 28, 0], [48, 0, 0], [0, 48, 0], [0, 48, 0], [48, 0, 0]];
        assert_eq!(heard, expected);
        let copier = module(rt, exit(0));
        assert_eq!((missed(&copier), copier.frames_out), ((3, 28 + 48 + 48), 116));
        let (node, direction) = (OUT, GatewayDirection::Out);
        let told = Event::GatewayMissed { copier: exit(0), pipeline: 1, node, direction };
        assert_eq!(events(rt), [told, told], "once each time that it lost step");
    });
}

#[test]
fn what_a_device_can_not_keep_is_missing_on_the_copier_and_what_waits_is_not() {
    with_runtime(SMALL, |rt, _| {
        straight(rt, 48000);
        run(rt, &[1]);
        rt.begin_tick(0);
        let away = rt.take_pass(0).unwrap();
        for tick in 0..2 {
            assert_eq!(bring(rt, tick, 48), (48, 48));
        }
        assert_eq!(bring(rt, 2, 0), (48, 0), "nobody took anything, and it waits");
        assert_eq!((missed(&module(rt, entry(0))), events(rt)), ((0, 0), vec![]));
        for tick in 3..5 {
            let mut fill = rt.fill(IN, tick).unwrap();
            fill.lose(48);
        }
        let (node, direction) = (IN, GatewayDirection::In);
        let told = Event::GatewayMissed { copier: entry(0), pipeline: 1, node, direction };
        assert_eq!((missed(&module(rt, entry(0))), events(rt)), ((2, 96), vec![told]));
        rt.finish_pass(away);
    });
}

#[test]
fn more_than_there_is_room_for_is_not_handed_over() {
    with_runtime(SMALL, |rt, _| {
        straight(rt, 48000);
        run(rt, &[1]);
        let fill = rt.fill(IN, 0).unwrap();
        assert!(fill.commit(1).is_err(), "nothing was granted");
        let mut fill = rt.fill(IN, 1).unwrap();
        fill.bytes_mut();
        assert!(fill.commit(49).is_err());
        assert_eq!(gateway_ring(rt, IN).level.fill, 0);
        let mut fill = rt.fill(IN, 2).unwrap();
        fill.bytes_mut();
        fill.commit(7).unwrap();
        assert_eq!(gateway_ring(rt, IN).level.fill, 7);
    });
}

#[test]
fn a_reset_forgets_what_was_heard_brought_missed_and_told() {
    with_runtime(SMALL, |rt, _| {
        straight(rt, 48000);
        run(rt, &[1]);
        for round in 0..3 {
            bring(rt, 0, 48);
            rt.tick(0);
            assert_eq!(hear(rt, 0), [48, 0, 0], "tick 0 falls due anew in round {round}");
            bring(rt, 1, 10);
            rt.tick(1);
            assert_eq!(hear(rt, 1), [10, 38, 0]);
            bring(rt, 2, 48);
            assert_eq!((missed(&module(rt, exit(0))), events(rt).len()), ((1, 38), 1));
            set(rt, &[1], Requested::Reset).unwrap();
            assert_eq!(missed(&module(rt, exit(0))), (0, 0));
            assert_eq!([IN, OUT].map(|node| gateway_ring(rt, node).level.fill), [0, 0]);
            set(rt, &[1], Requested::Running).unwrap();
            rt.tick(3);
            assert_eq!(hear(rt, 3), [0, 0, 48], "start-up again");
        }
    });
}

#[test]
fn a_reset_forgets_the_rate_that_was_heard() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        ll(1, exit(0)).rate(0).blocks(48, 48).init(rt).unwrap();
        for rate in [44100, 48000] {
            ll(1, entry(0)).rate(rate).blocks(48, 48).init(rt).unwrap();
            rt.bind(&edge(entry(0), exit(0))).unwrap();
            run(rt, &[1]);
            assert_eq!(rt.drain(OUT, 0).unwrap().format().map(|format| format.rate()), Some(rate));
            set(rt, &[1], Requested::Reset).unwrap();
            rt.unbind(&edge(entry(0), exit(0))).unwrap();
            rt.delete_module(entry(0)).unwrap();
        }
    });
}

#[test]
fn nodes_that_no_copier_has_or_has_the_other_way_are_refused() {
    with_runtime(SMALL, |rt, _| {
        straight(rt, 48000);
        run(rt, &[1]);
        let none = |node, direction| Some(Error::Gateway { node, fault: GatewayFault::Missing(direction) });
        for node in [OUT, 0x77] {
            assert_eq!(rt.fill(node, 0).err(), none(node, GatewayDirection::In));
        }
        for node in [IN, 0x77] {
            assert_eq!(rt.drain(node, 0).err(), none(node, GatewayDirection::Out));
        }
        bring(rt, 0, 48);
        rt.tick(0);
        assert_eq!(hear(rt, 0), [48, 0, 0], "a refusal uses nothing up");
    });
}

#[test]
fn a_second_copier_of_a_node_is_refused_until_the_first_is_gone() {
    with_runtime(SMALL, |rt, _| {
        straight(rt, 48000);
        let nodes = |rt: &Runtime<'_>| rt.gateways().map(|gateway| gateway.node).collect::<Vec<_>>();
        assert_eq!(nodes(rt), [IN, OUT]);
        let common = rt.common_region().interim_used;
        let in_use = |node, copier| Error::Gateway { node, fault: GatewayFault::InUse(copier) };
        assert_eq!(refused(rt, |rt| ll(1, entry(1)).own(&[IN]).init(rt)), in_use(IN, entry(0)));
        assert_eq!(refused(rt, |rt| dp(1, exit(1)).own(&[OUT]).init(rt)), in_use(OUT, exit(0)));
        assert_eq!((rt.common_region().interim_used, nodes(rt)), (common, vec![IN, OUT]));
        rt.delete_module(entry(0)).unwrap();
        assert_eq!(nodes(rt), [OUT]);
        ll(1, entry(1)).own(&[IN]).init(rt).unwrap();
        assert_eq!(nodes(rt), [IN, OUT], "in the order of their seats");
    });
}

#[test]
fn the_ring_is_the_copiers_and_goes_with_it() {
    with_runtime(SMALL, |rt, _| {
        table_of_pass(rt);
        rt.create_pipeline(&pipeline(1)).unwrap();
        let before = rt.common_region().interim_used;
        ll(1, pass(0)).init(rt).unwrap();
        let plain = module(rt, pass(0)).taken_bytes;
        ll(1, entry(0)).own(&[IN, 4000]).init(rt).unwrap();
        let taken = module(rt, entry(0)).taken_bytes;
        assert!(taken >= plain + 4000 && taken < plain + 4000 + 256, "{plain} and a ring of 4000: {taken}");
        assert_eq!(rt.common_region().interim_used, before + plain + taken, "and not a byte more");
        rt.delete_module(entry(0)).unwrap();
        assert_eq!(rt.common_region().interim_used, before + plain);
        assert_eq!(rt.rings().count(), 0);
    });
}

#[test]
fn a_ring_that_does_not_fit_its_region_refuses_the_copier() {
    with_runtime(SMALL, |rt, _| {
        let memory = Some(MemoryRequest { bytes: 4096, interim_bytes: 0, stack_bytes: 0 });
        let request = headroom_runtime::CreatePipeline { memory, ..pipeline(1) };
        rt.create_pipeline(&request).unwrap();
        let error = ll(1, entry(0)).own(&[IN, 8192]).init(rt).unwrap_err();
        assert!(matches!(error, Error::Ring { .. }), "{error:?}");
        assert_eq!((rt.modules().count(), rt.gateways().count(), rt.rings().count()), (0, 0, 0));
    });
}

#[test]
fn what_goes_out_of_a_dp_copier_is_held_back_for_a_period_as_at_any_border() {
    with_runtime(SMALL, |rt, tape| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(1, entry(0)), dp(1, exit(0)).blocks(48, 480)]);
        run(rt, &[1]);
        play(rt, 0..40);
        let heard = heard(tape);
        // It runs in tick 0 for the first time, and its period of ten ticks begins.
        assert_eq!(heard[0], Gulp { node: OUT, tick: 11, first: 1, frames: 48 });
        assert!(heard.iter().map(|gulp| gulp.tick).eq(11..40));
        assert_eq!(missed(&module(rt, exit(0))), (0, 0));
    });
}
