//! A topology as plain data: the fields of `headroom inspect --json`, which docs/inspect.md tells.

use std::collections::BTreeMap;

use headroom_tplg::records::StreamCaps;
use headroom_tplg::tuples::{Tuple, Value};
use headroom_tplg::{Abi, AudioFormat, Heap, Memory, Token, TokenEra, Topology, WidgetKind};
use serde::Serialize;

use crate::paths::ways;
use crate::words;
use headroom_topology::Direction;
use headroom_topology::Graph;

/// Everything about a topology that a reader may ask for. Serializes to the JSON of docs/inspect.md.
#[derive(Clone, Debug, Serialize)]
pub struct Outline {
    schema_version: u32,
    pub(crate) bytes: usize,
    pub(crate) ipc: Option<u32>,
    pub(crate) abi: Option<[u32; 3]>,
    /// Whether it is for another driver.
    #[serde(skip)]
    pub(crate) foreign: bool,
    pub(crate) memory_tokens: &'static str,
    pub(crate) counts: BTreeMap<&'static str, usize>,
    pub(crate) pipelines: Vec<Pipeline>,
    pub(crate) pcms: Vec<Pcm>,
    pub(crate) links: Vec<Link>,
    pub(crate) widgets: Vec<Widget>,
    pub(crate) routes: Vec<Route>,
}

/// A pipeline: a scheduler widget, or at least widgets that say they are in it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pipeline {
    pub(crate) id: u32,
    pub(crate) scheduler: Option<String>,
    pub(crate) direction: Option<&'static str>,
    pub(crate) priority: Option<u32>,
    pub(crate) core: Option<u32>,
    pub(crate) period_us: Option<u32>,
    pub(crate) dynamic: Option<bool>,
    pub(crate) domains: BTreeMap<String, usize>,
    pub(crate) widgets: Vec<String>,
}

/// A PCM.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pcm {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) streams: Vec<Stream>,
    pub(crate) tokens: Vec<TokenValue>,
}

/// One direction of a PCM.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Stream {
    pub(crate) direction: &'static str,
    pub(crate) name: String,
    pub(crate) formats: Vec<String>,
    pub(crate) rates: Vec<u32>,
    pub(crate) rate_range: [u32; 2],
    pub(crate) channels: [u32; 2],
    pub(crate) host: Option<String>,
    pub(crate) reaches_dai: bool,
    pub(crate) ways: Vec<Vec<String>>,
}

/// A link to what is behind the DSP.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Link {
    pub(crate) id: u32,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) stream: String,
    pub(crate) hardware_configurations: usize,
    pub(crate) tokens: Vec<TokenValue>,
}

/// A widget.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Widget {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) pipeline: u32,
    pub(crate) stream: String,
    pub(crate) uuid: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) core: Option<u32>,
    pub(crate) inputs: Vec<Format>,
    pub(crate) outputs: Vec<Format>,
    pub(crate) controls: Vec<Control>,
    pub(crate) tokens: Vec<TokenValue>,
}

/// An audio format.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Format {
    pin: u32,
    rate: u32,
    bit_depth: u32,
    valid_bit_depth: u32,
    channels: u32,
    sample_type: u32,
    channel_map: u32,
    channel_config: u32,
    interleaving: u32,
    block_bytes: u32,
    #[serde(skip)]
    pub(crate) format: AudioFormat,
}

/// A control of a widget.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Control {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) tokens: Vec<TokenValue>,
}

/// A token with its value.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TokenValue {
    pub(crate) token: u32,
    pub(crate) name: Option<&'static str>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) value: String,
}

/// An edge of the graph.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Route {
    source: String,
    sink: String,
    control: String,
}

impl Outline {
    /// All that is said about `topology`. Cost: PCMs times routes.
    pub fn new(topology: &Topology<'_>) -> Self {
        let graph = Graph::new(topology);
        let (ipc, abi) = match topology.abi().filter(|_| graph.is_sof()) {
            Some(Abi::Ipc3 { major, minor, patch }) => (Some(3), Some([major, minor, patch].map(u32::from))),
            Some(Abi::Ipc4 { major, minor, patch }) => (Some(4), Some([major, minor, patch].map(u32::from))),
            None => (None, None),
        };
        let mut pcms: Vec<_> = topology.pcms().map(|record| pcm(&graph, &record)).collect();
        pcms.sort_by_key(|pcm| pcm.id);
        let routes = topology.routes().map(|route| Route {
            source: route.source().into(),
            sink: route.sink().into(),
            control: route.control().into(),
        });
        Self {
            schema_version: 1,
            bytes: topology.bytes().len(),
            ipc,
            abi,
            foreign: !graph.is_sof(),
            memory_tokens: memory_tokens(topology),
            counts: counts(topology),
            pipelines: graph.pipelines().iter().map(|(&id, members)| pipeline(&graph, id, members)).collect(),
            pcms,
            links: topology.links().map(|record| link(&record)).collect(),
            widgets: graph.widgets.iter().map(widget).collect(),
            routes: routes.collect(),
        }
    }
}

