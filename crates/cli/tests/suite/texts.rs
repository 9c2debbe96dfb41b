//! Every command that looks at topologies takes texts: what it tells is what it tells of the file that the text makes.

use crate::errors::fails;
use crate::support::{Bench, Done};

const PLAYBACK: &str = include_str!("../../../topology/topologies/playback.toml");
const TWO_PCMS: &str = include_str!("../../../topology/topologies/playback-two-pcms.toml");
const SRC: &str = include_str!("../../../topology/topologies/playback-src.toml");

/// A text, the file that it makes, and that file as text.
fn bench(text: &str) -> Bench {
    let bench = Bench::new();
    bench.write("mine.toml", text);
    bench.headroom(&["compile", "mine.toml", "-o", "mine.tplg"]).well();
    bench.headroom(&["decompile", "mine.tplg", "-o", "records.toml"]).well();
    bench
}

/// What a command says of a file, under the name that the others have.
fn said(done: Done, file: &str) -> String {
    done.out.replace(file, "mine")
}

#[test]
fn inspect_and_lint_tell_the_same_of_text_file_and_records() {
    // Playback only: a recording in memory has the format that comes, a file all that its PCM lists.
    for text in [PLAYBACK, TWO_PCMS, SRC] {
        let bench = bench(text);
        for options in
            [&["inspect"][..], &["inspect", "--widgets"], &["inspect", "--json"], &["lint", "--all"]]
        {
            let tell = |file: &str| said(bench.headroom(&[options, &[file]].concat()).well(), file);
            let of_file = tell("mine.tplg");
            assert!(!of_file.is_empty(), "{options:?}");
            assert_eq!(tell("mine.toml"), of_file, "{options:?}");
            assert_eq!(tell("records.toml"), of_file, "{options:?}");
        }
    }
}

#[test]
fn graph_draws_the_same_of_text_and_file() {
    let bench = bench(TWO_PCMS);
    for kind in ["dot", "svg"] {
        let draw = |file: &str| {
            let picture = format!("{file}.{kind}");
            bench.headroom(&["graph", file, "-o", &picture]).well();
            String::from_utf8(bench.read(&picture)).unwrap().replace(file, "mine")
        };
        assert_eq!(draw("mine.toml"), draw("mine.tplg"));
        assert!(draw("mine.toml").contains("volume"));
    }
    fails(&bench, &["graph", "mine.toml", "-o", "./mine.toml"], 2, &[".svg", ".dot"]);
}

#[test]
fn diff_compares_texts_with_files() {
    let bench = bench(SRC);
    for other in ["mine.tplg", "records.toml", "mine.toml"] {
        assert_eq!(bench.headroom(&["diff", "mine.toml", other]).well().out, "", "{other}");
    }
    bench.write("other.toml", &SRC.replace("heap_bytes = 65536", "heap_bytes = 32768"));
    let done = bench.headroom(&["diff", "mine.tplg", "other.toml"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(done.out.contains("src") && done.out.contains("32768"), "{}", done.out);
}

/// What is set goes into a file: a text has no tokens to be changed in place.
#[test]
fn set_takes_a_text_and_writes_a_file() {
    let bench = bench(SRC);
    let set = |file: &str, output: &str| {
        bench.headroom(&["set", file, "src", "heap=0x4000", "-o", output]).well().out
    };
    assert_eq!(set("mine.toml", "of-text.tplg"), "src: heap 65536 -> 0x4000\n");
    set("mine.tplg", "of-file.tplg");
    assert!(bench.read("of-text.tplg") == bench.read("of-file.tplg"));
    fails(&bench, &["set", "mine.toml", "src", "heap=1", "-o", "mine.toml"], 3, &["is the topology"]);
    assert_eq!(bench.read("mine.toml"), SRC.as_bytes());
}

/// A text is played as a whole, or one of its PCMs as a driver opens it.
#[test]
fn run_takes_the_same_options_for_texts_and_files() {
    let bench = bench(TWO_PCMS);
    let report = |arguments: &str| {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        bench.headroom(&[&["run"], &arguments[..]].concat()).well().out
    };
    let one = report("mine.toml --pcm 1 -o text.wav");
    assert!(one.contains("PCM 1 (Voice) playback"), "{one}");
    assert!(report("mine.toml --pcm all").lines().any(|line| line.ends_with("PCM 0 (Music) playback")));
    assert!(!report("mine.toml -o whole.wav").contains("PCM 1"));
    fails(&bench, &["run", "mine.toml", "--pcm", "7"], 2, &["there is no PCM 7", "--pcm 1:playback"]);
    bench.write("quieter.sh", "sleep 0.1\namixer cset name='Master Playback Volume' 30\n");
    report("mine.toml --controls quieter.sh -o quieter.wav");
    assert!(bench.read("quieter.wav") != bench.read("whole.wav"));
    report("mine.toml --token-era heap");
}
