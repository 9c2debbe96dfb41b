//! Manners: help that teaches, no escape codes where no terminal is, no panic when a reader leaves.

use std::process::Stdio;

use headroom_testbench::sketch::small;

use crate::sessions::SESSION;
use crate::support::{Bench, Done};

#[test]
fn the_help_has_examples_and_exit_codes() {
    let bench = Bench::new();
    for help in [["run", "--help"], ["run", "-h"], ["help", "run"]] {
        let out = bench.headroom(&help).well().out;
        for words in
            ["Examples:", "headroom run -i talk.wav -o talk48.wav", "Exit codes:", "3  a file can't be used"]
        {
            assert!(out.contains(words), "{help:?}: `{words}` is not in:\n{out}");
        }
    }
    let out = bench.headroom(&["--help"]).well().out;
    assert!(out.contains("run") && out.contains("help"), "{out}");
    assert!(bench.headroom(&["--version"]).well().out.starts_with("headroom 0."));
}

#[test]
fn pipes_get_no_escape_codes() {
    let bench = Bench::new();
    bench.write("bad.toml", "name = 7");
    bench.write_wav("in.wav", 480);
    bench.write("session.ipc", SESSION);
    bench.write("changed.ipc", &SESSION.replace("< 32000000", "< 32000009"));
    std::fs::write(bench.path("small.tplg"), small().file()).unwrap();
    let commands: [&[&str]; 23] = [
        &["run"],
        &["run", "-v"],
        &["run", "--json"],
        &["run", "bad.toml"],
        &["run", "--help"],
        &["run", "--nonsense"],
        &["resample", "in.wav", "out.wav", "--rate", "16k"],
        &["resample", "in.wav", "out.wav", "--rate", "47999"],
        &["resample", "--help"],
        &["measure-src", "--pair", "48k:16k"],
        &["measure-src", "--help"],
        &["replay", "session.ipc"],
        &["replay", "changed.ipc"],
        &["replay", "--help"],
        &["inspect", "session.ipc"],
        &["inspect", "bad.toml"],
        &["inspect", "--help"],
        &["inspect", "small.tplg"],
        &["inspect", "in.wav"],
        &["graph", "small.tplg", "-o", "small.svg"],
        &["lint", "small.tplg"],
        &["lint", "--explain", "HR001"],
        &["diff", "small.tplg", "in.wav"],
    ];
    for arguments in commands {
        for no_color in [false, true] {
            let mut command = bench.command(arguments);
            if no_color {
                command.env("NO_COLOR", "1");
            }
            let done = Done::from(command.output().unwrap());
            assert!(!done.out.contains('\u{1b}') && !done.err.contains('\u{1b}'), "{arguments:?}: {done:?}");
            assert!(!done.out.contains('\r') && !done.err.contains('\r'), "{arguments:?}: {done:?}");
        }
    }
}

/// `headroom run | true`: the reader is gone before the first line; the audio is there all the same.
#[test]
fn a_closed_standard_output_is_no_failure() {
    let bench = Bench::new();
    std::fs::write(bench.path("small.tplg"), small().file()).unwrap();
    let measure = &["measure-src", "--pair", "48k:16k", "-q", "lite"];
    bench.write("session.ipc", SESSION);
    let tokens = &["inspect", "small.tplg", "--tokens"];
    let files = [&["inspect", "session.ipc"][..], &["replay", "session.ipc"], tokens];
    for arguments in [&["run"][..], &["run", "--json"], &["run", "--help"], measure].into_iter().chain(files)
    {
        let mut child = bench.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let done = Done::from(child.wait_with_output().unwrap());
        assert_eq!((done.code, &*done.err), (Some(0), ""), "{arguments:?}");
    }
    assert_eq!(hound::WavReader::open(bench.path("headroom-out.wav")).unwrap().duration(), 96_000);
}

#[test]
fn a_closed_standard_error_is_no_failure() {
    let bench = Bench::new();
    let resample = &["resample", "missing.wav", "out.wav", "-r", "48k"];
    for (arguments, code) in [(&["run", "-v"][..], 0), (&["run", "missing.toml"], 3), (resample, 3)] {
        let mut child = bench.command(arguments).stdout(Stdio::null()).spawn().unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{arguments:?}");
    }
}

/// Text is for people: it keeps to a terminal of 100 columns.
#[test]
fn the_text_report_keeps_to_100_columns() {
    for arguments in [&["run", "--timing"][..], &["measure-src", "--pair", "192k:48k"]] {
        let out = Bench::new().headroom(arguments).well().out;
        let widest = out.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(100), "{widest:?} columns:\n{out}");
    }
}
