//! What can be opened: the streams of PCMs, and ways that no PCM is an end of.
//!
//! ```text
//!   PCM 0 playback ─► … ─► DAI          a stream of a PCM
//!   DAI ─► … ─► DAI,  host ─► … ─► host   a way: whatever its source leads to, of pipelines of either direction
//! ```
//!
//! Linux opens streams of PCMs only. A topology in TOML can have other ways, and is run as a whole.

use std::collections::BTreeSet;
use std::fmt;

use headroom_topology::{Compiled, Graph, PcmStream, is_dai, is_host};

use crate::error::Error;
use crate::path;

/// What is opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stream {
    /// A PCM, in one direction.
    Pcm(PcmStream),
    /// All that this widget of the file leads to.
    Way(String),
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pcm(stream) => stream.fmt(f),
            Self::Way(source) => write!(f, "the way from `{source}`"),
        }
    }
}

/// Everything that a topology has, for a run of all of it: the streams of its PCMs that get to an end on the other side, then
/// ways for the ends that are left.
///
/// # Errors
/// The file is damaged.
pub fn all(compiled: &Compiled) -> Result<Vec<Stream>, Error> {
    let topology = compiled.view()?;
    let graph = Graph::new(&topology);
    let mut reached = BTreeSet::new();
    let mut streams = Vec::new();
    for stream in compiled.streams() {
        let Some(host) = path::host(&graph, &stream) else { continue };
        let widgets = path::reach(&graph, host, stream.direction);
        if has_far_end(&graph, host, &widgets) {
            reached.extend(widgets);
            streams.push(Stream::Pcm(stream));
        }
    }
    // What is left begins at a source, or behind what is open.
    while let Some(start) = (0..graph.widgets.len()).find(|&widget| begins(&graph, &reached, widget)) {
        reached.extend(path::downstream(&graph, start));
        streams.push(Stream::Way(graph.widgets[start].name().to_owned()));
    }
    Ok(streams)
}

/// Whether the widgets of a PCM's stream have an end but its own, or are fed by others, as an echo reference is.
fn has_far_end(graph: &Graph<'_>, host: usize, widgets: &BTreeSet<usize>) -> bool {
    let is_far_end = |&widget: &usize| widget != host && is_end(graph, widget);
    let is_fed = |&widget: &usize| graph.sources(widget).iter().any(|source| !widgets.contains(source));
    widgets.iter().any(|widget| is_far_end(widget) || is_fed(widget))
}

/// Whether a module that is not reached has no source that isn't reached either.
fn begins(graph: &Graph<'_>, reached: &BTreeSet<usize>, widget: usize) -> bool {
    let is_left = !reached.contains(&widget) && graph.is_module(widget);
    is_left && graph.sources(widget).iter().all(|source| reached.contains(source))
}

/// Whether audio comes in or goes out at a widget.
pub(crate) fn is_end(graph: &Graph<'_>, widget: usize) -> bool {
    let kind = graph.widgets[widget].kind();
    is_host(kind) || is_dai(kind)
}
