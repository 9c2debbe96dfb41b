//! Files for the ends: several DAIs, names that are none, formats that don't fit.

use headroom_desk::{Error, Options};
use headroom_testbench::audio::{Audio, spec, write};
use headroom_testbench::draft::{Draft, capture, node, playback, wave};
use headroom_testbench::folder;
use headroom_tplg::{Token, WidgetKind};
use hound::SampleFormat;

use super::support::{end, error, has, play};

const S32: (u16, SampleFormat) = (32, SampleFormat::Int);

/// One stream that comes out of two DAIs.
fn two_speakers() -> Draft {
    let mut draft = playback(Vec::new());
    let mut other = node("dai2", WidgetKind::DaiIn, "copier", 1);
    other.words(&[(Token::DAI_INDEX, 1)]);
    draft.widgets.push(other);
    draft.edit("host").words(&[(Token::COMP_NUM_OUTPUT_PINS, 2)]);
    draft.route("host", "dai2");
    draft
}

#[test]
fn each_dai_writes_its_file() {
    let (_folder, path) = folder();
    write(&path("in.wav"), spec(48_000, 2, S32), 960, |frame, channel| {
        (frame + usize::from(channel)) as f64 / 1024.0
    });
    let others = vec![end("host", path("in.wav")), end("dai", path("a.wav")), end("dai2", path("b.wav"))];
    let seen = play(&two_speakers(), &Options { others, ..Options::default() }).unwrap();
    let [played, a, b] = ["in.wav", "a.wav", "b.wav"].map(|name| Audio::read(&path(name)));
    assert_eq!(a.channels, played.channels);
    assert_eq!(b.channels, played.channels);
    assert_eq!(seen.figures.other_ends.len(), 1);
    assert!(seen.figures.other_ends[0].contains("`dai2` kept 960 frames"), "{:?}", seen.figures.other_ends);
}

/// Microphones of several DAIs: the first plays the file without a name.
#[test]
fn each_dai_of_a_capture_plays_its_file() {
    let mut draft = capture(vec![node("mixin", WidgetKind::Mixer, "mixin", 1)]);
    let mut mixout = node("mixout", WidgetKind::Mixer, "mixout", 1);
    mixout.words(&[(Token::COMP_NUM_INPUT_PINS, 8)]);
    let host = draft.routes.iter().position(|(_, to)| to == "host").unwrap();
    draft.routes[host].1 = "mixout".to_owned();
    draft.route("mixout", "host");
    draft.widgets.push(mixout);
    let mut other = node("dai2", WidgetKind::DaiOut, "copier", 1);
    other.words(&[(Token::DAI_INDEX, 1)]);
    draft.line(vec![other, node("mixin2", WidgetKind::Mixer, "mixin", 1)]);
    draft.route("mixin2", "mixout");
    let (_folder, path) = folder();
    for (name, value) in [("a.wav", 0.25), ("b.wav", 0.125)] {
        write(&path(name), spec(48_000, 2, S32), 960, |_, _| value);
    }
    let (input, output) = (Some(path("a.wav")), Some(path("out.wav")));
    let others = vec![end("dai2", path("b.wav"))];
    play(&draft, &Options { input, output, others, ..Options::default() }).unwrap();
    let out = Audio::read(&path("out.wav"));
    assert!(out.channels.iter().flatten().all(|&value| value == 0.375), "{:?}", &out.channels[0][..100]);
    assert_eq!(out.frames(), 960);
}

#[test]
fn names_that_are_no_ends() {
    let (_folder, path) = folder();
    for (others, why) in [
        (vec![end("gain", path("a.wav"))], "is no end of the stream"),
        (vec![end("dai", path("a.wav")), end("dai", path("b.wav"))], "has two files"),
    ] {
        let draft = playback(vec![node("gain", WidgetKind::Pga, "gain", 1)]);
        let error = play(&draft, &Options { others, ..Options::default() }).unwrap_err();
        let Error::NoEnd { ends, .. } = &error else { panic!("{error}") };
        assert_eq!(ends, "`host`, `dai`");
        has(&error.to_string(), &[why]);
    }
}

/// The format of a file is known before anything is sent.
#[test]
fn a_file_that_the_stream_does_not_take() {
    let (_folder, path) = folder();
    write(&path("in.wav"), spec(44_100, 1, (16, SampleFormat::Int)), 441, |_, _| 0.0);
    let input = Some(path("in.wav"));
    for (draft, widget) in [(playback(Vec::new()), "host"), (capture(Vec::new()), "dai")] {
        let said = error(&draft, &Options { input: input.clone(), ..Options::default() });
        let what = format!("what `{widget}` plays is 44100 Hz, 1 ch, S16");
        has(&said, &[&what, "takes 48000 Hz, 2 ch, S32", "convert the file"]);
    }
    let mut draft = playback(Vec::new());
    draft.edit("host").inputs = vec![wave(44_100, 16), wave(48_000, 16), wave(48_000, 32)];
    write(&path("in.wav"), spec(48_000, 2, S32), 480, |_, _| 0.5);
    let seen = play(&draft, &Options { input, ..Options::default() }).unwrap();
    assert_eq!(seen.figures.input.to_string(), "48000 Hz, 2 ch, S32");
}

#[test]
fn a_file_is_not_written_over_another() {
    let (_folder, path) = folder();
    write(&path("in.wav"), spec(48_000, 2, S32), 480, |_, _| 0.5);
    let (input, output) = (Some(path("in.wav")), Some(path("in.wav")));
    has(&error(&playback(Vec::new()), &Options { input, output, ..Options::default() }), &["is the input"]);
    let same = vec![end("dai", path("a.wav")), end("dai2", path("a.wav"))];
    let said = error(&two_speakers(), &Options { others: same, ..Options::default() });
    has(&said, &["output of another end"]);
}
