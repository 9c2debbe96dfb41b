//! A chirp keeps its length to the frame and its place in time: the delay of the filters is not in the file.

use std::f64::consts::TAU;

use headroom_resample::{Quality, plan};
use headroom_testbench::audio::Audio;
use headroom_testbench::{converter, folder, line};

use crate::support::play;

/// The built-in chirp at `time` seconds when it is played at `rate` for `length` seconds: 20 Hz to 0.45 of the rate, rising
/// exponentially, at -1 dBFS.
fn chirp(time: f64, rate: u32, length: f64) -> f64 {
    let growth = (0.45 * f64::from(rate) / 20.0).ln();
    let phase = TAU * 20.0 * length / growth * ((growth * time / length).exp() - 1.0);
    10f64.powf(-1.0 / 20.0) * phase.sin()
}

/// The exact delay of converters through these rates, in frames of the last.
fn delay(rates: &[u32]) -> f64 {
    let seconds = rates.windows(2).map(|pair| {
        let (numerator, denominator) = plan(pair[0], pair[1], Quality::Standard).unwrap().delay();
        f64::from(numerator) / f64::from(denominator) / f64::from(pair[1])
    });
    seconds.sum::<f64>() * f64::from(*rates.last().unwrap())
}

/// RMS of the difference to the ideal chirp at the output rate, in dB of the chirp, over the part of the file from
/// `window.0` to `window.1`.
fn error_db(audio: &Audio, from: u32, late: f64, window: (f64, f64)) -> f64 {
    let values = &audio.channels[0];
    let rate = f64::from(audio.spec.sample_rate);
    let at = |part: f64| (part * values.len() as f64) as usize;
    let (mut error, mut power) = (0.0, 0.0);
    for (n, value) in values.iter().enumerate().take(at(window.1)).skip(at(window.0)) {
        let ideal = chirp((n as f64 - late) / rate, from, 1.0);
        (error, power) = (error + (value - ideal).powi(2), power + ideal * ideal);
    }
    10.0 * (error / power).log10()
}

/// The limit follows from the promise of the filters: a ripple of 0.01 dB is an error of 10^(0.01/20) - 1, or -58.8 dB.
const RIPPLE_DB: f64 = -58.8;

#[test]
fn a_chirp_keeps_its_length_and_its_place() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    // Down to a lower rate the end of the chirp lies above the band; the window ends where the chirp leaves it.
    for (from, to, end) in
        [(44_100, 48_000, 0.99), (16_000, 48_000, 0.99), (48_000, 44_100, 0.98), (192_000, 48_000, 0.83)]
    {
        let input =
            format!("signal = \"chirp\", rate = {from}, channels = 1, samples = \"S32\", seconds = 1.0");
        let seen = play(&converter(&input, "S32", to), &out).unwrap();
        let audio = Audio::read(&out);
        assert_eq!(audio.frames(), to as usize, "{from} -> {to}");
        let late = delay(&[from, to]) - seen.figures.delay_frames as f64;
        let error = error_db(&audio, from, late, (0.01, end));
        println!(
            "{from} -> {to}: {late:+.3} frames late, {} cut, error {error:.1} dB",
            seen.figures.delay_frames
        );
        assert!(late.abs() <= 0.5 && error <= RIPPLE_DB, "{from} -> {to}: {late:+.3} frames, {error:.1} dB");
        // The measure would see a shift of a single frame.
        assert!(error_db(&audio, from, late + 1.0, (0.01, end)) > RIPPLE_DB + 20.0);
    }
}

/// Each of two converters rounds its delay to frames of its own output; in all that is at most one frame.
#[test]
fn two_converters_in_a_row_keep_a_chirp_in_its_place() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    let input = "signal = \"chirp\", rate = 44100, channels = 1, samples = \"S32\", seconds = 1.0";
    let src = |rate: u32| format!("kind = \"src\", pipeline = 1, domain = \"DP\", rate = {rate}");
    let widgets = [
        ("host", "kind = \"host-copier\", pipeline = 1"),
        ("up", &*src(48_000)),
        ("between", "kind = \"copier\", pipeline = 1"),
        ("down", &*src(44_100)),
        ("speaker", "kind = \"dai-copier\", pipeline = 1"),
    ];
    let seen = play(&line(input, &["id = 1"], &widgets), &out).unwrap();
    let audio = Audio::read(&out);
    assert_eq!(audio.frames(), 44_100);
    let late = delay(&[44_100, 48_000, 44_100]) - seen.figures.delay_frames as f64;
    let error = error_db(&audio, 44_100, late, (0.01, 0.98));
    println!("{late:+.3} frames late, error {error:.1} dB");
    // Ripples add up: 6 dB more.
    assert!(late.abs() <= 1.0 && error <= RIPPLE_DB + 6.02, "{late:+.3} frames, {error:.1} dB");
}

/// Lengths that are no multiple of any block: round(n * to / from) frames each time.
#[test]
fn every_length_comes_out_to_the_frame() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    for (from, to) in [(44_100u64, 48_000u64), (48_000, 44_100), (48_000, 16_000)] {
        for frames in [441, 442, 1000, 4411, 7919] {
            let seconds = frames as f64 / from as f64;
            let input = format!(
                "signal = \"sine\", rate = {from}, channels = 1, samples = \"S16\", seconds = {seconds:?}"
            );
            if seconds < 0.01 {
                continue;
            }
            let seen = play(&converter(&input, "S16", to as u32), &out).unwrap();
            assert_eq!(seen.figures.frames_in, frames, "{from} -> {to}");
            let expected = (frames as f64 * to as f64 / from as f64).round() as usize;
            assert_eq!(Audio::read(&out).frames(), expected, "{frames} frames, {from} -> {to}");
        }
    }
}
