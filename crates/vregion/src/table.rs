//! What is known of each granule, in memory that no module sees: where blocks begin and end, and how free ones are
//! chained.
//!
//! Sixty-four granules are a [`Unit`], with three bits for each granule:
//!
//! ```text
//! granule       0 1 2 3 4 5 6 7 8 9 ...
//! block         [free ] [used  ] [] ...
//! free_first    1 . . . . . . . . .       the free block's first granule
//! free_last     . . . 1 . . . . . .       and its last one
//! used_first    . . . . 1 . . . 1 .       a used block's first granule
//! ```
//!
//! A block ends where the next one begins, so its length is the distance of two bits: in one unit, or in two. A
//! block that reaches farther covers a whole unit after its first and one before its last one. These have no
//! other use for their cells, so the first cell of each holds the length.
//!
//! Eight granules have a cell for the links of the free block that ends in them. There is at most one, as only
//! blocks of eight granules and more are linked; shorter ones are found by their bits, see `short`.

use core::marker::PhantomData;
use core::ptr::NonNull;

/// The most granules that a table can number: as many as `short` finds by three words and a [`Link`] names.
pub(crate) const MAX_GRANULES: usize = {
    let (found, linked) = (UNIT << (2 * usize::BITS.ilog2()), FRONT as usize * CELL as usize);
    if found < linked { found } else { linked }
};

/// Granules of a [`Unit`].
pub(crate) const UNIT: usize = 64;
/// Granules that share a cell. Free blocks of fewer granules have no links.
pub(crate) const CELL: u32 = 8;
/// Bytes of a word of [`Table::span`].
pub(crate) const WORD: usize = size_of::<usize>();

/// No granule.
pub(crate) const NONE: u32 = u32::MAX;

/// A free block in a list, named by the cell that its last granule is in: less than [`FRONT`].
pub(crate) type Link = u16;
/// No free block.
pub(crate) const END: Link = Link::MAX;
/// With a class, what precedes the front block of the class. So a block is taken out of its list without its class.
pub(crate) const FRONT: Link = 1 << 15;

/// The neighbours of a free block in its list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Links {
    pub(crate) previous: Link,
    pub(crate) next: Link,
}

/// What is known of 64 granules.
#[derive(Clone, Copy)]
pub(crate) struct Unit {
    pub(crate) free_first: u64,
    pub(crate) free_last: u64,
    pub(crate) used_first: u64,
    /// Links: the next one in the low half, the previous one in the high half; or a length.
    pub(crate) cells: [u32; UNIT / CELL as usize],
    /// How many free blocks of each length below [`CELL`] begin here.
    pub(crate) shorts: [u8; CELL as usize],
}

#[cfg(test)]
std::thread_local! {
    /// How many units and words this thread has looked up; the tests bound it.
    pub(crate) static ACCESSES: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
}

#[inline(always)]
fn count_access() {
    #[cfg(test)]
    ACCESSES.set(ACCESSES.get() + 1);
}

/// The bit of a granule in the words of its unit.
#[inline(always)]
pub(crate) fn bit(granule: u32) -> u64 {
    1_u64.wrapping_shl(granule)
}

/// The records of the granules of one heap, borrowed for one operation.
///
/// Its methods don't check bounds in a release build: every granule that they are given is the first or the last
/// one of a block, as the bits say and as `validate` checks, or compared with [`granules`](Self::granules)
/// before; and blocks lie in the table, since `Heap::open` begins with one that does, and splits and merges keep to
/// its borders.
///
/// It is a copy of the [`RawTable`] whose borrow it stands for, so that the pointers stay in registers: the compiler
/// can't know that records don't overlap with them.
pub(crate) struct Table<'t> {
    units: NonNull<Unit>,
    spans: NonNull<[u8; WORD]>,
    granules: u32,
    _borrowed: PhantomData<&'t mut RawTable>,
}

