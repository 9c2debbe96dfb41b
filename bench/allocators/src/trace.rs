//! Sequences of requests and frees, made once from a seed and replayed on every heap.

use crate::heap::LINE;
use crate::random::Random;

/// One step of a trace. A slot holds one block at a time.
#[derive(Clone, Copy)]
pub(crate) enum Op {
    Alloc { slot: u32, size: u32 },
    Free { slot: u32 },
}

/// A sequence of steps that no heap has an influence on: after a refused request its free finds nothing.
pub(crate) struct Trace {
    pub(crate) ops: Vec<Op>,
    /// Slots that the steps name.
    pub(crate) slots: usize,
    /// Index of the first free: what is before it only fills the region.
    pub(crate) steady: usize,
    /// The most bytes in use at once, each block rounded up to lines.
    pub(crate) peak: usize,
}

/// Sizes of the churn, in bytes: log-uniform between these.
const CHURN_SIZES: (usize, usize) = (16, 8192);

impl Trace {
    /// Random blocks are freed until the next one keeps the bytes asked for within `limit`.
    pub(crate) fn churn(limit: usize, allocs: usize, seed: u64) -> Self {
        let (mut random, mut recorder) = (Random::new(seed), Recorder::default());
        let mut live = Vec::new();
        for _ in 0..allocs {
            let size = random.log_uniform(CHURN_SIZES.0, CHURN_SIZES.1);
            while recorder.requested + size > limit && !live.is_empty() {
                recorder.free(live.swap_remove(random.below(live.len())));
            }
            live.push(recorder.alloc(size));
        }
        recorder.finish()
    }

    /// A blob of 4-64 KiB is held while 1-3 survivors of 32 B - 1 KiB are made. When there are 32 survivors, a
    /// random one goes before the next comes.
    pub(crate) fn large_config(rounds: usize, seed: u64) -> Self {
        const SURVIVORS: usize = 32;
        let (mut random, mut recorder) = (Random::new(seed), Recorder::default());
        let mut survivors = Vec::new();
        for _ in 0..rounds {
            let blob = recorder.alloc(random.log_uniform(4 << 10, 64 << 10));
            for _ in 0..=random.below(3) {
                if survivors.len() == SURVIVORS {
                    recorder.free(survivors.swap_remove(random.below(SURVIVORS)));
                }
                survivors.push(recorder.alloc(random.log_uniform(32, 1024)));
            }
            recorder.free(blob);
        }
        recorder.finish()
    }

    /// How many steps are requests.
    pub(crate) fn allocs(&self) -> usize {
        self.ops.iter().filter(|op| matches!(op, Op::Alloc { .. })).count()
    }
}

/// Writes a trace down and keeps the books.
#[derive(Default)]
struct Recorder {
    ops: Vec<Op>,
    /// Size of the block in each slot.
    sizes: Vec<usize>,
    vacant: Vec<u32>,
    steady: Option<usize>,
    requested: usize,
    used: usize,
    peak: usize,
}

impl Recorder {
    fn alloc(&mut self, size: usize) -> u32 {
        let slot = self.vacant.pop().unwrap_or_else(|| {
            self.sizes.push(0);
            self.sizes.len() as u32 - 1
        });
        self.sizes[slot as usize] = size;
        self.ops.push(Op::Alloc { slot, size: size as u32 });
        self.requested += size;
        self.used += size.next_multiple_of(LINE);
        self.peak = self.peak.max(self.used);
        slot
    }

    fn free(&mut self, slot: u32) {
        self.steady.get_or_insert(self.ops.len());
        self.ops.push(Op::Free { slot });
        self.vacant.push(slot);
        let size = self.sizes[slot as usize];
        self.requested -= size;
        self.used -= size.next_multiple_of(LINE);
    }

    fn finish(self) -> Trace {
        let steady = self.steady.unwrap_or(self.ops.len());
        Trace { slots: self.sizes.len(), ops: self.ops, steady, peak: self.peak }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes asked for and bytes in lines, the most of each.
    fn peaks(trace: &Trace) -> (usize, usize) {
        let mut sizes = vec![0; trace.slots];
        let (mut asked, mut lines) = (0, 0);
        for op in &trace.ops {
            match *op {
                Op::Alloc { slot, size } => {
                    assert_eq!(sizes[slot as usize], 0, "the slot is taken");
                    sizes[slot as usize] = size as usize;
                }
                Op::Free { slot } => assert_ne!(std::mem::take(&mut sizes[slot as usize]), 0, "freed twice"),
            }
            asked = asked.max(sizes.iter().sum());
            lines = lines.max(sizes.iter().map(|size| size.next_multiple_of(LINE)).sum());
        }
        (asked, lines)
    }

    #[test]
    fn churn_keeps_its_limit() {
        let trace = Trace::churn(21_504, 3000, 42);
        let (asked, lines) = peaks(&trace);
        assert!((20_000..=21_504).contains(&asked), "{asked}");
        assert_eq!(lines, trace.peak);
        assert_eq!(trace.allocs(), 3000);
    }

    #[test]
    fn large_config_holds_one_blob_and_32_survivors() {
        let trace = Trace::large_config(1000, 42);
        assert_eq!(trace.slots, 33);
        assert_eq!(peaks(&trace).1, trace.peak);
    }
}
