//! One place for a region in a pool's tables, and the memory of one block of it.

use core::alloc::Layout;
use core::ptr::NonNull;

use crate::lock::SpinLock;
use crate::pool::Core;
use crate::state::{Footing, Request, State};
use crate::{AllocError, Placement, Requester};

/// A region's state with the way back to its pool. Lies in the tables and never moves.
pub(crate) struct Slot {
    core: NonNull<Core>,
    pub(crate) index: u16,
    pub(crate) state: SpinLock<State>,
}

// SAFETY: `core` is only ever read, through `&self`, and the `Core` that it points to is `Sync` and lives as
// long as the slot, since both lie in the tables. `state` is `Sync`.
unsafe impl Sync for Slot {}

impl Slot {
    /// `core` must point to the `Core` whose tables the slot is written into.
    pub(crate) fn new(core: NonNull<Core>, index: u16, next_vacant: u16) -> Self {
        Self { core, index, state: SpinLock::new(State::vacant(next_vacant)) }
    }

    /// Gives up one hold on the region; the last one returns its pages.
    pub(crate) fn let_go(&self) {
        if self.state.with(State::let_go) {
            self.close();
        }
    }

    /// Takes memory from the region, which also holds the region.
    #[inline]
    pub(crate) fn grant(
        &self,
        placement: Placement,
        layout: Layout,
        requester: Requester,
    ) -> Result<Grant<'_>, AllocError> {
        self.serve(Request { requester, placement, layout, footing: Footing::Packed })
    }

    /// Takes whole granules for a block with one owner of a countable number.
    pub(crate) fn grant_shared(
        &self,
        placement: Placement,
        layout: Layout,
        requester: Requester,
    ) -> Result<Grant<'_>, AllocError> {
        self.serve(Request { requester, placement, layout, footing: Footing::Granules })
    }

    /// A type without size takes one byte, so that each block has an address of its own.
    #[inline]
    fn serve(&self, mut request: Request) -> Result<Grant<'_>, AllocError> {
        if request.layout.size() == 0 {
            request.layout = Layout::new::<u8>().align_to(request.layout.align()).unwrap_or(request.layout);
        }
        let memory = self.state.with(|state| {
            let memory = state.allocate(&request)?;
            state.hold();
            Ok(memory)
        })?;
        Ok(Grant { slot: self, memory, bytes: request.layout.size() })
    }

    #[cold]
    fn close(&self) {
        // SAFETY: `new` was given a pointer to the core in these tables. It is written before any slot and
        // lives until the pool is gone, which the borrow behind `&self` rules out.
        let core = unsafe { self.core.as_ref() };
        core.close(self);
    }
}

/// The memory of one block: owns it and holds its region; dropping it gives up both. Does not touch the
/// contents.
pub(crate) struct Grant<'m> {
    slot: &'m Slot,
    pub(crate) memory: NonNull<u8>,
    bytes: usize,
}

impl Grant<'_> {
    /// Counts one more owner of a shared grant.
    pub(crate) fn add_owner(&self) {
        self.slot.state.with(|state| {
            if let Some(owners) = state.owners_of(self.memory) {
                *owners = owners.saturating_add(1);
            }
        });
    }

    /// Counts one owner less of a shared grant; true for the last one. A count that once reached `u16::MAX`
    /// stays there.
    pub(crate) fn remove_owner(&self) -> bool {
        self.slot.state.with(|state| match state.owners_of(self.memory) {
            Some(owners) if *owners != u16::MAX => {
                *owners -= 1;
                *owners == 0
            }
            _ => false,
        })
    }
}

impl Drop for Grant<'_> {
    #[inline]
    fn drop(&mut self) {
        let last = self.slot.state.with(|state| {
            state.free(self.memory, self.bytes);
            state.let_go()
        });
        if last {
            self.slot.close();
        }
    }
}
