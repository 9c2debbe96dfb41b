//! The converter that owns its memory: the same samples as the slice form, whole clips, refusals.

#![cfg(feature = "alloc")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

use headroom_resample::{
    Converter, ConverterError, Pcm, Plan, PlanesError, Progress, Quality, RATES, Resampler, convert,
    design::{Cascade, DesignError},
    desk_plan,
};
use proptest::prelude::*;

const QUALITIES: [Quality; 3] = [Quality::Lite, Quality::Standard, Quality::Mastering];

/// Pairs of every kind: copies, one stage, two, those of desks, and rates that nobody has filters for.
const PAIRS: [(u32, u32); 10] = [
    (48_000, 48_000),
    (48_000, 96_000),
    (44_100, 48_000),
    (48_000, 44_100),
    (48_000, 16_000),
    (8_000, 192_000),
    (192_000, 11_025),
    (44_100, 40_000),
    (22_000, 48_000),
    (12_345, 12_345),
];

/// Blocks to cut a stream into, in frames: a pattern that repeats.
fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1_usize..700, 1..6)
}

/// Feeds a stream block by block and takes it in blocks of other sizes, until nothing moves any more.
fn streamed<T: Copy + Default>(
    channels: usize,
    input: &[T],
    cuts: &[usize],
    mut process: impl FnMut(&[T], &mut [T]) -> Progress,
) -> Vec<T> {
    let (mut made, mut at, mut idle) = (Vec::new(), 0, 0);
    for n in (0..cuts.len()).cycle() {
        let offered = cuts[n].min(input.len() / channels - at);
        let mut output = vec![T::default(); cuts[(n + 1) % cuts.len()] * channels];
        let progress = process(&input[at * channels..][..offered * channels], &mut output);
        at += progress.consumed;
        made.extend_from_slice(&output[..progress.produced * channels]);
        idle = if progress == Progress::default() { idle + 1 } else { 0 };
        if idle > cuts.len() {
            break;
        }
    }
    assert_eq!(at, input.len() / channels);
    made
}

/// What the slice form makes of all of `input` at once.
fn expected(plan: Plan<'_>, channels: usize, input: &[i32]) -> Vec<i32> {
    let mut resampler = Resampler::new(plan, channels, vec![0; plan.needs(channels).state_words]).unwrap();
    let frames = plan.output_frames_for((input.len() / channels) as u64) as usize;
    // A full output would leave input behind.
    let mut output = vec![0; (frames + 1) * channels];
    let progress = resampler.process(input, &mut output);
    assert_eq!(progress, Progress { consumed: input.len() / channels, produced: frames });
    output.truncate(frames * channels);
    output
}

fn expected_f32(plan: Plan<'_>, channels: usize, input: &[f32]) -> Vec<f32> {
    let needs = plan.needs(channels);
    let coefficients = needs.coefficient_words.map(|words| vec![0.0; words]);
    let mut resampler =
        Resampler::new_f32(plan, channels, vec![0.0; needs.state_words], coefficients).unwrap();
    let frames = plan.output_frames_for((input.len() / channels) as u64) as usize;
    let mut output = vec![0.0; frames * channels];
    resampler.process(input, &mut output);
    output
}

fn planes<T: Copy>(channels: usize, interleaved: &[T]) -> Vec<Vec<T>> {
    (0..channels)
        .map(|channel| interleaved.iter().skip(channel).step_by(channels).copied().collect())
        .collect()
}

fn interleaved<T: Copy>(planes: &[Vec<T>]) -> Vec<T> {
    (0..planes[0].len()).flat_map(|frame| planes.iter().map(move |plane| plane[frame])).collect()
}