/// Which set of memory tokens the widgets have. It says when the file was compiled, and what token 421 means in it.
fn memory_tokens(topology: &Topology<'_>) -> &'static str {
    let memory = |widget: headroom_tplg::Widget<'_>| widget.memory(TokenEra::Guess);
    if topology.widgets().map(memory).any(|memory| matches!(memory.heap, Heap::Phases { .. })) {
        "stack, interim, lifetime, shared"
    } else if topology.widgets().map(memory).any(|memory| memory != Memory::default()) {
        "stack, heap"
    } else {
        "none"
    }
}

fn counts(topology: &Topology<'_>) -> BTreeMap<&'static str, usize> {
    let owned = topology.widgets().map(|widget| widget.controls().count()).sum::<usize>();
    BTreeMap::from([
        ("widgets", topology.widgets().count()),
        ("routes", topology.routes().count()),
        ("controls", owned + topology.controls().count()),
        ("pcms", topology.pcms().count()),
        ("links", topology.links().count()),
        ("dais", topology.dais().count()),
    ])
}

fn pipeline(graph: &Graph<'_>, id: u32, members: &[usize]) -> Pipeline {
    let scheduler = graph.scheduler(id);
    let word = |token| scheduler.and_then(|scheduler| scheduler.word(token));
    let members: Vec<_> = members.iter().filter_map(|&index| graph.widgets.get(index)).collect();
    let mut domains = BTreeMap::new();
    for member in members.iter().filter(|member| member.kind().is_module()) {
        *domains.entry(member.text(Token::COMP_SCHED_DOMAIN).unwrap_or("LL").into()).or_default() += 1;
    }
    let direction = word(Token::SCHED_DIRECTION).and_then(|direction| match direction {
        0 => Some("playback"),
        1 => Some("capture"),
        _ => None,
    });
    Pipeline {
        id,
        scheduler: scheduler.map(|scheduler| scheduler.name().into()),
        direction,
        priority: word(Token::SCHED_PRIORITY),
        core: word(Token::SCHED_CORE),
        period_us: word(Token::SCHED_PERIOD),
        dynamic: word(Token::SCHED_DYNAMIC_PIPELINE).map(|dynamic| dynamic != 0),
        domains,
        widgets: members.iter().map(|member| member.name().into()).collect(),
    }
}

fn pcm(graph: &Graph<'_>, pcm: &headroom_tplg::Pcm<'_>) -> Pcm {
    let streams = [(Direction::Playback, pcm.playback()), (Direction::Capture, pcm.capture())];
    let streams = streams.into_iter().filter_map(|(direction, caps)| Some(stream(graph, direction, &caps?)));
    Pcm {
        id: pcm.id(),
        name: pcm.name().into(),
        streams: streams.collect(),
        tokens: tokens(pcm.tuples().iter()),
    }
}

fn stream(graph: &Graph<'_>, direction: Direction, caps: &StreamCaps) -> Stream {
    let host = graph.host(caps.name.as_str());
    let found = host.map(|host| ways(graph, host, direction));
    let name = |&index: &usize| graph.widgets.get(index).map(|widget| widget.name().to_owned());
    let named = |way: &Vec<usize>| way.iter().filter_map(name).collect();
    Stream {
        direction: direction.name(),
        name: caps.name.as_str().into(),
        formats: words::sample_formats(caps.format_bits()),
        rates: words::rates(caps.rates),
        rate_range: [caps.rate_min, caps.rate_max],
        channels: [caps.channels_min, caps.channels_max],
        host: host.as_ref().and_then(name),
        reaches_dai: found.as_ref().is_some_and(|found| found.reach_a_dai),
        ways: found.iter().flat_map(|found| &found.ways).map(named).collect(),
    }
}

fn link(link: &headroom_tplg::Link<'_>) -> Link {
    Link {
        id: link.id(),
        kind: link.kind().to_string(),
        name: link.name().into(),
        stream: link.stream_name().into(),
        hardware_configurations: link.hw_configs().count(),
        tokens: tokens(link.tuples().iter()),
    }
}

fn widget(widget: &headroom_tplg::Widget<'_>) -> Widget {
    let control = |control: headroom_tplg::Control<'_>| Control {
        name: control.name().into(),
        kind: match control.kind() {
            headroom_tplg::ControlKind::Mixer => "mixer",
            headroom_tplg::ControlKind::Bytes => "bytes",
            headroom_tplg::ControlKind::Enum => "enum",
        },
        tokens: tokens(control.tuples().iter()),
    };
    let is_module = widget.kind().is_module() || widget.kind() == WidgetKind::Scheduler;
    Widget {
        name: widget.name().into(),
        kind: widget.kind().to_string(),
        pipeline: widget.pipeline(),
        stream: widget.stream_name().into(),
        uuid: widget.uuid().map(|uuid| uuid.to_string()),
        domain: widget.text(Token::COMP_SCHED_DOMAIN).map(String::from),
        core: widget.core().filter(|_| is_module),
        inputs: widget.input_formats().map(Format::from).collect(),
        outputs: widget.output_formats().map(Format::from).collect(),
        controls: widget.controls().map(control).collect(),
        tokens: tokens(widget.tokens()),
    }
}

fn tokens<'a>(tuples: impl Iterator<Item = Tuple<'a>>) -> Vec<TokenValue> {
    let kind = |value: &Value<'_>| match value {
        Value::Uuid(_) => "uuid".to_owned(),
        Value::Text(_) => "string".to_owned(),
        Value::Number(kind, _) => format!("{kind:?}").to_lowercase(),
    };
    let spelled = |value: &Value<'_>, token| match value {
        Value::Text(text) => (*text).to_owned(),
        other => words::value(token, other),
    };
    tuples
        .map(|tuple| TokenValue {
            token: tuple.token.0,
            name: tuple.token.name(),
            kind: kind(&tuple.value),
            value: spelled(&tuple.value, tuple.token),
        })
        .collect()
}

impl From<AudioFormat> for Format {
    fn from(format: AudioFormat) -> Self {
        Self {
            pin: format.pin,
            rate: format.rate,
            bit_depth: format.bit_depth,
            valid_bit_depth: format.valid_bit_depth,
            channels: format.channels,
            sample_type: format.sample_type,
            channel_map: format.channel_map,
            channel_config: format.channel_config,
            interleaving: format.interleaving,
            block_bytes: format.block_bytes,
            format,
        }
    }
}
