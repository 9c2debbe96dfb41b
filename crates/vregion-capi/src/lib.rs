//! [`vregion`] for C: a static library and `include/vregion.h`, with Sound Open Firmware's function names.
//!
//! ```text
//!  C caller                       this crate                                    vregion
//!  struct vregion * ──────────▶   Entry: word, region handle ─────────────────▶ Region
//!  (a number, never an address)   one per region, at the start of the tables    pages of the arena
//!
//!  log hook ◀──────── one line per failure, warning and seal
//! ```
//!
//! There is one pool per image, which [`vregion_pool_init`] makes from memory that the platform gives. A
//! `struct vregion *` is the number of an entry and the generation of its use, so that a handle that was put
//! for the last time, or never was one, is told from a live one: it is refused and logged, and nothing is
//! touched. The header says what each function does; `README.md` how to link and what differs from SOF.
#![no_std]

#[cfg(any(feature = "std", test))]
extern crate std;

mod abi;
mod entry;
mod log;
#[cfg(not(any(feature = "std", test)))]
mod panic;
mod platform;
mod pool;
#[cfg(test)]
mod tests;

pub use abi::{
    MemType, Vregion, vregion_alloc, vregion_alloc_align, vregion_alloc_coherent,
    vregion_alloc_coherent_align, vregion_alloc_type, vregion_create, vregion_free, vregion_get,
    vregion_info, vregion_mem_info, vregion_put, vregion_set_interim,
};
pub use log::{LogHook, vregion_set_log};
pub use platform::{VregionProfile, vregion_pool_init, vregion_pool_table_bytes};
