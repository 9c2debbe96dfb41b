//! Steps 7 to 10 of the "vregions phase II" change, and the planned ones, each as a test.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use support::{PAGE, with_pages};
use vregion::Placement::{Indifferent, Interim, Lifetime};
use vregion::{Refusal, Requester};

#[test]
fn step_7_ring_buffers_stay_in_lifetime_memory_from_connect_to_free() {
    with_pages(5, |pool| {
        let region = pool.region(1, 20_480).unwrap();
        let ring = region.slice(Lifetime, 2304, 0_u8, "ring").unwrap();
        region.seal();
        let (at, before) = (ring.as_ptr(), region.statistics());
        for _ in 0..100 {
            drop(region.slice(Interim, 3000, 0_u8, "prepare").unwrap());
        }
        assert_eq!(ring.as_ptr(), at);
        let after = region.statistics();
        assert_eq!((after.lifetime_bytes, after.lifetime_blocks, after.lifetime_frees), (2304, 1, 0));
        assert_eq!(after.interim_capacity, before.interim_capacity);
        drop(ring);
        assert_eq!(region.statistics().lifetime_frees, 1);
    });
}

#[test]
fn interim_blocks_of_4_kib_lie_at_the_top_and_one_granule_less_at_the_base() {
    with_pages(4, |pool| {
        let region = pool.region(1, 4 * PAGE).unwrap();
        region.seal();
        let small = region.slice(Interim, 4096 - 64, 0_u8, "small").unwrap();
        let large = region.slice(Interim, 4096, 0_u8, "large").unwrap();
        assert_eq!(large.as_ptr().addr() + 4096 - small.as_ptr().addr(), 4 * PAGE);
    });
}

#[test]
fn step_8_one_contiguous_buffer_lifetime_up_from_the_base_interim_above() {
    with_pages(3, |pool| {
        let region = pool.region(1, 3 * PAGE).unwrap();
        let first = region.slice(Lifetime, 100, 1_u8, "first").unwrap();
        let second = region.slice(Lifetime, 10, 2_u8, "second").unwrap();
        let interim = region.slice(Interim, 10, 3_u8, "interim").unwrap();
        let base = first.as_ptr().addr();
        assert_eq!(base % PAGE, 0);
        assert_eq!(second.as_ptr().addr() - base, 100);
        assert_eq!(interim.as_ptr().addr() - base, 128, "the first whole granule");
        let seen = region.statistics();
        assert_eq!((seen.seal_padding, seen.interim_capacity), (18, 3 * PAGE - 128));
    });
}

#[test]
fn step_8a_creation_takes_one_size_and_makes_no_heap() {
    with_pages(5, |pool| {
        let seen = pool.region(1, 20_000).unwrap().statistics();
        assert_eq!((seen.requested, seen.capacity, seen.spare), (20_000, 20_480, 20_480));
        assert_eq!((seen.sealed, seen.interim_capacity), (false, 0));
    });
}

#[test]
fn step_8b_the_seal_aligns_the_interim_start_and_keeps_every_figure() {
    with_pages(2, |pool| {
        let region = pool.region(1, 2 * PAGE).unwrap();
        let _odd = region.slice(Lifetime, 33, 0_u8, "odd").unwrap();
        let _word = region.value(Lifetime, 0_u64, "word").unwrap();
        let before = region.statistics();
        region.seal();
        let after = region.statistics();
        assert_eq!((before.lifetime_bytes, before.lifetime_padding, before.lifetime_blocks), (41, 7, 2));
        assert_eq!(
            (after.lifetime_bytes, after.lifetime_padding, after.lifetime_blocks),
            (before.lifetime_bytes, before.lifetime_padding, before.lifetime_blocks)
        );
        assert_eq!((after.sealed, after.interim_capacity), (true, 2 * PAGE - 64));
        region.seal();
        assert_eq!(region.statistics(), after, "a second seal does nothing");
    });
}

