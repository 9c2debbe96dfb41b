//! Messages as they would be sent: order, queues, formats of further outputs.

use headroom_driver::Setup;
use headroom_ipc4::{PipelineIds, Request};
use headroom_testbench::draft::{Draft, node, playback};
use headroom_tplg::{Token, WidgetKind};

use crate::support::{error, has, messages, nothing, open, purposes};

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

/// The output and the input that `from` and `to` are bound by.
fn bound(setup: &Setup, from: &str, to: &str) -> (u8, u8) {
    match messages(setup, &format!("bind `{from}` to `{to}`"))[..] {
        [Request::Bind(ref binding)] => (binding.source_queue, binding.sink_queue),
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn pins_that_nobody_binds_count_up() {
    let setup = open(&diamond(None), &nothing()).unwrap();
    assert_eq!(bound(&setup, "mixin", "mixout"), (0, 0));
    assert_eq!(bound(&setup, "mixin", "mixout2"), (1, 0));
    assert_eq!(bound(&setup, "host", "mixin"), (0, 0));
}

#[test]
fn pins_are_those_of_the_bindings() {
    let setup = open(&diamond(Some(["mixout2", "mixout"])), &nothing()).unwrap();
    assert_eq!(bound(&setup, "mixin", "mixout"), (1, 0));
    assert_eq!(bound(&setup, "mixin", "mixout2"), (0, 0));
    let said = error(&diamond(Some(["mixout", "nobody"])), &nothing());
    has(&said, &["widget `mixin`", "no output left for `mixout2`", "pin bindings"]);
}

#[test]
fn more_routes_than_pins() {
    let mut draft = diamond(None);
    draft.edit("mixin").words = vec![(Token::COMP_NUM_OUTPUT_PINS, 2)];
    assert!(open(&draft, &nothing()).is_ok());
    let mut third = draft.edit("mixout2").clone();
    "mixout3".clone_into(&mut third.name);
    draft.widgets.push(third);
    draft.route("mixin", "mixout3");
    has(&error(&draft, &nothing()), &["widget `mixin`", "no output left for `mixout3`", "number of pins"]);
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
    let setup = open(&draft, &nothing()).unwrap();
    let sent = purposes(&setup);
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
    let setup = open(&draft, &nothing()).unwrap();
    let sent = purposes(&setup);
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
    for purpose in ["complete", "start", "pause", "reset"] {
        let [Request::SetPipelineState(ref message)] =
            messages(&setup, &format!("{purpose} the pipelines"))[..]
        else {
            panic!("{purpose}")
        };
        let ids = [9_u32, 1].map(u32::to_le_bytes);
        assert_eq!(message.pipelines, PipelineIds::List(&ids), "{purpose}");
    }
}

/// Numbers that a message has no bits for are told, not cut.
#[test]
fn cores_that_no_message_can_name() {
    let mut draft = playback(vec![node("gain", WidgetKind::Pga, "gain", 1)]);
    draft.edit("gain").words(&[(Token::COMP_CORE_ID, 99)]);
    has(&error(&draft, &nothing()), &["widget `gain`: its core is 99", "count to 15", "smaller number"]);
}
