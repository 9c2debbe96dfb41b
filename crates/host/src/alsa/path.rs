//! Which widgets a stream goes through, in an order in which each comes after all that feed it.
//!
//! Source: Linux' `sof_walk_widgets_in_order` over the list that DAPM makes: from the host's end along the routes, down for
//! playback and up for capture. Widgets that no module belongs to are passed by. A route into a pipeline of the other
//! direction (an echo reference, say) is not followed: it is bound only while both streams are open.

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
/// There is no host widget for it, the way ends without any DAI, or it goes in a circle.
pub(crate) fn find(file: &AlsaTopology, graph: &Graph<'_>, stream: &PcmStream) -> Result<PcmPath, Error> {
    let is_host = |&place: &usize| {
        let widget = &graph.widgets[place];
        host_end(widget.kind()) == Some(stream.direction) && widget.stream_name() == stream.stream
    };
    let host = (0..graph.widgets.len()).find(is_host).ok_or_else(|| {
        let what = format!("no host widget has the stream name `{}`", stream.stream);
        file.error(&stream.to_string(), what, "compile the topology with the PCM's own pipeline")
    })?;
    let reached = reach(graph, host, stream.direction);
    let widgets = order(graph, &reached).map_err(|stuck| {
        let what = format!("its routes go in a circle through `{}`", graph.widgets[stuck].name());
        file.error(&stream.to_string(), what, "take one of these routes out")
    })?;
    let place = |widget: usize| widgets.iter().position(|&known| known == widget);
    let routes = graph.edges.iter().filter_map(|&(from, to)| Some((place(from)?, place(to)?))).collect();
    let host = place(host).unwrap_or(0);
    Ok(PcmPath { widgets, routes, host })
}

/// The modules that can be reached from `host`.
fn reach(graph: &Graph<'_>, host: usize, direction: Direction) -> Vec<usize> {
    let mut reached = vec![host];
    let mut next = 0;
    while let Some(&here) = reached.get(next) {
        next += 1;
        for &(from, to) in &graph.edges {
            let there = match direction {
                Direction::Playback if from == here => to,
                Direction::Capture if to == here => from,
                _ => continue,
            };
            let same_way = graph.direction(there).is_none_or(|other| other == direction);
            if same_way && graph.is_module(there) && !reached.contains(&there) {
                reached.push(there);
            }
        }
    }
    reached
}

/// The widgets of `reached` in the order of the graph's routes, and of the file where these leave it open; or one that can't
/// be ordered.
fn order(graph: &Graph<'_>, reached: &[usize]) -> Result<Vec<usize>, usize> {
    let mut left: Vec<usize> = reached.to_vec();
    left.sort_unstable();
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_fed =
            |widget: usize| graph.edges.iter().any(|&(from, to)| to == widget && left.contains(&from));
        let Some(place) = left.iter().position(|&widget| !is_fed(widget)) else { return Err(left[0]) };
        ordered.push(left.remove(place));
    }
    Ok(ordered)
}
