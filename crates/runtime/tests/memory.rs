//! Where everything lies, how long rings are, when regions are sealed, and that all of it comes back.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use common::*;
use headroom_runtime::{CreatePipeline, Event, MemoryRequest, Owner, Requested, Runtime};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn with_region(id: u8, bytes: u64) -> CreatePipeline {
    CreatePipeline { memory: Some(MemoryRequest { bytes, interim_bytes: 0, stack_bytes: 0 }), ..pipeline(id) }
}

#[test]
fn an_ll_pipeline_with_a_region_has_all_its_modules_and_rings_there() {
    with_runtime(SMALL, |rt, _| {
        table_of_pass(rt);
        let common = rt.common_region().interim_used;
        rt.create_pipeline(&with_region(1, 16384)).unwrap();
        chain(rt, &[ll(1, entry(0)), ll(1, pass(0)), ll(1, hog(0)).own(&[1000]), ll(1, exit(0))]);
        assert!(of_pipeline(rt, 1).all(|module| module.owner == Owner::Pipeline(1)));
        assert_eq!(
            (of_pipeline(rt, 1).count(), rt.rings().count()),
            (4, 5),
            "the rings behind gateways, too"
        );
        assert_eq!(rt.common_region().interim_used, common, "nothing in the common region");
        let region = pipeline_of(rt, 1).region.unwrap();
        let taken: usize = of_pipeline(rt, 1).map(|module| module.taken_bytes).sum();
        assert_eq!(taken, region.lifetime_bytes + region.lifetime_padding, "each byte belongs to one module");
        let frames: usize = rt.rings().map(|ring| ring.level.capacity * ring.frame_bytes).sum();
        assert!(taken >= 1000 + frames);
    });
}

#[test]
fn an_ll_pipeline_without_a_region_is_in_the_common_one() {
    with_runtime(SMALL, |rt, _| {
        table_of_pass(rt);
        let before = (rt.common_region().interim_used, rt.pool_usage().free_pages);
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(1, entry(0)), ll(1, exit(0))]);
        assert!(rt.modules().all(|module| module.owner == Owner::Common && module.region.is_none()));
        let taken: usize = of_pipeline(rt, 1).map(|module| module.taken_bytes).sum();
        assert_eq!(rt.common_region().interim_used, before.0 + taken);
        assert_eq!(rt.pool_usage().free_pages, before.1);
        assert_eq!(rt.common_region().late_requests, 0, "the common region is a heap from its first byte");
        rt.delete_pipeline(1).unwrap();
        assert_eq!(rt.common_region().interim_used, before.0);
    });
}

#[test]
fn a_dp_module_has_a_region_of_its_own_with_the_rings_at_both_its_borders() {
    with_runtime(SMALL, |rt, _| {
        let common = rt.common_region().interim_used;
        rt.create_pipeline(&pipeline(1)).unwrap();
        for spec in [ll(1, pass(0)), dp(1, block(0)).blocks(480, 441), ll(1, pass(1))] {
            spec.init(rt).unwrap();
        }
        let made = module(rt, block(0)).region.unwrap();
        let in_common = rt.common_region().interim_used;
        rt.bind(&edge(pass(0), block(0))).unwrap();
        rt.bind(&edge(block(0), pass(1))).unwrap();
        let bound = module(rt, block(0));
        let region = bound.region.unwrap();
        let frames = 3 * 480 + 3 * 441;
        assert!(region.lifetime_bytes - made.lifetime_bytes >= frames * 4);
        assert_eq!(region.lifetime_bytes + region.lifetime_padding, bound.taken_bytes);
        assert_eq!(rt.common_region().interim_used, in_common, "no ring of a border in the common region");
        assert!(in_common > common, "but the LL modules themselves");
        assert_eq!((bound.owner, region.owner), (Owner::Module(block(0)), block(0).word()));
    });
}

