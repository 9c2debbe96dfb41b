//! Topologies as a test describes them, and their files: to be opened, as they have modules and formats that fit.
//!
//! ```text
//!   playback(…)      host ─► … ─► dai, all in pipeline 1, and its PCM; capture(…) the other way
//!   .widget(…)       one more        .route(…)   .edit("gain", …)   one that is there
//! ```

use headroom_modules::MODULES;
use headroom_topology::Compiled;
use headroom_tplg::records::{self, Channel, ControlHeader, Name, StreamCaps, Tlv};
use headroom_tplg::tuples::{TupleType, Uuid};
use headroom_tplg::write::Writer;
use headroom_tplg::{BlockKind, Token, WidgetKind};

/// A format of a widget, blocks of a millisecond.
#[derive(Clone, Copy, Debug)]
pub struct Wave {
    /// Frames per second.
    pub rate: u32,
    /// Bits of a sample in memory.
    pub depth: u32,
    /// Bits of it that count.
    pub valid: u32,
    /// How many.
    pub channels: u32,
    /// Which pin it is for.
    pub pin: u32,
    /// Bytes of a block.
    pub block_bytes: u32,
}

/// Stereo of `rate` in samples of so many bits.
pub fn wave(rate: u32, bits: u32) -> Wave {
    let depth = if bits == 16 { 16 } else { 32 };
    let block_bytes = 2 * rate.div_ceil(1000) * (depth / 8);
    Wave { rate, depth, valid: bits, channels: 2, pin: 0, block_bytes }
}

/// What most widgets here take and give.
pub const fn plain() -> Wave {
    Wave { rate: 48_000, depth: 32, valid: 32, channels: 2, pin: 0, block_bytes: 384 }
}

