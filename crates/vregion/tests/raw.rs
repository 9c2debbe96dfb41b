//! Blocks without owners: what may be freed, and what not.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::alloc::Layout;
use std::ptr::NonNull;

use support::{PAGE, PROFILE, with_pages, with_profile};
use vregion::Placement::{Indifferent, Interim, Lifetime};
use vregion::{FreeError, Placement, Profile, Refusal, Region};

fn take(region: &Region<'_>, placement: Placement, size: usize) -> NonNull<u8> {
    region.raw_allocate(placement, Layout::from_size_align(size, 8).unwrap(), "raw").unwrap()
}

fn free(region: &Region<'_>, address: *mut u8) -> Result<(), FreeError> {
    // SAFETY: the tests don't use what they free, and each address is one that was handed out or none.
    unsafe { region.raw_free(address) }
}

#[test]
fn each_interim_address_is_freed_once_and_no_other() {
    with_pages(8, |pool| {
        let region = pool.region(1, 8 * PAGE).unwrap();
        let other = pool.region(2, PAGE).map(drop);
        assert!(other.is_err(), "all pages are the region's");
        for size in [1, 64, 65, 512, 2000, 2048, 6000, 20_000] {
            let block = take(&region, Interim, size);
            let next = take(&region, Interim, 1);
            for inside in 1..size.next_multiple_of(64) {
                let address = block.as_ptr().wrapping_add(inside);
                assert!(
                    matches!(free(&region, address), Err(FreeError::NotABlock { .. })),
                    "{inside} of {size}"
                );
            }
            assert_eq!(free(&region, block.as_ptr()), Ok(()));
            assert!(matches!(free(&region, block.as_ptr()), Err(FreeError::NotABlock { .. })), "twice");
            assert_eq!(free(&region, next.as_ptr()), Ok(()));
            assert_eq!(region.validate(), Ok(()));
            assert_eq!((region.statistics().interim_used, region.statistics().interim_padding), (0, 0));
        }
    });
}

#[test]
fn foreign_addresses_are_refused() {
    with_pages(2, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let beside = pool.region(2, PAGE).unwrap();
        let theirs = take(&beside, Interim, 100);
        for address in [theirs.as_ptr(), std::ptr::null_mut(), std::ptr::without_provenance_mut(usize::MAX)] {
            assert_eq!(free(&region, address), Err(FreeError::Foreign { address: address.addr() }));
        }
        assert_eq!(free(&beside, theirs.as_ptr()), Ok(()));
    });
}

#[test]
fn lifetime_addresses_are_counted_and_those_above_are_none() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let block = take(&region, Indifferent, 100);
        let above = block.as_ptr().wrapping_add(100);
        assert_eq!(free(&region, above), Err(FreeError::NotABlock { offset: 100 }));
        assert_eq!(free(&region, block.as_ptr()), Ok(()));
        assert_eq!(region.statistics().lifetime_frees, 1);
        assert!(free(&region, block.as_ptr()).is_err(), "no raw block is left");
    });
}

#[test]
fn the_last_handle_frees_the_region_under_its_raw_blocks() {
    with_pages(1, |pool| {
        for _ in 0..3 {
            let region = pool.region(1, PAGE).unwrap();
            let _lost =
                [take(&region, Lifetime, 100), take(&region, Interim, 64), take(&region, Interim, 3000)];
            drop(region);
            assert_eq!(pool.usage().regions, 0);
        }
        let region = pool.region(1, PAGE).unwrap();
        assert_eq!(
            region.raw_allocate(Interim, Layout::new::<()>(), "none").unwrap_err().why,
            Refusal::ZeroSize
        );
        assert!(
            region.raw_allocate(Interim, Layout::new::<[u8; PAGE]>(), "all").is_ok(),
            "old tags are gone"
        );
    });
}

#[test]
fn a_late_raw_request_is_counted() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        region.seal();
        let late = take(&region, Lifetime, 100);
        assert_eq!(region.statistics().late_requests, 1);
        assert_eq!(free(&region, late.as_ptr()), Ok(()));
        assert_eq!(region.statistics().interim_used, 0);
    });
}

#[test]
fn coherent_blocks_are_freed_by_either_address() {
    let xor = 1 << 40;
    with_profile(Profile { uncached_xor: xor, ..PROFILE }, 1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let layout = Layout::from_size_align(100, 4).unwrap();
        for (placement, used) in [(Lifetime, 0), (Interim, 128)] {
            for flip in [0, xor] {
                let block = region.raw_allocate_coherent(placement, layout, "shared").unwrap();
                assert_eq!(block.as_ptr().addr() % 64, 0);
                assert_eq!(region.statistics().interim_used, used);
                let address = block.as_ptr().map_addr(|address| address ^ flip);
                assert_eq!(free(&region, address), Ok(()));
            }
        }
        assert_eq!((region.statistics().lifetime_frees, region.statistics().lifetime_bytes), (2, 256));
    });
}

#[test]
fn lifetime_blocks_are_freed_at_most_as_often_as_they_were_made() {
    with_pages(1, |pool| {
        let region = pool.region(1, PAGE).unwrap();
        let (lifetime, interim) = (take(&region, Lifetime, 64), take(&region, Interim, 64));
        assert_eq!(free(&region, lifetime.as_ptr()), Ok(()));
        for _ in 0..3 {
            assert_eq!(free(&region, lifetime.as_ptr()), Err(FreeError::NotABlock { offset: 0 }));
        }
        assert_eq!(free(&region, interim.as_ptr()), Ok(()), "not the interim block's count");
        assert_eq!(region.validate(), Ok(()));
        assert_eq!(region.raw_base(), lifetime);
    });
}
