//! Object pools: growth, reuse, iteration, who drops what and when, and a shadow model.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "object_pool/model.rs"]
mod model;
mod support;

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use stable_deref_trait::CloneStableDeref;
use support::{PAGE, with_pages};
use vregion::Placement::Lifetime;
use vregion::{ObjectUsage, PagePool, Pool, Pooled, Refusal, Region};

/// A value with a number that counts its drops.
#[derive(Debug)]
struct Counted(u32, Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.1.fetch_add(1, Relaxed);
    }
}

fn with_region(pages: usize, body: impl FnOnce(&PagePool<'_>, Region<'_>)) {
    with_pages(pages, |pool| body(pool, pool.region(1, pages * PAGE).unwrap()));
}

fn address<T>(object: &Pooled<'_, T>) -> usize {
    (&raw const **object).addr()
}

#[test]
fn chunks_hold_2_4_8_16_32_and_then_always_32_objects() {
    with_region(4, |_, region| {
        let pool = Pool::new(&region, "numbers").unwrap();
        let fixed = region.statistics().lifetime_blocks;
        assert_eq!(pool.usage(), ObjectUsage::default(), "no chunk before the first object");
        let (mut objects, mut capacities) = (Vec::new(), vec![0]);
        for number in 0..62 + 3 * 32 {
            objects.push(pool.insert(number).unwrap());
            let usage = pool.usage();
            assert_eq!((usage.live, usage.peak), (objects.len(), objects.len()));
            if usage.capacity != *capacities.last().unwrap() {
                assert_eq!(usage.live, capacities.last().unwrap() + 1, "grows only when it must");
                capacities.push(usage.capacity);
            }
            assert_eq!(usage.chunks + 1, capacities.len());
            let blocks = region.statistics().lifetime_blocks - fixed;
            assert_eq!(blocks as usize, usage.chunks, "one block a chunk");
        }
        assert_eq!(capacities, [0, 2, 6, 14, 30, 62, 94, 126, 158]);
    });
}

#[test]
fn the_62_objects_of_5_chunks_lie_side_by_side_in_each() {
    with_region(2, |_, region| {
        let pool = Pool::new(&region, "five bytes").unwrap();
        let places: Vec<_> = (0..62).map(|number| pool.insert([number; 5]).unwrap()).collect();
        let at: Vec<_> = places.iter().map(address).collect();
        let stride = at[1] - at[0];
        let mut first = 0;
        for len in [2, 4, 8, 16, 32] {
            for index in first..first + len {
                assert_eq!(at[index], at[first] + (index - first) * stride);
                assert_eq!(*places[index], [index as u8; 5]);
            }
            first += len;
        }
        assert!(stride >= 5 && first == 62);
    });
}

#[test]
fn a_freed_slot_is_reused_and_holds_only_the_new_value() {
    with_region(1, |_, region| {
        let pool = Pool::new(&region, "numbers").unwrap();
        let mut objects: Vec<_> = (0..14).map(|number| pool.insert(number).unwrap()).collect();
        let (freed, usage) = (address(&objects[5]), pool.usage());
        let before = region.statistics();
        objects.remove(5);
        let again = pool.insert(99).unwrap();
        assert_eq!((address(&again), *again), (freed, 99));
        assert_eq!((pool.usage(), region.statistics()), (usage, before), "no new memory");
        drop((objects, again));
        assert_eq!(pool.usage(), ObjectUsage { live: 0, ..usage }, "chunks and peak stay");
    });
}

#[test]
fn objects_are_iterated_in_the_order_of_making_and_iteration_stops_early() {
    with_region(1, |_, region| {
        let pool = Pool::new(&region, "numbers").unwrap();
        assert_eq!(pool.iter().count(), 0, "no chunk");
        let objects: Vec<_> = (0..40).map(|number| pool.insert(Cell::new(number)).unwrap()).collect();
        assert!(pool.iter().map(|object| object.get()).eq(0..40));
        let mut visits = 0;
        let found = pool.iter().inspect(|_| visits += 1).find(|object| object.get() == 20).unwrap();
        assert_eq!((visits, address(&found)), (21, address(&objects[20])));
        pool.iter().for_each(|object| object.set(object.get() * 2));
        assert!(objects.iter().map(|object| object.get()).eq((0..40).map(|number| number * 2)));
        drop((objects, found));
        assert_eq!(pool.iter().count(), 0, "vacant chunks");
    });
}

