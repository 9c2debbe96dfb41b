//! Shared read-only copies: where they go, who shares them, what is refused, and a shadow model.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};

use proptest::collection::vec;
use proptest::prelude::*;
use stable_deref_trait::StableDeref;
use support::{PAGE, PROFILE, cases, with_profile};
use vregion::Placement::{self, Indifferent, Interim, Lifetime};
use vregion::{CopyCache, CopyError, PagePool, Profile, Refusal, Region, RegionError, SharedCopy};

/// The largest number of bytes that is private.
const SMALL: usize = PAGE / 2;

static DATA: [f32; 3000] = {
    let mut data = [0.0; 3000];
    let mut index = 0;
    while index < data.len() {
        data[index] = index as f32 * 0.25;
        index += 1;
    }
    data
};

/// Calls `body` with a cache whose table has a region of one page, and with a module's region of one page.
fn with_cache(pages: usize, body: impl for<'m> FnOnce(&'m PagePool<'m>, &CopyCache<'m>, &Region<'m>)) {
    with_profile(Profile { max_regions: 64, ..PROFILE }, pages, |pool| {
        let cache = CopyCache::new(pool, &pool.region(100, PAGE).unwrap()).unwrap();
        body(pool, &cache, &pool.region(7, PAGE).unwrap());
    });
}

#[test]
fn a_copy_has_the_content_of_its_source_elsewhere() {
    with_cache(6, |_, cache, module| {
        for len in [1, 10, SMALL / 4, SMALL / 4 + 1, 3000] {
            let source = &DATA[..len];
            let copy = cache.get(source, module, Interim, "copy").unwrap();
            assert_eq!(*copy, *source);
            assert_ne!(copy.as_ptr(), source.as_ptr());
        }
    });
}

#[test]
fn up_to_half_a_page_each_asker_has_a_copy_in_its_own_region() {
    with_cache(6, |pages, cache, module| {
        let source = &DATA[..SMALL / 4];
        let regions = pages.usage().regions;
        let first = cache.get(source, module, Lifetime, "one").unwrap();
        assert_eq!(module.statistics().lifetime_bytes, SMALL);
        let other = pages.region(8, PAGE).unwrap();
        let second = cache.get(source, &other, Lifetime, "other").unwrap();
        let third = cache.get(&source[1..], module, Lifetime, "part").unwrap();
        assert!(first.as_ptr() != second.as_ptr() && third.as_ptr() != second.as_ptr());
        assert_eq!((cache.usage().live, pages.usage().regions), (0, regions + 1), "nothing is shared");
        assert!(first.share().is_none());
        drop((first, third));
        assert_eq!(module.statistics().lifetime_frees, 2);
        assert_eq!(*second, *source);
    });
}

#[test]
fn a_small_copy_follows_the_placement_that_is_asked_for() {
    with_cache(6, |_, cache, module| {
        let source = &DATA[..100];
        let _lifetime = cache.get(source, module, Lifetime, "init").unwrap();
        let _before = cache.get(source, module, Indifferent, "init").unwrap();
        assert!(!module.statistics().sealed);
        let interim = cache.get(source, module, Interim, "prepare").unwrap();
        let _after = cache.get(source, module, Indifferent, "prepare").unwrap();
        let seen = module.statistics();
        assert_eq!((seen.lifetime_bytes, seen.interim_blocks, seen.late_requests), (800, 2, 0));
        drop(interim);
        assert_eq!(module.statistics().interim_blocks, 1);
        let _late = cache.get(source, module, Lifetime, "late copy").unwrap();
        assert_eq!(module.statistics().first_late.unwrap().what, "late copy");
    });
}

