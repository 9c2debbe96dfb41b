//! Filters of the caller's own against Sound Open Firmware's algorithm, and what floats promise.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod oracle;

use headroom_resample::{
    Backend, Filter, FilterError, MAX_CHANNELS, Plan, Polyphase, Quality, Resampler, Sample, SetupError,
    convert, desk_plan, plan,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// L, M and SOF's (idm, odm) for them.
const RATIOS: [(u16, u16, usize, usize); 14] = [
    (1, 2, 1, 0),
    (1, 6, 1, 0),
    (2, 1, 0, 1),
    (3, 1, 0, 1),
    (2, 3, 1, 1),
    (3, 2, 1, 2),
    (4, 3, 2, 3),
    (5, 7, 4, 3),
    (7, 8, 1, 1),
    (8, 7, 6, 7),
    (8, 21, 13, 5),
    (20, 21, 1, 1),
    (21, 20, 19, 20),
    (32, 21, 19, 29),
];

/// Feeds interleaved samples in blocks of the given numbers of input and output frames, over and over.
fn feed<T: Sample>(
    filter: &mut Polyphase<Vec<T>, Vec<T>>,
    channels: usize,
    input: &[T],
    blocks: &[(usize, usize)],
) -> Vec<T> {
    let (mut consumed, mut samples) = (0, Vec::new());
    for (offered, room) in blocks.iter().copied().chain([(7, 9)]).cycle() {
        let rest = &input[consumed * channels..];
        let mut output = vec![T::default(); room * channels];
        let progress = filter.process(&rest[..rest.len().min(offered * channels)], &mut output);
        samples.extend(&output[..progress.produced * channels]);
        consumed += progress.consumed;
        if consumed == input.len() / channels && progress.produced < room {
            return samples;
        }
    }
    unreachable!("the blocks repeat for ever")
}

fn of(stage: &oracle::Stage, channels: usize) -> Polyphase<Vec<i32>, Vec<i32>> {
    let coefficients = stage.coefficients.clone();
    let filter = Filter::fixed(stage.l as u16, stage.m as u16, coefficients, stage.shift).unwrap();
    let filter = filter.with_block_delay().unwrap();
    // What the state held before must not matter.
    let state = vec![i32::MIN; filter.state_words(channels)];
    Polyphase::new(filter, channels, state).unwrap()
}

/// Mostly anything; often full scale, so that sums saturate.
fn sample() -> impl Strategy<Value = i32> {
    prop_oneof![any::<i32>(), Just(i32::MIN), Just(i32::MAX), -4..4_i32]
}

/// Stored as in a 32-bit table, Q1.31, of which the algorithm uses the upper 24 bits.
fn stage() -> impl Strategy<Value = oracle::Stage> {
    let taps = prop_oneof![1..12_usize, Just(16), Just(20), Just(24), Just(60)];
    (prop::sample::select(&RATIOS[..]), taps, 0..3_u8).prop_flat_map(|((l, m, idm, odm), s, shift)| {
        vec(sample(), usize::from(l) * s).prop_map(move |table| oracle::Stage {
            l: l.into(),
            m: m.into(),
            idm,
            odm,
            s,
            shift: 23 + shift,
            coefficients: table.into_iter().map(|stored| stored >> 8).collect(),
        })
    })
}

fn stream(samples: usize) -> impl Strategy<Value = (usize, Vec<i32>)> {
    (1..=MAX_CHANNELS, vec(sample(), 0..samples)).prop_map(|(channels, mut input)| {
        input.truncate(input.len() / channels * channels);
        (channels, input)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_stage_equals_the_closed_form_and_the_block_procedure(
        stage in stage(),
        (channels, input) in stream(1200),
        blocks in vec((0..90_usize, 0..90_usize), 0..6),
    ) {
        let mut filter = of(&stage, channels);
        let output = feed(&mut filter, channels, &input, &blocks);
        let whole = input.len() / channels / stage.m * stage.l * channels;
        prop_assert!(output.len() >= whole);

        let mut delay_lines = oracle::Blocks::new(&stage, channels);
        let by_blocks: Vec<i32> =
            input.chunks_exact(stage.m * channels).flat_map(|block| delay_lines.block(block)).collect();
        prop_assert_eq!(&output[..whole], &by_blocks, "block procedure");
        for channel in 0..channels {
            let one = |samples: &[i32]| -> Vec<i32> {
                samples.iter().skip(channel).step_by(channels).copied().collect()
            };
            prop_assert_eq!(one(&output[..whole]), oracle::closed_form(&stage, &one(&input)), "closed form");
        }
        filter.reset();
        prop_assert_eq!(feed(&mut filter, channels, &input, &[]), output, "after a reset, in other blocks");
    }

    /// As in SOF, samples are brought to the format of the stream between the stages: S16 rounded, S24 cut off.
    #[test]
    fn two_stages_in_every_format(
        (first, second) in (stage(), stage()),
        input in vec(any::<i32>(), 600),
    ) {
        let s16 = |samples: &[i32]| -> Vec<i32> {
            samples.iter().map(|v| i32::from((((v >> 15) + 1) >> 1).min(32_767) as i16) << 16).collect()
        };
        let s24 = |samples: &[i32]| -> Vec<i32> { samples.iter().map(|v| (v >> 8) << 8).collect() };
        let s32 = |samples: &[i32]| samples.to_vec();
        let through_s16 = |samples: &[i32]| {
            let (mut narrow, mut wide) = (vec![0; samples.len()], vec![0; samples.len()]);
            convert::to_s16(samples, &mut narrow);
            convert::from_s16(&narrow, &mut wide);
            wide
        };
        let through_s24 = |samples: &[i32]| {
            let (mut narrow, mut wide) = (vec![0; samples.len()], vec![0; samples.len()]);
            convert::truncate_to_s24(samples, &mut narrow);
            convert::from_s24(&narrow, &mut wide);
            wide
        };
        type Format<'a> = &'a dyn Fn(&[i32]) -> Vec<i32>;
        let formats: [(Format<'_>, Format<'_>); 3] = [(&s16, &through_s16), (&s24, &through_s24), (&s32, &s32)];
        for (expected, ours) in formats {
            let input = expected(&input);
            let between = expected(&oracle::closed_form(&first, &input));
            let expected = expected(&oracle::closed_form(&second, &between));
            let between = ours(&feed(&mut of(&first, 1), 1, &input, &[(48, 48)]));
            let output = ours(&feed(&mut of(&second, 1), 1, &between, &[(48, 48)]));
            prop_assert_eq!(&output[..expected.len()], &expected);
        }
    }

    #[test]
    fn a_float_stream_does_not_depend_on_how_it_is_cut(
        (channels, input) in stream(1500),
        blocks in vec((0..90_usize, 0..90_usize), 0..8),
    ) {
        let input: Vec<f32> = input.into_iter().map(|sample| sample as f32 / 2_147_483_648.0).collect();
        let coefficients: Vec<f32> = (0..7 * 20).map(|n| (n as f32 * 0.7).sin() / 20.0).collect();
        let filter = Filter::float(7, 8, coefficients).unwrap();
        for backend in Backend::available() {
            let state = vec![f32::NAN; filter.state_words(channels)];
            let mut running = Polyphase::new(filter.clone(), channels, state).unwrap();
            running.set_backend(backend);
            let cut = feed(&mut running, channels, &input, &blocks);
            running.reset();
            prop_assert_eq!(feed(&mut running, channels, &input, &[(2000, 2000)]), cut);
        }
    }
}

/// A 16-bit table is used as it is.
#[test]
fn short_coefficients_do_as_well() {
    let coefficients: Vec<i32> = (0..3 * 16).map(|n| (n * 997) % 65_536 - 32_768).collect();
    let stage = oracle::Stage { l: 3, m: 2, idm: 1, odm: 2, s: 16, shift: 15 + 1, coefficients };
    let input: Vec<i32> = (0..400).map(|n: i32| n.wrapping_mul(0x0765_4321)).collect();
    let output = feed(&mut of(&stage, 1), 1, &input, &[]);
    assert_eq!(output, oracle::closed_form(&stage, &input));
}

#[test]
fn without_the_block_delay_a_filter_answers_at_once() {
    let filter = Filter::fixed(2, 1, vec![1 << 22, 0, 0, 1 << 22], 23).unwrap();
    let state = vec![0; filter.state_words(1)];
    let mut running = Polyphase::new(filter, 1, state).unwrap();
    assert_eq!(feed(&mut running, 1, &[1000, 0, 0], &[]), [500, 0, 0, 500, 0, 0]);
}

/// Within the stated bound of fixed-point for every pair and backend, as far as 24 bits of coefficients go.
#[test]
fn floats_convert_as_fixed_point_does() {
    let input: Vec<i32> = (0..2 * 600).map(|n: i32| n.wrapping_mul(0x1357_9bdf) >> 1).collect();
    let floats: Vec<f32> = input.iter().map(|sample| *sample as f32 / 2_147_483_648.0).collect();
    for (from, to) in
        [(44_100, 48_000), (48_000, 44_100), (48_000, 16_000), (16_000, 48_000), (48_000, 48_000)]
    {
        floats_convert_alike(plan(from, to, Quality::Standard).unwrap(), (&input, &floats));
        floats_convert_alike(desk_plan(from, to, Quality::Standard).unwrap(), (&input, &floats));
    }
}

fn floats_convert_alike(plan: Plan<'_>, (input, floats): (&[i32], &[f32])) {
    let needs = plan.needs(2);
    let mut fixed = Resampler::new(plan, 2, vec![0; needs.state_words]).unwrap();
    let mut expected = vec![0; 2 * 2000];
    let made = fixed.process(input, &mut expected);
    for backend in Backend::available() {
        let memory = needs.coefficient_words.map(|words| vec![f32::NAN; words]);
        let mut float = Resampler::new_f32(plan, 2, vec![f32::NAN; needs.state_words], memory).unwrap();
        float.set_backend(backend);
        let mut output = vec![0.0; 2 * 2000];
        assert_eq!(float.process(floats, &mut output), made);
        for (float, fixed) in output.iter().zip(&expected).take(2 * made.produced) {
            let error = f64::from(*float) - f64::from(*fixed) / 2_147_483_648.0;
            assert!(error.abs() < 4e-6, "{backend}: off by {error}");
        }
    }
}

#[test]
fn a_nan_or_an_infinity_touches_only_the_outputs_that_reach_it() {
    let taps = 24;
    let filter = Filter::float(1, 1, vec![1.0 / taps as f32; taps]).unwrap();
    for (bad, backend) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY]
        .into_iter()
        .flat_map(|bad| Backend::available().map(move |backend| (bad, backend)))
    {
        let mut running = Polyphase::new(filter.clone(), 2, vec![0.0; filter.state_words(2)]).unwrap();
        running.set_backend(backend);
        let mut input = vec![0.5; 2 * 300];
        input[2 * 100] = bad;
        let output = feed(&mut running, 2, &input, &[(16, 16)]);
        for (frame, samples) in output.chunks(2).enumerate() {
            assert_eq!(
                samples[0].is_finite(),
                !(100..100 + taps).contains(&frame),
                "{backend}: frame {frame}"
            );
            assert!(samples[1].is_finite(), "{backend}: the other channel");
        }
    }
}

#[test]
fn what_is_no_filter_is_refused() {
    let fixed = |l, m, words: usize, shift| Filter::fixed(l, m, vec![1 << 22; words], shift).err();
    assert_eq!(fixed(0, 1, 4, 23), Some(FilterError::Ratio { interpolation: 0, decimation: 1 }));
    assert_eq!(fixed(1, 0, 4, 23), Some(FilterError::Ratio { interpolation: 1, decimation: 0 }));
    assert_eq!(fixed(3, 2, 7, 23), Some(FilterError::Length { words: 7, branches: 3 }));
    assert_eq!(fixed(3, 2, 0, 23), Some(FilterError::Length { words: 0, branches: 3 }));
    assert_eq!(fixed(3, 2, 9, 0), Some(FilterError::Shift { shift: 0 }));
    assert_eq!(fixed(3, 2, 9, 63), Some(FilterError::Shift { shift: 63 }));
    assert_eq!(fixed(3, 2, 9, 62), None);
    // Three times -2^31 as a tap and as a sample is beyond 63 bits.
    let most = (1 << 32) - 1;
    assert_eq!(
        Filter::fixed(1, 1, vec![i32::MIN; 2], 23).err(),
        Some(FilterError::Overflow { branch: 0, most })
    );
    assert_eq!(Filter::fixed(2, 1, vec![1, 1, i32::MIN, i32::MAX], 23).err(), None);
    assert_eq!(Filter::float(1, 1, vec![1.0, f32::NAN]).err(), Some(FilterError::NotFinite { index: 1 }));
    let common = Filter::fixed(4, 2, vec![1; 4], 23).unwrap().with_block_delay().err();
    assert_eq!(common, Some(FilterError::Ratio { interpolation: 4, decimation: 2 }));

    let filter = || Filter::fixed(1, 1, vec![1; 4], 23).unwrap();
    let needed = filter().state_words(2);
    let refused = |channels, words| Polyphase::new(filter(), channels, vec![0; words]).err();
    assert_eq!(refused(9, 999), Some(SetupError::Channels { channels: 9 }));
    assert_eq!(refused(2, needed - 1), Some(SetupError::StateTooSmall { needed, given: needed - 1 }));
    let plan = plan(48_000, 16_000, Quality::Standard).unwrap();
    let (needs, memory) = (plan.needs(1), [vec![0.0; 7], Vec::new()]);
    let refused = Resampler::new_f32(plan, 1, vec![0.0; needs.state_words], memory).err().unwrap();
    let needed = needs.coefficient_words[0];
    assert_eq!(refused, SetupError::CoefficientsTooSmall { stage: 0, needed, given: 7 });
    assert_eq!(
        refused.to_string(),
        format!("7 words given for the coefficients of stage 0; allocate the {needed} that the plan needs")
    );
}
