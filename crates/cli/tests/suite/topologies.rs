//! Compiled topologies: inspected, drawn, linted and compared, word for word. They are our own.

use headroom_testbench::sketch::{Node, Sketch, small};
use headroom_tplg::{Token, WidgetKind};

use crate::errors::fails;
use crate::support::{Bench, golden};

impl Bench {
    fn write_tplg(&self, name: &str, sketch: &Sketch) {
        std::fs::write(self.path(name), sketch.file()).unwrap();
    }
}

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write_tplg("small.tplg", &small());
    bench.write_tplg("faulty.tplg", &faulty());
    bench.write_tplg("changed.tplg", &changed());
    bench
}

/// The small one after some work: another widget on the way, more memory, another format, a PCM less.
fn changed() -> Sketch {
    let mut sketch = small();
    let src = sketch.node("src.1.1");
    src.words = vec![(Token::COMP_STACK_BYTES_REQUIREMENT, 2048), (Token::COMP_CORE_ID, 2)];
    sketch.node("host-copier.0.playback").inputs.pop();
    sketch.node("gain.3.1").controls = vec!["Main Volume".into()];
    let mut drc = sketch.node("gain.3.1").clone();
    drc.outputs[0].channels = 1;
    sketch
        .nodes
        .insert(11, Node { name: "drc.3.1".into(), kind: WidgetKind::Effect, controls: vec![], ..drc });
    sketch.node("dai-copier.SSP.NoCodec-0.playback").inputs[0].block_bytes = 768;
    sketch.routes.pop();
    sketch.routes[7] = ("gain.3.1".into(), "drc.3.1".into());
    sketch.routes.push(("drc.3.1".into(), "dai-copier.SSP.NoCodec-0.playback".into()));
    sketch.pcms.pop();
    sketch.pcms[0].rates = 1 << 6 | 1 << 7;
    sketch.abi = vec![3, 0, 30, 0, 0, 0];
    sketch
}

/// The small one with placeholder memory everywhere, a route to nowhere, and a mixer that runs late.
fn faulty() -> Sketch {
    let mut sketch = small();
    for Node { words, .. } in &mut sketch.nodes {
        for (token, value) in words {
            match *token {
                Token::COMP_STACK_BYTES_REQUIREMENT => *value = 8192,
                Token::COMP_HEAP_BYTES_REQUIREMENT => *value = 24_576,
                _ => {}
            }
        }
    }
    let (_, priority) = sketch
        .node("pipeline.2")
        .words
        .iter_mut()
        .find(|(token, _)| *token == Token::SCHED_PRIORITY)
        .unwrap();
    *priority = 5;
    sketch.routes.push(("gain.3.1".into(), "module-copier.3.7".into()));
    sketch
}

#[test]
fn inspect_in_words() {
    let bench = bench();
    golden("inspect.txt", &bench.headroom(&["inspect", "small.tplg"]).well().out);
    let sections = ["inspect", "small.tplg", "--tokens", "--formats", "--widgets"];
    golden("inspect-sections.txt", &bench.headroom(&sections).well().out);
}

#[test]
fn inspect_as_data() {
    let bench = bench();
    let mut capture = small();
    capture.nodes.retain(|node| node.pipeline == 4);
    capture.routes.retain(|(source, _)| source.contains("capture"));
    capture.pcms.retain(|pcm| pcm.capture);
    bench.write_tplg("capture.tplg", &capture);
    golden("inspect.json", &bench.headroom(&["inspect", "capture.tplg", "--json"]).well().out);
}

#[test]
fn files_that_are_no_topology_are_told_apart() {
    let bench = bench();
    bench.write("notes.txt", "do re mi");
    bench.write_wav("talk.wav", 480);
    std::fs::write(bench.path("cut.tplg"), &small().file()[..1000]).unwrap();
    let after: [(&str, &[&str]); 3] = [("lint", &[]), ("graph", &["-o", "x.svg"]), ("diff", &["small.tplg"])];
    for (command, after) in after {
        let arguments = |file| [&[command, file], after].concat();
        let missing = ["can't read the topology missing.tplg"];
        fails(&bench, &arguments("missing.tplg"), 3, &missing);
        let damaged = ["cut.tplg: byte", "help: name a .tplg file"];
        fails(&bench, &arguments("cut.tplg"), 3, &damaged);
        fails(&bench, &arguments("notes.txt"), 4, &["notes.txt:1", "docs/topology-toml.md"]);
        fails(&bench, &arguments("talk.wav"), 3, &["talk.wav is a WAV file"]);
    }
    std::fs::copy(bench.path("small.tplg"), bench.path("mine.dot")).unwrap();
    fails(
        &bench,
        &["graph", "mine.dot", "-o", "./mine.dot"],
        3,
        &["mine.dot is the topology", "name another"],
    );
    fails(&bench, &["graph", "small.tplg", "-o", "nowhere/x.svg"], 3, &["nowhere/x.svg"]);
    fails(&bench, &["graph", "small.tplg", "-o", "x.png"], 2, &[".svg", ".dot"]);
    fails(&bench, &["graph", "small.tplg"], 2, &["--output"]);
    fails(&bench, &["diff", "small.tplg"], 2, &["NEW"]);
    fails(&bench, &["inspect", "small.tplg", "--json", "--widgets"], 2, &["--json", "--widgets"]);
    fails(&bench, &["lint"], 2, &["TPLG"]);
    fails(&bench, &["lint", "--explain", "HR999"], 2, &["HR999", "docs/lint.md"]);
}

