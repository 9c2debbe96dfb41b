//! Who runs when, in virtual time: LL order, DP after LL, urgency, the delayed start, and jobs that are away.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use common::*;
use headroom_module::schedule::Tick;
use headroom_runtime::schedule::Deadline;
use headroom_runtime::{
    ComponentId, Connection, CreatePipeline, DpJob, Error, Event, Requested, Runtime, TransferFault,
};
use proptest::prelude::*;

/// Plays one tick's LL pass and returns the DP jobs in the order in which they are handed out, none of them run.
fn jobs_of<'m>(rt: &mut Runtime<'m>, tick: u64) -> Vec<DpJob<'m>> {
    common::tick(rt, tick);
    std::iter::from_fn(|| rt.next_ready()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ll_modules_run_from_source_to_sink_however_they_were_made_and_bound(
        made in Just([0, 1, 2, 3]).prop_shuffle(),
        bound in Just([0, 1, 2, 3, 4]).prop_shuffle(),
    ) {
        with_runtime(SMALL, |rt, tape| {
            rt.create_pipeline(&pipeline(1)).unwrap();
            ll(1, exit(0)).init(rt).unwrap();
            made.iter().for_each(|&instance| ll(1, pass(instance)).init(rt).unwrap());
            ll(1, entry(0)).init(rt).unwrap();
            let path = [entry(0), pass(0), pass(1), pass(2), pass(3), exit(0)];
            bound.iter().for_each(|&n| rt.bind(&edge(path[n], path[n + 1])).unwrap());
            run(rt, &[1]);
            let order: Vec<_> = path.to_vec();
            for tick in 0..3 {
                assert_eq!(runs_of(|| assert_eq!(play(rt, tick..tick + 1), 0)), order);
            }
            let through = |tick: u64| Gulp { node: 0, tick, first: 1 + 48 * tick as i32, frames: 48 };
            assert_eq!(heard(tape), [0, 1, 2].map(through), "each frame goes all the way in its tick");
        });
    }
}

#[test]
fn pipelines_run_by_priority_then_by_the_order_of_their_making() {
    with_runtime(SMALL, |rt, _| {
        for (id, priority) in [(3, 1), (1, 0), (2, 1), (0, 0)] {
            rt.create_pipeline(&CreatePipeline { priority, ..pipeline(id) }).unwrap();
        }
        (0..4).for_each(|id| ll(id, pass(id)).init(rt).unwrap());
        run(rt, &[2, 0, 3, 1]);
        assert_eq!(runs_of(|| rt.tick(0)), [1, 0, 3, 2].map(pass));
        set(rt, &[1], Requested::Paused).unwrap();
        assert_eq!(runs_of(|| rt.tick(1)), [0, 3, 2].map(pass), "the others go on");
        set(rt, &[1], Requested::Reset).unwrap();
        rt.delete_pipeline(1).unwrap();
        rt.create_pipeline(&pipeline(1)).unwrap();
        ll(1, pass(1)).init(rt).unwrap();
        run(rt, &[1]);
        assert_eq!(
            runs_of(|| rt.tick(2)),
            [0, 1, 3, 2].map(pass),
            "made anew, it is the youngest of its priority"
        );
    });
}

#[test]
fn dp_runs_only_after_the_ll_pass_and_as_soon_as_a_whole_block_is_there() {
    with_runtime(SMALL, |rt, _| {
        running_stream(rt);
        let ll_pass = [entry(0), exit(0)];
        for tick in 0..40 {
            let block_is_there = tick % 10 == 9;
            let dp: &[ComponentId] = if block_is_there { &[block(0)] } else { &[] };
            let runs = runs_of(|| assert_eq!(play(rt, tick..tick + 1), dp.len()));
            assert_eq!(runs, [&ll_pass[..], dp].concat(), "tick {tick}");
        }
    });
}

