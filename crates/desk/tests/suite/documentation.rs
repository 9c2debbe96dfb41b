//! What users are told is true: the example of a topology runs, its rates are there, and the session on its page replays.

use headroom_desk::Recording;
use headroom_testbench::folder;

use crate::support::{play, replay};

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
    let replay = replay(&recording, None).unwrap();
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
