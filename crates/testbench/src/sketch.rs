//! Small topologies of our own, described by their parts and written to the bytes of a file: to be looked at, as they can have any
//! fault.

use headroom_tplg::records::{self, Name, StreamCaps, Tlv};
use headroom_tplg::tuples::{TupleType, Uuid};
use headroom_tplg::write::Writer;
use headroom_tplg::{AudioFormat, BlockKind, Token, WidgetKind};

/// A topology before it is written. Tests change what they want to see fail.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// Private data of the manifest.
    pub abi: Vec<u8>,
    /// In the order of the file, schedulers too.
    pub nodes: Vec<Node>,
    /// Source and sink.
    pub routes: Vec<(String, String)>,
    /// In the order of the file.
    pub pcms: Vec<Device>,
}

/// A widget.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its kind, as ALSA counts them.
    pub kind: WidgetKind,
    /// Its pipeline.
    pub pipeline: u32,
    /// The stream that it belongs to, of a host copier.
    pub stream: String,
    /// The module that it is.
    pub uuid: Option<Uuid>,
    /// Who runs it, where that is said.
    pub domain: Option<&'static str>,
    /// Tokens with numbers.
    pub words: Vec<(Token, u32)>,
    /// Tokens with texts.
    pub texts: Vec<(Token, &'static str)>,
    /// Formats that it takes.
    pub inputs: Vec<AudioFormat>,
    /// Formats that it gives.
    pub outputs: Vec<AudioFormat>,
    /// Names of volume controls.
    pub controls: Vec<String>,
    /// The scale that they have.
    pub scale: Tlv,
}

/// A PCM with one stream.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: &'static str,
    /// The name of its stream.
    pub stream: &'static str,
    /// Whether it records.
    pub capture: bool,
    /// Bits of its rates.
    pub rates: u32,
}

/// Samples of `bits` valid bits in as many, in two channels, in blocks of a millisecond.
pub fn format(rate: u32, bits: u32) -> AudioFormat {
    let channels = 2;
    AudioFormat {
        rate,
        bit_depth: bits,
        valid_bit_depth: bits,
        channels,
        channel_map: 0xffff_ff10,
        channel_config: 1,
        fmt_cfg: channels | bits << 8,
        block_bytes: rate.div_ceil(1000) * channels * bits / 8,
        ..AudioFormat::default()
    }
}

fn node(name: &str, kind: WidgetKind, pipeline: u32) -> Node {
    let uuid = (kind != WidgetKind::Scheduler).then_some(Uuid([kind.raw() as u8; 16]));
    let memory = [(Token::COMP_STACK_BYTES_REQUIREMENT, 4096), (Token::COMP_HEAP_BYTES_REQUIREMENT, 12_288)];
    Node {
        name: name.into(),
        kind,
        pipeline,
        stream: String::new(),
        uuid,
        domain: None,
        words: if uuid.is_some() { memory.into() } else { Vec::new() },
        texts: Vec::new(),
        inputs: vec![format(48_000, 32)],
        outputs: vec![format(48_000, 32)],
        controls: Vec::new(),
        scale: decibels(),
    }
}

/// From -90 dB in steps of 2 dB.
fn decibels() -> Tlv {
    let mut data = [0; 32];
    data[..3].copy_from_slice(&[(-9000_i32).cast_unsigned(), 200, 1]);
    Tlv { size: 136, kind: 1, data }
}

fn pipeline(id: u32, direction: u32, priority: u32) -> Node {
    let words = vec![
        (Token::SCHED_PERIOD, 1000),
        (Token::SCHED_PRIORITY, priority),
        (Token::SCHED_CORE, 0),
        (Token::SCHED_DYNAMIC_PIPELINE, 1),
        (Token::SCHED_DIRECTION, direction),
    ];
    let name = format!("pipeline.{id}");
    Node { words, inputs: vec![], outputs: vec![], ..node(&name, WidgetKind::Scheduler, id) }
}

/// Two PCMs that are mixed into one DAI, one of them through a DP SRC, and a third that records.
pub fn small() -> Sketch {
    use WidgetKind::{AifIn, AifOut, DaiIn, DaiOut, Mixer, Pga, Src};
    let host = |name, pipeline, stream: &str| Node { stream: stream.into(), ..node(name, AifIn, pipeline) };
    let volume = |name: &str| vec![format!("{name} Volume")];
    let mixer =
        |name, pipeline, kind| Node { words: vec![(Token::MIXER_TYPE, kind)], ..node(name, Mixer, pipeline) };
    let nodes = vec![
        pipeline(1, 0, 0),
        Node {
            inputs: vec![format(44_100, 16), format(44_100, 32)],
            outputs: vec![format(44_100, 32)],
            ..host("host-copier.0.playback", 1, "Music Playback")
        },
        Node { domain: Some("DP"), inputs: vec![format(44_100, 32)], ..node("src.1.1", Src, 1) },
        Node { controls: volume("Music"), ..node("gain.1.1", Pga, 1) },
        mixer("mixin.1.1", 1, 0),
        pipeline(2, 0, 0),
        Node {
            inputs: vec![format(48_000, 16), format(48_000, 32)],
            ..host("host-copier.1.playback", 2, "Alert Playback")
        },
        mixer("mixin.2.1", 2, 0),
        pipeline(3, 0, 0),
        mixer("mixout.3.1", 3, 1),
        Node { controls: volume("Master"), ..node("gain.3.1", Pga, 3) },
        node("dai-copier.SSP.NoCodec-0.playback", DaiOut, 3),
        pipeline(4, 1, 0),
        node("dai-copier.SSP.NoCodec-0.capture", DaiIn, 4),
        Node {
            outputs: vec![format(48_000, 16), format(48_000, 32)],
            stream: "Capture".into(),
            ..node("host-copier.2.capture", AifOut, 4)
        },
    ];
    let routes = [
        ("host-copier.0.playback", "src.1.1"),
        ("src.1.1", "gain.1.1"),
        ("gain.1.1", "mixin.1.1"),
        ("host-copier.1.playback", "mixin.2.1"),
        ("mixin.1.1", "mixout.3.1"),
        ("mixin.2.1", "mixout.3.1"),
        ("mixout.3.1", "gain.3.1"),
        ("gain.3.1", "dai-copier.SSP.NoCodec-0.playback"),
        ("dai-copier.SSP.NoCodec-0.capture", "host-copier.2.capture"),
    ];
    Sketch {
        abi: vec![3, 0, 29, 0, 1, 0],
        nodes,
        routes: routes.map(|(source, sink)| (source.into(), sink.into())).into(),
        pcms: devices(),
    }
}

