//! A topology with its names resolved: who feeds whom, and which pipeline is whose.

use std::collections::{BTreeMap, HashMap};

use headroom_tplg::{Abi, Domain, Route, Topology, Widget, WidgetKind};

/// A route whose two ends are there, as indices of [`Map::widgets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Edge {
    pub(crate) source: usize,
    pub(crate) sink: usize,
}

/// Widgets by number, with edges between them. Making one is linear in the file; a look-up is too, in the neighbours.
pub(crate) struct Map<'a> {
    pub(crate) topology: Topology<'a>,
    pub(crate) widgets: Vec<Widget<'a>>,
    /// In the order of the file, repeated ones included.
    pub(crate) edges: Vec<Edge>,
    /// Routes with an end that isn't there.
    pub(crate) lost: Vec<Route<'a>>,
    sources: Vec<Vec<usize>>,
    sinks: Vec<Vec<usize>>,
    names: HashMap<&'a str, usize>,
    schedulers: BTreeMap<u32, usize>,
}

impl<'a> Map<'a> {
    pub(crate) fn new(topology: &Topology<'a>) -> Self {
        let widgets: Vec<_> = topology.widgets().collect();
        let (mut names, mut schedulers) = (HashMap::new(), BTreeMap::new());
        for (index, widget) in widgets.iter().enumerate() {
            names.entry(widget.name()).or_insert(index);
            if widget.kind() == WidgetKind::Scheduler {
                schedulers.entry(widget.pipeline()).or_insert(index);
            }
        }
        let none = vec![Vec::new(); widgets.len()];
        let (edges, lost, topology) = (Vec::new(), Vec::new(), *topology);
        let mut map =
            Self { topology, edges, lost, sources: none.clone(), sinks: none, names, schedulers, widgets };
        topology.routes().for_each(|route| map.add(route));
        map
    }

    fn add(&mut self, route: Route<'a>) {
        let (source, sink) = (self.named(route.source()), self.named(route.sink()));
        let (Some(source), Some(sink)) = (source, sink) else { return self.lost.push(route) };
        self.edges.push(Edge { source, sink });
        for (list, other) in [(&mut self.sinks[source], sink), (&mut self.sources[sink], source)] {
            if !list.contains(&other) {
                list.push(other);
            }
        }
    }

    /// The first widget of this name, which is the one that routes mean.
    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// Those that feed a widget, each once.
    pub(crate) fn sources(&self, widget: usize) -> &[usize] {
        self.sources.get(widget).map_or(&[], Vec::as_slice)
    }

    /// Those that a widget feeds, each once.
    pub(crate) fn sinks(&self, widget: usize) -> &[usize] {
        self.sinks.get(widget).map_or(&[], Vec::as_slice)
    }

    /// The scheduler widget of a pipeline.
    pub(crate) fn scheduler(&self, pipeline: u32) -> Option<&Widget<'a>> {
        self.schedulers.get(&pipeline).and_then(|&index| self.widgets.get(index))
    }

    /// The number of the host widget that a PCM's stream starts or ends at.
    pub(crate) fn host(&self, stream: &str) -> Option<usize> {
        let host = |widget: &Widget<'_>| is_host(widget.kind()) && widget.stream_name() == stream;
        self.widgets.iter().position(host).filter(|_| !stream.is_empty())
    }

    /// For each pipeline its widgets but schedulers, in the order of the file.
    pub(crate) fn pipelines(&self) -> BTreeMap<u32, Vec<usize>> {
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
    pub(crate) fn is_ipc4(&self) -> bool {
        matches!(self.topology.abi(), Some(Abi::Ipc4 { .. }))
    }
}

/// Whether PCMs start or end at such a widget.
pub(crate) fn is_host(kind: WidgetKind) -> bool {
    matches!(kind, WidgetKind::AifIn | WidgetKind::AifOut)
}

/// Whether a widget is an end on the other side.
pub(crate) fn is_dai(kind: WidgetKind) -> bool {
    matches!(kind, WidgetKind::DaiIn | WidgetKind::DaiOut)
}

/// Whether a widget runs on a thread of its own.
pub(crate) fn is_dp(widget: &Widget<'_>) -> bool {
    widget.domain() == Some(Domain::DataProcessing)
}
