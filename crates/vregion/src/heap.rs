//! Places runs of granules in O(1): segregated free lists with immediate coalescing, all links out of band.
//!
//! Free blocks are listed by class. A class is a row (power of two) and a column (one of 16 equal parts of
//! it); below 32 granules each length has a class of its own:
//!
//! ```text
//! rows    bit r: row r has a block     row 0    lengths  0..=15, one per column
//!   |                                  row 1    lengths 16..=31, one per column
//!   v                                  row 2    lengths 32..=63, two per column
//! columns[r]  bit c: class has a block ...
//!   |                                  row 12   lengths 32768..=65535, 2048 per column
//!   v
//! heads[r][c] -> block <-> block <-> block      last freed first; links in `Cell`s, never in the blocks
//! ```
//!
//! A search looks at a few blocks of the request's own class, so that a hole just freed is found again, and
//! then takes any block of the next class that has one. Blocks are split as needed and merged with both
//! neighbours when freed. A pool's pages and a region's interim lines are both placed by this heap.
#![forbid(unsafe_code)]

use crate::table::{Cell, NONE, Table, Tag};

const COLUMN_BITS: u32 = 4;
const COLUMNS: usize = 1 << COLUMN_BITS;
/// Row 0, and one for each power of two from 16 to 32768.
const ROWS: usize = 13;
/// How many classes between a request's own and the first that surely fits are looked into (only alignment
/// makes more than one).
const PROBES: usize = 4;
/// How many blocks of each such class are looked at.
pub(crate) const FEW: u16 = 4;

/// A run of granules to be placed.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    /// Length in granules, at least 1.
    pub(crate) len: u16,
    /// Alignment in granules, a power of two.
    pub(crate) align: u16,
    /// How many blocks of an unsure class to look at.
    pub(crate) look: u16,
}

impl Run {
    /// The lowest place for the run in a free block, if it fits.
    fn lowest_in(self, hole: u16, hole_len: u16) -> Option<u16> {
        let start = u32::from(hole).next_multiple_of(u32::from(self.align));
        let fits = start + u32::from(self.len) <= u32::from(hole) + u32::from(hole_len);
        if fits { u16::try_from(start).ok() } else { None }
    }

    /// The highest place for the run in a free block that it fits.
    fn highest_in(self, hole: u16, hole_len: u16) -> u16 {
        let start = hole + (hole_len - self.len);
        start - start % self.align
    }
}

/// A size class, in the order of the lengths it holds: row and column in one number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Class(u32);

impl Class {
    /// The class that a block of this length is in.
    pub(crate) fn of(len: u32) -> Self {
        let row = Self::row_of(len);
        let column = len >> row.saturating_sub(1);
        Self(row * COLUMNS as u32 + column % COLUMNS as u32)
    }

    /// The first class whose blocks are all at least this long.
    fn covering(len: u32) -> Self {
        let width = 1 << Self::row_of(len).saturating_sub(1);
        Self::of(len + (width - 1))
    }

    /// 0 below 16, 1 below 32, 2 below 64, ...
    fn row_of(len: u32) -> u32 {
        (len | (COLUMNS as u32 - 1)).ilog2() - (COLUMN_BITS - 1)
    }

    fn new(row: usize, column: u32) -> Self {
        Self(row as u32 * COLUMNS as u32 + column)
    }

    fn next(self) -> Self {
        Self(self.0 + 1)
    }

    fn row(self) -> usize {
        self.0 as usize / COLUMNS
    }

    fn column(self) -> usize {
        self.0 as usize % COLUMNS
    }

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..(ROWS * COLUMNS) as u32).map(Self)
    }
}

/// A free list heap over the granules `first..` of a table.
pub(crate) struct Heap {
    first: u16,
    /// Runs of at least this length are cut from the high end of a hole, others from the low end.
    large: u16,
    rows: u16,
    columns: [u16; ROWS],
    heads: [[u16; COLUMNS]; ROWS],
}

/// A run was given back that was not placed: the book-keeping is damaged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotPlaced;

impl Heap {
    /// A heap of no granules.
    pub(crate) const EMPTY: Self =
        Self { first: 0, large: NONE, rows: 0, columns: [0; ROWS], heads: [[NONE; COLUMNS]; ROWS] };

    /// Takes over the granules from `first` to the end of the table as one free block (none if there are
    /// none).
    pub(crate) fn open(&mut self, table: &mut Table<'_>, first: u16, large: u16) {
        *self = Self { first, large, ..Self::EMPTY };
        let len = table.tags.len() as u16 - first;
        if len > 0 {
            self.insert(table, first, len);
        }
    }

