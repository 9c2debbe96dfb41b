//! Rules about widgets, routes, controls and tokens that hold for any firmware.

use std::collections::{BTreeMap, BTreeSet};

use headroom_tplg::tuples::Uuid;
use headroom_tplg::{Abi, WidgetKind};

use super::{Findings, codes};
use crate::words;
use headroom_topology::{Graph, is_dai, is_host};

/// The newest ABI of SOF whose tokens are known here: major and minor.
const KNOWN_ABI: (u32, u32) = (3, 29);

/// The UUID of nobody.
const NIL: Uuid = Uuid([0; 16]);

pub(super) fn check(graph: &Graph<'_>, findings: &mut Findings) {
    lost_routes(graph, findings);
    names(graph, findings);
    connections(graph, findings);
    repeated_routes(graph, findings);
    circles(graph, findings);
    abi(graph, findings);
    unknown_tokens(graph, findings);
    schedulers(graph, findings);
}

fn lost_routes(graph: &Graph<'_>, findings: &mut Findings) {
    for route in &graph.lost {
        let missing = [route.source(), route.sink()].into_iter().filter(|name| graph.named(name).is_none());
        let missing: Vec<_> = missing.collect();
        let way = format!("{} > {}", route.source(), route.sink());
        findings.add(&codes::HR001, way, format!("there is no {}", missing.join(" and no ")));
    }
}

fn names(graph: &Graph<'_>, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for widget in &graph.widgets {
        if let Some(first) = seen.insert(widget.name(), widget.pipeline()) {
            let where_ = format!("in pipelines {first} and {}", widget.pipeline());
            findings.add(&codes::HR002, widget.name(), where_);
        }
    }
}

fn schedulers(graph: &Graph<'_>, findings: &mut Findings) {
    for widget in graph.widgets.iter().filter(|widget| widget.kind().is_module()) {
        if graph.scheduler(widget.pipeline()).is_none() {
            let what = format!("pipeline {} has no scheduler widget", widget.pipeline());
            findings.add(&codes::HR003, widget.name(), what);
        }
        if graph.is_ipc4() {
            match widget.uuid() {
                None => findings.add(&codes::HR004, widget.name(), "token 405 is missing"),
                Some(NIL) => {
                    findings.add(&codes::HR004, widget.name(), "token 405 is all zeros");
                }
                Some(_) => {}
            }
        }
    }
}

fn connections(graph: &Graph<'_>, findings: &mut Findings) {
    let lost: BTreeSet<_> = graph.lost.iter().flat_map(|route| [route.source(), route.sink()]).collect();
    for (index, widget) in graph.widgets.iter().enumerate() {
        let (name, kind) = (widget.name(), widget.kind());
        // The second one of a name has no routes, but that isn't its fault.
        let counts = kind.is_module() && graph.named(name) == Some(index) && !lost.contains(name);
        if !counts {
            continue;
        }
        let (fed, feeds) = (!graph.sources(index).is_empty(), !graph.sinks(index).is_empty());
        let end = is_dai(kind) || is_host(kind) || kind == WidgetKind::Siggen;
        match (fed, feeds) {
            (false, false) => findings.add(&codes::HR005, name, "no route leads to it or from it"),
            (false, true) if !end => findings.add(&codes::HR006, name, "nothing feeds it"),
            (true, false) if !end => findings.add(&codes::HR006, name, "it feeds nothing"),
            _ => {}
        }
    }
}

fn repeated_routes(graph: &Graph<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for edge in graph.edges.iter().filter(|edge| !seen.insert(**edge)) {
        let name = |index: usize| graph.widgets.get(index).map_or("", |widget| widget.name());
        findings.add(&codes::HR007, format!("{} > {}", name(edge.source), name(edge.sink)), "is there again");
    }
}

/// Takes away whoever is fed by nobody that is left, until nobody is: each of the rest is in a circle or behind one, and going
/// from feeder to feeder ends in it. Linear in the routes.
fn circles(graph: &Graph<'_>, findings: &mut Findings) {
    let mut waits: Vec<_> = (0..graph.widgets.len()).map(|index| graph.sources(index).len()).collect();
    let mut free: Vec<_> = (0..waits.len()).filter(|&index| waits[index] == 0).collect();
    while let Some(index) = free.pop() {
        for &next in graph.sinks(index) {
            waits[next] -= 1;
            if waits[next] == 0 {
                free.push(next);
            }
        }
    }
    // By widget, the walk that came by.
    let mut walked = vec![usize::MAX; waits.len()];
    for start in (0..waits.len()).filter(|&index| waits[index] > 0) {
        let (mut way, mut at) = (Vec::new(), start);
        while walked[at] == usize::MAX {
            walked[at] = start;
            way.push(at);
            let feeder = graph.sources(at).iter().find(|&&feeder| waits[feeder] > 0);
            at = feeder.copied().unwrap_or(at);
        }
        if let Some(closed) = way.iter().position(|&widget| widget == at && walked[at] == start) {
            circle(graph, &way[closed..], findings);
        }
    }
}

/// Tells a circle, which is against the routes, from its first widget in the file on.
fn circle(graph: &Graph<'_>, against: &[usize], findings: &mut Findings) {
    let mut ring: Vec<_> = against.iter().rev().copied().collect();
    let first = ring.iter().enumerate().min_by_key(|(_, widget)| **widget).map_or(0, |(place, _)| place);
    ring.rotate_left(first);
    let names = ring.iter().chain(ring.first()).filter_map(|&index| graph.widgets.get(index));
    let names: Vec<_> = names.map(|widget| widget.name()).collect();
    findings.add(&codes::HR009, names.first().copied().unwrap_or_default(), names.join(" > "));
}

fn abi(graph: &Graph<'_>, findings: &mut Findings) {
    let found = match graph.topology.abi() {
        Some(Abi::Ipc3 { major, minor, .. }) => (u32::from(major), u32::from(minor)),
        Some(Abi::Ipc4 { major, minor, .. }) => (u32::from(major), u32::from(minor)),
        None => return findings.add(&codes::HR052, "manifest", "has no ABI of SOF"),
    };
    if found > KNOWN_ABI {
        let ((major, minor), (known, latest)) = (found, KNOWN_ABI);
        let what = format!("says ABI {major}.{minor}; known is up to {known}.{latest}");
        findings.add(&codes::HR050, "manifest", what);
    }
}

fn unknown_tokens(graph: &Graph<'_>, findings: &mut Findings) {
    for widget in &graph.widgets {
        let unknown = widget.tokens().filter(|tuple| tuple.token.name().is_none());
        let unknown = words::distinct(unknown.map(|tuple| tuple.token.0.to_string()));
        if !unknown.is_empty() {
            findings.add(&codes::HR051, widget.name(), format!("has {}", unknown.join(", ")));
        }
    }
}
