//! LL passes as jobs: taken and brought home whole, run step by step, on two cores, and met by messages.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use common::*;
use headroom_module::gateway::GatewayDirection;
use headroom_runtime::{
    Connection, CreatePipeline, Error, Event, LlPass, PipelineState, Requested, Runtime, TransferFault,
};

/// Pipelines 1 and 2, each from a gateway to a gateway, the second one on core 1.
fn two_cores(rt: &mut Runtime<'_>) {
    for (id, core) in [(1, 0), (2, 1)] {
        rt.create_pipeline(&CreatePipeline { core, ..pipeline(id) }).unwrap();
        let n = id - 1;
        let modules = [ll(id, entry(n)), ll(id, faulty(n)).own(&[0]), ll(id, exit(n)).own(&[n.into()])];
        chain(rt, &modules.map(|module| module.core(core)));
    }
    run(rt, &[1, 2]);
}

/// A tick that is taken apart: `execute` is handed all passes, and gives them back.
fn apart<'m>(rt: &mut Runtime<'m>, tick: u64, execute: impl FnOnce(Vec<LlPass<'m>>) -> Vec<LlPass<'m>>) {
    serve(rt, tick, GatewayDirection::In);
    rt.begin_tick(tick);
    let passes = (0..rt.platform().cores).filter_map(|core| rt.take_pass(core)).collect();
    execute(passes).into_iter().for_each(|pass| rt.finish_pass(pass));
    serve(rt, tick, GatewayDirection::Out);
}

fn run_all(mut pass: LlPass<'_>) -> LlPass<'_> {
    while let Some(step) = pass.next() {
        step.run();
    }
    pass
}

#[test]
fn passes_of_two_cores_on_two_threads_are_a_tick() {
    let mut results = Vec::new();
    for threads in [false, true] {
        with_runtime(SMALL, |rt, tape| {
            two_cores(rt);
            for index in 0..300 {
                if threads {
                    apart(rt, index, |passes| {
                        assert_eq!(passes.len(), 2);
                        std::thread::scope(|scope| {
                            let threads: Vec<_> =
                                passes.into_iter().map(|pass| scope.spawn(|| run_all(pass))).collect();
                            threads.into_iter().rev().map(|thread| thread.join().unwrap()).collect()
                        })
                    });
                } else {
                    tick(rt, index);
                }
            }
            results.push((heard(tape), see(rt)));
        });
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0].0.len(), 600);
}

#[test]
fn steps_say_who_runs_where_and_in_the_order_of_the_run() {
    with_runtime(SMALL, |rt, _| {
        two_cores(rt);
        rt.begin_tick(7);
        let mut pass = rt.take_pass(1).unwrap();
        assert_eq!((pass.core(), pass.tick().index), (1, 7));
        let mut steps = Vec::new();
        while let Some(step) = pass.next() {
            steps.push((step.component(), step.core()));
            step.run();
        }
        assert_eq!(steps, [entry(1), faulty(1), exit(1)].map(|id| (id, 1)));
        rt.finish_pass(pass);
        assert!(rt.modules().all(|module| module.core == (module.pipeline == 2).into() && !module.out));
    });
}

#[test]
fn a_pass_is_handed_out_once_a_tick_and_only_where_something_runs() {
    with_runtime(SMALL, |rt, _| {
        assert!(rt.take_pass(0).is_none(), "before the first tick");
        two_cores(rt);
        assert!(rt.take_pass(0).is_none(), "no tick has begun");
        rt.begin_tick(0);
        assert!([2, 3, 4, 255].iter().all(|&core| rt.take_pass(core).is_none()), "nothing runs there");
        let pass = rt.take_pass(0).unwrap();
        assert!(rt.take_pass(0).is_none(), "it is out");
        rt.finish_pass(pass);
        assert!(rt.take_pass(0).is_none(), "it has run");
        rt.begin_tick(1);
        set(rt, &[1], Requested::Paused).unwrap();
        let mut pass = rt.take_pass(0).unwrap();
        assert!(pass.next().is_none(), "its pipeline holds from now on, not from the next tick on");
        rt.finish_pass(pass);
        rt.begin_tick(2);
        assert!(rt.take_pass(0).is_none(), "its pipeline holds");
    });
}

