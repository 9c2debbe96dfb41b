//! Gain's curves, switches and peak figures, each against plain arithmetic.

use headroom_module::{Format, ModuleError, SampleFormat};
use headroom_modules::{Curve, VolumeSetting};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Fan, INTEGERS, Recipe, arena, ends, format, integer_bytes, integers, s32, words};

const UNITY: u32 = VolumeSetting::UNITY;

fn setting(curve: Curve, target: u32, ms: u64) -> VolumeSetting {
    VolumeSetting { channel: None, target, curve, duration: ms * 10_000 }
}

fn with_gain<T>(
    row: &'static str,
    format: Format,
    settings: &[VolumeSetting],
    test: impl FnOnce(&mut Fan<'_>) -> T,
) -> T {
    let mut arena = arena();
    let pool = arena.pool();
    let payload: Vec<u8> = settings.iter().flat_map(VolumeSetting::encode).collect();
    let wire = [Some((format, 1000))];
    let mut fan = Fan::new(&pool, &Recipe::new(row, format, payload), (&wire, &wire)).unwrap();
    fan.prepare().unwrap();
    test(&mut fan)
}

/// Sends `stream` through in pieces of `cuts` frames.
fn send(fan: &mut Fan<'_>, stream: &[u8], frame: usize, cuts: &[usize]) -> Vec<u8> {
    let (mut rest, mut out) = (stream, Vec::new());
    for cut in cuts.iter().cycle() {
        let (now, later) = rest.split_at(rest.len().min(cut * frame));
        fan.push(0, now);
        fan.process();
        out.extend(fan.pull(0));
        rest = later;
        if rest.is_empty() {
            return out;
        }
    }
    out
}

/// The gains of a ramp, seen through audio of half of full scale: they are twice what comes out, and a rounding.
fn gains(settings: &[VolumeSetting], before: Option<VolumeSetting>, frames: usize) -> Vec<i64> {
    let mono = format(48000, 1, SampleFormat::S32);
    with_gain("gain", mono, &[before.unwrap_or(settings[0])], |fan| {
        if before.is_some() {
            fan.configure(0, &settings[0].encode()).unwrap();
        }
        let out = send(fan, &words(&vec![0x4000_0000; frames]), 4, &[48]);
        s32(&out).into_iter().map(|x| 2 * i64::from(x)).collect()
    })
}

/// The power 1.75 of the way, in floating point, at the start of every 125 us step.
fn fade(frame: usize, ms: f64, steps: usize) -> f64 {
    let at = (frame / steps * steps) as f64 / 48.0 / ms;
    at.min(1.0).powf(1.75)
}

#[test]
fn a_windows_fade_is_the_power_of_time_upwards_and_turned_over_downwards() {
    let target = 0x6000_0000;
    let up = gains(&[setting(Curve::WindowsFade, target, 20)], None, 1200);
    let down = gains(&[setting(Curve::WindowsFade, 0, 20)], Some(setting(Curve::None, target, 0)), 1200);
    for frame in 0..1200 {
        let expected = fade(frame, 20.0, 6) * f64::from(target);
        assert!((up[frame] as f64 - expected).abs() < 16.0, "{frame}: {} is not {expected}", up[frame]);
        // Downwards it is fast at first and slow near silence.
        let left = 1.0 - (frame / 6 * 6) as f64 / 960.0;
        let expected = left.max(0.0).powf(1.75) * f64::from(target);
        assert!((down[frame] as f64 - expected).abs() < 16.0, "{frame}: {} is not {expected}", down[frame]);
    }
    assert!(up.is_sorted() && down.is_sorted_by(|a, b| a >= b));
    assert_eq!((up[1199], down[1199]), (i64::from(target), 0));
}

#[test]
fn logarithmic_curves_jump_as_in_sof() {
    for curve in [Curve::Log, Curve::LogZeroCross, Curve::None] {
        assert_eq!(gains(&[setting(curve, 0x2000_0000, 500)], None, 10), [0x2000_0000; 10]);
    }
}

/// Half a millisecond up, half a millisecond down, and so on: crossings every 24 frames.
fn square(frames: usize) -> Vec<u32> {
    (0..frames).map(|at| if at / 24 % 2 == 0 { 0x4000_0000 } else { 0xC000_0000 }).collect()
}

#[test]
fn zero_cross_steps_change_the_gain_where_the_sum_changes_its_sign() {
    let mono = format(48000, 1, SampleFormat::S32);
    // 500 ms: steps of 48 frames, which crossings every 24 frames cut short.
    let zc = [setting(Curve::LinearZeroCross, UNITY, 500)];
    let out = with_gain("gain", mono, &zc, |fan| send(fan, &words(&square(4800)), 4, &[48]));
    let out = s32(&out);
    let changes: Vec<usize> =
        (1..4800).filter(|&at| out[at].unsigned_abs().abs_diff(out[at - 1].unsigned_abs()) > 1).collect();
    assert!(changes.len() > 150 && changes.iter().all(|at| at % 24 == 0), "{changes:?}");
    // Without crossings the steps are those of the linear ramp.
    let dc = words(&[0x4000_0000; 4800]);
    let linear = [setting(Curve::Linear, UNITY, 500)];
    let through = |settings| with_gain("gain", mono, settings, |fan| send(fan, &dc, 4, &[48]));
    assert_eq!(through(&zc[..]), through(&linear[..]));
}

/// A sum of exactly zero is on the side of what rises: coming down to it crosses nothing, coming up to it does.
#[test]
fn a_sum_of_zero_is_a_crossing_from_below_alone() {
    let stereo = format(48000, 2, SampleFormat::S32);
    const UP: u32 = 0x4000_0000;
    const DOWN: u32 = 0xC000_0000;
    let curve = |curve, frame: [u32; 2]| {
        let frames = (0..4800).flat_map(|at| if at / 24 % 2 == 0 { [UP, DOWN] } else { frame });
        let numbers: Vec<u32> = frames.collect();
        s32(&with_gain("gain", stereo, &[setting(curve, UNITY, 500)], |fan| {
            send(fan, &words(&numbers), 8, &[48])
        }))
    };
    let loud = |out: &[i32]| -> Vec<u32> { out.iter().map(|sample| sample.unsigned_abs()).collect() };
    assert_eq!(
        curve(Curve::LinearZeroCross, [UP, UP]),
        curve(Curve::Linear, [UP, UP]),
        "zero and above: no crossing"
    );
    let out = loud(&curve(Curve::LinearZeroCross, [DOWN, DOWN]));
    let changes = (1..4800).filter(|at| out[2 * at].abs_diff(out[2 * at - 2]) > 1);
    let changes: Vec<usize> = changes.collect();
    assert!(changes.len() > 150 && changes.iter().all(|at| at % 24 == 0), "{changes:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cutting_the_stream_anywhere_changes_nothing_on_any_curve(
        curve in prop::sample::select(vec![Curve::WindowsFade, Curve::Linear, Curve::LinearZeroCross]),
        samples in prop::sample::select(INTEGERS.to_vec()),
        channels in 1u8..=8,
        (target, ms) in (0..UNITY, 1u64..40),
        numbers in vec(any::<u32>(), 400..3000),
        cuts in vec(1usize..100, 1..6),
    ) {
        let stream = format(48000, channels, samples);
        let mut bytes = words(&numbers);
        bytes.truncate(bytes.len() / stream.frame_bytes() * stream.frame_bytes());
        let settings = [setting(curve, target, ms)];
        let through = |cuts: &[usize]| with_gain("peakvol", stream, &settings, |fan| {
            let out = send(fan, &bytes, stream.frame_bytes(), cuts);
            (out, fan.configuration(3).unwrap())
        });
        prop_assert_eq!(through(&cuts), through(&[997]));
    }

    /// 10 ms at 48 kHz are 480 frames; the figures are those of the last whole window, before the gain.
    #[test]
    fn peaks_are_the_loudest_samples_of_the_last_whole_window(
        samples in prop::sample::select(INTEGERS.to_vec()),
        channels in 1u8..=8,
        numbers in vec(any::<u32>(), 1000..9000),
        bits in 0u32..32,
    ) {
        let stream = format(48000, channels, samples);
        let count = usize::from(channels);
        let mut bytes = words(&numbers);
        bytes.truncate(bytes.len() / stream.frame_bytes() * stream.frame_bytes());
        let raises = samples != SampleFormat::S16;
        let got = with_gain("peakvol", stream, &[setting(Curve::None, 0x1000_0000, 0)], |fan| {
            let outcome = fan.configure(1, &words(&[bits]));
            assert_eq!(outcome.is_ok(), raises);
            send(fan, &bytes, stream.frame_bytes(), &[48]);
            s32(&fan.configuration(3).unwrap())
        });
        let numbers = integers(&bytes, samples);
        let windows: Vec<&[i64]> = numbers.chunks_exact(480 * count).collect();
        let peak = |channel: usize| {
            let window = windows.last()?.chunks_exact(count);
            let loudest = window.map(|frame| frame[channel].unsigned_abs()).max()?;
            let wide = u128::from(loudest) << (32 - samples.valid_bits());
            Some((wide.min(i32::MAX as u128) << if raises { bits } else { 0 }).min(i32::MAX as u128) as i32)
        };
        for channel in 0..8 {
            let used = channel < count;
            let expected = if used { peak(channel).unwrap_or(0) } else { 0 };
            let gain = if used { 0x1000_0000 } else { 0 };
            prop_assert_eq!([got[channel], got[8 + channel], got[16 + channel]], [expected, gain, gain]);
        }
    }
}

fn switch(entries: &[(u32, u32)]) -> Vec<u8> {
    let head = [(entries.len() as u32) << 16, 0, 0, 0, 0];
    words(&head)
        .into_iter()
        .chain(entries.iter().flat_map(|&(channel, value)| words(&[channel, value])))
        .collect()
}

#[test]
fn a_muted_channel_is_silent_keeps_what_is_set_and_comes_back_to_it() {
    let stereo = format(48000, 2, SampleFormat::S32);
    with_gain("gain", stereo, &[setting(Curve::None, 0x4000_0000, 0)], |fan| {
        let frame = |fan: &mut Fan<'_>| s32(&send(fan, &words(&[0x4000_0000; 2]), 8, &[1]));
        assert_eq!(frame(fan), [0x2000_0000; 2]);
        fan.configure(200, &switch(&[(1, 0)])).unwrap();
        assert_eq!(fan.configuration(200).unwrap(), switch(&[(0, 1), (1, 0)]));
        assert_eq!(frame(fan), [0x2000_0000, 0]);
        // A setting for a muted channel waits; a new stream does not end the mute.
        fan.configure(0, &setting(Curve::None, 0x2000_0000, 0).encode()).unwrap();
        assert_eq!(frame(fan), [0x1000_0000, 0]);
        fan.module.reset();
        fan.prepare().unwrap();
        assert_eq!(frame(fan), [0x1000_0000, 0]);
        fan.configure(200, &switch(&[(1, 1)])).unwrap();
        assert_eq!(frame(fan), [0x1000_0000; 2]);
    });
}

#[test]
fn mute_and_unmute_go_along_the_curve() {
    let mono = format(48000, 1, SampleFormat::S32);
    with_gain("gain", mono, &[setting(Curve::Linear, 0x4000_0000, 20)], |fan| {
        let second = words(&[0x7FFF_FFFF; 2000]);
        let up = s32(&send(fan, &second, 4, &[48]));
        fan.configure(200, &switch(&[(0, 0)])).unwrap();
        let down = s32(&send(fan, &second, 4, &[48]));
        assert!(up.is_sorted() && down.is_sorted_by(|a, b| a >= b));
        assert_eq!((up[0], up[1999], down[0], down[1999]), (0, 0x4000_0000, 0x4000_0000, 0));
        assert!(
            down[480] > 0x1F00_0000 && down[480] < 0x2100_0000,
            "half way at half time: {:#x}",
            down[480]
        );
    });
}

#[test]
fn bad_switches_and_attenuations_change_nothing() {
    let stereo = format(48000, 2, SampleFormat::S24In32);
    with_gain("gain", stereo, &[setting(Curve::None, UNITY, 0)], |fan| {
        let before = fan.configuration(200).unwrap();
        let bad = |what, got, max| Err(ModuleError::BadValue { what, got, min: 0, max });
        assert_eq!(fan.configure(200, &switch(&[(0, 0), (2, 0)])), bad("switch channel", 2, 1));
        assert_eq!(fan.configure(200, &switch(&[(0, 0), (1, 2)])), bad("switch value", 2, 1));
        for length in 0..28 {
            let error = fan.configure(200, &switch(&[(0, 0)])[..length]).unwrap_err();
            assert!(matches!(error, ModuleError::ShortPayload { got, .. } if got == length), "{error}");
        }
        assert_eq!(fan.configuration(200).unwrap(), before);
        assert_eq!(fan.configure(1, &words(&[32])), bad("attenuation", 32, 31));
        fan.configure(1, &words(&[31])).unwrap();
        assert_eq!(fan.configuration(1).unwrap(), words(&[31]));
        assert_eq!(fan.configuration(3), Err(ModuleError::UnknownParameter { parameter: 3 }), "only peakvol");
        let mut short = [0; 35];
        assert_eq!(
            fan.module.configuration(200, &mut short),
            Err(ModuleError::ShortReply { needed: 36, got: 35 })
        );
    });
}

#[test]
fn peakvol_is_gain_to_the_ear() {
    for samples in INTEGERS {
        let mono = format(48000, 1, samples);
        let (least, most) = ends(samples);
        let bytes = integer_bytes([least, most, 0, -1, 1, most / 3], samples);
        let through = |row| {
            with_gain(row, mono, &[setting(Curve::None, 0x3333_3333, 0)], |fan| {
                send(fan, &bytes, bytes.len() / 6, &[2])
            })
        };
        assert_eq!(through("gain"), through("peakvol"));
    }
}