/// A control of a widget.
#[derive(Clone, Debug)]
pub enum Knob {
    /// Name, highest value, and the scale: lowest value and step in 1/100 dB.
    Volume(&'static str, i32, (i32, u32)),
    /// Name and channels.
    Switch(&'static str, u32),
    /// Name and items.
    Choice(&'static str, &'static [&'static str]),
    /// Name, parameter and what it holds.
    Bytes(&'static str, u32, Vec<u8>),
}

/// A widget.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// The stream that it belongs to, of a host copier.
    pub stream: String,
    /// Its kind, as ALSA counts them.
    pub kind: WidgetKind,
    /// Its pipeline.
    pub pipeline: u32,
    /// The module that it is.
    pub uuid: Option<Uuid>,
    /// Tokens with numbers.
    pub words: Vec<(Token, u32)>,
    /// Tokens with texts.
    pub texts: Vec<(Token, String)>,
    /// Formats that it takes.
    pub inputs: Vec<Wave>,
    /// Formats that it gives.
    pub outputs: Vec<Wave>,
    /// Its controls.
    pub knobs: Vec<Knob>,
}

impl Node {
    /// Adds tokens with numbers.
    pub fn words(&mut self, words: &[(Token, u32)]) -> &mut Self {
        self.words.extend(words);
        self
    }

    /// Adds a token with a text.
    pub fn text(&mut self, token: Token, text: &str) -> &mut Self {
        self.texts.push((token, text.to_owned()));
        self
    }

    /// The same format on both sides.
    pub fn waves(&mut self, waves: &[Wave]) -> &mut Self {
        (self.inputs, self.outputs) = (waves.to_vec(), waves.to_vec());
        self
    }
}

/// The module that a driver of the desk makes.
pub fn module(driver: &str) -> Uuid {
    Uuid(MODULES.iter().find(|known| known.name == driver).unwrap().uuid)
}

/// A module that nobody has.
pub const NOBODYS: Uuid = Uuid([0xAB; 16]);

/// A widget of `pipeline` that plays [`plain`] audio with the module of `driver`.
pub fn node(name: &str, kind: WidgetKind, driver: &str, pipeline: u32) -> Node {
    Node {
        name: name.to_owned(),
        stream: String::new(),
        kind,
        pipeline,
        uuid: Some(module(driver)),
        words: Vec::new(),
        texts: Vec::new(),
        inputs: vec![plain()],
        outputs: vec![plain()],
        knobs: Vec::new(),
    }
}

/// A PCM: its number, the bits of its rates, and the names of its streams.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its number.
    pub id: u32,
    /// Bits of its rates.
    pub rates: u32,
    /// Names of the streams that it plays and records.
    pub streams: [Option<String>; 2],
}

/// A topology.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Their numbers, each with its direction: 0 for playback.
    pub pipelines: Vec<(u32, Option<u32>)>,
    /// In the order of the file.
    pub widgets: Vec<Node>,
    /// From and to.
    pub routes: Vec<(String, String)>,
    /// In the order of the file.
    pub devices: Vec<Device>,
}

/// PCM 0, which plays through the host copier `host`, what `between` has, and the DAI copier `dai`.
pub fn playback(between: Vec<Node>) -> Draft {
    let mut draft = Draft { pipelines: vec![(1, Some(0))], ..Draft::default() };
    draft.device(0, [Some("out"), None]);
    let mut host = node("host", WidgetKind::AifIn, "copier", 1);
    "out".clone_into(&mut host.stream);
    let dai = node("dai", WidgetKind::DaiIn, "copier", 1);
    draft.line([vec![host], between, vec![dai]].concat());
    draft
}

/// PCM 0, which records from the DAI copier `dai` through what `between` has and the host copier `host`.
pub fn capture(between: Vec<Node>) -> Draft {
    let mut draft = Draft { pipelines: vec![(1, Some(1))], ..Draft::default() };
    draft.device(0, [None, Some("in")]);
    let mut host = node("host", WidgetKind::AifOut, "copier", 1);
    "in".clone_into(&mut host.stream);
    let dai = node("dai", WidgetKind::DaiOut, "copier", 1);
    draft.line([vec![dai], between, vec![host]].concat());
    draft
}

impl Draft {
    /// Adds a PCM with these streams, playback first.
    pub fn device(&mut self, id: u32, streams: [Option<&str>; 2]) {
        self.devices.push(Device { id, rates: 0, streams: streams.map(|name| name.map(str::to_owned)) });
    }

    /// Widgets, each of which feeds the next.
    pub fn line(&mut self, nodes: Vec<Node>) {
        let names: Vec<String> = nodes.iter().map(|node| node.name.clone()).collect();
        for pair in names.windows(2) {
            self.route(&pair[0], &pair[1]);
        }
        self.widgets.extend(nodes);
    }

    /// Adds a route.
    pub fn route(&mut self, from: &str, to: &str) {
        self.routes.push((from.to_owned(), to.to_owned()));
    }

    /// The widget called `name`, to be changed.
    pub fn edit(&mut self, name: &str) -> &mut Node {
        self.widgets.iter_mut().find(|node| node.name == name).unwrap()
    }

    /// As the file `test.tplg`.
    pub fn file(&self) -> Compiled {
        Compiled::from_bytes("test.tplg".as_ref(), self.bytes()).unwrap()
    }

    /// The file, as `alsatplg` orders it.
    pub fn bytes(&self) -> Vec<u8> {
        let Err(headroom_tplg::write::WriteError::Space { needed, .. }) = self.write(&mut []) else {
            panic!("no file takes no bytes");
        };
        let mut bytes = vec![0; needed];
        self.write(&mut bytes).unwrap();
        bytes
    }

    fn write(&self, out: &mut [u8]) -> Result<usize, headroom_tplg::write::WriteError> {
        let mut writer = Writer::new(out);
        writer.manifest(&[3, 0, 29, 0, 1, 0]);
        for &(pipeline, direction) in &self.pipelines {
            writer.block(BlockKind::Widget, pipeline);
            scheduler(&mut writer, pipeline, direction);
        }
        for node in &self.widgets {
            writer.block(BlockKind::Widget, node.pipeline);
            write_node(&mut writer, node);
        }
        for device in &self.devices {
            writer.block(BlockKind::Pcm, 0);
            write_device(&mut writer, device);
        }
        writer.block(BlockKind::Graph, 0);
        for (source, sink) in &self.routes {
            let (source, sink) = (name(source), name(sink));
            writer.route(&records::Route { source, sink, ..Default::default() });
        }
        writer.finish()
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn scheduler(writer: &mut Writer<'_>, pipeline: u32, direction: Option<u32>) {
    let (id, called) = (WidgetKind::Scheduler.raw(), name(&format!("pipeline.{pipeline}")));
    writer.widget(&records::Widget { id, name: called, reg: -1, ..Default::default() });
    if let Some(direction) = direction {
        writer.words(&[(Token::SCHED_DIRECTION, direction)]);
        writer.numbers(TupleType::Bool, &[(Token::SCHED_DIRECTION_VALID, 1)]);
    }
    // As all classes have them; they are no module's.
    writer.words(&[
        (Token::COMP_STACK_BYTES_REQUIREMENT, 1 << 20),
        (Token::COMP_HEAP_BYTES_REQUIREMENT, 1 << 20),
    ]);
}

fn write_node(writer: &mut Writer<'_>, node: &Node) {
    let (called, sname) = (name(&node.name), name(&node.stream));
    writer.widget(&records::Widget {
        id: node.kind.raw(),
        name: called,
        sname,
        reg: -1,
        ..Default::default()
    });
    if let Some(uuid) = node.uuid {
        writer.uuids(&[(Token::COMP_UUID, uuid)]);
    }
    writer.words(&node.words);
    writer.numbers(TupleType::Bool, &[(Token::COMP_NO_WNAME_IN_KCONTROL_NAME, 1)]);
    for (token, text) in &node.texts {
        writer.texts(&[(*token, name(text))]);
    }
    let sides = [
        (&node.inputs, Token::CAVS_AUDIO_FORMAT_IN_RATE, Token::CAVS_AUDIO_FORMAT_IBS),
        (&node.outputs, Token::CAVS_AUDIO_FORMAT_OUT_RATE, Token::CAVS_AUDIO_FORMAT_OBS),
    ];
    for (waves, first, block) in sides {
        waves.iter().for_each(|wave| write_wave(writer, wave, first, block));
    }
    node.knobs.iter().for_each(|knob| write_knob(writer, knob));
}

fn write_wave(writer: &mut Writer<'_>, wave: &Wave, first: Token, block: Token) {
    let token = |n: u32| Token(first.0 + n);
    writer.words(&[
        (token(0), wave.rate),
        (token(1), wave.depth),
        (token(2), wave.valid),
        (token(3), wave.channels),
        (token(4), if wave.channels == 1 { 0xFFFF_FFF0 } else { 0xFFFF_FF10 }),
        (token(5), u32::from(wave.channels > 1)),
        (token(6), 0),
        (token(8), 1),
        (token(9), wave.pin),
        (block, wave.block_bytes),
    ]);
}

/// What all controls have, whose structure `own` is the header of.
fn header(called: &str, put: u32, own: ControlHeader) -> ControlHeader {
    ControlHeader { name: name(called), get: put, put, ..own }
}

fn channels(count: u32) -> [Channel; 8] {
    let mut channels = [Channel::default(); 8];
    for (n, channel) in channels.iter_mut().take(count as usize).enumerate() {
        *channel = Channel { size: 16, reg: 0, shift: n as i32, id: 3 + n as u32 };
    }
    channels
}

fn write_knob(writer: &mut Writer<'_>, knob: &Knob) {
    match knob {
        Knob::Volume(called, max, (min, step)) => {
            let mut data = [0; 32];
            data[..3].copy_from_slice(&[*min as u32, *step, 1]);
            let tlv = Tlv { size: 136, kind: 1, data };
            let own = ControlHeader { tlv, ..records::Mixer::default().header };
            write_mixer(writer, header(called, 256, own), (*max, 2));
        }
        Knob::Switch(called, count) => {
            write_mixer(writer, header(called, 259, records::Mixer::default().header), (1, *count));
        }
        Knob::Choice(called, items) => write_choice(writer, called, items),
        Knob::Bytes(called, parameter, data) => {
            let header = header(called, 258, records::Bytes::default().header);
            writer.bytes(&records::Bytes { header, max: 1 << 20, ..Default::default() });
            let len = data.len() as u32;
            let words = [u32::from_le_bytes(*b"SOF4"), *parameter, len, 0x0301_d001, 0, 0, 0, 0];
            words.iter().for_each(|word| writer.private(&word.to_le_bytes()));
            writer.private(data);
        }
    }
}

fn write_mixer(writer: &mut Writer<'_>, header: ControlHeader, (max, num_channels): (i32, u32)) {
    let channels = channels(num_channels);
    writer.mixer(&records::Mixer { header, max, num_channels, channels, ..Default::default() });
}

fn write_choice(writer: &mut Writer<'_>, called: &str, choices: &[&str]) {
    let mut texts = [Name::default(); 16];
    texts.iter_mut().zip(choices).for_each(|(text, item)| *text = name(item));
    let header = header(called, 257, records::Enum::default().header);
    let (items, num_channels, channels) = (choices.len() as u32, 1, channels(1));
    let choice = records::Enum { header, items, texts, num_channels, channels, ..Default::default() };
    writer.enumerated(&choice);
}

fn write_device(writer: &mut Writer<'_>, device: &Device) {
    let caps = |stream: &Option<String>| {
        stream.as_ref().map_or_else(StreamCaps::default, |stream| StreamCaps {
            size: 104,
            name: name(stream),
            formats: [0x444, 0],
            rates: device.rates,
            channels_min: 1,
            channels_max: 8,
            ..Default::default()
        })
    };
    let there = |stream: &Option<String>| u32::from(stream.is_some());
    let [out, recorded] = &device.streams;
    writer.pcm(&records::Pcm {
        pcm_name: name("Device"),
        dai_name: name("Device"),
        pcm_id: device.id,
        playback: there(out),
        capture: there(recorded),
        caps: [caps(out), caps(recorded)],
        ..Default::default()
    });
}

/// An image of firmware whose manifest has these modules, each with its type: 0x21 is LL, 0x41 DP.
pub fn image(modules: &[([u8; 16], u32)]) -> Vec<u8> {
    let mut bytes = vec![0; 1000];
    let mut header = [0; 52];
    header[..4].copy_from_slice(b"$AM1");
    header[4] = 52;
    header[36] = modules.len() as u8;
    bytes.extend(header);
    for (uuid, kind) in modules {
        let mut entry = [0; 116];
        entry[..4].copy_from_slice(b"$AME");
        entry[12..28].copy_from_slice(uuid);
        entry[28..32].copy_from_slice(&kind.to_le_bytes());
        bytes.extend(entry);
    }
    bytes
}