#[test]
fn rings_hold_three_of_the_larger_block_at_a_border_and_two_between_ll_modules() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        let modules = [
            ll(1, entry(0)).blocks(48, 96),
            ll(1, pass(0)).blocks(48, 48),
            dp(1, block(0)).blocks(441, 480),
            ll(1, pass(1)).blocks(481, 48),
            ll(1, exit(0)),
        ];
        chain(rt, &modules);
        let frames = |source| ring(rt, source).level.capacity;
        assert_eq!(frames(entry(0)), 2 * 96);
        assert_eq!(frames(pass(0)), 3 * 441);
        assert_eq!(frames(block(0)), 3 * 481);
        assert_eq!(frames(pass(1)), 2 * 48);
        let behind = |rt: &Runtime<'_>, instance| gateway_ring(rt, source_node(instance)).level.capacity;
        assert_eq!(behind(rt, 0), 96, "behind a gateway: two ticks at least");
        ll(1, entry(1)).own(&[source_node(1), 4000]).init(rt).unwrap();
        assert_eq!(behind(rt, 1), 1000, "or what the gateway asks for");
    });
}

#[test]
fn the_gateway_of_a_dp_copier_is_a_border_too() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        dp(1, entry(0)).blocks(441, 441).init(rt).unwrap();
        dp(1, exit(0)).blocks(48, 480).init(rt).unwrap();
        assert_eq!(gateway_ring(rt, source_node(0)).level.capacity, 3 * 441);
        assert_eq!(ring(rt, exit(0)).level.capacity, 3 * 480);
    });
}

#[test]
fn regions_are_sealed_when_the_pipeline_completes_and_not_before() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&with_region(1, 16384)).unwrap();
        chain(rt, &[ll(1, entry(0)), dp(1, block(0)), ll(1, exit(0))]);
        let sealed = |rt: &Runtime<'_>| {
            (pipeline_of(rt, 1).region.unwrap().sealed, module(rt, block(0)).region.unwrap().sealed)
        };
        assert_eq!(sealed(rt), (false, false));
        events(rt);
        set(rt, &[1], Requested::Paused).unwrap();
        assert_eq!(sealed(rt), (true, true));
        let expected = [
            (Owner::Pipeline(1), pipeline_of(rt, 1).region.unwrap()),
            (Owner::Module(block(0)), module(rt, block(0)).region.unwrap()),
        ];
        let expected = expected.map(|(owner, region)| {
            let (lifetime, padding) = (region.lifetime_bytes, region.lifetime_padding + region.seal_padding);
            Event::Sealed { owner, lifetime, padding, interim: region.interim_capacity }
        });
        assert_eq!(events(rt), expected);
        run(rt, &[1]);
        assert_eq!(events(rt), [], "a seal is logged once");
    });
}

#[test]
fn a_dp_module_that_comes_after_completion_is_sealed_before_it_runs() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        set(rt, &[1], Requested::Reset).unwrap();
        chain(rt, &[ll(1, entry(0)), dp(1, block(0)), ll(1, exit(0))]);
        assert!(!module(rt, block(0)).region.unwrap().sealed);
        set(rt, &[1], Requested::Running).unwrap();
        assert!(module(rt, block(0)).region.unwrap().sealed);
    });
}

/// Configuration hands out memory of whatever phase the region is in: a host that sets a blob between init and bind makes no
/// ring late, and one that sets it in a stream takes nothing of the fixed part.
#[test]
fn a_value_kept_before_the_binds_seals_nothing_and_one_kept_in_a_stream_is_interim() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&with_region(1, 16384)).unwrap();
        let modules = [ll(1, entry(0)), ll(1, keeper(0)), dp(1, block(0)), ll(1, keeper(1)), ll(1, exit(0))];
        modules.iter().for_each(|spec| spec.init(rt).unwrap());
        rt.configure(keeper(0), 0, &[1; 88]).unwrap();
        let before = pipeline_of(rt, 1).region.unwrap();
        assert!(!before.sealed);
        for pair in modules.windows(2) {
            rt.bind(&edge(pair[0].id, pair[1].id)).unwrap();
        }
        rt.configure(keeper(1), 0, &[2; 88]).unwrap();
        run(rt, &[1]);
        let complete = pipeline_of(rt, 1).region.unwrap();
        assert_eq!((complete.late_requests, complete.interim_used), (0, 0), "{:?}", complete.first_late);
        assert!(complete.lifetime_bytes >= before.lifetime_bytes + 88);
        let taken = module(rt, keeper(0)).taken_bytes;
        rt.configure(keeper(0), 0, &[3; 600]).unwrap();
        let running = pipeline_of(rt, 1).region.unwrap();
        assert_eq!((running.late_requests, running.lifetime_bytes), (0, complete.lifetime_bytes));
        assert!(running.interim_used >= 600);
        assert_eq!(module(rt, keeper(0)).taken_bytes, taken + running.interim_used, "is the module's own");
    });
}

