//! Each rule of `headroom lint` finds the fault that it is there for, and nothing in a topology without faults.

use headroom_explain::{CODES, Outline, lint};
use headroom_testbench::sketch::{Device, Node, Sketch, format, small};
use headroom_tplg::{AudioFormat, Token, Topology, WidgetKind};

fn codes(sketch: &Sketch) -> Vec<&'static str> {
    let file = sketch.file();
    let findings = lint(&Topology::parse(&file).unwrap());
    let mut codes: Vec<_> = findings.iter().map(|finding| finding.code.id).collect();
    codes.dedup();
    codes
}

fn route(sketch: &mut Sketch, source: &str, sink: &str) {
    sketch.routes.push((source.into(), sink.into()));
}

#[test]
fn a_topology_without_faults_has_no_findings() {
    assert_eq!(codes(&small()), [""; 0]);
}

/// A code, and what makes it the only finding.
type Fault = (&'static str, fn(&mut Sketch));

fn faults() -> Vec<Fault> {
    structure().into_iter().chain(formats()).chain(others()).collect()
}

fn structure() -> Vec<Fault> {
    vec![
        ("HR001", |s| route(s, "gain.3.1", "nowhere")),
        ("HR002", |s| {
            let again = s.node("gain.3.1").clone();
            s.nodes.push(Node { controls: vec![], pipeline: 4, ..again });
        }),
        ("HR003", |s| s.nodes.retain(|node| node.name != "pipeline.4")),
        ("HR004", |s| s.node("gain.1.1").uuid = None),
        ("HR005", |s| {
            let lonely = Node { name: "gain.4.9".into(), controls: vec![], ..s.node("gain.3.1").clone() };
            s.nodes.push(lonely);
        }),
        ("HR006", |s| {
            let dead_end = Node { name: "gain.3.9".into(), controls: vec![], ..s.node("gain.3.1").clone() };
            s.nodes.push(dead_end);
            route(s, "gain.3.1", "gain.3.9");
        }),
        ("HR007", |s| route(s, "gain.3.1", "dai-copier.SSP.NoCodec-0.playback")),
        ("HR008", |s| s.node("gain.1.1").controls = vec!["Master Volume".into()]),
        ("HR009", |s| route(s, "gain.3.1", "mixout.3.1")),
        ("HR022", |s| s.node("gain.3.1").texts = vec![(Token::COMP_INPUT_PIN_BINDING_WNAME, "gain.1.1")]),
        ("HR050", |s| s.abi = vec![3, 0, 30, 0, 0, 0]),
        ("HR051", |s| s.node("gain.1.1").words.push((Token(9999), 1))),
        ("HR052", |s| s.abi = vec![]),
        ("HR053", |s| {
            let other = Node { uuid: None, words: vec![(Token(48), 3)], ..s.node("mixin.1.1").clone() };
            *s = Sketch {
                abi: vec![20, 0, 0, 0, 1, 0, 0, 0],
                nodes: vec![Node { inputs: vec![], outputs: vec![], ..other }],
                routes: vec![("System Playback".into(), "mixin.1.1".into())],
                pcms: s.pcms.clone(),
            };
        }),
    ]
}

/// The only input format of the gain before the DAI, and the only output format.
fn gain(sketch: &mut Sketch) -> [&mut AudioFormat; 2] {
    let Node { inputs, outputs, .. } = sketch.node("gain.3.1");
    [&mut inputs[0], &mut outputs[0]]
}

fn formats() -> Vec<Fault> {
    vec![
        ("HR010", |s| *gain(s)[0] = format(48_000, 16)),
        ("HR011", |s| {
            s.node("host-copier.0.playback").inputs = vec![format(44_101, 16), format(44_101, 32)];
            s.pcms[0].rates = 1 << 31;
            s.node("host-copier.0.playback").outputs = vec![format(44_101, 32)];
            s.node("src.1.1").inputs = vec![format(44_101, 32)];
        }),
        ("HR012", |s| {
            s.node("host-copier.0.playback").inputs = vec![format(47_000, 16), format(47_000, 32)];
            s.pcms[0].rates = 1 << 31;
            s.node("host-copier.0.playback").outputs = vec![format(47_000, 32)];
            s.node("src.1.1").inputs = vec![format(47_000, 32)];
        }),
        ("HR013", |s| {
            *gain(s)[1] = format(44_100, 32);
            s.node("dai-copier.SSP.NoCodec-0.playback").inputs = vec![format(44_100, 32)];
        }),
        ("HR014", |s| s.node("dai-copier.SSP.NoCodec-0.playback").outputs[0].channels = 9),
        ("HR015", |s| gain(s)[0].block_bytes = 768),
        ("HR016", |s| gain(s)[0].block_bytes = 385),
        ("HR017", |s| s.node("gain.3.1").words.push((Token::COMP_NUM_INPUT_AUDIO_FORMATS, 2))),
        ("HR018", |s| {
            let host = s.node("host-copier.0.playback");
            host.inputs.push(format(96_000, 32));
            host.words.push((Token::COMP_NUM_INPUT_AUDIO_FORMATS, 2));
        }),
        ("HR019", |s| gain(s)[0].fmt_cfg = 0x1002),
        ("HR020", |s| s.node("mixout.3.1").words.push((Token::COMP_NUM_INPUT_PINS, 9))),
        ("HR021", |s| s.node("mixout.3.1").words.push((Token::COMP_NUM_INPUT_PINS, 1))),
        ("HR023", |s| s.node("src.1.1").outputs.push(format(96_000, 32))),
        ("HR024", |s| s.node("gain.3.1").outputs.clear()),
        ("HR025", |s| {
            let low =
                AudioFormat { valid_bit_depth: 24, sample_type: 1, fmt_cfg: 0x1_1802, ..format(48_000, 32) };
            *gain(s)[1] = low;
            let dai = s.node("dai-copier.SSP.NoCodec-0.playback");
            (dai.inputs, dai.texts) = (vec![low], vec![(Token::DAI_TYPE, "HDA")]);
        }),
    ]
}

fn others() -> Vec<Fault> {
    vec![
        ("HR030", |s| {
            s.node("gain.1.1").words = vec![
                (Token::COMP_STACK_BYTES_REQUIREMENT, 8192),
                (Token::COMP_HEAP_BYTES_REQUIREMENT, 24_576),
            ];
        }),
        ("HR031", |s| s.node("src.1.1").words = vec![]),
        ("HR032", |s| {
            s.node("gain.1.1").words.push((Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT, 16_384));
        }),
        ("HR040", |s| {
            let priority = s.node("pipeline.1").words.iter_mut().find(|(t, _)| *t == Token::SCHED_PRIORITY);
            priority.unwrap().1 = 3;
        }),
        ("HR041", |s| s.node("src.1.1").domain = Some("EDF")),
        ("HR042", |s| s.node("pipeline.4").words = vec![(Token::SCHED_PRIORITY, 8)]),
        ("HR043", |s| s.node("pipeline.4").words = vec![(Token::SCHED_CORE, 4)]),
        ("HR060", |s| s.pcms[0] = Device { stream: "No Playback", ..s.pcms[0].clone() }),
        ("HR061", |s| s.node("dai-copier.SSP.NoCodec-0.capture").kind = WidgetKind::Siggen),
        ("HR062", |s| {
            s.pcms.pop();
        }),
        ("HR063", |s| s.pcms[1].id = 0),
        ("HR064", |s| s.pcms[1].rates = 1 << 6),
        ("HR065", |s| s.node("dai-copier.SSP.NoCodec-0.playback").stream = "NoCodec-9".into()),
        ("HR066", |s| {
            for end in ["playback", "capture"] {
                let dai = s.node(&format!("dai-copier.SSP.NoCodec-0.{end}"));
                (dai.kind, dai.stream) = (WidgetKind::DaiIn, "NoCodec-0".into());
            }
        }),
        ("HR067", |s| {
            s.node("dai-copier.SSP.NoCodec-0.playback").texts = vec![(Token::DAI_TYPE, "I2S")];
        }),
        ("HR068", |s| s.pcms[1].rates |= 1 << 6),
        ("HR069", |s| s.node("gain.3.1").stream = "Alert Playback".into()),
        ("HR070", |s| named_with_widget(s, &["a volume of thirty-five bytes so far"])),
        ("HR071", |s| {
            named_with_widget(
                s,
                &["a volume of thirty-five bytes so far A", "a volume of thirty-five bytes so far B"],
            );
        }),
        ("HR072", |s| s.node("gain.1.1").scale.kind = 4),
    ]
}

/// Controls that have the name of their widget in front.
fn named_with_widget(sketch: &mut Sketch, names: &[&str]) {
    let gain = sketch.node("gain.1.1");
    gain.words.push((Token::COMP_NO_WNAME_IN_KCONTROL_NAME, 0));
    gain.controls = names.iter().map(|&name| name.into()).collect();
}

#[test]
fn each_fault_is_found_and_named() {
    for (code, break_it) in faults() {
        let mut sketch = small();
        break_it(&mut sketch);
        let found = codes(&sketch);
        let expected = match code {
            // A PCM without its host widget leaves that widget without a PCM.
            "HR060" => vec!["HR060", "HR062"],
            // Names that are cut to one are cut.
            "HR071" => vec!["HR070", "HR071"],
            code => vec![code],
        };
        assert_eq!(found, expected, "{code}");
    }
}

#[test]
fn each_code_has_a_fault_here() {
    let faults = faults();
    for code in CODES {
        assert!(faults.iter().any(|(id, _)| *id == code.id), "no test makes {}", code.id);
    }
}

/// The table of docs/lint.md is that of the code.
#[test]
fn the_documentation_lists_all_codes() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lint.md");
    let documentation = std::fs::read_to_string(path).unwrap();
    let documented: Vec<_> = documentation.lines().filter(|line| line.starts_with("| HR")).collect();
    let rows: Vec<_> = CODES
        .iter()
        .map(|code| {
            format!("| {} | {} | {} | {} | {} |", code.id, code.severity, code.title, code.why, code.remedy)
        })
        .collect();
    assert_eq!(documented, rows, "left: docs/lint.md, right: the table in lint/codes.rs");
}

