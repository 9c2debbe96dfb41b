//! Sessions on the command line: recorded, printed, replayed, changed and damaged.

use crate::errors::{TOPOLOGY, fails};
use crate::support::{Bench, golden};

/// The session of the bundled run.
pub(crate) const SESSION: &str = include_str!("../golden/session.ipc");

/// A folder with that session, with `from` in place of `to`.
fn changed(from: &str, to: &str) -> Bench {
    let bench = Bench::new();
    assert_eq!(SESSION.matches(from).count(), 1, "{from}");
    bench.write("session.ipc", &SESSION.replace(from, to));
    bench
}

#[cfg_attr(
    not(all(target_arch = "x86_64", target_os = "linux")),
    ignore = "how many aligned pages an arena has is the allocator's choice"
)]
#[test]
fn the_session_of_the_bundled_run() {
    let bench = Bench::new();
    let plain = bench.headroom(&["run"]).well();
    let recorded = bench.headroom(&["run", "--record", "session.ipc"]).well();
    assert_eq!((plain.out, plain.err), (recorded.out, recorded.err), "recording changes nothing of a run");
    golden("session.ipc", &String::from_utf8(bench.read("session.ipc")).unwrap());
}

#[test]
fn a_session_in_words() {
    let bench = Bench::new();
    bench.write("session.ipc", SESSION);
    golden("inspect-session.txt", &bench.headroom(&["inspect", "session.ipc"]).well().out);
}

#[test]
fn a_session_that_is_as_recorded() {
    let bench = Bench::new();
    bench.write("session.ipc", SESSION);
    let done = bench.headroom(&["replay", "session.ipc"]).well();
    assert_eq!(done.err, "");
    assert_eq!(
        done.out,
        "13 messages sent, 2005 ticks run; the source played the signal of the session.\n\
         All replies and notifications are as recorded.\n"
    );
}

/// A file that was played is silence in a replay, and that is said.
#[test]
fn a_session_with_a_file() {
    let bench = Bench::new();
    bench.write_wav("talk.wav", 4800);
    bench.headroom(&["run", "-i", "talk.wav", "--record", "session.ipc"]).well();
    let silent = bench.headroom(&["replay", "session.ipc"]).well().out;
    assert!(silent.contains("the source played silence, as a session has not the file"), "{silent}");
    let played = bench.headroom(&["replay", "session.ipc", "-i", "talk.wav"]).well().out;
    assert!(played.contains("the source played the file that was given"), "{played}");
    fails(
        &bench,
        &["replay", "session.ipc", "-i", "missing.wav"],
        3,
        &["missing.wav: there is no such file"],
    );
    bench.write_wav("other.wav", 4801);
    let words = [
        "4801 frames, the session played a file of 48000 Hz, 1 ch, S16 and 4800 frames",
        "help: name the file",
    ];
    fails(&bench, &["replay", "session.ipc", "-i", "other.wav"], 3, &words);
}

/// The message with its number and line, both replies in words, the reason of the new one, and a code of its own.
#[test]
fn code_1_a_reply_differs() {
    let converter = "80bb0000\n< 60000000 00000000\n# init `volume`";
    let bench = changed(converter, &converter.replace("80bb0000", "7fbb0000"));
    let done = bench.headroom(&["replay", "session.ipc"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    golden("replay-differs.txt", &done.out);
    golden("replay-differs-error.txt", &done.err);
}

#[test]
fn code_3_the_session_is_damaged() {
    let cases = [
        (
            "< 31000000 00000000\n",
            "",
            [
                "session.ipc:19: the reply to the message above should",
                "# init `host`",
                "help: put the line back",
            ],
        ),
        (
            "> 12010000",
            "> 1201x000",
            ["session.ipc:53: this is no message", "1201x000 00000000", "help: write two header"],
        ),
        ("session 1", "session 2", ["session.ipc:1", "another version", "help: use the version of Headroom"]),
        ("@2005 end\n", "@2005 end", ["session.ipc:55", "was cut off here", "help: copy the whole file"]),
        ("@2005 end\n", "stop\n", ["session.ipc:55", "no line of a session begins", "docs/sessions.md"]),
    ];
    for (from, to, words) in cases {
        let bench = changed(from, to);
        for command in ["replay", "inspect"] {
            fails(&bench, &[command, "session.ipc"], 3, &words);
        }
    }
}

#[test]
fn code_3_what_is_no_session() {
    let bench = Bench::new();
    bench.write("mine.toml", TOPOLOGY);
    bench.write_wav("talk.wav", 480);
    bench.write("notes.txt", "do re mi");
    let cases = [
        ("mine.toml", "a topology in TOML", "help: run it with `headroom run FILE`"),
        ("talk.wav", "a WAV file", "help: play it with `headroom run -i FILE`"),
        ("notes.txt", "something else", "help: `headroom run --record FILE` writes sessions"),
    ];
    for (file, what, help) in cases {
        fails(&bench, &["replay", file], 3, &[&format!("{file} is no session but {what}"), help]);
        if what != "a topology in TOML" {
            let words = format!("{file} is {what}, which can't be inspected");
            fails(&bench, &["inspect", file], 3, &[&words, help]);
        }
    }
    for command in ["replay", "inspect"] {
        fails(&bench, &[command, "missing.ipc"], 3, &["can't read missing.ipc", "help: check the name"]);
    }
    fails(
        &bench,
        &["run", "mine.toml", "--record", "mine.toml"],
        3,
        &["mine.toml is the topology", "help: name another"],
    );
}

#[test]
fn code_6_another_build_is_needed() {
    let bench = changed("module 0x4 copier", "module 0x4 copycat");
    let words =
        ["a module `copycat` with the id 0x4, this build has none", "help: replay it with the version"];
    fails(&bench, &["replay", "session.ipc"], 6, &words);
    bench.headroom(&["inspect", "session.ipc"]).well();
}
