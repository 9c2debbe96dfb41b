//! Topologies at random: whatever they say, a run ends with audio or with an error that says what to do.

use headroom_desk::Options;
use headroom_testbench::draft::{Device, Draft, Knob, NOBODYS, Node, Wave, node, plain};
use headroom_tplg::{Token, WidgetKind};
use proptest::prelude::*;

use super::support::{play_file, told};

/// Kinds with drivers: mostly those that pass one stream on.
fn kind() -> impl Strategy<Value = (WidgetKind, &'static str)> {
    use WidgetKind as W;
    let usual = vec![(W::Buffer, "copier"), (W::Pga, "gain"), (W::Src, "src"), (W::Effect, "passthrough")];
    let odd = vec![
        (W::AifIn, "copier"),
        (W::AifOut, "copier"),
        (W::DaiIn, "copier"),
        (W::DaiOut, "copier"),
        (W::Mixer, "mixin"),
        (W::Mixer, "mixout"),
        (W::Siggen, "tone"),
        (W::Asrc, "src-lite"),
        (W::Scheduler, "gain"),
        (W::Other(99), "gain"),
    ];
    prop_oneof![12 => prop::sample::select(usual), 1 => prop::sample::select(odd)]
}

/// A number that often makes sense, and else does not.
fn number(usual: impl Strategy<Value = u32> + 'static) -> BoxedStrategy<u32> {
    let odd = prop_oneof![Just(0), Just(1), Just(u32::MAX), Just(i32::MAX as u32), any::<u32>()];
    prop_oneof![19 => usual.boxed(), 1 => odd.boxed()].boxed()
}

fn wave() -> impl Strategy<Value = Wave> {
    let rate = prop_oneof![Just(48_000), Just(44_100), Just(16_000)];
    let depth = prop_oneof![Just(32), Just(16)];
    let numbers = (number(rate), number(depth), number(Just(2)), number(Just(0)), number(Just(384)));
    let odd = (numbers, number(prop_oneof![Just(32), Just(24), Just(16)])).prop_map(
        |((rate, depth, channels, pin, block_bytes), valid)| Wave {
            rate,
            depth,
            valid,
            channels,
            pin,
            block_bytes,
        },
    );
    prop_oneof![8 => Just(plain()), 1 => odd]
}

fn word() -> impl Strategy<Value = (Token, u32)> {
    let token = prop::sample::select(vec![
        Token::COMP_STACK_BYTES_REQUIREMENT,
        Token::COMP_HEAP_BYTES_REQUIREMENT,
        Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT,
        Token::COMP_SHARED_BYTES_REQUIREMENT,
        Token::COMP_NUM_INPUT_PINS,
        Token::COMP_NUM_OUTPUT_PINS,
        Token::COMP_NUM_INPUT_AUDIO_FORMATS,
        Token::COMP_CORE_ID,
        Token::COMP_IS_PAGES,
        Token::COMP_CPC,
        Token::COMP_DOMAIN_ID,
        Token::GAIN_VAL,
        Token::GAIN_RAMP_TYPE,
        Token::GAIN_RAMP_DURATION,
        Token::SRC_RATE_OUT,
        Token::COPIER_NODE_TYPE,
        Token::COPIER_DEEP_BUFFER_DMA_MS,
        Token::DAI_INDEX,
    ]);
    (token, number(prop_oneof![0..3_u32, 0..4096_u32]))
}

fn knob() -> impl Strategy<Value = Knob> {
    prop_oneof![
        (any::<i32>(), any::<(i32, u32)>()).prop_map(|(max, scale)| Knob::Volume("Volume", max, scale)),
        (0..9_u32).prop_map(|channels| Knob::Switch("Switch", channels.min(8))),
        Just(Knob::Choice("Mode", &["a", "b"])),
        (number(0..256_u32), 0..5000_usize).prop_map(|(id, len)| Knob::Bytes("Blob", id, vec![1; len])),
    ]
}

fn some_node(n: usize) -> impl Strategy<Value = Node> {
    let side = || prop::collection::vec(wave(), 0..3);
    let rest = (
        prop::collection::vec(word(), 0..3),
        prop::option::weighted(0.3, knob()),
        prop::option::weighted(0.2, prop::sample::select(vec!["DP", "LL", "default", "else"])),
        0..50_u32,
    );
    (kind(), 1..4_u32, side(), side(), rest).prop_map(
        move |((kind, driver), pipeline, inputs, outputs, (words, knobs, domain, luck))| {
            let mut node = node(&format!("w{n}"), kind, driver, pipeline);
            match luck {
                0 => node.uuid = None,
                1 => node.uuid = Some(NOBODYS),
                2 => node.pipeline = 300,
                _ => {}
            }
            // Most have the one format that all have, and controls that fit.
            if luck < 10 {
                (node.inputs, node.outputs) = (inputs, outputs);
            }
            if luck < 13 || matches!((kind, &knobs), (WidgetKind::Pga, Some(Knob::Volume(..)))) {
                node.knobs.extend(knobs);
            }
            node.words = words;
            if let Some(domain) = domain {
                node.text(Token::COMP_SCHED_DOMAIN, domain);
            }
            node
        },
    )
}

/// A line from the host's end to the DAI's or the other way, with widgets and routes at random in and around it.
fn draft() -> impl Strategy<Value = Draft> {
    let nodes = (0..5_usize, any::<bool>())
        .prop_flat_map(|(count, plays)| ((0..count + 2).map(some_node).collect::<Vec<_>>(), Just(plays)));
    let routes = prop_oneof![3 => Just(vec![]), 1 => prop::collection::vec((0..8_usize, 0..8_usize), 1..3)];
    (nodes, routes, prop::option::weighted(0.9, 0..3_u32), 0..10_u32).prop_map(
        |((mut nodes, plays), routes, direction, ends)| {
            let last = nodes.len() - 1;
            let (host, dai) = if plays { (0, last) } else { (last, 0) };
            let way = if plays { WidgetKind::AifIn } else { WidgetKind::AifOut };
            (nodes[host].kind, nodes[host].stream) = (way, "stream".to_owned());
            if ends > 0 {
                nodes[dai].kind = if plays { WidgetKind::DaiIn } else { WidgetKind::DaiOut };
                nodes[dai].uuid = Some(headroom_testbench::draft::module("copier"));
                nodes[host].uuid = nodes[dai].uuid;
            }
            let pipelines = (1..4).map(|n| (n, direction.filter(|_| n == 3))).collect();
            let stream = Some("stream".to_owned());
            let streams = if plays { [stream, None] } else { [None, stream] };
            let mut draft =
                Draft { pipelines, devices: vec![Device { id: 0, rates: 0, streams }], ..Draft::default() };
            draft.line(nodes);
            for (from, to) in routes {
                draft.route(&format!("w{from}"), &format!("w{to}"));
            }
            draft
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_run_plays_or_tells_why_not(draft in draft()) {
        let file = draft.file();
        for n in 0..file.streams().len() {
            if let Err(error) = play_file(&file, n, &Options::default()) {
                told(&error);
                // Faults of the desk itself have this code.
                prop_assert!(!error.to_string().contains("regions are left"), "{error}");
            }
        }
    }
}