/// A stream of the planar form, seen as an interleaved one.
fn planar<T: Pcm>(converter: &mut Converter<T>, input: &[T], output: &mut [T]) -> Progress {
    let channels = converter.channels();
    let mut made = planes(channels, output);
    let progress = converter.process_planar(&planes(channels, input), &mut made).unwrap();
    output.copy_from_slice(&interleaved(&made));
    progress
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the blocks, the format and the layout: the samples are those of the slice form, to the bit.
    #[test]
    fn all_forms_are_the_slice_form(
        (from, to) in prop::sample::select(&PAIRS[..]),
        quality in prop::sample::select(&QUALITIES[..2]),
        channels in 1_usize..=3,
        samples in prop::collection::vec(any::<i32>(), 0..2000),
        cuts in cuts(),
    ) {
        let input = &samples[..samples.len() / channels * channels];
        let mut converter = Converter::<i32>::new(from, to, channels, quality).unwrap();
        let all = expected(converter.plan(), channels, input);
        prop_assert_eq!(&streamed(channels, input, &cuts, |i, o| converter.process(i, o)), &all);
        converter.reset();
        prop_assert_eq!(&streamed(channels, input, &cuts, |i, o| planar(&mut converter, i, o)), &all);

        let floats: Vec<f32> = input.iter().map(|&sample| sample as f32 / 2_147_483_648.0).collect();
        let mut converter = Converter::<f32>::new(from, to, channels, quality).unwrap();
        let all = expected_f32(converter.plan(), channels, &floats);
        prop_assert_eq!(&streamed(channels, &floats, &cuts, |i, o| converter.process(i, o)), &all);
        converter.reset();
        prop_assert_eq!(&streamed(channels, &floats, &cuts, |i, o| planar(&mut converter, i, o)), &all);

        let short: Vec<i16> = input.iter().map(|&sample| (sample >> 16) as i16).collect();
        let mut wide = vec![0; short.len()];
        convert::from_s16(&short, &mut wide);
        let mut converter = Converter::<i16>::new(from, to, channels, quality).unwrap();
        let all = expected(converter.plan(), channels, &wide);
        let mut narrow = vec![0; all.len()];
        convert::to_s16(&all, &mut narrow);
        prop_assert_eq!(&streamed(channels, &short, &cuts, |i, o| converter.process(i, o)), &narrow);
        converter.reset();
        prop_assert_eq!(&streamed(channels, &short, &cuts, |i, o| planar(&mut converter, i, o)), &narrow);
    }

    /// An output one frame longer than the plan says takes all of a block, wherever in the stream that is.
    #[test]
    fn an_output_a_frame_longer_than_the_plans_takes_the_whole_block(
        (from, to) in prop::sample::select(&PAIRS[..]),
        blocks in prop::collection::vec(0_usize..3000, 1..12),
    ) {
        let mut converter = Converter::<i32>::new(from, to, 1, Quality::Lite).unwrap();
        for block in blocks {
            let mut output = vec![0; converter.plan().output_frames_for(block as u64) as usize + 1];
            let progress = converter.process(&vec![0; block], &mut output);
            prop_assert_eq!(progress.consumed, block);
            prop_assert!(progress.produced < output.len());
        }
    }

    /// A clone goes on as the original does.
    #[test]
    fn a_clone_is_at_the_same_place(
        (from, to) in prop::sample::select(&PAIRS[..]),
        input in prop::collection::vec(-1.0_f32..1.0, 100..1000),
        at in 0_usize..100,
    ) {
        let mut converter = Converter::<f32>::new(from, to, 1, Quality::Standard).unwrap();
        let length = converter.plan().output_frames_for(1000) as usize;
        let mut outputs = [vec![0.0; length], vec![0.0; length]];
        converter.process(&input[..at], &mut outputs[0]);
        let mut clone = converter.clone();
        let progress = converter.process(&input[at..], &mut outputs[0]);
        prop_assert_eq!(progress, clone.process(&input[at..], &mut outputs[1]));
        prop_assert_eq!(&outputs[0][..progress.produced], &outputs[1][..progress.produced]);
    }
}

/// Every pair of the tables has clips of the exact length, planar as interleaved.
#[test]
fn clips_are_as_long_as_their_time_rounded_up() {
    let pairs = RATES.into_iter().flat_map(|from| RATES.map(|to| (from, to)));
    for (n, (from, to)) in pairs.chain(PAIRS).enumerate() {
        let mut converter = Converter::new(from, to, 2, QUALITIES[n % 3]).unwrap();
        for frames in [0, 1, 2, 147, 148, 500] {
            let clip = vec![0x0123_4567; 2 * frames];
            let made = converter.convert(&clip);
            let length = (frames * to as usize).div_ceil(from as usize);
            assert_eq!(made.len(), 2 * length, "{frames} frames, {from} -> {to}");
            assert_eq!(converter.convert_planar(&planes(2, &clip)).unwrap(), planes(2, &made));
        }
    }
}

/// A whole clip is the slice form's stream after the lead-in, less what is skipped; also after another stream.
#[test]
fn a_clip_is_a_stream_that_is_cut_and_flushed() {
    for (from, to) in PAIRS {
        let mut converter = Converter::<i32>::new(from, to, 1, Quality::Lite).unwrap();
        let input: Vec<i32> = (0..3000).map(|n: i32| n.wrapping_mul(0x9e37_79b9_u32 as i32)).collect();
        let (found, plan) = (converter.plan().alignment(), converter.plan());
        let length = plan.clip_frames_for(input.len() as u64) as usize;
        let stream: Vec<i32> = std::iter::repeat_n(0, found.lead_in as usize)
            .chain(input.iter().copied())
            .chain(std::iter::repeat_n(0, 40_000))
            .collect();
        let all = expected(plan, 1, &stream);
        let wanted = &all[found.skip as usize..][..length];
        converter.process(&input, &mut [0; 100]);
        assert_eq!(converter.convert(&input), wanted, "{from} -> {to}");
        assert_eq!(converter.convert(&input), wanted, "{from} -> {to}, again");
    }
}

