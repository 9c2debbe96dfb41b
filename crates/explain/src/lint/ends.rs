//! Rules about what stands outside: stream names that find a widget, links, interfaces, and the formats on the way to them.

use std::collections::HashMap;

use headroom_tplg::{AudioFormat, Link, Token, Widget, WidgetKind};

use super::{Findings, codes};
use crate::words;
use headroom_topology::{Graph, is_dai, is_host};

/// Types of DAIs that SOF's driver knows. Source: `sof_dais` in Linux' `sound/soc/sof/topology.c`.
const DAI_TYPES: [&str; 18] = [
    "HDA",
    "DMIC",
    "ALH",
    "SSP",
    "UAOL",
    "SAI",
    "ESAI",
    "MICFIL",
    "AFE",
    "ACP",
    "ACPBT",
    "ACPSP",
    "ACPHS",
    "ACPDMIC",
    "ACP_SDW",
    "ACPSP_VIRTUAL",
    "ACPHS_VIRTUAL",
    "TDM",
];

pub(super) fn check(graph: &Graph<'_>, findings: &mut Findings) {
    stream_names(graph, findings);
    let links: Vec<_> = graph.topology.links().collect();
    for widget in graph.widgets.iter().filter(|widget| is_dai(widget.kind())) {
        let stream = widget.stream_name();
        // Files without links are loaded together with one that has them.
        let is_lost = !links.is_empty() && !links.iter().any(|link| of_link(link).contains(stream));
        if is_lost && !stream.is_empty() {
            let there: Vec<_> = links.iter().map(|link| of_link(link)).collect();
            let what = format!("no link has the stream name {stream}; there are {}", there.join(", "));
            findings.add(&codes::HR065, widget.name(), what);
        }
        if let Some(kind) = widget.text(Token::DAI_TYPE).filter(|kind| !DAI_TYPES.contains(kind)) {
            findings.add(&codes::HR067, widget.name(), format!("token 154 is {kind:?}"));
        }
        containers(widget, findings);
    }
}

/// The name by which widgets find a link. Those of files that ship have no stream name, and are found by their own.
fn of_link<'t>(link: &Link<'t>) -> &'t str {
    if link.stream_name().is_empty() { link.name() } else { link.stream_name() }
}

/// Ends of one kind have names of their own, but for the parts of a SoundWire link that are one stream. Copiers between modules
/// carry the name of their end in most files that ship.
fn stream_names(graph: &Graph<'_>, findings: &mut Findings) {
    let is_end = |widget: &&Widget<'_>| is_dai(widget.kind()) || is_host(widget.kind());
    let named = || graph.widgets.iter().filter(|widget| !widget.stream_name().is_empty());
    let mut ends: HashMap<&str, Vec<&Widget<'_>>> = HashMap::new();
    for widget in named().filter(is_end) {
        let others = ends.entry(widget.stream_name()).or_default();
        let is_part = widget.text(Token::DAI_TYPE) == Some("ALH");
        if let Some(other) = others.iter().find(|other| other.kind() == widget.kind() && !is_part) {
            let what = format!("{:?} is also the stream name of {}", widget.stream_name(), other.name());
            findings.add(&codes::HR066, widget.name(), what);
        }
        others.push(widget);
    }
    let inherits = |widget: &&Widget<'_>| matches!(widget.kind(), WidgetKind::Buffer | WidgetKind::Scheduler);
    for widget in named().filter(|widget| !is_end(widget) && !inherits(widget)) {
        if let Some(end) = ends.get(widget.stream_name()).and_then(|ends| ends.first()) {
            let what = format!("{:?} is the stream name of {}", widget.stream_name(), end.name());
            findings.add(&codes::HR069, widget.name(), what);
        }
    }
}

/// Where the 24 bits of a link's formats lie.
fn containers(widget: &Widget<'_>, findings: &mut Findings) {
    let expected = match widget.text(Token::DAI_TYPE) {
        Some("ALH" | "DMIC" | "HDA" | "UAOL") => 0,
        Some("SSP") => 1,
        _ => return,
    };
    let formats: Vec<AudioFormat> = match widget.kind() {
        WidgetKind::DaiIn => widget.output_formats().collect(),
        _ => widget.input_formats().collect(),
    };
    let wrong = |format: &&AudioFormat| {
        format.bit_depth == 32 && format.valid_bit_depth == 24 && format.sample_type != expected
    };
    if let Some(format) = formats.iter().find(wrong) {
        let (kind, found) = (widget.text(Token::DAI_TYPE).unwrap_or_default(), format.sample_type);
        let spelled = words::format(format);
        let what = format!("{spelled} at {kind} has sample type {found}, not {expected}");
        findings.add(&codes::HR025, widget.name(), what);
    }
}
