//! `headroom resample`: files in and out, what is clipped, and wrong use.

use crate::errors::fails;
use crate::support::{Bench, golden};

/// Writes 24-bit stereo at 44.1 kHz, `frames` frames of `value`, full scale at 1.
fn write(bench: &Bench, name: &str, frames: usize, value: impl Fn(usize) -> f64) {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 44_100,
        bits_per_sample: 24,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(bench.path(name), spec).unwrap();
    for frame in 0..frames {
        let sample = (value(frame) * f64::from((1 << 23) - 1)) as i32;
        (0..2).for_each(|_| writer.write_sample(sample).unwrap());
    }
    writer.finalize().unwrap();
}

#[test]
fn a_file_gets_another_rate_and_keeps_its_bits_and_channels() {
    let bench = Bench::new();
    write(&bench, "in.wav", 44_101, |frame| 0.5 * (frame as f64 / 10.0).sin());
    let done = bench.headroom(&["resample", "in.wav", "out.wav", "--rate", "48000"]).well();
    assert_eq!((&*done.out, &*done.err), ("", ""), "nothing is said where all is well and nobody watches");
    let reader = hound::WavReader::open(bench.path("out.wav")).unwrap();
    assert_eq!(
        (reader.spec().sample_rate, reader.spec().bits_per_sample, reader.spec().channels),
        (48_000, 24, 2)
    );
    assert_eq!(reader.duration(), 48_002, "44,101 frames times 160/147, rounded up");
    bench.headroom(&["resample", "in.wav", "again.wav", "-r", "48k", "-q", "standard"]).well();
    assert!(bench.read("out.wav") == bench.read("again.wav"));
    bench.headroom(&["resample", "in.wav", "lite.wav", "-r", "48k", "-q", "lite"]).well();
    assert!(bench.read("out.wav") != bench.read("lite.wav"), "the qualities differ");
}

#[test]
fn clipped_samples_are_counted_aloud() {
    let bench = Bench::new();
    write(&bench, "in.wav", 4410, |frame| if (frame / 20).is_multiple_of(2) { 1.0 } else { -1.0 });
    let done = bench.headroom(&["resample", "in.wav", "out.wav", "-r", "48k"]).well();
    let count: u64 = done.err.strip_prefix("warning: ").unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!((100..9600).contains(&count), "{}", done.err);
    assert!(done.err.contains(" of 9600 samples of the output were beyond full scale"), "{}", done.err);
    assert!(done.err.contains("lower the level of the input"), "{}", done.err);
}

#[test]
fn wrong_use_is_told_with_a_way_out() {
    let bench = Bench::new();
    bench.write_wav("in.wav", 480);
    let resample = |arguments: &[&str], code, words: &[&str]| {
        fails(&bench, &[&["resample"], arguments].concat(), code, words);
        assert!(!bench.path("out.wav").exists());
    };
    resample(&["in.wav", "out.wav"], 2, &["--rate"]);
    resample(&["in.wav", "out.wav", "-r", "48000.5"], 2, &["give a rate in Hz, as 48000, or in kHz, as 48k"]);
    resample(&["in.wav", "out.wav", "-r", "48k", "-q", "best"], 2, &["possible values: lite, standard"]);
    resample(&["in.wav", "-", "-r", "16k"], 2, &["pipes are not supported"]);
    resample(&["in.wav", "out.flac", "-r", "16k"], 2, &["only WAV is written"]);
    resample(&["missing.wav", "out.wav", "-r", "48k"], 3, &["missing.wav: there is no such file", "help:"]);
    bench.write("notes.txt", "do re mi fa so la ti do, and once more: do re mi fa");
    resample(&["notes.txt", "out.wav", "-r", "48k"], 3, &["not a WAV file", "help:"]);
    resample(&["in.wav", "nowhere/out.wav", "-r", "16k"], 3, &["nowhere/out.wav", "in a folder that exists"]);
    let before = bench.read("in.wav");
    resample(&["in.wav", "./in.wav", "-r", "16k"], 3, &["in.wav is the input", "help: name another file"]);
    assert!(bench.read("in.wav") == before);
}

/// Rates that are in no table: designed where there is a filter, refused with the reason where there is none.
#[test]
fn other_rates_are_designed_or_refused_with_the_reason() {
    let bench = Bench::new();
    bench.write_wav("in.wav", 480);
    bench.headroom(&["resample", "in.wav", "out.wav", "-r", "44000"]).well();
    assert_eq!(hound::WavReader::open(bench.path("out.wav")).unwrap().spec().sample_rate, 44_000);
    golden(
        "resample-unknown-pair.txt",
        &bench.headroom(&["resample", "in.wav", "out.wav", "-r", "47999"]).err,
    );
    fails(
        &bench,
        &["resample", "in.wav", "out.wav", "-r", "47999"],
        2,
        &["no standard conversion from 48000 Hz to 47999 Hz", "larger common divisor", "44100"],
    );
}

#[test]
fn the_help() {
    golden("resample-help.txt", &Bench::new().headroom(&["resample", "--help"]).well().out);
}
