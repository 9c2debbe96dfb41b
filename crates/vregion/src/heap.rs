//! Places runs of granules in O(1): segregated free blocks with immediate coalescing, all links out of band.
//!
//! Free blocks are kept by class. Classes are in the order of the lengths that they hold:
//!
//! ```text
//! class    0 ..= 7     lengths 1 ..= 8, one each            found by bitmaps, see `short`
//!          8 ..= 14            9 ..= 15, one each           a list per class, last freed first;
//!         15 ..= 46            16 ..= 255, eight per octave   links in `Node`s, never in the blocks
//!         47 ..                256 and up, one per octave
//!
//! listed   bit c: class c has a block
//! ```
//!
//! A search takes a block of the first class whose blocks all are long enough; before that it looks at a few
//! blocks of the class below it, which the length itself belongs to, so that a hole just freed is found again.
//! Blocks are split as needed and merged with both neighbours when freed. A pool's pages and a region's
//! interim lines are both placed by this heap.
#![cfg_attr(not(test), forbid(unsafe_code))]

use core::num::NonZero;

use crate::short::Short;
use crate::table::{MAX_GRANULES, NONE, SHORT, Table};

/// How many blocks of the request's own class are looked at, and how many classes if alignment makes more of
/// them unsure.
pub(crate) const FEW: u32 = 4;
/// Lengths from here on have one class per octave.
const COARSE: u32 = 256;
const COARSE_CLASS: u32 = 47;
/// As many as hold the longest table.
const CLASSES: usize = (COARSE_CLASS - 8 + (MAX_GRANULES as u32).ilog2()) as usize + 1;
const LISTS: usize = CLASSES - SHORT as usize;

/// A granule's number at rest; see [`crate::table::MAX_GRANULES`].
#[cfg(target_pointer_width = "64")]
type Link = u32;
#[cfg(not(target_pointer_width = "64"))]
type Link = u16;

#[cfg(target_pointer_width = "64")]
const fn widen(link: Link) -> u32 {
    link
}
#[cfg(not(target_pointer_width = "64"))]
const fn widen(link: Link) -> u32 {
    link as u32
}

/// A run of granules to be placed.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    /// Length in granules, at least 1.
    pub(crate) len: u32,
    /// Alignment in granules, a power of two.
    pub(crate) align: u32,
    /// How many blocks of an unsure class to look at.
    pub(crate) look: u32,
}

/// A free block.
#[derive(Clone, Copy)]
struct Hole {
    first: u32,
    len: u32,
    class: u32,
}

impl Hole {
    #[inline(always)]
    fn new(first: u32, len: u32) -> Self {
        Self { first, len, class: class_of(len) }
    }

    fn last(self) -> u32 {
        self.first + (self.len - 1)
    }

    fn end(self) -> u32 {
        self.first + self.len
    }

    /// The lowest place for the run in the hole, if it fits.
    fn lowest(self, run: Run) -> Option<u32> {
        let start = self.first.next_multiple_of(run.align);
        if start + run.len <= self.end() { Some(start) } else { None }
    }

    /// The highest place for the run in the hole, which it fits.
    fn highest(self, run: Run) -> u32 {
        (self.end() - run.len) & !(run.align - 1)
    }
}

/// For each length up to 256, the first class whose blocks all are at least this long.
const COVERING: [u8; COARSE as usize + 1] = {
    let mut table = [0; COARSE as usize + 1];
    let mut len = 2;
    while len <= COARSE {
        table[len as usize] = class_below_coarse(len - 1) as u8 + 1;
        len += 1;
    }
    table
};

const fn class_below_coarse(len: u32) -> u32 {
    let octave = (len | 8).ilog2();
    octave * 8 + (len >> (octave - 3)) - 25
}

/// The class that a block of this length is in.
#[inline(always)]
pub(crate) fn class_of(len: u32) -> u32 {
    match COVERING.get(len as usize + 1) {
        Some(&next) => u32::from(next) - 1,
        None => COARSE_CLASS - 8 + len.ilog2(),
    }
}

/// The first class whose blocks are all at least this long.
#[inline(always)]
fn covering(len: u32) -> u32 {
    match COVERING.get(len as usize) {
        Some(&class) => u32::from(class),
        None => class_of(len - 1) + 1,
    }
}

/// A heap over the granules `first..` of a table.
pub(crate) struct Heap {
    listed: u64,
    first: u32,
    /// Runs of at least this length are cut from the high end of a hole, others from the low end.
    large: u32,
    short: Short,
    lists: [Link; LISTS],
}

/// A run was given back that was not placed: the book-keeping is damaged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotPlaced;

impl Heap {
    /// A heap of no granules.
    pub(crate) const EMPTY: Self =
        Self { first: 0, large: NONE, listed: 0, short: Short::EMPTY, lists: [0; LISTS] };

