//! Streams: every pair against the closed form, cut in every way.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod oracle;

use headroom_resample::{MAX_CHANNELS, Plan, Quality, Resampler, SetupError, desk_plan, plan, plans};
use proptest::collection::vec;
use proptest::prelude::*;

/// Conversions of every quality: those that topologies rely on, the longest filters, and some of the rest.
fn all() -> Vec<Plan<'static>> {
    let named = [
        (44_100, 48_000),
        (48_000, 44_100),
        (16_000, 48_000),
        (48_000, 16_000),
        (48_000, 96_000),
        (96_000, 48_000),
        (11_025, 64_000),
        (192_000, 11_025),
    ];
    let some = |quality| {
        let chosen = move |(index, plan): &(usize, Plan<'_>)| {
            index % 31 == 7 || named.contains(&(plan.from(), plan.to()))
        };
        plans(quality).enumerate().filter(chosen).map(|(_, plan)| plan)
    };
    let copy = plan(48_000, 48_000, Quality::Lite).unwrap();
    let rest = desk_plans().into_iter().chain([copy]);
    [Quality::Lite, Quality::Standard, Quality::Mastering].into_iter().flat_map(some).chain(rest).collect()
}

/// Both filters that only desks have.
fn desk_plans() -> [Plan<'static>; 2] {
    [(44_100, 48_000), (48_000, 44_100)].map(|(from, to)| desk_plan(from, to, Quality::Standard).unwrap())
}

