//! Float conversions of desks: on every backend the same bits however a stream is cut, and NaNs stay where they are.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use headroom_resample::{Backend, Plan, Quality, Resampler, desk_plan};

fn desk_plans() -> [Plan<'static>; 2] {
    [(44_100, 48_000), (48_000, 44_100)].map(|(from, to)| desk_plan(from, to, Quality::Standard).unwrap())
}

fn noise(words: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let step = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state as i32 as f32 / 2_147_483_648.0
    };
    std::iter::repeat_with(step).take(words).collect()
}

/// What comes out of `input` in blocks of these numbers of input and output frames in turn, with `spare` words more for
/// the coefficients than needed.
fn convert(
    (plan, backend, channels): (Plan<'_>, Backend, usize),
    input: &[f32],
    blocks: &[(usize, usize)],
    spare: usize,
) -> Vec<f32> {
    let needs = plan.needs(channels);
    let memory = needs.coefficient_words.map(|words| vec![f32::NAN; words + spare]);
    let mut resampler =
        Resampler::new_f32(plan, channels, vec![f32::NAN; needs.state_words], memory).unwrap();
    resampler.set_backend(backend);
    let (mut consumed, mut all) = (0, Vec::new());
    for (offered, room) in blocks.iter().cycle() {
        let block = &input[consumed * channels..];
        let block = &block[..block.len().min(offered * channels)];
        let mut output = vec![f32::NAN; room * channels];
        let progress = resampler.process(block, &mut output);
        all.extend(&output[..progress.produced * channels]);
        consumed += progress.consumed;
        if consumed * channels == input.len() && progress.produced < *room {
            return all;
        }
    }
    unreachable!("the blocks repeat for ever")
}

#[test]
fn a_cut_changes_no_bit() {
    for (plan, channels) in
        desk_plans().into_iter().flat_map(|plan| [1, 2, 3, 8].map(|channels| (plan, channels)))
    {
        let input = noise(channels * 900);
        for backend in Backend::available() {
            let how = (plan, backend, channels);
            let whole = convert(how, &input, &[(900, 1200)], 0);
            assert_eq!(whole.len() as u64, plan.output_frames_for(900) * channels as u64);
            for (blocks, spare) in [
                (&[(45, 200)][..], 15),
                (&[(1, 1), (7, 3), (0, 5), (33, 1)], 0),
                (&[(400, 17)], 3),
                (&[(16, 90), (400, 1)], 40),
            ] {
                assert!(
                    convert(how, &input, blocks, spare) == whole,
                    "{backend}: {channels} channels, {blocks:?}"
                );
            }
        }
    }
}

#[test]
fn a_nan_or_an_infinity_touches_only_the_outputs_that_reach_it() {
    for plan in desk_plans() {
        let stage = plan.stages()[0];
        let (l, m, taps) =
            (usize::from(stage.interpolation), usize::from(stage.decimation), usize::from(stage.taps));
        for (bad, backend) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY]
            .into_iter()
            .flat_map(|bad| Backend::available().map(move |backend| (bad, backend)))
        {
            let mut input = vec![0.5; 2 * 500];
            input[2 * 200] = bad;
            let output = convert((plan, backend, 2), &input, &[(45, 200)], 15);
            for (frame, samples) in output.chunks(2).enumerate() {
                let newest = frame * m / l;
                let reached = (newest + 1).saturating_sub(taps) <= 200 && 200 <= newest;
                assert_eq!(samples[0].is_finite(), !reached, "{backend}: frame {frame}");
                assert!(samples[1].is_finite(), "{backend}: the other channel");
            }
        }
    }
}
