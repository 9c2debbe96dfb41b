//! The worked example of the format's description, built here: where everything is, and what it says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod common;

use common::worked_example::{COPIER, GAIN, SRC};
use headroom_tplg::records::TABLE_LEN;
use headroom_tplg::tuples::{TupleType, Tuples, Value};
use headroom_tplg::{
    Abi, AudioFormat, BlockKind, DbScale, Domain, Heap, Memory, Token, TokenEra, Topology, WidgetKind,
};

/// Types and sizes of arrays.
fn arrays(tuples: Tuples<'_>) -> Vec<(TupleType, usize)> {
    tuples.arrays().map(|array| (array.tuple_type(), array.tuples().count())).collect()
}

#[test]
fn blocks_are_where_alsatplg_puts_them() {
    let file = common::worked_example();
    let topology = Topology::parse(&file).unwrap();
    let blocks: Vec<_> = topology
        .blocks()
        .map(|block| {
            let header = block.record();
            (block.offset(), block.kind(), block.index(), header.count, header.payload_size)
        })
        .collect();
    assert_eq!(
        blocks,
        [
            (0, BlockKind::Manifest, 0, 1, 118),
            (154, BlockKind::Widget, 1, 4, 2584),
            (2774, BlockKind::Pcm, 0, 1, 940),
            (3750, BlockKind::Graph, 0, 2, 264),
        ]
    );
    assert_eq!(&file[..8], b"CoSA\x05\0\0\0");
    let manifest = topology.manifest().unwrap();
    let record = manifest.record();
    assert_eq!(
        (record.control_elems, record.widget_elems, record.graph_elems, record.pcm_elems),
        (2, 4, 2, 1)
    );
    assert_eq!((record.dai_link_elems, record.dai_elems), (0, 0));
    assert_eq!(topology.abi(), Some(Abi::Ipc4 { major: 3, minor: 29, patch: 1 }));
    assert_eq!((manifest.private(), manifest.nhlt()), (&[3, 0, 29, 0, 1, 0][..], None));
    assert_eq!(topology.check(), Ok(()));
}

#[test]
fn widgets_have_the_arrays_of_the_example() {
    use TupleType::{Bool, String, Uuid, Word};
    let file = common::worked_example();
    let topology = Topology::parse(&file).unwrap();
    let found: Vec<_> = topology
        .widgets()
        .map(|widget| (widget.offset(), widget.name(), widget.kind(), arrays(widget.tuples())))
        .collect();
    let copier = [(Word, 7), (Bool, 1), (Uuid, 1), (Word, 1), (Word, 1), (Word, 10), (Word, 10), (Word, 10)];
    let src = [(Bool, 1), (Uuid, 1), (Word, 7), (Word, 1), (String, 1), (Word, 10), (Word, 10)];
    let gain = [(Word, 3), (Word, 6), (Bool, 1), (Uuid, 1), (Word, 10), (Word, 10)];
    assert_eq!(
        found,
        [
            (190, "pipeline.1", WidgetKind::Scheduler, vec![(Word, 6), (Bool, 1), (Word, 2), (Bool, 1)]),
            (190 + 132 + 128, "host-copier.0.playback", WidgetKind::AifIn, copier.to_vec()),
            (450 + 132 + 436, "src.1.1", WidgetKind::Src, src.to_vec()),
            (1018 + 132 + 384, "gain.1.1", WidgetKind::Pga, gain.to_vec()),
        ]
    );
    assert!(topology.widgets().all(|widget| widget.pipeline() == 1));
    // An array of one text: 12 + 48 bytes.
    let domain = topology.widget("src.1.1").unwrap().tuples().bytes();
    assert_eq!(&domain[20 + 32 + 68 + 20..][..18], b"\x3c\0\0\0\x01\0\0\0\x01\0\0\0\xa2\x01\0\0DP");
}

#[test]
fn tokens_are_understood() {
    let file = common::worked_example();
    let topology = Topology::parse(&file).unwrap();
    let [pipeline, copier, src, gain] = ["pipeline.1", "host-copier.0.playback", "src.1.1", "gain.1.1"]
        .map(|name| topology.widget(name).unwrap());
    assert_eq!([&copier, &src, &gain].map(|widget| widget.uuid().unwrap()), [COPIER, SRC, GAIN]);
    assert_eq!(SRC.to_string(), "e61bb28d-149a-4c1f-b709-46823ef5f5ae");
    assert!(src.tuples().bytes().windows(6).any(|bytes| bytes == [0x8d, 0xb2, 0x1b, 0xe6, 0x9a, 0x14]));
    assert_eq!((src.domain(), gain.domain()), (Some(Domain::DataProcessing), None));
    assert_eq!((pipeline.core(), copier.core()), (Some(0), None));
    let whole = Heap::Whole(Some(24576));
    assert_eq!(src.memory(TokenEra::Guess), Memory { stack: Some(2048), heap: whole });
    assert_eq!(copier.stream_name(), "P Playback");
    assert_eq!(src.word(Token::SRC_RATE_OUT), Some(48000));
    // Asked for as a number, a text isn't there.
    assert_eq!((src.word(Token::COMP_SCHED_DOMAIN), src.text(Token::SRC_RATE_OUT)), (None, None));
    let first = pipeline.tokens().next().unwrap();
    assert_eq!((first.token, first.value), (Token::SCHED_KCPS, Value::Number(TupleType::Word, 0)));
    assert_eq!(first.offset, 190 + 132 + 12 + 4);
}

