//! The desk's SRAM: the memory that a session's page pool manages.

use headroom_runtime::{PagePool, Platform, Profile};

use crate::error::Error;

/// Pages and their tables; the operating system gives them to the process as they are touched. Both lists stay empty: it
/// is their capacity that is used.
pub(crate) struct Arena {
    profile: Profile,
    pages: Vec<u8>,
    tables: Vec<u8>,
    /// The most pages that the pool may have.
    most: usize,
}

/// Beyond what a topology declares: LL modules without a region, DP modules by default, and the runtime's own tables.
const SPARE_BYTES: u64 = 16 << 20;

/// The most that an arena has. A topology that declares more is refused at the widget that finds no pages left.
const LIMIT_BYTES: u64 = if usize::BITS < 64 { 1 << 30 } else { 4 << 30 };

/// The most pages that a pool manages.
const MAX_PAGES: u64 = 65_535;

impl Arena {
    /// An arena in which everything that is declared has room, up to [`LIMIT_BYTES`], so that what is refused is
    /// refused by the platform's rules and not by the desk's size.
    ///
    /// # Errors
    /// The machine does not give that much memory.
    pub(crate) fn for_demand(demand: &Demand) -> Result<Self, Error> {
        let page_bytes = demand.page_bytes();
        let profile = Profile { page_bytes, ..Profile::DESK };
        Self::new(profile, demand.bytes(page_bytes) as usize, MAX_PAGES as usize)
    }

    /// An arena of exactly so many pages, as another session had them.
    ///
    /// # Errors
    /// There can be no such arena, or the machine does not give that much memory.
    pub(crate) fn of_pages(profile: Profile, pages: usize) -> Result<Self, Error> {
        // One page more, to align the first.
        let bytes = pages.checked_add(1).and_then(|pages| pages.checked_mul(profile.page_bytes));
        match bytes.filter(|&bytes| bytes as u64 <= LIMIT_BYTES + profile.page_bytes as u64) {
            Some(bytes) => Self::new(profile, bytes, pages),
            None => {
                let page = profile.page_bytes;
                Err(Error::Desk {
                    what: format!(
                        "the desk has no {pages} pages of {page} bytes: its arenas end at {LIMIT_BYTES}"
                    ),
                    help: "correct the `pool` line of the session".to_owned(),
                })
            }
        }
    }

    fn new(profile: Profile, bytes: usize, most: usize) -> Result<Self, Error> {
        let pages = reserve(bytes)?;
        let tables = reserve(PagePool::table_bytes(&profile, bytes))?;
        Ok(Self { profile, pages, tables, most })
    }

    /// The pool over it.
    pub(crate) fn pool(&mut self) -> Result<PagePool<'_>, Error> {
        let (pages, tables) = (self.pages.spare_capacity_mut(), self.tables.spare_capacity_mut());
        let profile = self.profile;
        let to_align = if profile.page_bytes.is_power_of_two() {
            pages.as_ptr().align_offset(profile.page_bytes)
        } else {
            0
        };
        let end = self.most.saturating_mul(profile.page_bytes).saturating_add(to_align).min(pages.len());
        PagePool::new(profile, &mut pages[..end], tables).map_err(|error| desk(error.to_string()))
    }
}

/// What a session's regions will take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Demand {
    /// Bytes that are declared for them.
    declared: u64,
    /// The most regions that there will be.
    regions: u64,
}

impl Demand {
    /// Of so many parts as there are figures: each may have a region and a pipeline of its own, which declare these bytes.
    pub(crate) fn of(declared: &[u64]) -> Self {
        // What is above the platform's limit is refused anyway.
        let limit = Platform::DESK.region_limit as u64;
        // One page to round each region up to, the common one too, and one to align the first.
        let bytes = declared.iter().filter(|bytes| **bytes <= limit).sum();
        Self { declared: bytes, regions: 2 * declared.len() as u64 + 2 }
    }

    /// Bytes in which all of it has room, when regions are whole pages of `page_bytes`; at most the limit.
    fn bytes(&self, page_bytes: usize) -> u64 {
        let fixed = Platform::DESK.common_bytes as u64 + SPARE_BYTES;
        (fixed + self.declared + page_bytes as u64 * self.regions).min(LIMIT_BYTES)
    }

    /// The smallest page, from the desk's usual one on, of which a pool can have enough.
    fn page_bytes(&self) -> usize {
        let mut page = Profile::DESK.page_bytes;
        while self.bytes(page) / page as u64 > MAX_PAGES {
            page *= 2;
        }
        page
    }
}

fn reserve(bytes: usize) -> Result<Vec<u8>, Error> {
    let mut memory = Vec::new();
    memory
        .try_reserve_exact(bytes)
        .map_err(|_| desk(format!("this machine does not give {bytes} bytes of memory")))?;
    Ok(memory)
}

fn desk(what: String) -> Error {
    Error::Desk { what, help: "declare less memory in the topology".to_owned() }
}