    /// Takes over the granules from `first` to the end of the table, which must be clear, as one free block
    /// (none if there are none).
    pub(crate) fn open(&mut self, table: &mut Table<'_>, first: u32, large: u32) {
        *self = Self { first, large, short: Short::open(table), ..Self::EMPTY };
        let len = table.granules() - first;
        if len > 0 {
            self.insert(table, Hole::new(first, len));
        }
    }

    /// Finds room for a run of a length and marks it used. Time does not depend on the heap's size.
    #[inline(always)]
    pub(crate) fn place(&mut self, table: &mut Table<'_>, len: u32) -> Option<u32> {
        let hole = self.find(table, len)?;
        Some(if hole.len == len {
            self.remove(table, hole);
            table.mark_used(hole.first, len);
            hole.first
        } else if len < self.large {
            self.cut_low(table, hole, len);
            hole.first
        } else {
            self.cut_high(table, hole, len)
        })
    }

    /// Takes the low end of a hole that is longer.
    #[inline(always)]
    fn cut_low(&mut self, table: &mut Table<'_>, hole: Hole, len: u32) {
        let rest = Hole::new(hole.first + len, hole.len - len);
        if rest.class >= SHORT && rest.class == hole.class {
            // The rest keeps its node, which is at the high end, and its place in the list.
            table.unsay_length(hole.first, hole.len);
            table.set_node_len(hole.last(), rest.len);
            table.begin_free(rest.first, rest.len);
        } else {
            self.remove(table, hole);
            self.insert(table, rest);
        }
        table.mark_used(hole.first, len);
    }

    /// Takes the high end of a hole that is longer.
    #[inline(always)]
    fn cut_high(&mut self, table: &mut Table<'_>, hole: Hole, len: u32) -> u32 {
        self.remove(table, hole);
        self.insert(table, Hole::new(hole.first, hole.len - len));
        let start = hole.end() - len;
        table.mark_used(start, len);
        start
    }

    /// Finds room for a run and marks it used. Time does not depend on the heap's size, unless `look` does.
    #[cold]
    #[inline(never)]
    pub(crate) fn place_aligned(&mut self, table: &mut Table<'_>, run: Run) -> Option<u32> {
        let hole = self.find_aligned(table, run)?;
        let start = if run.len >= self.large { hole.highest(run) } else { hole.lowest(run)? };
        self.remove(table, hole);
        if start > hole.first {
            self.insert(table, Hole::new(hole.first, start - hole.first));
        }
        let end = start + run.len;
        if hole.end() > end {
            self.insert(table, Hole::new(end, hole.end() - end));
        }
        table.mark_used(start, run.len);
        Some(start)
    }

    /// Gives a run back and merges it with its free neighbours.
    #[inline(always)]
    pub(crate) fn give_back(&mut self, table: &mut Table<'_>, start: u32, len: u32) -> Result<(), NotPlaced> {
        if start < self.first || !table.begins_used(start) {
            return Err(NotPlaced);
        }
        let (mut first, mut end) = (start, start + len);
        table.set_tag(start, 0);
        if end < table.granules()
            && let Some(above) = table.free_len(end)
        {
            self.remove(table, Hole::new(end, above));
            end += above;
        }
        if start > self.first
            && let Some(below) = table.free_len_below(start - 1)
        {
            first -= below;
            self.remove(table, Hole::new(first, below));
        }
        self.insert(table, Hole::new(first, end - first));
        Ok(())
    }

    /// Length of the longest free block. Walks one class.
    pub(crate) fn largest(&self, table: &Table<'_>) -> u32 {
        let Some(class) = self.listed.checked_ilog2() else { return 0 };
        if class < SHORT {
            return class + 1;
        }
        self.holes(table, class).map(|hole| hole.1).max().unwrap_or(0)
    }

    /// First granules and lengths of the blocks of a class that has a list.
    pub(crate) fn holes(&self, table: &Table<'_>, class: u32) -> impl Iterator<Item = (u32, u32)> {
        let head = if self.listed >> class & 1 == 1 { self.head(class) } else { NONE };
        let mut last = head;
        core::iter::from_fn(move || {
            if last == NONE {
                return None;
            }
            let (node, at) = (table.node(last), last);
            let len = table.node_len(at, node);
            last = node.next();
            Some((at + 1 - len, len))
        })
    }

    /// A free block of at least this length.
    #[inline(always)]
    fn find(&self, table: &mut Table<'_>, len: u32) -> Option<Hole> {
        let (own, sure) = (class_of(len), covering(len));
        if own != sure && self.listed >> own & 1 == 1 {
            let hole = self.look(table, own, Run { len, align: 1, look: FEW });
            if hole.is_some() {
                return hole;
            }
        }
        self.take_from(table, sure)
    }