#[test]
fn a_dp_module_waits_for_room_as_well_as_for_a_block() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        rt.create_pipeline(&pipeline(2)).unwrap();
        chain(rt, &[ll(1, entry(0)), dp(1, block(0)), ll(2, exit(0))]);
        run(rt, &[1]);
        assert_eq!(play(rt, 0..100), 3, "nobody reads: three blocks fill the ring");
        assert_eq!(ring(rt, block(0)).level.fill, 3 * 480);
        run(rt, &[2]);
        assert!(play(rt, 100..200) >= 9);
    });
}

/// Two streams of one pipeline each: blocks of 10 ms in the first, of `short` frames in the second.
fn two_streams(rt: &mut Runtime<'_>, short: u32) {
    for (n, frames) in [(0, 480), (1, short)] {
        rt.create_pipeline(&pipeline(n)).unwrap();
        chain(
            rt,
            &[ll(n, entry(n)), dp(n, block(n)).blocks(frames, frames), ll(n, exit(n)).own(&[n.into()])],
        );
    }
    run(rt, &[0, 1]);
}

#[test]
fn the_most_urgent_dp_module_runs_first() {
    with_runtime(SMALL, |rt, _| {
        two_streams(rt, 96);
        play(rt, 0..9);
        let jobs = jobs_of(rt, 9);
        let handed: Vec<_> = jobs.iter().map(|job| (job.component(), job.deadline())).collect();
        // The short one has streamed for a while: its consumer has one block less the ticks since. The long one starts.
        let left = ring(rt, exit(1)).level.fill;
        assert_eq!(left, 0, "the sink takes all that the copier gives");
        let short = 9000 + ring_fill_us(rt, 1);
        assert_eq!(handed, [(block(1), Deadline::At(short)), (block(0), Deadline::At(19_000))]);
        assert!(short < 19_000);
        jobs.into_iter().for_each(|job| rt.finish(job, 9000));
    });
}

/// What the consumer of a DP module of 48 kHz still has.
fn ring_fill_us(rt: &Runtime<'_>, n: u8) -> u64 {
    let read = rt.rings().find(|ring| ring.sink.component() == Some(exit(n))).unwrap();
    read.level.fill as u64 * 1000 / 48
}

#[test]
fn equally_urgent_dp_modules_run_in_the_order_of_their_making() {
    with_runtime(SMALL, |rt, _| {
        two_streams(rt, 480);
        for tick in 0..50 {
            let jobs = jobs_of(rt, tick);
            let order: Vec<_> = jobs.iter().map(DpJob::component).collect();
            assert!(order.is_empty() || order == [block(0), block(1)], "tick {tick}: {order:?}");
            for mut job in jobs {
                job.run();
                rt.finish(job, tick * 1000);
            }
        }
    });
}

#[test]
fn a_run_that_ends_after_its_deadline_is_counted_with_its_margin() {
    with_runtime(SMALL, |rt, _| {
        running_stream(rt);
        for (ticks, left, late, margin) in [(0..9, 1, 0, 1), (10..19, -3, 1, -3), (20..29, 5, 1, -3)] {
            play(rt, ticks.clone());
            tick(rt, ticks.end);
            let mut job = rt.next_ready().unwrap();
            let Deadline::At(due) = job.deadline() else { panic!("its consumer waits") };
            job.run();
            rt.finish(job, due.checked_add_signed(-left).unwrap());
            let dp = module(rt, block(0)).dp.unwrap();
            assert_eq!((dp.late_runs, dp.margin_us), (late, Some(margin)), "tick {}, due {due}", ticks.end);
        }
    });
}

/// Rates and blocks of a DP module's two sides, with the ticks that its output block lasts.
const STREAMS: [(u32, u32, u32, u32, u64); 9] = [
    (48000, 48, 48000, 48, 1),
    (48000, 480, 48000, 480, 10),
    (44100, 441, 48000, 480, 10),
    (48000, 480, 44100, 441, 10),
    (44100, 147, 48000, 160, 3),
    (48000, 160, 44100, 147, 3),
    (44100, 441, 44100, 441, 10),
    (16000, 160, 48000, 480, 10),
    (48000, 480, 16000, 160, 10),
];

