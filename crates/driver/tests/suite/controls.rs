//! Controls: what is sent at first, what a text sets besides, and what a script sets while the stream plays.

use headroom_driver::{Error, Setup, script};
use headroom_ipc4::{Fragment, LargeConfig, Request};
use headroom_testbench::draft::{Draft, Knob, NOBODYS, Node, node, playback};
use headroom_testbench::line;
use headroom_tplg::WidgetKind;

use crate::support::{With, error, has, messages, nothing, open, open_text, purposes, told};

fn unknown(knob: Knob) -> Draft {
    let uuid = Some(NOBODYS);
    playback(vec![Node { uuid, knobs: vec![knob], ..node("unknown", WidgetKind::Effect, "gain", 1) }])
}

/// What sets a control.
fn sent<'s>(setup: &'s Setup, purpose: &str) -> Vec<LargeConfig<'s>> {
    let value = |message| match message {
        Request::LargeConfigSet(config) => config,
        other => panic!("{other:?}"),
    };
    messages(setup, purpose).into_iter().map(value).collect()
}

/// A value longer than a mailbox goes in parts, a short one in one.
#[test]
fn bytes_controls_go_in_as_many_parts_as_they_need() {
    let parts = |bytes: usize| -> Vec<(u8, Fragment, usize)> {
        let setup = open(&unknown(Knob::Bytes("Blob", 3, vec![7; bytes])), &nothing()).unwrap();
        if bytes == 0 {
            assert!(purposes(&setup).iter().all(|purpose| !purpose.starts_with("set ")));
            return Vec::new();
        }
        let sent = sent(&setup, "set `Blob` of `unknown`");
        sent.iter().map(|config| (config.parameter, config.fragment, config.data.len())).collect()
    };
    assert_eq!(parts(0), []);
    assert_eq!(parts(100), [(3, Fragment::Single { total: 100 }, 100)]);
    assert_eq!(parts(4096), [(3, Fragment::Single { total: 4096 }, 4096)]);
    let two = [(3, Fragment::First { total: 4106 }, 4096), (3, Fragment::Last { offset: 4096 }, 10)];
    // The words of a message are whole: the last part is filled up.
    let got = parts(4096 + 10);
    assert_eq!(got.len(), 2);
    for (got, expected) in got.iter().zip(two) {
        assert_eq!((got.0, got.1), (expected.0, expected.1));
        assert!(got.2.abs_diff(expected.2) < 4, "{got:?}");
    }
}

/// A parameter that no message can name is told, not sent to another one.
#[test]
fn a_bytes_control_for_a_parameter_that_no_message_can_name() {
    let said = error(&unknown(Knob::Bytes("Blob", 256, vec![7; 4])), &nothing());
    has(&said, &["widget `unknown`", "`Blob`", "256", "255"]);
}

#[test]
fn enumerations_start_with_their_first_item_and_take_those_that_there_are() {
    let draft = unknown(Knob::Choice("Mode", &["slow", "fast"]));
    let setup = open(&draft, &nothing()).unwrap();
    let first = &sent(&setup, "set `Mode` of `unknown`")[0];
    assert_eq!((first.parameter, &first.data[20..28]), (201, &[0; 8][..]));
    for (value, works) in [("fast", true), ("1", true), ("2", false), ("50%", false), ("faster", false)] {
        let script = script::read("script.sh", &format!("amixer cset name=Mode {value}\n")).unwrap();
        let with = With { script, ..nothing() };
        if works {
            let setup = open(&draft, &with).unwrap();
            let [(0, step)] = &setup.later[..] else { panic!("{:?}", setup.later) };
            let Request::LargeConfigSet(config) = Request::decode(&step.bytes).unwrap() else { panic!() };
            assert_eq!(&config.data[20..28], [0, 0, 0, 0, 1, 0, 0, 0], "{value}");
        } else {
            has(&error(&draft, &with), &["script.sh:1", &format!("`{value}`"), "inspect --widgets"]);
        }
    }
}

