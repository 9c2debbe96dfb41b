//! WAV files of all kinds, good and bad, at both ends.

use std::path::Path;

use headroom_audio::Error as AudioError;
use headroom_desk::{Error, Execution, Options};
use headroom_modules::MODULES;
use headroom_testbench::audio::{Audio, WIDTHS, spec, write};
use headroom_testbench::{converter, folder, line};
use headroom_topology::Loaded;
use hound::SampleFormat;

use crate::support::{Seen, play, play_loaded, play_with};

const SINE: &str = "signal = \"sine\", rate = 48000, channels = 1, samples = \"S16\", seconds = 0.02";

/// Host to speaker, with nothing between.
fn through() -> String {
    let widgets =
        [("host", "kind = \"host-copier\", pipeline = 1"), ("end", "kind = \"dai-copier\", pipeline = 1")];
    line(SINE, &["id = 1"], &widgets)
}

fn play_file(input: &Path, output: &Path) -> Result<Seen, Error> {
    play_with(&through(), Some(input), output, Execution::VirtualTime)
}

/// Why `input` can't be played, and what to do.
fn unplayable(input: &Path) -> (String, String) {
    let (_folder, path) = folder();
    let out = path("out.wav");
    match play_file(input, &out) {
        Err(Error::Audio(error @ AudioError::Input { .. })) => {
            let message = error.to_string();
            assert!(message.contains(&*input.to_string_lossy()), "{message}");
            let AudioError::Input { why, help, .. } = error else { unreachable!() };
            (why, help)
        }
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("{} was played", input.display()),
    }
}

#[test]
fn every_width_and_number_of_channels_passes_unchanged() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    for (name, bits, format) in WIDTHS {
        for channels in 1..=8 {
            let value = |frame: usize, channel: u16| ((frame * 8 + usize::from(channel)) as f64).sin() * 0.99;
            write(&input, spec(48_000, channels, (bits, format)), 500, value);
            play_file(&input, &out).unwrap();
            let (before, after) = (Audio::read(&input), Audio::read(&out));
            assert_eq!(before.spec, after.spec);
            assert!(before.channels == after.channels, "{name}, {channels} channels");
        }
    }
}

#[test]
fn channels_can_be_changed_on_the_way() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    write(&input, spec(48_000, 1, (16, SampleFormat::Int)), 480, |frame, _| frame as f64 / 1000.0);
    let text = through().replace("\"host-copier\"", "\"host-copier\", channels = 2");
    play_with(&text, Some(&input), &out, Execution::VirtualTime).unwrap();
    let audio = Audio::read(&out);
    assert_eq!(audio.channels.len(), 2);
    assert!(audio.channels[0] == Audio::read(&input).channels[0] && audio.channels[0] == audio.channels[1]);
}

#[test]
fn a_file_without_frames_gives_a_file_without_frames() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    write(&input, spec(44_100, 2, (16, SampleFormat::Int)), 0, |_, _| 0.0);
    let seen =
        play_with(&converter(SINE, "S32", 48_000), Some(&input), &out, Execution::VirtualTime).unwrap();
    assert_eq!((seen.figures.frames_in, seen.figures.frames_out, Audio::read(&out).frames()), (0, 0, 0));
    assert_eq!(seen.progress, [(0, 0)]);
}

#[test]
fn a_single_frame_arrives() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    write(&input, spec(48_000, 1, (16, SampleFormat::Int)), 1, |_, _| 0.5);
    play_file(&input, &out).unwrap();
    assert_eq!(Audio::read(&out).channels, [[0.5]]);
}

#[test]
fn a_file_that_is_shorter_than_its_header_says() {
    let (_folder, path) = folder();
    let input = path("short.wav");
    write(&input, spec(48_000, 2, (16, SampleFormat::Int)), 4800, |_, _| 0.25);
    let whole = std::fs::read(&input).unwrap();
    // In the middle of the audio, in the middle of a sample, and with no audio at all.
    for length in [whole.len() / 2, whole.len() - 1, 44] {
        std::fs::write(&input, &whole[..length]).unwrap();
        let (why, help) = unplayable(&input);
        assert!(why.contains("ends before its header says"), "{length} bytes: {why}");
        assert!(!help.is_empty());
    }
}

/// The threads of DP modules go home, and half a stream is no file.
#[test]
fn a_file_that_breaks_off_ends_a_session_with_threads() {
    let (_folder, path) = folder();
    let (input, out) = (path("short.wav"), path("out.wav"));
    write(&input, spec(44_100, 2, (16, SampleFormat::Int)), 44_100, |_, _| 0.25);
    let whole = std::fs::read(&input).unwrap();
    std::fs::write(&input, &whole[..whole.len() / 2]).unwrap();
    let text = converter(SINE, "S32", 48_000);
    let error = play_with(&text, Some(&input), &out, Execution::Threads).unwrap_err();
    assert!(matches!(error, Error::Audio(AudioError::Input { .. })), "{error}");
    assert!(!out.exists());
}

