//! Places runs of granules in O(1): segregated free blocks with immediate coalescing, all links out of band.
//!
//! Free blocks are kept by class. Classes are in the order of the lengths that they hold:
//!
//! ```text
//! class    1 ..= 7     lengths 1 ..= 7, one each             found by bitmaps, see `short`
//!          8 ..= 15            8 ..= 15, one each            a list per class, last freed first;
//!         16 ..= 47           16 ..= 255, eight per octave    links in the table, never in the blocks
//!         48 ..              256 and up, one per octave
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
use crate::table::{CELL, END, FRONT, Link, Links, MAX_GRANULES, NONE, Table, bit};

#[cfg(test)]
mod tests;

/// How many blocks of the request's own class are looked at, and how many classes if alignment makes more of
/// them unsure.
pub(crate) const FEW: u32 = 1;
/// Lengths below this have a class each, and one in which all blocks are long enough.
const EXACT: u32 = 16;
/// Lengths from here on have one class per octave.
const COARSE: u32 = 256;
const COARSE_CLASS: u32 = 48;
/// As many as hold the longest table.
const CLASSES: usize = (COARSE_CLASS - 8 + (MAX_GRANULES as u32).ilog2()) as usize + 1;
const LISTS: usize = CLASSES - CELL as usize;

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
    last: u32,
}

impl Hole {
    #[inline(always)]
    fn len(self) -> u32 {
        self.last - self.first + 1
    }

    /// The lowest place for the run in the hole, if it fits.
    fn lowest(self, run: Run) -> Option<u32> {
        let start = self.first.next_multiple_of(run.align);
        if start + (run.len - 1) <= self.last { Some(start) } else { None }
    }

    /// The highest place for the run in the hole, which it fits.
    fn highest(self, run: Run) -> u32 {
        (self.last + 1 - run.len) & !(run.align - 1)
    }
}

/// For each length up to 256, the first class whose blocks all are at least this long.
const COVERING: [u8; COARSE as usize + 1] = {
    let mut table = [0; COARSE as usize + 1];
    let mut len = 1;
    while len <= COARSE {
        table[len as usize] = class_below_coarse(len - 1) as u8 + 1;
        len += 1;
    }
    table
};

