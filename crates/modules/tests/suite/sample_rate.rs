//! The converters on real rings: where their memory comes from, restarts, late set-up, cuts, and how clean they are.

use std::f64::consts::TAU;

use headroom_module::schedule::Readiness;
use headroom_module::{Format, ModuleError, SampleFormat};
use proptest::prelude::*;
use vregion::Refusal;

use crate::support::{self, Bench, REGION_BYTES, Recipe, arena, format, to_unit};

const INTEGERS: [SampleFormat; 3] = [SampleFormat::S16, SampleFormat::S24In32, SampleFormat::S32];

fn src(input: Format, output_rate: u32) -> Recipe {
    Recipe::new("src", input, output_rate.to_le_bytes())
}

/// A bench with rings of odd lengths about the converter; `stream` is what its input ring is made for.
fn with_bench<T>(recipe: &Recipe, stream: Format, test: impl FnOnce(&mut Bench<'_>) -> T) -> T {
    let mut arena = arena();
    let pool = arena.pool();
    test(&mut Bench::new(&pool, recipe, ((stream, 1323), (stream, 1441))).unwrap())
}

/// Prepares and sends `stream` through.
fn play(bench: &mut Bench<'_>, stream: &[u8], cuts: &[(usize, usize)]) -> Vec<u8> {
    bench.prepare().unwrap();
    bench.run(stream, cuts)
}

/// What a fresh instance makes of `stream`.
fn fresh(input: Format, output_rate: u32, stream: &[u8], cuts: &[(usize, usize)]) -> Vec<u8> {
    with_bench(&src(input, output_rate), input, |bench| play(bench, stream, cuts))
}

/// `frames` frames of noise that is the same in every run.
fn noise(format: Format, frames: usize) -> Vec<u8> {
    let mut seed = 1u32;
    let samples = (0..frames * format.channels()).map(|_| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed as i32) / 2
    });
    support::from_q31(samples, format.samples())
}

#[test]
fn after_init_all_memory_is_lifetime_and_a_thousand_restarts_change_no_figure() {
    let stereo = format(44100, 2, SampleFormat::S32);
    with_bench(&src(stereo, 48000), stereo, |bench| {
        let made = bench.statistics();
        assert_eq!((made.interim_peak, made.interim_capacity, made.late_requests), (0, 0, 0));
        assert!(!made.sealed);
        // Two stages: the coefficients of each, the delay lines, and the module itself.
        assert_eq!(made.lifetime_blocks, 4);
        let audio = noise(stereo, 100);
        for _ in 0..1000 {
            assert!(!play(bench, &audio, &[(100, 100)]).is_empty());
            bench.module.reset();
        }
        assert_eq!(bench.statistics(), made);
    });
}

#[test]
fn a_restarted_stream_is_that_of_a_fresh_instance() {
    let stereo = format(44100, 2, SampleFormat::S24In32);
    let (first, second) = (noise(stereo, 3000), noise(stereo, 2000));
    let restarted = with_bench(&src(stereo, 48000), stereo, |bench| {
        play(bench, &first, &[(441, 480)]);
        bench.module.reset();
        play(bench, &second, &[(441, 480)])
    });
    assert!(!restarted.is_empty());
    assert_eq!(restarted, fresh(stereo, 48000, &second, &[(441, 480)]));
}

#[test]
fn late_set_up_gives_the_same_audio_from_interim_memory() {
    let stereo = format(44100, 2, SampleFormat::S32);
    let audio = noise(stereo, 3000);
    with_bench(&src(stereo.with_rate(0), 48000), stereo, |bench| {
        let made = bench.statistics();
        assert_eq!((made.lifetime_blocks, bench.module.delay_frames()), (1, 0));
        let late = play(bench, &audio, &[(441, 480)]);
        assert_eq!(late, fresh(stereo, 48000, &audio, &[(441, 480)]));

        let prepared = bench.statistics();
        assert_eq!((prepared.lifetime_bytes, prepared.late_requests), (made.lifetime_bytes, 0));
        assert_eq!(prepared.interim_blocks, 3);
        assert!(prepared.interim_used > 0);
        for _ in 0..100 {
            bench.module.reset();
            assert_eq!(
                play(bench, &audio[..800], &[(441, 480)]),
                fresh(stereo, 48000, &audio[..800], &[(441, 480)])
            );
        }
        assert_eq!(bench.statistics(), prepared);
    });
}

