//! Files from one rate to another: what is in them, where it lies in time, what it takes, and what can go wrong.

use std::f64::consts::TAU;
use std::path::Path;

use flacenc::bitsink::ByteSink;
use flacenc::component::BitRepr;
use flacenc::error::Verify;
use headroom_audio::{Clipped, Converted, Error, FileConversion, Quality, convert_file};
use hound::SampleFormat;
use proptest::prelude::*;

use headroom_testbench::audio::{Audio, WIDTHS, fit, spec, write};
use headroom_testbench::folder;

const S16: (u16, SampleFormat) = (16, SampleFormat::Int);

fn convert(input: &Path, output: &Path, rate: u32) -> Result<Converted, Error> {
    let conversion = FileConversion {
        input: input.to_owned(),
        output: output.to_owned(),
        rate,
        quality: Quality::Standard,
    };
    convert_file(&conversion, &mut |_, _| ())
}

fn sine(hz: f64, rate: u32) -> impl Fn(usize, u16) -> f64 {
    move |frame, _| 0.5 * (TAU * hz * frame as f64 / f64::from(rate)).sin()
}

/// `samples`, interleaved, as a FLAC file.
fn flac(samples: &[i32], channels: usize, bits: usize, rate: usize) -> Vec<u8> {
    let config = flacenc::config::Encoder::default().into_verified().unwrap();
    let source = flacenc::source::MemSource::from_samples(samples, channels, bits, rate);
    let stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size).unwrap();
    let mut sink = ByteSink::new();
    stream.write(&mut sink).unwrap();
    sink.as_slice().to_vec()
}

/// A second and a bit of sound that compresses: a sine, with some noise.
fn samples(channels: usize, bits: u32, frames: usize) -> Vec<i32> {
    let full_scale = f64::from(1u32 << (bits - 1));
    let value = |n: usize| {
        let noise = (n.wrapping_mul(2_654_435_761) >> 7 & 0xff) as f64 / 1e4;
        ((0.4 * (n as f64 / 20.0).sin() + noise) * full_scale) as i32
    };
    (0..frames * channels).map(value).collect()
}

fn write_samples(path: &Path, samples: &[i32], channels: u16, bits: u16, rate: u32) {
    let mut writer = hound::WavWriter::create(path, spec(rate, channels, (bits, SampleFormat::Int))).unwrap();
    samples.iter().for_each(|&sample| writer.write_sample(sample).unwrap());
    writer.finalize().unwrap();
}

#[test]
fn every_width_and_number_of_channels_is_kept() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    for (name, bits, format) in WIDTHS {
        for channels in 1..=8 {
            // Another tone in each channel: none may end up elsewhere.
            let hz = |channel: u16| 400.0 + 300.0 * f64::from(channel);
            let value =
                |frame, channel: u16| 0.5 * (TAU * hz(channel) * frame as f64 / f64::from(44_100)).sin();
            write(&input, spec(44_100, channels, (bits, format)), 4411, value);
            let done = convert(&input, &out, 48_000).unwrap();
            let audio = Audio::read(&out);
            assert_eq!(audio.spec, spec(48_000, channels, (bits, format)), "{name}");
            assert_eq!((done.frames_in, done.frames_out, audio.frames()), (4411, 4802, 4802));
            assert_eq!(done.clipped, Clipped::default());
            for (values, channel) in audio.channels.iter().zip(0..) {
                let tone = fit(&values[1000..4000], hz(channel), 48_000);
                let purest = if bits == 16 { -85.0 } else { -100.0 };
                assert!((tone.level_db + 6.02).abs() < 0.02, "{name}, channel {channel}: {tone:?}");
                assert!(tone.thd_n_db < purest, "{name}, channel {channel}: {tone:?}");
            }
        }
    }
}

