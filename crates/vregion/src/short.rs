//! Finds free blocks of 1 to 8 granules. They have no room for list links, so bitmaps say where they are:
//!
//! ```text
//! roots[len]   one word per length: which spans (or, in a small heap, which units) hold one
//!   |
//! spans[i][len]  one word per length and 64 units (32 on 32 bits): which units do
//!   |
//! units[u]     four bits per length: which of the unit's four groups do
//!   |
//! tags         the group's 16 bytes, compared all at once
//! ```
#![forbid(unsafe_code)]

use crate::table::{GROUP, SHORT, Table, UNIT, WORD};

const LENGTHS: usize = SHORT as usize;

/// The root of the bitmaps.
pub(crate) struct Short {
    roots: [usize; LENGTHS],
    /// Whether spans lie between roots and units.
    deep: bool,
}

impl Short {
    pub(crate) const EMPTY: Self = Self { roots: [0; LENGTHS], deep: false };

    /// Whether a heap of so many granules needs spans.
    pub(crate) const fn is_deep(granules: usize) -> bool {
        granules.div_ceil(UNIT) > usize::BITS as usize
    }

    /// No free block of a heap over this table.
    pub(crate) fn open(table: &Table<'_>) -> Self {
        Self { deep: Self::is_deep(table.granules() as usize), ..Self::EMPTY }
    }

    /// Whether there is no block of this length.
    pub(crate) fn is_empty(&self, len: u32) -> bool {
        self.roots[index(len)] == 0
    }

    /// Notes a block whose first tag is about to be written.
    #[inline(always)]
    pub(crate) fn insert(&mut self, table: &mut Table<'_>, first: u32, len: u32) {
        let unit = first as usize / UNIT;
        *table.unit(unit) |= 1 << bit(first, len);
        let mut top = unit;
        if self.deep {
            top = unit / usize::BITS as usize;
            let span = table.span(top * LENGTHS + index(len));
            *span = (word(*span) | 1 << (unit % usize::BITS as usize)).to_le_bytes();
        }
        self.roots[index(len)] |= 1 << top;
    }

    /// The lowest block of this length in the lowest unit of those that have one; there must be one.
    #[inline(always)]
    pub(crate) fn lowest(&self, table: &mut Table<'_>, len: u32) -> u32 {
        let mut unit = self.roots[index(len)].trailing_zeros() as usize;
        if self.deep {
            let span = word(*table.span(unit * LENGTHS + index(len)));
            unit = unit * usize::BITS as usize + span.trailing_zeros() as usize;
        }
        let groups = *table.unit(unit) >> (index(len) * 4);
        let group = unit * (UNIT / GROUP) + groups.trailing_zeros() as usize;
        (group * GROUP) as u32 + position(table.group(group), len)
    }

    /// Forgets a block whose first tag is not there any more; true if it was the last of its length.
    #[inline(always)]
    pub(crate) fn remove(&mut self, table: &mut Table<'_>, first: u32, len: u32) -> bool {
        if any(table.group(first as usize / GROUP), len) {
            return false;
        }
        let unit = first as usize / UNIT;
        let groups = *table.unit(unit) & !(1 << bit(first, len));
        *table.unit(unit) = groups;
        if groups >> (index(len) * 4) & 0xF != 0 {
            return false;
        }
        self.leave_unit(table, unit, len)
    }

    #[inline(always)]
    fn leave_unit(&mut self, table: &mut Table<'_>, unit: usize, len: u32) -> bool {
        let mut top = unit;
        if self.deep {
            top = unit / usize::BITS as usize;
            let span = table.span(top * LENGTHS + index(len));
            let units = word(*span) & !(1 << (unit % usize::BITS as usize));
            *span = units.to_le_bytes();
            if units != 0 {
                return false;
            }
        }
        self.roots[index(len)] &= !(1 << top);
        self.roots[index(len)] == 0
    }
}

#[inline(always)]
fn index(len: u32) -> usize {
    (len as usize - 1) % LENGTHS
}

/// The bit of a length and of a granule's group in the word of the granule's unit.
#[inline(always)]
fn bit(first: u32, len: u32) -> u32 {
    index(len) as u32 * 4 + first / GROUP as u32 % 4
}

#[inline(always)]
fn word(bytes: [u8; WORD]) -> usize {
    usize::from_le_bytes(bytes)
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);

/// Eight first tags of each length.
const PATTERNS: [u64; LENGTHS] = {
    let mut patterns = [0; LENGTHS];
    let mut len = 1;
    while len <= LENGTHS {
        patterns[len - 1] = ONES * Table::short_tag(len as u32) as u64;
        len += 1;
    }
    patterns
};

/// Has the top bit of a byte set if the byte is the first tag of a free block of this length; bytes above the
/// lowest such one may have it without being one.
#[inline(always)]
fn matches(half: u64, len: u32) -> u64 {
    let differing = half ^ PATTERNS[index(len)];
    differing.wrapping_sub(ONES) & !differing & (ONES << 7)
}

/// The first of a group's granules that begins a free block of this length; there must be one.
#[inline(always)]
fn position(group: [u64; 2], len: u32) -> u32 {
    let [low, high] = group;
    let found = matches(low, len);
    if found != 0 { found.trailing_zeros() / 8 } else { 8 + matches(high, len).trailing_zeros() / 8 }
}

#[inline(always)]
fn any(group: [u64; 2], len: u32) -> bool {
    let [low, high] = group;
    matches(low, len) | matches(high, len) != 0
}