#[test]
fn above_half_a_page_a_copy_is_shared_page_aligned_in_a_region_of_its_own() {
    with_cache(8, |pages, cache, module| {
        let source = &DATA[..SMALL / 4 + 1];
        let (before, module_before) = (pages.usage(), module.statistics());
        let first = cache.get(source, module, Lifetime, "one").unwrap();
        let second = cache.get(source, module, Interim, "other").unwrap();
        assert_eq!(first.as_ptr(), second.as_ptr());
        assert_eq!(first.as_ptr().addr() % PAGE, 0);
        assert_eq!(pages.usage().regions, before.regions + 1);
        assert_eq!(pages.usage().free_pages, before.free_pages - 1);
        assert_eq!(module.statistics(), module_before, "the asker pays nothing");
        let largest = cache.get(&DATA[1..], module, Lifetime, "three pages").unwrap();
        assert_eq!((largest.as_ptr().addr() % PAGE, *largest == DATA[1..]), (0, true));
        assert_eq!(pages.usage().free_pages, before.free_pages - 4);
        assert_eq!(cache.usage().live, 2);
    });
}

#[test]
fn a_shared_copy_survives_a_partial_put_and_is_freed_by_the_last_holder() {
    with_cache(6, |pages, cache, module| {
        let free = pages.usage().free_pages;
        let first = cache.get(&DATA, module, Lifetime, "first").unwrap();
        let (second, third) = (cache.get(&DATA, module, Lifetime, "second").unwrap(), first.share().unwrap());
        let at = first.as_ptr();
        drop(first);
        let fourth = cache.get(&DATA, module, Lifetime, "fourth").unwrap();
        assert!([&second, &third, &fourth].iter().all(|copy| copy.as_ptr() == at && ***copy == DATA));
        drop((fourth, second));
        assert_eq!((cache.usage().live, *third == DATA), (1, true));
        drop(third);
        assert_eq!((cache.usage().live, pages.usage().free_pages), (0, free));
        assert_eq!(*cache.get(&DATA, module, Lifetime, "again").unwrap(), DATA);
    });
}

#[test]
fn another_size_of_a_shared_source_is_refused() {
    with_cache(6, |pages, cache, module| {
        let whole = cache.get(&DATA, module, Lifetime, "whole").unwrap();
        let (usage, free) = (cache.usage(), pages.usage().free_pages);
        let error = cache.get(&DATA[..2999], module, Lifetime, "part").unwrap_err();
        let source = DATA.as_ptr().addr();
        assert_eq!(error, CopyError::Size { source, copied: 12_000, asked: 11_996 });
        assert!(error.to_string().contains("11996 B asked for, it has 12000 B"), "{error}");
        assert_eq!((cache.usage(), pages.usage().free_pages), (usage, free));
        drop(whole);
        let part = cache.get(&DATA[..2999], module, Lifetime, "part").unwrap();
        assert_eq!(part.len(), 2999, "the source is free again");
    });
}

#[test]
fn more_than_32_sources_are_shared_at_once() {
    const COUNT: usize = if cfg!(miri) { 33 } else { 48 };
    static MANY: [[u8; SMALL + 1]; COUNT] = [[7; SMALL + 1]; COUNT];
    with_cache(4 + COUNT, |pages, _, module| {
        let cache = CopyCache::new(pages, &pages.region(100, 2 * PAGE).unwrap()).unwrap();
        let get = |source: &'static [u8; SMALL + 1]| cache.get(source, module, Lifetime, "one").unwrap();
        let copies: Vec<_> = MANY.iter().map(get).collect();
        let again: Vec<_> = MANY.iter().rev().map(get).collect();
        assert!(copies.iter().zip(again.iter().rev()).all(|(one, two)| one.as_ptr() == two.as_ptr()));
        let usage = cache.usage();
        assert_eq!((usage.live, usage.peak, usage.capacity), (COUNT, COUNT, 62));
        assert_eq!(pages.usage().regions, 3 + COUNT);
        drop((copies, again));
        assert_eq!((cache.usage().live, pages.usage().regions), (0, 3));
    });
}

