//! Which widgets a stream goes through, in an order in which each comes after all that feed it.
//!
//! Source: Linux' `sof_walk_widgets_in_order` over the list that DAPM makes: from the host's end along the routes, down for
//! playback and up for capture. Widgets that no module belongs to are passed by. A route into a pipeline of the other
//! direction (an echo reference, say) is not followed: it is bound only while both streams are open.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{AlsaTopology, Direction, PcmStream, host_end};
use super::graph::Graph;
use crate::error::Error;

/// The widgets of a stream and the routes between them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct PcmPath {
    /// Places of widgets in the graph, sources first.
    pub(crate) widgets: Vec<usize>,
    /// Routes, as places in `widgets`.
    pub(crate) routes: Vec<(usize, usize)>,
    /// The host's end, as a place in `widgets`.
    pub(crate) host: usize,
}

/// The path of `stream`.
///
/// # Errors
/// There is no host widget for it, it is no module, or the way goes in a circle.
pub(crate) fn find(file: &AlsaTopology, graph: &Graph<'_>, stream: &PcmStream) -> Result<PcmPath, Error> {
    let is_host = |&place: &usize| {
        let widget = &graph.widgets[place];
        host_end(widget.kind()) == Some(stream.direction) && widget.stream_name() == stream.stream
    };
    let host = (0..graph.widgets.len()).find(is_host).ok_or_else(|| {
        let what = format!("no host widget has the stream name `{}`", stream.stream);
        file.error(&stream.to_string(), what, "compile the topology with the PCM's own pipeline")
    })?;
    if !graph.is_module(host) {
        let what =
            format!("its host widget `{}` has no UUID, as widgets for IPC4 have", graph.widgets[host].name());
        let help = "name a topology for IPC4; those for IPC3 can be inspected, not run";
        return Err(file.error(&stream.to_string(), what, help));
    }
    let edges = inner(graph, &reach(graph, host, stream.direction));
    let widgets = order(&edges, host).map_err(|stuck| {
        let what = format!("its routes go in a circle through `{}`", graph.widgets[stuck].name());
        file.error(&stream.to_string(), what, "take one of these routes out")
    })?;
    let places: BTreeMap<usize, usize> =
        widgets.iter().enumerate().map(|(place, &widget)| (widget, place)).collect();
    let place = |widget: usize| places.get(&widget).copied();
    let routes = edges.iter().filter_map(|&(from, to)| Some((place(from)?, place(to)?))).collect();
    let host = place(host).unwrap_or(0);
    Ok(PcmPath { widgets, routes, host })
}

/// The modules that can be reached from `host`.
fn reach(graph: &Graph<'_>, host: usize, direction: Direction) -> BTreeSet<usize> {
    let mut neighbours: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &(from, to) in &graph.edges {
        let (here, there) = match direction {
            Direction::Playback => (from, to),
            Direction::Capture => (to, from),
        };
        neighbours.entry(here).or_default().push(there);
    }
    let mut reached = BTreeSet::from([host]);
    let mut next = vec![host];
    while let Some(here) = next.pop() {
        for &there in neighbours.get(&here).into_iter().flatten() {
            let same_way = graph.direction(there).is_none_or(|other| other == direction);
            if same_way && graph.is_module(there) && reached.insert(there) {
                next.push(there);
            }
        }
    }
    reached
}

/// The routes between widgets of `reached`, in the order of the file.
fn inner(graph: &Graph<'_>, reached: &BTreeSet<usize>) -> Vec<(usize, usize)> {
    let is_inner = |(from, to): &&(usize, usize)| reached.contains(from) && reached.contains(to);
    graph.edges.iter().filter(is_inner).copied().collect()
}

/// The widgets of `edges`, and `host`, in the order of these routes, and of the file where they leave it open; or one of a
/// circle.
fn order(edges: &[(usize, usize)], host: usize) -> Result<Vec<usize>, usize> {
    // Those that are to come, each with the number of those that feed it.
    let mut left = BTreeMap::from([(host, 0)]);
    let mut sinks: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &(from, to) in edges {
        left.entry(from).or_insert(0);
        *left.entry(to).or_insert(0) += 1;
        sinks.entry(from).or_default().push(to);
    }
    let mut ready: BTreeSet<usize> =
        left.iter().filter(|(_, fed)| **fed == 0).map(|(&widget, _)| widget).collect();
    let mut ordered = Vec::with_capacity(left.len());
    while let Some(widget) = ready.pop_first() {
        left.remove(&widget);
        ordered.push(widget);
        for sink in sinks.get(&widget).into_iter().flatten() {
            let Some(fed) = left.get_mut(sink) else { continue };
            *fed -= 1;
            if *fed == 0 {
                ready.insert(*sink);
            }
        }
    }
    match left.keys().next() {
        None => Ok(ordered),
        Some(&stuck) => Err(in_circle(edges, &left, stuck)),
    }
}

/// A widget of a circle. Each of those that are `left` is fed by another one: going back from `stuck` that often ends in one.
fn in_circle(edges: &[(usize, usize)], left: &BTreeMap<usize, usize>, stuck: usize) -> usize {
    let between = |(from, to): &&(usize, usize)| left.contains_key(from) && left.contains_key(to);
    let feeders: BTreeMap<usize, usize> =
        edges.iter().filter(between).map(|&(from, to)| (to, from)).collect();
    left.keys().fold(stuck, |widget, _| feeders.get(&widget).copied().unwrap_or(widget))
}