/// Bits that a FLAC file can have, in the kind of WAV samples that holds them.
#[test]
fn flac_becomes_what_the_same_wav_becomes() {
    let (_folder, path) = folder();
    for (channels, bits) in [(1, 16), (2, 16), (2, 24), (5, 16)] {
        let samples = samples(channels, bits, 20_000);
        write_samples(&path("in.wav"), &samples, channels as u16, bits as u16, 44_100);
        std::fs::write(path("in.flac"), flac(&samples, channels, bits as usize, 44_100)).unwrap();
        let wav = convert(&path("in.wav"), &path("wav.wav"), 48_000).unwrap();
        let flac = convert(&path("in.flac"), &path("flac.wav"), 48_000).unwrap();
        assert_eq!(wav, flac, "{channels} channels, {bits} bits");
        assert_eq!(wav.frames_in, 20_000);
        let read = |name| std::fs::read(path(name)).unwrap();
        assert!(read("wav.wav") == read("flac.wav"), "{channels} channels, {bits} bits");
    }
}

/// FLAC of 8 bits has no WAV of its own kind here: it becomes 16 bits, at the same level.
#[test]
fn flac_of_other_widths_takes_the_next_larger_samples() {
    let (_folder, path) = folder();
    let samples = samples(2, 8, 4800);
    std::fs::write(path("in.flac"), flac(&samples, 2, 8, 48_000)).unwrap();
    convert(&path("in.flac"), &path("out.wav"), 48_000).unwrap();
    let audio = Audio::read(&path("out.wav"));
    assert_eq!(audio.spec, spec(48_000, 2, S16));
    let expected: Vec<f64> = samples.iter().step_by(2).map(|&sample| f64::from(sample) / 128.0).collect();
    assert!(audio.channels[0] == expected);
}

/// An encoder that writes to a pipe does not know how much will come.
#[test]
fn flac_without_a_length_is_converted_to_its_end() {
    let (_folder, path) = folder();
    let mut bytes = flac(&samples(2, 16, 30_000), 2, 16, 44_100);
    std::fs::write(path("known.flac"), &bytes).unwrap();
    // The total is the low 36 bits of what begins at byte 13 of STREAMINFO, which begins at byte 8.
    bytes[21] &= 0xF0;
    bytes[22..26].fill(0);
    std::fs::write(path("unknown.flac"), &bytes).unwrap();
    let known = convert(&path("known.flac"), &path("known.wav"), 48_000).unwrap();
    let mut totals = Vec::new();
    let conversion = FileConversion {
        input: path("unknown.flac"),
        output: path("unknown.wav"),
        rate: 48_000,
        quality: Quality::Standard,
    };
    let unknown = convert_file(&conversion, &mut |done, all| totals.push((done, all))).unwrap();
    assert_eq!(unknown, known);
    assert!(totals.iter().all(|(_, all)| all.is_none()) && totals.last().unwrap().0 == 30_000);
    let read = |name| std::fs::read(path(name)).unwrap();
    assert!(read("known.wav") == read("unknown.wav"));
}

#[test]
fn a_broken_flac_file_is_an_error_and_leaves_nothing() {
    let (_folder, path) = folder();
    let whole = flac(&samples(2, 16, 30_000), 2, 16, 44_100);
    let out = path("out.wav");
    let fails = |bytes: &[u8]| {
        std::fs::write(path("in.flac"), bytes).unwrap();
        let error = convert(&path("in.flac"), &out, 48_000).unwrap_err();
        assert!(!out.exists(), "{error}");
        assert_eq!(std::fs::read_dir(path(".")).unwrap().count(), 1, "no partial file is left");
        error.to_string()
    };
    for length in [whole.len() - 1, whole.len() / 2, 60] {
        let said = fails(&whole[..length]);
        assert!(said.contains("ends before its header says"), "{length}: {said}");
    }
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 0x10;
    assert!(fails(&damaged).contains("damaged"));
    assert!(fails(b"fLaC").contains("can't read"));
    // As if the last frame had been cut off cleanly: the header promises one frame more.
    let mut longer = whole;
    longer[25] = longer[25].wrapping_add(1);
    assert!(fails(&longer).contains("ends before its header says"));
}

