//! `headroom compile` and `headroom decompile` from outside.

use crate::support::Bench;

const PLAYBACK: &str = include_str!("../../../host/topologies/playback.toml");

#[test]
fn a_topology_becomes_a_file_and_text_and_the_same_file_again() {
    let bench = Bench::new();
    bench.write("mine.toml", PLAYBACK);
    let done = bench.headroom(&["compile", "mine.toml", "-o", "mine.tplg"]).well();
    assert_eq!((done.out.as_str(), done.err.as_str()), ("", ""));
    let text = bench.headroom(&["decompile", "mine.tplg"]).well().out;
    assert!(text.contains("name = \"Speaker Playback Volume\""), "{text}");
    bench.headroom(&["decompile", "mine.tplg", "-o", "all.toml"]).well();
    assert_eq!(bench.read("all.toml"), text.into_bytes());
    bench.headroom(&["compile", "all.toml", "-o", "again.tplg"]).well();
    assert!(bench.read("again.tplg") == bench.read("mine.tplg"));
}

#[test]
fn faults_have_the_exit_code_of_their_class_and_leave_no_file() {
    let bench = Bench::new();
    bench.write("wrong.toml", &PLAYBACK.replace("kind = \"gain\"", "kind = \"gian\""));
    bench.write("cut.tplg", "CoSA");
    let cases: [(&[&str], i32, &str); 6] = [
        (&["compile", "missing.toml", "-o", "out"], 3, "can't read the topology missing.toml"),
        (&["compile", "wrong.toml", "-o", "out"], 4, "unknown variant `gian`"),
        (&["compile", "wrong.toml"], 2, "--output"),
        (&["compile", "cut.tplg", "-o", "out"], 4, "cut.tplg:1"),
        (&["decompile", "cut.tplg", "-o", "out"], 3, "cut.tplg: byte 0: a block's header needs 36 bytes"),
        (&["decompile", "missing.tplg"], 3, "can't read the topology missing.tplg"),
    ];
    for (arguments, code, said) in cases {
        let done = bench.headroom(arguments);
        assert_eq!(done.code, Some(code), "{arguments:?}: {}", done.err);
        assert!(done.err.contains(said), "`{said}` is not in:\n{}", done.err);
        assert!(!bench.path("out").exists(), "{arguments:?} left a file");
    }
}

#[test]
fn a_topology_is_not_written_over_itself() {
    let bench = Bench::new();
    bench.write("mine.toml", PLAYBACK);
    let done = bench.headroom(&["compile", "mine.toml", "-o", "./mine.toml"]);
    assert_eq!(done.code, Some(3));
    assert!(done.err.contains("is the topology: writing the output there would destroy it"), "{}", done.err);
    assert_eq!(bench.read("mine.toml"), PLAYBACK.as_bytes());
}
