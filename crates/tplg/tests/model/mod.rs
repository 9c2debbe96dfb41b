//! A topology as plain data: made at random, written by the writer, and made again from what is read.

use headroom_tplg::records::{
    Bytes, Channel, ControlHeader, Dai, Enum, HwConfig, Link, Mixer, Name, Pcm, Route, Stream, StreamCaps,
    Tlv, Widget,
};
use headroom_tplg::tuples::{TupleType, Tuples, Uuid, Value};
use headroom_tplg::write::{WriteError, Writer};
use headroom_tplg::{BlockKind, Control, Element, Token, Topology};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Described {
    abi: Vec<u8>,
    blocks: Vec<(BlockKind, u32, Vec<Thing>)>,
}

/// An element. Sizes and counts of what follows its record are 0.
#[derive(Clone, Debug, PartialEq)]
enum Thing {
    Widget(Widget, Vec<Array>, Vec<Thing>),
    Route(Route),
    Mixer(Box<Mixer>, Vec<Array>),
    Bytes(Box<Bytes>, Vec<u8>),
    Enum(Box<Enum>, Vec<u8>),
    Pcm(Box<Pcm>, Vec<Array>),
    Link(Box<Link>, Vec<Array>),
    Dai(Box<Dai>, Vec<u8>),
    Opaque(Vec<u8>),
}

#[derive(Clone, Debug, PartialEq)]
enum Array {
    Numbers(TupleType, Vec<(Token, u32)>),
    Uuids(Vec<(Token, Uuid)>),
    Texts(Vec<(Token, String)>),
}

/// Xorshift: the same seed gives the same topology.
struct Random(u64);

impl Random {
    fn word(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as u32
    }

    fn below(&mut self, limit: usize) -> usize {
        self.word() as usize % limit
    }

    fn many<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    fn bytes(&mut self) -> Vec<u8> {
        self.many(40, |random| random.word() as u8)
    }

    fn text(&mut self) -> String {
        self.many(43, |random| char::from(b' ' + random.below(90) as u8)).into_iter().collect()
    }

    fn name(&mut self) -> Name {
        Name::new(&self.text()).unwrap()
    }

    fn token(&mut self) -> Token {
        let known: Vec<_> = Token::known().collect();
        if self.below(4) == 0 { Token(self.word()) } else { known[self.below(known.len())] }
    }

    fn array(&mut self) -> Array {
        match self.below(6) {
            0 => Array::Uuids(self.many(2, |random| {
                let bytes = [(); 16].map(|()| random.word() as u8);
                (random.token(), Uuid(bytes))
            })),
            1 => Array::Texts(self.many(3, |random| (random.token(), random.text()))),
            kind => {
                let kind = [TupleType::Bool, TupleType::Byte, TupleType::Word, TupleType::Short][kind - 2];
                Array::Numbers(kind, self.many(12, |random| (random.token(), random.word())))
            }
        }
    }

    fn arrays(&mut self) -> Vec<Array> {
        self.many(6, Self::array)
    }

    fn channels(&mut self) -> [Channel; 8] {
        [(); 8].map(|()| Channel {
            size: self.word(),
            reg: self.word() as i32,
            shift: self.word() as i32,
            id: self.word(),
        })
    }

    fn header(&mut self, like: ControlHeader, info: &[u32]) -> ControlHeader {
        ControlHeader {
            kind: self.word(),
            name: self.name(),
            access: self.word(),
            get: self.word(),
            put: self.word(),
            info: info[self.below(info.len())],
            tlv: Tlv { size: self.word(), kind: self.word(), data: [(); 32].map(|()| self.word()) },
            ..like
        }
    }

