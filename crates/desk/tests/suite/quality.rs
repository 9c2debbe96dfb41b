//! Tones through whole pipelines, measured as an audio analyser would: level and THD+N of what is in the file.

use headroom_testbench::audio::{Audio, Tone, WIDTHS, fit, spec, write};
use headroom_testbench::{converter, folder, line};
use hound::SampleFormat;

use crate::support::{play, play_with};

const TONE: f64 = 997.0;

/// The settled middle of the first channel: what filters do at the ends of a signal is no distortion.
fn tone(audio: &Audio) -> Tone {
    let values = &audio.channels[0];
    let edge = values.len() / 10;
    fit(&values[edge..values.len() - edge], TONE, audio.spec.sample_rate)
}

fn sine(rate: u32, samples: &str) -> String {
    format!("signal = \"sine\", rate = {rate}, channels = 2, samples = \"{samples}\", seconds = 0.5")
}

/// THD+N in dB that a sine at -1 dBFS can have at `bits`: two roundings, that of the signal and that of the output, each
/// 6.02 dB a bit and 1.76 dB below full scale; half a dB for what a short tone correlates with.
fn quantisation_db(bits: u16) -> f64 {
    -(6.02 * f64::from(bits) + 1.76) + 1.0 + 3.01 + 0.5
}

#[test]
fn a_tone_keeps_its_level_and_purity_at_every_width() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    for (samples, bits, limit) in
        [("S16", 16, quantisation_db(16)), ("S24_4", 24, -100.0), ("S32", 32, -100.0)]
    {
        play(&converter(&sine(44_100, samples), samples, 48_000), &out).unwrap();
        let audio = Audio::read(&out);
        assert_eq!((audio.spec.bits_per_sample, audio.spec.sample_rate), (bits, 48_000));
        assert_eq!(audio.channels[0], audio.channels[1], "both channels carry the same signal");
        let tone = tone(&audio);
        println!("{samples}: {tone:?}, limit {limit:.1} dB");
        assert!(tone.thd_n_db <= limit, "{samples}: {tone:?}, limit {limit}");
        assert!((tone.level_db + 1.0).abs() <= 0.01, "{samples}: {tone:?}");
    }
}

#[test]
fn every_pair_of_rates_passes_a_tone() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    let pairs = [(44_100, 48_000), (48_000, 44_100), (16_000, 48_000), (48_000, 16_000)];
    for (from, to) in pairs.into_iter().chain([(48_000, 96_000), (96_000, 48_000), (192_000, 48_000)]) {
        let seen = play(&converter(&sine(from, "S32"), "S32", to), &out).unwrap();
        let audio = Audio::read(&out);
        assert_eq!((audio.spec.sample_rate, audio.frames()), (to, to as usize / 2), "{from} -> {to}");
        assert_eq!((seen.figures.frames_in, seen.underruns()), (u64::from(from) / 2, 0), "{from} -> {to}");
        let tone = tone(&audio);
        println!("{from} -> {to}: {tone:?}");
        assert!(tone.thd_n_db <= -100.0, "{from} -> {to}: {tone:?}");
        assert!((tone.level_db + 1.0).abs() <= 0.01, "{from} -> {to}: {tone:?}");
    }
}

/// Without a converter a stream that keeps its width comes out as it went in, bit by bit, whatever the kind of samples.
#[test]
fn copiers_pass_every_width_unchanged() {
    let (_folder, path) = folder();
    for (samples, bits, format) in WIDTHS {
        let (input, out) = (path("in.wav"), path("out.wav"));
        let value = |frame: usize, _| (frame as f64 / 37.0).sin() * 0.999;
        write(&input, spec(48_000, 2, (bits, format)), 4801, value);
        let widgets = [
            ("host", "kind = \"host-copier\", pipeline = 1"),
            ("end", "kind = \"dai-copier\", pipeline = 1"),
        ];
        let text = line(&sine(48_000, samples), &["id = 1"], &widgets);
        play_with(&text, Some(&input), &out, headroom_desk::Execution::VirtualTime).unwrap();
        assert!(
            std::fs::read(&input).unwrap() == std::fs::read(&out).unwrap(),
            "{samples} changed on the way"
        );
    }
}

/// Float files go through a 32-bit converter and come out as float.
#[test]
fn float_goes_through_a_converter_between_copiers() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    let level = 10f64.powf(-1.0 / 20.0);
    let value = |frame: usize, _| level * (std::f64::consts::TAU * TONE * frame as f64 / 44_100.0).sin();
    write(&input, spec(44_100, 1, (32, SampleFormat::Float)), 22_050, value);
    let widgets = [
        ("host", "kind = \"host-copier\", pipeline = 1, samples = \"S32\""),
        ("src", "kind = \"src\", pipeline = 1, domain = \"DP\", rate = 48000"),
        ("speaker", "kind = \"dai-copier\", pipeline = 1, samples = \"float\""),
    ];
    let text = line(&sine(44_100, "float"), &["id = 1"], &widgets);
    play_with(&text, Some(&input), &out, headroom_desk::Execution::VirtualTime).unwrap();
    let audio = Audio::read(&out);
    assert_eq!((audio.spec.sample_format, audio.frames()), (SampleFormat::Float, 24_000));
    let tone = tone(&audio);
    assert!(tone.thd_n_db <= -100.0 && (tone.level_db + 1.0).abs() <= 0.01, "{tone:?}");
}

/// A gain of -6 dB is -6 dB once its ramp is over.
#[test]
fn gains_do_what_they_say() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    let widgets = [
        ("host", "kind = \"host-copier\", pipeline = 1"),
        ("volume", "kind = \"gain\", pipeline = 1, gain_db = -6.0, ramp_ms = 20"),
        ("speaker", "kind = \"dai-copier\", pipeline = 1"),
    ];
    play(&line(&sine(48_000, "S32"), &["id = 1"], &widgets), &out).unwrap();
    let tone = tone(&Audio::read(&out));
    assert!((tone.level_db + 7.0).abs() <= 0.01 && tone.thd_n_db <= -100.0, "{tone:?}");
    let muted = line(&sine(48_000, "S32"), &["id = 1"], &widgets).replace("-6.0, ramp_ms = 20", "-inf");
    play(&muted, &out).unwrap();
    assert!(Audio::read(&out).channels[0].iter().all(|&value| value == 0.0));
}