impl Table<'_> {
    /// Forgets what an earlier heap left.
    pub(crate) fn clear(&mut self) {
        let granules = self.granules() as usize;
        // SAFETY: the promise of `RawTable::new`: so many units, which are only reachable through `self`; of zeroes,
        // each is valid.
        unsafe { self.units.write_bytes(0, units(granules)) };
        // SAFETY: as for the units.
        unsafe { self.spans.write_bytes(0, spans(granules)) };
    }

    #[inline(always)]
    pub(crate) fn granules(&self) -> u32 {
        self.granules
    }

    /// The unit of a granule.
    #[inline(always)]
    pub(crate) fn unit_of(&mut self, granule: u32) -> &mut Unit {
        self.unit(granule as usize / UNIT)
    }

    #[inline(always)]
    pub(crate) fn unit(&mut self, unit: usize) -> &mut Unit {
        count_access();
        debug_assert!(unit < units(self.granules() as usize));
        // SAFETY: a unit of granules that the table has, see `Table`.
        let mut place = unsafe { self.units.add(unit) };
        // SAFETY: the promise of `RawTable::new`, and `self` is borrowed as long as the reference lives.
        unsafe { place.as_mut() }
    }

    /// The same to look at only.
    #[inline(always)]
    fn look(&self, unit: usize) -> &Unit {
        count_access();
        debug_assert!(unit < units(self.granules() as usize));
        // SAFETY: a unit of granules that the table has, see `Table`.
        let place = unsafe { self.units.add(unit) };
        // SAFETY: the promise of `RawTable::new`, and `self` is borrowed as long as the reference lives.
        unsafe { place.as_ref() }
    }

    #[inline(always)]
    pub(crate) fn look_at(&self, granule: u32) -> &Unit {
        self.look(granule as usize / UNIT)
    }

    /// Words of one bit per unit, if there are more units than bits in a word; see `short`.
    #[inline(always)]
    pub(crate) fn span(&mut self, span: usize) -> &mut [u8; WORD] {
        count_access();
        debug_assert!(span < spans(self.granules() as usize));
        // SAFETY: a span of units that the table has, see `Table`.
        let mut place = unsafe { self.spans.add(span) };
        // SAFETY: the promise of `RawTable::new`, and `self` is borrowed as long as the reference lives.
        unsafe { place.as_mut() }
    }

    #[inline(always)]
    pub(crate) fn begins_free(&self, granule: u32) -> bool {
        granule < self.granules() && self.look_at(granule).free_first & bit(granule) != 0
    }

    #[inline(always)]
    pub(crate) fn ends_free(&self, granule: u32) -> bool {
        self.look_at(granule).free_last & bit(granule) != 0
    }

    #[inline(always)]
    pub(crate) fn begins_used(&self, granule: u32) -> bool {
        granule < self.granules() && self.look_at(granule).used_first & bit(granule) != 0
    }

    /// The last granule of the free block that begins with `first`.
    #[inline(always)]
    pub(crate) fn last_of_free(&self, first: u32) -> u32 {
        let here = self.look_at(first).free_last.wrapping_shr(first);
        if here != 0 { first + here.trailing_zeros() } else { self.last_beyond(first) }
    }

    /// The same if it is not in the first one's unit.
    #[inline(always)]
    fn last_beyond(&self, first: u32) -> u32 {
        let unit = first as usize / UNIT + 1;
        let next = self.look(unit);
        match next.free_last {
            0 => first + (next.cells[0] - 1),
            bits => (unit * UNIT) as u32 + bits.trailing_zeros(),
        }
    }

    /// The first granule of the free block that ends with `last`.
    #[inline(always)]
    pub(crate) fn first_of_free(&self, last: u32) -> u32 {
        let here = self.look_at(last).free_first.wrapping_shl(!last);
        if here != 0 { last - here.leading_zeros() } else { self.first_beyond(last) }
    }

    #[inline(always)]
    fn first_beyond(&self, last: u32) -> u32 {
        let unit = last as usize / UNIT - 1;
        let before = self.look(unit);
        match before.free_first {
            0 => last + 1 - before.cells[0],
            bits => (unit * UNIT) as u32 + (63 - bits.leading_zeros()),
        }
    }

    /// Where free blocks end in the unit above one, if there is one.
    pub(crate) fn free_last_above(&self, unit: usize) -> u64 {
        if unit + 1 < units(self.granules() as usize) { self.look(unit + 1).free_last } else { 0 }
    }

    /// The length of the free block that begins at a granule, or none if no free block does.
    pub(crate) fn free_len(&self, first: u32) -> Option<u32> {
        self.begins_free(first).then(|| self.last_of_free(first) - first + 1)
    }

    /// The length of the used block that begins at a granule, or none if no used block does.
    #[inline(always)]
    pub(crate) fn used_len(&self, first: u32) -> Option<u32> {
        if !self.begins_used(first) {
            return None;
        }
        let unit = self.look_at(first);
        let later = (unit.used_first | unit.free_first).wrapping_shr(first) & !1;
        Some(if later != 0 { later.trailing_zeros() } else { self.used_beyond(first) })
    }

    /// The same if it does not end in its first unit.
    #[inline(always)]
    fn used_beyond(&self, first: u32) -> u32 {
        let unit = first as usize / UNIT + 1;
        if unit == units(self.granules() as usize) {
            return self.granules() - first;
        }
        let next = self.look(unit);
        match next.used_first | next.free_first {
            // The last block may end with the table, in that unit.
            0 if unit + 1 == units(self.granules() as usize) => self.granules() - first,
            0 => next.cells[0],
            bits => (unit * UNIT) as u32 + bits.trailing_zeros() - first,
        }
    }

    /// Notes the length of a free block where its bits are too far from each other.
    #[inline(always)]
    pub(crate) fn note_free(&mut self, first: u32, last: u32) {
        let len = last - first + 1;
        if len as usize <= UNIT {
            return;
        }
        let (low, high) = (first as usize / UNIT + 1, last as usize / UNIT);
        if low < high {
            self.unit(low).cells[0] = len;
            self.unit(high - 1).cells[0] = len;
        }
    }

    /// The same of a used block, whose length is only ever asked for at its first granule.
    #[inline(always)]
    pub(crate) fn note_used(&mut self, first: u32, len: u32) {
        if len as usize <= UNIT {
            return;
        }
        let low = first as usize / UNIT + 1;
        if low < (first + len) as usize / UNIT {
            self.unit(low).cells[0] = len;
        }
    }

    /// The cell for the free block that ends with a granule.
    #[inline(always)]
    pub(crate) fn link_to(last: u32) -> Link {
        (last / CELL) as Link
    }

    /// The last granule of the linked block whose cell this is: the lowest one in the cell, as those below belong to
    /// the block.
    #[inline(always)]
    pub(crate) fn last_of(&self, link: Link) -> u32 {
        let low = u32::from(link) * CELL;
        low + self.look_at(low).free_last.wrapping_shr(low).trailing_zeros()
    }

    #[inline(always)]
    fn cell(&mut self, link: Link) -> &mut u32 {
        let in_unit = UNIT / CELL as usize;
        &mut self.unit(usize::from(link) / in_unit).cells[usize::from(link) % in_unit]
    }

    #[inline(always)]
    pub(crate) fn links(&self, link: Link) -> Links {
        let in_unit = UNIT / CELL as usize;
        let cell = self.look(usize::from(link) / in_unit).cells[usize::from(link) % in_unit];
        Links { previous: (cell >> 16) as Link, next: cell as Link }
    }

    #[inline(always)]
    pub(crate) fn set_links(&mut self, link: Link, links: Links) {
        *self.cell(link) = u32::from(links.previous) << 16 | u32::from(links.next);
    }

    #[inline(always)]
    pub(crate) fn set_previous(&mut self, link: Link, previous: Link) {
        let cell = self.cell(link);
        *cell = *cell & 0xFFFF | u32::from(previous) << 16;
    }

    #[inline(always)]
    pub(crate) fn set_next(&mut self, link: Link, next: Link) {
        let cell = self.cell(link);
        *cell = *cell & 0xFFFF_0000 | u32::from(next);
    }
}

