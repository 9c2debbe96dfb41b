//! The user's reference of topologies is true: its example runs, its error is the one that comes, no key is missing; and
//! the example of topology files compiles.

use headroom_host::{Recording, replay};

use crate::support::{folder, parse, play};

const REFERENCE: &str = include_str!("../../../../docs/topology-toml.md");
const SESSIONS: &str = include_str!("../../../../docs/sessions.md");

/// The first block of the reference in this language.
fn block(language: &str) -> &'static str {
    block_of(REFERENCE, language)
}

fn block_of(page: &'static str, language: &str) -> &'static str {
    let start = page.split_once(&format!("```{language}\n")).unwrap().1;
    start.split_once("```").unwrap().0
}

/// The session on the page about them is one, and is answered as it says.
#[test]
fn the_session_on_its_page_replays() {
    let recording = Recording::parse("sessions.md", block_of(SESSIONS, "text").to_owned()).unwrap();
    let replay = replay(&recording, None, &mut |_, _| ()).unwrap();
    assert_eq!((replay.messages, replay.ticks, replay.is_whole, replay.differences), (3, 20, true, vec![]));
}

/// The difference that it explains is the one that the command prints.
#[test]
fn the_difference_on_its_page_is_the_one_that_comes() {
    let golden = include_str!("../../../cli/tests/golden/replay-differs.txt");
    let shown = SESSIONS.split("```text\n").nth(2).unwrap().split("```").next().unwrap();
    assert!(golden.contains(shown), "{shown}");
}

#[test]
fn its_example_runs() {
    let (_folder, path) = folder();
    let seen = play(block("toml"), &path("out.wav")).unwrap();
    assert_eq!((seen.figures.frames_in, seen.figures.frames_out, seen.underruns()), (22_050, 24_000, 0));
}

/// What is refused as an unknown key is answered with those that are known.
#[test]
fn it_has_every_key() {
    let tables = [
        ("## The file", "unknown = 1"),
        ("## `[input]`", "name = \"\"\n[input]\nunknown = 1"),
        ("## `[[pipeline]]`", "name = \"\"\n[[pipeline]]\nunknown = 1"),
        ("## `[[widget]]`", "name = \"\"\n[[widget]]\nunknown = 1"),
        ("## `dai`", "name = \"\"\n[[widget]]\ndai = { unknown = 1 }"),
        ("## `[[pcm]]`", "name = \"\"\n[[pcm]]\nunknown = 1"),
        ("## `[[route]]`", "name = \"\"\n[[route]]\nunknown = 1"),
    ];
    for (heading, text) in tables {
        let said = parse(text).unwrap_err().to_string();
        let known = said.split_once("expected ").unwrap_or_else(|| panic!("{said}")).1;
        let section = REFERENCE.split_once(&format!("{heading}\n")).unwrap().1.split("\n## ").next().unwrap();
        let keys: Vec<_> = known.split('`').skip(1).step_by(2).collect();
        assert!(keys.len() >= 2, "{said}");
        for key in keys {
            let named = [format!("`{key}`"), format!("`[{key}]`"), format!("`[[{key}]]`")];
            assert!(named.iter().any(|name| section.contains(name)), "`{key}` is missing under {heading}");
        }
    }
}

/// The rates that it promises are those that there are filters for.
#[test]
fn its_rates_are_those_there_are() {
    let rates: Vec<_> =
        headroom_resample::RATES.iter().map(|rate| format!("{}", f64::from(*rate) / 1000.0)).collect();
    let (last, others) = rates.split_last().unwrap();
    let list = format!("{} and {last} kHz", others.join(", "));
    let said = REFERENCE.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&list), "it should name {list}");
}

#[test]
fn the_example_of_topology_files_compiles() {
    let reference = include_str!("../../../../docs/topology-files.md");
    let example = reference.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let file = headroom_host::compile("example", example.to_owned()).unwrap();
    let topology = headroom_tplg::Topology::parse(&file).unwrap();
    let gain = topology.widget("gain.1.1").unwrap();
    assert_eq!(
        (gain.pipeline(), gain.memory(headroom_tplg::TokenEra::Guess).stack, gain.controls().count()),
        (1, Some(4096), 1)
    );
}
