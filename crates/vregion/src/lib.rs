//! Phased memory regions: lifetime blocks first, an interim heap from what is left.
//!
//! A [`PagePool`] cuts an arena that it is given into contiguous [`Region`]s. A region serves its owner (an
//! audio module, say) in two phases, without a border that somebody would have to guess:
//!
//! ```text
//!  base                                                                       capacity
//!   | lifetime blocks, packed upward ->   |pad|   interim heap (made at the seal)  |
//!   +-------------------------------------+---+------------------------------------+
//!   set-up: never moved, never reused     ^   ^ first whole granule                    all in the arena
//!                                         seal: first interim request, or Region::seal
//!
//!   pool and region records | bitmaps of short holes | one tag per page and per line    all in the tables
//! ```
//!
//! * **Lifetime** blocks are packed at their own alignment. Freeing one is only counted.
//! * The **seal** freezes the lifetime part and gives the rest to the interim heap, which may be empty. No
//!   figure is lost: see [`Statistics`].
//! * **Interim** blocks come from an O(1) heap and go back to it. A lifetime request after the seal is
//!   *late*: it is served from the interim heap and counted with the name of who asked.
//! * **Indifferent** requests follow the phase, never seal and are never late.
//!
//! On top of regions there are two ways to share: a [`Pool`] of objects of one type, which grows in blocks and follows the
//! phase, and a [`CopyCache`] of read-only data in fast memory, where large copies are shared by their source.
//!
//! All book-keeping is out of band, in a slice of its own: whatever is written into a region's memory, in blocks
//! or between them, the allocator stays right. (How many owners a [`Shared`] has lies beside its value, as with
//! `Arc`: that is the owners' own account, which no safe code can reach.) Owning a [`Block`], a [`Shared`] or a
//! [`Region`] handle keeps the region; the last of them to be dropped returns its pages.
//!
//! ```
//! use core::mem::MaybeUninit;
//! use vregion::{PagePool, Placement, Profile};
//!
//! let mut arena = vec![MaybeUninit::uninit(); 64 * 1024];
//! let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&Profile::DESK, arena.len())];
//! let pool = PagePool::new(Profile::DESK, &mut arena, &mut tables)?;
//!
//! let region = pool.region(7, 20_480)?;
//! let mut delay = region.slice(Placement::Lifetime, 512, 0.0_f32, "delay line")?;
//! delay[0] = 1.0;
//! let blob = region.slice(Placement::Interim, 100, 0_u8, "configuration")?;
//!
//! let seen = region.statistics();
//! assert!(seen.sealed);
//! assert_eq!((seen.lifetime_bytes, seen.interim_used), (2048, 128));
//! drop((region, blob));
//! assert_eq!(pool.usage().regions, 1, "the delay line still holds the region");
//! drop(delay);
//! assert_eq!(pool.usage().regions, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A block can't outlive its pool:
//!
//! ```compile_fail,E0597
//! # use core::mem::MaybeUninit;
//! # use vregion::{PagePool, Placement, Profile};
//! # let mut arena = vec![MaybeUninit::uninit(); 64 * 1024];
//! # let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&Profile::DESK, arena.len())];
//! let block = {
//!     let pool = PagePool::new(Profile::DESK, &mut arena, &mut tables).unwrap();
//!     let region = pool.region(1, 4096).unwrap();
//!     region.value(Placement::Lifetime, 1_u32, "number").unwrap()
//! };
//! println!("{block:?}");
//! ```
#![no_std]

#[cfg(any(test, loom))]
extern crate std;

mod block;
mod error;
mod heap;
mod lock;
mod object_pool;
mod pages;
mod pool;
mod profile;
mod raw;
mod region;
mod request;
mod shared;
mod shared_copy;
mod short;
mod slot;
mod state;
mod statistics;
mod sync;
mod table;
mod trace;
mod validate;

pub use block::Block;
#[doc(hidden)]
pub use error::FreeError;
pub use error::{AllocError, PoolError, Refusal, RegionError};
pub use object_pool::{ObjectUsage, Pool, Pooled};
pub use pool::PagePool;
pub use profile::Profile;
pub use region::Region;
pub use request::{Placement, Requester};
pub use shared::Shared;
pub use shared_copy::{CopyCache, CopyError, SharedCopy};
pub use statistics::{PoolUsage, Statistics};
#[cfg(loom)]
#[doc(hidden)]
pub use sync::set_unlock_ordering;
pub use trace::{Event, Map, Placed};

/// The examples of README.md are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
