//! Who frees what, when, and once: handles, blocks, shared blocks, coerced blocks, panics.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::cell::Cell;
use std::fmt::Debug;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use stable_deref_trait::{CloneStableDeref, StableDeref};
use support::{PAGE, with_pages};
use vregion::Placement::{Indifferent, Interim, Lifetime};
use vregion::{
    AllocError, Block, PagePool, PoolError, PoolUsage, Refusal, Region, RegionError, Shared, Statistics,
};

/// Counts its drops.
#[derive(Clone, Debug, Default)]
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn drops(&self) -> usize {
        self.0.load(Relaxed)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// A region of one page and a witness of drops.
fn with_region(body: impl FnOnce(&PagePool<'_>, Region<'_>, Arc<AtomicUsize>)) {
    with_pages(1, |pool| body(pool, pool.region(1, PAGE).unwrap(), Arc::default()));
}

#[test]
fn the_last_owner_returns_the_pages_in_every_order() {
    for order in 0..24 {
        with_pages(1, |pool| {
            let region = pool.region(1, PAGE).unwrap();
            let life = region.slice(Lifetime, 10, 0_u8, "life").unwrap();
            let interim = region.value(Interim, 1_u64, "interim").unwrap();
            let shared = region.shared(Interim, 2_u64, "shared").unwrap();
            let mut drops: Vec<Option<Box<dyn FnOnce() + '_>>> = vec![
                Some(Box::new(move || drop(region))),
                Some(Box::new(move || drop(life))),
                Some(Box::new(move || drop(interim))),
                Some(Box::new(move || drop(shared))),
            ];
            let mut rest = order;
            for left in (1..=4).rev() {
                assert_eq!(pool.usage().regions, 1);
                let mut alive: Vec<_> = drops.iter_mut().filter(|owner| owner.is_some()).collect();
                let chosen = alive[rest % left].take().unwrap();
                rest /= left;
                chosen();
                assert_eq!(pool.validate(), Ok(()));
            }
            assert_eq!(pool.usage().regions, 0);
        });
    }
}

#[test]
fn cloned_handles_are_counted() {
    with_region(|pool, region, _| {
        let clones: Vec<_> = (0..10).map(|owner| (region.clone(), region.for_owner(owner))).collect();
        drop(region);
        assert_eq!(pool.usage().regions, 1);
        drop(clones);
        assert_eq!(pool.usage().regions, 0);
    });
}

#[test]
fn a_value_is_dropped_once() {
    with_region(|_, region, drops| {
        for (placement, count) in [(Lifetime, 1), (Interim, 2), (Indifferent, 3)] {
            drop(region.value(placement, Counted(drops.clone()), "value").unwrap());
            assert_eq!(drops.load(Relaxed), count);
        }
        let slice = region.slice_from_fn(Interim, 5, |_| Counted(drops.clone()), "slice").unwrap();
        drop(slice);
        assert_eq!(drops.load(Relaxed), 8);
    });
}

#[test]
fn a_value_without_room_is_dropped() {
    with_region(|_, region, drops| {
        let _all = region.slice(Lifetime, PAGE, 0_u8, "all").unwrap();
        let error = region.value(Lifetime, Counted(drops.clone()), "value").unwrap_err();
        assert_eq!((error.why, drops.load(Relaxed)), (Refusal::NoRoom, 1));
    });
}

#[test]
fn a_value_may_hold_blocks_and_handles_of_its_own_region() {
    struct Module<'m> {
        delay: Block<'m, [f32]>,
        table: Shared<'m, [u8; 4]>,
        region: Region<'m>,
    }
    with_region(|pool, region, _| {
        let table = region.shared(Lifetime, [1, 2, 3, 4], "table").unwrap();
        let delay = region.slice(Lifetime, 8, 0.5, "delay").unwrap();
        let module = Module { delay, table: table.clone(), region: region.clone() };
        let module = region.value(Lifetime, module, "module").unwrap();
        drop((region, table));
        assert_eq!((module.delay[7], module.table[3]), (0.5, 4));
        assert_eq!(module.region.statistics().lifetime_blocks, 3);
        drop(module);
        assert_eq!(pool.usage().regions, 0);
    });
}

