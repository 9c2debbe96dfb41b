//! The widgets of a topology and their connections, by index.

use std::collections::{BTreeMap, BTreeSet};

use headroom_ipc4::Domain;
use headroom_tplg::{Token, Topology, Widget, WidgetKind};

use super::file::Direction;
use super::firmware::Firmware;

/// The graph of a file.
pub(crate) struct Graph<'t> {
    /// In the order of the file.
    pub(crate) widgets: Vec<Widget<'t>>,
    /// From source to sink, in the order of the file. Routes of widgets that are not there are left out: such a route
    /// connects nothing, and Linux refuses the file where a widget of it is opened.
    pub(crate) edges: Vec<(usize, usize)>,
    /// The scheduler widget of each pipeline.
    schedulers: BTreeMap<u32, usize>,
    firmware: Option<&'t Firmware>,
}

impl<'t> Graph<'t> {
    /// The graph of a topology, for a firmware if one is known.
    pub(crate) fn new(topology: &Topology<'t>, firmware: Option<&'t Firmware>) -> Self {
        let widgets: Vec<_> = topology.widgets().collect();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, widget) in widgets.iter().enumerate() {
            places.entry(widget.name()).or_insert(place);
        }
        let edge = |route: headroom_tplg::Route<'_>| {
            Some((*places.get(route.source())?, *places.get(route.sink())?))
        };
        // Two equal routes are one connection: Linux binds it when it comes to the first, and passes over the second.
        let mut known = BTreeSet::new();
        let edges = topology.routes().filter_map(edge).filter(|&edge| known.insert(edge)).collect();
        let is_scheduler = |(_, widget): &(usize, &Widget<'_>)| widget.kind() == WidgetKind::Scheduler;
        let pipelines = widgets.iter().enumerate().filter(is_scheduler);
        let schedulers = pipelines.map(|(place, widget)| (widget.pipeline(), place)).collect();
        Self { widgets, edges, schedulers, firmware }
    }

    /// The scheduler widget of a pipeline.
    pub(crate) fn scheduler(&self, pipeline: u32) -> Option<Widget<'t>> {
        self.schedulers.get(&pipeline).and_then(|&place| self.widgets.get(place)).copied()
    }

    /// The direction of the pipeline that a widget is in, where the file says one.
    pub(crate) fn direction(&self, widget: usize) -> Option<Direction> {
        let scheduler = self.scheduler(self.widgets[widget].pipeline())?;
        let valid = scheduler.word(Token::SCHED_DIRECTION_VALID).unwrap_or(0) != 0;
        match scheduler.word(Token::SCHED_DIRECTION).filter(|_| valid)? {
            0 => Some(Direction::Playback),
            _ => Some(Direction::Capture),
        }
    }

    /// Who runs a widget: the topology says so, or else the firmware's manifest; without either it is LL.
    pub(crate) fn domain(&self, widget: &Widget<'_>) -> Domain {
        let listed = || self.firmware?.find(widget.uuid()?).map(|entry| entry.is_dp);
        match widget.domain() {
            Some(headroom_tplg::Domain::DataProcessing) => Domain::Dp,
            Some(headroom_tplg::Domain::LowLatency) => Domain::Ll,
            _ if listed() == Some(true) => Domain::Dp,
            _ => Domain::Ll,
        }
    }

    /// Whether Linux makes a module of a widget: it has a UUID, and is of a kind that has modules.
    pub(crate) fn is_module(&self, widget: usize) -> bool {
        let widget = &self.widgets[widget];
        widget.kind().is_module() && widget.uuid().is_some()
    }
}
