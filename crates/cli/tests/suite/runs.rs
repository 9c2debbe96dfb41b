//! Runs that go well: files, reports and logs.

use serde_json::Value;

use crate::support::Bench;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// All keys of all objects in `value`.
fn keys(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => {
            map.iter().flat_map(|(key, value)| [vec![key.clone()], keys(value)].concat()).collect()
        }
        Value::Array(values) => values.iter().flat_map(keys).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn two_runs_are_identical_in_audio_and_report() {
    let bench = Bench::new();
    let first = bench.headroom(&["run", "--json", "-o", "first.wav"]).well();
    let second = bench.headroom(&["run", "--json", "-o", "second.wav"]).well();
    assert!(bench.read("first.wav") == bench.read("second.wav"));
    assert_eq!(first.out, second.out);
    let text = |name| bench.headroom(&["run", "-o", name]).well().out;
    assert_eq!(text("first.wav"), text("second.wav"));
}

#[test]
fn threads_write_the_same_audio() {
    let bench = Bench::new();
    bench.headroom(&["run", "-o", "virtual.wav"]).well();
    let out = bench.headroom(&["run", "--threads", "--json", "-o", "threads.wav"]).well().out;
    assert!(bench.read("virtual.wav") == bench.read("threads.wav"));
    assert_eq!(json(&out)["execution"], "threads");
}

/// Without a name the output goes where the help says, and has the length that the report says.
#[test]
fn the_output_is_a_wav_file_of_the_length_in_the_report() {
    let bench = Bench::new();
    let report = json(&bench.headroom(&["run", "--json"]).well().out);
    let reader = hound::WavReader::open(bench.path("headroom-out.wav")).unwrap();
    assert_eq!(report["run"]["measured"]["output_frames"], reader.duration());
    assert_eq!(reader.spec().sample_rate, 48_000);
    assert_eq!(
        (report["schema_version"].as_u64(), report["execution"].as_str()),
        (Some(2), Some("virtual time"))
    );
}

#[test]
fn a_file_is_played_instead_of_the_signal() {
    let bench = Bench::new();
    bench.write_wav("in.wav", 4800);
    let report =
        json(&bench.headroom(&["run", "--json", "--input", "in.wav", "--output", "out.wav"]).well().out);
    assert_eq!(report["run"]["measured"]["input_frames"], 4800);
    assert_eq!(hound::WavReader::open(bench.path("out.wav")).unwrap().duration(), 4800);
}

/// Wall-clock figures would make each report another one; they are there for those who ask.
#[test]
fn only_timing_brings_wall_clock_figures() {
    let bench = Bench::new();
    let is_of_the_clock = |key: &String| key.contains("wall") || key.contains("real_time") || key == "timing";
    let plain = json(&bench.headroom(&["run", "--json"]).well().out);
    assert_eq!(keys(&plain).into_iter().find(is_of_the_clock), None);
    let timed = json(&bench.headroom(&["run", "--json", "--timing"]).well().out);
    let measured = &timed["timing"]["measured"];
    assert!(measured["wall_us"].as_u64().unwrap() > 0, "{measured}");
    assert!(measured["audio_us"].as_u64().unwrap() >= 2_000_000, "{measured}");
    assert!(!bench.headroom(&["run"]).well().out.contains("real time"));
    assert!(bench.headroom(&["run", "--timing"]).well().out.contains("real time"));
}

#[test]
fn verbose_logs_messages_regions_and_seals_on_standard_error() {
    let bench = Bench::new();
    let quiet = bench.headroom(&["run"]).well();
    let verbose = bench.headroom(&["run", "-v"]).well();
    assert_eq!(quiet.err, "", "nothing is said, and no bar drawn, where nobody watches");
    assert_eq!(verbose.out, quiet.out);
    let first = verbose.err.lines().next().unwrap();
    assert!(first.starts_with("playback-src: Plays 8 to 192 kHz"), "what the topology is for: {first}");
    for line in [
        "init `src`: SUCCESS (0)",
        "region of 65536 B for `src`, as the message says",
        "region of 24576 B for pipeline 1, as the message says",
        "stack of 8192 B for `src`, which asked for 8192 B",
        "delete pipeline 1: SUCCESS (0)",
    ] {
        assert!(verbose.err.lines().any(|said| said == line), "`{line}` is not in:\n{}", verbose.err);
    }
    assert!(!verbose.err.contains("0x"), "ids are nobody's names:\n{}", verbose.err);
    let last = verbose.err.lines().last().unwrap();
    assert!(last.starts_with("wrote headroom-out.wav in ") && last.ends_with(" s"), "{last}");
}

#[test]
fn an_input_without_frames_is_noted_in_the_report() {
    let bench = Bench::new();
    bench.write_wav("empty.wav", 0);
    let out = bench.headroom(&["run", "-i", "empty.wav", "-o", "out.wav"]).well().out;
    assert!(out.contains("The input has no frames."), "{out}");
    assert!(!bench.headroom(&["run", "-o", "out.wav"]).well().out.contains("no frames"));
}