const fn class_below_coarse(len: u32) -> u32 {
    let octave = (len | 8).ilog2();
    octave * 8 + (len >> (octave - 3)) - 24
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

/// A heap over the upper granules of a table, from one on that a block begins with.
pub(crate) struct Heap {
    listed: u64,
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
    pub(crate) const EMPTY: Self = Self { large: NONE, listed: 0, short: Short::EMPTY, lists: [END; LISTS] };

    /// Takes over the granules from `first` to the end of the table, which must be clear, as one free block
    /// (none if there are none).
    pub(crate) fn open(&mut self, table: &mut Table<'_>, first: u32, large: u32) {
        *self = Self { large, short: Short::open(table), ..Self::EMPTY };
        if first < table.granules() {
            self.add(table, Hole { first, last: table.granules() - 1 });
        }
    }

    /// Whether a run of a length would be placed. If not, it would not be with an alignment, either.
    #[inline(always)]
    pub(crate) fn has_room(&self, table: &mut Table<'_>, len: u32) -> bool {
        self.find(table, len).is_some()
    }

    /// Finds room for a run of a length and marks it used. Time does not depend on the heap's size.
    #[inline(always)]
    pub(crate) fn place(&mut self, table: &mut Table<'_>, len: u32) -> Option<u32> {
        let (hole, class) = self.find(table, len)?;
        let spare = hole.len() - len;
        if spare != 0 && len >= self.large {
            return Some(self.cut_high(table, hole, class, len));
        }
        let unit = table.unit_of(hole.first);
        unit.free_first &= !bit(hole.first);
        unit.used_first |= bit(hole.first);
        if spare == 0 {
            table.unit_of(hole.last).free_last &= !bit(hole.last);
            self.unlist_front(table, hole, class);
        } else {
            self.shorten(table, hole, class, spare);
        }
        table.note_used(hole.first, len);
        Some(hole.first)
    }

    /// Leaves the high end of a front block free.
    #[inline(always)]
    fn shorten(&mut self, table: &mut Table<'_>, hole: Hole, class: u32, spare: u32) {
        let rest = Hole { first: hole.last + 1 - spare, ..hole };
        table.unit_of(rest.first).free_first |= bit(rest.first);
        let rest_class = class_of(spare);
        if rest_class == class && class >= CELL {
            // It keeps its cell, which is at the high end, and its place in the list.
            return table.note_free(rest.first, rest.last);
        }
        self.unlist_front(table, hole, class);
        self.list(table, rest, rest_class);
    }

    /// Takes the high end of a front block that is longer.
    #[inline(never)]
    fn cut_high(&mut self, table: &mut Table<'_>, hole: Hole, class: u32, len: u32) -> u32 {
        let rest = Hole { last: hole.last - len, ..hole };
        let start = rest.last + 1;
        table.unit_of(hole.last).free_last &= !bit(hole.last);
        table.unit_of(rest.last).free_last |= bit(rest.last);
        table.unit_of(start).used_first |= bit(start);
        self.unlist_front(table, hole, class);
        self.list(table, rest, class_of(rest.len()));
        table.note_used(start, len);
        start
    }

    /// Finds room for a run and marks it used. Time does not depend on the heap's size, unless `look` does.
    #[cold]
    #[inline(never)]
    pub(crate) fn place_aligned(&mut self, table: &mut Table<'_>, run: Run) -> Option<u32> {
        let hole = self.find_aligned(table, run)?;
        let start = if run.len >= self.large { hole.highest(run) } else { hole.lowest(run)? };
        self.unlist(table, hole);
        table.unit_of(hole.first).free_first &= !bit(hole.first);
        table.unit_of(hole.last).free_last &= !bit(hole.last);
        if start > hole.first {
            self.add(table, Hole { last: start - 1, ..hole });
        }
        let end = start + run.len;
        if hole.last >= end {
            self.add(table, Hole { first: end, ..hole });
        }
        table.unit_of(start).used_first |= bit(start);
        table.note_used(start, run.len);
        Some(start)
    }

    /// Makes granules a free block.
    fn add(&mut self, table: &mut Table<'_>, hole: Hole) {
        table.unit_of(hole.first).free_first |= bit(hole.first);
        table.unit_of(hole.last).free_last |= bit(hole.last);
        self.list(table, hole, class_of(hole.len()));
    }

    /// Gives a run back, unless no used block begins there.
    #[inline(always)]
    pub(crate) fn give_back(&mut self, table: &mut Table<'_>, start: u32, len: u32) -> Result<(), NotPlaced> {
        if !table.begins_used(start) {
            return Err(NotPlaced);
        }
        self.release(table, start, len);
        Ok(())
    }

    /// Makes a used block free and merges it with its free neighbours.
    #[inline(always)]
    pub(crate) fn release(&mut self, table: &mut Table<'_>, start: u32, len: u32) {
        table.unit_of(start).used_first &= !bit(start);
        let mut hole = Hole { first: start, last: start + (len - 1) };
        let end = start + len;
        if table.begins_free(end) {
            let above = Hole { first: end, last: table.last_of_free(end) };
            table.unit_of(end).free_first &= !bit(end);
            self.unlist(table, above);
            hole.last = above.last;
        } else {
            table.unit_of(hole.last).free_last |= bit(hole.last);
        }
        // Nothing that the heap did not free ends below its first granule.
        if start > 0 && table.ends_free(start - 1) {
            let below = Hole { first: table.first_of_free(start - 1), last: start - 1 };
            table.unit_of(below.last).free_last &= !bit(below.last);
            self.unlist(table, below);
            hole.first = below.first;
        } else {
            table.unit_of(start).free_first |= bit(start);
        }
        self.list(table, hole, class_of(hole.len()));
    }

    /// Length of the longest free block. Walks one class.
    pub(crate) fn largest(&self, table: &Table<'_>) -> u32 {
        let Some(class) = self.listed.checked_ilog2() else { return 0 };
        if class < CELL {
            return class;
        }
        self.holes(table, class).map(|hole| hole.1).max().unwrap_or(0)
    }

    /// First granules and lengths of the blocks of a class that has a list.
    pub(crate) fn holes(&self, table: &Table<'_>, class: u32) -> impl Iterator<Item = (u32, u32)> {
        let mut link = self.head(class);
        core::iter::from_fn(move || {
            if link == END {
                return None;
            }
            let hole = Self::linked(table, link);
            link = table.links(link).next;
            Some((hole.first, hole.len()))
        })
    }

    /// A front block of at least this length, and its class.
    #[inline(always)]
    fn find(&self, table: &mut Table<'_>, len: u32) -> Option<(Hole, u32)> {
        if len < EXACT {
            return self.take_from(table, len);
        }
        let (own, sure) = (class_of(len), covering(len));
        if own != sure && self.listed >> own & 1 == 1 {
            let hole = Self::linked(table, self.head(own));
            if hole.len() >= len {
                return Some((hole, own));
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
        self.take_from(table, class.max(sure)).map(|(hole, _)| hole)
    }

    /// The front block of the first class that has one, from a class on, and that class.
    #[inline(always)]
    fn take_from(&self, table: &mut Table<'_>, class: u32) -> Option<(Hole, u32)> {
        let listed = NonZero::new(self.listed & u64::MAX.wrapping_shl(class))?;
        let class = listed.trailing_zeros();
        Some((self.front(table, class), class))
    }

    /// The front block of a class that has one.
    #[inline(always)]
    fn front(&self, table: &mut Table<'_>, class: u32) -> Hole {
        if class < CELL {
            let first = self.short.lowest(table, class);
            return Hole { first, last: first + (class - 1) };
        }
        Self::linked(table, self.head(class))
    }

    #[inline(always)]
    fn linked(table: &Table<'_>, link: Link) -> Hole {
        let last = table.last_of(link);
        Hole { first: table.first_of_free(last), last }
    }

    /// Looks at the first blocks of a class that has some for one that the run fits.
    #[inline(always)]
    fn look(&self, table: &mut Table<'_>, class: u32, run: Run) -> Option<Hole> {
        if class < CELL {
            let hole = self.front(table, class);
            return hole.lowest(run).map(|_| hole);
        }
        let mut link = self.head(class);
        for _ in 0..run.look {
            let hole = Self::linked(table, link);
            let fits = if run.align == 1 { hole.len() >= run.len } else { hole.lowest(run).is_some() };
            if fits {
                return Some(hole);
            }
            link = table.links(link).next;
            if link == END {
                return None;
            }
        }
        None
    }

    #[inline(always)]
    fn head(&self, class: u32) -> Link {
        self.lists.get((class - CELL) as usize).copied().unwrap_or(END)
    }

    #[inline(always)]
    fn set_head(&mut self, class: u32, link: Link) {
        if let Some(head) = self.lists.get_mut((class - CELL) as usize) {
            *head = link;
        }
    }

    /// Puts a free block first in its class.
    #[inline(always)]
    fn list(&mut self, table: &mut Table<'_>, hole: Hole, class: u32) {
        self.listed |= bit(class);
        if class < CELL {
            return self.short.insert(table, hole.first, class);
        }
        let (link, next) = (Table::link_to(hole.last), self.head(class));
        table.note_free(hole.first, hole.last);
        table.set_links(link, Links { previous: FRONT + class as Link, next });
        self.set_head(class, link);
        if next != END {
            table.set_previous(next, link);
        }
    }

    /// Takes a free block out of its class.
    #[inline(always)]
    fn unlist(&mut self, table: &mut Table<'_>, hole: Hole) {
        let len = hole.len();
        if len < CELL {
            return self.unlist_front(table, hole, len);
        }
        let Links { previous, next } = table.links(Table::link_to(hole.last));
        if next != END {
            table.set_previous(next, previous);
        }
        if previous < FRONT {
            return table.set_next(previous, next);
        }
        let class = u32::from(previous - FRONT);
        self.set_head(class, next);
        if next == END {
            self.listed &= !bit(class);
        }
    }

    /// Takes the front block of a class out of it, or any one if the class has no list.
    #[inline(always)]
    fn unlist_front(&mut self, table: &mut Table<'_>, hole: Hole, class: u32) {
        if class < CELL {
            if self.short.remove(table, hole.first, class) {
                self.listed &= !bit(class);
            }
            return;
        }
        let next = table.links(Table::link_to(hole.last)).next;
        self.set_head(class, next);
        if next != END {
            table.set_previous(next, FRONT + class as Link);
        } else {
            self.listed &= !bit(class);
        }
    }

    /// Whether the bitmaps say of a short length what the units say.
    pub(crate) fn marks_agree(&self, len: u32, present: bool) -> bool {
        (self.listed >> len & 1 == 1) == present && self.short.is_empty(len) != present
    }

    pub(crate) fn classes() -> core::ops::Range<u32> {
        CELL..CLASSES as u32
    }
}