#[test]
fn files_that_are_no_wav() {
    let (_folder, path) = folder();
    let input = path("file");
    for bytes in
        [&b""[..], b"RIFF", b"RIFF\0\0\0\0WAVE", b"ID3 this is an mp3, say, and long enough to hold a header"]
    {
        std::fs::write(&input, bytes).unwrap();
        let (why, help) = unplayable(&input);
        assert!(why.contains("not a WAV file") && help.contains("convert it"), "{bytes:?}: {why}; {help}");
    }
}

#[test]
fn files_that_are_not_there_or_are_folders() {
    let (_folder, path) = folder();
    assert!(unplayable(&path("missing.wav")).0.contains("no such file"));
    std::fs::create_dir(path("folder.wav")).unwrap();
    let (why, help) = unplayable(&path("folder.wav"));
    assert!(why.contains("directory") && help.contains("may read"), "{why}; {help}");
}

#[test]
fn kinds_of_samples_that_are_not_supported() {
    let (_folder, path) = folder();
    let input = path("in.wav");
    write(&input, spec(48_000, 1, (8, SampleFormat::Int)), 100, |_, _| 0.1);
    let (why, help) = unplayable(&input);
    assert!(why.contains("8 bits") && help.contains("16, 24 or 32 bits"), "{why}; {help}");
}

#[test]
fn rates_and_channels_outside_of_what_streams_have() {
    let (_folder, path) = folder();
    let input = path("in.wav");
    for rate in [1, 7999, 192_001, 384_000] {
        write(&input, spec(rate, 1, (16, SampleFormat::Int)), 10, |_, _| 0.0);
        let (why, help) = unplayable(&input);
        assert!(why.contains(&rate.to_string()) && help.contains("resample"), "{why}; {help}");
    }
    for channels in [9, 300] {
        write(&input, spec(48_000, channels, (16, SampleFormat::Int)), 10, |_, _| 0.0);
        let (why, help) = unplayable(&input);
        assert!(why.contains(&channels.to_string()) && help.contains("8 channels"), "{why}; {help}");
    }
    for rate in [8000, 11_025, 192_000] {
        write(&input, spec(rate, 1, (16, SampleFormat::Int)), 321, |frame, _| frame as f64 / 400.0);
        play_file(&input, &path("out.wav")).unwrap();
        assert!(Audio::read(&path("out.wav")).channels == Audio::read(&input).channels, "{rate}");
    }
}

#[test]
fn outputs_that_can_not_be_written() {
    let (_folder, path) = folder();
    std::fs::create_dir(path("folder.wav")).unwrap();
    for out in [path("missing/out.wav"), path("folder.wav")] {
        let Err(error) = play(&through(), &out) else { panic!("{} was written", out.display()) };
        assert!(matches!(&error, Error::Audio(AudioError::Output { path, .. }) if *path == out), "{error}");
    }
}

/// Writing over the file that is being read would destroy it; however the two names are spelt.
#[test]
fn the_input_is_never_overwritten() {
    let (_folder, path) = folder();
    let input = path("take.wav");
    write(&input, spec(48_000, 1, (16, SampleFormat::Int)), 4800, |frame, _| {
        (frame as f64 / 9.0).sin() / 2.0
    });
    let before = std::fs::read(&input).unwrap();
    std::fs::create_dir(path("sub")).unwrap();
    let mut names = vec![input.clone(), path("sub/../take.wav")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&input, path("link.wav")).unwrap();
        names.push(path("link.wav"));
    }
    for out in names {
        let Err(error) = play_file(&input, &out) else { panic!("{} was written", out.display()) };
        assert!(matches!(error, Error::Audio(AudioError::SameFile { .. })), "{error}");
        assert!(std::fs::read(&input).unwrap() == before, "the input is gone");
    }
    play_file(&input, &path("other.wav")).unwrap();
}

#[test]
fn without_any_input_there_is_nothing_to_play() {
    let (_folder, path) = folder();
    let text: String =
        through().lines().filter(|line| !line.starts_with("input")).map(|line| format!("{line}\n")).collect();
    let Err(error) = play(&text, &path("out.wav")) else { panic!("silence was played") };
    assert!(matches!(error, Error::NoInput), "{error}");
    assert!(!path("out.wav").exists());
}

#[test]
fn a_run_that_fails_leaves_the_file_that_was_there() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    write(&input, spec(48_000, 1, (16, SampleFormat::Int)), 48_000, |_, _| 0.1);
    std::fs::write(&out, "precious").unwrap();
    let whole = std::fs::read(&input).unwrap();
    std::fs::write(&input, &whole[..whole.len() / 2]).unwrap();
    play_file(&input, &out).unwrap_err();
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "precious");
    let left: Vec<_> = std::fs::read_dir(out.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 2, "only the input and the old file: {left:?}");
    std::fs::write(&input, whole).unwrap();
    play_file(&input, &out).unwrap();
    assert_eq!(Audio::read(&out).channels[0].len(), 48_000);
}

