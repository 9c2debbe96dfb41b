//! A text and the file that it makes go the same way: where they sound alike, and where they don't, as a text can say more.

use std::path::Path;

use headroom_desk::{Error, Options, streams};
use headroom_modules::MODULES;
use headroom_testbench::audio::{Audio, Tone, fit, spec, write};
use headroom_testbench::{folder, line};
use headroom_topology::{Compiled, Loaded, compile};
use hound::SampleFormat;

use crate::support::{Seen, bundled, parse, play, play_loaded, refusal};

const SINE: &str = "signal = \"sine\", rate = 48000, channels = 2, samples = \"S32\", seconds = 0.1";
const HOST: (&str, &str) = ("host", "kind = \"host-copier\", pipeline = 1");
const SPEAKER: (&str, &str) = ("speaker", "kind = \"dai-copier\", pipeline = 1");

/// The file that `text` makes.
fn compiled(name: &str, text: String) -> Loaded {
    let written = compile(name, text, MODULES).unwrap_or_else(|error| panic!("{name}: {error}"));
    Loaded::Compiled(Compiled::from_bytes("compiled.tplg".as_ref(), written.file).unwrap())
}

/// Opens, plays and closes each stream of `file`; the last one's audio is in `output`.
fn play_streams(file: &Loaded, (input, output): (Option<&Path>, &Path)) -> Result<Vec<Seen>, Error> {
    let play = |stream| {
        let (input, output) = (input.map(Path::to_owned), Some(output.to_owned()));
        play_loaded(file, &Options { stream: Some(stream), input, output, ..Options::default() })
    };
    streams(file, MODULES)?.into_iter().map(play).collect()
}

#[test]
fn every_stream_of_every_bundled_topology_is_played_as_a_file() {
    let (_folder, path) = folder();
    for (name, text) in headroom_testbench::bundled() {
        let seen = play_streams(&compiled(&name, text), (None, &path("out.wav")));
        let seen = seen.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(seen.len(), if name == "playback-two-pcms.toml" { 2 } else { 1 }, "{name}");
        // A second of audio each.
        let rate = if name == "capture-src-lite.toml" { 16_000 } else { 48_000 };
        assert!(seen.iter().all(|seen| seen.figures.frames_out == rate), "{name}");
    }
}

/// A file's `input`, played by the text and by the file.
fn both(name: &str, input: &Path) -> [Audio; 2] {
    let (_folder, path) = folder();
    let (input, out) = (Some(input.to_owned()), path("text.wav"));
    let options = Options { input: input.clone(), output: Some(out.clone()), ..Options::default() };
    play_loaded(&parse(&bundled(name)).unwrap(), &options).unwrap_or_else(|error| panic!("{name}: {error}"));
    play_streams(&compiled(name, bundled(name)), (input.as_deref(), &path("file.wav")))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    [Audio::read(&out), Audio::read(&path("file.wav"))]
}

/// A quarter of a second that the topology can be opened with.
fn tone(path: &Path, (rate, channels): (u32, u16), width: (u16, SampleFormat)) {
    let tone = |frame: usize, channel: u16| 0.5 * (frame as f64 * 0.05 * f64::from(channel + 1)).sin();
    write(path, spec(rate, channels, width), rate as usize / 4, tone);
}

const INT_16: (u16, SampleFormat) = (16, SampleFormat::Int);
const INT_24: (u16, SampleFormat) = (24, SampleFormat::Int);
const INT_32: (u16, SampleFormat) = (32, SampleFormat::Int);

/// Those whose text sets nothing that a file has as a default only.
#[test]
fn a_compiled_topology_gives_the_same_audio_to_the_bit() {
    let (_folder, path) = folder();
    let input = path("in.wav");
    let cases = [
        ("capture-src-lite.toml", (48_000, 2), INT_32),
        ("playback-8-channels.toml", (48_000, 8), INT_24),
        ("playback-mix.toml", (48_000, 2), INT_16),
        ("playback-src.toml", (44_100, 2), INT_16),
        ("playback-stand-in.toml", (48_000, 2), INT_16),
        ("playback-two-pipelines.toml", (44_100, 2), INT_16),
    ];
    for (name, format, width) in cases {
        tone(&input, format, width);
        let [text, file] = both(name, &input);
        assert!(text.spec == file.spec && text.channels == file.channels, "{name} sounds otherwise");
        assert!(text.channels[0].iter().any(|value| value.abs() > 0.1), "{name} is silent");
    }
}

/// The settled middle of the first channel.
fn middle(audio: &Audio) -> Tone {
    let values = &audio.channels[0];
    fit(&values[values.len() / 4..values.len() * 3 / 4], 997.0, audio.spec.sample_rate)
}

/// The control of a volume starts at 0 dB, as a driver sets it; only the text can say -6 dB.
#[test]
fn a_gain_beside_its_control_is_the_texts() {
    let (_folder, path) = folder();
    let input = path("in.wav");
    let sine = |frame: usize, _| 0.5 * (std::f64::consts::TAU * 997.0 * frame as f64 / 48_000.0).sin();
    write(&input, spec(48_000, 2, INT_16), 24_000, sine);
    let [text, file] = both("playback.toml", &input);
    let (text, file) = (middle(&text), middle(&file));
    assert!((file.level_db + 6.0206).abs() < 0.01, "{file:?}");
    assert!((text.level_db + 12.0206).abs() < 0.01, "{text:?}");
}

