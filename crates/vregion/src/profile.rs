//! The platform's page, line and limits, and where each table lies in the memory that a pool is given.

use core::mem::{align_of, size_of};

use crate::PoolError;
use crate::pool::Core;
use crate::slot::Slot;
use crate::table::{Cell, MAX_GRANULES, NONE, Tag};

/// What a platform tells a pool about itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Profile {
    /// Bytes of a page, the unit of regions and the largest alignment: a power of two.
    pub page_bytes: usize,
    /// Bytes of a data cache line: a power of two from 8 to a page. It is the granule of the interim heap, unless a
    /// region has more than 65,535 lines; then the granule is the smallest power-of-two multiple that needs no
    /// more granules than that.
    pub line_bytes: usize,
    /// The most regions alive at once, up to 65,535. Each costs about 700 B of tables (600 B on 32 bits).
    pub max_regions: usize,
}

impl Profile {
    /// The desk: 4 KiB pages and 64 B lines as on SOF's targets, and plenty of regions.
    pub const DESK: Self = Self { page_bytes: 4096, line_bytes: 64, max_regions: 256 };

    pub(crate) fn check(&self) -> Result<(), PoolError> {
        let Self { page_bytes, line_bytes, max_regions } = *self;
        let powers = page_bytes.is_power_of_two() && line_bytes.is_power_of_two();
        if !powers || line_bytes < 8 || line_bytes > page_bytes {
            return Err(PoolError::PageOrLine { page_bytes, line_bytes });
        }
        if max_regions == 0 || max_regions > usize::from(NONE) {
            return Err(PoolError::Regions { max_regions, limit: usize::from(NONE) });
        }
        Ok(())
    }

    /// Bytes of a granule of a region: a line, or for a region of more than 65,535 lines the smallest power
    /// of two that needs no more granules than that. At most a page, as a pool has at most 65,535 of these.
    pub(crate) fn granule_bytes(&self, capacity: usize) -> usize {
        let mut granule = self.line_bytes;
        while capacity / granule > MAX_GRANULES {
            granule *= 2;
        }
        granule
    }
}

/// Offsets of the tables, in bytes from an address that is aligned to [`Plan::ALIGN`]:
///
/// ```text
/// Core | Slot per region | Cell per page | Cell per line | Tag per page | Tag per line | end
/// ```
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) slots: usize,
    pub(crate) page_cells: usize,
    pub(crate) line_cells: usize,
    pub(crate) page_tags: usize,
    pub(crate) line_tags: usize,
    pub(crate) end: usize,
}

impl Plan {
    pub(crate) const ALIGN: usize =
        if align_of::<Core>() > align_of::<Slot>() { align_of::<Core>() } else { align_of::<Slot>() };

    /// Saturates: a plan too large for memory is refused because no tables are large enough.
    pub(crate) const fn new(profile: &Profile, pages: usize) -> Self {
        let lines = match profile.page_bytes.checked_div(profile.line_bytes) {
            Some(lines) => lines.saturating_mul(pages),
            None => 0,
        };
        // Sizes are multiples of alignments, and cells and tags are aligned less than what precedes them.
        let slots = size_of::<Core>().next_multiple_of(Self::ALIGN);
        let page_cells = slots.saturating_add(profile.max_regions.saturating_mul(size_of::<Slot>()));
        let line_cells = page_cells.saturating_add(pages.saturating_mul(size_of::<Cell>()));
        let page_tags = line_cells.saturating_add(lines.saturating_mul(size_of::<Cell>()));
        let line_tags = page_tags.saturating_add(pages.saturating_mul(size_of::<Tag>()));
        let end = line_tags.saturating_add(lines.saturating_mul(size_of::<Tag>()));
        Self { slots, page_cells, line_cells, page_tags, line_tags, end }
    }
}
