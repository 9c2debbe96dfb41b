//! A converter that keeps a stream in its place: the delay of the filters is cut, what they hold is flushed.
//!
//! ```text
//!   input            lead-in | stream ........................ | silence
//!   output    skipped ............. | stream, n·to/from frames | never asked for
//!             the delay, to a frame
//! ```
//!
//! Where it has to begin for that is [`Plan::alignment`]'s to say.

use headroom_resample::{Alignment, Plan, Resampler};

use crate::error::Error;

/// Takes what was made: whole frames of Q1.31.
pub(super) type Give<'g> = &'g mut dyn FnMut(&[i32]) -> Result<(), Error>;

/// Output frames that are made at a time.
const BLOCK_FRAMES: usize = 4096;

/// A stream through a converter.
pub(super) struct Aligned<'c> {
    resampler: Resampler<'c, Vec<i32>>,
    output: Vec<i32>,
    /// Output frames yet to be cut.
    skip: u64,
    taken: u64,
    given: u64,
    offset_frames: f64,
}

impl<'c> Aligned<'c> {
    /// A stream of `channels` channels that is about to begin.
    pub(super) fn new(plan: Plan<'c>, channels: usize) -> Result<Self, Error> {
        let state = vec![0; plan.needs(channels).state_words];
        let resampler = Resampler::new(plan, channels, state).map_err(|error| Error::fault(&error))?;
        let Alignment { lead_in, skip, offset_frames } = plan.alignment();
        let output = vec![0; BLOCK_FRAMES * channels];
        let mut aligned = Self { resampler, output, skip, taken: 0, given: 0, offset_frames };
        aligned.convert(&vec![0; lead_in as usize * channels], 0, &mut |_| Ok(()))?;
        Ok(aligned)
    }

    /// Frames taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Frames given so far.
    pub(super) fn given(&self) -> u64 {
        self.given
    }

    /// How far the stream lies from its place, in output frames; positive is late.
    pub(super) fn offset_frames(&self) -> f64 {
        self.offset_frames
    }

    /// Frames that `input` frames become.
    pub(super) fn frames_for(&self, input: u64) -> u64 {
        self.resampler.plan().clip_frames_for(input)
    }

    /// Takes whole frames, and gives what they make.
    pub(super) fn push(&mut self, input: &[i32], give: Give<'_>) -> Result<(), Error> {
        self.taken += (input.len() / self.resampler.channels()) as u64;
        self.convert(input, self.frames_for(self.taken), give)
    }

    /// Gives what the filters still hold of the stream.
    pub(super) fn finish(&mut self, give: Give<'_>) -> Result<(), Error> {
        let all = self.frames_for(self.taken);
        let silence = vec![0; BLOCK_FRAMES * self.resampler.channels()];
        while self.given < all {
            self.convert(&silence, all, give)?;
        }
        Ok(())
    }

    /// Converts all of `input`. Of what it makes, nothing is given before the stream or beyond `limit` frames in all.
    fn convert(&mut self, mut input: &[i32], limit: u64, give: Give<'_>) -> Result<(), Error> {
        let channels = self.resampler.channels();
        loop {
            let progress = self.resampler.process(input, &mut self.output);
            input = &input[progress.consumed * channels..];
            let produced = progress.produced as u64;
            let cut = self.skip.min(produced);
            let kept = (produced - cut).min(limit.saturating_sub(self.given));
            self.skip -= cut;
            self.given += kept;
            if kept > 0 {
                let from = cut as usize * channels;
                give(&self.output[from..from + kept as usize * channels])?;
            }
            // Output that isn't full is all that the input makes.
            if progress.produced < BLOCK_FRAMES {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::conversions;

    /// `input`, cut into blocks of `block` frames, as it comes out.
    fn converted(plan: Plan<'_>, channels: usize, input: &[i32], block: usize) -> Vec<i32> {
        let mut aligned = Aligned::new(plan, channels).unwrap();
        let mut output = Vec::new();
        let mut give = |made: &[i32]| -> Result<(), Error> {
            output.extend_from_slice(made);
            Ok(())
        };
        for frames in input.chunks(block * channels) {
            aligned.push(frames, &mut give).unwrap();
        }
        aligned.finish(&mut give).unwrap();
        assert_eq!(aligned.given() as usize * channels, output.len());
        output
    }

    #[test]
    fn every_length_is_the_input_times_the_ratio_rounded_up() {
        for plan in conversions::some(24).chain(conversions::fast()) {
            let (from, to) = (plan.from(), plan.to());
            for frames in [0, 1, 2, 3, 146, 147, 148, 1000] {
                let expected = (frames * to as usize).div_ceil(from as usize);
                let made = converted(plan, 1, &vec![1 << 20; frames], 100);
                assert_eq!(made.len(), expected, "{frames} frames, {from} -> {to}");
            }
        }
    }

    /// A click of one frame is a symmetric pulse around the same time. Its centre of gravity is that time.
    #[test]
    fn a_click_stays_at_its_time() {
        for plan in conversions::some(24).chain(conversions::fast()) {
            let (from, to) = (plan.from(), plan.to());
            let (lower, at) = (from.min(to) as usize, from as usize / 10 + 7);
            // As short as the lower rate can hold: a click of one frame would alias.
            let width = 8.0 * f64::from(from) / lower as f64;
            let click = |n: usize| {
                let distance = (n as f64 - at as f64) / width;
                ((-distance * distance).exp() * f64::from(1 << 29)) as i32
            };
            let input: Vec<i32> = (0..from as usize / 5).map(click).collect();
            let output = converted(plan, 1, &input, 4096);
            let sum: f64 = output.iter().map(|&y| f64::from(y)).sum();
            let moment: f64 = output.iter().enumerate().map(|(n, &y)| n as f64 * f64::from(y)).sum();
            let late = moment / sum - at as f64 * f64::from(to) / f64::from(from);
            let expected = plan.alignment().offset_frames;
            assert!(
                expected.abs() <= 0.5 && (late - expected).abs() < 1e-3,
                "{from} -> {to}: {late} {expected}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn blocks_do_not_matter(
            plan in prop::sample::select(conversions::some(24).chain(conversions::fast()).collect::<Vec<_>>()),
            channels in 1_usize..=3,
            input in prop::collection::vec(any::<i32>(), 0..1500),
            block in 1_usize..700,
        ) {
            let input = &input[..input.len() / channels * channels];
            prop_assert_eq!(converted(plan, channels, input, block), converted(plan, channels, input, 10_000));
        }
    }
}