    fn control(&mut self) -> Thing {
        match self.below(3) {
            0 => {
                let control = Mixer {
                    header: self.header(Mixer::default().header, &[1, 2, 3, 7, 8, 64]),
                    min: self.word() as i32,
                    max: self.word() as i32,
                    platform_max: self.word() as i32,
                    invert: self.word(),
                    num_channels: self.below(9) as u32,
                    channels: self.channels(),
                    ..Default::default()
                };
                Thing::Mixer(Box::new(control), self.arrays())
            }
            1 => {
                let control = Bytes {
                    header: self.header(Bytes::default().header, &[5]),
                    max: self.word(),
                    mask: self.word(),
                    base: self.word(),
                    num_regs: self.word(),
                    ext_get: self.word(),
                    ext_put: self.word(),
                    ext_info: self.word(),
                    ..Default::default()
                };
                Thing::Bytes(Box::new(control), self.bytes())
            }
            _ => {
                let control = Enum {
                    header: self.header(Enum::default().header, &[4, 6, 65, 66, 67]),
                    num_channels: self.below(9) as u32,
                    channels: self.channels(),
                    items: self.below(17) as u32,
                    mask: self.word(),
                    count: self.word(),
                    texts: [(); 16].map(|()| self.name()),
                    values: [(); 176].map(|()| self.word()),
                    ..Default::default()
                };
                Thing::Enum(Box::new(control), self.bytes())
            }
        }
    }

    fn widget(&mut self) -> Thing {
        let widget = Widget {
            id: self.below(30) as u32,
            name: self.name(),
            sname: self.name(),
            reg: self.word() as i32,
            shift: self.word() as i32,
            mask: self.word(),
            subseq: self.word(),
            invert: self.word(),
            ignore_suspend: self.word(),
            event_flags: self.word() as u16,
            event_type: self.word() as u16,
            ..Default::default()
        };
        Thing::Widget(widget, self.arrays(), self.many(3, Self::control))
    }

    fn caps(&mut self) -> StreamCaps {
        StreamCaps {
            size: self.word(),
            name: self.name(),
            formats: [self.word(), self.word()],
            rates: self.word(),
            rate_min: self.word(),
            rate_max: self.word(),
            channels_min: self.word(),
            channels_max: self.word(),
            periods_min: self.word(),
            periods_max: self.word(),
            period_size_min: self.word(),
            period_size_max: self.word(),
            buffer_size_min: self.word(),
            buffer_size_max: self.word(),
            sig_bits: self.word(),
        }
    }

    fn stream(&mut self) -> Stream {
        Stream {
            size: self.word(),
            name: self.name(),
            format: [self.word(), self.word()],
            rate: self.word(),
            period_bytes: self.word(),
            buffer_bytes: self.word(),
            channels: self.word(),
        }
    }

    fn pcm(&mut self) -> Thing {
        let pcm = Pcm {
            pcm_name: self.name(),
            dai_name: self.name(),
            pcm_id: self.word(),
            dai_id: self.word(),
            playback: self.word(),
            capture: self.word(),
            compress: self.word(),
            stream: [(); 8].map(|()| self.stream()),
            num_streams: self.below(9) as u32,
            caps: [self.caps(), self.caps()],
            flag_mask: self.word(),
            flags: self.word(),
            ..Default::default()
        };
        Thing::Pcm(Box::new(pcm), self.arrays())
    }

    fn hw_config(&mut self) -> HwConfig {
        HwConfig {
            size: self.word(),
            id: self.word(),
            fmt: self.word(),
            clock_gated: self.word() as u8,
            mclk_direction: self.word() as u8,
            reserved: self.word() as u16,
            mclk_rate: self.word(),
            tdm_slots: self.word(),
            tx_channels: self.word(),
            rx_chanmap: [(); 8].map(|()| self.word()),
            ..Default::default()
        }
    }

    fn link(&mut self) -> Thing {
        let link = Link {
            id: self.word(),
            name: self.name(),
            stream_name: self.name(),
            stream: [(); 8].map(|()| self.stream()),
            num_streams: self.below(9) as u32,
            hw_config: [(); 8].map(|()| self.hw_config()),
            num_hw_configs: self.below(9) as u32,
            default_hw_config_id: self.word(),
            flag_mask: self.word(),
            flags: self.word(),
            ..Default::default()
        };
        Thing::Link(Box::new(link), self.arrays())
    }