#[test]
fn objects_deleted_during_iteration_live_until_the_iterators_handle_goes() {
    with_region(1, |_, region| {
        let drops = Arc::new(AtomicUsize::new(0));
        let pool = Pool::new(&region, "counted").unwrap();
        let make = |number| Some(pool.insert(Counted(number, drops.clone())).unwrap());
        let mut objects: Vec<_> = (0..20).map(make).collect();
        let mut seen = Vec::new();
        for object in pool.iter() {
            let number = object.0 as usize;
            seen.push(number);
            objects[number] = None;
            assert_eq!(drops.load(Relaxed), seen.len() - 1, "the handle here still owns it");
            if let Some(later) = objects.get_mut(number + 1).filter(|_| number.is_multiple_of(2)) {
                *later = None;
                seen.push(number + 1);
            }
        }
        assert_eq!(seen, (0..20).collect::<Vec<_>>(), "what was dropped before its turn is not visited");
        assert_eq!((drops.load(Relaxed), pool.usage().live), (20, 0));
    });
}

#[test]
fn objects_may_be_made_during_iteration() {
    with_region(1, |_, region| {
        let pool = Pool::new(&region, "numbers").unwrap();
        let mut objects = vec![pool.insert(0).unwrap()];
        let mut iter = pool.iter();
        assert_eq!(*iter.next().unwrap(), 0);
        objects.extend((1..9).map(|number| pool.insert(number).unwrap()));
        assert!(
            iter.map(|object| *object).eq(1..9),
            "in slots after the iterator's place, also in new chunks"
        );
    });
}

#[test]
fn a_pool_is_indifferent_it_never_seals_and_is_never_late() {
    with_region(2, |_, region| {
        let pool = Pool::new(&region, "numbers").unwrap();
        let mut objects: Vec<_> = (0..6_u64).map(|number| pool.insert(number).unwrap()).collect();
        let before = region.statistics();
        assert!(!before.sealed && before.lifetime_blocks == 3 && before.interim_blocks == 0);
        region.seal();
        objects.extend((6..62).map(|number| pool.insert(number).unwrap()));
        let after = region.statistics();
        assert_eq!((after.lifetime_blocks, after.interim_blocks, after.late_requests), (3, 3, 0));
        assert!(objects.iter().map(|object| **object).eq(0..62));
        drop((pool, objects));
        let freed = region.statistics();
        assert_eq!((freed.lifetime_frees, freed.interim_blocks, freed.interim_used), (3, 0, 0));
    });
}

#[test]
fn the_last_of_pool_and_object_handles_returns_the_pages() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        with_pages(1, |pages| {
            let drops = Arc::new(AtomicUsize::new(0));
            let pool = Pool::new(&pages.region(1, PAGE).unwrap(), "counted").unwrap();
            let first = pool.insert(Counted(1, drops.clone())).unwrap();
            let (second, other) = (first.clone(), pool.clone());
            let mut steps: [Option<Box<dyn FnOnce() + '_>>; 3] = [
                Some(Box::new(move || drop((pool, other)))),
                Some(Box::new(|| drop(first))),
                Some(Box::new(|| drop(second))),
            ];
            for which in order {
                assert_eq!(pages.usage().regions, 1);
                steps[which].take().unwrap()();
            }
            assert_eq!((pages.usage().regions, drops.load(Relaxed)), (0, 1));
        });
    }
}

#[test]
fn an_object_without_its_pool_still_clones_and_a_second_pool_is_another() {
    with_region(1, |_, region| {
        let (one, two) = (Pool::new(&region, "one").unwrap(), Pool::<u8>::new(&region, "two").unwrap());
        let object = one.insert(5).unwrap();
        drop(one);
        let clone = object.clone();
        drop(object);
        assert_eq!((*clone, two.usage().live, two.iter().count()), (5, 0, 0));
    });
}

