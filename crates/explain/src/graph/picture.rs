//! What is drawn, before anything has a place.

use std::collections::{BTreeMap, HashSet};

use headroom_tplg::{AudioFormat, Memory, Token, TokenEra, Widget, WidgetKind};

use super::Details;
use crate::lint::agree;
use crate::words;
use headroom_topology::Direction;
use headroom_topology::{Graph, is_dai, is_dp, is_host};

/// How a widget looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Host,
    Dai,
    Ll,
    Dp,
    /// No module: a switch or a point that only the driver knows.
    Virtual,
}

/// A widget.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) kind: String,
    /// The PCMs that it is the host end of.
    pub(super) pcms: Vec<String>,
    /// What else is asked for.
    pub(super) details: Vec<String>,
    pub(super) look: Look,
    /// Of [`Picture::boxes`].
    pub(super) in_box: usize,
}

/// A pipeline.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) id: u32,
    pub(super) label: String,
    pub(super) members: Vec<usize>,
}

/// A route.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) source: usize,
    pub(super) sink: usize,
    /// The rate, and samples with channels; empty if nobody says.
    pub(super) label: [String; 2],
    /// Whether the ends have no format in common.
    pub(super) clash: bool,
}

/// Everything in its logical order.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) nodes: Vec<Node>,
    pub(super) boxes: Vec<Pipeline>,
    pub(super) lines: Vec<Line>,
}

impl Picture {
    /// All widgets but schedulers, and but those that are neither connected nor modules.
    pub(super) fn new(graph: &Graph<'_>, details: &[Details]) -> Self {
        let pcms = pcms(graph);
        let (mut nodes, mut boxes, mut numbers) = (Vec::new(), Vec::new(), BTreeMap::new());
        for (id, members) in graph.pipelines() {
            let connected =
                |&index: &usize| !graph.sources(index).is_empty() || !graph.sinks(index).is_empty();
            let mut drawn = Vec::new();
            for index in members {
                let Some(widget) = graph.widgets.get(index) else { continue };
                if !widget.kind().is_module() && !connected(&index) {
                    continue;
                }
                drawn.push(nodes.len());
                numbers.insert(index, nodes.len());
                let pcms = pcms.get(&index).cloned().unwrap_or_default();
                let kind = if is_dp(widget) { ", DP" } else { "" };
                nodes.push(Node {
                    name: widget.name().into(),
                    kind: format!("{}{kind}", widget.kind()),
                    pcms,
                    details: details.iter().flat_map(|detail| detail.of(widget)).collect(),
                    look: look(widget),
                    in_box: boxes.len(),
                });
            }
            if !drawn.is_empty() {
                boxes.push(Pipeline { id, label: label(graph, id), members: drawn });
            }
        }
        let mut edges = graph.edges.clone();
        edges.sort_unstable();
        edges.dedup();
        let line = |edge: &headroom_topology::Edge| {
            let (source, sink) = (*numbers.get(&edge.source)?, *numbers.get(&edge.sink)?);
            let (label, clash) = on_the_way(graph.widgets.get(edge.source)?, graph.widgets.get(edge.sink)?);
            Some(Line { source, sink, label, clash })
        };
        let lines = edges.iter().filter_map(line).collect();
        Self { nodes, boxes, lines }
    }
}

impl Picture {
    /// For each widget the lines out of it that say something, one for each thing that is said.
    pub(super) fn labels(&self) -> Vec<Vec<&Line>> {
        let (mut labels, mut told) = (vec![Vec::new(); self.nodes.len()], HashSet::new());
        for line in self.lines.iter().filter(|line| line.label.iter().any(|text| !text.is_empty())) {
            if told.insert((line.source, &line.label)) {
                labels[line.source].push(line);
            }
        }
        labels
    }
}

impl Details {
    /// What the widget says of it, a line each.
    fn of(self, widget: &Widget<'_>) -> Vec<String> {
        match self {
            Self::Controls => widget.controls().map(|control| control.name().to_owned()).collect(),
            Self::Memory => {
                let Memory { stack, heap } = widget.memory(TokenEra::Guess);
                let lines = [("stack", stack.map_or(0, u64::from)), ("heap", heap.bytes())];
                let line = |(name, bytes): (&str, u64)| (bytes > 0).then(|| format!("{name} {bytes} B"));
                lines.into_iter().filter_map(line).collect()
            }
        }
    }
}

/// For each host widget the PCMs that open it.
fn pcms(graph: &Graph<'_>) -> BTreeMap<usize, Vec<String>> {
    let mut pcms: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for pcm in graph.topology.pcms() {
        for caps in [pcm.playback(), pcm.capture()].into_iter().flatten() {
            if let Some(host) = graph.host(caps.name.as_str()) {
                pcms.entry(host).or_default().push(format!("PCM {} {}", pcm.id(), pcm.name()));
            }
        }
    }
    pcms
}

fn look(widget: &Widget<'_>) -> Look {
    match widget.kind() {
        kind if is_host(kind) => Look::Host,
        kind if is_dai(kind) => Look::Dai,
        kind if !kind.is_module() => Look::Virtual,
        _ if is_dp(widget) => Look::Dp,
        _ => Look::Ll,
    }
}

/// The pipeline's number and direction, and what is not as in most: a priority, a core, no scheduler.
fn label(graph: &Graph<'_>, id: u32) -> String {
    let mut label = format!("pipeline {id}");
    let Some(scheduler) = graph.scheduler(id) else { return label + ", no scheduler" };
    let directions = [Direction::Playback, Direction::Capture];
    let direction = scheduler.word(Token::SCHED_DIRECTION).and_then(|n| directions.get(n as usize));
    if let Some(direction) = direction {
        label += &format!(" {}", direction.name());
    }
    for (name, token) in [("priority", Token::SCHED_PRIORITY), ("core", Token::SCHED_CORE)] {
        if let Some(number) = scheduler.word(token).filter(|&number| number > 0) {
            label += &format!(", {name} {number}");
        }
    }
    label
}

/// The formats that both ends have, and whether there are none although both have some.
fn on_the_way(source: &Widget<'_>, sink: &Widget<'_>) -> ([String; 2], bool) {
    let gives: Vec<_> = source.output_formats().collect();
    let takes: Vec<_> = sink.input_formats().collect();
    if gives.is_empty() || takes.is_empty() {
        let any = if gives.is_empty() { takes } else { gives };
        let plain = source.text(Token::COMP_FORMAT).or_else(|| sink.text(Token::COMP_FORMAT));
        return match plain {
            Some(plain) if any.is_empty() => ([plain.into(), String::new()], false),
            _ => (short(&any), false),
        };
    }
    let modules =
        source.kind() != WidgetKind::Scheduler && source.kind().is_module() && sink.kind().is_module();
    let common: Vec<_> = gives.into_iter().filter(|a| takes.iter().any(|b| agree(a, b))).collect();
    match common.is_empty() {
        true if modules => (["formats".into(), "differ".into()], true),
        _ => (short(&common), false),
    }
}

/// Two lines of few characters.
fn short(formats: &[AudioFormat]) -> [String; 2] {
    if formats.is_empty() {
        return [String::new(), String::new()];
    }
    let [rates, samples, channels] = words::formats_in_parts(formats);
    let rates = rates.split(" (").next().unwrap_or_default().to_owned();
    [rates, format!("{} {channels}", samples.replace(' ', "/"))]
}