#[test]
fn a_step_that_is_not_run_rests_and_so_do_those_behind_one_that_fails() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        rt.create_pipeline(&pipeline(2)).unwrap();
        chain(rt, &[ll(1, pass(0)), ll(1, faulty(0)).own(&[IN_PROCESS]), ll(1, pass(1))]);
        chain(rt, &[ll(2, pass(2)), ll(2, pass(3))]);
        run(rt, &[1, 2]);
        rt.begin_tick(0);
        let mut taken = rt.take_pass(0).unwrap();
        let runs = runs_of(|| {
            while let Some(step) = taken.next() {
                if step.component() != pass(2) {
                    step.run();
                }
            }
        });
        assert_eq!(runs, [pass(0), pass(3)]);
        assert_eq!((events(rt), pipeline_of(rt, 1).state), (vec![], PipelineState::Active));
        rt.finish_pass(taken);
        assert_eq!(events(rt), [Event::Fault { component: faulty(0), error: FAILURE }]);
        assert_eq!(pipeline_of(rt, 1).stopped_by, Some(faulty(0)));
        assert_eq!(runs_of(|| rt.tick(1)), [pass(2), pass(3)]);
        rt.configure(faulty(0), 0, &[0; 4]).unwrap();
        set(rt, &[1], Requested::Running).unwrap();
        assert_eq!(runs_of(|| rt.tick(2)), [0, 1, 2, 3].map(pass), "all of it again");
    });
}

#[test]
fn audio_that_goes_from_core_to_core_and_back_is_heard_in_its_tick() {
    with_runtime(SMALL, |rt, tape| {
        for (id, core) in [(3, 0), (2, 1), (1, 0)] {
            rt.create_pipeline(&CreatePipeline { core, ..pipeline(id) }).unwrap();
        }
        chain(rt, &[ll(1, entry(0)), ll(1, pass(1)), ll(2, pass(2)).core(1), ll(3, pass(3)), ll(3, exit(0))]);
        run(rt, &[3, 2, 1]);
        let order = [entry(0), pass(1), pass(2), pass(3), exit(0)];
        for index in 0..3 {
            assert_eq!(runs_of(|| tick(rt, index)), order);
        }
        let through = |tick: u64| Gulp { node: 0, tick, first: 1 + 48 * tick as i32, frames: 48 };
        assert_eq!(heard(tape), [0, 1, 2].map(through));
    });
}

/// The pass of core 0, with pipeline 1, is away from tick 3 on; pipeline 2 on core 1 is not.
fn with_a_pass_away(test: impl for<'m> FnOnce(&mut Runtime<'m>, LlPass<'m>)) {
    with_runtime(SMALL, |rt, _| {
        two_cores(rt);
        play(rt, 0..3);
        events(rt);
        rt.begin_tick(3);
        let pass = rt.take_pass(0).unwrap();
        test(rt, pass);
    });
}

