//! The figures of a region and of a pool, as plain snapshots.

use crate::Requester;

/// A region's figures at one moment. The seal changes none that was there before it. All sizes are bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Statistics {
    /// Whom the region was made for.
    pub owner: u32,
    /// What the region can hold: `requested`, rounded up to pages.
    pub capacity: usize,
    /// What was asked for when the region was made.
    pub requested: usize,
    /// Sum of the sizes asked for in lifetime blocks, freed ones included.
    pub lifetime_bytes: usize,
    /// Lost between lifetime blocks to alignment, and to whole granules for [`Shared`](crate::Shared) ones.
    pub lifetime_padding: usize,
    /// Lifetime blocks made.
    pub lifetime_blocks: u32,
    /// Lifetime blocks freed; counted only, their memory stays taken.
    pub lifetime_frees: u32,
    /// Whether the interim heap exists.
    pub sealed: bool,
    /// Lost at the seal, between the last lifetime block and the first granule of the interim heap.
    pub seal_padding: usize,
    /// Size of the interim heap: 0 before the seal, and after it when lifetime blocks fill the region.
    pub interim_capacity: usize,
    /// In use in the interim heap now, rounded up to granules.
    pub interim_used: usize,
    /// The most that `interim_used` has been, so padding is included.
    pub interim_peak: usize,
    /// The part of `interim_used` that rounding up to granules costs now.
    pub interim_padding: usize,
    /// The same part of `interim_peak`, at the moment when that was reached first.
    pub interim_peak_padding: usize,
    /// Interim blocks in use now, late lifetime blocks included.
    pub interim_blocks: u32,
    /// The largest free block of the interim heap; with `interim_capacity - interim_used` it says how far the
    /// heap is fragmented. 0 before the seal.
    pub largest_free: usize,
    /// The most that was free in the interim heap when it refused a request for no more than that: what fragmentation
    /// has cost at worst. 0 if it never did.
    pub most_fragmented: usize,
    /// Lifetime requests made after the seal.
    pub late_requests: u32,
    /// Who made the first of them.
    pub first_late: Option<Requester>,
    /// Requests refused, for whatever reason.
    pub refused: u32,
    /// The last refused request and its bytes.
    pub last_refused: Option<(Requester, usize)>,
    /// Never touched: `capacity` less lifetime bytes, both paddings above and the interim peak.
    pub spare: usize,
}

/// A pool's figures at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PoolUsage {
    /// Bytes of a page.
    pub page_bytes: usize,
    /// Bytes of a data cache line.
    pub line_bytes: usize,
    /// Pages that the pool manages.
    pub pages: usize,
    /// Pages that no region holds.
    pub free_pages: usize,
    /// Pages of the largest region that could be made now.
    pub largest_run: usize,
    /// Regions alive.
    pub regions: usize,
    /// The most pages that regions have held at once.
    pub peak_pages: usize,
}