    fn dai(&mut self) -> Thing {
        let dai = Dai {
            dai_name: self.name(),
            dai_id: self.word(),
            playback: self.word(),
            capture: self.word(),
            caps: [self.caps(), self.caps()],
            flag_mask: self.word(),
            flags: self.word(),
            ..Default::default()
        };
        Thing::Dai(Box::new(dai), self.bytes())
    }

    fn route(&mut self) -> Thing {
        Thing::Route(Route { sink: self.name(), control: self.name(), source: self.name() })
    }

    fn block(&mut self) -> (BlockKind, u32, Vec<Thing>) {
        use BlockKind as B;
        let controls = [B::Mixer, B::Bytes, B::Enum];
        let links = [B::DaiLink, B::CodecLink, B::BackendLink];
        let opaque = [
            B::Data,
            B::VendorFirmware,
            B::VendorConfig,
            B::VendorCoefficients,
            B::VendorCodec,
            B::Other(99),
        ];
        let (kind, things) = match self.below(8) {
            0 => (controls[self.below(3)], self.many(3, Self::control)),
            1 => (links[self.below(3)], self.many(2, Self::link)),
            2 => (opaque[self.below(6)], vec![Thing::Opaque(self.bytes())]),
            3 => (B::Pcm, self.many(2, Self::pcm)),
            4 => (B::Dai, self.many(2, Self::dai)),
            5 => (B::Graph, self.many(6, Self::route)),
            _ => (B::Widget, self.many(5, Self::widget)),
        };
        (kind, self.word(), things)
    }
}

/// A topology of `size` blocks behind its manifest.
pub(crate) fn described(seed: u64, size: usize) -> Described {
    let mut random = Random(seed | 1);
    let abi = random.bytes();
    Described { abi, blocks: (0..size).map(|_| random.block()).collect() }
}

/// Writes it.
pub(crate) fn write(described: &Described, out: &mut [u8]) -> Result<usize, WriteError> {
    let mut writer = Writer::new(out);
    writer.manifest(&described.abi);
    for (kind, index, things) in &described.blocks {
        writer.block(*kind, *index);
        things.iter().for_each(|thing| put(&mut writer, thing));
    }
    writer.finish()
}

fn put(writer: &mut Writer<'_>, thing: &Thing) {
    match thing {
        Thing::Widget(widget, arrays, controls) => {
            writer.widget(widget);
            put_arrays(writer, arrays);
            controls.iter().for_each(|control| put(writer, control));
        }
        Thing::Route(route) => writer.route(route),
        Thing::Mixer(mixer, arrays) => {
            writer.mixer(mixer);
            put_arrays(writer, arrays);
        }
        Thing::Bytes(bytes, data) => {
            writer.bytes(bytes);
            writer.private(data);
        }
        Thing::Enum(enumerated, data) => {
            writer.enumerated(enumerated);
            writer.private(data);
        }
        Thing::Pcm(pcm, arrays) => {
            writer.pcm(pcm);
            put_arrays(writer, arrays);
        }
        Thing::Link(link, arrays) => {
            writer.link(link);
            put_arrays(writer, arrays);
        }
        Thing::Dai(dai, data) => {
            writer.dai(dai);
            writer.private(data);
        }
        Thing::Opaque(bytes) => writer.opaque(bytes),
    }
}

fn put_arrays(writer: &mut Writer<'_>, arrays: &[Array]) {
    for array in arrays {
        match array {
            Array::Numbers(kind, tuples) => writer.numbers(*kind, tuples),
            Array::Uuids(tuples) => writer.uuids(tuples),
            Array::Texts(tuples) => {
                let tuples: Vec<_> =
                    tuples.iter().map(|(token, text)| (*token, Name::new(text).unwrap())).collect();
                writer.texts(&tuples);
            }
        }
    }
}

/// Makes the description again from the views of a file.
pub(crate) fn read(topology: &Topology<'_>) -> Described {
    let blocks = topology.blocks().skip(1);
    let things =
        |elements: &mut dyn Iterator<Item = Element<'_>>| elements.map(|element| thing(&element)).collect();
    Described {
        abi: topology.manifest().unwrap().private().to_vec(),
        blocks: blocks.map(|block| (block.kind(), block.index(), things(&mut block.elements()))).collect(),
    }
}