#[test]
fn scripts_that_make_no_sense() {
    let volume = Knob::Volume("Volume", 45, (-9000, 200));
    let draft = playback(vec![Node { knobs: vec![volume], ..node("gain", WidgetKind::Pga, "gain", 1) }]);
    for (text, words) in [
        ("amixer cset name=Other 1", ["script.sh:1", "no control `Other`"]),
        ("\namixer cset name=Volume 46", ["script.sh:2", "`46` is no value from 0 to 45"]),
        ("amixer cset name=Volume -1", ["script.sh:1", "`-1` is no value"]),
        ("reboot", ["script.sh:1", "`reboot` is no command"]),
    ] {
        let said =
            script::read("script.sh", text).and_then(|script| open(&draft, &With { script, ..nothing() }));
        let error = said.unwrap_err();
        assert!(matches!(error, Error::Script { .. }), "{error}");
        has(&told(&error), &words);
    }
}

/// Host, the widget `it` with these keys, speaker.
fn text(keys: &str) -> String {
    let sine = "signal = \"sine\", rate = 48000, channels = 2, samples = \"S32\", seconds = 0.1";
    let widgets = [
        ("host", "kind = \"host-copier\", pipeline = 1"),
        ("it", &*format!("pipeline = 1, {keys}")),
        ("speaker", "kind = \"dai-copier\", pipeline = 1"),
    ];
    line(sine, &["id = 1"], &widgets)
}

/// As `amixer` would: after the defaults, and after all is bound.
#[test]
fn what_a_text_sets_comes_right_after_the_set_up() {
    let keys = "kind = \"gain\", gain_db = -6.0, volume_control = \"Volume\", controls = { switch = 0 }";
    let (_, setup) = open_text(&text(keys)).unwrap();
    let set_up: Vec<_> = setup.set_up.iter().map(|step| step.purpose.as_str()).collect();
    let expected = [
        "create pipeline 1",
        "init `host`",
        "init `it`",
        "init `speaker`",
        "set `Volume` of `it`",
        "set `it switch` of `it`",
        "bind `host` to `it`",
        "bind `it` to `speaker`",
        "set `Volume` of `it`",
        "set `it switch` of `it`",
    ];
    assert_eq!(set_up, expected);
    let [first, then] = &sent(&setup, "set `Volume` of `it`")[..] else { panic!() };
    let target = |config: &LargeConfig<'_>| u32::from_le_bytes(*config.data[4..].first_chunk().unwrap());
    assert_eq!(target(first), i32::MAX as u32);
    let minus_6_db = 10_f64.powf(-6.0 / 20.0) * f64::from(i32::MAX);
    assert!((f64::from(target(then)) - minus_6_db).abs() <= 1.0, "{}", target(then));
    let [first, then] = &sent(&setup, "set `it switch` of `it`")[..] else { panic!() };
    let values = |config: &LargeConfig<'_>| [config.data[24], config.data[32]];
    assert_eq!((first.parameter, values(first), values(then)), (200, [1, 1], [0, 0]));
}

/// What a text says of a module's payload comes behind the base configuration.
#[test]
fn config_is_the_end_of_the_init_payload() {
    let module = |config: &str| text(&format!("kind = \"module\", module = \"passthrough\"{config}"));
    let payload = |text: &str| {
        let (_, setup) = open_text(text).unwrap();
        crate::support::init(&setup, "it").payload.to_vec()
    };
    let (plain, with) = (payload(&module("")), payload(&module(", config = \"0102 0304\"")));
    assert_eq!(with, [&plain[..], &[1, 2, 3, 4]].concat());
}

#[test]
fn a_blob_is_sent_with_the_parameter_of_its_header() {
    let header = "534f4634 09000000 04000000 01d00103 00000000 00000000 00000000 00000000";
    let blob = format!("kind = \"module\", module = \"passthrough\", blob = \"{header} 0a0b0c0d\"");
    let (_, setup) = open_text(&text(&blob)).unwrap();
    let [config] = sent(&setup, "set `it bytes` of `it`")[..] else { panic!("{:?}", purposes(&setup)) };
    assert_eq!((config.parameter, config.data), (9, &[0xA, 0xB, 0xC, 0xD][..]));
}
