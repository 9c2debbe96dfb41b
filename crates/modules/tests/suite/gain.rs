//! Gain on real rings: every sample against SOF's formulas, ramps, settings, wrong use.

use headroom_module::{Format, ModuleError, SampleFormat};
use headroom_modules::{Curve, VolumeSetting};
use proptest::prelude::*;

use crate::support::{self, Bench, Fan, Recipe, arena, f32s, format, s16, s32, words};

const UNITY: u32 = VolumeSetting::UNITY;

fn all(target: u32, ramp_ms: u64) -> VolumeSetting {
    let curve = if ramp_ms == 0 { Curve::None } else { Curve::Linear };
    VolumeSetting { channel: None, target, curve, duration: ramp_ms * 10_000 }
}

fn payload(settings: &[VolumeSetting]) -> Vec<u8> {
    settings.iter().flat_map(VolumeSetting::encode).collect()
}

fn gain(format: Format, settings: &[VolumeSetting]) -> Recipe {
    Recipe::new("gain", format, payload(settings))
}

/// A prepared gain between two rings of 64 frames.
fn with_bench<T>(format: Format, settings: &[VolumeSetting], test: impl FnOnce(&mut Bench<'_>) -> T) -> T {
    let mut arena = arena();
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &gain(format, settings), ((format, 64), (format, 64))).unwrap();
    bench.prepare().unwrap();
    assert_eq!(bench.output_format(), format);
    test(&mut bench)
}

/// The ramp as SOF's formulas put it, in 128 bits and without any state: the gain of frame `frame`.
fn oracle_gain(frame: i128, (start, target): (i128, i128), ms: i128, (rate, step): (i128, i128)) -> i128 {
    let difference = target - start;
    let c0 = (difference.abs() * 2 / ms + 1) >> 1;
    let c = (((c0 >> 2) + 1) >> 1).max(1) * difference.signum();
    let elapsed = frame / step * step;
    let t = (((elapsed * (1000 * i128::from(i32::MAX) / rate)) >> 27) + 1) >> 1;
    (t * c + start).clamp(start.min(target), start.max(target))
}

fn oracle_product(x: i32, gain: i128, bits: u32) -> i32 {
    let y = (((i128::from(x) * gain) >> 30) + 1) >> 1;
    y.clamp(-1 << (bits - 1), (1 << (bits - 1)) - 1) as i32
}

/// The words of an integer stream, sign-extended to 32 bits.
fn integers(bytes: &[u8], samples: SampleFormat) -> Vec<i32> {
    match samples {
        SampleFormat::S16 => s16(bytes).into_iter().map(i32::from).collect(),
        _ => s32(bytes),
    }
}

fn bits(samples: SampleFormat) -> u32 {
    samples.valid_bits().into()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_sample_is_the_formula_of_its_frame_however_the_stream_is_cut(
        samples in prop::sample::select(vec![SampleFormat::S16, SampleFormat::S24In32, SampleFormat::S32]),
        (channels, rate) in (1u8..=8, prop::sample::select(vec![8000u32, 16000, 44100, 48000, 96000])),
        (target, ms) in (0..UNITY, 1u32..60),
        words in prop::collection::vec(any::<u32>(), 400..4000),
        cuts in prop::collection::vec((1usize..64, 1usize..64), 1..6),
    ) {
        let stream_format = format(rate, channels, samples);
        let mut stream = support::words(&words);
        stream.truncate(stream.len() / stream_format.frame_bytes() * stream_format.frame_bytes());
        let settings = [all(target, ms.into())];
        let out = with_bench(stream_format, &settings, |bench| bench.run(&stream, &cuts));

        let steps = if ms < 32 { 8 } else { 4 };
        let pace = (rate.into(), i128::from(rate.div_ceil(1000) / steps));
        let shift = 32 - bits(samples).max(24);
        let expected: Vec<i32> = integers(&stream, samples)
            .into_iter()
            .enumerate()
            .map(|(at, x)| {
                let gain = oracle_gain((at / channels as usize) as i128, (0, target.into()), ms.into(), pace);
                let x = if samples == SampleFormat::S24In32 { x << shift >> shift } else { x };
                oracle_product(x, gain, bits(samples))
            })
            .collect();
        prop_assert_eq!(integers(&out, samples), expected);
    }

    #[test]
    fn whatever_the_payload_is_init_gives_a_module_or_an_error(
        payload in prop::collection::vec(any::<u8>(), 0..80), channels in 1u8..=8,
    ) {
        let mut arena = arena();
        let pool = arena.pool();
        let region = pool.region(1, 8192).unwrap();
        let made = Recipe::new("gain", format(48000, channels, SampleFormat::S16), payload).make(&region);
        prop_assert!(made.is_ok() || region.statistics().lifetime_blocks == 0);
    }
}

