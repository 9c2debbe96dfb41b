//! Messages as they were recorded: order, queues, formats of further outputs, and that a replay says the same.

use headroom_host::alsa::AlsaOptions;
use headroom_host::{Recording, replay};
use headroom_tplg::{Token, WidgetKind};

use super::builder::{Draft, NOBODYS, node, playback};
use super::support::{error, has, options, play, session};
use crate::support::folder;

/// One stream into two modules that mix it again: the pins of both sides are bound by name where `bound`.
fn diamond(bound: Option<[&str; 2]>) -> Draft {
    let mut draft = playback(vec![node("mixin", WidgetKind::Mixer, "mixin", 1)]);
    draft.routes.retain(|(_, to)| to != "dai");
    let mut mixout = node("mixout", WidgetKind::Mixer, "mixout", 1);
    mixout.words(&[(Token::COMP_NUM_INPUT_PINS, 8)]);
    let mixin = draft.edit("mixin");
    mixin.words(&[(Token::COMP_NUM_OUTPUT_PINS, 3)]);
    for name in bound.into_iter().flatten() {
        mixin.text(Token::COMP_OUTPUT_PIN_BINDING_WNAME, name);
    }
    let mut other = mixout.clone();
    "mixout2".clone_into(&mut other.name);
    draft.widgets.extend([mixout, other]);
    draft.route("mixin", "mixout");
    draft.route("mixin", "mixout2");
    draft.route("mixout", "dai");
    let mut dai = node("dai2", WidgetKind::DaiIn, "copier", 1);
    dai.words(&[(Token::DAI_INDEX, 1)]);
    draft.widgets.push(dai);
    draft.route("mixout2", "dai2");
    draft
}

/// The line of the session that binds `from` to `to`: its comment is in front of it.
fn bound(text: &str, from: &str, to: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let comment = format!("bind `{from}` to `{to}`");
    let place = lines.iter().position(|line| line.contains(&comment)).unwrap_or_else(|| panic!("{text}"));
    lines[place + 1].to_owned()
}

#[test]
fn pins_that_nobody_binds_count_up() {
    let (folder, _) = folder();
    let text = session(&diamond(None), folder.path());
    has(&bound(&text, "mixin", "mixout"), &["output 0", "input 0"]);
    has(&bound(&text, "mixin", "mixout2"), &["output 1", "input 0"]);
    has(&bound(&text, "host", "mixin"), &["output 0", "input 0"]);
}

#[test]
fn pins_are_those_of_the_bindings() {
    let (folder, _) = folder();
    let text = session(&diamond(Some(["mixout2", "mixout"])), folder.path());
    has(&bound(&text, "mixin", "mixout"), &["output 1", "input 0"]);
    has(&bound(&text, "mixin", "mixout2"), &["output 0", "input 0"]);
    let said = error(&diamond(Some(["mixout", "nobody"])), &options());
    has(&said, &["widget `mixin`", "no output left for `mixout2`", "pin bindings"]);
}

#[test]
fn more_routes_than_pins() {
    let mut draft = diamond(None);
    draft.edit("mixin").words = vec![(Token::COMP_NUM_OUTPUT_PINS, 2)];
    assert!(play(&draft, &options()).is_ok());
    let mut third = draft.edit("mixout2").clone();
    "mixout3".clone_into(&mut third.name);
    draft.widgets.push(third);
    draft.route("mixin", "mixout3");
    has(&error(&draft, &options()), &["widget `mixin`", "no output left for `mixout3`", "number of pins"]);
}

/// A copier is told what a further output gives before that is bound.
#[test]
fn further_outputs_of_copiers_are_set_before_they_are_bound() {
    let mut draft = playback(Vec::new());
    draft.edit("host").words(&[(Token::COMP_NUM_OUTPUT_PINS, 2)]);
    let mut dai = node("dai2", WidgetKind::DaiIn, "copier", 1);
    dai.words(&[(Token::DAI_INDEX, 1)]);
    draft.widgets.push(dai);
    draft.route("host", "dai2");
    let seen = play(&draft, &options()).unwrap();
    let sent: Vec<&str> = seen.log.iter().filter_map(|line| line.split(':').next()).collect();
    let at =
        |purpose: &str| sent.iter().position(|line| *line == purpose).unwrap_or_else(|| panic!("{sent:#?}"));
    assert!(at("set `format of output 1` of `host`") + 1 == at("bind `host` to `dai2`"), "{sent:#?}");
    assert!(!sent.contains(&"set `format of output 0` of `host`"));
}

/// The pipelines in the order of the path, started from the sink on; all that is made is deleted, and only what is bound
/// across pipelines is unbound.
#[test]
fn the_order_of_a_session() {
    let mut draft = playback(vec![node("gain", WidgetKind::Pga, "gain", 9)]);
    draft.pipelines.push((9, None));
    draft.edit("dai").pipeline = 9;
    let seen = play(&draft, &options()).unwrap();
    let sent: Vec<&str> = seen.log.iter().filter_map(|line| line.split(':').next()).collect();
    let expected = [
        "create pipeline 1",
        "init `host`",
        "create pipeline 9",
        "init `gain`",
        "init `dai`",
        "bind `host` to `gain`",
        "bind `gain` to `dai`",
        "complete the pipelines",
        "start the pipelines",
        "pause the pipelines",
        "reset the pipelines",
        "unbind `host` from `gain`",
        "delete pipeline 1",
        "delete pipeline 9",
    ];
    assert_eq!(sent, expected);
    let (folder, _) = folder();
    has(&session(&draft, folder.path()), &["[9, 1] to PAUSED", "[9, 1] to RUNNING", "[9, 1] to RESET"]);
}

#[test]
fn a_replay_says_what_the_run_said() {
    let (_folder, path) = folder();
    let mut unknown = node("unknown", WidgetKind::Effect, "gain", 1);
    unknown.uuid = Some(NOBODYS);
    let mut src = node("src", WidgetKind::Src, "src", 1);
    src.words(&[(Token::SRC_RATE_OUT, 48_000), (Token::COMP_HEAP_BYTES_REQUIREMENT, 1 << 17)]);
    src.text(Token::COMP_SCHED_DOMAIN, "DP");
    let record = Some(path("session.ipc"));
    play(&playback(vec![unknown, src]), &AlsaOptions { record, ..options() }).unwrap();
    let recording = Recording::load(&path("session.ipc")).unwrap();
    let again = replay(&recording, None, &mut |_, _| ()).unwrap();
    assert!(again.is_whole && again.ticks > 1000, "{}", again.ticks);
    assert_eq!(again.differences, []);
}

/// Numbers that a message has no bits for are told, not cut.
#[test]
fn cores_that_no_message_can_name() {
    let mut draft = playback(vec![node("gain", WidgetKind::Pga, "gain", 1)]);
    draft.edit("gain").words(&[(Token::COMP_CORE_ID, 99)]);
    has(&error(&draft, &options()), &["widget `gain`: its core is 99", "count to 15", "smaller number"]);
}
