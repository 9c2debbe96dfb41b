//! What can go wrong, with the numbers that tell the reader what to change.

use core::fmt;

use crate::Requester;

/// Why a [`PagePool`](crate::PagePool) can't be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PoolError {
    /// The profile's page and line are not powers of two with 8 <= line <= page.
    PageOrLine {
        /// Bytes of a page, as given.
        page_bytes: usize,
        /// Bytes of a line, as given.
        line_bytes: usize,
    },
    /// The profile's `max_regions` is 0 or above `limit`.
    Regions {
        /// Regions, as given.
        max_regions: usize,
        /// The most that a pool can manage.
        limit: usize,
    },
    /// The arena has no whole aligned page.
    ArenaTooSmall {
        /// Bytes of the arena.
        arena_bytes: usize,
        /// Bytes of a page.
        page_bytes: usize,
    },
    /// The arena has more pages than can be numbered; choose a larger page.
    ArenaTooLarge {
        /// Whole pages in the arena.
        pages: usize,
        /// The most that a pool can manage.
        limit: usize,
    },
    /// The tables are smaller than [`PagePool::table_bytes`](crate::PagePool::table_bytes) says.
    TablesTooSmall {
        /// Bytes that are needed.
        needed: usize,
        /// Bytes that were given.
        given: usize,
    },
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::PageOrLine { page_bytes, line_bytes } => write!(
                f,
                "page pool: page ({page_bytes} B) and line ({line_bytes} B) must be powers of two, 8 <= line <= page"
            ),
            Self::Regions { max_regions, limit } => {
                write!(f, "page pool: max_regions is {max_regions}, must be 1 to {limit}")
            }
            Self::ArenaTooSmall { arena_bytes, page_bytes } => {
                write!(f, "page pool: an arena of {arena_bytes} B holds no aligned page of {page_bytes} B")
            }
            Self::ArenaTooLarge { pages, limit } => {
                write!(
                    f,
                    "page pool: the arena has {pages} pages, at most {limit} work; choose a larger page"
                )
            }
            Self::TablesTooSmall { needed, given } => {
                write!(f, "page pool: tables of {given} B given, {needed} B needed (see table_bytes)")
            }
        }
    }
}

impl core::error::Error for PoolError {}

/// Why a region can't be made. Nothing has been taken from the pool. Figures are in pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegionError {
    /// A region of 0 bytes was asked for.
    ZeroSize,
    /// Fewer pages are free than wanted.
    NoPages {
        /// Pages wanted.
        wanted: usize,
        /// Pages free, together.
        free: usize,
    },
    /// Enough pages are free, but not side by side.
    Fragmented {
        /// Pages wanted.
        wanted: usize,
        /// Pages of the largest free run.
        largest_run: usize,
    },
    /// As many regions as the profile allows are alive.
    TooManyRegions {
        /// The profile's `max_regions`.
        limit: usize,
    },
}

impl fmt::Display for RegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ZeroSize => f.write_str("region of 0 bytes: ask for at least 1"),
            Self::NoPages { wanted, free } => {
                write!(f, "region needs {wanted} pages, {free} are free: enlarge the arena or ask for less")
            }
            Self::Fragmented { wanted, largest_run } => write!(
                f,
                "region needs {wanted} pages side by side, the largest free run has {largest_run}: \
                 create large regions first"
            ),
            Self::TooManyRegions { limit } => {
                write!(f, "all {limit} regions are in use: raise the profile's max_regions")
            }
        }
    }
}

impl core::error::Error for RegionError {}

/// Why a request for memory was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// No element or no byte was asked for.
    ZeroSize,
    /// No region of this capacity can ever serve it: larger than the whole region, or aligned to more than a
    /// page.
    TooLarge,
    /// It does not fit beside what is in use now.
    NoRoom,
}

/// A refused request: who asked for how much, and what was left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AllocError {
    /// Who asked, and for what.
    pub requester: Requester,
    /// Bytes asked for; `usize::MAX` when the size overflows.
    pub bytes: usize,
    /// Bytes left in the phase that would have served the request, not necessarily side by side.
    pub left: usize,
    /// Why it was refused.
    pub why: Refusal,
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requester: Requester { owner, what }, bytes, left, why } = *self;
        write!(f, "{what} of {owner:#x}: {bytes} B refused, {left} B left: ")?;
        f.write_str(match why {
            Refusal::ZeroSize => "ask for at least one element",
            Refusal::TooLarge => {
                "more than the whole region, or aligned to more than a page; enlarge the region"
            }
            Refusal::NoRoom => "enlarge the region",
        })
    }
}

impl core::error::Error for AllocError {}

/// Why an address can't be freed. Nothing has changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FreeError {
    /// The region has no such address, neither cached nor uncached.
    Foreign {
        /// The address, as given.
        address: usize,
    },
    /// No block that could be freed begins there: it was freed before, or the address is inside of one.
    NotABlock {
        /// The address, in bytes from the base of the region.
        offset: usize,
    },
}

impl fmt::Display for FreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Foreign { address } => write!(f, "free of {address:#x}: not in this region"),
            Self::NotABlock { offset } => {
                write!(f, "free at offset {offset}: no block begins there (freed twice, or inside of one?)")
            }
        }
    }
}

impl core::error::Error for FreeError {}
