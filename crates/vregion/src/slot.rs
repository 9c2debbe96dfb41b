//! One place for a region in a pool's tables, and the memory of one block of it.

use core::alloc::Layout;
use core::ptr::NonNull;

use crate::lock::Lock;
use crate::pages::Core;
use crate::state::{Holder, Refused, Request, State};
use crate::trace::Event;
#[cfg(feature = "trace")]
use crate::trace::Placed;
use crate::{AllocError, FreeError, Placement, Refusal, Requester};

/// A region's state with the way back to its pool. Lies in the tables and never moves.
pub(crate) struct Slot {
    core: NonNull<Core>,
    pub(crate) index: u16,
    pub(crate) state: Lock<State>,
}

// SAFETY: `core` is only ever read, through `&self`, and the `Core` that it points to is `Sync` and lives as
// long as the slot, since both lie in the tables. `state` is `Sync`.
#[cfg(any(not(feature = "single-thread"), feature = "critical-section"))]
unsafe impl Sync for Slot {}

impl Slot {
    /// `core` must point to the `Core` whose tables the slot is written into.
    pub(crate) fn new(core: NonNull<Core>, index: u16, next_vacant: u16) -> Self {
        Self { core, index, state: Lock::new(State::vacant(next_vacant)) }
    }

    /// Gives up one hold on the region; the last one returns its pages.
    pub(crate) fn let_go(&self) {
        if self.state.with(State::let_go) {
            self.close();
        }
    }

