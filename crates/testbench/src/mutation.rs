//! Topologies in TOML that nobody would think of.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::line;

/// A topology that is right; each case below breaks it in one place.
pub const RIGHT: &str = r#"name = "right"
input = { signal = "sine", rate = 48000, channels = 2, samples = "S32", seconds = 0.1, level_db = -1.0 }
pipeline = [
  { id = 1, priority = 0 },
]
widget = [
  { name = "host", kind = "host-copier", pipeline = 1, channels = 2 },
  { name = "src", kind = "src", pipeline = 1, domain = "DP", rate = 48000, block_ms = 5, heap_bytes = 20480 },
  { name = "volume", kind = "gain", pipeline = 1, gain_db = -6.0, ramp_ms = 5 },
  { name = "speaker", kind = "dai-copier", pipeline = 1 },
]
route = [
  { from = "host", to = "src" },
  { from = "src", to = "volume" },
  { from = "volume", to = "speaker" },
]
"#;

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
pub fn mutated(exchanges: &[(Index, Index)]) -> String {
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

/// The keys of a line of up to six widgets, with a copier before each DP one, and the rate at its end.
pub fn widgets(rate: u32) -> impl Strategy<Value = (Vec<String>, u32)> {
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
pub fn topology(input: &str, middle: &[String], first: usize) -> String {
    let ends = ["kind = \"host-copier\", samples = \"S32\"", "kind = \"dai-copier\""];
    let kinds = [ends[0]].into_iter().chain(middle.iter().map(String::as_str)).chain([ends[1]]);
    let widgets: Vec<(String, String)> = kinds
        .enumerate()
        .map(|(n, keys)| (format!("w{n}"), format!("{keys}, pipeline = {}", if n < first { 1 } else { 2 })))
        .collect();
    let widgets: Vec<(&str, &str)> = widgets.iter().map(|(name, keys)| (&**name, &**keys)).collect();
    line(input, &["id = 1, priority = 0", "id = 2, priority = 1"], &widgets)
}