#[test]
fn full_scale_just_below_unity_stays_within_the_ends() {
    for samples in [SampleFormat::S16, SampleFormat::S24In32, SampleFormat::S32] {
        // One below unity multiplies: the formula, not the copy.
        let mono = format(48000, 1, samples);
        let top = (1i64 << (bits(samples) - 1)) as i32;
        let words: Vec<u8> = match samples {
            SampleFormat::S16 => [i16::MIN, i16::MAX].into_iter().flat_map(i16::to_le_bytes).collect(),
            _ => [top.wrapping_neg(), top.wrapping_sub(1)].into_iter().flat_map(i32::to_le_bytes).collect(),
        };
        let out = with_bench(mono, &[all(UNITY - 1, 0)], |bench| bench.run(&words, &[(2, 2)]));
        let expected = integers(&words, samples).into_iter();
        let expected: Vec<i32> =
            expected.map(|x| oracle_product(x, i128::from(UNITY) - 1, bits(samples))).collect();
        assert_eq!(integers(&out, samples), expected, "{samples}");
    }
}

#[test]
fn unity_copies_what_the_formula_would_change() {
    let words = [i32::MIN, i32::MAX, -1, 0x7654_3210];
    let stream = support::from_q31(words, SampleFormat::S32);
    assert_ne!(words.map(|x| oracle_product(x, UNITY.into(), 32)), words);
    let mono = format(48000, 1, SampleFormat::S32);
    assert_eq!(with_bench(mono, &[all(UNITY, 0)], |bench| bench.run(&stream, &[(1, 1)])), stream);
    // As soon as a ramp ends, too: after 2 ms of it.
    let long = support::words(&[0x7654_3210; 200]);
    let out = s32(&with_bench(mono, &[all(UNITY, 2)], |bench| bench.run(&long, &[(50, 50)])));
    assert_eq!(out[96..], [0x7654_3210; 104]);
    assert!(out[..96].is_sorted() && out[0] == 0 && out[95] < 0x7654_3210);
}

#[test]
fn float_is_multiplied_in_single_precision() {
    let mono = format(48000, 1, SampleFormat::F32);
    let stream: Vec<u8> = [1.0f32, -0.25, 2.5, -0.0].into_iter().flat_map(f32::to_le_bytes).collect();
    let half = with_bench(mono, &[all(0x4000_0000, 0)], |bench| bench.run(&stream, &[(4, 4)]));
    assert_eq!(f32s(&half), [0.5, -0.125, 1.25, -0.0]);
    let unity = with_bench(mono, &[all(UNITY, 0)], |bench| bench.run(&stream, &[(4, 4)]));
    assert_eq!(unity, stream);
}

/// The eight gains of the first millisecond of a 20 ms ramp at 48 kHz, six frames each, seen through full-scale audio.
#[test]
fn a_ramp_at_48_khz_goes_up_every_125_microseconds() {
    let mono = format(48000, 1, SampleFormat::S32);
    let stream = support::words(&[0x4000_0000; 48]);
    let out = s32(&with_bench(mono, &[all(UNITY, 20)], |bench| bench.run(&stream, &[(48, 48)])));
    let expected: Vec<i32> = (0..48).map(|frame| (frame / 6 * 13_421_773 + 1) >> 1).collect();
    assert_eq!(out, expected);
}

#[test]
fn each_channel_has_its_own_gain_and_ramp() {
    let stereo = format(48000, 2, SampleFormat::S32);
    let left = VolumeSetting { channel: Some(0), ..all(0x4000_0000, 0) };
    let right = VolumeSetting { channel: Some(1), ..all(0x2000_0000, 20) };
    let stream = support::words(&[0x4000_0000; 200]);
    let out = s32(&with_bench(stereo, &[right, left], |bench| bench.run(&stream, &[(30, 30)])));
    let (left, right): (Vec<i32>, Vec<i32>) = out.chunks_exact(2).map(|frame| (frame[0], frame[1])).unzip();
    assert_eq!(left, [0x2000_0000; 100]);
    assert!(right.is_sorted() && right[0] == 0 && right[99] > 0);
}