#[test]
fn verbs_that_need_a_module_of_a_pass_that_is_away_answer_busy() {
    with_a_pass_away(|rt, away| {
        let busy = Error::Busy;
        let bound = edge(entry(0), faulty(0));
        assert_eq!(refused(rt, |rt| rt.unbind(&bound)), busy(entry(0)));
        ll(1, hub(0)).init(rt).unwrap();
        let fork = Connection { source_queue: 0, ..edge(hub(0), entry(0)) };
        assert!(matches!(refused(rt, |rt| rt.bind(&fork)), Error::Gateway { .. }), "checked first");
        assert_eq!(refused(rt, |rt| rt.delete_module(faulty(0))), busy(faulty(0)));
        assert_eq!(refused(rt, |rt| rt.delete_pipeline(1)), busy(entry(0)));
        assert_eq!(refused(rt, |rt| set(rt, &[2, 1], Requested::Reset)), (1, busy(entry(0))));
        assert_eq!(refused(rt, |rt| rt.configuration(exit(0), 0, &mut [])), busy(exit(0)));
        set(rt, &[1], Requested::Paused).expect("holding needs no module");
        assert_eq!(refused(rt, |rt| set(rt, &[1], Requested::Reset)), (1, busy(entry(0))));
        set(rt, &[2], Requested::Reset).expect("the other core is at home");
        rt.finish_pass(away);
        rt.delete_module(hub(0)).unwrap();
        assert_eq!(runs_of(|| rt.tick(4)), [], "it holds");
        set(rt, &[1], Requested::Reset).unwrap();
        rt.delete_pipeline(1).unwrap();
    });
}

#[test]
fn one_value_waits_for_a_module_of_a_pass_that_is_away() {
    with_a_pass_away(|rt, away| {
        rt.configure(faulty(0), 0, &IN_PROCESS.to_le_bytes()).unwrap();
        let waits = Error::Transfer { component: faulty(0), fault: TransferFault::Waiting };
        assert_eq!(refused(rt, |rt| rt.configure(faulty(0), 0, &[0; 4])), waits);
        rt.configure(exit(0), 7, &[]).unwrap();
        let mut reply = [9; 4];
        assert_eq!(rt.configuration(faulty(0), 0, &mut reply), Ok(4));
        assert_eq!(reply, IN_PROCESS.to_le_bytes());
        rt.finish_pass(run_all(away));
        let error = headroom_module::ModuleError::UnknownParameter { parameter: 7 };
        assert_eq!(events(rt), [Event::ParameterRefused { component: exit(0), error }]);
        tick(rt, 4);
        assert_eq!(
            events(rt),
            [Event::Fault { component: faulty(0), error: FAILURE }],
            "from its next run on"
        );
    });
}

#[test]
fn what_is_away_shows_what_it_had_when_it_left_and_that_it_is_away() {
    with_a_pass_away(|rt, mut away| {
        let before = module(rt, entry(0));
        assert!(before.out && !module(rt, entry(1)).out);
        assert_eq!((before.counters.runs, before.frames_in, before.frames_out), (3, 144, 144));
        away.next().unwrap().run();
        assert_eq!(module(rt, entry(0)), before);
        assert_eq!(rt.snapshot().count(), 1 + 2 + 6 + 8, "nothing is missing");
        rt.finish_pass(away);
        let after = module(rt, entry(0));
        assert_eq!((after.out, after.counters.runs), (false, 4));
    });
}

#[test]
fn the_other_core_goes_on_while_a_pass_is_away_and_it_comes_home_later() {
    with_a_pass_away(|rt, away| {
        let runs = runs_of(|| (3..10).for_each(|index| tick(rt, index)));
        assert_eq!(runs.len(), 7 * 2, "its two modules that note their runs, and nobody else");
        let underruns = |rt: &Runtime<'_>, n| module(rt, exit(n)).counters.underruns;
        assert_eq!((underruns(rt, 0), underruns(rt, 1)), (7, 0), "its device misses what nobody brings");
        rt.finish_pass(run_all(away));
        tick(rt, 10);
        assert_eq!((module(rt, entry(0)).counters.runs, underruns(rt, 0)), (5, 7));
    });
}

#[test]
fn the_start_of_a_dp_module_is_held_back_by_ticks_whether_passes_come_home_or_not() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        rt.create_pipeline(&CreatePipeline { core: 1, ..pipeline(2) }).unwrap();
        chain(rt, &[ll(1, entry(0)), dp(1, block(0)).blocks(96, 96), ll(1, exit(0))]);
        ll(2, pass(0)).core(1).init(rt).unwrap();
        run(rt, &[1, 2]);
        rt.begin_tick(0);
        let away = rt.take_pass(1).unwrap();
        let started = |rt: &Runtime<'_>| module(rt, block(0)).dp.unwrap().started;
        assert_eq!(play(rt, 1..3), 1, "a block is there in tick 2");
        assert_eq!((play(rt, 3..4), started(rt)), (0, false));
        play(rt, 4..5);
        assert!(started(rt));
        rt.finish_pass(away);
    });
}