#[test]
fn types_without_size_work_and_have_addresses_of_their_own() {
    #[derive(Debug, Clone, Copy, PartialEq)]
    #[repr(align(32))]
    struct Marker;
    with_region(|_, region, _| {
        let marks: Vec<_> =
            [Lifetime, Lifetime, Interim, Interim].map(|p| region.value(p, Marker, "marker").unwrap()).into();
        for (index, mark) in marks.iter().enumerate() {
            let address = (&raw const **mark).addr();
            assert_eq!(address % 32, 0);
            assert!(marks[..index].iter().all(|other| (&raw const **other).addr() != address));
        }
        let many = region.slice(Interim, 1000, Marker, "markers").unwrap();
        assert_eq!((many.len(), many[999]), (1000, Marker));
        let shared = region.shared(Interim, Marker, "shared marker").unwrap();
        assert_eq!(*shared.clone(), Marker);
        let seen = region.statistics();
        assert_eq!((seen.lifetime_blocks, seen.lifetime_bytes, seen.interim_blocks), (2, 2, 4));
    });
}

#[test]
fn shared_values_are_dropped_by_their_last_owner() {
    for placement in [Lifetime, Interim] {
        with_region(|pool, region, drops| {
            let first = region.shared(placement, Counted(drops.clone()), "shared").unwrap();
            let second = first.clone();
            assert_eq!((&raw const *first, first.drops()), (&raw const *second, 0));
            drop((region, first));
            let third = second.clone();
            drop(second);
            assert_eq!((drops.load(Relaxed), pool.usage().regions), (0, 1));
            drop(third);
            assert_eq!((drops.load(Relaxed), pool.usage().regions), (1, 0));
        });
    }
}

#[test]
fn shared_blocks_own_whole_lines_and_others_pack() {
    with_region(|_, region, _| {
        let small = region.value(Lifetime, 1_u8, "small").unwrap();
        let shared = region.shared(Lifetime, 2_u8, "shared").unwrap();
        let next = region.value(Lifetime, 3_u8, "next").unwrap();
        let base = (&raw const *small).addr();
        assert_eq!((&raw const *shared).addr() - base, 64 + size_of::<u32>(), "after the count of owners");
        assert_eq!((&raw const *next).addr() - base, 128);
        assert_eq!(region.statistics().lifetime_padding, 63 + (64 - 8));
    });
}

#[test]
fn a_panicking_maker_leaks_nothing() {
    with_region(|_, region, drops| {
        for placement in [Interim, Lifetime] {
            let make = |index| {
                assert!(index < 3, "no fourth element");
                Counted(drops.clone())
            };
            let made =
                catch_unwind(AssertUnwindSafe(|| region.slice_from_fn(placement, 5, make, "elements")));
            assert!(made.is_err());
        }
        assert_eq!(drops.load(Relaxed), 6);
        assert_eq!(region.statistics().interim_used, 0);
    });
}

#[test]
fn a_panicking_drop_still_frees_the_memory() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("bomb");
        }
    }
    with_region(|pool, region, _| {
        let block = region.value(Interim, Bomb, "bomb").unwrap();
        let shared = region.shared(Interim, Bomb, "shared bomb").unwrap();
        let coerced =
            region.value(Interim, Bomb, "hidden bomb").unwrap().coerce(|bomb| bomb as &mut (dyn Send + '_));
        assert!(catch_unwind(AssertUnwindSafe(|| drop(block))).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| drop(shared))).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| drop(coerced))).is_err());
        assert_eq!(region.statistics().interim_used, 0);
        drop(region);
        assert_eq!(pool.usage().regions, 0);
    });
}

#[test]
fn a_block_can_be_seen_as_a_trait_object() {
    with_region(|_, region, drops| {
        let block = region.value(Lifetime, Counted(drops.clone()), "value").unwrap();
        let at = (&raw const *block).addr();
        let block: Block<'_, dyn Debug + Send> = block.coerce(|value| value as &mut (dyn Debug + Send));
        assert_eq!((&raw const *block).cast::<u8>().addr(), at);
        assert_eq!(format!("{block:?}"), "Counted(0)");
        drop(block);
        assert_eq!(drops.load(Relaxed), 1);
    });
}

#[test]
fn coerced_to_a_field_the_whole_value_is_dropped_once() {
    with_region(|_, region, drops| {
        let pair = region
            .value(Interim, (Counted(drops.clone()), [1_u64; 20], Counted(drops.clone())), "pair")
            .unwrap();
        let mut field: Block<'_, [u64]> = pair.coerce(|pair| &mut pair.1[5..]);
        field[0] = 9;
        let first: Block<'_, [u64]> = field;
        assert_eq!((first.len(), first[0]), (15, 9));
        drop(first);
        assert_eq!((drops.load(Relaxed), region.statistics().interim_used), (2, 0));
    });
}

