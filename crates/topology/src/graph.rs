//! A topology with its names resolved: who feeds whom, and which pipeline is whose.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use headroom_tplg::{Abi, Domain, Route, Token, Topology, Widget, WidgetKind};

/// Which way a stream goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// From the host to the DAI.
    Playback,
    /// From the DAI to the host.
    Capture,
}

impl Direction {
    /// `playback` or `capture`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Playback => "playback",
            Self::Capture => "capture",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A route whose two ends are there, as indices of [`Graph::widgets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// The widget that gives.
    pub source: usize,
    /// The widget that takes.
    pub sink: usize,
}

/// Widgets by number, with edges between them. Making one is linear in the file; a look-up is too, in the neighbours.
#[derive(Debug)]
pub struct Graph<'a> {
    /// The file.
    pub topology: Topology<'a>,
    /// In the order of the file.
    pub widgets: Vec<Widget<'a>>,
    /// In the order of the file, repeated ones included.
    pub edges: Vec<Edge>,
    /// Routes with an end that isn't there. They connect nothing, and Linux refuses the file where a widget of one is opened.
    pub lost: Vec<Route<'a>>,
    sources: Vec<Vec<usize>>,
    sinks: Vec<Vec<usize>>,
    names: HashMap<&'a str, usize>,
    /// Host widgets by the name of their stream.
    hosts: HashMap<&'a str, usize>,
    schedulers: BTreeMap<u32, usize>,
    sof: bool,
}

impl<'a> Graph<'a> {
    /// The graph of a topology.
    pub fn new(topology: &Topology<'a>) -> Self {
        let widgets: Vec<_> = topology.widgets().collect();
        let (mut names, mut hosts, mut schedulers) = (HashMap::new(), HashMap::new(), BTreeMap::new());
        for (index, widget) in widgets.iter().enumerate() {
            names.entry(widget.name()).or_insert(index);
            if is_host(widget.kind()) && !widget.stream_name().is_empty() {
                hosts.entry(widget.stream_name()).or_insert(index);
            }
            if widget.kind() == WidgetKind::Scheduler {
                schedulers.entry(widget.pipeline()).or_insert(index);
            }
        }
        let none = vec![Vec::new(); widgets.len()];
        let (edges, lost, sof, topology) = (Vec::new(), Vec::new(), is_sof(topology), *topology);
        let sources = none.clone();
        let mut graph =
            Self { topology, edges, lost, sources, sinks: none, names, hosts, schedulers, widgets, sof };
        let mut known = HashSet::new();
        topology.routes().for_each(|route| graph.add(route, &mut known));
        graph
    }

    fn add(&mut self, route: Route<'a>, known: &mut HashSet<Edge>) {
        let (source, sink) = (self.named(route.source()), self.named(route.sink()));
        let (Some(source), Some(sink)) = (source, sink) else { return self.lost.push(route) };
        self.edges.push(Edge { source, sink });
        if known.insert(Edge { source, sink }) {
            self.sinks[source].push(sink);
            self.sources[sink].push(source);
        }
    }

    /// The first widget of this name, which is the one that routes mean.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// Those that feed a widget, each once.
    pub fn sources(&self, widget: usize) -> &[usize] {
        self.sources.get(widget).map_or(&[], Vec::as_slice)
    }

    /// Those that a widget feeds, each once.
    pub fn sinks(&self, widget: usize) -> &[usize] {
        self.sinks.get(widget).map_or(&[], Vec::as_slice)
    }

    /// The edges in the order of the file, each once: two equal routes are one connection. Linux binds it when it comes to the
    /// first, and passes over the second.
    pub fn connections(&self) -> impl Iterator<Item = Edge> + '_ {
        let mut known = BTreeSet::new();
        self.edges.iter().copied().filter(move |&edge| known.insert(edge))
    }

    /// The scheduler widget of a pipeline.
    pub fn scheduler(&self, pipeline: u32) -> Option<&Widget<'a>> {
        self.schedulers.get(&pipeline).and_then(|&index| self.widgets.get(index))
    }

    /// The direction of the pipeline that a widget is in, where the file says one.
    pub fn direction(&self, widget: usize) -> Option<Direction> {
        let scheduler = self.scheduler(self.widgets.get(widget)?.pipeline())?;
        let valid = scheduler.word(Token::SCHED_DIRECTION_VALID).unwrap_or(0) != 0;
        match scheduler.word(Token::SCHED_DIRECTION).filter(|_| valid)? {
            0 => Some(Direction::Playback),
            _ => Some(Direction::Capture),
        }
    }

    /// Whether Linux makes a module of a widget: it has a UUID, and is of a kind that has modules.
    pub fn is_module(&self, widget: usize) -> bool {
        self.widgets.get(widget).is_some_and(|widget| widget.kind().is_module() && widget.uuid().is_some())
    }

    /// The number of the host widget that a PCM's stream starts or ends at.
    pub fn host(&self, stream: &str) -> Option<usize> {
        self.hosts.get(stream).copied()
    }

    /// For each pipeline its widgets but schedulers, in the order of the file.
    pub fn pipelines(&self) -> BTreeMap<u32, Vec<usize>> {
        let mut pipelines: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, widget) in self.widgets.iter().enumerate() {
            let members = pipelines.entry(widget.pipeline()).or_default();
            if widget.kind() != WidgetKind::Scheduler {
                members.push(index);
            }
        }
        pipelines
    }

    /// Whether the firmware speaks IPC4, as far as the manifest says.
    pub fn is_ipc4(&self) -> bool {
        self.sof && matches!(self.topology.abi(), Some(Abi::Ipc4 { .. }))
    }

    /// Whether it is a topology for SOF; see [`is_sof`].
    pub fn is_sof(&self) -> bool {
        self.sof
    }
}

/// Whether a topology is for SOF: its manifest has an ABI of SOF, or a token of SOF's stands somewhere. Topologies of other
/// drivers have other data in their manifest, and other tokens; one with neither is taken for SOF's. Cost: a pass over the file.
pub fn is_sof(topology: &Topology<'_>) -> bool {
    let major = match topology.abi() {
        Some(Abi::Ipc3 { major, .. }) => Some(u16::from(major)),
        Some(Abi::Ipc4 { major, .. }) => Some(major),
        None => None,
    };
    let mut tokens = topology.widgets().flat_map(|widget| widget.tokens()).peekable();
    let says_nothing = major.is_none() && tokens.peek().is_none();
    major == Some(SOF_ABI) || says_nothing || tokens.any(|tuple| tuple.token.name().is_some())
}

/// The major number that all ABIs of SOF have.
const SOF_ABI: u16 = 3;

/// Which streams begin or end at a widget of this kind, at the host.
pub fn host_end(kind: WidgetKind) -> Option<Direction> {
    match kind {
        WidgetKind::AifIn => Some(Direction::Playback),
        WidgetKind::AifOut => Some(Direction::Capture),
        _ => None,
    }
}

/// Which streams end or begin at a widget of this kind, at an interface.
pub fn dai_end(kind: WidgetKind) -> Option<Direction> {
    match kind {
        // As DAPM sees it: what plays goes into the DAI.
        WidgetKind::DaiIn => Some(Direction::Playback),
        WidgetKind::DaiOut => Some(Direction::Capture),
        _ => None,
    }
}

/// Whether PCMs start or end at such a widget.
pub fn is_host(kind: WidgetKind) -> bool {
    host_end(kind).is_some()
}

/// Whether a widget is an end on the other side.
pub fn is_dai(kind: WidgetKind) -> bool {
    dai_end(kind).is_some()
}

/// Whether a widget runs on a thread of its own.
pub fn is_dp(widget: &Widget<'_>) -> bool {
    widget.domain() == Some(Domain::DataProcessing)
}
