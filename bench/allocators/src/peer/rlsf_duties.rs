//! `rlsf` with the duties of a region, to compare whole operations: a spin lock, two phases, high-water marks,
//! counts of blocks, holders and refusals.

use std::cell::UnsafeCell;
use std::hint::{black_box, spin_loop};
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};

use super::rlsf::Rlsf;
use crate::Outcome;
use crate::heap::{Heap, Job, LINE, Raw};

#[derive(Clone, Copy)]
enum Placement {
    Lifetime,
    Interim,
}

/// ```text
/// start          top                         end
/// | lifetime ->  |      interim heap           |      sealed: heap is some
/// ```
struct State<'m, const FIRST: usize> {
    rest: Option<&'m mut [MaybeUninit<u8>]>,
    heap: Option<Rlsf<'m, FIRST>>,
    interim: NonNull<u8>,
    lifetime_bytes: usize,
    lifetime_blocks: u32,
    lifetime_frees: u32,
    used: usize,
    peak: usize,
    bytes: usize,
    blocks: u32,
    holders: u32,
    late: u32,
    refused: u32,
}

struct Duties<'m, const FIRST: usize> {
    busy: AtomicBool,
    state: UnsafeCell<State<'m, FIRST>>,
}

pub(super) fn with<J: Job>(region: &mut [MaybeUninit<u8>], job: J) -> Outcome<J::Out> {
    match region.len().div_ceil(32).next_power_of_two().trailing_zeros() {
        ..=10 => Ok(job.run(&mut Duties::<10>::new(region))),
        11 => Ok(job.run(&mut Duties::<11>::new(region))),
        12 => Ok(job.run(&mut Duties::<12>::new(region))),
        13 => Ok(job.run(&mut Duties::<13>::new(region))),
        14 => Ok(job.run(&mut Duties::<14>::new(region))),
        15 => Ok(job.run(&mut Duties::<15>::new(region))),
        16..=19 => Ok(job.run(&mut Duties::<19>::new(region))),
        _ => Err("rlsf: no first level is this large".into()),
    }
}

impl<'m, const FIRST: usize> Duties<'m, FIRST> {
    fn new(region: &'m mut [MaybeUninit<u8>]) -> Self {
        let state = State {
            interim: NonNull::from(&mut *region).cast(),
            rest: Some(region),
            heap: None,
            lifetime_bytes: 0,
            lifetime_blocks: 0,
            lifetime_frees: 0,
            used: 0,
            peak: 0,
            bytes: 0,
            blocks: 0,
            holders: 1,
            late: 0,
            refused: 0,
        };
        Self { busy: AtomicBool::new(false), state: UnsafeCell::new(state) }
    }

    #[inline]
    fn locked<R>(&self, section: impl FnOnce(&mut State<'m, FIRST>) -> R) -> R {
        while self.busy.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            spin_loop();
        }
        // SAFETY: `busy` was false and is ours, and every access to the state is made here.
        let result = section(unsafe { &mut *self.state.get() });
        self.busy.store(false, Ordering::Release);
        result
    }
}

impl<const FIRST: usize> State<'_, FIRST> {
    #[inline]
    fn alloc(&mut self, placement: Placement, size: usize) -> Option<Raw> {
        let served = match (placement, self.heap.is_some()) {
            (Placement::Lifetime, false) => self.place_lifetime(size),
            (Placement::Lifetime, true) => {
                self.late += 1;
                self.place_interim(size)
            }
            (Placement::Interim, false) => {
                self.seal();
                self.place_interim(size)
            }
            (Placement::Interim, true) => self.place_interim(size),
        };
        match &served {
            Some(_) => self.holders = self.holders.saturating_add(1),
            None => self.refused += 1,
        }
        served
    }

    #[cold]
    fn seal(&mut self) {
        if let Some(rest) = self.rest.take() {
            self.interim = NonNull::from(&mut *rest).cast();
            self.heap = Some(Rlsf::new(rest));
        }
    }

    fn place_lifetime(&mut self, size: usize) -> Option<Raw> {
        let rest = self.rest.take()?;
        let padding = rest.as_ptr().addr().wrapping_neg() % LINE;
        if rest.len() < padding + size {
            self.rest = Some(rest);
            return None;
        }
        let (block, rest) = rest[padding..].split_at_mut(size);
        self.interim = NonNull::from(&mut *rest).cast();
        self.rest = Some(rest);
        self.lifetime_bytes += size;
        self.lifetime_blocks += 1;
        Some(Raw { start: NonNull::from(block).cast(), size })
    }

    fn place_interim(&mut self, size: usize) -> Option<Raw> {
        let block = self.heap.as_mut()?.alloc(size)?;
        self.used += size.next_multiple_of(LINE);
        self.peak = self.peak.max(self.used);
        self.bytes += size;
        self.blocks += 1;
        Some(block)
    }

    #[inline]
    fn free(&mut self, block: Raw) {
        self.holders -= 1;
        if block.start < self.interim {
            self.lifetime_frees += 1;
            return;
        }
        if let Some(heap) = &mut self.heap {
            self.used -= block.size.next_multiple_of(LINE);
            self.bytes -= block.size;
            self.blocks -= 1;
            heap.free(block);
        }
    }
}

impl<const FIRST: usize> Drop for Duties<'_, FIRST> {
    /// Reads every count, or the compiler would leave the counting out.
    fn drop(&mut self) {
        let state = self.state.get_mut();
        black_box((
            state.lifetime_bytes,
            state.lifetime_blocks,
            state.lifetime_frees,
            state.used,
            state.peak,
        ));
        black_box((state.bytes, state.blocks, state.holders, state.late, state.refused));
    }
}

impl<const FIRST: usize> Heap for Duties<'_, FIRST> {
    type Handle = Raw;

    fn alloc(&mut self, size: usize) -> Option<Raw> {
        self.locked(|state| state.alloc(Placement::Interim, size))
    }

    fn alloc_lifetime(&mut self, size: usize) -> Option<Raw> {
        self.locked(|state| state.alloc(Placement::Lifetime, size))
    }

    fn free(&mut self, handle: Raw) {
        self.locked(|state| state.free(handle));
    }

    fn bytes(handle: &mut Raw) -> &mut [MaybeUninit<u8>] {
        handle.bytes()
    }
}
