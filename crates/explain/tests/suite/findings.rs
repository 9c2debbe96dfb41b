//! Each rule of `headroom lint` finds the fault that it is there for, and nothing in a topology without faults.

use headroom_explain::{CODES, lint};
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
            s.node("host-copier.0.playback").inputs = vec![format(44_101, 32)];
            s.node("host-copier.0.playback").outputs = vec![format(44_101, 32)];
            s.node("src.1.1").inputs = vec![format(44_101, 32)];
        }),
        ("HR012", |s| {
            s.node("host-copier.0.playback").inputs = vec![format(47_000, 32)];
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
            host.words.push((Token::COMP_NUM_INPUT_AUDIO_FORMATS, 1));
        }),
        ("HR019", |s| gain(s)[0].fmt_cfg = 0x1002),
        ("HR020", |s| s.node("mixout.3.1").words.push((Token::COMP_NUM_INPUT_PINS, 9))),
        ("HR021", |s| s.node("mixout.3.1").words.push((Token::COMP_NUM_INPUT_PINS, 1))),
        ("HR023", |s| s.node("src.1.1").outputs.push(format(96_000, 32))),
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
        ("HR060", |s| s.pcms[0] = Device { stream: "No Playback", ..s.pcms[0].clone() }),
        ("HR061", |s| s.node("dai-copier.SSP.NoCodec-0.capture").kind = WidgetKind::Siggen),
        ("HR062", |s| {
            s.pcms.pop();
        }),
        ("HR063", |s| s.pcms[1].id = 0),
    ]
}

#[test]
fn each_fault_is_found_and_named() {
    for (code, break_it) in faults() {
        let mut sketch = small();
        break_it(&mut sketch);
        let found = codes(&sketch);
        // A PCM without its host widget leaves that widget without a PCM.
        let expected = if code == "HR060" { vec!["HR060", "HR062"] } else { vec![code] };
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