    /// A free block that the run fits; every block of at least `len + align - 1` granules does.
    fn find_aligned(&self, table: &mut Table<'_>, run: Run) -> Option<Hole> {
        let sure = covering(run.len + (run.align - 1));
        let mut class = class_of(run.len);
        for _ in 0..FEW {
            class += (self.listed.checked_shr(class)?).trailing_zeros();
            if class >= sure {
                break;
            }
            let hole = self.look(table, class, run);
            if hole.is_some() {
                return hole;
            }
            class += 1;
        }
        self.take_from(table, class.max(sure))
    }

    /// A block of the first class that has one, from a class on.
    #[inline(always)]
    fn take_from(&self, table: &mut Table<'_>, class: u32) -> Option<Hole> {
        let listed = NonZero::new(self.listed & u64::MAX.wrapping_shl(class))?;
        let class = listed.trailing_zeros();
        if class < SHORT {
            let len = class + 1;
            return Some(Hole { first: self.short.lowest(table, len), len, class });
        }
        let last = self.head(class);
        let len = table.node_len(last, table.node(last));
        Some(Hole { first: last + 1 - len, len, class })
    }

    /// Looks at the first blocks of a class for one that the run fits.
    #[inline(always)]
    fn look(&self, table: &mut Table<'_>, class: u32, run: Run) -> Option<Hole> {
        if class < SHORT {
            let len = class + 1;
            let hole = Hole { first: self.short.lowest(table, len), len, class };
            return hole.lowest(run).map(|_| hole);
        }
        let mut last = self.head(class);
        for _ in 0..run.look {
            let node = table.node(last);
            let len = table.node_len(last, node);
            let hole = Hole { first: last + 1 - len, len, class };
            let fits = if run.align == 1 { hole.len >= run.len } else { hole.lowest(run).is_some() };
            if fits {
                return Some(hole);
            }
            last = node.next();
            if last == NONE {
                return None;
            }
        }
        None
    }

    /// The first granule that the heap may place.
    pub(crate) fn first(&self) -> u32 {
        self.first
    }

    #[inline(always)]
    fn head(&self, class: u32) -> u32 {
        self.lists.get((class - SHORT) as usize).copied().map_or(NONE, widen)
    }

    #[inline(always)]
    fn set_head(&mut self, class: u32, last: u32) {
        if let Some(head) = self.lists.get_mut((class - SHORT) as usize) {
            *head = last as Link;
        }
    }

    /// Makes granules a free block and puts it first in its class.
    #[inline(always)]
    fn insert(&mut self, table: &mut Table<'_>, hole: Hole) {
        if hole.class < SHORT {
            self.short.insert(table, hole.first, hole.len);
            table.mark_short(hole.first, hole.len);
            self.listed |= 1 << (hole.len - 1);
            return;
        }
        let (class, last) = (hole.class, hole.last());
        let next = if self.listed >> class & 1 == 1 { Some(self.head(class)) } else { None };
        table.end_free(last, hole.len, next);
        table.begin_free(hole.first, hole.len);
        self.listed |= 1 << class;
        self.set_head(class, last);
    }

    /// Takes a free block out of its class, and its marks out of the table.
    #[inline(always)]
    fn remove(&mut self, table: &mut Table<'_>, hole: Hole) {
        table.set_tag(hole.first, 0);
        if hole.class < SHORT {
            table.set_tag(hole.last(), 0);
            if self.short.remove(table, hole.first, hole.len) {
                self.listed &= !(1 << (hole.len - 1));
            }
            return;
        }
        table.unsay_length(hole.first, hole.len);
        let node = table.node(hole.last());
        table.clear_node(hole.last(), hole.len);
        if node.is_alone() {
            self.listed &= !(1 << hole.class);
            return;
        }
        let (previous, next) = node.links();
        table.unlink(node, (previous, next));
        if previous == NONE {
            self.set_head(hole.class, next);
        }
    }

    /// Whether the bitmaps say of a short length what the tags say.
    pub(crate) fn marks_agree(&self, len: u32, present: bool) -> bool {
        (self.listed >> (len - 1) & 1 == 1) == present && self.short.is_empty(len) != present
    }

    pub(crate) fn classes() -> core::ops::Range<u32> {
        SHORT..CLASSES as u32
    }
}
#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use super::*;
    use core::ptr::NonNull;

    use crate::table::{self, ACCESSES, RawTable};

    fn with_heap<R>(granules: usize, body: impl FnOnce(&mut Heap, &mut Table<'_>) -> R) -> R {
        let mut tags = vec![0; table::tags(granules)];
        let mut units = vec![0; table::units(granules)];
        let mut spans = vec![[0; table::WORD]; table::spans(granules)];
        let (tags, units) = (NonNull::from(&mut *tags).cast(), NonNull::from(&mut *units).cast());
        let spans = NonNull::from(&mut *spans).cast();
        // SAFETY: the vectors have as many records as the table needs, and live longer.
        let mut raw = unsafe { RawTable::new(tags, units, spans, granules as u32) };
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
        assert!(classes[..16].iter().copied().eq(0..16));
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
}
