//! What pipelines go through: completing, preparing in two passes, running, holding, resetting, failing.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use common::*;
use headroom_runtime::{
    Error, Event, GatewayDirection, ModuleState, Notice, PipelineState, Platform, Requested, Runtime,
    Standing,
};

fn states(rt: &Runtime<'_>) -> Vec<PipelineState> {
    rt.pipelines().map(|pipeline| pipeline.state).collect()
}

/// Pipelines 1, 2, … each with a source, a module that may fail, and a sink.
fn streams(rt: &mut Runtime<'_>, fails: &[u32]) {
    for (n, &fails) in fails.iter().enumerate() {
        let n = n as u8;
        rt.create_pipeline(&pipeline(n + 1)).unwrap();
        let id = n + 1;
        chain(rt, &[ll(id, entry(n)), ll(id, faulty(n)).own(&[fails]), ll(id, exit(n)).own(&[n.into()])]);
    }
}

#[test]
fn paused_completes_and_running_starts() {
    with_runtime(SMALL, |rt, _| {
        streams(rt, &[0]);
        assert_eq!(states(rt), [PipelineState::Init]);
        set(rt, &[1], Requested::Paused).unwrap();
        assert_eq!(states(rt), [PipelineState::Ready]);
        set(rt, &[1], Requested::Running).unwrap();
        assert_eq!(states(rt), [PipelineState::Active]);
        assert!(rt.modules().all(|module| module.state == ModuleState::Active));
    });
}

#[test]
fn asking_for_where_it_already_is_changes_nothing() {
    with_runtime(SMALL, |rt, _| {
        streams(rt, &[0]);
        run(rt, &[1]);
        play(rt, 0..5);
        for requested in [Requested::Running, Requested::Paused, Requested::Reset] {
            set(rt, &[1], requested).unwrap();
            let before = see(rt);
            set(rt, &[1], requested).unwrap();
            assert_eq!(see(rt), before, "{requested:?}");
        }
    });
}

#[test]
fn all_pipelines_of_a_request_move_together() {
    with_runtime(SMALL, |rt, _| {
        streams(rt, &[0, 0]);
        for (requested, state) in [
            (Requested::Paused, PipelineState::Ready),
            (Requested::Running, PipelineState::Active),
            (Requested::Paused, PipelineState::Paused),
            (Requested::Reset, PipelineState::Ready),
        ] {
            set(rt, &[2, 1], requested).unwrap();
            assert_eq!(states(rt), [state, state]);
        }
    });
}

#[test]
fn a_pipeline_that_fails_to_prepare_takes_those_of_its_request_back_to_ready() {
    with_runtime(Platform { modules: 15, edges: 15, ..SMALL }, |rt, _| {
        streams(rt, &[0, IN_PREPARE, 0]);
        set(rt, &[1, 2, 3], Requested::Paused).unwrap();
        let error = Error::Module { component: faulty(1), error: FAILURE };
        assert_eq!(refused(rt, |rt| set(rt, &[1, 2, 3], Requested::Running)), (2, error));
        assert_eq!(states(rt), [PipelineState::Ready; 3]);
        assert!(rt.modules().all(|module| module.state == ModuleState::Ready));
        set(rt, &[1, 3], Requested::Running).expect("the others are as good as before");
        rt.configure(faulty(1), 0, &[0; 4]).unwrap();
        set(rt, &[2], Requested::Running).expect("and so is this one once it is mended");
        assert_eq!(states(rt), [PipelineState::Active; 3]);
    });
}

#[test]
fn a_pipeline_that_was_never_completed_holds_back_the_others_of_its_request() {
    with_runtime(SMALL, |rt, _| {
        streams(rt, &[0, 0]);
        set(rt, &[1], Requested::Paused).unwrap();
        let (state, requested) = (PipelineState::Init, Requested::Running);
        let error = Error::PipelineState { pipeline: 2, state, requested };
        assert_eq!(refused(rt, |rt| set(rt, &[1, 2], requested)), (2, error));
    });
}

