//! Checks the book-keeping of a region and of a pool against itself. For tests and fuzzing: it visits
//! everything.

use crate::heap::{Class, Heap, free_len};
use crate::pool::{Core, Pages};
use crate::state::State;
use crate::table::{NONE, RawTable, Table, Tag};
use crate::{PagePool, Region};

/// What is wrong.
type Finding = &'static str;

impl Region<'_> {
    /// Checks all invariants of the region. Time is proportional to its granules.
    #[doc(hidden)]
    pub fn validate(&self) -> Result<(), Finding> {
        self.slot().state.with(State::validate)
    }
}

impl PagePool<'_> {
    /// Checks all invariants of the pool and of its regions. Time is proportional to pages and granules.
    #[doc(hidden)]
    pub fn validate(&self) -> Result<(), Finding> {
        self.core().validate()
    }
}

fn check(holds: bool, finding: Finding) -> Result<(), Finding> {
    if holds { Ok(()) } else { Err(finding) }
}

impl Core {
    fn validate(&self) -> Result<(), Finding> {
        self.pages.with(|pages| {
            let (mut held, mut regions) = (0, 0);
            for index in 0..self.profile.max_regions as u16 {
                self.slot(index).state.with(|state| {
                    held += usize::from(state.ground.pages.count);
                    regions += usize::from(state.ground.pages.count > 0);
                    if state.holders > 0 { state.validate() } else { Ok(()) }
                })?;
            }
            check(regions == pages.regions, "count of regions")?;
            check(self.vacant_slots(pages) == self.profile.max_regions - regions, "chain of vacant slots")?;
            let Pages { heap, table, free, faults, .. } = pages;
            check(*faults == 0, "a page run was given back that was not placed")?;
            let used = usize::from(used_granules(heap, table)?);
            check(used == held && used + *free == usize::from(table.granules()), "count of pages")
        })
    }

    fn vacant_slots(&self, pages: &Pages) -> usize {
        let (mut next, mut count) = (pages.vacant, 0);
        while next != NONE && count <= self.profile.max_regions {
            next = self.slot(next).state.with(|state| state.next_vacant);
            count += 1;
        }
        count
    }
}

impl State {
    fn validate(&mut self) -> Result<(), Finding> {
        let seen = self.statistics();
        check(self.faults == 0, "a block was freed that was not placed")?;
        check(seen.spare <= seen.capacity, "spare")?;
        check(seen.interim_used <= seen.interim_peak, "interim peak")?;
        check(seen.interim_peak <= seen.interim_capacity, "interim capacity")?;
        let blocks = seen.lifetime_blocks - seen.lifetime_frees + seen.interim_blocks;
        check(self.holders >= blocks, "blocks that don't hold the region")?;
        if !seen.sealed {
            return check(
                seen.interim_capacity == 0 && seen.interim_blocks == 0,
                "interim heap before the seal",
            );
        }
        let sum = seen.lifetime_bytes + seen.lifetime_padding + seen.seal_padding + seen.interim_capacity;
        check(sum == seen.capacity, "parts of the region")?;
        check(seen.seal_padding < self.ground.granule_bytes, "seal padding")?;
        let used = usize::from(used_granules(&self.heap, &mut self.ground.table)?);
        check(used * self.ground.granule_bytes == seen.interim_used, "interim bytes in use")
    }
}

/// Walks the blocks and the lists of a heap; returns the granules in use.
fn used_granules(heap: &Heap, table: &mut RawTable) -> Result<u16, Finding> {
    let table = table.view();
    let end = table.tags.len();
    let (mut at, mut used, mut free_blocks, mut below_is_free) = (usize::from(heap.first()), 0, 0, false);
    while at < end {
        let is_free = table.tags[at].is_free();
        let len = if is_free { free_len(&table, at as u16) } else { table.cells[at].low };
        let last = at + usize::from(len) - 1;
        check(len > 0 && last < end, "length of a block")?;
        check(table.tags[at] == table.tags[last] && table.tags[at] != Tag::Blank, "tags of a block")?;
        if is_free {
            check(!below_is_free, "two free blocks side by side")?;
            check((table.tags[at] == Tag::FreeOne) == (len == 1), "tag of a free block")?;
            check(len == 1 || table.cells[last].high == len, "length at the end of a free block")?;
            free_blocks += 1;
        } else {
            used += len;
        }
        below_is_free = is_free;
        at = last + 1;
    }
    check(listed_blocks(heap, &table)? == free_blocks, "free blocks that are not listed")?;
    Ok(used)
}

fn listed_blocks(heap: &Heap, table: &Table<'_>) -> Result<usize, Finding> {
    let mut listed = 0;
    for class in Class::all() {
        check(heap.marks_agree(class), "bitmap of a class")?;
        let (mut block, mut previous) = (heap.head(class).unwrap_or(NONE), NONE);
        while block != NONE {
            let cell = table.cells[usize::from(block)];
            check(table.tags[usize::from(block)].is_free(), "listed block in use")?;
            check(Class::of(u32::from(free_len(table, block))) == class, "class of a free block")?;
            check(cell.high == previous, "backward link")?;
            check(listed <= table.tags.len(), "list without end")?;
            (previous, block) = (block, cell.low);
            listed += 1;
        }
    }
    Ok(listed)
}
