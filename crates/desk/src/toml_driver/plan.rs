//! A topology in TOML as a plan: what is played into its sources, and what comes of it.

use headroom_ipc4::ModuleId;
use headroom_module::Format;

use crate::ends::Source;
use crate::error::Error;
use crate::names::Names;
use crate::plan::{End, EndMedium, Graph, Messages, Part, Plan, frames_out};
use crate::play::{EndFile, Options};
use crate::topology::{Input, Topology};

use super::messages::{component, component_ids, set_up, start, take_down};
use super::{Streams, propagate};

/// The plan of `topology`, and the ids of its widgets.
pub(crate) fn plan(topology: &Topology, options: &Options) -> Result<(Plan, Vec<ModuleId>), Error> {
    check_ends(topology, &options.others)?;
    let sources = sources(topology, options)?;
    let format = |widget: usize| sources.iter().find(|end| end.part == widget).map(|end| end.format);
    // Every source has an end.
    let streams = propagate(topology, |widget| format(widget).unwrap_or(sources[0].format))?;
    let ids = component_ids(topology)?;
    let messages = Messages {
        set_up: set_up(topology, &streams, &ids)?,
        start: start(topology)?,
        later: Vec::new(),
        take_down: take_down(topology)?,
    };
    let mut ends = sources;
    ends.extend(sinks(topology, options, &streams, &ends));
    let plan = Plan::new(messages, graph(topology, &streams, &ids), ends);
    plan.check_files(topology.file.as_deref(), options.record.as_deref())?;
    Ok((plan, ids))
}

fn graph(topology: &Topology, streams: &[Streams], ids: &[ModuleId]) -> Graph {
    let widgets = || topology.widgets.iter().zip(ids.iter().copied().map(component));
    let part = |((widget, id), streams): ((&crate::topology::Widget, _), &Streams)| Part {
        id,
        rate: streams.output.rate(),
        block_ms: widget.block_ms,
    };
    Graph {
        names: Names::new(widgets().map(|(widget, id)| (widget.name.as_str(), id))),
        parts: widgets().zip(streams).map(part).collect(),
        feeds: topology.routes.iter().map(|route| (route.from, route.to)).collect(),
    }
}

/// There is something to hear, and every file belongs to an end.
fn check_ends(topology: &Topology, files: &[EndFile]) -> Result<(), Error> {
    for (side, ends) in [("source", topology.sources().count()), ("sink", topology.sinks().count())] {
        if ends == 0 {
            let what = format!("the topology has no {side}");
            let help = "end it with copiers on both sides".to_owned();
            return Err(topology.text.error(0..0, what, help));
        }
    }
    let ends = || topology.sources().chain(topology.sinks()).map(|widget| &topology.widgets[widget].name);
    for (n, file) in files.iter().enumerate() {
        let twice = files[..n].iter().any(|other| other.widget == file.widget);
        if twice || !ends().any(|name| *name == file.widget) {
            let names: Vec<_> = ends().map(|name| format!("`{name}`")).collect();
            let why = if twice { "has two files" } else { "is no end of the topology" };
            return Err(Error::NoEnd { widget: file.widget.clone(), why, ends: names.join(", ") });
        }
    }
    Ok(())
}

/// The file that is named for a widget.
fn named<'a>(topology: &Topology, options: &'a Options, widget: usize) -> Option<&'a EndFile> {
    options.others.iter().find(|file| file.widget == topology.widgets[widget].name)
}

fn sources(topology: &Topology, options: &Options) -> Result<Vec<End>, Error> {
    let signal = || topology.input.map(Input::Signal);
    let source = |(n, widget): (usize, usize)| {
        let named = named(topology, options, widget).map(|file| Input::File(file.path.clone()));
        let first = options.input.clone().filter(|_| n == 0);
        let input = named.or(first).or_else(signal).ok_or(Error::NoInput)?;
        let opened = Source::open(&input)?;
        End::source(widget, input, opened)
    };
    topology.sources().enumerate().map(source).collect()
}

fn sinks(topology: &Topology, options: &Options, streams: &[Streams], sources: &[End]) -> Vec<End> {
    let sink = |(n, widget): (usize, usize)| {
        let named = named(topology, options, widget).map(|file| file.path.clone());
        let path = named.or_else(|| options.output.clone().filter(|_| n == 0));
        let format: Format = streams[widget].output;
        let frames = frames_out(sources, format.rate());
        End { part: widget, format, frames, medium: EndMedium::Sink(path) }
    };
    topology.sinks().enumerate().map(sink).collect()
}
