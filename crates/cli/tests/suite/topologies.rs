//! Compiled topologies: inspected and linted, word for word. They are our own.

use crate::errors::fails;
use crate::sketch::{Node, Sketch, small};
use crate::support::{Bench, golden};
use headroom_tplg::Token;

impl Bench {
    fn write_tplg(&self, name: &str, sketch: &Sketch) {
        std::fs::write(self.path(name), sketch.file()).unwrap();
    }
}

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write_tplg("small.tplg", &small());
    bench.write_tplg("faulty.tplg", &faulty());
    bench
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
    golden("inspect.json", &bench().headroom(&["inspect", "small.tplg", "--json"]).well().out);
}

#[test]
fn files_that_are_no_topology_are_told_apart() {
    let bench = bench();
    bench.write("notes.txt", "do re mi");
    for command in ["inspect", "lint"] {
        fails(&bench, &[command, "missing.tplg"], 3, &["missing.tplg", "as a compiled topology"]);
        fails(&bench, &[command, "notes.txt"], 3, &["notes.txt", "byte 0", "help: name a .tplg file"]);
    }
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
fn lint_as_data() {
    let done = bench().headroom(&["lint", "faulty.tplg", "--json"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    golden("lint.json", &done.out);
}