/// A recording asks for what comes, of a text and of a file that lists 16 bits first.
#[test]
fn a_capture_stays_at_32_bits() {
    let (_folder, path) = folder();
    let input = path("in.wav");
    tone(&input, (48_000, 4), INT_32);
    let [text, file] = both("capture.toml", &input);
    assert_eq!((text.spec.bits_per_sample, file.spec.bits_per_sample), (32, 32));
    assert!(text.channels == file.channels && text.frames() == 12_000);
}

/// A text opens both PCMs at once, a driver one at a time.
#[test]
fn two_pcms_play_together_from_text_and_one_at_a_time_from_a_file() {
    let (_folder, path) = folder();
    let text = bundled("playback-two-pcms.toml");
    let together = play(&text, &path("both.wav")).unwrap();
    assert_eq!((together.pipelines.len(), together.figures.other_ends.len()), (3, 1));
    let file = compiled("playback-two-pcms.toml", text.clone());
    let alone = play_streams(&file, (None, &path("out.wav"))).unwrap();
    let pipelines: Vec<Vec<u8>> =
        alone.iter().map(|seen| seen.pipelines.iter().map(|pipeline| pipeline.id).collect()).collect();
    assert_eq!(
        pipelines,
        [[1, 3], [3, 2]].map(|mut ids| {
            ids.sort();
            ids.to_vec()
        })
    );
    // A text can be opened like a file, too.
    let parsed = parse(&text).unwrap();
    let names = streams(&parsed, MODULES).unwrap();
    assert_eq!(
        names.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["PCM 0 (Music) playback", "PCM 1 (Voice) playback"]
    );
    let one = play_streams(&parsed, (None, &path("one.wav"))).unwrap();
    assert_eq!(one.iter().map(|seen| seen.pipelines.len()).collect::<Vec<_>>(), [2, 2]);
    // Both sources hear the same sine: together it is 6 dB louder than the second alone.
    let (both, one) = (middle(&Audio::read(&path("both.wav"))), middle(&Audio::read(&path("one.wav"))));
    assert!((both.level_db - one.level_db - 6.0206).abs() < 0.02, "{both:?} {one:?}");
}

/// Host, a widget with these keys, and speaker.
fn with(name: &str, keys: &str) -> String {
    line(SINE, &["id = 1"], &[HOST, (name, &format!("pipeline = 1, {keys}")), SPEAKER])
}

/// A name that a file has no room for is the widget's own everywhere.
#[test]
fn long_names_are_the_users_own() {
    let (_folder, path) = folder();
    let name = "a gain with a name that has more than the 43 bytes of a name in a file";
    let seen = play(&with(name, "kind = \"gain\", gain_db = -6.0"), &path("out.wav")).unwrap();
    assert_eq!(seen.module(name).name, "gain");
    assert!(seen.sent().contains(&format!("init `{name}`").as_str()), "{:?}", seen.sent());
    let error = refusal(&with(name, "kind = \"gain\", core = 9"));
    let Error::Refused { place, .. } = &error else { panic!("{error}") };
    assert_eq!(place, "test.toml:8");
    assert!(error.to_string().contains(name) && !error.to_string().contains('~'), "{error}");
}

#[test]
fn stand_ins_need_no_uuid() {
    let (_folder, path) = folder();
    let stand_in = "kind = \"stand-in\", pipeline = 1";
    let text = line(SINE, &["id = 1"], &[HOST, ("one", stand_in), ("two", stand_in), SPEAKER]);
    let seen = play(&text, &path("out.wav")).unwrap();
    let (one, two) = (seen.module("one"), seen.module("two"));
    assert!(one.stand_in && two.stand_in && one.id != two.id);
}

/// A gain that is said as any module, with its whole payload: Q1.31 for all channels, at once. And set off by a switch.
#[test]
fn config_and_controls_reach_the_module() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    // Channel, target, curve (none) and reserved, duration, as the volume setting of the init payload has them.
    let half = "ffffffff 00000040 00000000 00000000 00000000 00000000";
    let module = format!("kind = \"module\", module = \"gain\", config = \"{half}\"");
    let level = |text: &str| {
        play(text, &out).unwrap_or_else(|error| panic!("{error}"));
        let peak = Audio::read(&out).channels[0].iter().fold(0.0_f64, |peak, value| peak.max(value.abs()));
        20.0 * peak.log10()
    };
    let passed = level(&with("it", "kind = \"gain\""));
    assert!((level(&with("it", &module)) - passed + 6.0206).abs() < 0.01);
    // Switches fade out; the last half of the stream is silent.
    let off =
        with("it", "kind = \"gain\", controls = { switch = 0 }").replace("seconds = 0.1", "seconds = 1");
    play(&off, &out).unwrap();
    let audio = Audio::read(&out);
    assert!(audio.channels[0][24_000..].iter().all(|&value| value == 0.0));
}