#[test]
fn a_new_setting_ramps_from_where_the_gain_is_and_a_new_stream_from_silence() {
    let mono = format(48000, 1, SampleFormat::S32);
    let stream = support::words(&[i32::MAX as u32; 2000]);
    with_bench(mono, &[all(0x4000_0000, 0)], |bench| {
        bench.configure(0, &all(0x2000_0000, 20).encode()).unwrap();
        let down = s32(&bench.run(&stream, &[(64, 64)]));
        assert!(down.is_sorted_by(|a, b| a >= b));
        assert_eq!((down[0], down[1999]), (0x4000_0000, 0x2000_0000));

        bench.module.reset();
        bench.prepare().unwrap();
        let up = s32(&bench.run(&stream, &[(64, 64)]));
        assert!(up.is_sorted());
        assert_eq!((up[0], up[1999]), (0, 0x2000_0000));
    });
}

#[test]
fn parameter_0_is_read_back_as_it_was_set() {
    let stereo = format(48000, 2, SampleFormat::S16);
    with_bench(stereo, &[all(UNITY, 20)], |bench| {
        let read = |bench: &Bench<'_>| {
            let mut reply = [0xEE; 64];
            let bytes = bench.module.configuration(0, &mut reply).unwrap();
            reply[..bytes].to_vec()
        };
        let of = |channel, target, ms| VolumeSetting { channel: Some(channel), ..all(target, ms) };
        assert_eq!(read(bench), payload(&[of(0, UNITY, 20), of(1, UNITY, 20)]));
        bench.configure(0, &of(1, 77, 0).encode()).unwrap();
        assert_eq!(read(bench), payload(&[of(0, UNITY, 20), of(1, 77, 0)]));
        bench.configure(0, &payload(&[of(1, 1, 1), of(0, 2, 2)])).unwrap();
        assert_eq!(read(bench), payload(&[of(0, 2, 2), of(1, 1, 1)]));
        // What was read can be set.
        let settings = read(bench);
        bench.configure(0, &settings).unwrap();
        assert_eq!(read(bench), settings);

        let short = bench.module.configuration(0, &mut [0; 47]);
        assert_eq!(short, Err(ModuleError::ShortReply { needed: 48, got: 47 }));
        assert_eq!(
            bench.module.configuration(7, &mut [0; 64]),
            Err(ModuleError::UnknownParameter { parameter: 7 })
        );
    });
}

#[test]
fn a_bad_parameter_changes_nothing() {
    let stereo = format(48000, 2, SampleFormat::S16);
    with_bench(stereo, &[all(UNITY, 20)], |bench| {
        let good = VolumeSetting { channel: Some(0), ..all(5, 5) };
        let beyond = VolumeSetting { channel: Some(2), ..good };
        let loud = VolumeSetting { target: UNITY + 1, ..good };
        let range = |what, got, max| ModuleError::BadValue { what, got, min: 0, max };
        let read = |bench: &Bench<'_>| {
            let mut reply = [0; 48];
            bench.module.configuration(0, &mut reply).unwrap();
            reply
        };
        let before = read(bench);
        let refused = |bench: &mut Bench<'_>, parameter, data: &[u8]| {
            let error = bench.configure(parameter, data).unwrap_err();
            assert_eq!(read(bench), before, "{error}");
            error
        };
        assert_eq!(refused(bench, 0, &payload(&[good, beyond])), range("volume channel", 2, 1));
        assert_eq!(refused(bench, 0, &payload(&[good, loud])), range("target volume", UNITY + 1, UNITY));
        assert_eq!(refused(bench, 7, &good.encode()), ModuleError::UnknownParameter { parameter: 7 });
        for length in (0..24).chain(25..48) {
            let error = refused(bench, 0, &payload(&[good, good])[..length]);
            assert!(matches!(error, ModuleError::ShortPayload { got, .. } if got == length), "{error}");
        }
    });
}

