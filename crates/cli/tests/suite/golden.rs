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
    for (name, command) in
        [("help.txt", "run"), ("replay-help.txt", "replay"), ("inspect-help.txt", "inspect")]
    {
        golden(name, &Bench::new().headroom(&[command, "--help"]).well().out);
    }
}

/// So that nobody has to remember the README when the report changes.
#[cfg_attr(
    not(all(target_arch = "x86_64", target_os = "linux")),
    ignore = "the golden report has the sizes of 64-bit x86 Linux"
)]
#[test]
fn the_readme_shows_the_end_of_the_report() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let report = Bench::new().headroom(&["run"]).well().out;
    let end = &report[report.find("Regions, base to top").unwrap()..];
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    if std::env::var_os("HEADROOM_BLESS").is_some() {
        std::fs::write(&path, readme.replace(shown, end)).unwrap();
    } else {
        assert_eq!(shown, end, "left: README.md, right: a run; HEADROOM_BLESS=1 puts it there");
    }
}
