//! Faults of the original and of its peers, and wrong use: each must give a typed error and leave all else as
//! it was.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::alloc::Layout;

use support::{PAGE, PROFILE, with_pages, with_profile};
use vregion::Placement::{Indifferent, Interim, Lifetime};
use vregion::{AllocError, PagePool, PoolError, Profile, Refusal, RegionError, Requester};

#[test]
fn vregion_size_max_does_not_wrap() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let live = region.slice(Lifetime, 64, 7_u8, "live").unwrap();
        for placement in [Lifetime, Indifferent, Interim] {
            for len in
                [usize::MAX, usize::MAX - 10, usize::MAX - 190, isize::MAX as usize, isize::MAX as usize - 63]
            {
                assert_eq!(region.slice(placement, len, 0_u8, "huge").unwrap_err().why, Refusal::TooLarge);
                let error = region.slice(placement, len, 0_u64, "huge").unwrap_err();
                assert_eq!((error.why, error.bytes), (Refusal::TooLarge, len.saturating_mul(8)));
            }
            let widest = Layout::from_size_align(isize::MAX as usize - 63, 64).unwrap();
            assert_eq!(region.bytes(placement, widest, "huge").unwrap_err().why, Refusal::TooLarge);
        }
        let next = region.slice(Lifetime, 100, 0_u8, "next").unwrap();
        assert_eq!(next.as_ptr().addr() - live.as_ptr().addr(), 64, "the cursor did not move back");
        assert!(live.iter().all(|&byte| byte == 7));
    });
}

#[test]
fn seal_with_less_than_1024_left_still_serves() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let _life = region.slice(Lifetime, PAGE - 832, 0_u8, "life").unwrap();
        region.seal();
        assert_eq!(region.statistics().interim_capacity, 832);
        let blocks: Vec<_> = (0..13).map(|_| region.slice(Interim, 64, 0_u8, "line").unwrap()).collect();
        assert_eq!(region.slice(Interim, 1, 0_u8, "more").unwrap_err().why, Refusal::NoRoom);
        drop(blocks);
        assert!(region.slice(Interim, 832, 0_u8, "all").is_ok());
    });
}

#[test]
fn a_region_filled_exactly_by_lifetime_blocks_is_valid_and_has_no_interim_heap() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let all = region.slice(Lifetime, PAGE, 1_u8, "all").unwrap();
        region.seal();
        let seen = region.statistics();
        assert_eq!((seen.sealed, seen.interim_capacity, seen.spare), (true, 0, 0));
        let refused = region.slice(Interim, 1, 0_u8, "more").unwrap_err();
        assert_eq!((refused.why, refused.left), (Refusal::NoRoom, 0));
        assert_eq!(region.validate(), Ok(()));
        assert!(all.iter().all(|&byte| byte == 1));
    });
}

#[test]
fn less_than_a_granule_left_is_padding_at_the_seal() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let _life = region.slice(Lifetime, PAGE - 63, 0_u8, "life").unwrap();
        region.seal();
        let seen = region.statistics();
        assert_eq!((seen.seal_padding, seen.interim_capacity, seen.spare), (63, 0, 0));
        assert_eq!(region.validate(), Ok(()));
    });
}

#[test]
fn sealing_keeps_the_lifetime_figure_and_interim_has_a_peak() {
    with_pages(2, |pool| {
        let region = pool.region(1, 2 * PAGE).unwrap();
        let _life = region.slice(Lifetime, 1000, 0_u8, "life").unwrap();
        let first = region.slice(Interim, 1000, 0_u8, "first").unwrap();
        let second = region.slice(Interim, 65, 0_u8, "second").unwrap();
        drop((first, second));
        let seen = region.statistics();
        assert_eq!((seen.lifetime_bytes, seen.interim_used, seen.interim_peak), (1000, 0, 1024 + 128));
        assert_eq!(seen.spare, 2 * PAGE - 1024 - 1152);
    });
}

#[test]
fn line_multiples_cost_no_line_more_and_an_empty_region_is_one_block() {
    with_pages(7, |pool| {
        let region = pool.region(1, 28 * 1024).unwrap();
        for size in if cfg!(miri) { [1024, 4096].as_slice() } else { &[64, 256, 1024, 4096] } {
            let fit = |_| region.slice(Interim, *size, 0_u8, "block").ok();
            let blocks: Vec<_> = (0..).map_while(fit).collect();
            assert_eq!(blocks.len(), 28 * 1024 / size);
        }
        assert!(region.slice(Interim, 28 * 1024, 0_u8, "all").is_ok());
    });
}

