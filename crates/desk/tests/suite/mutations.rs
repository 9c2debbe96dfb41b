//! Topologies nobody would think of: right ones play, the same on threads, and wrong ones are refused with a reason.

use std::ops::Range;

use headroom_host::Error;
use headroom_host::Execution::{Threads, VirtualTime};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::audio::Audio;
use crate::support::{folder, line, play_with};
use crate::topology_errors::RIGHT;

const NUMBERS: [&str; 22] = [
    "0",
    "1",
    "-1",
    "2",
    "3",
    "5",
    "7",
    "8",
    "9",
    "255",
    "256",
    "1000",
    "1001",
    "8000",
    "16000",
    "44100",
    "96000",
    "67108864",
    "67108865",
    "4294967295",
    "-60.0",
    "nan",
];

const STRINGS: [&str; 14] = [
    "host",
    "src",
    "volume",
    "speaker",
    "LL",
    "DP",
    "S16",
    "S24_4",
    "float",
    "copier",
    "gain",
    "src-lite",
    "dai-copier",
    "chirp",
];

/// Where the values of the topology are, without the length of its signal: nobody waits an hour for a test.
fn values() -> Vec<Range<usize>> {
    let ends = |letter: char| " ,\n".contains(letter);
    let value = |(at, _): (usize, &str)| {
        let start = at + "= ".len();
        start..start + RIGHT[start..].find(ends).unwrap()
    };
    let all = RIGHT.match_indices("= ").map(value);
    all.filter(|place| !["{", "[", "0.1"].contains(&&RIGHT[place.clone()])).collect()
}

/// The topology with some of its values exchanged for others of their kind.
fn mutated(exchanges: &[(Index, Index)]) -> String {
    let places = values();
    let mut exchanges: Vec<_> = exchanges.iter().map(|(place, word)| (place.get(&places), word)).collect();
    exchanges.sort_by_key(|(place, _)| place.start);
    exchanges.dedup_by_key(|(place, _)| place.start);
    let mut text = RIGHT.to_owned();
    for (place, word) in exchanges.into_iter().rev() {
        let quoted = RIGHT[place.clone()].starts_with('"');
        let word =
            if quoted { format!("\"{}\"", word.get(&STRINGS)) } else { (*word.get(&NUMBERS)).to_owned() };
        text.replace_range(place.clone(), &word);
    }
    text
}

/// Keys of a widget in the middle of a line, and the rate behind it.
fn widget(rate: u32) -> impl Strategy<Value = (String, u32)> {
    let samples = select(&["S16", "S24_4", "S32"][..]);
    let copier = (samples, 1u8..=8).prop_map(move |(samples, channels)| {
        (format!("kind = \"copier\", samples = \"{samples}\", channels = {channels}"), rate)
    });
    let gain = (0u32..60, 0u32..30)
        .prop_map(move |(db, ms)| (format!("kind = \"gain\", gain_db = -{db}.5, ramp_ms = {ms}"), rate));
    let others: &[u32] =
        if rate == 48_000 { &[8000, 16_000, 24_000, 32_000, 44_100, 96_000] } else { &[48_000] };
    let src = (select(others), 1u32..20).prop_map(|(rate, ms)| {
        (
            format!("kind = \"src\", rate = {rate}, domain = \"DP\", heap_bytes = 400000, block_ms = {ms}"),
            rate,
        )
    });
    prop_oneof![copier, gain, src]
}

/// A line of up to six widgets, with a copier before each DP one, and the rate at its end.
fn widgets(rate: u32) -> impl Strategy<Value = (Vec<String>, u32)> {
    (0..=6).prop_flat_map(move |count| {
        (0..count).fold(Just((Vec::new(), rate)).boxed(), |line, _| {
            let longer = |(line, rate)| (Just(line), widget(rate));
            line.prop_flat_map(longer).prop_map(|(line, (keys, rate))| (with(line, keys), rate)).boxed()
        })
    })
}

fn with(mut line: Vec<String>, keys: String) -> Vec<String> {
    if keys.contains("DP") {
        line.push("kind = \"copier\"".to_owned());
    }
    line.push(keys);
    line
}