#[test]
fn a_lifetime_request_after_the_seal_is_counted_with_its_name() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&with_region(1, 16384)).unwrap();
        set(rt, &[1], Requested::Reset).unwrap();
        ll(1, hog(0)).own(&[100]).init(rt).unwrap();
        let region = pipeline_of(rt, 1).region.unwrap();
        let first = region.first_late.unwrap();
        assert_eq!((first.owner, first.what.as_str()), (hog(0).word(), "hoard"));
        assert!(region.late_requests >= 1);
    });
}

#[test]
fn what_a_failed_init_took_of_a_pipelines_region_stays_taken_until_the_pipeline_goes() {
    with_runtime(SMALL, |rt, _| {
        let before = see(rt);
        rt.create_pipeline(&with_region(1, 16384)).unwrap();
        ll(1, faulty(0)).own(&[IN_INIT]).init(rt).unwrap_err();
        let region = pipeline_of(rt, 1).region.unwrap();
        assert_eq!((region.lifetime_bytes, region.lifetime_blocks, region.lifetime_frees), (100, 1, 1));
        rt.delete_pipeline(1).unwrap();
        assert_eq!(see(rt), before);
    });
}

#[test]
fn prepare_and_reset_take_and_return_the_same_interim_memory() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        let greedy = dp(1, hog(0)).own(&[500, 3000]);
        let shared = ll(1, hog(1)).own(&[500, 3000]);
        chain(rt, &[ll(1, entry(0)), greedy, shared, ll(1, exit(0))]);
        set(rt, &[1], Requested::Paused).unwrap();
        let figures = |rt: &Runtime<'_>| (see(rt).modules, rt.common_region().interim_used);
        set(rt, &[1], Requested::Running).unwrap();
        let running = figures(rt);
        let interim = module(rt, hog(0)).region.unwrap();
        assert_eq!((interim.interim_used, interim.interim_peak), (3008, 3008), "whole lines of 64 B");
        for _ in 0..1000 {
            set(rt, &[1], Requested::Reset).unwrap();
            assert_eq!(module(rt, hog(0)).region.unwrap().interim_used, 0);
            set(rt, &[1], Requested::Running).unwrap();
        }
        assert_eq!(figures(rt), running);
    });
}

#[test]
fn bind_and_unbind_in_a_sealed_region_return_all_they_took() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(1, pass(0)), dp(1, block(0)).memory(40960, 0), ll(1, pass(1))]);
        ll(1, pass(2)).init(rt).unwrap();
        set(rt, &[1], Requested::Paused).unwrap();
        set(rt, &[1], Requested::Reset).unwrap();
        rt.unbind(&edge(pass(0), block(0))).unwrap();
        let (sealed, common) = (module(rt, block(0)), rt.common_region().interim_used);
        let figures = |rt: &Runtime<'_>| {
            let dp = module(rt, block(0));
            (dp.taken_bytes, dp.region.unwrap().interim_used, module(rt, pass(1)).taken_bytes)
        };
        let before = figures(rt);
        for round in 1..=1000 {
            for connection in [edge(pass(0), block(0)), edge(pass(1), pass(2))] {
                rt.bind(&connection).unwrap();
            }
            assert!(figures(rt).0 > before.0 && figures(rt).2 > before.2);
            for connection in [edge(pass(0), block(0)), edge(pass(1), pass(2))] {
                rt.unbind(&connection).unwrap();
            }
            assert_eq!(figures(rt), before, "round {round}");
        }
        assert_eq!(rt.common_region().interim_used, common);
        assert_eq!(
            module(rt, block(0)).region.unwrap().lifetime_bytes,
            sealed.region.unwrap().lifetime_bytes
        );
    });
}

