//! How much of the memory that a converter is handed it really uses.

use headroom_resample::{Plan, Resampler};

use crate::error::Error;

/// What memory holds that nobody has written. A sample can be the same by chance, but hardly the last one and the word
/// behind it.
const MARK: i32 = 0x5A5A_A5A5;

/// Words beyond what the plan asks for, to see who writes there.
const BEYOND: usize = 1024;

/// Input frames of each block: less than filters hold, and more.
const BLOCKS: [usize; 5] = [1, 48, 7, 2000, 960];

/// Bytes of state that were written: up to the last word that differs from what was there before.
pub(super) fn state_bytes(plan: Plan, channels: usize) -> Result<usize, Error> {
    let mut state = vec![MARK; plan.needs(channels).state_words + BEYOND];
    let mut resampler =
        Resampler::new(plan, channels, &mut state[..]).map_err(|error| Error::fault(&error))?;
    let (mut noise, mut word) = (Vec::new(), 1_u32);
    for frames in BLOCKS {
        noise.resize_with(frames * channels, || {
            word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            word as i32 >> 1
        });
        let most = plan.output_frames_for(frames as u64) as usize + 2;
        resampler.process(&noise, &mut vec![0; most * channels]);
        noise.clear();
    }
    let used = state.iter().rposition(|&word| word != MARK).map_or(0, |last| last + 1);
    Ok(used * size_of::<i32>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversions;

    #[test]
    fn no_converter_writes_beyond_what_its_plan_declares() {
        for plan in conversions::some(24) {
            for channels in [1, 2, 8] {
                let declared = plan.needs(channels).state_words * size_of::<i32>();
                let used = state_bytes(plan, channels).unwrap();
                assert!(used <= declared && used > declared / 2, "{plan:?}: {used} of {declared}");
            }
        }
    }
}