#[test]
fn a_click_stays_at_its_time_in_the_file() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    for (from, to) in [(44_100, 48_000), (48_000, 44_100), (16_000, 48_000), (192_000, 48_000)] {
        let at = from as usize / 3;
        let click = |frame: usize, _| if frame == at { 0.9 } else { 0.0 };
        write(&input, spec(from, 1, (24, SampleFormat::Int)), from as usize, click);
        let done = convert(&input, &out, to).unwrap();
        let values = &Audio::read(&out).channels[0];
        assert_eq!(values.len(), to as usize);
        // Where it is loudest, as near as frames go.
        let loudest = (0..values.len()).max_by(|&a, &b| values[a].abs().total_cmp(&values[b].abs())).unwrap();
        let late = loudest as f64 - at as f64 * f64::from(to) / f64::from(from);
        assert!(late.abs() <= 1.0 && done.offset_frames.abs() <= 0.5, "{from} -> {to}: {late} {done:?}");
    }
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let (_folder, path) = folder();
    let most = |seconds: usize, name: &str| {
        write(&path(name), spec(44_100, 1, S16), 44_100 * seconds, sine(440.0, 44_100));
        let conversion = FileConversion {
            input: path(name),
            output: path("out.wav"),
            rate: 48_000,
            quality: Quality::Lite,
        };
        let counted = allocation_counter::measure(|| {
            convert_file(&conversion, &mut |_, _| ()).unwrap();
        });
        (counted.bytes_max, Audio::read(&path("out.wav")).frames())
    };
    let (short, long) = (most(1, "a.wav"), most(40, "b.wav"));
    println!("{} bytes at most for 1 s, {} for 40 s", short.0, long.0);
    assert_eq!((short.1, long.1), (48_000, 48_000 * 40));
    assert_eq!(short.0, long.0, "bytes at most");
    assert!(long.0 < 512 * 1024);
}

#[test]
fn equal_rates_are_a_copy() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    for (name, bits, format) in WIDTHS {
        // Any rate, full scale included.
        write(&input, spec(12_345, 2, (bits, format)), 5000, |frame, _| {
            (frame as f64).sin().clamp(-0.99, 0.99)
        });
        let done = convert(&input, &out, 12_345).unwrap();
        assert_eq!(done.clipped, Clipped::default(), "{name}");
        if name == "float" {
            // Floats near zero have finer steps than the 32 bits of the converter.
            let (before, after) = (Audio::read(&input), Audio::read(&out));
            let pairs = before.channels[0].iter().zip(&after.channels[0]);
            assert!(pairs.into_iter().all(|(before, after)| (before - after).abs() <= 0.5f64.powi(32)));
        } else {
            assert!(std::fs::read(&input).unwrap() == std::fs::read(&out).unwrap(), "{name}");
        }
    }
}

/// A square wave at full scale has overshoots beyond it once the band is limited; a sine below it has none.
#[test]
fn what_is_clipped_is_counted() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    for (name, bits, format) in WIDTHS {
        let square = |frame: usize, _| if (frame / 20).is_multiple_of(2) { 0.99996 } else { -0.99996 };
        write(&input, spec(44_100, 1, (bits, format)), 10_000, square);
        let done = convert(&input, &out, 48_000).unwrap();
        assert_eq!(done.clipped.input, 0, "{name}");
        assert!((500..8000).contains(&done.clipped.output), "{name}: {done:?}");
        let full = Audio::read(&out).channels[0].iter().filter(|value| value.abs() > 0.9999).count();
        assert!(full as u64 >= done.clipped.output, "{name}: {full} {done:?}");
        write(&input, spec(44_100, 1, (bits, format)), 10_000, sine(1000.0, 44_100));
        assert_eq!(convert(&input, &out, 48_000).unwrap().clipped, Clipped::default(), "{name}");
    }
}