#[test]
fn a_failed_request_does_not_stop_what_ran_before_it() {
    with_runtime(SMALL, |rt, _| {
        streams(rt, &[0, IN_PREPARE]);
        set(rt, &[1, 2], Requested::Paused).unwrap();
        set(rt, &[1], Requested::Running).unwrap();
        play(rt, 0..5);
        refused(rt, |rt| set(rt, &[1, 2], Requested::Running));
        assert_eq!(states(rt), [PipelineState::Active, PipelineState::Ready]);
    });
}

#[test]
fn a_pipeline_that_is_named_twice_is_refused_and_can_still_run() {
    with_runtime(SMALL, |rt, _| {
        streams(rt, &[0]);
        set(rt, &[1, 1], Requested::Paused).unwrap();
        refused(rt, |rt| set(rt, &[1, 1], Requested::Running));
        set(rt, &[1], Requested::Running).unwrap();
    });
}

#[test]
fn a_circle_in_a_later_pipeline_of_the_request_holds_back_those_before_it() {
    with_runtime(SMALL, |rt, _| {
        streams(rt, &[0]);
        rt.create_pipeline(&pipeline(2)).unwrap();
        chain(rt, &[ll(2, pass(0)), ll(2, pass(1))]);
        rt.bind(&edge(pass(1), pass(0))).unwrap();
        let error = (2, Error::Loop { pipeline: 2, component: pass(0) });
        for requested in [Requested::Paused, Requested::Reset] {
            assert_eq!(refused(rt, |rt| set(rt, &[1, 2], requested)), error);
        }
        assert_eq!(states(rt), [PipelineState::Init; 2]);
        set(rt, &[1], Requested::Paused).unwrap();
    });
}

#[test]
fn a_module_made_deleted_or_bound_after_completion_has_its_place_at_the_next_start() {
    with_runtime(SMALL, |rt, tape| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        ll(1, exit(0)).init(rt).unwrap();
        ll(1, pass(7)).init(rt).unwrap();
        set(rt, &[1], Requested::Paused).unwrap();
        rt.delete_module(pass(7)).unwrap();
        for spec in [ll(1, pass(1)), ll(1, pass(0)), ll(1, entry(0))] {
            spec.init(rt).unwrap();
        }
        for pair in [entry(0), pass(0), pass(1), exit(0)].windows(2) {
            rt.bind(&edge(pair[0], pair[1])).unwrap();
        }
        set(rt, &[1], Requested::Running).unwrap();
        let order = [entry(0), pass(0), pass(1), exit(0)];
        assert_eq!(runs_of(|| assert_eq!(play(rt, 0..1), 0)), order);
        assert_eq!(heard(tape), [Gulp { node: 0, tick: 0, first: 1, frames: 48 }], "through all in one tick");
    });
}

#[test]
fn a_circle_that_was_closed_after_completion_is_refused_at_the_start() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(1, pass(0)), ll(1, pass(1))]);
        set(rt, &[1], Requested::Paused).unwrap();
        rt.bind(&edge(pass(1), pass(0))).unwrap();
        let error = refused(rt, |rt| set(rt, &[1], Requested::Running));
        assert_eq!(error, (1, Error::Loop { pipeline: 1, component: pass(0) }));
    });
}

#[test]
fn a_module_that_was_never_prepared_does_not_run_with_the_others() {
    with_runtime(SMALL, |rt, _| {
        streams(rt, &[0]);
        run(rt, &[1]);
        ll(1, pass(9)).init(rt).unwrap();
        for requested in [Requested::Paused, Requested::Running] {
            set(rt, &[1], requested).unwrap();
            assert_eq!(module(rt, pass(9)).state, ModuleState::Ready, "{requested:?}");
        }
        play(rt, 0..3);
        assert_eq!(module(rt, pass(9)).counters.runs, 0);
        set(rt, &[1], Requested::Reset).unwrap();
        set(rt, &[1], Requested::Running).unwrap();
        assert_eq!(module(rt, pass(9)).state, ModuleState::Active);
    });
}