#[test]
fn the_last_module_of_a_pipeline_runs_on_its_core_and_others_where_they_were_made_for() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&CreatePipeline { core: 1, ..pipeline(1) }).unwrap();
        chain(rt, &[ll(1, pass(0)).core(1), ll(1, pass(1)).core(0), ll(1, pass(2)).core(1)]);
        run(rt, &[1]);
        assert_eq!(runs_of(|| rt.tick(0)), [0, 1, 2].map(pass), "in the order of the routes");
        assert_eq!([0, 1, 2].map(|n| module(rt, pass(n)).core), [1, 0, 1]);
        rt.create_pipeline(&pipeline(2)).unwrap();
        chain(rt, &[ll(2, pass(3)), ll(2, pass(4)).core(3)]);
        let error = Error::OtherCore { component: pass(4), core: 3, pipeline: 2, pipeline_core: 0 };
        assert_eq!(refused(rt, |rt| set(rt, &[2], Requested::Paused)), (2, error));
        rt.create_pipeline(&pipeline(3)).unwrap();
        dp(3, hub(0)).core(2).init(rt).unwrap();
        set(rt, &[3], Requested::Paused).expect("DP modules run anywhere");
    });
}

#[test]
fn a_module_that_fails_stops_those_of_its_pipeline_on_other_cores_in_its_tick() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        let fails = ll(1, faulty(0)).own(&[IN_PROCESS]).core(1);
        chain(rt, &[ll(1, pass(0)), fails, ll(1, pass(1)).core(2), ll(1, pass(2))]);
        run(rt, &[1]);
        assert_eq!(runs_of(|| rt.tick(0)), [pass(0)]);
        assert_eq!(events(rt), [Event::Fault { component: faulty(0), error: FAILURE }]);
        rt.configure(faulty(0), 0, &[0; 4]).unwrap();
        set(rt, &[1], Requested::Running).unwrap();
        assert_eq!(runs_of(|| rt.tick(1)), [0, 1, 2].map(pass));
    });
}

#[test]
fn what_was_reset_after_a_tick_began_does_not_run_in_it() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        rt.create_pipeline(&pipeline(2)).unwrap();
        chain(rt, &[ll(1, pass(0)), ll(1, pass(1))]);
        chain(rt, &[ll(2, pass(2)), ll(2, pass(3))]);
        run(rt, &[1, 2]);
        rt.begin_tick(0);
        set(rt, &[1], Requested::Paused).unwrap();
        set(rt, &[1], Requested::Reset).unwrap();
        let taken = rt.take_pass(0).unwrap();
        assert_eq!(runs_of(|| rt.finish_pass(run_all(taken))), [2, 3].map(pass));
        run(rt, &[1]);
        assert_eq!(runs_of(|| rt.tick(1)), [0, 1, 2, 3].map(pass));
    });
}

#[test]
fn a_fault_stops_its_pipeline_in_passes_that_are_taken_after_it_came_home() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(1, faulty(0)).own(&[IN_PROCESS]), ll(1, pass(0)).core(1), ll(1, pass(1))]);
        run(rt, &[1]);
        rt.begin_tick(0);
        let runs = runs_of(|| {
            for core in [0, 1] {
                let taken = rt.take_pass(core).unwrap();
                rt.finish_pass(run_all(taken));
            }
        });
        assert_eq!(runs, []);
    });
}