#[test]
fn lint_in_words() {
    let bench = bench();
    let done = bench.headroom(&["lint", "small.tplg", "faulty.tplg"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    golden("lint.txt", &done.out);
    golden("lint-all.txt", &bench.headroom(&["lint", "faulty.tplg", "--all"]).out);
    golden("lint-explain.txt", &bench.headroom(&["lint", "--explain", "hr040"]).well().out);
    assert_eq!(bench.headroom(&["lint", "small.tplg"]).well().out, "small.tplg: nothing found\n");
}

#[test]
fn lint_tells_the_files_that_it_can_read() {
    let bench = bench();
    let done = bench.headroom(&["lint", "missing.tplg", "small.tplg", "gone.tplg"]);
    assert_eq!((done.code, &*done.out), (Some(3), "small.tplg: nothing found\n"));
    assert!(done.err.contains("missing.tplg") && done.err.contains("gone.tplg"), "{}", done.err);
}

#[test]
fn lint_as_data() {
    let done = bench().headroom(&["lint", "faulty.tplg", "--json"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    golden("lint.json", &done.out);
}

#[test]
fn graph_as_dot_and_svg() {
    let bench = bench();
    for name in ["graph.dot", "graph.svg"] {
        let done = bench.headroom(&["graph", "small.tplg", "-o", name]).well();
        assert_eq!((&*done.out, &*done.err), ("", ""));
        golden(name, std::str::from_utf8(&bench.read(name)).unwrap());
    }
    bench.headroom(&["graph", "changed.tplg", "--output", "changed.svg"]).well();
    let clash = String::from_utf8(bench.read("changed.svg")).unwrap();
    assert!(clash.contains(">differ<"), "a route without a common format is marked");
}

#[test]
fn diff_in_words() {
    let bench = bench();
    let done = bench.headroom(&["diff", "small.tplg", "changed.tplg"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    golden("diff.txt", &done.out);
    let back = bench.headroom(&["diff", "changed.tplg", "small.tplg"]).out;
    assert_eq!(back.lines().count(), done.out.lines().count(), "{back}");
    assert_eq!(bench.headroom(&["diff", "small.tplg", "small.tplg"]).well().out, "");
}

/// The same elements in another order are other bytes, which nobody has to review.
#[test]
fn diff_of_another_order() {
    let bench = bench();
    let mut sketch = small();
    sketch.routes.reverse();
    bench.write_tplg("reversed.tplg", &sketch);
    let done = bench.headroom(&["diff", "small.tplg", "reversed.tplg"]);
    assert_eq!(done.code, Some(1));
    assert!(done.out.starts_with("the files differ in bytes that have no words here"), "{}", done.out);
}

/// Terminals of 100 columns are enough for text.
#[test]
fn the_help_of_each_command_has_examples_and_exit_codes() {
    let bench = bench();
    for command in ["inspect", "graph", "lint", "diff"] {
        let out = bench.headroom(&[command, "--help"]).well().out;
        assert!(out.contains("Examples:") && out.contains("Exit codes:"), "{out}");
        assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    }
}

/// Alike changes are counted, or told as data.
#[test]
fn diff_in_numbers_and_as_data() {
    let bench = bench();
    let of = |option: &str| bench.headroom(&["diff", option, "small.tplg", "changed.tplg"]).out;
    assert!(of("--stat").contains("widgets: 1 added, "), "{}", of("--stat"));
    let json: serde_json::Value = serde_json::from_str(&of("--json")).unwrap();
    assert_eq!(json["schema_version"], 1);
    assert!(json["changes"].as_array().unwrap().iter().any(|change| change["section"] == "PCMs"), "{json}");
    assert!(
        of("--all").lines().count()
            >= bench.headroom(&["diff", "small.tplg", "changed.tplg"]).out.lines().count()
    );
}

/// Memory and names of controls on demand, and a dark background.
#[test]
fn graph_with_more_and_on_dark() {
    let bench = bench();
    for name in ["more.svg", "more.dot"] {
        let arguments = ["graph", "small.tplg", "-o", name, "--memory", "--controls", "--theme", "dark"];
        bench.headroom(&arguments).well();
        let picture = String::from_utf8(bench.read(name)).unwrap();
        for part in ["stack 4096 B", "heap 12288 B", "Master Volume", "#16181c"] {
            assert!(picture.contains(part), "{name}: {part}");
        }
    }
    fails(&bench, &["graph", "small.tplg", "-o", "x.svg", "--theme", "pink"], 2, &["light", "dark"]);
}

/// A topology of another driver is told as such by each command that knows of SOF.
#[test]
fn other_drivers_topologies() {
    let bench = bench();
    let mut sketch = small();
    let widget = Node { uuid: None, words: vec![(Token(48), 3)], ..sketch.node("mixin.1.1").clone() };
    sketch.nodes = vec![Node { inputs: vec![], outputs: vec![], ..widget }];
    (sketch.routes, sketch.abi) = (vec![], vec![20, 0, 0, 0, 1, 0, 0, 0]);
    bench.write_tplg("foreign.tplg", &sketch);
    let lint = bench.headroom(&["lint", "foreign.tplg"]).well().out;
    assert!(lint.starts_with("foreign.tplg: 1 note\n"), "{lint}");
    assert!(bench.headroom(&["inspect", "foreign.tplg"]).well().out.contains("for another driver than SOF"));
    fails(&bench, &["run", "foreign.tplg", "--pcm", "0"], 4, &["isn't for SOF", "another driver"]);
}