#[test]
fn late_set_up_follows_the_stream_to_another_rate() {
    let stereo = format(44100, 2, SampleFormat::S32);
    let audio = noise(stereo, 1000);
    with_bench(&src(stereo.with_rate(0), 48000), stereo, |bench| {
        play(bench, &audio, &[(441, 480)]);
        let (peak, blocks) = (bench.statistics().interim_peak, bench.statistics().interim_blocks);
        for rate in [16000, 96000, 48000, 44100] {
            bench.module.reset();
            bench.announce(stereo.with_rate(rate));
            let out = play(bench, &audio, &[(441, 480)]);
            assert_eq!(out, fresh(stereo.with_rate(rate), 48000, &audio, &[(441, 480)]), "{rate} Hz");
        }
        // The old set-up makes room before the new one is made.
        assert_eq!((bench.statistics().interim_peak, bench.statistics().interim_blocks), (peak, blocks));
        let got = stereo.with_rate(12345);
        bench.announce(got);
        assert_eq!(bench.prepare(), Err(ModuleError::UnsupportedRates { from: 12345, to: 48000 }));
    });
}

#[test]
fn a_changed_stream_is_refused_with_both_formats() {
    let planned = format(44100, 2, SampleFormat::S32);
    with_bench(&src(planned, 48000), planned, |bench| {
        for got in [planned.with_rate(48000), format(44100, 2, SampleFormat::S24In32)] {
            bench.announce(got);
            assert_eq!(bench.prepare(), Err(ModuleError::FormatChanged { planned, got }));
        }
        bench.announce(planned);
        assert_eq!(bench.prepare(), Ok(()));
        assert_eq!(bench.output_format(), planned.with_rate(48000));
    });
}

#[test]
fn another_number_of_channels_is_refused() {
    let (planned, got) = (format(44100, 2, SampleFormat::S16), format(44100, 1, SampleFormat::S16));
    with_bench(&src(planned, 48000), got, |bench| {
        assert_eq!(bench.prepare(), Err(ModuleError::FormatChanged { planned, got }));
    });
}

#[test]
fn both_converters_say_when_they_want_to_run_and_how_late_they_are() {
    let stereo = format(44100, 2, SampleFormat::S32);
    let delay = |row| {
        with_bench(&Recipe { row, ..src(stereo, 48000) }, stereo, |bench| {
            assert_eq!(bench.module.readiness(), Readiness::AnyFrame);
            bench.module.delay_frames()
        })
    };
    assert!(delay("src-lite") > 0 && delay("src-lite") < delay("src"));
    // An impulse comes out where the delay says, to half a frame.
    let mono = format(44100, 1, SampleFormat::S32);
    let mut audio = vec![0; 4 * 2000];
    audio[3] = 0x40;
    let out = to_unit(&fresh(mono, 48000, &audio, &[(441, 480)]), SampleFormat::S32);
    let peak = (0..out.len()).max_by(|&a, &b| out[a].total_cmp(&out[b])).unwrap();
    assert!(peak.abs_diff(delay("src") as usize) <= 1, "peak at {peak}, delay of {}", delay("src"));
}