#[test]
fn the_same_bytes_are_shared_whatever_their_type() {
    #[derive(Clone, Copy, PartialEq, Debug)]
    #[repr(C)]
    struct Tap {
        small: u8,
        large: u32,
    }
    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Filter {
        taps: [Tap; 400],
    }
    const TAP: Tap = Tap { small: 3, large: 70_000 };
    static FILTER: Filter = Filter { taps: [TAP; 400] };
    with_cache(6, |_, cache, module| {
        let filter: SharedCopy<'_, Filter> =
            cache.get(std::slice::from_ref(&FILTER), module, Lifetime, "filter").unwrap();
        let taps = cache.get(&FILTER.taps, module, Lifetime, "taps").unwrap();
        assert_eq!((filter.as_ptr().addr(), cache.usage().live), (taps.as_ptr().addr(), 1));
        assert!(taps.iter().chain(&filter[0].taps).all(|tap| *tap == TAP), "padding harms nothing");
    });
}

#[test]
fn references_in_a_copy_stay_good() {
    static NAMES: [&str; 200] = ["name"; 200];
    with_cache(6, |_, cache, module| {
        let small = cache.get(&NAMES[..10], module, Lifetime, "small").unwrap();
        let large = cache.get(&NAMES, module, Lifetime, "large").unwrap();
        assert!(small.iter().chain(&*large).all(|name| *name == "name"));
    });
}