fn resampler(plan: Plan<'_>, channels: usize) -> Resampler<'_, Vec<i32>> {
    // What the state held before must not matter.
    Resampler::new(plan, channels, vec![i32::MIN; plan.needs(channels).state_words]).unwrap()
}

/// Feeds `input` in blocks of the given numbers of input and output frames, over and over, and holds every call to
/// the promised counts.
fn feed<S, C>(resampler: &mut Resampler<'_, S, C>, input: &[i32], blocks: &[(usize, usize)]) -> Vec<i32>
where
    S: std::ops::DerefMut<Target = [i32]>,
    C: std::ops::Deref<Target = [i32]>,
{
    let (plan, channels) = (resampler.plan(), resampler.channels());
    let total = input.len() / channels;
    let (mut consumed, mut samples) = (0, Vec::new());
    // The last block makes sure that a round gets somewhere.
    for (offered, room) in blocks.iter().copied().chain([(7, 9)]).cycle() {
        let offered = offered.min(total - consumed);
        let mut output = vec![0; room * channels];
        let block = &input[consumed * channels..][..offered * channels];
        let progress = resampler.process(block, &mut output);
        assert!(progress.consumed <= offered && progress.produced <= room);
        samples.extend(&output[..progress.produced * channels]);
        let produced = (samples.len() / channels) as u64;
        let needed = plan.input_frames_for(produced) as usize;
        if progress.produced == room {
            assert_eq!(consumed + progress.consumed, needed.max(consumed), "took more than it needed");
        } else {
            assert_eq!(progress.consumed, offered, "left input and room unused");
            assert_eq!(produced, plan.output_frames_for((consumed + offered) as u64));
        }
        consumed += progress.consumed;
        if consumed == total && progress.produced < room {
            return samples;
        }
    }
    unreachable!("the blocks repeat for ever")
}

fn noise(words: usize) -> Vec<i32> {
    let mut state = 1_u32;
    let step = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state as i32
    };
    std::iter::repeat_with(step).take(words).collect()
}

/// Mostly anything; often full scale, so that sums saturate.
fn sample() -> impl Strategy<Value = i32> {
    prop_oneof![any::<i32>(), Just(i32::MIN), Just(i32::MAX), -4..4_i32]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_of_any_stream_equals_the_closed_form(
        plan in prop::sample::select(all()),
        (channels, input) in (1..=MAX_CHANNELS).prop_flat_map(|channels| (
            Just(channels),
            vec(sample(), 0..1500).prop_map(move |mut input| {
                input.truncate(input.len() / channels * channels);
                input
            }),
        )),
        blocks in vec((0..90_usize, 0..90_usize), 0..8),
    ) {
        let expected = oracle::output(plan, channels, &input);
        let mut resampler = resampler(plan, channels);
        prop_assert_eq!(&feed(&mut resampler, &input, &blocks), &expected);
        resampler.reset();
        prop_assert_eq!(&feed(&mut resampler, &input, &[]), &expected, "after a reset");
    }

    #[test]
    fn frame_counts_are_exact_and_inverse(plan in prop::sample::select(all()), frames in 1..1_000_000_000_u64) {
        let out = plan.output_frames_for(frames);
        prop_assert!(plan.input_frames_for(out) <= frames);
        prop_assert!(plan.input_frames_for(out + 1) > frames);
    }
}

#[test]
fn every_pair_equals_the_closed_form() {
    for plan in all() {
        let input = noise(2 * 700);
        let output = feed(&mut resampler(plan, 2), &input, &[(48, 48)]);
        assert_eq!(output, oracle::output(plan, 2, &input), "{} to {} Hz", plan.from(), plan.to());
    }
}

#[test]
fn each_channel_is_as_if_it_were_alone() {
    let small = plan(44_100, 48_000, Quality::Standard).unwrap();
    let plans = desk_plans().into_iter().chain([small]);
    for (plan, channels) in plans.flat_map(|plan| (1..=MAX_CHANNELS).map(move |channels| (plan, channels))) {
        let input = noise(channels * 500);
        let together = feed(&mut resampler(plan, channels), &input, &[(44, 48)]);
        for channel in 0..channels {
            let one = |samples: &[i32]| -> Vec<i32> {
                samples.iter().skip(channel).step_by(channels).copied().collect()
            };
            let alone = feed(&mut resampler(plan, 1), &one(&input), &[(44, 48)]);
            assert_eq!(one(&together), alone, "channel {channel} of {channels}");
        }
    }
}

/// The input that drives a branch of the first stage as far as any can: full scale with the sign of each tap.
#[test]
fn the_worst_input_saturates_and_never_wraps() {
    for plan in all() {
        let Some(stage) = plan.stages().first() else { continue };
        let h = oracle::prototype(stage);
        let (l, m) = (usize::from(stage.interpolation), usize::from(stage.decimation));
        for q in l * usize::from(stage.taps)..l * usize::from(stage.taps) + l {
            let newest = q * m / l;
            let mut input = vec![0; newest + 200];
            for t in 0..usize::from(stage.taps) {
                input[newest - t] = if h[q * m % l + t * l] < 0 { i32::MIN } else { i32::MAX };
            }
            let expected = oracle::output(plan, 1, &input);
            assert!(plan.stages().len() > 1 || expected[q] == i32::MAX);
            assert_eq!(feed(&mut resampler(plan, 1), &input, &[(64, 64)]), expected);
        }
    }
}

#[test]
fn an_hour_comes_out_to_the_frame() {
    for plan in all() {
        let [input, output] = [plan.from(), plan.to()].map(|rate| 3600 * u64::from(rate));
        assert_eq!(plan.output_frames_for(input), output);
        let (l, m) = plan.ratio();
        assert_eq!(u64::from(l) * u64::from(plan.from()), u64::from(m) * u64::from(plan.to()));
        // Between the stages a turn may end within a frame, which then comes out early.
        let early = plan.output_frames_for(u64::from(m)) - u64::from(l);
        assert!(plan.stages().get(1).map_or(early == 0, |second| early <= u64::from(second.interpolation)));
    }
    assert_eq!(plan(44_100, 48_000, Quality::Standard).unwrap().ratio(), (160, 147));
    // Far beyond any stream, but not a panic.
    let (up, down) = (plan(48_000, 96_000, Quality::Standard), plan(96_000, 48_000, Quality::Standard));
    assert_eq!(up.unwrap().output_frames_for(u64::MAX), u64::MAX);
    assert_eq!(down.unwrap().input_frames_for(u64::MAX), u64::MAX);
}

/// A filter as linear in phase as promised answers an impulse symmetrically about its delay.
#[test]
fn an_impulse_comes_out_at_the_stated_delay() {
    for plan in all() {
        let (numerator, denominator) = plan.delay();
        let length = u64::from(2 * numerator / denominator + 2);
        let mut input = vec![0; plan.input_frames_for(length) as usize];
        input[0] = 1 << 30;
        let output = feed(&mut resampler(plan, 1), &input, &[]);
        let (weighted, sum) =
            output.iter().enumerate().fold((0.0, 0.0), |(weighted, sum), (frame, sample)| {
                (weighted + frame as f64 * f64::from(*sample), sum + f64::from(*sample))
            });
        let delay = f64::from(numerator) / f64::from(denominator);
        // The centre of gravity is the delay but for what the stop-band lets through.
        assert!((weighted / sum - delay).abs() < 0.02, "{} against {delay}", weighted / sum);
    }
}

#[test]
fn copies_of_the_coefficients_do_as_well() {
    let small = plan(48_000, 44_100, Quality::Standard).unwrap();
    assert_eq!(
        [0, 1].map(|stage| small.coefficients(stage)),
        [0, 1].map(|stage| small.stages()[stage].coefficients)
    );
    for plan in desk_plans().into_iter().chain([small]) {
        let needs = plan.needs(2);
        let copies = [0, 1].map(|stage| Some(plan.coefficients(stage).to_vec()));
        assert_eq!(needs.coefficient_words, [0, 1].map(|stage| plan.coefficients(stage).len()));
        let mut state = vec![0; needs.state_words];
        let mut copied = Resampler::with_copies(plan, 2, &mut state[..], copies).unwrap();
        let input = noise(2 * 300);
        assert_eq!(feed(&mut copied, &input, &[]), feed(&mut resampler(plan, 2), &input, &[]));
    }
}

#[test]
fn set_up_refuses_what_cannot_work() {
    let plan = plan(44_100, 48_000, Quality::Standard).unwrap();
    let refused = |channels, words| Resampler::new(plan, channels, vec![0; words]).err();
    let needed = plan.needs(2).state_words;
    assert_eq!(refused(0, 9999), Some(SetupError::Channels { channels: 0 }));
    assert_eq!(refused(9, 9999), Some(SetupError::Channels { channels: 9 }));
    assert_eq!(refused(2, needed - 1), Some(SetupError::StateTooSmall { needed, given: needed - 1 }));
    assert_eq!(refused(2, needed), None);
    let mut copy = plan.stages()[1].coefficients.to_vec();
    copy[7] ^= 1;
    let with_copies = |copies| Resampler::with_copies(plan, 2, vec![0; needed], copies).err();
    assert_eq!(with_copies([None, Some(copy)]), Some(SetupError::CopyDiffers { stage: 1 }));
    let message = SetupError::StateTooSmall { needed: 438, given: 7 }.to_string();
    assert_eq!(message, "resampler state of 7 words given; allocate the 438 that the plan needs");
}

#[test]
fn frames_cut_short_are_left_alone() {
    let plan = plan(48_000, 48_000, Quality::Standard).unwrap();
    let mut output = [-1; 5];
    let progress = resampler(plan, 2).process(&[1, 2, 3, 4, 5], &mut output);
    assert_eq!((progress.consumed, progress.produced), (2, 2));
    assert_eq!(output, [1, 2, 3, 4, -1]);
}

#[test]
fn unknown_rates_are_named() {
    let message = |from, to| plan(from, to, Quality::Lite).unwrap_err().to_string();
    let list = "Hz; use equal rates or two of 8000 11025 12000 16000 18900 22050 24000 32000 37800 44100 48000 50000 64000 \
                88200 96000 176400 192000";
    assert_eq!(message(44_101, 48_000), format!("no conversion from or to 44101 {list}"));
    assert_eq!(message(48_000, 44_101), format!("no conversion from or to 44101 {list}"));
    assert_eq!(message(0, 0), format!("no conversion from or to 0 {list}"));
    assert_eq!(plan(11_111, 11_111, Quality::Lite).map(|plan| plan.stages().len()), Ok(0));
}

/// All that 44.1 to 48 kHz in stereo takes: a quarter of the default region, copies of the coefficients included.
#[test]
fn memory_is_small() {
    let needs = plan(44_100, 48_000, Quality::Standard).unwrap().needs(2);
    let words = needs.state_words + needs.coefficient_words.iter().sum::<usize>();
    println!("44.1 -> 48 kHz stereo: {needs:?}, {} bytes", 4 * words);
    assert!(4 * words <= 20_480 / 4);
}