#[test]
fn a_freed_hole_serves_the_same_size_again() {
    with_pages(8, |pool| {
        let region = pool.region(1, 8 * PAGE).unwrap();
        for size in (1..16_384).step_by(if cfg!(miri) { 2049 } else { 41 }) {
            let bytes = |size| region.bytes(Interim, Layout::from_size_align(size, 1).unwrap(), "block");
            let hole = bytes(size).unwrap();
            let free = region.statistics();
            let rest = free.interim_capacity - free.interim_used;
            let _rest = (rest > 0).then(|| bytes(rest).unwrap());
            drop(hole);
            assert!(bytes(size).is_ok(), "{size} B");
        }
    });
}

#[test]
#[cfg_attr(miri, ignore = "checks 192 KiB again and again")]
fn regions_of_65_to_192_kib_do_not_fault() {
    for kib in [65, 96, 128, 192] {
        with_pages(48, |pool| {
            let region = pool.region(1, kib * 1024).unwrap();
            let mut live = Vec::new();
            for round in 0..2000_usize {
                let size = 1 + round * 7919 % 9000;
                match region.slice(Interim, size, round as u8, "block") {
                    Ok(block) => live.push((round as u8, block)),
                    Err(_) => drop(live.swap_remove(round * 31 % live.len())),
                }
                assert_eq!(region.validate(), Ok(()));
            }
            assert!(live.iter().all(|(fill, block)| block.iter().all(|byte| byte == fill)));
        });
    }
}

#[test]
fn the_unit_test_of_the_original() {
    with_pages(3, |pool| {
        let region = pool.region(1, 3 * PAGE).unwrap();
        let bytes = |placement, size, align| {
            region.bytes(placement, Layout::from_size_align(size, align).unwrap(), "block")
        };
        let first = bytes(Lifetime, 6000, 1).unwrap();
        let second = bytes(Lifetime, 5000, 16).unwrap();
        region.seal();
        assert_eq!(bytes(Interim, 6000, 1).unwrap_err().why, Refusal::NoRoom);
        drop((first, second));
        assert_eq!(bytes(Interim, 6000, 1).unwrap_err().why, Refusal::NoRoom, "lifetime frees do not help");
        let small = bytes(Interim, 20, 1).unwrap();
        let large = bytes(Interim, 1000, 16).unwrap();
        assert_eq!(bytes(Interim, 2000, 1).unwrap_err().why, Refusal::NoRoom);
        drop((small, large));
        assert!(bytes(Interim, 1000, 1).is_ok());
        assert_eq!(region.statistics().lifetime_bytes, 11_000);
    });
}

#[test]
fn freeing_a_page_run_keeps_the_record_of_the_last_one() {
    with_pages(6, |pool| {
        let [first, second, third] = [1, 2, 3].map(|owner| pool.region(owner, PAGE).unwrap());
        let live = third.slice(Lifetime, PAGE, 3_u8, "live").unwrap();
        drop(first);
        let again = pool.region(4, 2 * PAGE).unwrap();
        let other = again.slice(Lifetime, 2 * PAGE, 4_u8, "other").unwrap();
        assert_eq!(pool.validate(), Ok(()));
        assert!(live.iter().all(|&byte| byte == 3));
        drop((third, live));
        assert_eq!(pool.usage().free_pages, 3);
        drop((again, other, second));
    });
}

#[test]
fn a_pool_hands_out_as_many_regions_as_its_profile_says_again_and_again() {
    with_pages(8, |pool| {
        for _ in 0..3 {
            let regions: Vec<_> = (0..8).map(|owner| pool.region(owner, 1).unwrap()).collect();
            assert_eq!(pool.region(9, 1).unwrap_err(), RegionError::TooManyRegions { limit: 8 });
            drop(regions);
        }
    });
}