/// A [`Table`] at rest.
pub(crate) struct RawTable {
    units: NonNull<Unit>,
    spans: NonNull<[u8; WORD]>,
    granules: u32,
}

// SAFETY: a `RawTable` owns the records that it points to (see `new`), and these are plain numbers.
unsafe impl Send for RawTable {}

impl RawTable {
    /// A table without granules.
    pub(crate) const EMPTY: Self =
        Self { units: NonNull::dangling(), spans: NonNull::dangling(), granules: 0 };

    /// # Safety
    /// As long as the value is used, the pointers must point to as many initialised records as [`units`] and
    /// [`spans`] say, that nothing else reads or writes.
    pub(crate) const unsafe fn new(units: NonNull<Unit>, spans: NonNull<[u8; WORD]>, granules: u32) -> Self {
        Self { units, spans, granules }
    }

    pub(crate) fn granules(&self) -> u32 {
        self.granules
    }

    #[inline(always)]
    pub(crate) fn view(&mut self) -> Table<'_> {
        Table { units: self.units, spans: self.spans, granules: self.granules, _borrowed: PhantomData }
    }
}

/// How many units a table of so many granules has.
pub(crate) const fn units(granules: usize) -> usize {
    granules.div_ceil(UNIT)
}

/// How many words of spans it has.
pub(crate) const fn spans(granules: usize) -> usize {
    let units = units(granules);
    let bits = usize::BITS as usize;
    if units > bits { units.div_ceil(bits) * CELL as usize } else { 0 }
}