#[test]
fn coerced_twice_the_first_value_is_dropped_once() {
    with_region(|_, region, drops| {
        let pair = region.value(Interim, (Counted(drops.clone()), Counted(drops.clone())), "pair").unwrap();
        let second = pair.coerce(|pair| &mut pair.1).coerce(|second| second as &mut (dyn Debug + Send));
        drop(second);
        assert_eq!((drops.load(Relaxed), region.statistics().interim_used), (2, 0));
    });
}

#[test]
fn coerced_to_something_leaked_or_owned_elsewhere_the_value_is_still_dropped_once() {
    with_region(|_, region, drops| {
        let value = region.value(Interim, Counted(drops.clone()), "value").unwrap();
        let nowhere = value.coerce::<[u64]>(|_| &mut []);
        assert!(nowhere.is_empty());
        drop(nowhere);
        assert_eq!((drops.load(Relaxed), region.statistics().interim_used), (1, 0));

        let owner =
            region.value(Interim, vec![Counted(drops.clone()), Counted(drops.clone())], "vector").unwrap();
        let elements: Block<'_, [Counted]> = owner.coerce(|vector| &mut vector[1..]);
        assert_eq!(elements.len(), 1);
        drop(elements);
        assert_eq!((drops.load(Relaxed), region.statistics().interim_used), (3, 0));
    });
}

#[test]
fn a_closure_that_panics_drops_the_value_once() {
    with_region(|_, region, drops| {
        let value = region.value(Interim, Counted(drops.clone()), "value").unwrap();
        let coerced = catch_unwind(AssertUnwindSafe(|| {
            value.coerce(|value| if value.drops() == 0 { panic!("no") } else { &mut value.0 })
        }));
        assert!(coerced.is_err());
        assert_eq!((drops.load(Relaxed), region.statistics().interim_used), (1, 0));
    });
}

#[test]
fn coerced_to_what_its_value_keeps_from_being_dropped_it_is_not_dropped() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    struct Inner(u8);
    impl Drop for Inner {
        fn drop(&mut self) {
            DROPS.fetch_add(1, Relaxed);
        }
    }
    struct Hidden(ManuallyDrop<Inner>);
    with_region(|_, region, _| {
        let hidden = region.value(Interim, Hidden(ManuallyDrop::new(Inner(5))), "hidden").unwrap();
        // Same address and same size: only the remembered type tells that this is not the block's to drop.
        let inner: Block<'_, Inner> = hidden.coerce(|hidden| &mut *hidden.0);
        assert_eq!(inner.0, 5);
        drop(inner);
        assert_eq!((DROPS.load(Relaxed), region.statistics().interim_used), (0, 0));
    });
}

#[test]
fn regions_and_blocks_are_used_from_several_threads() {
    with_pages(8, |pool| {
        let region = pool.region(1, 4 * PAGE).unwrap();
        let shared = region.shared(Lifetime, AtomicUsize::new(0), "counter").unwrap();
        let rounds = if cfg!(miri) { 5 } else { 2000 };
        std::thread::scope(|scope| {
            for id in 0..4_u8 {
                let (region, shared) = (region.for_owner(u32::from(id)), shared.clone());
                scope.spawn(move || {
                    for round in 0..rounds {
                        let block = region.slice(Interim, 1 + (round * 37) % 700, id, "block").unwrap();
                        let own = pool.region(9, PAGE).map(|own| own.value(Lifetime, id, "own").unwrap());
                        assert!(block.iter().all(|&byte| byte == id));
                        assert!(own.is_err() || own.is_ok_and(|own| *own == id));
                        shared.clone().fetch_add(1, Relaxed);
                    }
                });
            }
        });
        assert_eq!(shared.load(Relaxed), 4 * rounds);
        assert_eq!(region.statistics().interim_used, 0);
    });
}

#[test]
fn blocks_and_handles_are_send_and_sync_as_their_values_are() {
    fn send_and_sync<T: Send + Sync>() {}
    fn stable<T: StableDeref>() {}
    fn clone_stable<T: CloneStableDeref>() {}
    send_and_sync::<PagePool<'_>>();
    send_and_sync::<Region<'_>>();
    send_and_sync::<Block<'_, [u8]>>();
    send_and_sync::<Block<'_, dyn Debug + Send + Sync>>();
    send_and_sync::<Shared<'_, u32>>();
    fn send<T: Send>() {}
    send::<Block<'_, Cell<u8>>>();
    send::<(PoolError, RegionError, AllocError, PoolUsage, Statistics)>();
    stable::<Block<'_, dyn Debug>>();
    clone_stable::<Shared<'_, str>>();
}
