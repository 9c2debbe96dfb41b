//! The heap over a bare table.

use std::vec;
use std::vec::Vec;

use super::*;
use core::ptr::NonNull;

use crate::table::{self, ACCESSES, RawTable, Unit};

fn with_heap<R>(granules: usize, body: impl FnOnce(&mut Heap, &mut Table<'_>) -> R) -> R {
    let blank = Unit { free_first: 0, free_last: 0, used_first: 0, cells: [0; 8], shorts: [0; 8] };
    let mut units = vec![blank; table::units(granules)];
    let mut spans = vec![[0; table::WORD]; table::spans(granules)];
    let (units, spans) = (NonNull::from(&mut *units).cast(), NonNull::from(&mut *spans).cast());
    // SAFETY: the vectors have as many records as the table needs, and live longer.
    let mut raw = unsafe { RawTable::new(units, spans, granules as u32) };
    let mut table = raw.view();
    let mut heap = Heap::EMPTY;
    heap.open(&mut table, 0, 32);
    body(&mut heap, &mut table)
}

#[test]
#[cfg_attr(miri, ignore = "262,144 lengths take minutes")]
fn classes_are_in_the_order_of_lengths_and_exact_below_16() {
    let classes: Vec<u32> = (1..=MAX_GRANULES as u32).map(class_of).collect();
    assert!(classes.is_sorted());
    assert!(classes[..16].iter().copied().eq(1..=16));
    assert!(classes.windows(2).all(|pair| pair[1] - pair[0] <= 1), "no class is skipped");
    assert_eq!(*classes.last().unwrap() as usize, CLASSES - 1);
    for len in 2..=MAX_GRANULES as u32 {
        assert!(class_of(len - 1) < covering(len), "a class for shorter than {len}");
        assert!(covering(len) <= class_of(len) + 1);
    }
}

#[test]
fn an_empty_heap_places_its_whole_length() {
    for granules in [1, 2, 8, 9, 31, 32, 33, 448, 4096, 4097, 65_535] {
        with_heap(granules, |heap, table| {
            let len = granules as u32;
            assert_eq!(heap.largest(table), len);
            assert_eq!(heap.place(table, len), Some(0));
            assert_eq!(heap.place(table, 1), None);
            assert_eq!(heap.largest(table), 0);
            heap.give_back(table, 0, len).unwrap();
            assert_eq!(heap.largest(table), len);
        });
    }
}

#[test]
fn a_freed_hole_serves_the_same_length_again() {
    for len in (1..1000).step_by(if cfg!(miri) { 97 } else { 1 }) {
        with_heap(len + 2, |heap, table| {
            let len = len as u32;
            let below = heap.place(table, 1).unwrap();
            let above = heap.place(table, len).unwrap();
            assert!(heap.place(table, 1).is_some());
            heap.give_back(table, above, len).unwrap();
            assert_eq!(heap.place(table, len), Some(above), "length {len}");
            assert_eq!(below, 0);
        });
    }
}

/// The most records that one call of a random churn at three quarters looks at, for a place and a free.
fn most_accesses(granules: usize, calls: usize) -> (usize, usize) {
    let (mut places, mut frees, mut used, mut random) = (0, 0, 0, 0x9E37_79B9_u32);
    let mut below = |limit: usize| {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random as usize % limit
    };
    with_heap(granules, |heap, table| {
        let mut live = Vec::new();
        for _ in 0..calls {
            let octave = 1 << below(8);
            let len = (octave + below(octave)) as u32;
            while used + len as usize > granules / 4 * 3 {
                let (start, len): (u32, u32) = live.swap_remove(below(live.len()));
                used -= len as usize;
                ACCESSES.set(0);
                heap.give_back(table, start, len).unwrap();
                frees = frees.max(ACCESSES.get());
            }
            ACCESSES.set(0);
            let placed = heap.place(table, len);
            places = places.max(ACCESSES.get());
            if let Some(start) = placed {
                live.push((start, len));
                used += len as usize;
            }
        }
    });
    (places, frees)
}

#[test]
#[cfg_attr(miri, ignore = "long churns take minutes")]
fn no_call_loops_over_blocks_at_any_size() {
    for granules in [448, 1024, 16_384, 262_144] {
        let (places, frees) = most_accesses(granules, if granules > 20_000 { 40_000 } else { 20_000 });
        std::println!("{granules} granules: at most {places} records per place, {frees} per free");
        assert!(places <= 32 && frees <= 32, "{granules} granules: {places} and {frees} records");
    }
}

#[test]
fn what_was_not_placed_is_not_taken_back() {
    with_heap(64, |heap, table| {
        let block = heap.place(table, 4).unwrap();
        assert!(heap.give_back(table, block + 1, 3).is_err(), "inside a block");
        assert!(heap.give_back(table, 64, 1).is_err(), "outside the heap");
        heap.give_back(table, block, 4).unwrap();
        assert!(heap.give_back(table, block, 4).is_err(), "twice");
    });
}

#[test]
fn aligned_runs_are_placed_from_either_end() {
    with_heap(256, |heap, table| {
        let aligned = |len| Run { len, align: 64, look: FEW };
        assert_eq!(heap.place(table, 1), Some(0));
        assert_eq!(heap.place_aligned(table, aligned(2)), Some(64), "small: lowest");
        assert_eq!(heap.place_aligned(table, aligned(40)), Some(192), "large: highest");
        assert_eq!(
            heap.place_aligned(table, aligned(64)),
            Some(128),
            "the hole of 126 from 66 on holds just one place"
        );
        assert_eq!(heap.place_aligned(table, aligned(64)), None);
    });
}

/// A block of exactly the length that counts as large is one: it lies high, one granule less lies low.
#[test]
fn large_begins_at_its_exact_length() {
    with_heap(256, |heap, table| {
        assert_eq!(heap.place(table, 31), Some(0), "small: lowest");
        assert_eq!(heap.place(table, 32), Some(256 - 32), "large: highest");
        let aligned = |len| Run { len, align: 16, look: FEW };
        assert_eq!(heap.place_aligned(table, aligned(31)), Some(32), "small: lowest");
        assert_eq!(heap.place_aligned(table, aligned(32)), Some(192), "large: highest");
    });
}
