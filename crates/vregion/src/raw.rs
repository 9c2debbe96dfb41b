//! Blocks without owners, for the C interface: what is given out is an address, and who gives it back must say
//! so. Not for Rust programs.
#![doc(hidden)]

use core::alloc::Layout;
use core::ptr::NonNull;

use crate::trace::Event;
use crate::{AllocError, FreeError, Placement, Refusal, Region};

impl Region<'_> {
    /// The region's first byte, by its cached address. It has [`capacity`](crate::Statistics::capacity) bytes.
    pub fn raw_base(&self) -> NonNull<u8> {
        self.slot().state.with(|state| state.ground.base)
    }

    /// The memory of a block that does not hold the region: it is gone with the last handle.
    ///
    /// # Errors
    /// As for all requests, see [`Region`].
    #[inline]
    pub fn raw_allocate(
        &self,
        placement: Placement,
        layout: Layout,
        what: &'static str,
    ) -> Result<NonNull<u8>, AllocError> {
        if layout.size() == 0 {
            return Err(self.refuse(0, Refusal::ZeroSize, what));
        }
        self.slot().grant_raw(placement, layout, || self.requester(what))
    }

    /// The same on whole cache lines, by its uncached address if the platform has one. Such an address is for C and
    /// for DMA; Rust must not go through it.
    ///
    /// # Errors
    /// As for all requests, see [`Region`].
    pub fn raw_allocate_coherent(
        &self,
        placement: Placement,
        layout: Layout,
        what: &'static str,
    ) -> Result<NonNull<u8>, AllocError> {
        let Some(lines) = self.slot().whole_lines(layout) else {
            return Err(self.refuse(layout.size(), Refusal::TooLarge, what));
        };
        let memory = self.raw_allocate(placement, lines, what)?;
        let alias = memory.as_ptr().map_addr(|address| address ^ self.slot().uncached_xor());
        Ok(NonNull::new(alias).unwrap_or(memory))
    }

    /// Frees a block by its cached or uncached address. Lifetime blocks are only counted.
    ///
    /// # Errors
    /// If no block begins there, as far as the book-keeping can tell; see [`FreeError`].
    ///
    /// # Safety
    /// If the address is that of a block, it must be one from `raw_allocate` or `raw_allocate_coherent` of this
    /// region, and nothing may use its memory any more.
    #[inline]
    pub unsafe fn raw_free(&self, address: *mut u8) -> Result<(), FreeError> {
        match self.slot().free_raw(address.addr()) {
            Some(offset) => {
                self.slot().trace(|region| Event::Freed { region, offset });
                Ok(())
            }
            None => self.free_alias(address.addr()),
        }
    }

    /// Frees by the uncached address what was not found by the cached one.
    #[cold]
    fn free_alias(&self, address: usize) -> Result<(), FreeError> {
        let (slot, xor) = (self.slot(), self.slot().uncached_xor());
        let error = slot.why_not_freed(address);
        if xor == 0 || !matches!(error, FreeError::Foreign { .. }) {
            return Err(error);
        }
        let Some(offset) = slot.free_raw(address ^ xor) else {
            return Err(match slot.why_not_freed(address ^ xor) {
                FreeError::Foreign { .. } => error,
                of_alias @ FreeError::NotABlock { .. } => of_alias,
            });
        };
        slot.trace(|region| Event::Freed { region, offset });
        Ok(())
    }
}