fn stream(rt: &mut Runtime<'_>, (from, input, to, output, _): (u32, u32, u32, u32, u64)) {
    let tick = |rate: u32| rate.div_ceil(1000);
    rt.create_pipeline(&pipeline(1)).unwrap();
    let modules = [
        ll(1, entry(0)).rate(from).blocks(tick(from), tick(from)),
        dp(1, block(0)).rate(from).blocks(input, output).own(&[to]),
        ll(1, exit(0)).rate(to).blocks(tick(to), tick(to)),
    ];
    chain(rt, &modules);
    run(rt, &[1]);
}

#[test]
fn the_consumer_hears_nothing_for_a_period_after_the_first_run_and_then_every_tick() {
    for case in STREAMS {
        with_runtime(SMALL, |rt, tape| {
            stream(rt, case);
            assert_eq!(u64::from(module(rt, block(0)).dp.unwrap().period_us), case.4 * 1000);
            let first_run = (0..100).find(|&tick| play(rt, tick..tick + 1) > 0).unwrap();
            play(rt, first_run + 1..5000);
            let heard = heard(tape);
            // The period is over with the LL pass that ends it; the next pass is the first that may take frames.
            let first_heard = first_run + case.4 + 1;
            assert_eq!(heard[0].tick, first_heard, "{case:?}");
            assert!(
                heard.iter().map(|gulp| gulp.tick).eq(first_heard..5000),
                "{case:?}: a tick without audio"
            );
            let due = |gulp: &Gulp| Tick { index: gulp.tick, period_us: 1000 }.frames_due(case.2);
            assert!(heard.iter().all(|gulp| gulp.frames == due(gulp)), "{case:?}: a tick with too little");
            assert!(rt.modules().all(|module| module.counters.underruns == 0), "{case:?}");
            assert_eq!(events(rt).len(), 3, "a region, a stack, a seal, no fault");
        });
    }
}

#[test]
fn a_consumer_takes_one_block_a_tick_from_a_dp_module() {
    with_runtime(SMALL, |rt, _| {
        running_stream(rt);
        play(rt, 0..20);
        let mut before = module(rt, exit(0)).frames_in;
        for tick in 20..100 {
            play(rt, tick..tick + 1);
            let after = module(rt, exit(0)).frames_in;
            assert_eq!(after - before, 48, "tick {tick}");
            before = after;
        }
    });
}

#[test]
fn a_pipeline_that_holds_does_not_use_up_its_start_delay() {
    with_runtime(SMALL, |rt, tape| {
        running_stream(rt);
        play(rt, 0..11);
        assert_eq!(module(rt, block(0)).counters.runs, 1, "in tick 9");
        set(rt, &[1], Requested::Paused).unwrap();
        play(rt, 11..51);
        set(rt, &[1], Requested::Running).unwrap();
        play(rt, 51..100);
        assert_eq!(heard(tape)[0].tick, 9 + 10 + 1 + 40);
    });
}

#[test]
fn a_dp_module_is_offered_again_in_a_tick_while_it_moves_frames_and_no_longer() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(1, entry(0)), dp(1, block(0)).blocks(48, 48), ll(1, exit(0))]);
        run(rt, &[1]);
        (0..20).for_each(|index| tick(rt, index));
        assert_eq!(play(rt, 20..21), 3, "the three blocks that its rings hold");
        assert_eq!(play(rt, 21..22), 0, "the output is held back, so there is no room");
        play(rt, 22..30);
        assert_eq!(play(rt, 30..100), 70, "then a block a tick");
    });
}