    /// Takes memory from the region, which also holds the region. A type without size takes one byte, so that
    /// each block has an address of its own.
    #[inline(always)]
    pub(crate) fn grant(
        &self,
        placement: Placement,
        layout: Layout,
        requester: Requester,
    ) -> Result<Grant<'_>, AllocError> {
        match self.grant_at_once(placement, layout, requester) {
            Some(grant) => Ok(grant),
            None => self.grant_otherwise(placement, layout, requester),
        }
    }

    /// The same, if it takes neither the seal nor another phase; the whole path of most requests.
    #[inline(always)]
    pub(crate) fn grant_at_once(
        &self,
        placement: Placement,
        layout: Layout,
        requester: Requester,
    ) -> Option<Grant<'_>> {
        let layout = at_least_a_byte(layout);
        let (size, align) = (layout.size(), layout.align());
        let memory = match placement {
            Placement::Interim => self.place_interim(size, align, Holder::Block),
            Placement::Lifetime | Placement::Indifferent => {
                self.state.with(|state| state.place_lifetime(size, align, Holder::Block))
            }
        }?;
        self.trace_placed(memory, &Request { requester, placement, layout });
        Some(Grant { slot: self, memory, bytes: size })
    }

    /// A block of the interim heap, if there is one.
    #[inline(always)]
    fn place_interim(&self, size: usize, align: usize, holder: Holder) -> Option<NonNull<u8>> {
        self.state.with(|state| state.place_interim(size, align, holder))
    }

    /// What is not served at once: makes the heap, counts late requests, refuses.
    #[inline(always)]
    pub(crate) fn grant_otherwise(
        &self,
        placement: Placement,
        layout: Layout,
        requester: Requester,
    ) -> Result<Grant<'_>, AllocError> {
        let request = Request { requester, placement, layout: at_least_a_byte(layout) };
        let bytes = request.layout.size();
        match self.otherwise(&request, Holder::Block) {
            Ok(memory) => Ok(Grant { slot: self, memory, bytes }),
            Err(refused) => Err(refused.error(requester, bytes)),
        }
    }

    /// Makes the heap if need be, and places a block in it or refuses it.
    #[cold]
    #[inline(never)]
    fn otherwise(&self, request: &Request, holder: Holder) -> Result<NonNull<u8>, Refused> {
        let (was_sealed, is_sealed, memory) = self.state.with(|state| {
            let was_sealed = state.is_sealed();
            let memory = state.place_otherwise(request, holder);
            (was_sealed, state.is_sealed(), memory)
        });
        if is_sealed && !was_sealed {
            self.trace(|region| Event::Sealed { region });
        }
        match memory {
            Ok(memory) => self.trace_placed(memory, request),
            Err(refused) => {
                self.trace(|_| Event::Refused(refused.error(request.requester, request.layout.size())));
            }
        }
        memory
    }

    /// Ends the lifetime phase.
    pub(crate) fn seal(&self) {
        let sealed = self.state.with(|state| {
            let was_sealed = state.is_sealed();
            state.seal();
            !was_sealed
        });
        if sealed {
            self.trace(|region| Event::Sealed { region });
        }
    }

    /// Counts and explains a refused request.
    pub(crate) fn refuse(&self, requester: Requester, bytes: usize, why: Refusal) -> AllocError {
        let error = self.state.with(|state| state.refuse(requester, bytes, why)).error(requester, bytes);
        self.trace(|_| Event::Refused(error));
        error
    }

    /// Tells an event to the pool's hook; nothing at all without feature `trace`.
    #[inline(always)]
    pub(crate) fn trace(&self, event: impl FnOnce(usize) -> Event) {
        #[cfg(feature = "trace")]
        {
            // SAFETY: as in `close`.
            if let Some(hook) = unsafe { self.core.as_ref() }.hook {
                hook(&event(self.state.with(|state| state.ground.base.addr().get())));
            }
        }
        #[cfg(not(feature = "trace"))]
        let _ = event;
    }

    #[cfg(not(feature = "trace"))]
    #[inline(always)]
    fn trace_placed(&self, _memory: NonNull<u8>, _request: &Request) {}

    #[cfg(feature = "trace")]
    fn trace_placed(&self, memory: NonNull<u8>, request: &Request) {
        self.trace(|region| {
            let Request { requester, placement, layout } = *request;
            let offset = memory.addr().get() - region;
            let (interim, taken) = self.state.with(|state| state.taken(offset, layout.size()));
            Event::Placed(Placed {
                region,
                offset,
                bytes: layout.size(),
                taken,
                placement,
                interim,
                requester,
            })
        });
    }

    /// Takes memory that does not hold the region.
    #[inline(always)]
    pub(crate) fn grant_raw(
        &self,
        placement: Placement,
        layout: Layout,
        requester: impl FnOnce() -> Requester,
    ) -> Result<NonNull<u8>, AllocError> {
        let (size, align) = (layout.size(), layout.align());
        let memory = match placement {
            Placement::Interim => self.place_interim(size, align, Holder::Nobody),
            Placement::Lifetime | Placement::Indifferent => {
                self.state.with(|state| state.place_lifetime(size, align, Holder::Nobody))
            }
        };
        let Some(memory) = memory else { return self.grant_raw_otherwise(placement, layout, requester()) };
        #[cfg(feature = "trace")]
        self.trace_placed(memory, &Request { requester: requester(), placement, layout });
        Ok(memory)
    }

    #[cold]
    #[inline(never)]
    fn grant_raw_otherwise(
        &self,
        placement: Placement,
        layout: Layout,
        requester: Requester,
    ) -> Result<NonNull<u8>, AllocError> {
        let request = Request { requester, placement, layout };
        self.otherwise(&request, Holder::Nobody).map_err(|refused| refused.error(requester, layout.size()))
    }

    /// Takes whole granules.
    pub(crate) fn grant_lines(
        &self,
        placement: Placement,
        layout: Layout,
        requester: Requester,
    ) -> Result<Grant<'_>, AllocError> {
        let layout = at_least_a_byte(layout);
        let request = Request { requester, placement, layout };
        let memory = match self.state.with(|state| state.place_lines(&request)) {
            Some(memory) => {
                self.trace_placed(memory, &request);
                memory
            }
            None => self
                .otherwise(&request, Holder::Block)
                .map_err(|refused| refused.error(requester, layout.size()))?,
        };
        Ok(Grant { slot: self, memory, bytes: layout.size() })
    }

    /// The layout that covers whole granules, which are whole lines.
    pub(crate) fn whole_lines(&self, layout: Layout) -> Option<Layout> {
        let granule = self.state.with(|state| state.ground.granule_bytes);
        let lines = layout.size().checked_next_multiple_of(granule)?;
        Layout::from_size_align(lines, layout.align().max(granule)).ok()
    }

    #[inline(never)]
    fn take_back(&self, memory: NonNull<u8>, bytes: usize) {
        self.trace(|region| Event::Freed { region, offset: memory.addr().get() - region });
        if self.state.with(|state| state.free(memory, bytes)) {
            self.close();
        }
    }

    /// Takes back a block that does not hold the region; returns its offset, or none if no block begins there.
    #[inline(never)]
    pub(crate) fn free_raw(&self, address: usize) -> Option<usize> {
        self.state.with(|state| state.free_raw(address))
    }

    /// Why it did not. Apart, so that a free that succeeds returns two registers.
    pub(crate) fn why_not_freed(&self, address: usize) -> FreeError {
        self.state.with(|state| state.why_not_freed(address))
    }

    /// How an uncached address differs from the cached one, see [`crate::Profile::uncached_xor`].
    pub(crate) fn uncached_xor(&self) -> usize {
        // SAFETY: as in `close`.
        unsafe { self.core.as_ref() }.profile.uncached_xor
    }

    #[cold]
    fn close(&self) {
        // SAFETY: `new` was given a pointer to the core in these tables. It is written before any slot and
        // lives until the pool is gone, which the borrow behind `&self` rules out.
        let core = unsafe { self.core.as_ref() };
        self.trace(|region| Event::Closed { region });
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
    /// Runs `section` under the lock of the block's region.
    pub(crate) fn alone<R>(&self, section: impl FnOnce() -> R) -> R {
        self.slot.state.with(|_| section())
    }
}

impl Drop for Grant<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.slot.take_back(self.memory, self.bytes);
    }
}

#[inline(always)]
fn at_least_a_byte(layout: Layout) -> Layout {
    if layout.size() > 0 {
        return layout;
    }
    Layout::new::<u8>().align_to(layout.align()).unwrap_or(layout)
}