fn devices() -> Vec<Device> {
    let device = |id, name, stream, capture, rates| Device { id, name, stream, capture, rates };
    vec![
        device(0, "Music", "Music Playback", false, 1 << 6),
        device(1, "Alert", "Alert Playback", false, 1 << 7),
        device(2, "Microphone", "Capture", true, 1 << 7),
    ]
}

impl Sketch {
    /// The widget of this name.
    pub fn node(&mut self, name: &str) -> &mut Node {
        self.nodes.iter_mut().find(|node| node.name == name).unwrap()
    }

    /// The file.
    pub fn file(&self) -> Vec<u8> {
        let mut file = vec![0; 1 << 20];
        let len = self.write(&mut file);
        file.truncate(len);
        file
    }

    fn write(&self, file: &mut [u8]) -> usize {
        let mut writer = Writer::new(file);
        writer.manifest(&self.abi);
        for nodes in self.nodes.chunk_by(|a, b| a.pipeline == b.pipeline) {
            writer.block(BlockKind::Widget, nodes[0].pipeline);
            nodes.iter().for_each(|node| node.write(&mut writer));
        }
        writer.block(BlockKind::Pcm, 0);
        self.pcms.iter().for_each(|pcm| writer.pcm(&pcm.record()));
        writer.block(BlockKind::BackendLink, 0);
        writer.link(&records::Link { id: 0, name: name("NoCodec-0"), ..Default::default() });
        writer.numbers(TupleType::Word, &[(Token::DAI_INDEX, 0)]);
        writer.block(BlockKind::Graph, 0);
        for (source, sink) in &self.routes {
            writer.route(&records::Route { source: name(source), sink: name(sink), ..Default::default() });
        }
        writer.finish().unwrap()
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

impl Device {
    fn record(&self) -> records::Pcm {
        let caps = StreamCaps {
            size: 104,
            name: name(self.stream),
            formats: [0x404, 0],
            rates: self.rates,
            channels_min: 2,
            channels_max: 2,
            ..Default::default()
        };
        let none = StreamCaps::default();
        records::Pcm {
            pcm_id: self.id,
            pcm_name: name(self.name),
            dai_name: name(self.name),
            playback: u32::from(!self.capture),
            capture: u32::from(self.capture),
            caps: if self.capture { [none, caps] } else { [caps, none] },
            ..Default::default()
        }
    }
}

impl Node {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.widget(&records::Widget {
            id: self.kind.raw(),
            name: name(&self.name),
            sname: name(&self.stream),
            reg: -1,
            ..Default::default()
        });
        let texts: Vec<_> = self.texts.iter().map(|(token, text)| (*token, name(text))).collect();
        let domain = self.domain.map(|domain| (Token::COMP_SCHED_DOMAIN, name(domain)));
        let texts: Vec<_> = texts.into_iter().chain(domain).collect();
        writer.words(&self.words);
        if let Some(uuid) = self.uuid {
            writer.uuids(&[(Token::COMP_UUID, uuid)]);
            writer.numbers(TupleType::Bool, &[(Token::COMP_NO_WNAME_IN_KCONTROL_NAME, 1)]);
        }
        if !texts.is_empty() {
            writer.texts(&texts);
        }
        let first = [Token::CAVS_AUDIO_FORMAT_IN_RATE, Token::CAVS_AUDIO_FORMAT_OUT_RATE];
        let block = [Token::CAVS_AUDIO_FORMAT_IBS, Token::CAVS_AUDIO_FORMAT_OBS];
        for (side, formats) in [&self.inputs, &self.outputs].into_iter().enumerate() {
            for format in formats {
                writer.words(&tokens(format, first[side], block[side]));
            }
        }
        for control in &self.controls {
            let header = records::ControlHeader {
                name: name(control),
                info: 1,
                kind: 1,
                access: 0x13,
                tlv: self.scale,
                ..Default::default()
            };
            writer.mixer(&records::Mixer { header, max: 45, ..Default::default() });
        }
    }
}

fn tokens(format: &AudioFormat, first: Token, block: Token) -> Vec<(Token, u32)> {
    let fields = [
        format.rate,
        format.bit_depth,
        format.valid_bit_depth,
        format.channels,
        format.channel_map,
        format.channel_config,
        format.interleaving,
        format.fmt_cfg,
        format.sample_type,
        format.pin,
    ];
    let numbered = (first.0..).map(Token).zip(fields);
    numbered.chain([(block, format.block_bytes)]).collect()
}
