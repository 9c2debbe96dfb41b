//! Pools of their own, beside the image's: aliases, handles that are no longer valid, and threads.

use std::boxed::Box;
use std::mem::MaybeUninit;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::vec::Vec;

use core::ffi::c_void;

use vregion::Placement;

use crate::entry::{Handle, HandleError, Left};
use crate::platform::{VregionProfile, build};
use crate::pool::{Fit, Pool, Want};

const PAGE: usize = 4096;
const PROFILE: VregionProfile =
    VregionProfile { page_bytes: PAGE, line_bytes: 64, max_regions: 2, uncached_xor: 0, invalidate: None };

/// Where Miri finds the pools, which are no leaks.
static KEPT: Mutex<Vec<&'static Pool>> = Mutex::new(Vec::new());

/// A pool of at least `pages` pages, from memory that is never given back.
fn pool(pages: usize, profile: VregionProfile) -> &'static Pool {
    let arena = Box::leak(Box::new_uninit_slice((pages + 1) * PAGE));
    // SAFETY: a valid profile.
    let bytes = unsafe { crate::vregion_pool_table_bytes(&profile, arena.len()) };
    let tables: &'static mut [MaybeUninit<u8>] = Box::leak(Box::new_uninit_slice(bytes));
    let pool = build(arena, tables, &profile).unwrap();
    KEPT.lock().unwrap().push(pool);
    pool
}

fn want(fit: Fit, size: usize) -> Want {
    Want { what: "test", placement: Placement::Indifferent, fit, size, align: 0 }
}

fn free(pool: &Pool, handle: Handle, address: *mut u8) -> bool {
    let Ok(running) = pool.entries.run(handle) else { return false };
    // SAFETY: the tests don't use what they free.
    unsafe { running.region().raw_free(address) }.is_ok()
}

/// After a test: nothing is held, and the book-keeping is sound.
fn check_empty(pool: &Pool) {
    assert_eq!(pool.pages.validate(), Ok(()));
    assert_eq!(pool.pages.usage().regions, 0);
    assert_eq!(pool.pages.usage().free_pages, pool.pages.usage().pages);
}

#[test]
fn coherent_blocks_have_the_uncached_address_and_go_back_by_either() {
    const XOR: usize = 1 << 50;
    static DROPPED: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];
    unsafe extern "C" fn invalidate(cached: *mut c_void, bytes: usize) {
        DROPPED[0].store(cached.addr(), Ordering::Relaxed);
        DROPPED[1].store(bytes, Ordering::Relaxed);
    }

    let pool = pool(1, VregionProfile { uncached_xor: XOR, invalidate: Some(invalidate), ..PROFILE });
    let handle = pool.create(PAGE).unwrap();
    let running = pool.entries.run(handle).unwrap();
    running.region().seal();
    let base = running.region().raw_base().addr().get();
    for uncached in [false, true] {
        let block = pool.allocate(handle, &want(Fit::Coherent, 100)).unwrap().as_ptr();
        assert_eq!(block.addr() ^ XOR, base, "the first lines, by the alias");
        assert_eq!(DROPPED[0].load(Ordering::Relaxed), base, "the cached address");
        assert_eq!(DROPPED[1].load(Ordering::Relaxed), 128, "two lines");
        assert!(free(pool, handle, if uncached { block } else { block.map_addr(|address| address ^ XOR) }));
    }
    drop(running);
    assert!(!pool.put(handle));
    check_empty(pool);
}

#[test]
fn a_handle_that_was_put_is_refused_although_its_entry_is_in_use_again() {
    let pool = pool(1, PROFILE);
    let mut old = Handle(0);
    // More often than there are generations.
    for _ in 0..if cfg!(miri) { 20 } else { 3000 } {
        let handle = pool.create(1).unwrap();
        assert_eq!(pool.entries.run(old).err(), Some(HandleError::NotLive));
        assert_eq!(pool.entries.put(old), Err(HandleError::NotLive));
        assert!(pool.allocate(handle, &want(Fit::Lines, 1)).is_some());
        assert!(pool.create(1).is_none(), "the page is taken");
        assert!(pool.get(handle) && pool.put(handle));
        assert!(!pool.put(handle));
        assert!(!pool.get(handle));
        old = handle;
    }
    check_empty(pool);
}