/// The names of the files in the folder of `path`, sorted.
fn files_beside(path: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Whatever the partial file is called, a file of the user's is not: not one that is played, not one that lies there.
#[test]
fn no_file_of_the_user_is_taken_for_the_partial_one() {
    let (_folder, path) = folder();
    let (input, out) = (path("victim.wav.partial"), path("victim.wav"));
    write(&input, spec(48_000, 1, (16, SampleFormat::Int)), 4800, |frame, _| frame as f64 / 5000.0);
    let before = std::fs::read(&input).unwrap();
    play_file(&input, &out).unwrap();
    assert!(std::fs::read(&input).unwrap() == before, "the input is gone");
    assert_eq!(Audio::read(&out).frames(), 4800);
    std::fs::write(path("x.wav.partial"), "precious").unwrap();
    // What this process will try first for a while, as if a run with its id had been killed.
    let id = std::process::id();
    for n in 0..3 {
        std::fs::write(path(&format!(".x.wav.{id}-{n}.partial")), "precious").unwrap();
    }
    play_file(&input, &path("x.wav")).unwrap();
    assert_eq!(std::fs::read(path("x.wav.partial")).unwrap(), b"precious");
    for n in 0..3 {
        assert_eq!(std::fs::read(path(&format!(".x.wav.{id}-{n}.partial"))).unwrap(), b"precious");
    }
    assert_eq!(files_beside(&out).len(), 7);
}

/// A link stays a link; the file that it leads to is written, whether or not it was there.
#[cfg(unix)]
#[test]
fn an_output_that_is_a_link_is_followed() {
    let (_folder, path) = folder();
    let input = path("in.wav");
    write(&input, spec(48_000, 1, (16, SampleFormat::Int)), 480, |_, _| 0.1);
    std::fs::create_dir(path("there")).unwrap();
    std::os::unix::fs::symlink("there/real.wav", path("middle.wav")).unwrap();
    std::os::unix::fs::symlink("middle.wav", path("link.wav")).unwrap();
    for there in ["dangling", "leads to a file"] {
        play_file(&input, &path("link.wav")).unwrap_or_else(|error| panic!("{there}: {error}"));
        assert!(path("link.wav").is_symlink() && path("middle.wav").is_symlink(), "{there}");
        assert_eq!(Audio::read(&path("there/real.wav")).frames(), 480, "{there}");
        assert_eq!(files_beside(&path("there/real.wav")), ["real.wav"], "{there}");
        assert_eq!(files_beside(&input), ["in.wav", "link.wav", "middle.wav", "there"], "{there}");
        std::fs::write(path("there/real.wav"), "old").unwrap();
    }
    std::os::unix::fs::symlink("round.wav", path("round.wav")).unwrap();
    let error = play_file(&input, &path("round.wav")).unwrap_err();
    assert!(matches!(error, Error::Audio(AudioError::Output { .. })), "{error}");
}

/// The folder allows a new file in place of the old one, but whoever took the right to write away meant it.
#[test]
fn a_file_that_nobody_may_write_is_not_replaced() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    std::fs::write(&out, "precious").unwrap();
    let mut permissions = out.metadata().unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&out, permissions).unwrap();
    let error = play(&through(), &out).unwrap_err();
    assert!(matches!(error, Error::Audio(AudioError::Output { .. })), "{error}");
    assert_eq!(std::fs::read(&out).unwrap(), b"precious");
}

#[test]
fn the_topology_is_never_overwritten() {
    let (_folder, path) = folder();
    let file = path("mine.toml");
    std::fs::write(&file, through()).unwrap();
    let topology = Loaded::load(&file, MODULES).unwrap();
    let error =
        play_loaded(&topology, &Options { output: Some(file.clone()), ..Options::default() }).unwrap_err();
    let same = matches!(error, Error::Audio(AudioError::SameFile { what: "topology", .. }));
    assert!(same, "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), through());
}

/// What a program leaves in the header that writes to a pipe; in a file without frames there are none behind it.
#[test]
fn headers_without_a_length() {
    let (_folder, path) = folder();
    let input = path("piped.wav");
    write(&input, spec(48_000, 2, (16, SampleFormat::Int)), 480, |_, _| 0.25);
    let whole = std::fs::read(&input).unwrap();
    assert_eq!(&whole[36..40], b"data");
    for (riff, data) in [(0, 0), (36, 0), (u32::MAX, 0), (u32::MAX, u32::MAX), (0, u32::MAX)] {
        let mut bytes = whole.clone();
        bytes[4..8].copy_from_slice(&u32::to_le_bytes(riff));
        bytes[40..44].copy_from_slice(&u32::to_le_bytes(data));
        std::fs::write(&input, bytes).unwrap();
        let (why, help) = unplayable(&input);
        assert!(why.contains("header has no length") && help.contains("copy it"), "{riff} {data}: {why}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_is_written_in_place() {
    let (_folder, path) = folder();
    let (input, null) = (path("in.wav"), Path::new("/dev/null"));
    write(&input, spec(48_000, 1, (16, SampleFormat::Int)), 480, |_, _| 0.1);
    play_file(&input, null).unwrap();
    assert!(!null.metadata().unwrap().is_file(), "it is still a device");
}