#[test]
fn of_two_modules_that_fail_in_passes_that_are_out_the_first_one_home_stopped_the_pipeline() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        let fails = |n, core| ll(1, faulty(n)).own(&[IN_PROCESS]).core(core);
        chain(rt, &[fails(0, 1), fails(1, 0)]);
        run(rt, &[1]);
        apart(rt, 0, |passes| passes.into_iter().map(run_all).rev().collect());
        assert_eq!(events(rt), [0, 1].map(|n| Event::Fault { component: faulty(n), error: FAILURE }));
        assert_eq!(pipeline_of(rt, 1).stopped_by, Some(faulty(0)));
    });
}

/// ```text
///   modules of core 1    8        9, and more while its pass is out        none
///   tables               8 long   16 long, 8 until the pass is back         none
/// ```
#[test]
fn a_core_has_a_table_for_its_modules_that_grows_and_goes_with_them() {
    let platform = headroom_runtime::Platform { modules: 32, common_bytes: 256 << 10, ..SMALL };
    with_runtime(platform, |rt, _| {
        let used = |rt: &Runtime<'_>| rt.common_region().interim_used;
        let blocks = |rt: &Runtime<'_>| rt.common_region().interim_blocks;
        let empty = (used(rt), blocks(rt));
        let memory =
            Some(headroom_runtime::MemoryRequest { bytes: 64 << 10, interim_bytes: 0, stack_bytes: 0 });
        rt.create_pipeline(&CreatePipeline { core: 1, memory, ..pipeline(1) }).unwrap();
        let make = |rt: &mut Runtime<'_>, n| {
            ll(1, pass(n)).core(1).init(rt).unwrap();
            used(rt) - empty.0
        };
        let first = make(rt, 0);
        assert!(first > 0 && (1..8).all(|n| make(rt, n) == first), "the rest lies in the pipeline's region");
        run(rt, &[1]);
        rt.begin_tick(0);
        let away = rt.take_pass(1).unwrap();
        let longer = make(rt, 8);
        assert!(longer > 2 * first, "the longer table, beside the one that is away: {longer} and {first}");
        assert_eq!(runs_of(|| rt.finish_pass(run_all(away))).len(), 8);
        set(rt, &[1], Requested::Paused).unwrap();
        set(rt, &[1], Requested::Reset).unwrap();
        run(rt, &[1]);
        assert_eq!(runs_of(|| rt.tick(1)).len(), 9);
        assert_eq!(used(rt) - empty.0, longer - first);
        set(rt, &[1], Requested::Reset).unwrap();
        rt.delete_pipeline(1).unwrap();
        assert_eq!((used(rt), blocks(rt)), empty);
        assert_eq!(runs_of(|| rt.tick(2)), []);
    });
}

#[test]
fn a_module_without_a_place_in_its_pass_is_refused_and_leaves_nothing() {
    // Event by event the log leaves less of the region, until nothing is left for the table of a pass.
    let mut refusals = 0;
    for events in 4..300 {
        let common_bytes = 16 << 10;
        let platform = headroom_runtime::Platform { modules: 4, edges: 4, events, common_bytes, ..SMALL };
        with_pool(1 << 20, |pool| {
            let Ok(mut rt) = Runtime::new(platform, pool, MODULES) else { return };
            let memory =
                Some(headroom_runtime::MemoryRequest { bytes: 8192, interim_bytes: 0, stack_bytes: 0 });
            rt.create_pipeline(&CreatePipeline { memory, ..pipeline(1) }).unwrap();
            let before = rt.common_region().interim_used;
            match ll(1, pass(0)).init(&mut rt) {
                Ok(()) => {}
                Err(Error::Tables(_)) => {
                    refusals += 1;
                    assert_eq!((rt.modules().count(), rt.common_region().interim_used), (0, before));
                }
                Err(error) => panic!("{error}"),
            }
        });
    }
    assert!(refusals > 0, "none was too small for the table");
}

#[test]
fn passes_can_be_sent_to_other_threads() {
    fn is_send<T: Send>() {}
    is_send::<LlPass<'static>>();
}
