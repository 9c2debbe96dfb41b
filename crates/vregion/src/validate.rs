//! Checks the book-keeping of a region and of a pool against itself. For tests and fuzzing: it visits
//! everything.

use crate::heap::{Heap, class_of};
use crate::pages::{Core, Pages};
use crate::profile::NO_SLOT;
use crate::state::State;
use crate::table::{CELL, FRONT, Link, RawTable, Table, UNIT};
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
                    if state.is_held() { state.validate() } else { Ok(()) }
                })?;
            }
            check(regions == pages.regions, "count of regions")?;
            check(self.vacant_slots(pages) == self.profile.max_regions - regions, "chain of vacant slots")?;
            let Pages { heap, table, free, faults, .. } = pages;
            check(*faults == 0, "a page run was given back that was not placed")?;
            let used = used_granules(heap, table, 0)? as usize;
            check(used == held && used + *free == table.granules() as usize, "count of pages")
        })
    }

    fn vacant_slots(&self, pages: &Pages) -> usize {
        let (mut next, mut count) = (pages.vacant, 0);
        while next != NO_SLOT && count <= self.profile.max_regions {
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
        check(seen.lifetime_frees <= seen.lifetime_blocks, "lifetime frees")?;
        if !seen.sealed {
            return check(
                seen.interim_capacity == 0 && seen.interim_blocks == 0,
                "interim heap before the seal",
            );
        }
        let sum = seen.lifetime_bytes + seen.lifetime_padding + seen.seal_padding + seen.interim_capacity;
        check(sum == seen.capacity, "parts of the region")?;
        check(seen.seal_padding < self.ground.granule_bytes, "seal padding")?;
        let first = (seen.capacity - seen.interim_capacity) / self.ground.granule_bytes;
        let used = used_granules(&self.heap, &mut self.ground.table, first as u32)? as usize;
        check(used * self.ground.granule_bytes == seen.interim_used, "interim bytes in use")
    }
}

/// Walks the blocks from the heap's first granule on, and its lists; returns the granules in use.
fn used_granules(heap: &Heap, table: &mut RawTable, first: u32) -> Result<u32, Finding> {
    let table = table.view();
    let end = table.granules();
    let (mut at, mut used, mut below_is_free) = (first, 0, false);
    let (mut short, mut listed, mut bits) = ([0_usize; CELL as usize], 0, [0; 3]);
    while at < end {
        let free = table.free_len(at);
        let len = free.or(table.used_len(at)).ok_or("no block begins where one ends")?;
        check(len > 0 && len <= end - at, "length of a block")?;
        let last = at + (len - 1);
        if free.is_some() {
            check(!below_is_free, "two free blocks side by side")?;
            check(table.ends_free(last) && table.first_of_free(last) == at, "end of a free block")?;
            match short.get_mut(len as usize) {
                Some(count) => *count += 1,
                None => listed += 1,
            }
            bits = [bits[0] + 1, bits[1] + 1, bits[2]];
        } else {
            check(!table.ends_free(last), "end of a used block")?;
            used += len;
            bits[2] += 1;
        }
        below_is_free = free.is_some();
        at += len;
    }
    for (len, count) in (0..).zip(short) {
        check(heap.marks_agree(len, count > 0), "bitmap of a short length")?;
    }
    check(bits == set_bits(&table), "bits inside of blocks")?;
    check(listed_blocks(heap, &table)? == listed, "free blocks that are not listed")?;
    Ok(used)
}

/// How many bits of each kind are set.
fn set_bits(table: &Table<'_>) -> [u32; 3] {
    let units = (0..table.granules()).step_by(UNIT).map(|granule| table.look_at(granule));
    units.fold([0; 3], |[first, last, used], unit| {
        [
            first + unit.free_first.count_ones(),
            last + unit.free_last.count_ones(),
            used + unit.used_first.count_ones(),
        ]
    })
}

fn listed_blocks(heap: &Heap, table: &Table<'_>) -> Result<usize, Finding> {
    let mut listed = 0;
    for class in Heap::classes() {
        let mut previous = FRONT + class as Link;
        for (first, len) in heap.holes(table, class) {
            check(table.free_len(first) == Some(len), "listed block in use")?;
            check(class_of(len) == class, "class of a free block")?;
            let link = Table::link_to(first + (len - 1));
            check(table.links(link).previous == previous, "backward link")?;
            check(listed <= table.granules() as usize, "list without end")?;
            previous = link;
            listed += 1;
        }
    }
    Ok(listed)
}