#[test]
fn a_pool_says_what_a_refused_region_lacks() {
    with_pages(5, |pool| {
        assert_eq!(pool.region(1, 0).unwrap_err(), RegionError::ZeroSize);
        assert_eq!(pool.region(1, 5 * PAGE + 1).unwrap_err(), RegionError::NoPages { wanted: 6, free: 5 });
        let wanted = usize::MAX / PAGE + 1;
        assert_eq!(pool.region(1, usize::MAX).unwrap_err(), RegionError::NoPages { wanted, free: 5 });
        let mut regions = [1, 2, 3, 4, 5].map(|owner| Some(pool.region(owner, PAGE).unwrap()));
        (regions[1], regions[3]) = (None, None);
        assert_eq!(
            pool.region(1, 2 * PAGE).unwrap_err(),
            RegionError::Fragmented { wanted: 2, largest_run: 1 }
        );
        regions[2] = None;
        assert_eq!(pool.usage().largest_run, 3);
        assert!(pool.region(1, 3 * PAGE).is_ok());
        assert_eq!(pool.usage().peak_pages, 5);
    });
}

#[test]
fn a_run_that_fits_is_found_behind_shorter_ones_of_its_class() {
    with_profile(Profile { max_regions: 16, ..PROFILE }, 5 * 33 + 34, |pool| {
        let mut runs = Vec::new();
        let mut fences = Vec::new();
        for pages in [33, 32, 32, 32, 32, 32] {
            runs.push(pool.region(1, pages * PAGE).unwrap());
            fences.push(pool.region(2, PAGE).unwrap());
        }
        runs.into_iter().for_each(drop);
        assert_eq!(pool.usage().largest_run, 33);
        assert!(pool.region(3, 33 * PAGE).is_ok());
    });
}

#[test]
fn an_unusable_pool_is_refused() {
    let (mut arena, mut tables) = (Box::new_uninit_slice(3 * PAGE), Box::new_uninit_slice(100_000));
    let mut refusal = |profile, arena_bytes, table_bytes: usize| {
        PagePool::new(profile, &mut arena[..arena_bytes], &mut tables[..table_bytes]).unwrap_err()
    };
    let good = PROFILE;
    for (page_bytes, line_bytes) in [(0, 64), (4095, 64), (4096, 0), (4096, 48), (64, 128), (4096, 4)] {
        let profile = Profile { page_bytes, line_bytes, ..good };
        assert_eq!(refusal(profile, 3 * PAGE, 100_000), PoolError::PageOrLine { page_bytes, line_bytes });
    }
    for max_regions in [0, 65_536, usize::MAX] {
        let profile = Profile { max_regions, ..good };
        assert_eq!(refusal(profile, 3 * PAGE, 100_000), PoolError::Regions { max_regions, limit: 65_535 });
    }
    let too_small = PoolError::ArenaTooSmall { arena_bytes: 100, page_bytes: PAGE };
    assert_eq!(refusal(good, 100, 100_000), too_small);
    assert!(matches!(refusal(good, 3 * PAGE, 1000), PoolError::TablesTooSmall { given: 1000, .. }));
}

#[test]
fn an_arena_of_more_pages_than_can_be_numbered_is_refused() {
    let profile = Profile { page_bytes: 16, line_bytes: 16, max_regions: 1, ..Profile::DESK };
    let mut arena = Box::new_uninit_slice(16 * 65_537);
    let mut tables = Box::new_uninit_slice(PagePool::table_bytes(&profile, arena.len()));
    let refusal = PagePool::new(profile, &mut arena, &mut tables).unwrap_err();
    assert!(matches!(refusal, PoolError::ArenaTooLarge { limit: 65_535, .. }), "{refusal}");
}

#[test]
fn table_bytes_of_a_wild_profile_neither_wraps_nor_panics() {
    let wild = Profile { page_bytes: 0, line_bytes: 0, max_regions: usize::MAX, ..Profile::DESK };
    assert_eq!(PagePool::table_bytes(&wild, usize::MAX), usize::MAX);
    let small = Profile { page_bytes: 8, line_bytes: 8, max_regions: 1, ..Profile::DESK };
    assert_eq!(PagePool::table_bytes(&small, usize::MAX), usize::MAX);
}

#[test]
#[cfg_attr(miri, ignore = "zeroes 4 MiB")]
fn a_region_of_more_lines_than_can_be_numbered_uses_larger_granules() {
    let profile = Profile { page_bytes: 4096, line_bytes: 8, max_regions: 1, ..Profile::DESK };
    with_profile(profile, 600, |pool| {
        let region = pool.region(1, 600 * PAGE).unwrap();
        let _one = region.slice(Interim, 1, 0_u8, "one").unwrap();
        assert_eq!(region.statistics().interim_used, 16, "307,200 lines of 8 B are 153,600 granules of 16 B");
        let rest = Layout::from_size_align(600 * PAGE - 16, 1).unwrap();
        let _rest = region.bytes(Interim, rest, "rest").unwrap();
        assert_eq!(region.validate(), Ok(()));
    });
}