/// Two pipelines with regions, a DP module on the border, bound to each other.
fn two_pipelines(rt: &mut Runtime<'_>) {
    rt.create_pipeline(&with_region(1, 16384)).unwrap();
    rt.create_pipeline(&with_region(2, 16384)).unwrap();
    chain(rt, &[ll(1, entry(0)), dp(1, block(0)), ll(2, pass(0)), ll(2, exit(0))]);
    chain(rt, &[ll(1, pass(1)), ll(2, pass(2))]);
}

#[test]
fn a_thousand_create_and_delete_rounds_leave_the_pool_as_it_was() {
    with_runtime(SMALL, |rt, _| {
        let before = (see(rt), rt.common_region().interim_used, rt.common_region().interim_blocks);
        for round in 0..1000 {
            two_pipelines(rt);
            run(rt, &[1, 2]);
            play(rt, 0..3);
            set(rt, &[1, 2], Requested::Reset).unwrap();
            let order = if round % 2 == 0 { [1, 2] } else { [2, 1] };
            order.iter().for_each(|&id| rt.delete_pipeline(id).unwrap());
            let now = (see(rt), rt.common_region().interim_used, rt.common_region().interim_blocks);
            assert_eq!(now, before, "round {round}");
            events(rt);
        }
    });
}

#[test]
fn a_deleted_pipeline_gives_its_pages_back_though_it_was_bound_to_another() {
    with_runtime(SMALL, |rt, _| {
        let empty = rt.pool_usage().regions;
        two_pipelines(rt);
        assert_eq!(rt.pool_usage().regions, empty + 3);
        rt.delete_pipeline(1).unwrap();
        assert_eq!(rt.pool_usage().regions, empty + 1, "both ends of each ring let go");
        let left: Vec<_> = rt.rings().map(|ring| ring.source.component()).collect();
        assert_eq!(left, [Some(exit(0)), Some(pass(0))]);
        rt.create_pipeline(&with_region(1, 16384)).unwrap();
        ll(1, pass(1)).init(rt).unwrap();
        rt.bind(&edge(pass(1), pass(2))).unwrap();
    });
}

#[test]
fn deleting_in_any_order_gives_everything_back() {
    #[derive(Clone, Copy, Debug)]
    enum Delete {
        Pipeline(u8),
        Module(headroom_runtime::ComponentId),
    }
    let all = [
        Delete::Pipeline(1),
        Delete::Pipeline(2),
        Delete::Module(entry(0)),
        Delete::Module(exit(0)),
        Delete::Module(block(0)),
        Delete::Module(pass(0)),
        Delete::Module(pass(1)),
        Delete::Module(pass(2)),
    ];
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&Just(all.to_vec()).prop_shuffle(), |order| {
        with_runtime(SMALL, |rt, _| {
            let before = (see(rt), rt.common_region().interim_used);
            two_pipelines(rt);
            for step in &order {
                // A module may have gone with its pipeline.
                let _ = match *step {
                    Delete::Pipeline(id) => rt.delete_pipeline(id),
                    Delete::Module(id) => rt.delete_module(id),
                };
            }
            assert_eq!((see(rt), rt.common_region().interim_used), before);
        });
        Ok(())
    });
    result.unwrap();
}

#[test]
fn a_region_that_lifetime_blocks_fill_to_the_last_byte_runs() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        let mut room = 0;
        for bytes in (0..4096).rev() {
            if dp(1, hog(0)).memory(4096, 0).own(&[bytes]).init(rt).is_ok() {
                room = bytes;
                break;
            }
        }
        assert!(room > 3000);
        set(rt, &[1], Requested::Paused).unwrap();
        set(rt, &[1], Requested::Running).unwrap();
        let region = module(rt, hog(0)).region.unwrap();
        assert_eq!((region.sealed, region.interim_capacity, region.late_requests), (true, 0, 0));
    });
}