/// Ends that no application opens: an interface to an interface, and the host to the host.
#[test]
fn ways_without_a_pcm_play() {
    let (_folder, path) = folder();
    let dai = "kind = \"dai-copier\", pipeline = 1";
    let host = "kind = \"host-copier\", pipeline = 1";
    let gain = ("gain", "kind = \"gain\", pipeline = 1, gain_db = -6.0");
    for end in [dai, host] {
        let text = line(SINE, &["id = 1"], &[("from", end), gain, ("to", end)]);
        let seen = play(&text, &path("out.wav")).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!((seen.figures.frames_out, seen.underruns()), (4800, 0));
        assert_eq!(Audio::read(&path("out.wav")).frames(), 4800);
    }
    // A file has no such way: it has nothing that could be opened.
    let text = line(SINE, &["id = 1"], &[("from", dai), gain, ("to", dai)]);
    assert_eq!(streams(&compiled("dai.toml", text), MODULES).unwrap(), []);
}

/// An end in a pipeline of the other direction hears what is played.
#[test]
fn an_echo_reference_is_recorded() {
    let (_folder, path) = folder();
    let text = r#"
name = "reference"
input = { signal = "sine", rate = 48000, channels = 2, samples = "S32", seconds = 0.1 }
pipeline = [{ id = 1 }, { id = 2, priority = 1 }]
widget = [
  { name = "host", kind = "host-copier", pipeline = 1 },
  { name = "speaker", kind = "dai-copier", pipeline = 1 },
  { name = "reference", kind = "copier", pipeline = 2 },
  { name = "file", kind = "host-copier", pipeline = 2 },
]
route = [
  { from = "host", to = "speaker" }, { from = "host", to = "reference" }, { from = "reference", to = "file" },
]
"#;
    let [speaker, file] = ["speaker", "file"].map(|widget| headroom_desk::EndFile {
        widget: widget.to_owned(),
        path: path(&format!("{widget}.wav")),
    });
    let options = Options { others: vec![speaker.clone(), file.clone()], ..Options::default() };
    let seen = play_loaded(&parse(text).unwrap(), &options).unwrap();
    assert_eq!(seen.underruns(), 0);
    assert!(Audio::read(&speaker.path).channels == Audio::read(&file.path).channels);
}

/// Sources of two rates, each with a signal of its own.
#[test]
fn two_sources_of_two_rates_play_without_files() {
    let (_folder, path) = folder();
    let text = r#"
name = "two rates"
input = [
  { widget = "a", signal = "sine", rate = 16000, channels = 1, samples = "S32", seconds = 0.5, level_db = -12.0 },
  { signal = "sine", rate = 44100, channels = 1, samples = "S32", seconds = 0.25, level_db = -120.0 },
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
    let seen = play(text, &path("out.wav")).unwrap();
    assert_eq!((seen.figures.input.rate(), seen.figures.frames_in), (16_000, 8000));
    assert!(seen.figures.other_ends[0].contains("`b` played 11025 frames"), "{:?}", seen.figures.other_ends);
    let audio = Audio::read(&path("out.wav"));
    assert_eq!((audio.frames(), audio.spec.sample_rate), (24_000, 48_000));
    let tone = middle(&audio);
    assert!((tone.level_db + 12.0).abs() < 0.05, "{tone:?}");
}

/// Whoever refuses, the runtime or the driver's part: the widget is named, and its line in the text.
#[test]
fn a_refusal_names_the_widget_and_its_line() {
    let lines: [(&str, &str, &str); 3] = [
        ("kind = \"gain\", core = 9", "test.toml:8", "`it`"),
        ("kind = \"gain\", core = 99", "test.toml:8", "`it`: its core is 99"),
        ("kind = \"src\", rate = 47999", "test.toml:8", "`it`"),
    ];
    for (keys, line, words) in lines {
        let error = refusal(&with("it", keys));
        let place = match &error {
            Error::Refused { place, .. } => place,
            Error::Topology(headroom_topology::Error::Text { place, .. }) => place,
            other => panic!("{other}"),
        };
        assert_eq!(place, line, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

/// The format of what is played is the only front format, whatever the PCM lists; that no application could is told.
#[test]
fn a_format_that_the_pcm_does_not_list_plays_with_a_note() {
    let (_folder, path) = folder();
    for (rates, noted) in [("[48000]", false), ("[44100, 96000]", true)] {
        let pcm = format!("\npcm = [{{ id = 0, name = \"Music\", playback = \"host\", rates = {rates} }}]\n");
        let seen = play(&(with("it", "kind = \"gain\"") + &pcm), &path("out.wav")).unwrap();
        assert_eq!(seen.figures.output.rate(), 48_000);
        let notes = &seen.figures.notes;
        assert_eq!(notes.len(), usize::from(noted), "{notes:?}");
        assert!(notes.iter().all(|note| note.contains("PCM `Music` doesn't list 48000 Hz")), "{notes:?}");
    }
}
