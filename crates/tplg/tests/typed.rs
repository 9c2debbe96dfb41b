//! What tokens, records and private data are said to mean, beyond what the worked example has.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

use headroom_tplg::records::{Bytes, Enum, HwConfig, Link, Mixer, Name, Pcm, StreamCaps, Tlv, Widget};
use headroom_tplg::tuples::TupleType;
use headroom_tplg::write::Writer;
use headroom_tplg::{
    Abi, BlockKind, ControlKind, DbScale, Domain, Heap, Memory, Token, TokenEra, Topology, WidgetKind,
};

/// The file that `build` writes.
fn file(build: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut file = vec![0; 1 << 15];
    let mut writer = Writer::new(&mut file);
    build(&mut writer);
    let len = writer.finish().unwrap();
    file.truncate(len);
    file
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A file of one widget with these private data.
fn widget(kind: WidgetKind, build: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    file(|writer| {
        writer.block(BlockKind::Widget, 3);
        writer.widget(&Widget { id: kind.raw(), name: name("one"), ..Default::default() });
        build(writer);
    })
}

#[test]
fn the_abi_says_which_ipc_the_firmware_speaks() {
    let abi = |private: &[u8]| Topology::parse(&file(|writer| writer.manifest(private))).unwrap().abi();
    assert_eq!(abi(&[3, 22, 1]), Some(Abi::Ipc3 { major: 3, minor: 22, patch: 1 }));
    let ipc4 = Abi::Ipc4 { major: 3, minor: 29, patch: 1 };
    assert_eq!(abi(&[3, 0, 29, 0, 1, 0]), Some(ipc4));
    assert_eq!((abi(&[3, 22]), ipc4.to_string()), (None, "3.29.1 (IPC4)".to_owned()));
}

#[test]
fn items_of_the_manifest_end_with_what_is_there() {
    let abi = [3, 0, 29, 0, 1, 0];
    let items: [u8; 21] = [2, 0, 9, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3, 1, 0, 0, 0, 0, 0, 0, 0];
    let whole = file(|writer| writer.manifest(&[&abi[..], &items[..], &[][..]].concat()));
    let manifest = Topology::parse(&whole).unwrap().manifest().unwrap();
    assert_eq!(manifest.items().collect::<Vec<_>>(), [(9, &[1, 2, 3][..]), (1, &[])]);
    assert_eq!(manifest.nhlt(), Some(&[][..]));
    let cut = file(|writer| writer.manifest(&[&abi[..], &items[..18]].concat()));
    let manifest = Topology::parse(&cut).unwrap().manifest().unwrap();
    assert_eq!((manifest.items().count(), manifest.nhlt()), (1, None));
}

#[test]
fn the_heap_token_meant_the_interim_heap_while_there_was_a_lifetime_one() {
    let (stack, heap) = (Token::COMP_STACK_BYTES_REQUIREMENT, Token::COMP_HEAP_BYTES_REQUIREMENT);
    let memory = |words: &[(Token, u32)]| {
        let file = widget(WidgetKind::Effect, |writer| writer.words(words));
        Topology::parse(&file).unwrap().widget("one").unwrap().memory(TokenEra::Guess)
    };
    assert_eq!(memory(&[(stack, 1), (heap, 2)]), Memory { stack: Some(1), heap: Heap::Whole(Some(2)) });
    let (lifetime, shared) =
        (Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT, Token::COMP_SHARED_BYTES_REQUIREMENT);
    assert_eq!(
        memory(&[(shared, 4), (lifetime, 3), (heap, 2), (stack, 1)]),
        Memory {
            stack: Some(1),
            heap: Heap::Phases { interim: Some(2), lifetime: Some(3), shared: Some(4) }
        }
    );
    assert_eq!(memory(&[]), Memory::default());
}

#[test]
fn core_domain_and_pins_are_understood() {
    let of = |kind, build: fn(&mut Writer<'_>), read: fn(&headroom_tplg::Widget<'_>)| {
        let file = widget(kind, build);
        read(&Topology::parse(&file).unwrap().widget("one").unwrap());
    };
    let cores = |writer: &mut Writer<'_>| writer.words(&[(Token::SCHED_CORE, 1), (Token::COMP_CORE_ID, 2)]);
    of(WidgetKind::Scheduler, cores, |widget| assert_eq!(widget.core(), Some(1)));
    of(WidgetKind::Src, cores, |widget| assert_eq!((widget.core(), widget.pipeline()), (Some(2), 3)));
    let pins = |writer: &mut Writer<'_>| {
        let (input, output) = (Token::COMP_INPUT_PIN_BINDING_WNAME, Token::COMP_OUTPUT_PIN_BINDING_WNAME);
        writer.texts(&[(input, name("a")), (Token::COMP_SCHED_DOMAIN, name("EDF"))]);
        writer.texts(&[(output, name("x")), (input, name("b"))]);
    };
    of(WidgetKind::Effect, pins, |widget| {
        assert_eq!(widget.input_pin_bindings().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(widget.output_pin_bindings().collect::<Vec<_>>(), ["x"]);
        assert_eq!(widget.domain(), Some(Domain::Other("EDF")));
    });
}

#[test]
fn formats_are_as_many_as_announced_and_made_of_numbers() {
    let (rate, count) = (Token::CAVS_AUDIO_FORMAT_IN_RATE, Token::COMP_NUM_INPUT_AUDIO_FORMATS);
    let rates = |announced: &[(Token, u32)]| {
        let file = widget(WidgetKind::Effect, |writer| {
            writer.words(announced);
            // No format: a text, whatever its token.
            writer.texts(&[(rate, name("48000"))]);
            writer.words(&[(rate, 1)]);
            writer.words(&[(Token::CAVS_AUDIO_FORMAT_INPUT_PIN_INDEX, 5)]);
            writer.numbers(TupleType::Short, &[(rate, 3), (Token::CAVS_AUDIO_FORMAT_OUT_RATE, 4)]);
        });
        let topology = Topology::parse(&file).unwrap();
        let widget = topology.widget("one").unwrap();
        assert_eq!(widget.output_formats().map(|format| format.rate).collect::<Vec<_>>(), [4]);
        widget.input_formats().map(|format| (format.rate, format.pin)).collect::<Vec<_>>()
    };
    assert_eq!(rates(&[]), [(1, 0), (0, 5), (3, 0)]);
    assert_eq!(rates(&[(count, 2)]), [(1, 0), (0, 5)]);
    assert_eq!(rates(&[(count, 9)]), [(1, 0), (0, 5), (3, 0)]);
}

#[test]
fn bytes_controls_hold_a_parameter() {
    let header = |magic: &[u8; 4], id: u8, len: u8| {
        let mut header = [0; 32];
        header[..4].copy_from_slice(magic);
        (header[4], header[8]) = (id, len);
        header.to_vec()
    };
    let parameter = |private: Vec<u8>| {
        let file = file(|writer| {
            writer.block(BlockKind::Bytes, 0);
            writer.bytes(&Bytes { max: 64, ..Default::default() });
            writer.private(&private);
        });
        let topology = Topology::parse(&file).unwrap();
        let control = topology.controls().next().unwrap();
        assert_eq!((control.kind(), control.private()), (ControlKind::Bytes, &private[..]));
        assert_eq!((control.bytes().unwrap().max, control.tuples().iter().count()), (64, 0));
        control.parameter().map(|(id, data)| (id, data.to_vec()))
    };
    assert_eq!(parameter([header(b"SOF4", 2, 3), b"abc".to_vec()].concat()), Some((2, b"abc".to_vec())));
    assert_eq!(parameter([header(b"SOF\0", 1, 2), b"abc".to_vec()].concat()), Some((1, b"ab".to_vec())));
    assert_eq!(parameter([header(b"SOF4", 2, 4), b"abc".to_vec()].concat()), None);
    assert_eq!(parameter([header(b"SOF5", 2, 3), b"abc".to_vec()].concat()), None);
    assert_eq!(parameter(header(b"SOF4", 2, 0)[..31].to_vec()), None);
    assert_eq!(parameter(Vec::new()), None);
}

#[test]
fn enumerated_controls_have_texts() {
    let mut texts = [Name::EMPTY; 16];
    texts[..2].copy_from_slice(&[name("off"), name("on")]);
    let file = file(|writer| {
        writer.block(BlockKind::Enum, 0);
        writer.enumerated(&Enum { items: 2, texts, ..Default::default() });
    });
    let topology = Topology::parse(&file).unwrap();
    let control = topology.controls().next().unwrap().enumerated().unwrap();
    let shown: Vec<_> = control.texts.iter().take(control.items as usize).map(Name::as_str).collect();
    assert_eq!(shown, ["off", "on"]);
}

#[test]
fn only_a_scale_of_decibels_is_one() {
    let scale = |tlv: Tlv| {
        let mut control = Mixer::default();
        control.header.tlv = tlv;
        let file = file(|writer| {
            writer.block(BlockKind::Mixer, 0);
            writer.mixer(&control);
        });
        Topology::parse(&file).unwrap().controls().next().unwrap().db_scale()
    };
    let mut data = [0; 32];
    data[..2].copy_from_slice(&[(-5000i32) as u32, 100]);
    let db = DbScale { min: -5000, step: 100, mute: false };
    assert_eq!(scale(Tlv { size: 136, kind: 1, data }), Some(db));
    assert_eq!([0, 50, 62].map(|value| db.millibels(value)), [Some(-5000), Some(0), Some(1200)]);
    assert_eq!(scale(Tlv { size: 136, kind: 2, data }), None);
    assert_eq!(scale(Tlv { size: 0, kind: 1, data }), None);
    let steepest = DbScale { min: i32::MIN, step: u32::MAX, mute: true };
    assert_eq!(steepest.millibels(u32::MAX), Some(i64::MAX + i64::from(i32::MIN)));
}

#[test]
fn pcms_and_links_are_understood() {
    let caps = [name("play"), name("record")].map(|name| StreamCaps { name, ..Default::default() });
    let mut hw_config = [HwConfig::default(); 8];
    hw_config[1].bclk_rate = 3_072_000;
    let file = file(|writer| {
        writer.block(BlockKind::Pcm, 0);
        let pcm_name = name("Speaker");
        writer.pcm(&Pcm { pcm_name, pcm_id: 7, capture: 1, caps, ..Default::default() });
        writer.block(BlockKind::BackendLink, 0);
        let name = name("SSP0-Codec");
        writer.link(&Link { id: 4, name, num_hw_configs: 2, hw_config, ..Default::default() });
    });
    let topology = Topology::parse(&file).unwrap();
    let pcm = topology.pcms().next().unwrap();
    assert_eq!((pcm.name(), pcm.id(), pcm.playback()), ("Speaker", 7, None));
    assert_eq!(pcm.capture().unwrap().name.as_str(), "record");
    let link = topology.links().next().unwrap();
    assert_eq!((link.name(), link.id(), link.kind()), ("SSP0-Codec", 4, BlockKind::BackendLink));
    assert_eq!(link.hw_configs().map(|config| config.bclk_rate).collect::<Vec<_>>(), [0, 3_072_000]);
    assert_eq!(topology.dais().count() + topology.routes().count() + topology.widgets().count(), 0);
}

#[test]
fn kinds_are_numbers_with_names() {
    for raw in (0..1100).chain([u32::MAX]) {
        assert_eq!((BlockKind::from_raw(raw).raw(), WidgetKind::from_raw(raw).raw()), (raw, raw));
    }
    assert_eq!(
        (WidgetKind::from_raw(20), WidgetKind::from_raw(24)),
        (WidgetKind::Src, WidgetKind::Other(24))
    );
    assert_eq!(
        (WidgetKind::AifIn.to_string(), BlockKind::Graph.to_string()),
        ("aif_in".into(), "DAPM_GRAPH".into())
    );
    let modules = (0..30).filter(|&raw| WidgetKind::from_raw(raw).is_module());
    assert_eq!(modules.collect::<Vec<_>>(), [3, 4, 11, 12, 13, 14, 16, 18, 19, 20, 21, 22, 23]);
}

#[test]
fn names_are_at_most_43_bytes() {
    let longest = "x".repeat(43);
    assert_eq!(name(&longest).as_str(), longest);
    assert_eq!((Name::new(&"x".repeat(44)), Name::new("a\0b")), (None, None));
    assert_eq!(format!("{:>4}|{:?}", name("é"), name("a")), "   é|\"a\"");
}