#[test]
fn a_job_that_was_not_run_is_offered_again_in_the_next_tick() {
    with_runtime(SMALL, |rt, _| {
        running_stream(rt);
        play(rt, 0..9);
        tick(rt, 9);
        let job = rt.next_ready().unwrap();
        rt.finish(job, 9000);
        assert!(rt.next_ready().is_none(), "not in this one: it would be offered forever");
        assert_eq!(play(rt, 10..11), 1);
    });
}

/// Source, DP hub and sink in pipelines of their own; the hub's job in tick 0 is away.
fn with_a_job_away(test: impl for<'m> FnOnce(&mut Runtime<'m>, DpJob<'m>)) {
    with_runtime(SMALL, |rt, _| {
        (1..=3).for_each(|id| rt.create_pipeline(&pipeline(id)).unwrap());
        chain(rt, &[ll(1, entry(0)), dp(2, hub(0)).blocks(48, 48), ll(3, exit(0))]);
        run(rt, &[1, 2, 3]);
        tick(rt, 0);
        let job = rt.next_ready().unwrap();
        test(rt, job);
    });
}

#[test]
fn verbs_on_a_module_that_is_away_answer_busy() {
    with_a_job_away(|rt, job| {
        let busy = Error::Busy(hub(0));
        assert!(rt.next_ready().is_none(), "one job at a time");
        ll(1, pass(0)).init(rt).unwrap();
        let second = Connection { sink_queue: 1, ..edge(pass(0), hub(0)) };
        assert_eq!(refused(rt, |rt| rt.bind(&second)), busy);
        assert_eq!(refused(rt, |rt| rt.unbind(&edge(entry(0), hub(0)))), busy);
        assert_eq!(refused(rt, |rt| rt.unbind(&edge(hub(0), exit(0)))), busy);
        assert_eq!(refused(rt, |rt| rt.configuration(hub(0), 0, &mut [])), busy);
        assert_eq!(refused(rt, |rt| rt.delete_module(hub(0))), busy);
        assert_eq!(refused(rt, |rt| rt.delete_pipeline(2)), busy);
        assert_eq!(refused(rt, |rt| set(rt, &[2], Requested::Reset)), (2, busy));
        set(rt, &[2], Requested::Paused).expect("holding needs no module");
        assert_eq!(refused(rt, |rt| set(rt, &[2], Requested::Reset)), (2, busy));
        rt.finish(job, 0);
        set(rt, &[2], Requested::Reset).unwrap();
        rt.delete_pipeline(2).unwrap();
    });
}

#[test]
fn a_request_for_several_pipelines_moves_none_when_a_module_of_the_last_is_away() {
    with_a_job_away(|rt, job| {
        let busy = (2, Error::Busy(hub(0)));
        assert_eq!(refused(rt, |rt| set(rt, &[1, 3, 2], Requested::Reset)), busy);
        rt.finish(job, 0);
        set(rt, &[1, 3, 2], Requested::Reset).unwrap();
    });
}

#[test]
fn one_value_waits_for_a_module_that_is_away() {
    with_a_job_away(|rt, job| {
        rt.configure(hub(0), 7, &[1, 2, 3]).unwrap();
        let full = Error::Transfer { component: hub(0), fault: TransferFault::Waiting };
        assert_eq!(refused(rt, |rt| rt.configure(hub(0), 7, &[4])), full);
        let mut reply = [0; 4];
        assert_eq!(rt.configuration(hub(0), 7, &mut reply), Ok(3));
        assert_eq!(reply, [1, 2, 3, 0]);
        assert_eq!(rt.configuration_from(hub(0), 7, 1, &mut reply[..1]), Ok((1, 3)));
        assert_eq!(reply, [2, 2, 3, 0]);
        rt.finish(job, 0);
        let unknown = headroom_module::ModuleError::UnknownParameter { parameter: 7 };
        let error = Error::Module { component: hub(0), error: unknown };
        let refused = Event::ParameterRefused { component: hub(0), error: unknown };
        assert!(events(rt).contains(&refused), "a hub has no parameters");
        assert_eq!(rt.configuration(hub(0), 7, &mut reply), Err(error));
    });
}

