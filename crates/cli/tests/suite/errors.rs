//! Wrong use: a code for each class, and words that help.

use crate::support::{Bench, Done};

/// A topology that runs for a tenth of a second.
pub(crate) const TOPOLOGY: &str = r#"name = "mine"

[input]
signal = "sine"
rate = 44100
channels = 2
samples = "S32"
seconds = 0.1

[[pipeline]]
id = 1

[[widget]]
name = "host"
kind = "host-copier"
pipeline = 1

[[widget]]
name = "src"
kind = "src"
pipeline = 1
domain = "DP"
rate = 48000

[[widget]]
name = "speaker"
kind = "dai-copier"
pipeline = 1

[[route]]
from = "host"
to = "src"

[[route]]
from = "src"
to = "speaker"
"#;

/// Runs with `arguments`, which must end with `code` and an error that has all of `words`, and no report.
pub(crate) fn fails(bench: &Bench, arguments: &[&str], code: i32, words: &[&str]) {
    let done = bench.headroom(arguments);
    assert_eq!(done.code, Some(code), "{arguments:?}: {done:?}");
    assert_eq!(done.out, "", "{arguments:?}");
    // Lines are broken to the width of the terminal.
    let said = done.err.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        assert!(said.contains(word), "{arguments:?}: `{word}` is not in:\n{}", done.err);
    }
}

#[test]
fn the_topology_that_the_cases_break_runs() {
    let bench = Bench::new();
    bench.write("mine.toml", TOPOLOGY);
    bench.headroom(&["run", "mine.toml"]).well();
}

#[test]
fn code_2_the_command_line_is_wrong() {
    let bench = Bench::new();
    fails(&bench, &["run", "--tempo", "3"], 2, &["--tempo", "--help"]);
    fails(&bench, &["play"], 2, &["play", "--help"]);
    fails(&bench, &["run", "a.toml", "b.toml"], 2, &["b.toml"]);
    fails(&bench, &["run", "--input"], 2, &["--input"]);
    fails(&bench, &["run", "-i", "-"], 2, &["pipes are not supported", "name a file"]);
    fails(&bench, &["run", "-o", "-"], 2, &["pipes are not supported", "name a file"]);
    fails(&bench, &["run", "-i", "a=-"], 2, &["pipes are not supported"]);
    fails(&bench, &["run", "-i", "=a.wav"], 2, &["WIDGET=FILE"]);
    fails(&bench, &["run", "-i", "a.wav", "-i", "b.wav"], 2, &["`-i` is given twice", "help: say what each"]);
    fails(&bench, &["run", "-o", "there=out.wav"], 2, &["`there` is no end", "one file for each of these"]);
    assert_eq!(bench.headroom(&[]).code, Some(2));
}

#[test]
fn code_3_a_file_can_not_be_used() {
    let bench = Bench::new();
    fails(&bench, &["run", "missing.toml"], 3, &["missing.toml", "help: name a topology file"]);
    fails(
        &bench,
        &["run", "-i", "missing.wav"],
        3,
        &["missing.wav: there is no such file", "help: check the name"],
    );
    bench.write("notes.txt", "do re mi fa so la ti do, and once more: do re mi fa");
    fails(&bench, &["run", "-i", "notes.txt"], 3, &["not a WAV file", "help: convert it"]);
    fails(&bench, &["run", "-o", "nowhere/out.wav"], 3, &["nowhere/out.wav", "in a folder that exists"]);
    let no_input =
        TOPOLOGY.split("[input]").next().unwrap().to_owned() + TOPOLOGY.split("0.1\n").nth(1).unwrap();
    bench.write("mine.toml", &no_input);
    fails(&bench, &["run", "mine.toml"], 3, &["nothing to play", "help: give a WAV file with `-i FILE`"]);
    std::fs::write(bench.path("latin.toml"), b"name = \"caf\xE9\"").unwrap();
    fails(&bench, &["run", "latin.toml"], 3, &["latin.toml", "UTF-8"]);
}

#[test]
fn code_3_the_output_would_destroy_the_input() {
    let bench = Bench::new();
    bench.write_wav("take.wav", 480);
    let before = bench.read("take.wav");
    fails(
        &bench,
        &["run", "-i", "take.wav", "-o", "./take.wav"],
        3,
        &["take.wav is the input", "help: name another"],
    );
    assert!(bench.read("take.wav") == before);
}

#[test]
fn code_3_the_output_would_destroy_the_topology() {
    let bench = Bench::new();
    bench.write("mine.toml", TOPOLOGY);
    fails(
        &bench,
        &["run", "mine.toml", "-o", "mine.toml"],
        3,
        &["mine.toml is the topology", "help: name another"],
    );
    assert!(bench.read("mine.toml") == TOPOLOGY.as_bytes());
}