#[test]
fn a_refused_object_is_dropped_and_leaves_nothing() {
    for sealed in [false, true] {
        with_region(1, |_, region| {
            let drops = Arc::new(AtomicUsize::new(0));
            let pool = Pool::new(&region, "counted").unwrap();
            if sealed {
                region.seal();
            }
            let mut objects = Vec::new();
            let error = loop {
                match pool.insert(Counted(0, drops.clone())) {
                    Ok(object) => objects.push(object),
                    Err(error) => break error,
                }
            };
            assert_eq!(
                (error.why, error.requester.what, error.requester.owner),
                (Refusal::NoRoom, "counted", 1)
            );
            let (usage, memory) = (pool.usage(), region.statistics());
            assert_eq!((usage.live, usage.capacity, drops.load(Relaxed)), (objects.len(), objects.len(), 1));
            for again in 2..if cfg!(miri) { 4 } else { 50 } {
                assert_eq!(pool.insert(Counted(0, drops.clone())).unwrap_err(), error);
                assert_eq!((pool.usage(), drops.load(Relaxed)), (usage, again));
                let now = region.statistics();
                assert_eq!(
                    (now.spare, now.lifetime_bytes, now.interim_used),
                    (memory.spare, memory.lifetime_bytes, memory.interim_used)
                );
            }
            objects.pop();
            pool.insert(Counted(0, drops.clone())).unwrap();
        });
    }
}

#[test]
fn no_pool_fits_a_full_region() {
    with_region(1, |_, region| {
        let _full = region.slice(Lifetime, PAGE, 0_u8, "all").unwrap();
        assert_eq!(Pool::<u8>::new(&region, "pool").unwrap_err().why, Refusal::NoRoom);
    });
}

#[test]
fn a_drop_that_panics_still_puts_its_slot_back() {
    struct Panics(bool);
    impl Drop for Panics {
        fn drop(&mut self) {
            assert!(!self.0, "a drop that panics");
        }
    }
    with_region(1, |pages, region| {
        let pool = Pool::new(&region, "panics").unwrap();
        let bad = pool.insert(Panics(true)).unwrap();
        let place = address(&bad);
        assert!(catch_unwind(AssertUnwindSafe(|| drop(bad))).is_err());
        assert_eq!(pool.usage().live, 0);
        assert_eq!(address(&pool.insert(Panics(false)).unwrap()), place);
        let bad = pool.insert(Panics(true)).unwrap();
        drop((pool, region));
        assert!(catch_unwind(AssertUnwindSafe(|| drop(bad))).is_err());
        assert_eq!(pages.usage().regions, 0);
    });
}

#[test]
fn a_value_may_use_its_own_pool_when_it_is_dropped() {
    struct Node<'m>(u32, Option<Pooled<'m, Node<'m>>>, RefCell<Option<Pool<'m, Node<'m>>>>);
    impl Drop for Node<'_> {
        fn drop(&mut self) {
            if let Some(pool) = self.2.take() {
                assert!(pool.iter().all(|node| node.0 != self.0), "what is being dropped is not seen");
                drop(pool.insert(Node(self.0 + 100, self.1.take(), RefCell::new(None))).unwrap());
            }
        }
    }
    with_region(2, |pages, region| {
        let pool = Pool::new(&region, "nodes").unwrap();
        let mut last = None;
        for number in 0..20 {
            let own = RefCell::new(Some(pool.clone()));
            last = Some(pool.insert(Node(number, last.take(), own)).unwrap());
        }
        drop((pool, region));
        assert_eq!(pages.usage().regions, 1);
        drop(last);
        assert_eq!(pages.usage().regions, 0);
    });
}

