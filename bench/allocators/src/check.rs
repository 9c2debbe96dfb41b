//! Looks whether a heap is right at all: contents kept, no overlap, aligned, within bounds.

use std::collections::BTreeMap;
use std::mem::MaybeUninit;
use std::ops::Range;

use crate::heap::{Heap, Job, LINE};
use crate::replay::{clear, slots};
use crate::trace::{Op, Trace};

/// Replays a trace, fills every block with a pattern, and looks at it again when the block is freed.
pub(crate) struct Check<'t> {
    pub(crate) trace: &'t Trace,
    /// Addresses that blocks must lie in.
    pub(crate) bounds: Option<Range<usize>>,
}

impl Job for Check<'_> {
    type Out = Result<(), String>;

    fn run<H: Heap>(self, heap: &mut H) -> Result<(), String> {
        let (mut slots, mut ledger) = (slots::<H>(self.trace), Ledger::new(self.bounds));
        for (index, op) in self.trace.ops.iter().enumerate() {
            match *op {
                Op::Alloc { slot, size } => {
                    let mut served = heap.alloc(size as usize);
                    if let Some(handle) = &mut served {
                        ledger.enter(H::bytes(handle), size as usize, pattern(slot))?;
                    }
                    slots[slot as usize] = served;
                }
                Op::Free { slot } => {
                    if let Some(mut handle) = slots[slot as usize].take() {
                        ledger
                            .leave(H::bytes(&mut handle), pattern(slot))
                            .map_err(|e| format!("step {index}: {e}"))?;
                        heap.free(handle);
                    }
                }
            }
        }
        for (slot, handle) in slots.iter_mut().enumerate() {
            if let Some(handle) = handle {
                ledger.leave(H::bytes(handle), pattern(slot as u32))?;
            }
        }
        clear(heap, slots);
        Ok(())
    }
}

/// What the block in a slot is filled with.
fn pattern(slot: u32) -> u8 {
    (slot.wrapping_mul(0x9E37_79B1) >> 24) as u8
}

/// The blocks in use: start and end of each.
pub(crate) struct Ledger {
    blocks: BTreeMap<usize, usize>,
    bounds: Option<Range<usize>>,
}

impl Ledger {
    pub(crate) fn new(bounds: Option<Range<usize>>) -> Self {
        Self { blocks: BTreeMap::new(), bounds }
    }

    /// Checks where a new block of at least `size` bytes lies, and fills it.
    pub(crate) fn enter(
        &mut self,
        block: &mut [MaybeUninit<u8>],
        size: usize,
        fill: u8,
    ) -> Result<(), String> {
        let (start, end) = (block.as_ptr().addr(), block.as_ptr().addr() + block.len());
        if block.len() < size || !start.is_multiple_of(LINE) {
            return Err(format!("{size} B asked, {} B at {start:#x} given", block.len()));
        }
        if let Some(bounds) = &self.bounds
            && (start < bounds.start || end > bounds.end)
        {
            return Err(format!("block {start:#x}..{end:#x} is not in the region {bounds:#x?}"));
        }
        if let Some((other, other_end)) = self.blocks.range(..end).next_back()
            && *other_end > start
        {
            return Err(format!("blocks {start:#x}..{end:#x} and {other:#x}..{other_end:#x} overlap"));
        }
        self.blocks.insert(start, end);
        block.fill(MaybeUninit::new(fill));
        Ok(())
    }

    /// Checks that a block is what `enter` made of it.
    pub(crate) fn leave(&mut self, block: &[MaybeUninit<u8>], fill: u8) -> Result<(), String> {
        let start = block.as_ptr().addr();
        if self.blocks.remove(&start) != Some(start + block.len()) {
            return Err(format!("the block at {start:#x} has another length now"));
        }
        // SAFETY: `enter` has written each byte of the block.
        let intact = block.iter().all(|byte| unsafe { byte.assume_init() } == fill);
        if intact { Ok(()) } else { Err(format!("the contents of the block at {start:#x} have changed")) }
    }

    /// Bytes from the lowest to the highest address in use.
    pub(crate) fn span(&self) -> usize {
        let low = self.blocks.keys().next().copied().unwrap_or(0);
        self.blocks.values().last().map_or(0, |high| high - low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::Raw;
    use crate::memory::Memory;
    use crate::peer::TIMED;
    use std::ptr::NonNull;

    /// Gives blocks from a slice one after the other, `step` bytes apart, and never takes one back.
    struct Faulty<'m> {
        memory: &'m mut [MaybeUninit<u8>],
        next: usize,
        step: usize,
    }

    impl Heap for Faulty<'_> {
        type Handle = Raw;

        fn alloc(&mut self, size: usize) -> Option<Raw> {
            let block = self.memory.get_mut(self.next..self.next + size)?;
            self.next += self.step;
            Some(Raw { start: NonNull::from(block).cast(), size })
        }

        fn free(&mut self, _handle: Raw) {}

        fn bytes(handle: &mut Raw) -> &mut [MaybeUninit<u8>] {
            handle.bytes()
        }
    }

    fn complaint(step: usize, bounds: Option<Range<usize>>) -> String {
        let mut memory = Memory::new();
        let mut heap = Faulty { memory: memory.region(1 << 20), next: 0, step };
        let trace = Trace::churn(20_000, 100, 1);
        Check { trace: &trace, bounds }.run(&mut heap).unwrap_err()
    }

    #[test]
    fn faults_are_found() {
        assert!(complaint(64, None).contains("overlap"));
        assert!(complaint(8200, None).contains("given"), "not aligned");
        assert!(complaint(8192, Some(0..1)).contains("not in the region"));
    }

    #[test]
    fn changed_contents_are_found() {
        let (mut ledger, mut memory) = (Ledger::new(None), Memory::new());
        let block = memory.region(128);
        ledger.enter(block, 128, 7).unwrap();
        block[127] = MaybeUninit::new(8);
        assert!(ledger.leave(block, 7).unwrap_err().contains("changed"));
    }

    #[test]
    fn no_peer_is_faulty() {
        let mut memory = Memory::new();
        for bytes in [28 << 10, 1 << 20] {
            let trace = Trace::churn(bytes * 3 / 4, 5000, 1);
            for peer in TIMED {
                let addresses = memory.region(bytes).as_ptr_range();
                let bounds = peer.has_region().then(|| addresses.start.addr()..addresses.end.addr());
                let check = Check { trace: &trace, bounds };
                assert_eq!(peer.run(memory.region(bytes), check).unwrap(), Ok(()), "{}", peer.name());
            }
        }
    }
}
