//! Mixin and mixout on real rings: sums, gains, maps and silence against plain arithmetic.

use headroom_module::schedule::Domain;
use headroom_module::wiring::{Flow, set_flow};
use headroom_module::{Format, ModuleError, SampleFormat};
use headroom_modules::{MixerMode, Remap};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Fan, INTEGERS, Recipe, arena, ends, format, integer_bytes, integers, words};

fn mixout(format: Format) -> Recipe {
    Recipe::new("mixout", format, []).ll()
}

fn mixin(format: Format) -> Recipe {
    Recipe::new("mixin", format, []).ll()
}

fn modes(modes: &[MixerMode]) -> Vec<u8> {
    let count = (modes.len() as u32).to_le_bytes();
    count.into_iter().chain(modes.iter().flat_map(MixerMode::encode)).collect()
}

fn plain(output: u8) -> MixerMode {
    MixerMode { output, remap: None, gain: MixerMode::UNITY }
}

/// A prepared mixout with streams at the queues given, rings of 200 frames.
fn with_mixout<T>(format: Format, queues: &[usize], test: impl FnOnce(&mut Fan<'_>) -> T) -> T {
    let mut arena = arena();
    let pool = arena.pool();
    let inputs: Vec<_> = (0..8).map(|queue| queues.contains(&queue).then_some((format, 200))).collect();
    let mut fan = Fan::new(&pool, &mixout(format), (&inputs, &[Some((format, 200))])).unwrap();
    fan.prepare().unwrap();
    test(&mut fan)
}

fn with_mixin<T>(format: Format, test: impl FnOnce(&mut Fan<'_>) -> T) -> T {
    let mut arena = arena();
    let pool = arena.pool();
    let outputs = [Some((format, 200)), None, Some((format, 200))];
    let mut fan = Fan::new(&pool, &mixin(format), (&[Some((format, 200))], &outputs)).unwrap();
    test(&mut fan)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Streams of different lengths in each tick: what one has not got is silence, what it has beyond the others waits.
    #[test]
    fn every_sample_is_the_saturated_sum_of_what_the_streams_had(
        samples in prop::sample::select(INTEGERS.to_vec()),
        channels in 1u8..=8,
        queues in prop::sample::subsequence(vec![0usize, 1, 2, 3, 4, 5, 6, 7], 1..=8),
        ticks in vec(vec(0usize..60, 8), 1..6),
        seed: u64,
    ) {
        let mix = format(48000, channels, samples);
        let (least, most) = ends(samples);
        // Loud enough that sums of two often clip.
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((i128::from(state >> 16) * i128::from(most - least + 1)) >> 48) as i64 + least
        };
        with_mixout(mix, &queues, |fan| {
            let mut waiting = vec![Vec::<i64>::new(); 8];
            for lengths in ticks {
                for &queue in &queues {
                    let room = (200 - fan.waiting(queue)).min(lengths[queue]);
                    let new: Vec<i64> = (0..room * usize::from(channels)).map(|_| next()).collect();
                    // The byte that S24_4 ignores is anything.
                    let noise = |x: i64| if samples == SampleFormat::S24In32 { x ^ 0x5500_0000 } else { x };
                    fan.push(queue, &integer_bytes(new.iter().copied().map(noise), samples));
                    waiting[queue].extend(new);
                }
                let shortest = queues.iter().map(|&q| waiting[q].len() / usize::from(channels)).min().unwrap();
                let frames = shortest.max(48) * usize::from(channels);
                let expected: Vec<i64> = (0..frames)
                    .map(|at| {
                        let sum: i64 = queues.iter().filter_map(|&q| waiting[q].get(at)).sum();
                        sum.clamp(least, most)
                    })
                    .collect();
                waiting.iter_mut().for_each(|left| drop(left.drain(..frames.min(left.len()))));
                fan.process();
                let out = integers(&fan.pull(0), samples);
                assert_eq!(out, expected);
            }
        });
    }

    #[test]
    fn a_mixin_scales_and_maps_each_output_on_its_own(
        samples in prop::sample::select(INTEGERS.to_vec()),
        channels in 1u8..=8,
        gains in (0u16..=0x400, 0u16..=0x400),
        picks in vec(prop::option::weighted(0.8, 0u32..8), 8),
        numbers in vec(any::<u32>(), 8..400),
        cuts in vec(1usize..60, 1..5),
    ) {
        let stream = format(48000, channels, samples);
        let count = usize::from(channels);
        let map = (0..8).fold(0u32, |map, at| {
            map | picks[at].map_or(0xF, |pick| pick % u32::from(channels)) << (4 * at)
        });
        let remap = Some(Remap { channels, map });
        let mut bytes = words(&numbers);
        bytes.truncate(bytes.len() / stream.frame_bytes() * stream.frame_bytes());
        let numbers = integers(&bytes, samples);
        let (mut outs, mut rest) = ((Vec::new(), Vec::new()), &bytes[..]);
        with_mixin(stream, |fan| {
            fan.prepare().unwrap();
            let settings = [MixerMode { gain: gains.0, ..plain(0) }, MixerMode { gain: gains.1, output: 2, remap }];
            fan.configure(1, &modes(&settings)).unwrap();
            for cut in cuts.iter().cycle() {
                let (now, later) = rest.split_at(rest.len().min(cut * stream.frame_bytes()));
                fan.push(0, now);
                fan.process();
                outs.0.extend(fan.pull(0));
                outs.1.extend(fan.pull(2));
                if later.is_empty() {
                    break;
                }
                rest = later;
            }
        });
        let scale = |x: i64, gain: u16| (x * i64::from(gain)).div_euclid(1024);
        let straight: Vec<i64> = numbers.iter().map(|&x| scale(x, gains.0)).collect();
        prop_assert_eq!(integers(&outs.0, samples), straight);
        let source = |at: usize| picks[at % count].map(|pick| at / count * count + pick as usize % count);
        let mapped: Vec<i64> =
            (0..numbers.len()).map(|at| source(at).map_or(0, |from| scale(numbers[from], gains.1))).collect();
        prop_assert_eq!(integers(&outs.1, samples), mapped);
    }
}

#[test]
fn eight_full_scale_streams_meet_the_ends_and_the_order_of_streams_changes_nothing() {
    for samples in INTEGERS {
        let (mono, (least, most)) = (format(48000, 1, samples), ends(samples));
        for (values, expected) in [([most; 8], most), ([least; 8], least)] {
            let out = with_mixout(mono, &[0, 1, 2, 3, 4, 5, 6, 7], |fan| {
                values
                    .into_iter()
                    .enumerate()
                    .for_each(|(q, x)| fan.push(q, &integer_bytes([x; 48], samples)));
                fan.process();
                integers(&fan.pull(0), samples)
            });
            assert_eq!(out, [expected; 48], "{samples}");
        }
        // Added one by one with an end after each, this would be 0 or the least, as the order has it.
        for order in [[most, most, least], [least, most, most], [most, least, most]] {
            let out = with_mixout(mono, &[0, 3, 7], |fan| {
                [0, 3, 7]
                    .into_iter()
                    .zip(order)
                    .for_each(|(q, x)| fan.push(q, &integer_bytes([x; 48], samples)));
                fan.process();
                integers(&fan.pull(0), samples)
            });
            assert_eq!(out, [most - 1; 48], "{samples}");
        }
    }
}

#[test]
fn a_mix_without_any_stream_is_silence_at_the_pace_of_the_ticks() {
    let odd = format(44100, 2, SampleFormat::S16);
    with_mixout(odd, &[], |fan| {
        let frames: Vec<usize> = (0..10)
            .map(|_| {
                fan.process();
                let out = fan.pull(0);
                assert!(out.iter().all(|byte| *byte == 0));
                out.len() / 4
            })
            .collect();
        assert_eq!(frames, [44, 44, 44, 44, 44, 44, 44, 44, 44, 45]);
    });
}

#[test]
fn a_full_output_takes_nothing_from_any_stream() {
    let mono = format(48000, 1, SampleFormat::S32);
    with_mixout(mono, &[0, 1], |fan| {
        (0..2).for_each(|q| fan.push(q, &words(&[1; 200])));
        fan.process();
        assert_eq!((fan.waiting(0), fan.waiting(1)), (0, 0));
        (0..2).for_each(|q| fan.push(q, &words(&[1; 100])));
        fan.process();
        assert_eq!((fan.waiting(0), fan.waiting(1)), (100, 100));
        assert_eq!(integers(&fan.pull(0), SampleFormat::S32), [2; 200]);
    });
}

#[test]
fn a_mixin_passes_by_an_output_that_rests_and_holds_when_all_do() {
    let mono = format(48000, 1, SampleFormat::S32);
    with_mixin(mono, |fan| {
        fan.prepare().unwrap();
        set_flow(&mut fan.outputs[2], Flow::Held);
        for _ in 0..10 {
            fan.push(0, &words(&[7; 48]));
            fan.process();
            assert_eq!(integers(&fan.pull(0), SampleFormat::S32), [7; 48]);
        }
        assert!(fan.pull(2).is_empty());
        set_flow(&mut fan.outputs[0], Flow::Held);
        fan.push(0, &words(&[7; 48]));
        fan.process();
        assert_eq!(fan.waiting(0), 48);
        set_flow(&mut fan.outputs[2], Flow::Open);
        fan.process();
        assert_eq!(integers(&fan.pull(2), SampleFormat::S32), [7; 48]);
    });
}

#[test]
fn a_gap_is_an_underrun_once_it_is_over_and_the_end_of_a_stream_is_none() {
    let mono = format(48000, 1, SampleFormat::S16);
    with_mixin(mono, |fan| {
        fan.prepare().unwrap();
        assert_eq!(fan.process(), 0, "nothing has come yet");
        fan.push(0, &[0; 96]);
        assert_eq!(fan.process(), 0);
        assert_eq!([fan.process(), fan.process()], [0, 0]);
        fan.push(0, &[0; 96]);
        assert_eq!(fan.process(), 96, "two ticks of 48 frames");
        fan.push(0, &[0; 96]);
        assert_eq!(fan.process(), 0, "a gap is told once");
        assert_eq!([fan.process(), fan.process()], [0, 0]);
    });
}

#[test]
fn modes_are_read_back_and_bad_ones_change_nothing() {
    let stereo = format(48000, 2, SampleFormat::S32);
    with_mixin(stereo, |fan| {
        let set = MixerMode { output: 1, remap: Some(Remap { channels: 4, map: 0xF01F }), gain: 0x200 };
        fan.configure(1, &modes(&[set])).unwrap();
        let before = fan.configuration(1).unwrap();
        assert_eq!(before, modes(&[plain(0), set, plain(2)]));
        fan.configure(1, &before).unwrap();
        assert_eq!(fan.configuration(1).unwrap(), before, "what was read can be set");

        let refused = |fan: &mut Fan<'_>, data: &[u8]| {
            let error = fan.configure(1, data).unwrap_err();
            assert_eq!(fan.configuration(1).unwrap(), before, "{error}");
            error
        };
        let bad = |what, got, min, max| ModuleError::BadValue { what, got, min, max };
        let remapped = |channels, map| MixerMode { remap: Some(Remap { channels, map }), ..plain(0) };
        for count in [0u32, 4, u32::MAX] {
            let error = refused(fan, &count.to_le_bytes());
            assert_eq!(error, bad("number of mixer modes", count, 1, 3));
        }
        assert_eq!(refused(fan, &modes(&[plain(2), plain(3)])), bad("mixer output", 3, 0, 2));
        assert_eq!(refused(fan, &modes(&[remapped(9, 0)])), bad("mixer output channels", 9, 1, 8));
        assert_eq!(refused(fan, &modes(&[remapped(2, 0x20)])), bad("channel in a mixer's map", 2, 0, 1));
        for length in (0..4).chain(4..24) {
            let error = refused(fan, &modes(&[plain(0)])[..length]);
            assert!(matches!(error, ModuleError::ShortPayload { got, .. } if got == length), "{error}");
        }
        // A louder gain than unity counts as unity, as in SOF.
        fan.configure(1, &modes(&[MixerMode { gain: 0x401, ..plain(0) }])).unwrap();
        assert_eq!(fan.configuration(1).unwrap()[20..22], [0, 4]);
    });
}

