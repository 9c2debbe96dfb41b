//! What the bundled run and a refused topology print, word for word.
//!
//! Bytes in the report are those of this machine's pointers, so the comparison is made where the golden files come from.

use std::path::Path;

use crate::support::{Bench, golden};

#[cfg_attr(
    not(all(target_arch = "x86_64", target_os = "linux")),
    ignore = "the golden report has the sizes of 64-bit x86 Linux"
)]
#[test]
fn the_report_of_the_bundled_run() {
    golden("run.txt", &Bench::new().headroom(&["run"]).well().out);
}

#[cfg_attr(
    not(all(target_arch = "x86_64", target_os = "linux")),
    ignore = "the golden report has the sizes of 64-bit x86 Linux"
)]
#[test]
fn the_json_of_the_bundled_run() {
    golden("run.json", &Bench::new().headroom(&["run", "--json"]).well().out);
}

#[test]
fn the_complaint_about_a_topology() {
    let bench = Bench::new();
    bench.write("mine.toml", &crate::errors::TOPOLOGY.replace("to = \"speaker\"", "to = \"speeker\""));
    golden("route-to-nowhere.txt", &bench.headroom(&["run", "mine.toml"]).err);
}

#[test]
fn the_help() {
    golden("help.txt", &Bench::new().headroom(&["run", "--help"]).well().out);
}

/// So that nobody has to remember the README when the report changes.
#[test]
fn the_readme_shows_the_end_of_the_golden_report() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let report = std::fs::read_to_string(root.join("crates/cli/tests/golden/run.txt")).unwrap();
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(shown.lines().count() > 4, "{shown}");
    assert!(report.ends_with(shown), "put the end of crates/cli/tests/golden/run.txt into README.md");
}