fn thing(element: &Element<'_>) -> Thing {
    let priv_size = 0;
    match element {
        Element::Widget(widget) => {
            let record = Widget { priv_size, num_kcontrols: 0, ..widget.record() };
            Thing::Widget(record, arrays(widget.tuples()), widget.controls().map(|c| control(&c)).collect())
        }
        Element::Route(route) => Thing::Route(route.record()),
        Element::Control(one) => control(one),
        Element::Pcm(pcm) => Thing::Pcm(Box::new(Pcm { priv_size, ..pcm.record() }), arrays(pcm.tuples())),
        Element::Link(link) => {
            Thing::Link(Box::new(Link { priv_size, ..link.record() }), arrays(link.tuples()))
        }
        Element::Dai(dai) => Thing::Dai(Box::new(Dai { priv_size, ..dai.record() }), dai.private().to_vec()),
        Element::Opaque(bytes) => Thing::Opaque(bytes.to_vec()),
        other => panic!("a second manifest, or something new: {other:?}"),
    }
}

fn control(control: &Control<'_>) -> Thing {
    let priv_size = 0;
    if let Some(mixer) = control.mixer() {
        return Thing::Mixer(Box::new(Mixer { priv_size, ..mixer }), arrays(control.tuples()));
    }
    if let Some(bytes) = control.bytes() {
        return Thing::Bytes(Box::new(Bytes { priv_size, ..bytes }), control.private().to_vec());
    }
    let enumerated = control.enumerated().unwrap();
    Thing::Enum(Box::new(Enum { priv_size, ..enumerated }), control.private().to_vec())
}

fn arrays(tuples: Tuples<'_>) -> Vec<Array> {
    tuples
        .arrays()
        .map(|array| match array.tuple_type() {
            TupleType::Uuid => {
                Array::Uuids(array.tuples().map(|tuple| (tuple.token, uuid(tuple.value))).collect())
            }
            TupleType::String => {
                Array::Texts(array.tuples().map(|tuple| (tuple.token, text(tuple.value))).collect())
            }
            kind => {
                Array::Numbers(kind, array.tuples().map(|tuple| (tuple.token, number(tuple.value))).collect())
            }
        })
        .collect()
}

fn uuid(value: Value<'_>) -> Uuid {
    let Value::Uuid(uuid) = value else { panic!("{value:?}") };
    uuid
}

fn text(value: Value<'_>) -> String {
    let Value::Text(text) = value else { panic!("{value:?}") };
    text.to_owned()
}

fn number(value: Value<'_>) -> u32 {
    let Value::Number(_, number) = value else { panic!("{value:?}") };
    number
}

/// Whether the manifest counts what is described.
pub(crate) fn manifest_counts(topology: &Topology<'_>, described: &Described) {
    let things: Vec<_> = described.blocks.iter().flat_map(|(_, _, things)| things).collect();
    let count = |wanted: fn(&Thing) -> bool| things.iter().filter(|thing| wanted(thing)).count() as u32;
    let owned =
        |thing: &&Thing| if let Thing::Widget(_, _, controls) = thing { controls.len() as u32 } else { 0 };
    let free = count(|thing| matches!(thing, Thing::Mixer(..) | Thing::Bytes(..) | Thing::Enum(..)));
    let manifest = topology.manifest().unwrap().record();
    assert_eq!(manifest.control_elems, free + things.iter().map(owned).sum::<u32>());
    assert_eq!(manifest.widget_elems, count(|thing| matches!(thing, Thing::Widget(..))));
    assert_eq!(manifest.graph_elems, count(|thing| matches!(thing, Thing::Route(_))));
    assert_eq!(manifest.pcm_elems, count(|thing| matches!(thing, Thing::Pcm(..))));
    assert_eq!(manifest.dai_link_elems, count(|thing| matches!(thing, Thing::Link(..))));
    assert_eq!(manifest.dai_elems, count(|thing| matches!(thing, Thing::Dai(..))));
}