/// Whoever leaves out `-i` gets told so, whatever the file is called.
#[test]
fn code_3_a_wav_file_as_topology() {
    let bench = Bench::new();
    bench.write_wav("talk.wav", 480);
    fails(&bench, &["run", "talk.wav"], 3, &["this is a WAV file; play it with `-i talk.wav`"]);
    bench.write_wav("talk", 480);
    fails(&bench, &["run", "talk"], 3, &["this is a WAV file; play it with `-i talk`"]);
}

/// An hour of 8 channels of 32 bits is more than 4 GiB: refused at once, and the file that was there stays.
#[test]
fn code_3_more_than_a_wav_file_holds() {
    let bench = Bench::new();
    let hour = TOPOLOGY.replace("seconds = 0.1", "seconds = 3600.0").replace("channels = 2", "channels = 8");
    bench.write("mine.toml", &hour);
    bench.write("out.wav", "precious");
    let words = ["can't write out.wav: 5529600000 bytes", "4294967227", "help: play a shorter input"];
    fails(&bench, &["run", "mine.toml", "-o", "out.wav"], 3, &words);
    assert_eq!(bench.read("out.wav"), b"precious");
}

#[test]
fn code_4_the_topology_makes_no_sense() {
    let bench = Bench::new();
    bench.write("mine.toml", &TOPOLOGY.replace("rate = 48000", "rate = 48000\ngain_db = -6.0"));
    fails(
        &bench,
        &["run", "mine.toml"],
        4,
        &["mine.toml:24: only gains have `gain_db`", "help: take it out"],
    );
    bench.write("mine.toml", &TOPOLOGY.replace("to = \"src\"", "to = \"speaker\""));
    fails(&bench, &["run", "mine.toml"], 4, &["mine.toml:35", "two producers on one port", "help:"]);
    bench.write("mine.toml", "widget = [");
    fails(&bench, &["run", "mine.toml"], 4, &["mine.toml:1", "docs/topology-toml.md"]);
}

#[test]
fn code_5_the_runtime_refused() {
    let bench = Bench::new();
    bench.write("mine.toml", &TOPOLOGY.replace("rate = 48000", "rate = 47999"));
    fails(
        &bench,
        &["run", "mine.toml"],
        5,
        &["mine.toml:19: init `src`", "no filter converts", "44100 48000 50000"],
    );
    bench.write("mine.toml", &TOPOLOGY.replace("rate = 48000", "rate = 48000\nheap_bytes = 4096"));
    fails(
        &bench,
        &["run", "mine.toml"],
        5,
        &["mine.toml:19: init `src`", "help: declare at least", "for `src`"],
    );
}

#[cfg(target_os = "linux")]
#[test]
fn code_6_something_failed_besides() {
    // A full device takes no report; the one that holds the audio is a file that can't be used.
    let bench = Bench::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let done = Done::from(bench.command(&["run"]).stdout(full).output().unwrap());
    assert_eq!(done.code, Some(6), "{done:?}");
    assert!(done.err.contains("can't print the report"), "{done:?}");
    fails(&bench, &["run", "-o", "/dev/full"], 3, &["can't write /dev/full", "No space left"]);
}

/// A stack that the process may not have: the run ends where the first job needs its thread. What there is to see of it by
/// then is reported, before the error.
#[cfg(target_os = "linux")]
#[test]
fn code_6_has_the_report_before_the_error() {
    let bench = Bench::new();
    bench.write("mine.toml", &TOPOLOGY.replace("rate = 48000", "rate = 48000\nstack_bytes = 4000000000"));
    let limited =
        format!("ulimit -v 3000000 && exec {} run mine.toml --threads", env!("CARGO_BIN_EXE_headroom"));
    let mut command = std::process::Command::new("sh");
    let done = Done::from(command.current_dir(bench.path(".")).args(["-c", &limited]).output().unwrap());
    assert_eq!(done.code, Some(6), "{done:?}");
    assert!(done.out.starts_with("mine: ") && done.out.contains("Regions, base to top"), "{done:?}");
    assert!(done.err.contains("no thread for `src`"), "{done:?}");
    assert!(!bench.path("headroom-out.wav").exists());
}

/// What was to be the output before stays what it was when the command line names no way to play.
#[test]
fn an_output_is_kept_when_nothing_can_be_played() {
    let bench = Bench::new();
    bench.write("out.wav", "precious");
    fails(&bench, &["run", "-i", "missing.wav", "-o", "out.wav"], 3, &["missing.wav"]);
    assert_eq!(bench.read("out.wav"), b"precious");
}