#[test]
fn floats_beyond_full_scale_are_counted_and_no_number_is_refused() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    let loud = |frame: usize, _| if frame % 100 == 7 { 1.25 } else { 0.1 };
    write(&input, spec(48_000, 1, (32, SampleFormat::Float)), 1000, loud);
    assert_eq!(convert(&input, &out, 16_000).unwrap().clipped.input, 10);
    std::fs::remove_file(&out).unwrap();
    let hole = |frame: usize, _| if frame == 500 { f64::NAN } else { 0.1 };
    write(&input, spec(48_000, 1, (32, SampleFormat::Float)), 1000, hole);
    let error = convert(&input, &out, 16_000).unwrap_err();
    assert!(matches!(error, Error::Input { .. }) && error.to_string().contains("not a number"), "{error}");
    assert!(!out.exists());
}

#[test]
fn a_file_without_frames_gives_a_file_without_frames() {
    let (_folder, path) = folder();
    write(&path("in.wav"), spec(44_100, 2, S16), 0, |_, _| 0.0);
    let done = convert(&path("in.wav"), &path("out.wav"), 48_000).unwrap();
    assert_eq!((done.frames_in, done.frames_out, Audio::read(&path("out.wav")).frames()), (0, 0, 0));
}

#[test]
fn a_missing_pair_is_an_error_of_the_command_line() {
    let (_folder, path) = folder();
    write(&path("in.wav"), spec(44_100, 1, S16), 10, |_, _| 0.0);
    let error = convert(&path("in.wav"), &path("out.wav"), 44_101).unwrap_err();
    assert!(matches!(error, Error::NoConversion { from: 44_100, to: 44_101, .. }), "{error}");
    assert!(!path("out.wav").exists());
}

#[test]
fn neither_the_input_nor_what_was_there_is_lost() {
    let (_folder, path) = folder();
    let input = path("take.wav");
    write(&input, spec(44_100, 1, S16), 4410, sine(440.0, 44_100));
    let before = std::fs::read(&input).unwrap();
    let mut names = vec![input.clone(), path("./take.wav")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&input, path("link.wav")).unwrap();
        names.push(path("link.wav"));
    }
    for name in names {
        let error = convert(&input, &name, 48_000).unwrap_err();
        assert!(matches!(error, Error::SameFile { what: "input", .. }), "{error}");
        assert!(std::fs::read(&input).unwrap() == before);
    }
    std::fs::write(path("out.wav"), "precious").unwrap();
    std::fs::write(path("short.wav"), &before[..before.len() / 2]).unwrap();
    let error = convert(&path("short.wav"), &path("out.wav"), 48_000).unwrap_err();
    assert!(error.to_string().contains("ends before its header says"), "{error}");
    assert_eq!(std::fs::read(path("out.wav")).unwrap(), b"precious");
    let error = convert(&input, &path("nowhere/out.wav"), 48_000).unwrap_err();
    assert!(matches!(error, Error::Output { .. }), "{error}");
}

/// Refused before a byte is read: a header that promises more than one WAV file holds once it is converted.
#[test]
fn more_than_a_wav_file_holds_is_refused() {
    let (_folder, path) = folder();
    write(&path("in.wav"), spec(48_000, 8, (32, SampleFormat::Int)), 1, |_, _| 0.0);
    let mut bytes = std::fs::read(path("in.wav")).unwrap();
    let at = bytes.windows(4).position(|it| it == b"data").unwrap() + 4;
    let promised = u32::MAX / 32 * 32 - 96;
    bytes[at..at + 4].copy_from_slice(&promised.to_le_bytes());
    std::fs::write(path("in.wav"), bytes).unwrap();
    let error = convert(&path("in.wav"), &path("out.wav"), 192_000).unwrap_err();
    assert!(matches!(error, Error::OutputTooLong { .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is in a FLAC file: an error or a file, never a panic.
    #[test]
    fn damaged_flac_files_do_not_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let (_folder, path) = folder();
        let mut bytes = flac(&samples(2, 16, 600), 2, 16, 44_100);
        for (at, value) in changes {
            let at = at.index(bytes.len() - 4) + 4;
            bytes[at] = value;
        }
        std::fs::write(path("in.flac"), bytes).unwrap();
        let done = convert(&path("in.flac"), &path("out.wav"), 48_000);
        prop_assert_eq!(done.is_ok(), path("out.wav").exists());
    }
}
