//! The one unsafe call of this crate.

use std::ptr::without_provenance_mut;

use vregion::{FreeError, Region};

/// An address that no block begins at whose memory somebody owns: that of a raw block, or of none.
///
/// Whoever makes one has looked through all blocks that are alive.
pub(crate) struct Unowned(pub(crate) usize);

/// Frees what begins at an address, if anything does.
#[expect(unsafe_code, reason = "raw_free is how the C interface frees; its refusals are fuzzed too")]
pub(crate) fn free(region: &Region<'_>, address: &Unowned) -> Result<(), FreeError> {
    // SAFETY: no owned block begins at an `Unowned` address, so if it is that of a block, that block is from
    // `raw_allocate` or `raw_allocate_coherent`. It is of this region, as others don't have the address. Nobody uses
    // the memory of raw blocks: this crate keeps their addresses as numbers, without a pointer to reach them by.
    unsafe { region.raw_free(without_provenance_mut(address.0)) }
}