#[test]
fn step_8c_a_late_lifetime_request_is_served_from_interim_and_counted_with_its_requester() {
    with_pages(2, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        region.seal();
        let component = region.for_owner(0x20007);
        let late = component.slice(Lifetime, 100, 0_u8, "late blob").unwrap();
        let _later = region.slice(Lifetime, 100, 0_u8, "later blob").unwrap();
        let seen = region.statistics();
        assert_eq!((seen.late_requests, seen.lifetime_blocks, seen.interim_blocks), (2, 0, 2));
        assert_eq!(seen.first_late, Some(Requester { owner: 0x20007, what: "late blob" }));
        drop(late);
        let seen = region.statistics();
        assert_eq!((seen.interim_used, seen.lifetime_frees), (128, 0), "it goes back where it came from");
    });
}

#[test]
fn step_8d_an_interim_request_before_the_seal_makes_the_heap() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let _life = region.slice(Lifetime, 64, 0_u8, "life").unwrap();
        assert!(!region.statistics().sealed);
        let _interim = region.slice(Interim, 1, 0_u8, "interim").unwrap();
        let seen = region.statistics();
        assert!(seen.sealed);
        assert_eq!((seen.interim_used, seen.interim_padding, seen.interim_peak_padding), (64, 63, 63));
    });
}

#[test]
fn step_8e_lifetime_frees_are_only_counted() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        for made in 1..=4 {
            drop(region.slice(Lifetime, 1000, 0_u8, "life").unwrap());
            let seen = region.statistics();
            assert_eq!(
                (seen.lifetime_bytes, seen.lifetime_blocks, seen.lifetime_frees),
                (1000 * made, made as u32, made as u32)
            );
        }
        let refused = region.slice(Lifetime, 1000, 0_u8, "one too many").unwrap_err();
        assert_eq!((refused.why, refused.left), (Refusal::NoRoom, 96));
    });
}

#[test]
fn step_9_indifferent_is_lifetime_before_the_seal_and_interim_after_and_never_seals_or_warns() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let _before = region.value(Indifferent, 1_u32, "before").unwrap();
        let seen = region.statistics();
        assert_eq!((seen.sealed, seen.lifetime_blocks, seen.interim_blocks), (false, 1, 0));
        region.seal();
        let _after = region.value(Indifferent, 2_u32, "after").unwrap();
        let seen = region.statistics();
        assert_eq!((seen.lifetime_blocks, seen.interim_blocks, seen.late_requests), (1, 1, 0));
    });
}

#[test]
fn step_9_a_full_region_refuses_indifferent_requests_without_sealing() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let _all = region.slice(Lifetime, PAGE, 0_u8, "all").unwrap();
        assert_eq!(region.value(Indifferent, 1_u8, "more").unwrap_err().why, Refusal::NoRoom);
        assert!(!region.statistics().sealed);
    });
}

#[test]
fn step_10_the_blocks_of_a_growing_pool_go_to_lifetime_first_to_interim_later_and_never_seal() {
    with_pages(2, |pool| {
        let region = pool.region(1, 2 * PAGE).unwrap();
        let grow = |objects: usize| region.slice(Indifferent, objects, [0_u8; 40], "pool block").unwrap();
        let mut blocks: Vec<_> = [2, 4, 8].into_iter().map(grow).collect();
        assert_eq!(region.statistics().lifetime_bytes, 14 * 40);
        assert!(!region.statistics().sealed);
        region.seal();
        blocks.extend([16, 32].into_iter().map(grow));
        let seen = region.statistics();
        assert_eq!((seen.lifetime_bytes, seen.interim_used, seen.late_requests), (14 * 40, 640 + 1280, 0));
        blocks.clear();
        assert_eq!((region.statistics().interim_used, region.statistics().lifetime_frees), (0, 3));
    });
}

#[test]
fn step_11_the_same_handle_serves_init_from_lifetime_and_prepare_from_interim() {
    with_pages(2, |pool| {
        let module = pool.region(1, 2 * PAGE).unwrap().for_owner(0x20007);
        let _state = module.slice(Lifetime, 640, 0_u8, "state in init").unwrap();
        let _blob = module.slice(Interim, 640, 0_u8, "blob in prepare").unwrap();
        let seen = module.statistics();
        assert_eq!((seen.lifetime_bytes, seen.interim_used, seen.late_requests), (640, 640, 0));
    });
}

