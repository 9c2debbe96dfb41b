//! What is heard: playback, capture, mixing across pipelines, conversion.

use headroom_desk::{Options, Recording};
use headroom_testbench::audio::{Audio, fit, spec, write};
use headroom_testbench::draft::{Draft, NOBODYS, capture, node, plain, playback, wave};
use headroom_testbench::folder;
use headroom_tplg::{Token, WidgetKind};
use hound::SampleFormat;

use super::support::{error, has, play, play_file};
use crate::support::replay;

const S16: (u16, SampleFormat) = (16, SampleFormat::Int);
const S32: (u16, SampleFormat) = (32, SampleFormat::Int);

/// Different in every frame and channel, and on both sides of zero.
fn pattern(frame: usize, channel: u16) -> f64 {
    let value = (frame * 2 + usize::from(channel)) as i32 * 37 % 30_000 - 15_000;
    f64::from(value) / 32_768.0
}

/// Plays a file of the pattern through `draft`, and returns what came out.
fn heard(draft: &Draft, rate: u32, width: (u16, SampleFormat), frames: usize) -> (Audio, Audio) {
    let (_folder, path) = folder();
    write(&path("in.wav"), spec(rate, 2, width), frames, pattern);
    let (input, output) = (Some(path("in.wav")), Some(path("out.wav")));
    let seen = play(draft, &Options { input, output, ..Options::default() }).unwrap();
    assert_eq!(seen.underruns(), 0);
    (Audio::read(&path("in.wav")), Audio::read(&path("out.wav")))
}

#[test]
fn a_file_plays_to_the_bit_in_both_directions() {
    for draft in [playback(Vec::new()), capture(Vec::new())] {
        let (played, out) = heard(&draft, 48_000, S32, 4801);
        assert_eq!(out.spec, played.spec);
        assert_eq!(out.channels, played.channels);
    }
}

#[test]
fn a_gain_starts_with_what_its_token_says() {
    let mut gain = node("gain", WidgetKind::Pga, "gain", 1);
    gain.words(&[(Token::GAIN_VAL, 1 << 30)]);
    for draft in [playback(vec![gain.clone()]), capture(vec![gain])] {
        let (played, out) = heard(&draft, 48_000, S32, 480);
        for (played, out) in played.channels.iter().zip(&out.channels) {
            let half: Vec<f64> = played.iter().map(|value| value / 2.0).collect();
            assert_eq!(*out, half);
        }
    }
}

/// 16 bits at the host, 32 within: what a host copier is for.
#[test]
fn a_host_copier_widens() {
    let mut draft = playback(Vec::new());
    draft.edit("host").inputs = vec![wave(48_000, 16)];
    let (played, out) = heard(&draft, 48_000, S16, 480);
    assert_eq!((out.spec.bits_per_sample, played.spec.bits_per_sample), (32, 16));
    assert_eq!(out.channels, played.channels);
}

/// Two PCMs, each with a pipeline of its own, and the one of the DAI.
fn mixed() -> Draft {
    let mut draft = Draft { pipelines: vec![(1, Some(0)), (2, Some(0)), (3, Some(0))], ..Draft::default() };
    for (n, stream) in [(1, "one"), (2, "two")] {
        let mut host = node(&format!("host{n}"), WidgetKind::AifIn, "copier", n);
        stream.clone_into(&mut host.stream);
        let mixin = node(&format!("mixin{n}"), WidgetKind::Mixer, "mixin", n);
        draft.line(vec![host, mixin]);
        draft.route(&format!("mixin{n}"), "mixout");
        draft.device(n - 1, [Some(stream), None]);
    }
    let mut mixout = node("mixout", WidgetKind::Mixer, "mixout", 3);
    mixout.words(&[(Token::COMP_NUM_INPUT_PINS, 8)]);
    draft.line(vec![mixout, node("dai", WidgetKind::DaiIn, "copier", 3)]);
    draft
}

#[test]
fn a_mixer_in_a_pipeline_of_its_own_hears_the_stream_that_is_open() {
    let draft = mixed();
    let (played, out) = heard(&draft, 48_000, S32, 4800);
    assert_eq!(out.channels, played.channels);
    for (n, pipelines) in [(0, [1, 3]), (1, [2, 3])] {
        let seen = play_file(&draft.file(), n, &Options::default()).unwrap();
        let ids: Vec<u8> = seen.pipelines.iter().map(|pipeline| pipeline.id).collect();
        assert_eq!(ids, pipelines);
        assert_eq!((seen.modules.len(), seen.underruns()), (4, 0));
    }
}

