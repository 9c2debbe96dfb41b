//! One call's way through the filters: in one go, or block by block where samples change their format or their order.

use alloc::vec::Vec;

use crate::line::Progress;
use crate::plan::Plan;
use crate::sample::Sample;
use crate::stream::Stream;

/// Frames of a block.
const BLOCK_FRAMES: usize = 256;

/// Room for a block of interleaved frames on its way in, and for one on its way out.
#[derive(Clone, Debug)]
pub(super) struct Blocks<T> {
    input: Vec<T>,
    output: Vec<T>,
}

impl<T: Sample> Blocks<T> {
    pub(super) fn new(channels: usize) -> Self {
        let block = alloc::vec![T::default(); BLOCK_FRAMES * channels];
        Self { input: block.clone(), output: block }
    }
}

/// Frames that a call offers, and those that it has room for.
#[derive(Clone, Copy)]
pub(super) struct Frames {
    pub(super) offered: usize,
    pub(super) wanted: usize,
}

/// What a call needs of a converter.
#[derive(Debug)]
pub struct Pass<'c, T> {
    pub(super) plan: Plan<'c>,
    pub(super) stream: &'c mut Stream<Vec<T>, Vec<T>>,
    pub(super) blocks: &'c mut Blocks<T>,
}

impl<T: Sample> Pass<'_, T> {
    pub(super) fn channels(&self) -> usize {
        self.stream.channels
    }

    pub(super) fn whole(self, input: &[T], output: &mut [T]) -> Progress {
        self.stream.process(&self.plan, input, output)
    }

    /// Converts frames that `load` fetches and `store` takes away, both with the number of the first one. The counts and
    /// the samples are those of one go.
    pub(super) fn in_blocks(
        self,
        frames: Frames,
        load: impl Fn(usize, &mut [T]),
        mut store: impl FnMut(usize, &[T]),
    ) -> Progress {
        let channels = self.channels();
        let (to, from) = self.plan.ratio();
        let mut done = Progress::default();
        loop {
            let wanted = (frames.wanted - done.produced).min(BLOCK_FRAMES);
            // About as many as are used for that, so that few are loaded twice.
            let used = (wanted as u64 * u64::from(from) / u64::from(to)) as usize + 1;
            let offered = (frames.offered - done.consumed).min(used).min(BLOCK_FRAMES);
            let input = &mut self.blocks.input[..offered * channels];
            load(done.consumed, input);
            let output = &mut self.blocks.output[..wanted * channels];
            let made = self.stream.process(&self.plan, input, output);
            store(done.produced, &output[..made.produced * channels]);
            done.consumed += made.consumed;
            done.produced += made.produced;
            let starved = made.produced < wanted && done.consumed == frames.offered;
            if starved || done.produced == frames.wanted {
                return done;
            }
        }
    }
}