#[test]
fn a_restart_after_reset_gives_the_same_frames_at_the_same_ticks() {
    with_runtime(SMALL, |rt, tape| {
        running_stream(rt);
        play(rt, 0..100);
        let (first, figures) = (heard(tape), see(rt));
        assert_eq!(first.iter().map(|gulp| gulp.frames).sum::<usize>(), 48 * first.len());
        assert!(first.len() > 70, "{}", first.len());
        for _ in 0..3 {
            set(rt, &[1], Requested::Reset).unwrap();
            assert!(rt.rings().all(|ring| ring.level.fill == 0), "reset forgets all audio");
            set(rt, &[1], Requested::Running).unwrap();
            play(rt, 0..100);
            assert_eq!(heard(tape), first);
            assert_eq!(see(rt), figures);
        }
    });
}

#[test]
fn pause_keeps_the_audio_in_the_rings_and_resume_goes_on_with_it() {
    with_runtime(SMALL, |rt, tape| {
        running_stream(rt);
        play(rt, 0..35);
        let held: Vec<_> = rt.rings().map(|ring| ring.level.fill).collect();
        assert!(held.iter().sum::<usize>() > 0);
        set(rt, &[1], Requested::Paused).unwrap();
        assert_eq!(runs_of(|| assert_eq!(play(rt, 35..60), 0)), [], "nothing runs");
        assert_eq!(rt.rings().map(|ring| ring.level.fill).collect::<Vec<_>>(), held);
        set(rt, &[1], Requested::Running).unwrap();
        play(rt, 60..100);
        let heard = heard(tape);
        let frames: usize = heard.iter().map(|gulp| gulp.frames).sum();
        assert_eq!(frames, 48 * heard.len());
        assert!(heard.windows(2).all(|two| two[1].first == two[0].first + 48), "no frame lost or doubled");
        assert_eq!(module(rt, exit(0)).counters.underruns, 0);
    });
}

#[test]
fn an_ll_module_that_fails_stops_its_pipeline_and_no_other() {
    with_runtime(SMALL, |rt, tape| {
        streams(rt, &[0, 0]);
        run(rt, &[1, 2]);
        play(rt, 0..5);
        events(rt);
        rt.configure(faulty(0), 0, &IN_PROCESS.to_le_bytes()).unwrap();
        play(rt, 5..10);
        assert_eq!(events(rt), [Event::Fault { component: faulty(0), error: FAILURE }], "once");
        assert_eq!(states(rt), [PipelineState::Paused, PipelineState::Active]);
        assert_eq!(pipeline_of(rt, 1).stopped_by, Some(faulty(0)));
        assert_eq!(module(rt, faulty(0)).counters.faults, 1);
        let last =
            |node| tape.lock().unwrap().iter().filter(|gulp| gulp.node == node).map(|gulp| gulp.tick).max();
        assert_eq!(last(0), Some(4), "the failing tick gives nothing on");
        play(rt, 10..12);
        assert_eq!(last(1), Some(11));
        rt.configure(faulty(0), 0, &[0; 4]).unwrap();
        set(rt, &[1], Requested::Running).unwrap();
        assert_eq!(pipeline_of(rt, 1).stopped_by, None);
        play(rt, 12..13);
        assert_eq!(last(0), Some(12));
    });
}

#[test]
fn a_dp_module_that_fails_is_run_again_and_its_pipeline_goes_on() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(1, entry(0)), dp(1, faulty(0)).own(&[IN_PROCESS]).blocks(48, 48), ll(1, exit(0))]);
        run(rt, &[1]);
        events(rt);
        assert_eq!(play(rt, 0..3), 3, "once a tick");
        assert_eq!(events(rt), [Event::Fault { component: faulty(0), error: FAILURE }; 3]);
        assert_eq!(states(rt), [PipelineState::Active]);
        rt.configure(faulty(0), 0, &[0; 4]).unwrap();
        play(rt, 3..10);
        assert!(module(rt, faulty(0)).frames_out > 0);
    });
}