    /// Finds room for a run and marks it used. Time does not depend on the heap's size, unless `look` does.
    pub(crate) fn place(&mut self, table: &mut Table<'_>, run: Run) -> Option<u16> {
        let hole = self.find(table, run)?;
        let hole_len = free_len(table, hole);
        let start = if run.len >= self.large {
            run.highest_in(hole, hole_len)
        } else {
            run.lowest_in(hole, hole_len)?
        };
        self.remove(table, hole, hole_len);
        if start > hole {
            self.insert(table, hole, start - hole);
        }
        let above = (hole + hole_len) - (start + run.len);
        if above > 0 {
            self.insert(table, start + run.len, above);
        }
        let (head, last) = (usize::from(start), usize::from(start + (run.len - 1)));
        table.tags[head] = Tag::Used;
        table.tags[last] = Tag::Used;
        table.cells[head] = Cell { low: run.len, high: 0 };
        Some(start)
    }

    /// Gives a run back and merges it with its free neighbours.
    pub(crate) fn give_back(&mut self, table: &mut Table<'_>, start: u16, len: u16) -> Result<(), NotPlaced> {
        let at = usize::from(start);
        let placed = start >= self.first
            && table.tags.get(at) == Some(&Tag::Used)
            && table.cells.get(at).is_some_and(|cell| cell.low == len);
        if !placed {
            return Err(NotPlaced);
        }
        let (mut head, mut merged) = (start, len);
        let above = start + len;
        if table.tags.get(usize::from(above)).is_some_and(|tag| tag.is_free()) {
            let above_len = free_len(table, above);
            self.remove(table, above, above_len);
            merged += above_len;
        }
        if start > self.first && table.tags[at - 1].is_free() {
            let below_len = free_len_below(table, start);
            head -= below_len;
            self.remove(table, head, below_len);
            merged += below_len;
        }
        self.insert(table, head, merged);
        Ok(())
    }

    /// Length of the longest free block. Walks one class.
    pub(crate) fn largest(&self, table: &Table<'_>) -> u16 {
        let Some(row) = self.rows.checked_ilog2() else { return 0 };
        let column = self.columns[row as usize].ilog2();
        let mut block = self.heads[row as usize][column as usize];
        let mut largest = 0;
        while block != NONE {
            largest = largest.max(free_len(table, block));
            block = table.cells[usize::from(block)].low;
        }
        largest
    }

    /// A free block that the run fits; every block of at least `len + align - 1` granules does.
    fn find(&self, table: &Table<'_>, run: Run) -> Option<u16> {
        let sure = Class::covering(u32::from(run.len) + u32::from(run.align) - 1);
        let mut class = Class::of(u32::from(run.len));
        for _ in 0..PROBES {
            class = self.first_listed(class)?;
            if class >= sure {
                return self.head(class);
            }
            if let Some(hole) = self.look(table, class, run) {
                return Some(hole);
            }
            class = class.next();
        }
        self.head(self.first_listed(class.max(sure))?)
    }

    /// Looks at the first blocks of a class for one that the run fits.
    fn look(&self, table: &Table<'_>, class: Class, run: Run) -> Option<u16> {
        let mut block = self.head(class)?;
        for _ in 0..run.look {
            if run.lowest_in(block, free_len(table, block)).is_some() {
                return Some(block);
            }
            block = table.cells[usize::from(block)].low;
            if block == NONE {
                return None;
            }
        }
        None
    }

    /// The first granule that the heap may place.
    pub(crate) fn first(&self) -> u16 {
        self.first
    }

    /// Whether both bitmaps say of a class what its list says.
    pub(crate) fn marks_agree(&self, class: Class) -> bool {
        let listed = self.heads[class.row()][class.column()] != NONE;
        let row_marked = self.rows >> class.row() & 1 == 1;
        self.head(class).is_some() == listed && row_marked == (self.columns[class.row()] != 0)
    }

    pub(crate) fn head(&self, class: Class) -> Option<u16> {
        let listed = self.columns[class.row()] >> class.column() & 1 == 1;
        if listed { Some(self.heads[class.row()][class.column()]) } else { None }
    }

    /// The first class that has a block, from `class` on.
    fn first_listed(&self, class: Class) -> Option<Class> {
        let row = class.row();
        let in_row = self.columns.get(row)? & (!0 << class.column());
        if in_row != 0 {
            return Some(Class::new(row, in_row.trailing_zeros()));
        }
        let rows = self.rows & (!1 << row);
        if rows == 0 {
            return None;
        }
        let row = rows.trailing_zeros() as usize;
        Some(Class::new(row, self.columns[row].trailing_zeros()))
    }