#[test]
fn channels_of_an_output_change_before_a_stream_is_prepared_but_not_in_it() {
    let mut arena = arena();
    let pool = arena.pool();
    let (stereo, mono) = (format(48000, 2, SampleFormat::S16), format(48000, 1, SampleFormat::S16));
    let wires = ([Some((stereo, 100))], [None, Some((mono, 100)), None]);
    let mut fan = Fan::new(&pool, &mixin(stereo), (&wires.0, &wires.1)).unwrap();
    let right = MixerMode { output: 1, remap: Some(Remap { channels: 1, map: 1 }), gain: MixerMode::UNITY };
    fan.configure(1, &modes(&[right])).unwrap();
    fan.prepare().unwrap();
    assert_eq!(fan.outputs[1].format(), Some(mono));
    let error = fan.configure(1, &modes(&[plain(1)])).unwrap_err();
    let what = "mixer output channels of a prepared stream";
    assert_eq!(error, ModuleError::BadValue { what, got: 2, min: 1, max: 1 });
    let sealed = fan.statistics();
    fan.push(0, &integer_bytes([1, 2, 3, 4], SampleFormat::S16));
    fan.process();
    assert_eq!(integers(&fan.pull(1), SampleFormat::S16), [2, 4]);
    assert_eq!(fan.statistics(), sealed, "a run takes no memory");
    fan.module.reset();
    fan.configure(1, &modes(&[plain(1)])).unwrap();
}