#[test]
fn an_alignment_above_a_page_is_refused() {
    #[derive(Clone, Copy, Debug)]
    #[repr(align(8192))]
    struct Wide;
    #[derive(Clone, Copy, Debug)]
    #[repr(align(8192))]
    struct Full(#[allow(dead_code, reason = "makes it large")] [u8; 8192]);
    static FULL: [Full; 1] = [Full([0; 8192])];
    with_cache(9, |pages, cache, module| {
        let free = pages.usage().free_pages;
        let refused = CopyError::Alignment { align: 8192, page_bytes: PAGE };
        // Whether or not the pages happen to begin at such an address: of two regions side by side one does.
        let apart = pages.region(1, PAGE).unwrap();
        assert_eq!(cache.get(&FULL, module, Lifetime, "full").unwrap_err(), refused);
        drop(apart);
        assert_eq!(cache.get(&FULL, module, Lifetime, "full").unwrap_err(), refused);
        assert_eq!((cache.usage().live, pages.usage().free_pages), (0, free));
        assert!(matches!(cache.get(&[Wide], module, Lifetime, "wide"), Err(CopyError::Memory(_))));
    });
}

#[test]
fn nothing_can_be_copied_from_nothing() {
    with_cache(3, |_, cache, module| {
        let error = cache.get::<u32>(&[], module, Lifetime, "nothing").unwrap_err();
        let CopyError::Memory(inner) = error else { panic!("{error}") };
        assert_eq!(
            (inner.why, inner.requester.owner, inner.requester.what),
            (Refusal::ZeroSize, 7, "nothing")
        );
    });
}

#[test]
fn a_refused_copy_leaves_nothing() {
    with_profile(Profile { max_regions: 4, ..PROFILE }, 6, |pages| {
        let table = pages.region(100, PAGE).unwrap();
        let module = pages.region(7, PAGE).unwrap();
        let cache = CopyCache::new(pages, &table).unwrap();
        let full = table.slice(Lifetime, table.statistics().spare, 0_u8, "full").unwrap();
        let get = |source: &'static [f32]| cache.get(source, &module, Lifetime, "copy").map(|copy| copy[0]);
        let free = pages.usage().free_pages;
        assert!(matches!(get(&DATA), Err(CopyError::Memory(error)) if error.requester.owner == 100), "table");
        assert_eq!((pages.usage().free_pages, cache.usage().live), (free, 0));

        let large = pages.region(1, 2 * PAGE).unwrap();
        let wanted = RegionError::NoPages { wanted: 3, free: 2 };
        assert_eq!(get(&DATA), Err(CopyError::Region(wanted)), "pages");
        let last = pages.region(1, PAGE).unwrap();
        assert_eq!(get(&DATA[..600]), Err(CopyError::Region(RegionError::TooManyRegions { limit: 4 })));
        drop((large, last));
        assert_eq!((pages.usage().free_pages, cache.usage().live), (free, 0));

        let taken = module.slice(Lifetime, PAGE - 100, 0_u8, "taken").unwrap();
        assert!(matches!(get(&DATA[..26]), Err(CopyError::Memory(error)) if error.left == 100), "small copy");
        assert_eq!((module.statistics().spare, get(&DATA[..25])), (100, Ok(0.0)));
        drop((full, taken));
    });
}

#[test]
fn copies_outlive_their_cache_and_the_askers_handle() {
    with_profile(PROFILE, 6, |pages| {
        let cache = CopyCache::new(pages, &pages.region(100, PAGE).unwrap()).unwrap();
        let module = pages.region(7, PAGE).unwrap();
        let small = cache.get(&DATA[..5], &module, Lifetime, "small").unwrap();
        let large = cache.get(&DATA, &module, Lifetime, "large").unwrap();
        drop((cache, module));
        assert_eq!((small.len(), *large == DATA, pages.usage().regions), (5, true, 3));
        drop(small);
        let second = large.share().unwrap();
        drop(large);
        assert_eq!((*second == DATA, pages.usage().regions), (true, 2));
        drop(second);
        assert_eq!(pages.usage().regions, 0);
    });
}

/// Waits for `threads` threads to come here for the `time`-th time (from 1 on), awake: so they leave at once.
fn meet(arrived: &AtomicUsize, threads: usize, time: usize) {
    arrived.fetch_add(1, AcqRel);
    let mut spins = 0_u32;
    while arrived.load(Acquire) < threads * time {
        spins += 1;
        if spins.is_multiple_of(4096) || cfg!(miri) {
            std::thread::yield_now();
        }
        std::hint::spin_loop();
    }
}

#[test]
fn threads_that_ask_at_once_share_one_copy() {
    const THREADS: usize = 2;
    // Long enough for the threads to meet while one copies.
    const LEN: usize = if cfg!(miri) { 600 } else { 1 << 17 };
    static LONG: [u32; LEN + 5] = [0xABCD_1234; LEN + 5];
    // Room for a copy of each thread, should they make them.
    with_cache(2 + THREADS * (LEN / 1024 + 1), |pages, cache, module| {
        let rounds = if cfg!(miri) { 3 } else { 400 };
        let (arrived, seen) = (AtomicUsize::new(0), [const { AtomicUsize::new(0) }; THREADS]);
        std::thread::scope(|scope| {
            for own in &seen {
                let (arrived, seen) = (&arrived, &seen);
                scope.spawn(move || {
                    for round in 0..rounds {
                        let source = &LONG[round % 5..][..LEN];
                        meet(arrived, THREADS, 3 * round + 1);
                        let large = cache.get(source, module, Lifetime, "large").unwrap();
                        own.store(large.as_ptr().addr(), Relaxed);
                        meet(arrived, THREADS, 3 * round + 2);
                        assert!(seen.iter().all(|other| other.load(Relaxed) == large.as_ptr().addr()));
                        assert_eq!((&*large, cache.usage().live), (source, 1));
                        let small = cache.get(&source[..10], module, Interim, "small").unwrap();
                        assert_eq!(*small, source[..10]);
                        drop(large);
                        meet(arrived, THREADS, 3 * round + 3);
                    }
                });
            }
        });
        assert_eq!((cache.usage().peak, pages.usage().regions), (1, 2));
    });
}

#[test]
fn threads_that_come_and_go_find_a_copy_or_make_one() {
    with_cache(9, |pages, cache, module| {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(move || {
                    for round in 0..if cfg!(miri) { 3 } else { 2000 } {
                        let source = &DATA[round % 2..][..600];
                        let large = cache.get(source, module, Lifetime, "large").unwrap();
                        let again = large.share().unwrap();
                        drop(large);
                        assert_eq!(*again, *source);
                    }
                });
            }
        });
        assert_eq!((cache.usage().live, pages.usage().regions), (0, 2));
    });
}