    /// Makes granules a free block and puts it first in its class.
    fn insert(&mut self, table: &mut Table<'_>, block: u16, len: u16) {
        let (head, last) = (usize::from(block), usize::from(block + (len - 1)));
        let tag = if len == 1 { Tag::FreeOne } else { Tag::Free };
        table.tags[head] = tag;
        table.tags[last] = tag;
        if len > 1 {
            table.cells[head + 1].low = len;
            table.cells[last].high = len;
        }
        let class = Class::of(u32::from(len));
        let (row, column) = (class.row(), class.column());
        let next = self.heads[row][column];
        if next != NONE {
            table.cells[usize::from(next)].high = block;
        }
        table.cells[head] = Cell { low: next, high: NONE };
        self.heads[row][column] = block;
        self.columns[row] |= 1 << column;
        self.rows |= 1 << row;
    }

    /// Takes a free block out of its class.
    fn remove(&mut self, table: &mut Table<'_>, block: u16, len: u16) {
        let Cell { low: next, high: previous } = table.cells[usize::from(block)];
        if next != NONE {
            table.cells[usize::from(next)].high = previous;
        }
        if previous != NONE {
            table.cells[usize::from(previous)].low = next;
            return;
        }
        let class = Class::of(u32::from(len));
        let (row, column) = (class.row(), class.column());
        self.heads[row][column] = next;
        if next == NONE {
            self.columns[row] &= !(1 << column);
            if self.columns[row] == 0 {
                self.rows &= !(1 << row);
            }
        }
    }
}

/// Length of the free block that begins at `block`.
pub(crate) fn free_len(table: &Table<'_>, block: u16) -> u16 {
    let at = usize::from(block);
    if table.tags[at] == Tag::FreeOne { 1 } else { table.cells[at + 1].low }
}

/// Length of the free block that ends just below `granule`.
fn free_len_below(table: &Table<'_>, granule: u16) -> u16 {
    let at = usize::from(granule) - 1;
    if table.tags[at] == Tag::FreeOne { 1 } else { table.cells[at].high }
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use super::*;

    fn with_heap<R>(granules: usize, body: impl FnOnce(&mut Heap, &mut Table<'_>) -> R) -> R {
        let mut cells = vec![Cell { low: 0xAAAA, high: 0x5555 }; granules];
        let mut tags = vec![Tag::Blank; granules];
        let mut table = Table { cells: &mut cells, tags: &mut tags };
        let mut heap = Heap::EMPTY;
        heap.open(&mut table, 0, 32);
        body(&mut heap, &mut table)
    }

    fn run(len: u16) -> Run {
        Run { len, align: 1, look: FEW }
    }

    #[test]
    #[cfg_attr(miri, ignore = "65,535 lengths take minutes")]
    fn classes_are_in_the_order_of_lengths_and_exact_below_32() {
        let classes: Vec<Class> = (1..=u32::from(NONE)).map(Class::of).collect();
        assert!(classes.is_sorted());
        assert!(classes[..31].windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(classes.last(), Class::all().last().as_ref());
        for len in 1..=u32::from(NONE) {
            let sure = Class::covering(len);
            assert!(Class::of(len - 1) < sure, "a class for shorter than {len}");
            assert!(sure <= Class::of(len).next(), "no class is skipped");
        }
    }

    #[test]
    fn an_empty_heap_places_its_whole_length() {
        for granules in [1, 2, 31, 32, 33, 448, 4097, 65_535] {
            with_heap(granules, |heap, table| {
                let len = granules as u16;
                assert_eq!(heap.largest(table), len);
                assert_eq!(heap.place(table, run(len)), Some(0));
                assert_eq!(heap.place(table, run(1)), None);
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
                let len = len as u16;
                let below = heap.place(table, run(1)).unwrap();
                let above = heap.place(table, run(len)).unwrap();
                assert!(heap.place(table, run(1)).is_some());
                heap.give_back(table, above, len).unwrap();
                assert_eq!(heap.place(table, run(len)), Some(above), "length {len}");
                assert_eq!(below, 0);
            });
        }
    }

    #[test]
    fn what_was_not_placed_is_not_taken_back() {
        with_heap(64, |heap, table| {
            let block = heap.place(table, run(4)).unwrap();
            assert!(heap.give_back(table, block + 1, 3).is_err(), "inside a block");
            assert!(heap.give_back(table, block, 3).is_err(), "another length");
            assert!(heap.give_back(table, 64, 1).is_err(), "outside the heap");
            heap.give_back(table, block, 4).unwrap();
            assert!(heap.give_back(table, block, 4).is_err(), "twice");
        });
    }

    #[test]
    fn aligned_runs_are_placed_from_either_end() {
        with_heap(256, |heap, table| {
            let aligned = |len| Run { len, align: 64, look: FEW };
            assert_eq!(heap.place(table, run(1)), Some(0));
            assert_eq!(heap.place(table, aligned(2)), Some(64), "small: lowest");
            assert_eq!(heap.place(table, aligned(40)), Some(192), "large: highest");
            assert_eq!(
                heap.place(table, aligned(64)),
                Some(128),
                "the hole of 126 from 66 on holds just one place"
            );
            assert_eq!(heap.place(table, aligned(64)), None);
        });
    }
}