/// From 44.1 to 48 kHz by a DP module: as loud as before, and as long.
#[test]
fn a_converter_that_is_a_dp_module() {
    let (_folder, path) = folder();
    let draft = converting();
    write(&path("in.wav"), spec(44_100, 2, S32), 22_050, |frame, _| {
        0.5 * (std::f64::consts::TAU * 997.0 * frame as f64 / 44_100.0).sin()
    });
    let (input, output) = (Some(path("in.wav")), Some(path("out.wav")));
    let seen = play(&draft, &Options { input, output, ..Options::default() }).unwrap();
    let out = Audio::read(&path("out.wav"));
    assert_eq!((out.spec.sample_rate, out.frames()), (48_000, 24_000));
    let tone = fit(&out.channels[1][2400..21_600], 997.0, 48_000);
    assert!((tone.level_db + 6.0206).abs() < 0.02 && tone.thd_n_db < -90.0, "{tone:?}");
    assert!(seen.module("src").dp.is_some(), "{:?}", seen.module("src"));
    assert_eq!(seen.figures.delay_frames, u64::from(seen.module("src").delay_frames));
}

fn converting() -> Draft {
    let mut src = node("src", WidgetKind::Src, "src", 1);
    src.inputs = vec![wave(44_100, 32)];
    src.words(&[(Token::SRC_RATE_OUT, 48_000), (Token::COMP_HEAP_BYTES_REQUIREMENT, 1 << 17)]);
    src.text(Token::COMP_SCHED_DOMAIN, "DP");
    let mut draft = playback(vec![src]);
    draft.edit("host").waves(&[wave(44_100, 32)]);
    draft
}

#[test]
fn modules_that_are_not_here_are_stand_ins() {
    let mut unknown = node("unknown", WidgetKind::Effect, "gain", 1);
    unknown.uuid = Some(NOBODYS);
    let mut other = unknown.clone();
    "other".clone_into(&mut other.name);
    let seen = play(&playback(vec![unknown, other]), &Options::default()).unwrap();
    let stand_ins: Vec<_> = seen.modules.iter().filter(|module| module.stand_in).map(|it| it.id).collect();
    assert_eq!(stand_ins, [seen.module("unknown").id, seen.module("other").id]);
    assert!(!seen.module("host").stand_in);
}

/// What a driver lets through is the module's: here a gain that would have to convert.
#[test]
fn formats_that_a_module_does_not_convert_are_refused_by_the_runtime() {
    let mut gain = node("gain", WidgetKind::Pga, "gain", 1);
    gain.inputs = vec![wave(96_000, 32)];
    has(&error(&playback(vec![gain]), &Options::default()), &["PCM 0", "refused"]);
}

#[test]
fn a_replay_says_what_the_run_said() {
    let (_folder, path) = folder();
    let mut unknown = node("unknown", WidgetKind::Effect, "gain", 1);
    unknown.uuid = Some(NOBODYS);
    let mut src = node("src", WidgetKind::Src, "src", 1);
    src.words(&[(Token::SRC_RATE_OUT, 48_000), (Token::COMP_HEAP_BYTES_REQUIREMENT, 1 << 17)]);
    src.text(Token::COMP_SCHED_DOMAIN, "DP");
    let record = Some(path("session.ipc"));
    play(&playback(vec![unknown, src]), &Options { record, ..Options::default() }).unwrap();
    let recording = Recording::load(&path("session.ipc")).unwrap();
    let again = replay(&recording, None).unwrap();
    assert!(again.is_whole && again.ticks > 1000, "{}", again.ticks);
    assert_eq!(again.differences, []);
}

/// Without a file each source plays a signal of a second.
#[test]
fn a_signal_of_a_second() {
    let (_folder, path) = folder();
    for mut draft in [playback(Vec::new()), capture(Vec::new())] {
        for name in ["host", "dai"] {
            draft.edit(name).waves(&[wave(16_000, 16)]);
        }
        let output = Some(path("out.wav"));
        let seen = play(&draft, &Options { output, ..Options::default() }).unwrap();
        let out = Audio::read(&path("out.wav"));
        assert_eq!((out.frames(), out.spec), (16_000, spec(16_000, 2, S16)));
        let peak = out.channels[0].iter().fold(0.0_f64, |peak, value| peak.max(value.abs()));
        assert!((20.0 * peak.log10() + 12.0).abs() < 0.05, "{peak}");
        assert_eq!((seen.figures.frames_in, seen.figures.frames_out), (16_000, 16_000));
    }
}

/// A generator records, though nothing goes into it.
#[test]
fn a_generator_is_a_source() {
    let mut draft = capture(Vec::new());
    draft.widgets.retain(|node| node.name != "dai");
    let mut tone = node("tone", WidgetKind::Siggen, "tone", 1);
    tone.inputs = Vec::new();
    draft.widgets.push(tone);
    draft.route("tone", "host");
    let (_folder, path) = folder();
    let output = Some(path("out.wav"));
    play(&draft, &Options { output, ..Options::default() }).unwrap();
    let out = Audio::read(&path("out.wav"));
    assert_eq!(out.frames() as u32, plain().rate);
    let tone = fit(&out.channels[0][4800..], 997.0, 48_000);
    assert!((tone.level_db + 20.0).abs() < 0.01, "{tone:?}");
}