/// A click of one frame, as short as the lower rate can hold, is a symmetric pulse. Its centre of gravity is its time.
#[test]
fn a_click_stays_at_its_time() {
    for (from, to) in PAIRS.into_iter().chain([(11_025, 8_000), (96_000, 44_100), (50_000, 37_800)]) {
        for quality in QUALITIES {
            let mut converter = Converter::<f32>::new(from, to, 1, quality).unwrap();
            let at = from as usize / 10 + 7;
            let width = 8.0 * f64::from(from) / f64::from(from.min(to));
            let click = |n: usize| (-((n as f64 - at as f64) / width).powi(2)).exp() as f32;
            let input: Vec<f32> = (0..from as usize / 5).map(click).collect();
            let output = converter.convert(&input);
            let sum: f64 = output.iter().copied().map(f64::from).sum();
            let moment: f64 = output.iter().enumerate().map(|(n, &y)| n as f64 * f64::from(y)).sum();
            let late = moment / sum - at as f64 * f64::from(to) / f64::from(from);
            let said = converter.plan().alignment().offset_frames;
            assert!(said.abs() <= 0.5 && (late - said).abs() < 0.01, "{from} -> {to}: {late}, said {said}");
        }
    }
}

#[test]
fn fast_filters_are_taken_where_there_are_any_and_others_designed() {
    let converter = Converter::<f32>::new(44_100, 48_000, 2, Quality::Standard).unwrap();
    assert_eq!(converter.plan(), desk_plan(44_100, 48_000, Quality::Standard).unwrap());
    let converter = Converter::<f32>::new(44_100, 40_000, 2, Quality::Standard).unwrap();
    let cascade = Cascade::new(44_100, 40_000, &Quality::Standard.specification()).unwrap();
    let (mut work, mut coefficients) =
        (vec![0.0; cascade.work_words().unwrap()], vec![0; cascade.coefficient_words().unwrap()]);
    assert_eq!(converter.plan(), cascade.plan(&mut work, &mut coefficients).unwrap());
}

#[test]
fn rates_without_a_filter_are_refused_with_the_nearest_ones() {
    let refused = |from, to| Converter::<f32>::new(from, to, 2, Quality::Lite).unwrap_err();
    let ConverterError::NoFilter { from, to, why } = refused(100_003, 48_000) else { panic!() };
    assert_eq!((from.rate, from.nearest, to.rate), (100_003, [96_000, 88_200], 48_000));
    assert_eq!(why, DesignError::Rates { from: 100_003, to: 48_000 });
    let text = refused(100_003, 48_000).to_string();
    assert!(text.starts_with("no filter converts 100003 Hz to 48000 Hz ("), "{text}");
    assert!(text.ends_with("; instead of 100003 Hz use 96000 or 88200 Hz"), "{text}");
    assert!(refused(100_003, 100_019).to_string().ends_with("instead of 100019 Hz use 96000 or 88200 Hz"));
    assert!(refused(0, 48_000).to_string().ends_with("instead of 0 Hz use 8000 or 11025 Hz"));
}

#[test]
fn channels_and_planes_that_cannot_be_are_refused() {
    for channels in [0, 9, usize::MAX] {
        let refused = Converter::<i16>::new(44_100, 48_000, channels, Quality::Lite).unwrap_err();
        assert_eq!(refused, ConverterError::Channels { channels });
    }
    let mut converter = Converter::<i16>::new(44_100, 48_000, 2, Quality::Lite).unwrap();
    let (good, bad) = ([[0; 9]; 2], [&[0; 9][..], &[0; 8]]);
    let mut output = [[0; 9]; 2];
    let short = PlanesError::Length { plane: 1, samples: 8, expected: 9 };
    assert_eq!(converter.process_planar(&bad, &mut output), Err(short));
    assert_eq!(
        converter.process_planar(&good, &mut [[0; 9]; 3]),
        Err(PlanesError::Count { planes: 3, channels: 2 })
    );
    assert_eq!(converter.convert_planar(&[[0; 9]]), Err(PlanesError::Count { planes: 1, channels: 2 }));
    assert_eq!(converter.convert_planar(&bad), Err(short));
}

/// Filters that would take too long are refused before anything is designed.
#[test]
fn designs_that_take_too_long_are_refused() {
    let refused = Converter::<f32>::new(44_100, 5_512, 1, Quality::Mastering).unwrap_err();
    let ConverterError::NoFilter { from, to, why: DesignError::TooLong { samples, most } } = refused else {
        panic!("{refused}")
    };
    assert_eq!((from.rate, to.nearest, most), (44_100, [8_000, 11_025], 16_384));
    assert!(samples > most);
}
