//! A counted handle to a region, through which blocks are made.

use core::alloc::Layout;
use core::fmt;

use crate::block::Block;
use crate::shared::Shared;
use crate::slot::{Grant, Slot};
use crate::state::State;
use crate::{AllocError, Placement, Refusal, Requester, Statistics};

/// A handle to a contiguous run of pages with a lifetime part and an interim heap; see the [crate
/// page](crate).
///
/// Handles are counted: the region lives until its last handle and its last block are gone. Requests may come
/// from any thread. Each takes the region's spin lock for a time that depends neither on the region's size
/// nor on the number of blocks in it; filling or moving a value in happens outside the lock.
///
/// All requests fail with an [`AllocError`]: [`ZeroSize`](Refusal::ZeroSize) for no element or byte,
/// [`TooLarge`](Refusal::TooLarge) if the region could never serve them (also on overflow and for an
/// alignment above a page), [`NoRoom`](Refusal::NoRoom) if it can't now. `what` names the purpose in errors
/// and statistics. A type without size takes one byte.
pub struct Region<'m> {
    slot: &'m Slot,
    owner: u32,
}

impl<'m> Region<'m> {
    /// Takes over one hold on the slot's region.
    pub(crate) fn new(slot: &'m Slot, owner: u32) -> Self {
        Self { slot, owner }
    }

    /// Another handle, whose requests are booked under `owner`.
    pub fn for_owner(&self, owner: u32) -> Region<'m> {
        self.slot.state.with(State::hold);
        Self::new(self.slot, owner)
    }

    /// `len` copies of `fill`.
    ///
    /// # Errors
    /// As for all requests, see [`Region`].
    pub fn slice<T: Copy>(
        &self,
        placement: Placement,
        len: usize,
        fill: T,
        what: &'static str,
    ) -> Result<Block<'m, [T]>, AllocError> {
        self.slice_from_fn(placement, len, |_| fill, what)
    }

    /// `len` elements, each made by `make` from its index. If `make` panics, the elements made so far are
    /// dropped and the memory is given back.
    ///
    /// # Errors
    /// As for all requests, see [`Region`]; `make` is not called then.
    pub fn slice_from_fn<T>(
        &self,
        placement: Placement,
        len: usize,
        make: impl FnMut(usize) -> T,
        what: &'static str,
    ) -> Result<Block<'m, [T]>, AllocError> {
        let bytes = size_of::<T>().saturating_mul(len);
        if len == 0 {
            return Err(self.refuse(bytes, Refusal::ZeroSize, what));
        }
        let Ok(layout) = Layout::array::<T>(len) else {
            return Err(self.refuse(bytes, Refusal::TooLarge, what));
        };
        Ok(Block::fill(self.grant(placement, layout, what)?, len, make))
    }

    /// Zeroed bytes with the size and alignment of `layout`.
    ///
    /// # Errors
    /// As for all requests, see [`Region`].
    pub fn bytes(
        &self,
        placement: Placement,
        layout: Layout,
        what: &'static str,
    ) -> Result<Block<'m, [u8]>, AllocError> {
        if layout.size() == 0 {
            return Err(self.refuse(0, Refusal::ZeroSize, what));
        }
        Ok(Block::zeroed(self.grant(placement, layout, what)?, layout.size()))
    }

    /// Zeroed bytes on whole cache lines, which no other block has a part of: for memory that is shared between
    /// cores or with DMA. Other blocks pack at their own alignment.
    ///
    /// # Errors
    /// As for all requests, see [`Region`].
    pub fn bytes_coherent(
        &self,
        placement: Placement,
        layout: Layout,
        what: &'static str,
    ) -> Result<Block<'m, [u8]>, AllocError> {
        if layout.size() == 0 {
            return Err(self.refuse(0, Refusal::ZeroSize, what));
        }
        let Some(lines) = self.slot.whole_lines(layout) else {
            return Err(self.refuse(layout.size(), Refusal::TooLarge, what));
        };
        Ok(Block::zeroed(self.grant(placement, lines, what)?, layout.size()))
    }

    /// One value, moved into the region. It may itself hold blocks and handles of the same region.
    ///
    /// # Errors
    /// As for all requests, see [`Region`]; the value is dropped then.
    #[inline(always)]
    pub fn value<T>(
        &self,
        placement: Placement,
        value: T,
        what: &'static str,
    ) -> Result<Block<'m, T>, AllocError> {
        match self.slot.grant_at_once(placement, Layout::new::<T>(), self.requester(what)) {
            Some(grant) => Ok(Block::new(grant, value)),
            None => self.value_otherwise(placement, value, what),
        }
    }

    /// Apart, so that the usual path needs no stack.
    #[cold]
    #[inline(never)]
    fn value_otherwise<T>(
        &self,
        placement: Placement,
        value: T,
        what: &'static str,
    ) -> Result<Block<'m, T>, AllocError> {
        let grant = self.slot.grant_otherwise(placement, Layout::new::<T>(), self.requester(what))?;
        Ok(Block::new(grant, value))
    }

    /// One value with counted owners. It takes whole cache lines, since its owners may be on different cores.
    ///
    /// # Errors
    /// As for all requests, see [`Region`]; the value is dropped then.
    pub fn shared<T>(
        &self,
        placement: Placement,
        value: T,
        what: &'static str,
    ) -> Result<Shared<'m, T>, AllocError> {
        let grant = self.slot.grant_lines(placement, Shared::<T>::LAYOUT, self.requester(what))?;
        Ok(Shared::new(grant, value))
    }

    /// Ends the lifetime phase: the interim heap is made from all that is left, which may be nothing. A
    /// second call does nothing.
    pub fn seal(&self) {
        self.slot.seal();
    }

    /// The region's figures now.
    pub fn statistics(&self) -> Statistics {
        self.slot.state.with(|state| state.statistics())
    }

    #[inline(always)]
    pub(crate) fn slot(&self) -> &'m Slot {
        self.slot
    }

    #[inline(always)]
    fn grant(
        &self,
        placement: Placement,
        layout: Layout,
        what: &'static str,
    ) -> Result<Grant<'m>, AllocError> {
        self.slot.grant(placement, layout, self.requester(what))
    }

    pub(crate) fn refuse(&self, bytes: usize, why: Refusal, what: &'static str) -> AllocError {
        self.slot.refuse(self.requester(what), bytes, why)
    }

    #[inline(always)]
    pub(crate) fn requester(&self, what: &'static str) -> Requester {
        Requester { owner: self.owner, what }
    }
}

impl Clone for Region<'_> {
    fn clone(&self) -> Self {
        self.for_owner(self.owner)
    }
}

impl Drop for Region<'_> {
    fn drop(&mut self) {
        self.slot.let_go();
    }
}

impl fmt::Debug for Region<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Region").field("owner", &self.owner).field("statistics", &self.statistics()).finish()
    }
}
