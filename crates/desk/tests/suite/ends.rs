//! Topologies with several sources and sinks: each has a file of its own.

use headroom_desk::{EndFile, Error, Options};
use headroom_testbench::audio::{Audio, spec, write};
use headroom_testbench::folder;

use crate::support::{play, watch};

/// Two streams of their own, mixed into one speaker; the first goes to a second speaker, too, through a converter.
const FOUR_ENDS: &str = r#"
name = "four ends"
input = { signal = "sine", rate = 48000, channels = 1, samples = "S32", seconds = 0.25, level_db = -20.0 }
pipeline = [{ id = 1 }]
widget = [
    { name = "a", kind = "host-copier", pipeline = 1 },
    { name = "b", kind = "host-copier", pipeline = 1 },
    { name = "a-in", kind = "mixin", pipeline = 1 },
    { name = "b-in", kind = "mixin", pipeline = 1 },
    { name = "mix", kind = "mixout", pipeline = 1 },
    { name = "both", kind = "dai-copier", pipeline = 1 },
    { name = "src", kind = "src", pipeline = 1, rate = 16000, domain = "DP" },
    { name = "one", kind = "dai-copier", pipeline = 1 },
]
route = [
    { from = "a", to = "a-in" }, { from = "b", to = "b-in" }, { from = "a-in", to = "mix" },
    { from = "b-in", to = "mix" }, { from = "mix", to = "both" }, { from = "a", to = "src" },
    { from = "src", to = "one" },
]
"#;

fn options(others: Vec<EndFile>) -> Options {
    Options { others, ..Options::default() }
}

fn end(widget: &str, path: std::path::PathBuf) -> EndFile {
    EndFile { widget: widget.to_owned(), path }
}

/// A constant value at 48 kHz.
fn constant(path: &std::path::Path, value: f64, frames: usize) {
    write(path, spec(48_000, 1, (32, hound::SampleFormat::Int)), frames, |_, _| value);
}

#[test]
fn each_source_plays_its_file_and_each_sink_writes_its_own() {
    let (_folder, path) = folder();
    constant(&path("a.wav"), 0.25, 9600);
    constant(&path("b.wav"), 0.125, 4800);
    let files = ["a", "b", "both", "one"].map(|name| end(name, path(&format!("{name}.wav"))));
    let seen = watch(FOUR_ENDS, &options(files.to_vec()), &mut |_, _| ()).unwrap();
    let both = Audio::read(&path("both.wav"));
    // The longer input says how long the output is; where the shorter has ended only the other one is left.
    assert_eq!((both.frames(), both.spec.sample_rate), (9600, 48_000));
    assert!(both.channels[0][..4800].iter().all(|&value| value == 0.375));
    assert!(both.channels[0][4800..].iter().all(|&value| value == 0.25));
    let one = Audio::read(&path("one.wav"));
    assert_eq!((one.frames(), one.spec.sample_rate), (3200, 16_000));
    // In the middle the filter has settled, to its ripple of 0.01 dB.
    assert!((one.channels[0][1600] - 0.25).abs() < 3e-4);
    assert_eq!(seen.figures.other_ends.len(), 2, "{:?}", seen.figures.other_ends);
    assert!(seen.figures.other_ends.iter().any(|line| line.contains("`one` kept 3200 frames")));
    assert_eq!(seen.underruns(), 0);
}

#[test]
fn files_for_ends_that_are_not_there_or_twice() {
    let (_folder, path) = folder();
    for (files, why) in [
        (vec![end("c", path("c.wav"))], "is no end"),
        (vec![end("mix", path("c.wav"))], "is no end"),
        (vec![end("one", path("c.wav")), end("one", path("d.wav"))], "has two files"),
    ] {
        let error = watch(FOUR_ENDS, &options(files), &mut |_, _| ()).unwrap_err();
        let Error::NoEnd { ends, .. } = &error else { panic!("{error}") };
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(ends.as_str(), "`a`, `b`, `both`, `one`");
    }
    let same = vec![end("one", path("c.wav")), end("both", path("c.wav"))];
    let error = watch(FOUR_ENDS, &options(same), &mut |_, _| ()).unwrap_err();
    assert!(error.to_string().contains("output of another end"), "{error}");
}

/// What is cut at a sink is the delay of what is on the way to it.
#[test]
fn a_converter_elsewhere_delays_no_other_sink() {
    let (_folder, path) = folder();
    let seen = play(FOUR_ENDS, &path("both.wav")).unwrap();
    assert_eq!(seen.figures.delay_frames, 0, "the converter is not on the way to `both`");
    assert!(
        seen.figures.other_ends.iter().any(|line| line.contains("`one` kept") && !line.contains("; 0 were"))
    );
}
