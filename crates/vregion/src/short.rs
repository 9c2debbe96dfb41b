//! Finds free blocks that are shorter than a cell. They have no room for list links, so bitmaps say where they are:
//!
//! ```text
//! roots[len]       one word per length: which spans (or, in a small heap, which units) hold one
//!   |
//! spans[i][len]    one word per length and 64 units (32 on 32 bits): which units do
//!   |
//! units[u]         how many, and where: all of a unit's blocks are compared at once
//! ```
#![forbid(unsafe_code)]

use crate::table::{CELL, Table, UNIT, WORD};

const LENGTHS: usize = CELL as usize;

/// The root of the bitmaps. Length 0 stays empty.
pub(crate) struct Short {
    roots: [usize; LENGTHS],
    /// Whether spans lie between roots and units.
    deep: bool,
}

impl Short {
    pub(crate) const EMPTY: Self = Self { roots: [0; LENGTHS], deep: false };

    /// No free block of a heap over this table.
    pub(crate) fn open(table: &Table<'_>) -> Self {
        let deep = (table.granules() as usize).div_ceil(UNIT) > usize::BITS as usize;
        Self { deep, ..Self::EMPTY }
    }

    /// Whether there is no block of this length.
    pub(crate) fn is_empty(&self, len: u32) -> bool {
        self.roots[index(len)] == 0
    }

    /// Notes a block.
    #[inline(always)]
    pub(crate) fn insert(&mut self, table: &mut Table<'_>, first: u32, len: u32) {
        let unit = first as usize / UNIT;
        table.unit(unit).shorts[index(len)] += 1;
        let mut top = unit;
        if self.deep {
            top = unit / usize::BITS as usize;
            let span = table.span(top * LENGTHS + index(len));
            *span = (word(*span) | 1 << (unit % usize::BITS as usize)).to_le_bytes();
        }
        self.roots[index(len)] |= 1_usize.wrapping_shl(top as u32);
    }

    /// The lowest block of this length; there must be one.
    #[inline(always)]
    pub(crate) fn lowest(&self, table: &mut Table<'_>, len: u32) -> u32 {
        let mut unit = self.roots[index(len)].trailing_zeros() as usize;
        if self.deep {
            let span = word(*table.span(unit * LENGTHS + index(len)));
            unit = unit * usize::BITS as usize + span.trailing_zeros() as usize;
        }
        let here = table.unit(unit);
        let (first, last) = (here.free_first, here.free_last);
        let at = match first_guess(first, last, len) {
            Some(at) => at,
            None => compare_all(first, last, table.free_last_above(unit), len),
        };
        (unit * UNIT) as u32 + at
    }

    /// Forgets a block; true if it was the last of its length.
    #[inline(always)]
    pub(crate) fn remove(&mut self, table: &mut Table<'_>, first: u32, len: u32) -> bool {
        let unit = first as usize / UNIT;
        let count = &mut table.unit(unit).shorts[index(len)];
        *count = count.wrapping_sub(1);
        *count == 0 && self.leave_unit(table, unit, len)
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
        let root = &mut self.roots[index(len)];
        *root &= !1_usize.wrapping_shl(top as u32);
        *root == 0
    }
}

#[inline(always)]
fn index(len: u32) -> usize {
    len as usize % LENGTHS
}

#[inline(always)]
fn word(bytes: [u8; WORD]) -> usize {
    usize::from_le_bytes(bytes)
}

/// Where in a unit a block of this length begins, if the lowest place that looks like it is one: a block begins there and
/// one ends at the right distance, which may be another one if the first one ends before.
#[inline(always)]
fn first_guess(first: u64, last: u64, len: u32) -> Option<u32> {
    let likely = first & last.wrapping_shr(len - 1);
    let at = core::num::NonZero::new(likely)?.trailing_zeros();
    let before_its_end = !u64::MAX.wrapping_shl(len - 1);
    (last.wrapping_shr(at) & before_its_end == 0).then_some(at)
}

/// Where in a unit the lowest block of this length begins; there must be one, which may end in the next unit.
#[cold]
#[inline(never)]
fn compare_all(first: u64, last: u64, next_last: u64, len: u32) -> u32 {
    let last = u128::from(next_last) << UNIT | u128::from(last);
    let likely = u128::from(first) & last >> (len - 1);
    // Places before whose right distance a block ends already: the ends, moved down by 0 to `len` - 2 places.
    let (mut earlier, mut moves) = (if len > 1 { last } else { 0 }, 1);
    while moves + 1 < len {
        let step = moves.min(len - 1 - moves);
        earlier |= earlier >> step;
        moves += step;
    }
    (likely & !earlier).trailing_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every arrangement of free blocks on a dozen granules, at the border of two units.
    #[test]
    fn the_lowest_block_of_a_length_is_found_among_any_others() {
        // Miri needs minutes for all of them.
        for pattern in (1_u32..1 << 12).step_by(if cfg!(miri) { 419 } else { 1 }) {
            for shift in [0, 30, 52, 58] {
                let free = u128::from(pattern) << shift;
                let (first, last) = (free & !(free << 1), free & !(free >> 1));
                for len in 1..CELL {
                    let begins = |at: &u32| {
                        let run = ((1_u128 << len) - 1) << at;
                        first >> at & 1 == 1 && free & run == run && free >> (at + len) & 1 == 0
                    };
                    let Some(lowest) = (0..UNIT as u32).find(begins) else { continue };
                    let (here, above) = (last as u64, (last >> 64) as u64);
                    assert_eq!(compare_all(first as u64, here, above, len), lowest, "{pattern:b} {len}");
                    if let Some(guess) = first_guess(first as u64, here, len) {
                        assert_eq!(guess, lowest, "{pattern:b} {len}");
                    }
                }
            }
        }
    }
}