#[test]
fn equal_rates_are_a_copy_without_memory_for_filters() {
    let stereo = format(48000, 2, SampleFormat::S24In32);
    let dirty = support::words(&[0xAB00_0001, 0x7FFF_FFFF, 3, 4]);
    with_bench(&src(stereo, 48000), stereo, |bench| {
        assert_eq!(bench.statistics().lifetime_blocks, 1);
        assert_eq!(bench.module.delay_frames(), 0);
        assert_eq!(play(bench, &dirty, &[(1, 1)]), dirty);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn output_does_not_depend_on_how_ticks_cut_the_stream(
        (channels, samples) in (1u8..=8, prop::sample::select(INTEGERS.to_vec())),
        (from, to) in prop::sample::select(vec![(44100, 48000), (48000, 44100), (16000, 48000), (48000, 16000)]),
        frames in 0usize..1500,
        cuts in prop::collection::vec((1usize..600, 1usize..600), 1..6),
    ) {
        let input = format(from, channels, samples);
        let audio = noise(input, frames);
        let whole = fresh(input, to, &audio, &[(1323, 1441)]);
        prop_assert_eq!(fresh(input, to, &audio, &cuts), whole);
    }

    #[test]
    fn whatever_the_payload_is_init_gives_a_module_or_an_error(
        payload in prop::collection::vec(any::<u8>(), 0..9), rate: u32, samples in prop::sample::select(INTEGERS.to_vec()),
    ) {
        let mut arena = arena();
        let pool = arena.pool();
        let region = pool.region(1, REGION_BYTES).unwrap();
        let made = Recipe::new("src", format(rate, 2, samples), payload).make(&region);
        prop_assert!(made.is_ok() || region.statistics().lifetime_blocks == 0);
    }
}

#[test]
fn wrong_payloads_rates_and_samples_are_refused_by_name() {
    let mut arena = arena();
    let pool = arena.pool();
    let region = pool.region(1, REGION_BYTES).unwrap();
    let stereo = format(44100, 2, SampleFormat::S32);
    let refused = |input, payload: &[u8]| Recipe::new("src", input, payload).make(&region).err().unwrap();

    for length in 0..4 {
        let error = ModuleError::ShortPayload { what: "output rate", needed: 4, got: length };
        assert_eq!(refused(stereo, &48000u32.to_le_bytes()[..length]), error);
    }
    let error = ModuleError::BadValue { what: "bytes after the output rate", got: 1, min: 0, max: 0 };
    assert_eq!(refused(stereo, &[0x80, 0xBB, 0, 0, 0]), error);
    let error = ModuleError::BadValue { what: "output rate", got: 0, min: 1, max: u32::MAX };
    assert_eq!(refused(stereo, &[0; 4]), error);
    let error = ModuleError::UnsupportedRates { from: 44100, to: 44101 };
    assert_eq!(refused(stereo, &44101u32.to_le_bytes()), error);
    let float = format(44100, 2, SampleFormat::F32);
    let error = ModuleError::UnsupportedSamples { got: SampleFormat::F32 };
    assert_eq!(refused(float, &48000u32.to_le_bytes()), error);
    assert_eq!(region.statistics().lifetime_blocks, 0);
}

#[test]
fn a_region_too_small_is_an_error_and_leaves_nothing() {
    let mut arena = arena();
    let pool = arena.pool();
    let stereo = format(44100, 2, SampleFormat::S32);
    let before = pool.usage().free_pages;
    let mut made = 0;
    for pages in 1..=20 {
        let region = pool.region(1, pages * 4096).unwrap();
        match src(stereo, 48000).make(&region) {
            Ok(_) => made += 1,
            Err(ModuleError::Memory(error)) => {
                assert!(matches!(error.why, Refusal::NoRoom | Refusal::TooLarge));
                let seen = region.statistics();
                assert_eq!((seen.lifetime_blocks, seen.interim_blocks), (seen.lifetime_frees, 0));
                assert_eq!(made, 0, "what fits in fewer pages fits in {pages}");
            }
            Err(other) => panic!("{other}"),
        }
        drop(region);
        assert_eq!(pool.usage().free_pages, before, "the region went with its last owner");
    }
    assert!((1..20).contains(&made), "some region is too small, and some is not: {made}");
}

#[test]
fn late_set_up_without_room_is_an_error_and_leaves_nothing() {
    let mut arena = arena();
    let pool = arena.pool();
    let stereo = format(44100, 2, SampleFormat::S32);
    let recipe = src(stereo.with_rate(0), 48000);
    let wires = ((stereo, 64), (stereo, 64));
    let mut bench = Bench::in_region(&pool, &recipe, wires, 4096).unwrap();
    for _ in 0..3 {
        assert!(matches!(bench.prepare(), Err(ModuleError::Memory(_))));
        assert_eq!((bench.statistics().interim_blocks, bench.statistics().interim_used), (0, 0));
        assert_eq!(bench.process(), Ok(()), "not set up, it moves nothing");
    }
}

/// One second of a 997 Hz sine at `out_rate`, after what the filters need to settle.
struct Tone {
    /// Against full scale, in dB.
    level: f64,
    /// Everything but the tone, against the tone, in dB.
    thd_n: f64,
}

const FREQUENCY: f64 = 997.0;
/// -1 dBFS.
const AMPLITUDE: f64 = 0.891_250_938_133_745_6;

/// Plays the tone at 44.1 kHz through `row`, and measures what comes out: whole periods in a whole second, so the tone
/// is exactly one bin and all the rest is distortion and noise, DC included.
fn measure(row: &'static str, samples: SampleFormat) -> Tone {
    let input = format(44100, 1, samples);
    let sine = |at: u32| AMPLITUDE * (TAU * FREQUENCY * f64::from(at) / 44100.0).sin();
    let q31 = (0..44100 * 5 / 4).map(|at| (sine(at) * 2f64.powi(31)).round() as i32);
    let recipe = Recipe { row, ..src(input, 48000) };
    let audio = support::from_q31(q31, samples);
    let out = with_bench(&recipe, input, |bench| play(bench, &audio, &[(441, 480)]));
    let out = to_unit(&out, samples);
    let second = &out[out.len() - 48000..];

    let (mut re, mut im, mut power) = (0.0, 0.0, 0.0);
    for (at, x) in second.iter().enumerate() {
        let phase = TAU * FREQUENCY * at as f64 / 48000.0;
        (re, im, power) = (re + x * phase.cos(), im + x * phase.sin(), power + x * x);
    }
    let tone = 2.0 * (re * re + im * im) / 48000.0;
    let amplitude = 2.0 * re.hypot(im) / 48000.0;
    Tone { level: 20.0 * amplitude.log10(), thd_n: 10.0 * ((power - tone) / tone).log10() }
}

#[test]
fn a_997_hz_tone_stays_clean_within_the_width_of_its_samples() {
    // 16-bit rounding without dither puts noise 98.1 dB under a full-scale sine. It happens twice, before and after,
    // and the tone is 1 dB under full scale: -94.1 dB.
    for (samples, limit) in
        [(SampleFormat::S32, -100.0), (SampleFormat::S24In32, -100.0), (SampleFormat::S16, -93.5)]
    {
        let tone = measure("src", samples);
        println!("src {samples}: level {:.4} dBFS, THD+N {:.1} dB", tone.level, tone.thd_n);
        assert!((tone.level + 1.0).abs() <= 0.01, "{samples}: level {} dBFS", tone.level);
        assert!(tone.thd_n <= limit, "{samples}: THD+N {} dB", tone.thd_n);
    }
    let lite = measure("src-lite", SampleFormat::S32);
    println!("src-lite S32: level {:.4} dBFS, THD+N {:.1} dB", lite.level, lite.thd_n);
    assert!((lite.level + 1.0).abs() <= 0.01 && lite.thd_n <= -80.0, "lite: {} dB", lite.thd_n);
}
