//! What is played where streams begin: a format of its own has to be one that the front end takes.

use headroom_driver::{Error, Stream};
use headroom_module::{Format, SampleFormat};
use headroom_testbench::draft::{Draft, capture, playback, wave};
use headroom_testbench::line;

use crate::support::{With, error, has, nothing, open, open_text};

fn played(draft: &Draft, widget: &str, format: Format) -> String {
    error(draft, &With { played: Some((widget, format)), ..nothing() })
}

#[test]
fn a_file_of_another_format() {
    let mono = Format::new(44_100, 1, SampleFormat::S16).unwrap();
    for (draft, widget) in [(playback(Vec::new()), "host"), (capture(Vec::new()), "dai")] {
        let said = played(&draft, widget, mono);
        let what = format!("what `{widget}` plays is 44100 Hz, 1 ch, S16");
        has(&said, &[&what, "takes 48000 Hz, 2 ch, S32", "convert the file"]);
    }
    let mut draft = playback(Vec::new());
    draft.edit("host").waves(&[wave(44_100, 16), wave(48_000, 16)]);
    let said = played(&draft, "host", mono);
    has(&said, &["is 44100 Hz, 1 ch, S16", "takes 44100 Hz, 2 ch, S16; or 48000 Hz, 2 ch, S16"]);
}

/// Of the formats that the host has the file's is taken, and what goes wrong with that one is told.
#[test]
fn the_front_end_opens_with_the_format_of_the_file() {
    let stereo = Format::new(48_000, 2, SampleFormat::S32).unwrap();
    let mut draft = playback(Vec::new());
    draft.edit("host").inputs = vec![wave(44_100, 16), wave(48_000, 16), wave(48_000, 32)];
    let setup = open(&draft, &With { played: Some(("host", stereo)), ..nothing() }).unwrap();
    assert_eq!(setup.ends[0].format, stereo);
    draft.edit("dai").inputs = vec![wave(96_000, 32), wave(192_000, 32)];
    let said = played(&draft, "host", stereo);
    has(&said, &["widget `dai`", "none of its input formats is 48000 Hz, 2 ch, 32 bits"]);
}

/// A capture asks for what comes before it asks for what its PCM lists first.
#[test]
fn a_capture_opens_with_what_comes() {
    let mut draft = capture(Vec::new());
    draft.edit("host").outputs = vec![wave(48_000, 16), wave(48_000, 32)];
    let setup = open(&draft, &nothing()).unwrap();
    assert_eq!(setup.ends[1].format.to_string(), "48000 Hz, 2 ch, S32");
    draft.edit("host").outputs = vec![wave(48_000, 16)];
    let setup = open(&draft, &nothing()).unwrap();
    assert_eq!(setup.ends[1].format.to_string(), "48000 Hz, 2 ch, S16");
}

/// A stream that joins one that is open gets what the first left of its choices.
#[test]
fn two_sources_of_two_rates() {
    let text = r#"
name = "two"
input = [
  { widget = "a", signal = "sine", rate = 16000, channels = 2, samples = "S32", seconds = 0.1 },
  { widget = "b", signal = "sine", rate = 44100, channels = 2, samples = "S32", seconds = 0.1 },
]
pipeline = [{ id = 1 }]
widget = [
  { name = "a", kind = "host-copier", pipeline = 1 },
  { name = "a-src", kind = "src", pipeline = 1, rate = 48000, domain = "DP" },
  { name = "a-in", kind = "mixin", pipeline = 1 },
  { name = "b", kind = "host-copier", pipeline = 1 },
  { name = "b-src", kind = "src", pipeline = 1, rate = 48000, domain = "DP" },
  { name = "b-in", kind = "mixin", pipeline = 1 },
  { name = "mix", kind = "mixout", pipeline = 1 },
  { name = "speaker", kind = "dai-copier", pipeline = 1 },
]
route = [
  { from = "a", to = "a-src" }, { from = "a-src", to = "a-in" }, { from = "a-in", to = "mix" },
  { from = "b", to = "b-src" }, { from = "b-src", to = "b-in" }, { from = "b-in", to = "mix" },
  { from = "mix", to = "speaker" },
]
"#;
    let (streams, setup) = open_text(text).unwrap();
    assert!(matches!(streams[..], [Stream::Pcm(_), Stream::Pcm(_)]), "{streams:?}");
    let ends: Vec<_> = setup.ends.iter().map(|end| (end.widget.as_str(), end.format.rate())).collect();
    assert_eq!(ends, [("a", 16_000), ("b", 44_100), ("speaker", 48_000)]);
}

/// What is wrong with a widget of a text names it, so that whoever has the text can point to it.
#[test]
fn an_error_names_its_widget() {
    let sine = "signal = \"sine\", rate = 48000, channels = 2, samples = \"S32\", seconds = 0.1";
    let widgets = [
        ("host", "kind = \"host-copier\", pipeline = 1"),
        ("gain", "kind = \"gain\", pipeline = 1, core = 99"),
        ("speaker", "kind = \"dai-copier\", pipeline = 1"),
    ];
    let error = open_text(&line(sine, &["id = 1"], &widgets)).unwrap_err();
    let Error::Translation { widget: Some(widget), what, .. } = &error else { panic!("{error}") };
    assert_eq!(widget, "gain");
    has(what, &["its core is 99", "count to 15"]);
}