/// A topology around `middle`: the first `first` widgets are in pipeline 1, the rest in pipeline 2, which runs after it.
fn topology(input: &str, middle: &[String], first: usize) -> String {
    let ends = ["kind = \"host-copier\", samples = \"S32\"", "kind = \"dai-copier\""];
    let kinds = [ends[0]].into_iter().chain(middle.iter().map(String::as_str)).chain([ends[1]]);
    let widgets: Vec<(String, String)> = kinds
        .enumerate()
        .map(|(n, keys)| (format!("w{n}"), format!("{keys}, pipeline = {}", if n < first { 1 } else { 2 })))
        .collect();
    let widgets: Vec<(&str, &str)> = widgets.iter().map(|(name, keys)| (&**name, &**keys)).collect();
    line(input, &["id = 1, priority = 0", "id = 2, priority = 1"], &widgets)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_values_play_or_are_refused_with_a_reason(
        exchanges in prop::collection::vec((any::<Index>(), any::<Index>()), 1..4),
        threads: bool,
    ) {
        let text = mutated(&exchanges);
        let (_folder, path) = folder();
        let execution = if threads { Threads } else { VirtualTime };
        match play_with(&text, None, &path("out.wav"), execution) {
            Ok(seen) => prop_assert_eq!(seen.figures.frames_in, seen.figures.input.rate() as u64 / 10),
            Err(error) => {
                prop_assert!((4..=5).contains(&error.exit_code()), "{}\n{}", error, text);
                if let Error::Refused { help, .. } = &error {
                    prop_assert!(!help.contains("fault of Headroom"), "{}\n{}", error, text);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_line_of_widgets_plays_all_frames_the_same_everywhere(
        (rate, (middle, end)) in select(&[8000u32, 16_000, 44_100, 48_000, 96_000][..])
            .prop_flat_map(|rate| (Just(rate), widgets(rate))),
        first: Index,
        channels in 1u8..=8,
    ) {
        let input = format!(
            "signal = \"chirp\", rate = {rate}, channels = {channels}, samples = \"S24_4\", seconds = 0.05"
        );
        let text = topology(&input, &middle, 1 + first.index(middle.len() + 1));
        let (_folder, path) = folder();
        let out = path("out.wav");
        let play = |execution| {
            let seen = play_with(&text, None, &out, execution);
            let seen = seen.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
            Ok::<_, TestCaseError>((seen, std::fs::read(&out)?))
        };
        let (seen, bytes) = play(VirtualTime)?;
        prop_assert_eq!(seen.underruns(), 0, "{}", text);
        prop_assert_eq!(Audio::read(&out).frames() as u32, end / 20, "{}", text);
        prop_assert!(bytes == play(Threads)?.1, "threads differ: {}", text);
    }
}

/// Whether a driver could play `file`, and every format that a widget gives is one that its taker takes.
fn fits(file: &[u8]) -> Result<(), TestCaseError> {
    let topology =
        headroom_tplg::Topology::parse(file).map_err(|error| TestCaseError::fail(error.to_string()))?;
    topology.check().map_err(|error| TestCaseError::fail(error.to_string()))?;
    for route in topology.routes() {
        let [from, to] = [route.source(), route.sink()].map(|name| topology.widget(name).unwrap());
        let key = |format: headroom_tplg::AudioFormat| (format.rate, format.fmt_cfg, format.bit_depth);
        let taken: Vec<_> = to.input_formats().map(key).collect();
        for given in from.output_formats().map(key) {
            prop_assert!(
                taken.contains(&given),
                "`{}` does not take {given:?} of `{}`",
                to.name(),
                from.name()
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_values_become_a_file_or_are_refused(
        exchanges in prop::collection::vec((any::<Index>(), any::<Index>()), 1..4),
    ) {
        let text = mutated(&exchanges);
        match headroom_host::compile("test.toml", text.clone()) {
            Ok(file) => fits(&file)?,
            Err(error) => prop_assert_eq!(error.exit_code(), 4, "{}\n{}", error, text),
        }
    }

    #[test]
    fn any_line_of_widgets_becomes_a_file_whose_formats_fit(
        (rate, (middle, _)) in select(&[8000u32, 16_000, 44_100, 48_000, 96_000][..])
            .prop_flat_map(|rate| (Just(rate), widgets(rate))),
        first: Index,
        (samples, channels) in (prop::sample::subsequence(&["S16", "S24_4", "S32"][..], 1..=3), 1u8..=8),
    ) {
        let input = format!("signal = \"chirp\", rate = {rate}, channels = 2, samples = \"S16\", seconds = 0.05");
        let text = topology(&input, &middle, 1 + first.index(middle.len() + 1));
        let pcm = format!("\n[[pcm]]\nid = 0\nname = \"P\"\nplayback = \"w0\"\nsamples = {samples:?}\nchannels = [{channels}]");
        let file = headroom_host::compile("test.toml", text + &pcm);
        let file = file.map_err(|error| TestCaseError::fail(error.to_string()))?;
        fits(&file)?;
        let text = headroom_host::decompile("test.tplg", &file).unwrap();
        prop_assert!(headroom_host::compile("again", text).unwrap() == file);
    }
}