#[test]
fn step_12_buffers_follow_the_phase_and_hold_the_region() {
    with_pages(2, |pool| {
        let region = pool.region(1, 2 * PAGE).unwrap();
        let bound = region.slice(Indifferent, 768, 0_u8, "buffer").unwrap();
        region.seal();
        let rebound = region.slice(Indifferent, 768, 0_u8, "buffer").unwrap();
        let seen = region.statistics();
        assert_eq!((seen.lifetime_bytes, seen.interim_used, seen.late_requests), (768, 768, 0));
        drop((region, bound));
        assert_eq!(pool.usage().regions, 1, "the buffer outlives its module");
        drop(rebound);
        assert_eq!(pool.usage().regions, 0);
    });
}

#[test]
fn step_13_module_allocations_may_be_shared_lines_or_packed() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let layout = std::alloc::Layout::new::<[u32; 3]>();
        let packed = region.bytes(Lifetime, layout, "private").unwrap();
        let coherent = region.bytes_coherent(Lifetime, layout, "for DMA").unwrap();
        let next = region.bytes(Lifetime, layout, "private").unwrap();
        let at = |block: &[u8]| block.as_ptr().addr() - packed.as_ptr().addr();
        assert_eq!((at(&coherent), at(&next), coherent.len()), (64, 128, 12));
    });
}

#[test]
fn step_14_a_read_only_copy_is_shared_and_freed_by_its_last_holder_in_either_phase() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        for (placement, used) in [(Lifetime, 0), (Interim, 128)] {
            let copy = region.shared(placement, [7_u8; 100], "coefficients").unwrap();
            let holder = copy.clone();
            drop(copy);
            assert_eq!((holder[99], region.statistics().interim_used), (7, used));
            drop(holder);
            assert_eq!(region.statistics().interim_used, 0);
        }
    });
}

#[test]
fn planned_the_switch_comes_when_the_pipeline_completes_and_callers_pass_one_amount() {
    with_pages(4, |pool| {
        let pipeline = pool.region(1, 4 * PAGE).unwrap();
        let (source, sink) = (pipeline.for_owner(2), pipeline.for_owner(3));
        let _blocks = [&source, &sink].map(|module| module.slice(Indifferent, 1000, 0_u8, "state").unwrap());
        pipeline.seal();
        let _later = sink.slice(Indifferent, 1000, 0_u8, "state").unwrap();
        let seen = pipeline.statistics();
        assert_eq!((seen.lifetime_blocks, seen.interim_blocks, seen.late_requests), (2, 1, 0));
    });
}

#[test]
fn step_15_a_module_that_needs_no_interim_memory_leaves_the_peak_at_zero() {
    with_pages(7, |pool| {
        let region = pool.region(1, 28 * 1024).unwrap();
        let delay_line = region.slice(Lifetime, 14_336 / 4, 0.0_f32, "delay line").unwrap();
        for _ in 0..1000 {
            region.seal(); // prepare, again and again
        }
        let seen = region.statistics();
        assert_eq!((seen.interim_peak, seen.late_requests, seen.refused), (0, 0, 0));
        assert_eq!(seen.spare, 28 * 1024 - 14_336);
        drop(delay_line);
    });
}

#[test]
fn planned_a_whole_pipeline_shares_one_region_that_is_freed_at_once() {
    with_pages(4, |pool| {
        let pipeline = pool.region(1, 4 * PAGE).unwrap();
        let modules: Vec<_> = (2..6)
            .map(|id| {
                let handle = pipeline.for_owner(id);
                let state = handle.slice(Lifetime, 500, id, "state").unwrap();
                (handle, state)
            })
            .collect();
        assert_eq!(pipeline.statistics().lifetime_bytes, 4 * 2000);
        drop(pipeline);
        assert_eq!(pool.usage().regions, 1);
        drop(modules);
        assert_eq!(pool.usage().free_pages, 4);
    });
}