#[test]
fn numbers_that_are_no_handle_are_refused() {
    let pool = pool(2, PROFILE);
    let handle = pool.create(1).unwrap();
    for bit in 0..usize::BITS {
        let other = Handle(handle.0 ^ 1 << bit);
        assert_eq!(pool.entries.get(other), Err(HandleError::NotLive), "{other:x?}");
    }
    assert!(!pool.put(handle));
    check_empty(pool);
}

#[test]
fn more_references_than_can_be_counted_keep_the_region_for_good() {
    let pool = pool(1, PROFILE);
    let handle = pool.create(1).unwrap();
    for _ in 0..16_381 {
        assert!(pool.get(handle));
    }
    assert!(pool.put(handle), "one less than the most");
    assert!(pool.get(handle) && pool.get(handle));
    for _ in 0..40_000 {
        assert!(pool.put(handle));
    }
    assert_eq!(pool.pages.usage().regions, 1);
}

#[test]
fn a_region_ends_after_the_last_operation_in_it() {
    let pool = pool(1, PROFILE);
    let handle = pool.create(1).unwrap();
    let running: Vec<_> = (0..254).map(|_| pool.entries.run(handle).unwrap()).collect();
    assert_eq!(pool.entries.run(handle).err(), Some(HandleError::Busy));
    assert_eq!(pool.entries.put(handle), Ok(Left::Gone));
    assert_eq!(pool.entries.run(handle).err(), Some(HandleError::NotLive));
    assert_eq!(pool.pages.usage().regions, 1, "operations still run");
    drop(running);
    check_empty(pool);
}

/// Threads use a region while its last reference is put, more often than it was got.
#[test]
fn puts_that_are_too_many_never_take_a_region_from_under_an_operation() {
    let pool = pool(4, PROFILE);
    let rounds = if cfg!(miri) { 5 } else { 100 };
    let (mut served, mut ended) = (0, 0);
    for round in 0..rounds {
        let handle = pool.create(PAGE).unwrap();
        let uses = || {
            let mut served = 0;
            while let Ok(running) = pool.entries.run(handle) {
                let block =
                    pool.allocate(handle, &Want { placement: Placement::Interim, ..want(Fit::Lines, 64) });
                if let Some(block) = block {
                    // SAFETY: the operation that runs keeps the region, and the block is 64 bytes of it.
                    unsafe { block.write_bytes(round as u8, 64) };
                    served += usize::from(free(pool, handle, block.as_ptr()));
                }
                drop(running);
            }
            served
        };
        let puts = || {
            thread::yield_now();
            usize::from(pool.entries.put(handle) == Ok(Left::Gone))
        };
        thread::scope(|scope| {
            let users = [scope.spawn(uses), scope.spawn(uses)];
            let putters = [scope.spawn(puts), scope.spawn(puts)];
            served += users.map(|user| user.join().unwrap()).iter().sum::<usize>();
            ended += putters.map(|putter| putter.join().unwrap()).iter().sum::<usize>();
        });
    }
    assert_eq!(ended, rounds, "each region ends once");
    assert!(served > 0);
    check_empty(pool);
}

/// Regions come and go on several threads, as many as there are entries.
#[test]
fn entries_go_round_between_threads() {
    let pool = pool(4, PROFILE);
    let rounds = if cfg!(miri) { 10 } else { 10_000 };
    let lives = || {
        for _ in 0..rounds {
            let handle = pool.create(PAGE).unwrap();
            assert!(pool.allocate(handle, &want(Fit::Packed, 10)).is_some());
            assert!(pool.get(handle) && pool.put(handle));
            assert!(!pool.put(handle));
        }
    };
    thread::scope(|scope| {
        scope.spawn(lives);
        scope.spawn(lives);
    });
    check_empty(pool);
}