#[test]
fn attenuation_is_one_word_and_transition_delay_is_refused_as_in_sof() {
    let mono = format(48000, 1, SampleFormat::S32);
    let mut arena = arena();
    let pool = arena.pool();
    let wire = [Some((mono, 9))];
    let mut fan = Fan::new(&pool, &gain(mono, &[all(UNITY, 0)]), (&wire, &wire)).unwrap();
    fan.configure(1, &words(&[7])).unwrap();
    for got in 0..4 {
        let short = ModuleError::ShortPayload { what: "attenuation", needed: 4, got };
        assert_eq!(fan.configure(1, &[0; 4][..got]), Err(short));
    }
    let what = "bytes after the word of a parameter";
    let long = ModuleError::BadValue { what, got: 1, min: 0, max: 0 };
    assert_eq!(fan.configure(1, &[0; 5]), Err(long));
    assert_eq!(fan.configuration(1).unwrap(), words(&[7]));
    let unknown = ModuleError::UnknownParameter { parameter: 2 };
    assert_eq!((fan.configure(2, &[0; 4]), fan.configuration(2)), (Err(unknown), Err(unknown)));
}

#[test]
fn wrong_payloads_and_instances_are_refused_by_name() {
    let mut arena = arena();
    let pool = arena.pool();
    let region = pool.region(1, 4096).unwrap();
    let stereo = format(48000, 2, SampleFormat::S16);
    let left = VolumeSetting { channel: Some(0), ..all(1, 0) };
    let refused = |recipe: Recipe| recipe.make(&region).err().unwrap();

    for length in 0..48 {
        let cut = Recipe::new("gain", stereo, &payload(&[all(1, 1), left])[..length]);
        match (length, cut.make(&region).err()) {
            (24, None) => {}
            (_, Some(ModuleError::ShortPayload { got, .. })) => assert_eq!(got, length),
            (_, other) => panic!("{length} bytes: {other:?}"),
        }
    }
    let missing = ModuleError::BadValue { what: "channels with a volume setting", got: 1, min: 2, max: 2 };
    assert_eq!(refused(gain(stereo, &[left, left])), missing);
    let beyond = VolumeSetting { channel: Some(2), ..left };
    let error = ModuleError::BadValue { what: "volume channel", got: 2, min: 0, max: 1 };
    assert_eq!(refused(gain(stereo, &[all(1, 0), beyond])), error);

    let error = ModuleError::BadValue { what: "gain instance", got: 16, min: 0, max: 15 };
    assert_eq!(refused(Recipe { instance: 16, ..gain(stereo, &[all(1, 0)]) }), error);
    assert!(Recipe { instance: 15, ..gain(stereo, &[all(1, 0)]) }.make(&region).is_ok());
}

#[test]
fn a_changed_or_rateless_stream_is_refused() {
    let mut arena = arena();
    let pool = arena.pool();
    let planned = format(48000, 2, SampleFormat::S32);
    let mut bench = Bench::new(&pool, &gain(planned, &[all(1, 0)]), ((planned, 8), (planned, 8))).unwrap();
    let got = planned.with_rate(44100);
    bench.announce(got);
    assert_eq!(bench.prepare(), Err(ModuleError::FormatChanged { planned, got }));
}

#[test]
fn a_rate_that_only_the_stream_knows_sets_the_pace() {
    let mut arena = arena();
    let pool = arena.pool();
    let known = format(16000, 1, SampleFormat::S32);
    let open = known.with_rate(0);
    let mut bench =
        Bench::new(&pool, &gain(open, &[all(UNITY - 1, 20)]), ((open, 400), (open, 400))).unwrap();
    let error = ModuleError::BadValue { what: "stream rate", got: 0, min: 1, max: u32::MAX };
    assert_eq!(bench.prepare(), Err(error));
    bench.announce(known);
    bench.prepare().unwrap();
    assert_eq!(bench.output_format(), known);
    let stream = support::words(&[0x4000_0000; 400]);
    let late = bench.run(&stream, &[(400, 400)]);
    assert_eq!(late, with_bench(known, &[all(UNITY - 1, 20)], |bench| bench.run(&stream, &[(64, 64)])));
    assert!(s32(&late).is_sorted() && s32(&late)[319] < 0x3FFF_FFFF, "20 ms are 320 frames");
}