#[test]
fn underrun_periods_are_one_or_more() {
    with_mixin(format(48000, 1, SampleFormat::S16), |fan| {
        assert_eq!(fan.configuration(0).unwrap(), words(&[10]));
        fan.configure(0, &words(&[3])).unwrap();
        let what = "underrun period";
        assert_eq!(
            fan.configure(0, &words(&[0])),
            Err(ModuleError::BadValue { what, got: 0, min: 1, max: 65535 })
        );
        assert_eq!(fan.configuration(0).unwrap(), words(&[3]));
        assert_eq!(fan.configure(9, &[]), Err(ModuleError::UnknownParameter { parameter: 9 }));
    });
}

#[test]
fn mixers_refuse_floats_and_the_dp_domain_and_streams_of_another_format() {
    let mut arena = arena();
    let pool = arena.pool();
    let region = pool.region(9, 4096).unwrap();
    let stereo = format(48000, 2, SampleFormat::S16);
    let float = format(48000, 2, SampleFormat::F32);
    for recipe in [mixin, mixout] {
        let error = ModuleError::UnsupportedSamples { got: SampleFormat::F32 };
        assert_eq!(recipe(float).make(&region).err(), Some(error));
        let error = ModuleError::WrongDomain { got: Domain::Dp };
        assert_eq!(Recipe { domain: Domain::Dp, ..recipe(stereo) }.make(&region).err(), Some(error));
    }
    let other = format(48000, 1, SampleFormat::S16);
    let wires = ([Some((stereo, 10)), Some((other, 10))], [Some((stereo, 10))]);
    let mut fan = Fan::new(&pool, &mixout(stereo), (&wires.0, &wires.1)).unwrap();
    assert_eq!(fan.prepare(), Err(ModuleError::FormatChanged { planned: stereo, got: other }));
}
