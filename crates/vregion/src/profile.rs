//! The platform's page, line and limits, and where each table lies in the memory that a pool is given.

use core::mem::{align_of, size_of};

use crate::PoolError;
use crate::pool::Core;
use crate::slot::Slot;
use crate::table::{self, CELL, MAX_GRANULES, Unit};

/// What a platform tells a pool about itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Profile {
    /// Bytes of a page, the unit of regions and the largest alignment: a power of two.
    pub page_bytes: usize,
    /// Bytes of a data cache line: a power of two from 8 to a page. It is the granule of the interim heap, unless a
    /// region has more than 262,144 lines (65,536 on 32 bits); then the granule is the smallest power-of-two
    /// multiple that needs no more granules than that.
    pub line_bytes: usize,
    /// The most regions alive at once, up to 65,535. Each costs about 470 B of tables (310 B on 32 bits).
    pub max_regions: usize,
    /// The bits in which the uncached address of a byte differs from its cached one; 0 if the platform has no
    /// such alias. On Intel ACE, 0x4... is the uncached alias of 0xA...: 0xE000_0000.
    pub uncached_xor: usize,
}

impl Profile {
    /// The desk: 4 KiB pages and 64 B lines as on SOF's targets, and plenty of regions.
    pub const DESK: Self = Self { page_bytes: 4096, line_bytes: 64, max_regions: 256, uncached_xor: 0 };

    pub(crate) fn check(&self) -> Result<(), PoolError> {
        let Self { page_bytes, line_bytes, max_regions, .. } = *self;
        let powers = page_bytes.is_power_of_two() && line_bytes.is_power_of_two();
        if !powers || line_bytes < 8 || line_bytes > page_bytes {
            return Err(PoolError::PageOrLine { page_bytes, line_bytes });
        }
        if max_regions == 0 || max_regions > usize::from(NO_SLOT) {
            return Err(PoolError::Regions { max_regions, limit: usize::from(NO_SLOT) });
        }
        Ok(())
    }

    /// Bytes of a granule of a region: a line, or for a region of too many lines the smallest power of two that
    /// needs no more granules than a table numbers. At most a page, as a pool has at most 65,535 of these.
    pub(crate) fn granule_bytes(&self, capacity: usize) -> usize {
        let mut granule = self.line_bytes;
        while capacity / granule > MAX_GRANULES {
            granule *= 2;
        }
        granule
    }
}

/// No slot.
pub(crate) const NO_SLOT: u16 = u16::MAX;
/// The smallest page: [`Profile::check`] accepts no smaller line.
pub(crate) const LEAST_PAGE: usize = 8;

/// Offsets of the tables, in bytes from an address that is aligned to [`Plan::ALIGN`]:
///
/// ```text
/// Core | Slot per region | units of pages, of lines | spans of pages, of lines | end
/// ```
///
/// The line tables are as long as the sum of those of one region per page, so that any cut of the arena into
/// regions fits: each page has its [`Share`].
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) slots: usize,
    pub(crate) page_units: usize,
    pub(crate) line_units: usize,
    pub(crate) page_spans: usize,
    pub(crate) line_spans: usize,
    pub(crate) end: usize,
}

impl Plan {
    pub(crate) const ALIGN: usize =
        if align_of::<Core>() > align_of::<Slot>() { align_of::<Core>() } else { align_of::<Slot>() };

    /// Saturates: a plan too large for memory is refused because no tables are large enough.
    pub(crate) const fn new(profile: &Profile, pages: usize) -> Self {
        let share = Share::of_page(profile, pages);
        // Sizes are multiples of alignments, and each table is aligned less than what precedes it.
        let slots = size_of::<Core>().next_multiple_of(Self::ALIGN);
        let page_units = slots.saturating_add(profile.max_regions.saturating_mul(size_of::<Slot>()));
        let line_units = page_units.saturating_add(table::units(pages) * size_of::<Unit>());
        let page_spans = line_units.saturating_add(pages.saturating_mul(share.units * size_of::<Unit>()));
        let line_spans = page_spans.saturating_add(table::spans(pages) * table::WORD);
        let end = line_spans.saturating_add(pages.saturating_mul(share.span_bytes));
        Self { slots, page_units, line_units, page_spans, line_spans, end }
    }
}

/// What a page adds to the line tables.
pub(crate) struct Share {
    pub(crate) units: usize,
    /// None if not even a region of all pages has more units than bits in a word. One that has needs a bit per unit and
    /// length, in whole words for each length, and these are at most half empty.
    pub(crate) span_bytes: usize,
}

impl Share {
    pub(crate) const fn of_page(profile: &Profile, pages: usize) -> Self {
        let lines = match profile.page_bytes.checked_div(profile.line_bytes) {
            Some(lines) => lines,
            None => 0,
        };
        let units = table::units(lines);
        let deep = table::spans(pages.saturating_mul(lines)) > 0;
        Self { units, span_bytes: if deep { units * CELL as usize / 4 } else { 0 } }
    }
}