#[test]
fn what_a_module_tells_its_host_is_one_event() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(1, entry(0)), ll(1, keeper(0)), dp(1, keeper(1)), ll(1, exit(0))]);
        run(rt, &[1]);
        events(rt);
        let told = |component, value| {
            let notice = Notice::ControlChanged { parameter: 200, index: 1, channel: 0, value };
            Event::Noticed { component, notice }
        };
        rt.configure(keeper(0), 200, &[7]).unwrap();
        rt.configure(keeper(1), 200, &[9]).unwrap();
        assert_eq!(events(rt), [], "not before it runs");
        play(rt, 0..30);
        assert_eq!(events(rt), [told(keeper(0), 7), told(keeper(1), 9)]);
        let text = told(keeper(0), 7).to_string();
        assert_eq!(text, "module 0x9 tells: control 1 of parameter 200 is 7 now on channel 0");
    });
}

#[test]
fn a_device_that_misses_frames_is_an_event_once_until_it_gets_them_again() {
    with_runtime(SMALL, |rt, _| {
        (1..3).for_each(|id| rt.create_pipeline(&pipeline(id)).unwrap());
        chain(rt, &[ll(1, entry(0)), ll(1, faulty(0)).own(&[0])]);
        ll(2, exit(0)).own(&[0x801]).init(rt).unwrap();
        rt.bind(&edge(faulty(0), exit(0))).unwrap();
        run(rt, &[1, 2]);
        let (copier, pipeline, node, direction) = (exit(0), 2, 0x801, GatewayDirection::Out);
        let missed = Event::GatewayMissed { copier, pipeline, node, direction };
        let mut next = 0;
        let mut after = |rt: &mut Runtime<'_>, ticks: u64| {
            play(rt, next..next + ticks);
            next += ticks;
            events(rt)
        };
        after(rt, 10);
        for _ in 0..3 {
            set(rt, &[1], Requested::Paused).unwrap();
            assert_eq!(after(rt, 100), [missed]);
            set(rt, &[1], Requested::Running).unwrap();
            assert_eq!(after(rt, 10), []);
        }
        // Of a sink that is held itself nobody expects anything; a reset forgets what was told.
        set(rt, &[1], Requested::Paused).unwrap();
        assert_eq!(after(rt, 1), [missed]);
        set(rt, &[2], Requested::Paused).unwrap();
        assert_eq!(after(rt, 10), []);
        set(rt, &[1, 2], Requested::Reset).unwrap();
        set(rt, &[1, 2], Requested::Running).unwrap();
        assert_eq!(after(rt, 10), []);
        set(rt, &[1], Requested::Paused).unwrap();
        assert_eq!(after(rt, 10), [missed]);
    });
}

#[test]
fn a_stream_that_ends_can_be_held_or_reset_but_not_run_again() {
    with_runtime(SMALL, |rt, _| {
        streams(rt, &[0, 0]);
        run(rt, &[1]);
        set(rt, &[2], Requested::Paused).unwrap();
        let end = Requested::EndOfStream;
        let error = Error::PipelineState { pipeline: 2, state: PipelineState::Ready, requested: end };
        assert_eq!(refused(rt, |rt| set(rt, &[1, 2], end)), (2, error));
        assert_eq!(rt.standing(1), Ok(Standing::Asked(Requested::Running)));
        set(rt, &[1], end).unwrap();
        assert_eq!(rt.standing(1), Ok(Standing::Asked(end)));
        let requested = Requested::Running;
        let error = Error::PipelineState { pipeline: 1, state: PipelineState::Active, requested };
        assert_eq!(refused(rt, |rt| set(rt, &[2, 1], requested)), (1, error));
        for way_out in [Requested::Paused, Requested::Reset] {
            set(rt, &[1], way_out).unwrap();
            set(rt, &[1], Requested::Running).unwrap();
            set(rt, &[1], end).unwrap();
        }
    });
}

#[test]
fn events_that_nobody_takes_are_counted_not_kept() {
    with_runtime(Platform { events: 2, ..SMALL }, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        (0..2).for_each(|instance| dp(1, block(instance)).init(rt).unwrap());
        assert_eq!((rt.events_lost(), events(rt).len()), (2, 2));
        dp(1, block(2)).init(rt).unwrap();
        assert_eq!((rt.events_lost(), events(rt).len()), (2, 2));
    });
}