#[test]
fn zero_sizes_are_refused_and_counted() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let requester = Requester { owner: 1, what: "nothing" };
        let refused = AllocError { requester, bytes: 0, left: PAGE, why: Refusal::ZeroSize };
        assert_eq!(region.slice(Lifetime, 0, 0_u32, "nothing").unwrap_err(), refused);
        assert_eq!(region.bytes(Interim, Layout::new::<()>(), "nothing").unwrap_err(), refused);
        let never = |_| -> String { unreachable!() };
        assert_eq!(region.slice_from_fn(Interim, 0, never, "nothing").unwrap_err(), refused);
        let seen = region.statistics();
        assert_eq!((seen.refused, seen.last_refused, seen.sealed), (3, Some((requester, 0)), false));
    });
}

#[test]
fn alignment_up_to_a_page_works_in_both_phases_and_more_is_refused() {
    with_pages(4, |pool| {
        let region = pool.region(1, 4 * PAGE).unwrap();
        let _odd = region.slice(Lifetime, 1, 0_u8, "odd").unwrap();
        for placement in [Lifetime, Interim] {
            for align in [1, 2, 64, 512, PAGE] {
                let block =
                    region.bytes(placement, Layout::from_size_align(3, align).unwrap(), "block").unwrap();
                assert_eq!(block.as_ptr().addr() % align, 0);
                assert_eq!(*block, [0; 3]);
            }
            let layout = Layout::from_size_align(3, 2 * PAGE).unwrap();
            assert_eq!(region.bytes(placement, layout, "block").unwrap_err().why, Refusal::TooLarge);
        }
        assert_eq!(region.statistics().lifetime_padding, 57 + 445 + 3581, "what was skipped");
    });
}

#[test]
fn errors_say_what_who_and_what_to_do() {
    with_pages(1, |pool| {
        let region = pool.region(0x20007, PAGE).unwrap();
        let error = region.slice(Lifetime, 5000, 0_u8, "delay line").unwrap_err();
        let text = error.to_string();
        for part in ["delay line", "0x20007", "5000 B", "4096 B left", "enlarge the region"] {
            assert!(text.contains(part), "{text}");
        }
        let text = pool.region(1, PAGE).unwrap_err().to_string();
        assert!(text.contains("needs 1 pages, 0 are free"), "{text}");
    });
}

/// Every other line is free: half of the heap, and no two lines in a row.
#[test]
fn what_fragmentation_costs_is_remembered() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let line = || region.slice(Interim, 64, 0_u8, "line").unwrap();
        let mut all: Vec<_> = (0..PAGE / 64).map(|_| line()).collect();
        let mut index = 0;
        all.retain(|_| {
            index += 1;
            index % 2 == 0
        });
        assert_eq!((region.statistics().largest_free, region.statistics().most_fragmented), (64, 0));
        region.slice(Interim, PAGE / 2 + 1, 0_u8, "more than is free").unwrap_err();
        assert_eq!(region.statistics().most_fragmented, 0, "no layout would have helped");
        region.slice(Interim, 65, 0_u8, "two lines").unwrap_err();
        drop(all);
        region.slice(Interim, PAGE + 1, 0_u8, "too large").unwrap_err();
        assert_eq!(region.statistics().most_fragmented, PAGE / 2, "the mark stays");
    });
}

#[test]
fn tables_are_small() {
    let bytes = |arena| PagePool::table_bytes(&Profile { max_regions: 1, ..Profile::DESK }, arena);
    let (small, large) = (bytes(28 * 1024), bytes(1 << 20));
    let per_region = PagePool::table_bytes(&Profile { max_regions: 2, ..Profile::DESK }, 28 * 1024) - small;
    assert!(per_region <= 640, "a slot takes {per_region} B");
    assert!(per_region + 7 * 70 <= 1150, "a region of 28 KiB on 64 bits");
    let per_page = (bytes(2 << 20) - large) as f64 / (1 << 20) as f64;
    assert!(per_page <= 0.0175, "{per_page} of the arena");
}