#[test]
fn any_size_and_alignment_of_object_works() {
    #[derive(Clone, Copy)]
    #[repr(align(4096))]
    struct APage;
    #[derive(Debug)]
    #[repr(align(8192))]
    struct MoreThanAPage;
    with_region(24, |_, region| {
        let empty = Pool::new(&region, "empty").unwrap();
        let empties = [(); 7].map(|()| empty.insert(()).unwrap());
        assert_eq!((empties.len(), empty.iter().count()), (7, 7));
        let large = Pool::new(&region, "large").unwrap();
        let numbers: Vec<_> = (0..6_u16).map(|number| large.insert([number; 1500]).unwrap()).collect();
        assert!(numbers.iter().zip(0..).all(|(object, number)| **object == [number; 1500]));
        let aligned = Pool::new(&region, "aligned").unwrap();
        let pages = [APage; 5].map(|page| aligned.insert(page).unwrap());
        assert!(pages.iter().all(|page| address(page).is_multiple_of(4096)));
        let refused = Pool::new(&region, "refused").unwrap();
        assert_eq!(refused.insert(MoreThanAPage).unwrap_err().why, Refusal::TooLarge);
    });
}

#[test]
fn noise_in_every_byte_of_every_object_harms_nothing() {
    with_region(2, |_, region| {
        let pool = Pool::new(&region, "bytes").unwrap();
        let mut objects: Vec<_> = (0..70).map(|_| pool.insert(Cell::new([0_u8; 13])).unwrap()).collect();
        for noise in [0xFF, 0x00, 0xA5] {
            pool.iter().for_each(|object| object.set([noise; 13]));
            objects.retain(|object| address(object) % 3 != 0);
            objects.resize_with(70, || pool.insert(Cell::new([noise; 13])).unwrap());
            assert!(pool.iter().all(|object| object.get() == [noise; 13]));
        }
        assert_eq!((pool.iter().count(), pool.usage().peak), (70, 70));
    });
}

#[test]
fn a_pool_is_used_from_several_threads() {
    with_region(4, |_, region| {
        let drops = Arc::new(AtomicUsize::new(0));
        let pool = Pool::new(&region, "counted").unwrap();
        let rounds = if cfg!(miri) { 10 } else { 3000 };
        std::thread::scope(|scope| {
            for id in 0..4_u32 {
                let (pool, drops) = (pool.clone(), drops.clone());
                scope.spawn(move || {
                    let mut mine = Vec::new();
                    for round in 0..rounds {
                        mine.push(pool.insert(Counted(id << 16 | round, drops.clone())).unwrap());
                        if round % 3 == 0 {
                            assert!(
                                pool.iter().all(|object| object.0 >> 16 < 4 && object.0 & 0xFFFF < rounds)
                            );
                        }
                        if mine.len() > 20 {
                            mine.swap_remove(round as usize % 20);
                        }
                    }
                    assert!(mine.iter().all(|object| object.0 >> 16 == id));
                });
            }
        });
        assert_eq!((drops.load(Relaxed), pool.usage().live), (4 * rounds as usize, 0));
        // Each thread owns 21, and the iterator of each may be the last to hold one that another thread has let go.
        assert!(pool.usage().peak <= 4 * (21 + 1));
    });
}

#[test]
fn objects_are_handed_over_and_dropped_by_another_thread() {
    with_pages(2, |pages| {
        let drops = Arc::new(AtomicUsize::new(0));
        let pool = Pool::new(&pages.region(1, PAGE).unwrap(), "counted").unwrap();
        std::thread::scope(|scope| {
            let (send, receive) = std::sync::mpsc::channel::<Pooled<'_, Counted>>();
            scope.spawn(move || receive.into_iter().map(|object| object.0).sum::<u32>());
            (0..50)
                .for_each(|number| send.send(pool.insert(Counted(number, drops.clone())).unwrap()).unwrap());
            drop((send, pool));
        });
        assert_eq!((drops.load(Relaxed), pages.usage().regions), (50, 0));
    });
}

#[test]
fn pools_and_objects_are_send_and_sync_as_their_values_are() {
    fn send_and_sync<T: Send + Sync>() {}
    fn clone_stable<T: CloneStableDeref>() {}
    send_and_sync::<Pool<'_, u32>>();
    send_and_sync::<Pooled<'_, AtomicUsize>>();
    clone_stable::<Pooled<'_, Cell<u8>>>();
}
