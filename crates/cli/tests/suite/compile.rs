//! `headroom compile`, `headroom decompile` and `headroom set` from outside.

use crate::support::Bench;

const PLAYBACK: &str = include_str!("../../../topology/topologies/playback.toml");

#[test]
fn a_topology_becomes_a_file_and_text_and_the_same_file_again() {
    let bench = Bench::new();
    bench.write("mine.toml", PLAYBACK);
    let done = bench.headroom(&["compile", "mine.toml", "-o", "mine.tplg"]).well();
    assert_eq!(done.out, "");
    // What the text says and the file can't.
    assert!(
        done.err.starts_with("note: `volume`: a file has its controls as defaults only;"),
        "{}",
        done.err
    );
    assert_eq!(done.err.lines().count(), 1);
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
        (&["compile", "wrong.toml", "-o", "out"], 4, "`gian` is no value for this"),
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
    assert!(done.err.contains("is the topology: writing there would destroy it"), "{}", done.err);
    assert_eq!(bench.read("mine.toml"), PLAYBACK.as_bytes());
}

/// The words of a line.
fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

#[test]
fn a_token_is_set_and_no_other_byte_changes() {
    let bench = Bench::new();
    bench.write("mine.toml", include_str!("../../../topology/topologies/playback-src.toml"));
    bench.headroom(&["compile", "mine.toml", "-o", "mine.tplg"]).well();
    let said =
        bench.headroom(&words("set mine.tplg src heap=0x4000 core=1 domain=LL -o other.tplg")).well().out;
    assert_eq!(said, "src: heap 65536 -> 0x4000\nsrc: core 0 -> 1\nsrc: domain DP -> LL\n");
    let (mine, other) = (bench.read("mine.tplg"), bench.read("other.tplg"));
    let changed: Vec<_> = mine.iter().zip(&other).filter(|(old, new)| old != new).collect();
    // 0x10000 and 0x4000 differ in two bytes, 0 and 1 in one, DP and LL in two.
    assert_eq!((mine.len(), changed.len()), (other.len(), 5), "{changed:?}");
    let shown = |file: &str| bench.headroom(&["decompile", file]).well().out;
    let (old, new) = (shown("mine.tplg"), shown("other.tplg"));
    let differing: Vec<_> =
        old.lines().zip(new.lines()).filter(|(old, new)| old != new).map(|(_, new)| new).collect();
    let expected = ["COMP_CORE_ID = 1", "COMP_HEAP_BYTES_REQUIREMENT = 16384", "COMP_SCHED_DOMAIN = \"LL\""];
    assert_eq!(differing, expected);
}

#[test]
fn what_cannot_be_set_is_refused_and_nothing_is_written() {
    let bench = Bench::new();
    bench.write("mine.toml", include_str!("../../../topology/topologies/capture-src-lite.toml"));
    bench.headroom(&["compile", "mine.toml", "-o", "mine.tplg"]).well();
    let cases = [
        ("set mine.tplg scr stack=1 -o out", "has no widget `scr`", "its widgets are"),
        ("set mine.tplg src lifetime=1 -o out", "says its memory as one figure", "set `heap` instead"),
        ("set mine.tplg src stack=1 colour=1 -o out", "there is no token `colour`", "stack, heap"),
        ("set mine.tplg src stack=much -o out", "`much` is no value for `stack`", "8192 or 0x2000"),
        (
            "set mine.tplg mic CAVS_AUDIO_FORMAT_INPUT_PIN_INDEX=1 -o out",
            "the widget has no token",
            "give it one",
        ),
        ("set mine.tplg src COMP_UUID=1 -o out", "`1` is no UUID", "dashes"),
        ("set mine.tplg src stack -o out", "no token is given", "heap=32k"),
        ("set mine.tplg stack=1 -o out", "no widget is named", "`--all`"),
    ];
    for (line, said, help) in cases {
        let done = bench.headroom(&words(line));
        let text = done.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(done.code, Some(2), "{line}: {text}");
        assert!(text.contains(said) && text.contains(help), "{line}: {text}");
        assert!(!bench.path("out").exists(), "{line} left a file");
    }
}

/// What `compile` makes, `lint` finds nothing in (15): of every bundled topology, of 24 bits at SoundWire, of memory by phase, and of
/// a DP widget that says no memory.
#[test]
fn lint_finds_nothing_in_what_compile_makes() {
    let bench = Bench::new();
    let dp = "name = \"mine\"\ninput = { signal = \"sine\", rate = 44100, channels = 2, samples = \"S16\", seconds = 1 }\n\
              pipeline = [{ id = 1 }]\nroute = [{ from = \"host\", to = \"src\" }, { from = \"src\", to = \"speaker\" }]\n\
              widget = [\n  { name = \"host\", kind = \"host-copier\", pipeline = 1, samples = \"S32\" },\n  \
              { name = \"src\", kind = \"src\", pipeline = 1, rate = 48000, domain = \"DP\" },\n  \
              { name = \"speaker\", kind = \"dai-copier\", pipeline = 1, samples = \"S24_4\", dai = { type = \"ALH\" } },\n]\n";
    let by_phase =
        dp.replace("domain = \"DP\"", "domain = \"DP\", lifetime_bytes = 65536, stack_bytes = 4096");
    let mine = [("dp".to_owned(), dp.to_owned()), ("phase".to_owned(), by_phase)];
    for (name, text) in headroom_testbench::bundled().into_iter().chain(mine) {
        bench.write("mine.toml", &text);
        bench.headroom(&["compile", "mine.toml", "-o", "mine.tplg"]).well();
        let found = bench.headroom(&["lint", "mine.tplg"]).well().out;
        assert_eq!(found, "mine.tplg: nothing found\n", "{name}");
        std::fs::remove_file(bench.path("mine.tplg")).unwrap();
    }
}