#[test]
fn caches_and_copies_are_send_and_sync() {
    fn send_and_sync<T: Send + Sync>() {}
    fn stable<T: StableDeref>() {}
    send_and_sync::<CopyCache<'_>>();
    send_and_sync::<SharedCopy<'_, u32>>();
    stable::<SharedCopy<'_, u32>>();
}

#[derive(Clone, Debug)]
enum Op {
    /// First element, elements, placement.
    Get(usize, usize, Placement),
    Share(usize),
    Drop(usize),
}

fn op() -> impl Strategy<Value = Op> {
    // Few first elements, so that sources meet; lengths around half a page, and some in common.
    let len = prop_oneof![1_usize..600, Just(513), Just(1500), 500_usize..2000];
    let placement = prop_oneof![Just(Lifetime), Just(Interim), Just(Indifferent)];
    prop_oneof![
        4 => (0_usize..6, len, placement).prop_map(|(first, len, place)| Op::Get(first, len, place)),
        1 => any::<usize>().prop_map(Op::Share),
        3 => any::<usize>().prop_map(Op::Drop),
    ]
}

/// Who holds what: for each shared source its elements, its address and its holders.
#[derive(Default)]
struct Model<'m> {
    held: Vec<(usize, SharedCopy<'m, f32>)>,
    shared: BTreeMap<usize, (usize, usize, usize)>,
}

impl<'m> Model<'m> {
    fn hold(&mut self, first: usize, copy: SharedCopy<'m, f32>) {
        let at = copy.as_ptr().addr();
        if copy.len() * 4 > SMALL {
            let entry = self.shared.entry(first).or_insert((copy.len(), at, 0));
            entry.2 += 1;
            assert_eq!((entry.0, entry.1), (copy.len(), at));
        }
        self.held.push((first, copy));
    }

    fn get(&mut self, cache: &CopyCache<'m>, module: &Region<'m>, request: (usize, usize, Placement)) {
        let (first, len, placement) = request;
        match (cache.get(&DATA[first..first + len], module, placement, "copy"), self.shared.get(&first)) {
            (Ok(copy), _) => self.hold(first, copy),
            (Err(CopyError::Size { copied, asked, .. }), Some(known)) => {
                assert_eq!((copied, asked, len != known.0), (known.0 * 4, len * 4, true));
            }
            (Err(CopyError::Region(_)), None) => assert!(len * 4 > SMALL),
            (Err(CopyError::Memory(error)), _) => {
                assert_eq!((error.bytes, len * 4 <= SMALL), (len * 4, true))
            }
            (Err(error), known) => assert_eq!((Some(error), known), (None, None), "a refusal without reason"),
        }
    }

    fn run(&mut self, cache: &CopyCache<'m>, module: &Region<'m>, op: Op) {
        match op {
            Op::Get(first, len, placement) => self.get(cache, module, (first, len, placement)),
            Op::Share(which) if !self.held.is_empty() => {
                let (first, copy) = &self.held[which % self.held.len()];
                let (first, second) = (*first, copy.share());
                assert_eq!(second.is_some(), copy.len() * 4 > SMALL);
                second.into_iter().for_each(|second| self.hold(first, second));
            }
            Op::Drop(which) if !self.held.is_empty() => {
                let (first, copy) = self.held.swap_remove(which % self.held.len());
                if let Some(entry) = self.shared.get_mut(&first).filter(|_| copy.len() * 4 > SMALL) {
                    entry.2 -= 1;
                    self.shared.retain(|_, entry| entry.2 > 0);
                }
            }
            _ => {}
        }
        assert_eq!(cache.usage().live, self.shared.len());
        assert!(self.held.iter().all(|(first, copy)| **copy == DATA[*first..first + copy.len()]));
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_cache_does_what_its_model_does(ops in vec(op(), 0..if cfg!(miri) { 10 } else { 150 })) {
        with_cache(9, |pages, cache, module| {
            let mut model = Model::default();
            ops.into_iter().for_each(|op| {
                model.run(cache, module, op);
                assert_eq!(pages.validate(), Ok(()));
            });
            drop(model);
            assert_eq!((cache.usage().live, pages.usage().regions), (0, 2));
        });
    }
}
