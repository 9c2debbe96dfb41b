//! The request patterns of the benches, the same for every run.
#![allow(dead_code, reason = "each bench uses a part")]

use std::alloc::Layout;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use vregion::{PagePool, Placement, Profile, Region};

/// Xorshift with 64 bits.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit.max(1)
    }

    /// As many sizes in each octave.
    pub(crate) fn log_uniform(&mut self, least: f64, most: f64) -> usize {
        let part = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (least * (most / least).powf(part)) as usize
    }
}

/// A block that is alive, or would be if it had not been refused, and the size that was asked for.
pub(crate) type Live = (Option<NonNull<u8>>, usize);

/// What one churn step does with a region.
pub(crate) trait Heap {
    fn take(&mut self, size: usize) -> Option<NonNull<u8>>;
    fn give(&mut self, block: NonNull<u8>);
}

/// Trace (b) of the study: a random victim is freed until `live + new` fits the limit, then one block is asked
/// for, of 16 B to 8 KB, log-uniform. The trace does not depend on what the heap refuses. Stops after `requests`; returns how many were refused and the peak of
/// live bytes, rounded to lines.
pub(crate) struct Churn {
    pub(crate) random: Random,
    pub(crate) limit: usize,
    pub(crate) live: Vec<Live>,
    pub(crate) live_bytes: usize,
}

impl Churn {
    pub(crate) fn new(seed: u64, limit: usize) -> Self {
        Self {
            random: Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            limit,
            live: Vec::new(),
            live_bytes: 0,
        }
    }

    pub(crate) fn run(&mut self, heap: &mut impl Heap, requests: usize) -> (usize, usize) {
        let (mut refused, mut peak, mut rounded) = (0, 0, 0);
        for _ in 0..requests {
            let size = self.random.log_uniform(16.0, 8192.0);
            while self.live_bytes + size > self.limit && !self.live.is_empty() {
                let (block, size) = self.live.swap_remove(self.random.below(self.live.len()));
                self.live_bytes -= size;
                rounded -= size.next_multiple_of(64);
                block.into_iter().for_each(|block| heap.give(block));
            }
            let block = heap.take(size);
            refused += usize::from(block.is_none());
            self.live.push((block, size));
            self.live_bytes += size;
            rounded += size.next_multiple_of(64);
            peak = peak.max(rounded);
        }
        (refused, peak)
    }
}

/// Runs `body` with a region of just so many bytes.
pub(crate) fn with_region<R>(page_bytes: usize, bytes: usize, body: impl FnOnce(&Region<'_>) -> R) -> R {
    let profile = Profile { page_bytes, max_regions: 1, ..Profile::DESK };
    let mut arena = vec![MaybeUninit::uninit(); bytes + page_bytes];
    let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&profile, arena.len())];
    let pool = PagePool::new(profile, &mut arena, &mut tables).expect("a pool");
    let region = pool.region(1, bytes).expect("a region");
    assert_eq!(region.statistics().capacity, bytes);
    body(&region)
}

/// A region as a heap of lines.
pub(crate) struct Lines<'r, 'm>(pub(crate) &'r Region<'m>);

impl Heap for Lines<'_, '_> {
    #[inline(always)]
    fn take(&mut self, size: usize) -> Option<NonNull<u8>> {
        let layout = Layout::from_size_align(size, 64).ok()?;
        self.0.raw_allocate(Placement::Interim, layout, "bench").ok()
    }

    #[inline(always)]
    fn give(&mut self, block: NonNull<u8>) {
        // SAFETY: only blocks from `take` are given back, and each once.
        let freed = unsafe { self.0.raw_free(block.as_ptr()) };
        assert!(freed.is_ok(), "a block of the trace");
    }
}
