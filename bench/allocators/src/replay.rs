//! Replays a trace on a heap: for refusals, for times, for the largest block that would fit.

use std::hint::black_box;

use crate::heap::{Heap, Job, LINE};
use crate::timer::ticks;
use crate::trace::{Op, Trace};

/// A place for each block of a trace.
type Slots<H> = Vec<Option<<H as Heap>::Handle>>;

pub(crate) fn slots<H: Heap>(trace: &Trace) -> Slots<H> {
    (0..trace.slots).map(|_| None).collect()
}

/// Frees what is left.
pub(crate) fn clear<H: Heap>(heap: &mut H, slots: Slots<H>) {
    slots.into_iter().flatten().for_each(|handle| heap.free(handle));
}

/// Counts the steps whose request was refused, and stops at more than `limit`.
pub(crate) struct Refusals<'t> {
    pub(crate) trace: &'t Trace,
    pub(crate) limit: usize,
}

impl Job for Refusals<'_> {
    type Out = usize;

    fn run<H: Heap>(self, heap: &mut H) -> usize {
        let (mut slots, mut refused) = (slots::<H>(self.trace), 0);
        for op in &self.trace.ops {
            match *op {
                Op::Alloc { slot, size } => {
                    let served = heap.alloc(size as usize);
                    refused += usize::from(served.is_none());
                    if refused > self.limit {
                        break;
                    }
                    slots[slot as usize] = served;
                }
                Op::Free { slot } => {
                    if let Some(handle) = slots[slot as usize].take() {
                        heap.free(handle);
                    }
                }
            }
        }
        clear(heap, slots);
        refused
    }
}

/// Takes the time of each step. Keeps the shortest of all replays; steps that did nothing keep `u32::MAX`.
pub(crate) struct Times<'t> {
    pub(crate) trace: &'t Trace,
    pub(crate) shortest: &'t mut [u32],
}

impl Job for Times<'_> {
    type Out = ();

    fn run<H: Heap>(self, heap: &mut H) {
        let mut slots = slots::<H>(self.trace);
        for (op, shortest) in self.trace.ops.iter().zip(self.shortest) {
            let taken = match *op {
                Op::Alloc { slot, size } => {
                    let size = black_box(size as usize);
                    let start = ticks();
                    let served = heap.alloc(size);
                    let end = ticks();
                    slots[slot as usize] = served;
                    slots[slot as usize].is_some().then(|| end - start)
                }
                Op::Free { slot } => slots[slot as usize].take().map(|handle| {
                    let start = ticks();
                    heap.free(handle);
                    ticks() - start
                }),
            };
            if let Some(taken) = taken {
                *shortest = (*shortest).min(u32::try_from(taken).unwrap_or(u32::MAX));
            }
        }
        clear(heap, slots);
    }
}

/// Takes the time of each stretch of [`STRETCH`] steps after the region was filled. Keeps the shortest of all
/// replays, as an interruption falls into some stretch of nearly every replay.
pub(crate) struct Stretches<'t> {
    pub(crate) trace: &'t Trace,
    pub(crate) shortest: &'t mut [u64],
}

/// Steps that reading the timer once more is nothing against.
pub(crate) const STRETCH: usize = 1000;

impl Job for Stretches<'_> {
    type Out = ();

    fn run<H: Heap>(self, heap: &mut H) {
        let mut slots = slots::<H>(self.trace);
        let mut step = |op: &Op| match *op {
            Op::Alloc { slot, size } => slots[slot as usize] = heap.alloc(size as usize),
            Op::Free { slot } => {
                if let Some(handle) = slots[slot as usize].take() {
                    heap.free(handle);
                }
            }
        };
        let (fill, steady) = self.trace.ops.split_at(self.trace.steady);
        fill.iter().for_each(&mut step);
        for (stretch, shortest) in steady.chunks(STRETCH).zip(self.shortest) {
            let start = ticks();
            stretch.iter().for_each(&mut step);
            *shortest = (*shortest).min(ticks() - start);
        }
        clear(heap, slots);
    }
}

/// Mean of (largest block that would be served) / (bytes free), over `samples` moments.
pub(crate) struct LargestShare<'t> {
    pub(crate) trace: &'t Trace,
    pub(crate) region: usize,
    pub(crate) samples: usize,
}

impl Job for LargestShare<'_> {
    type Out = f64;

    fn run<H: Heap>(self, heap: &mut H) -> f64 {
        let mut slots = slots::<H>(self.trace);
        let mut sizes = vec![0; self.trace.slots];
        let stride = (self.trace.ops.len() - self.trace.steady) / self.samples;
        let (mut used, mut sum, mut taken) = (0, 0.0, 0);
        for (index, op) in self.trace.ops.iter().enumerate() {
            match *op {
                Op::Alloc { slot, size } => {
                    slots[slot as usize] = heap.alloc(size as usize);
                    if slots[slot as usize].is_some() {
                        sizes[slot as usize] = (size as usize).next_multiple_of(LINE);
                        used += sizes[slot as usize];
                    }
                }
                Op::Free { slot } => {
                    if let Some(handle) = slots[slot as usize].take() {
                        heap.free(handle);
                        used -= sizes[slot as usize];
                    }
                }
            }
            if index >= self.trace.steady && index % stride == 0 && used < self.region {
                sum += largest(heap, self.region - used) as f64 / (self.region - used) as f64;
                taken += 1;
            }
        }
        clear(heap, slots);
        sum / f64::from(taken)
    }
}

/// Bytes of the largest block that the heap would serve now, up to `limit`, in whole lines.
pub(crate) fn largest<H: Heap>(heap: &mut H, limit: usize) -> usize {
    let (mut served, mut refused) = (0, limit / LINE + 1);
    while refused - served > 1 {
        let middle = served.midpoint(refused);
        match heap.alloc(middle * LINE) {
            Some(handle) => {
                heap.free(handle);
                served = middle;
            }
            None => refused = middle,
        }
    }
    served * LINE
}