/// The findings of `sketch` as `code place: what`.
fn told(sketch: &Sketch) -> Vec<String> {
    let file = sketch.file();
    let findings = lint(&Topology::parse(&file).unwrap());
    findings.iter().map(|f| format!("{} {}: {}", f.code.id, f.place, f.what)).collect()
}

/// What a driver refuses is found, each with its place.
#[test]
fn what_a_driver_refuses_has_its_place_and_its_reason() {
    type Case = (fn(&mut Sketch), &'static str);
    let cases: [Case; 9] = [
        (
            |s| s.node("gain.1.1").uuid = Some(headroom_tplg::tuples::Uuid([0; 16])),
            "HR004 gain.1.1: token 405 is all zeros",
        ),
        (|s| s.node("mixin.2.1").inputs.clear(), "HR024 mixin.2.1: has no input format"),
        (|s| s.node("gain.1.1").words.push((Token::COMP_CORE_ID, 12)), "HR043 gain.1.1: is for core 12"),
        (
            |s| s.pcms[2].rates = 1 << 3,
            "HR064 PCM 2 Microphone: capture: host-copier.2.capture has 48 kHz S16 S32 2ch, and the PCM offers none of it",
        ),
        (
            |s| s.node("host-copier.1.playback").inputs.truncate(1),
            "HR068 PCM 1 Alert: playback offers S32_LE, but host-copier.1.playback has 48 kHz S16 2ch",
        ),
        (
            |s| {
                s.node("host-copier.1.playback").inputs.push(format(96_000, 32));
                s.pcms[1].rates |= 1 << 10;
            },
            "HR068 PCM 1 Alert: playback offers S16_LE at 96000 Hz, but host-copier.1.playback has 48/96 kHz S16 S32 2ch",
        ),
        (|s| s.node("gain.1.1").scale.size = 12, "HR072 gain.1.1, `Music Volume`: its scale has 12 bytes"),
        (
            |s| s.node("gain.1.1").scale = headroom_tplg::records::Tlv::default(),
            "HR072 gain.1.1, `Music Volume`: it is to have a scale, and has none",
        ),
        (
            |s| s.node("dai-copier.SSP.NoCodec-0.capture").stream = "SSP9".into(),
            "HR065 dai-copier.SSP.NoCodec-0.capture: no link has the stream name SSP9; there are NoCodec-0",
        ),
    ];
    for (break_it, expected) in cases {
        let mut sketch = small();
        break_it(&mut sketch);
        assert_eq!(told(&sketch), [expected]);
    }
}

/// A circle is told from its first widget round to it again, and without what hangs on it.
#[test]
fn circles_are_told_in_the_order_of_their_routes() {
    let mut sketch = small();
    route(&mut sketch, "gain.3.1", "mixout.3.1");
    assert_eq!(told(&sketch), ["HR009 mixout.3.1: mixout.3.1 > gain.3.1 > mixout.3.1"]);
}

/// A topology of another driver is told as that, and by no rule of SOF's (14); one with tokens of SOF's and a wrong ABI isn't one.
#[test]
fn other_drivers_topologies_are_told_as_such() {
    let (_, foreign) = faults().into_iter().find(|(code, _)| *code == "HR053").unwrap();
    let mut sketch = small();
    foreign(&mut sketch);
    assert_eq!(told(&sketch), ["HR053 manifest: has no ABI of SOF, and no token is one of SOF's"]);
    let file = sketch.file();
    let summary = Outline::new(&Topology::parse(&file).unwrap()).summary();
    assert!(summary.starts_with("ALSA topology for another driver than SOF, "), "{summary}");
    let mut newer = small();
    newer.abi = vec![4, 0, 0, 0, 0, 0];
    assert_eq!(codes(&newer), ["HR050"]);
}