/// A tick whose LL pass comes home on the same core once took the letter and found nobody to give it to.
#[test]
fn a_value_waits_for_a_job_that_is_out_over_several_ticks() {
    with_a_job_away(|rt, job| {
        rt.configure(hub(0), 7, &[1, 2, 3]).unwrap();
        let mut reply = [0; 4];
        for index in 1..4 {
            tick(rt, index);
            assert_eq!(rt.configuration(hub(0), 7, &mut reply), Ok(3), "tick {index}");
        }
        assert!(!events(rt).iter().any(|event| matches!(event, Event::ParameterRefused { .. })));
        rt.finish(job, 4000);
        let error = headroom_module::ModuleError::UnknownParameter { parameter: 7 };
        assert!(events(rt).contains(&Event::ParameterRefused { component: hub(0), error }), "it was told");
    });
}

#[test]
fn a_module_whose_ring_is_away_with_its_partner_is_not_deleted() {
    with_a_job_away(|rt, job| {
        set(rt, &[1, 3], Requested::Reset).unwrap();
        for module in [entry(0), exit(0)] {
            assert_eq!(refused(rt, |rt| rt.delete_module(module)), Error::Busy(hub(0)));
        }
        assert_eq!(refused(rt, |rt| rt.delete_pipeline(1)), Error::Busy(hub(0)));
        rt.finish(job, 0);
        rt.delete_pipeline(1).unwrap();
        rt.create_pipeline(&pipeline(1)).unwrap();
        ll(1, entry(0)).init(rt).unwrap();
        rt.bind(&edge(entry(0), hub(0))).expect("its port is free again");
    });
}

#[test]
fn ticks_and_other_pipelines_go_on_while_a_job_is_away_and_it_comes_home_later() {
    with_runtime(SMALL, |rt, tape| {
        two_streams(rt, 48);
        play(rt, 0..9);
        tick(rt, 9);
        let mut jobs: Vec<_> = std::iter::from_fn(|| rt.next_ready()).collect();
        let mut away = jobs.remove(jobs.iter().position(|job| job.component() == block(0)).unwrap());
        for mut job in jobs {
            job.run();
            rt.finish(job, 9000);
        }
        heard(tape);
        play(rt, 10..15);
        assert_eq!(heard(tape).iter().filter(|gulp| gulp.node == 1).count(), 5);
        assert_eq!(rt.modules().count(), 6, "a module that is away is still listed");
        away.run();
        rt.finish(away, 15_000);
        play(rt, 15..200);
        assert_eq!(module(rt, block(0)).counters.runs, 20, "ticks 9, 19, …, 199");
        assert_eq!(module(rt, exit(0)).counters.underruns, 0);
    });
}

#[test]
fn jobs_on_other_threads_give_the_same_audio_as_inline() {
    let mut results = Vec::new();
    for threads in [false, true] {
        with_runtime(SMALL, |rt, tape| {
            two_streams(rt, 96);
            for tick in 0..300 {
                let mut jobs = jobs_of(rt, tick);
                if threads {
                    std::thread::scope(|scope| {
                        jobs.iter_mut().for_each(|job| drop(scope.spawn(|| job.run())))
                    });
                } else {
                    jobs.iter_mut().for_each(DpJob::run);
                }
                jobs.into_iter().for_each(|job| rt.finish(job, tick * 1000));
            }
            results.push((heard(tape), see(rt)));
        });
    }
    assert_eq!(results[0], results[1]);
    assert!(results[0].0.len() > 500);
}

#[test]
fn the_end_of_time_is_no_overflow() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[dp(1, hub(0)).blocks(48, 48), ll(1, pass(0))]);
        run(rt, &[1]);
        rt.tick(u64::MAX);
        let mut job = rt.next_ready().unwrap();
        assert_eq!(job.deadline(), Deadline::At(u64::MAX));
        job.run();
        rt.finish(job, 0);
    });
}
