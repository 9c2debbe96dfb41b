//! The platform's page, line and limits.

use crate::PoolError;
use crate::table::MAX_GRANULES;

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