#[test]
fn formats_and_their_block_sizes_are_understood() {
    let file = common::worked_example();
    let topology = Topology::parse(&file).unwrap();
    let copier = topology.widget("host-copier.0.playback").unwrap();
    let s16 = AudioFormat {
        rate: 44100,
        bit_depth: 16,
        valid_bit_depth: 16,
        channels: 2,
        channel_map: 0xffff_ff10,
        channel_config: 1,
        interleaving: 0,
        fmt_cfg: 0x11002,
        sample_type: 1,
        pin: 0,
        block_bytes: 180,
    };
    assert_eq!(copier.input_formats().next(), Some(s16));
    let rates = |formats: Vec<AudioFormat>| -> Vec<_> {
        formats.iter().map(|format| (format.rate, format.bit_depth, format.block_bytes)).collect()
    };
    assert_eq!(rates(copier.input_formats().collect()), [(44100, 16, 180), (48000, 32, 384)]);
    assert_eq!(rates(copier.output_formats().collect()), [(44100, 32, 360)]);
    let src = topology.widget("src.1.1").unwrap();
    assert_eq!(rates(src.input_formats().collect()), [(44100, 32, 360)]);
    assert_eq!(rates(src.output_formats().collect()), [(48000, 32, 384)]);
}

#[test]
fn controls_pcm_and_routes_are_understood() {
    let file = common::worked_example();
    let topology = Topology::parse(&file).unwrap();
    let gain = topology.widget("gain.1.1").unwrap();
    let [volume, switch] = gain.controls().collect::<Vec<_>>().try_into().unwrap();
    let scale = DbScale { min: -9000, step: 200, mute: true };
    assert_eq!((volume.name(), volume.db_scale()), ("P1 Volume", Some(scale)));
    assert_eq!([0, 1, 45].map(|value| scale.millibels(value)), [None, Some(-8800), Some(0)]);
    let mixer = volume.mixer().unwrap();
    assert_eq!((mixer.max, mixer.num_channels, mixer.header.access, mixer.header.get), (45, 2, 0x13, 256));
    assert_eq!((switch.name(), switch.db_scale(), switch.mixer().unwrap().max), ("P1 Switch", None, 1));
    let places: [_; TABLE_LEN] = switch.mixer().unwrap().channels.map(|channel| (channel.id, channel.shift));
    assert_eq!(places[..4], [(16, 0), (3, 1), (4, 2), (17, 3)]);
    assert!(volume.bytes().is_none() && volume.enumerated().is_none());
    assert_eq!(volume.tuples().word(Token::MUTE_LED_USE), Some(0));

    let pcm = topology.pcms().next().unwrap();
    let caps = pcm.playback().unwrap();
    assert_eq!((caps.name.as_str(), caps.format_bits(), caps.rates), ("P Playback", 0x444, 192));
    assert_eq!((caps.buffer_size_max, pcm.capture()), (4_194_304, None));
    assert_eq!(pcm.tuples().word(Token::STREAM_CAPTURE_PAUSE_SUPPORTED), Some(0));
    let routes: Vec<_> =
        topology.routes().map(|route| (route.source(), route.sink(), route.control())).collect();
    assert_eq!(routes, [("host-copier.0.playback", "src.1.1", ""), ("src.1.1", "gain.1.1", "")]);
    // The end comes first in the file.
    assert_eq!(&file[3786..][..7], b"src.1.1");
}

#[test]
fn the_order_of_blocks_means_nothing() {
    let file = common::worked_example();
    let topology = Topology::parse(&file).unwrap();
    let mut ends: Vec<_> = topology.blocks().map(|block| block.offset()).chain([file.len()]).collect();
    let mut reversed = Vec::new();
    while let [.., start, end] = ends[..] {
        reversed.extend(&file[start..end]);
        ends.pop();
    }
    let turned = Topology::parse(&reversed).unwrap();
    assert_eq!(turned.blocks().next().unwrap().kind(), BlockKind::Graph);
    assert_eq!((turned.abi(), turned.check()), (topology.abi(), Ok(())));
    let names = |topology: &Topology<'_>| {
        topology.widgets().map(|widget| widget.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&turned), names(&topology));
    assert_eq!(turned.widget("src.1.1").unwrap().uuid(), Some(SRC));
}
