//! Which widgets streams go through, in an order in which each comes after all that feed it.
//!
//! Source: Linux' `sof_walk_widgets_in_order` over the list that DAPM makes: from the host's end along the routes, down for
//! playback and up for capture. Widgets that no module belongs to are passed by. A route into a pipeline of the other
//! direction (an echo reference, say) is not followed: it is bound only while both streams are open.

use std::collections::{BTreeMap, BTreeSet};

use headroom_topology::{Direction, Edge, Graph, PcmStream, host_end};

/// The widgets of all streams that are open, and the routes between them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Path {
    /// Widgets by their numbers in the graph, sources first. A widget's place in here is its part.
    pub(crate) widgets: Vec<usize>,
    /// The stream that opens each of them first.
    pub(crate) streams: Vec<usize>,
    /// Routes from part to part.
    pub(crate) routes: Vec<(usize, usize)>,
}

impl Path {
    /// A path of nothing.
    pub(crate) const EMPTY: Self = Self { widgets: Vec::new(), streams: Vec::new(), routes: Vec::new() };
}

/// The host widget of `stream`.
pub(crate) fn host(graph: &Graph<'_>, stream: &PcmStream) -> Option<usize> {
    let is_host = |&number: &usize| {
        let widget = &graph.widgets[number];
        host_end(widget.kind()) == Some(stream.direction) && widget.stream_name() == stream.stream
    };
    (0..graph.widgets.len()).find(is_host)
}

/// The modules that a stream of `direction` reaches from `host`.
pub(crate) fn reach(graph: &Graph<'_>, host: usize, direction: Direction) -> BTreeSet<usize> {
    let next = |here| match direction {
        Direction::Playback => graph.sinks(here),
        Direction::Capture => graph.sources(here),
    };
    let same_way = |there| graph.direction(there).is_none_or(|other| other == direction);
    walk(host, next, |there| same_way(there) && graph.is_module(there))
}

/// The modules that get what `source` gives, in pipelines of either direction.
pub(crate) fn downstream(graph: &Graph<'_>, source: usize) -> BTreeSet<usize> {
    walk(source, |here| graph.sinks(here), |there| graph.is_module(there))
}

/// What can be reached from `start` over neighbours that count.
fn walk<'g>(
    start: usize,
    next: impl Fn(usize) -> &'g [usize],
    counts: impl Fn(usize) -> bool,
) -> BTreeSet<usize> {
    let mut reached = BTreeSet::from([start]);
    let mut waiting = vec![start];
    while let Some(here) = waiting.pop() {
        for &there in next(here) {
            if counts(there) && reached.insert(there) {
                waiting.push(there);
            }
        }
    }
    reached
}

/// The path of streams that reach these widgets; where the routes leave the order open, the widget of the lowest `rank` comes
/// first.
///
/// # Errors
/// A widget of a circle.
pub(crate) fn join(
    graph: &Graph<'_>,
    reached: &[BTreeSet<usize>],
    rank: impl Fn(usize) -> usize,
) -> Result<Path, usize> {
    let mut opened_by: BTreeMap<usize, usize> = BTreeMap::new();
    for (stream, widgets) in reached.iter().enumerate() {
        for &widget in widgets {
            opened_by.entry(widget).or_insert(stream);
        }
    }
    let is_inner = |edge: &Edge| opened_by.contains_key(&edge.source) && opened_by.contains_key(&edge.sink);
    let edges: Vec<Edge> = graph.connections().filter(is_inner).collect();
    let widgets = order(&edges, opened_by.keys().copied(), rank)?;
    let parts: BTreeMap<usize, usize> =
        widgets.iter().enumerate().map(|(part, &widget)| (widget, part)).collect();
    let routes = edges.iter().map(|edge| (parts[&edge.source], parts[&edge.sink])).collect();
    let streams = widgets.iter().map(|widget| opened_by[widget]).collect();
    Ok(Path { widgets, streams, routes })
}

/// `widgets` in the order of `edges` (Kahn's algorithm), then of their rank; or one of a circle. O(n log n).
fn order(
    edges: &[Edge],
    widgets: impl Iterator<Item = usize>,
    rank: impl Fn(usize) -> usize,
) -> Result<Vec<usize>, usize> {
    // Those that are to come, each with the number of those that feed it.
    let mut left: BTreeMap<usize, usize> = widgets.map(|widget| (widget, 0)).collect();
    let mut sinks: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for edge in edges {
        *left.entry(edge.sink).or_insert(0) += 1;
        sinks.entry(edge.source).or_default().push(edge.sink);
    }
    let ranked = |widget: usize| (rank(widget), widget);
    let free = left.iter().filter(|(_, fed)| **fed == 0);
    let mut ready: BTreeSet<(usize, usize)> = free.map(|(&widget, _)| ranked(widget)).collect();
    let mut ordered = Vec::with_capacity(left.len());
    while let Some((_, widget)) = ready.pop_first() {
        left.remove(&widget);
        ordered.push(widget);
        for sink in sinks.get(&widget).into_iter().flatten() {
            let Some(fed) = left.get_mut(sink) else { continue };
            *fed -= 1;
            if *fed == 0 {
                ready.insert(ranked(*sink));
            }
        }
    }
    match left.keys().next() {
        None => Ok(ordered),
        Some(&stuck) => Err(in_circle(edges, &left, stuck)),
    }
}

/// A widget of a circle. Each of those that are `left` is fed by another one: going back from `stuck` that often ends in one.
fn in_circle(edges: &[Edge], left: &BTreeMap<usize, usize>, stuck: usize) -> usize {
    let between = |edge: &&Edge| left.contains_key(&edge.source) && left.contains_key(&edge.sink);
    let feeders: BTreeMap<usize, usize> =
        edges.iter().filter(between).map(|edge| (edge.sink, edge.source)).collect();
    left.keys().fold(stuck, |widget, _| feeders.get(&widget).copied().unwrap_or(widget))
}
