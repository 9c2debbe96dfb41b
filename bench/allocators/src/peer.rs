//! The allocators, each with an adapter of its own.

mod buddy;
mod bump_scope;
mod bumpalo;
mod embedded;
mod linked_list;
mod null;
mod offset;
mod rlsf;
mod rlsf_duties;
mod system;
mod talc;
mod vregion;

use std::mem::MaybeUninit;

use clap::ValueEnum;

use crate::Outcome;
use crate::heap::Job;

/// An allocator.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Peer {
    /// Ours.
    Vregion,
    RlsfDuties,
    Rlsf,
    Embedded,
    Talc,
    Offset,
    Buddy,
    LinkedList,
    System,
    Bumpalo,
    BumpScope,
    /// Does nothing: what measuring itself costs.
    Null,
}

use Peer::*;

/// Those that manage a given region and free.
pub(crate) const HEAPS: [Peer; 8] = [Vregion, RlsfDuties, Rlsf, Embedded, Talc, Offset, Buddy, LinkedList];

/// The heaps, and the allocator of this program's platform, which has no region.
pub(crate) const TIMED: [Peer; 9] =
    [Vregion, RlsfDuties, Rlsf, Embedded, Talc, Offset, Buddy, LinkedList, System];

/// Those that can serve blocks that live as long as the region.
pub(crate) const LIFETIME: [Peer; 11] =
    [Vregion, RlsfDuties, Rlsf, Embedded, Talc, Offset, Buddy, LinkedList, System, Bumpalo, BumpScope];

impl Peer {
    /// Name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Vregion => "vregion",
            RlsfDuties => "rlsf, same duties",
            Rlsf => "rlsf",
            Embedded => "embedded-alloc",
            Talc => "talc",
            Offset => "offset-allocator",
            Buddy => "buddy_system",
            LinkedList => "linked_list",
            System => "system malloc",
            Bumpalo => "bumpalo",
            BumpScope => "bump-scope",
            Null => "(nothing)",
        }
    }

    /// Name in Cargo.lock.
    pub(crate) fn package(self) -> Option<&'static str> {
        Some(match self {
            Vregion => "vregion",
            Rlsf => "rlsf",
            Embedded => "embedded-alloc",
            Talc => "talc",
            Offset => "offset-allocator",
            Buddy => "buddy_system_allocator",
            LinkedList => "linked_list_allocator",
            Bumpalo => "bumpalo",
            BumpScope => "bump-scope",
            RlsfDuties | System | Null => return None,
        })
    }

    /// Whether all blocks must lie in the region.
    pub(crate) fn has_region(self) -> bool {
        HEAPS.contains(&self)
    }

    /// Whether churn in a region of this size takes minutes, since each call walks a list of blocks.
    pub(crate) fn crawls_at(self, bytes: usize) -> bool {
        self == LinkedList && bytes >= 1 << 20
    }

    /// Makes a fresh heap over `region` and does `job` with it.
    pub(crate) fn run<J: Job>(self, region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
        match self {
            Vregion => vregion::with(region, job),
            RlsfDuties => rlsf_duties::with(region, job),
            Rlsf => rlsf::with(region, job),
            Embedded => embedded::with(region, job),
            Talc => talc::with(region, job),
            Offset => offset::with(region, job),
            Buddy => buddy::with(region, job),
            LinkedList => linked_list::with(region, job),
            System => Ok(system::with(job)),
            Bumpalo => bumpalo::with(region, job),
            BumpScope => bump_scope::with(region, job),
            Null => Ok(null::with(job)),
        }
    }
}
