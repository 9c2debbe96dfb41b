//! Rules about PCMs and the host widgets that their audio starts or ends at.

use std::collections::BTreeSet;

use super::{Findings, codes};
use crate::paths::ways;
use headroom_topology::Direction;
use headroom_topology::{Graph, is_host};

pub(super) fn check(graph: &Graph<'_>, findings: &mut Findings) {
    let (mut numbers, mut opened) = (BTreeSet::new(), BTreeSet::new());
    for pcm in graph.topology.pcms() {
        let streams = [(Direction::Playback, pcm.playback()), (Direction::Capture, pcm.capture())];
        for (direction, caps) in streams.into_iter().filter_map(|(direction, caps)| Some((direction, caps?)))
        {
            let place = format!("PCM {} {}", pcm.id(), pcm.name());
            if !numbers.insert((pcm.id(), direction.name())) {
                findings.add(&codes::HR063, &*place, format!("is not the first for {}", direction.name()));
            }
            let name = caps.name.as_str();
            let Some(host) = graph.host(name) else {
                findings.add(
                    &codes::HR060,
                    place,
                    format!("{}: no host widget has the stream name {name:?}", direction.name()),
                );
                continue;
            };
            opened.insert(host);
            if !ways(graph, host, direction).reach_a_dai {
                findings.add(&codes::HR061, place, format!("{} stops before one", direction.name()));
            }
        }
    }
    for (index, widget) in graph.widgets.iter().enumerate() {
        if is_host(widget.kind()) && !opened.contains(&index) {
            findings.add(&codes::HR062, widget.name(), format!("stream name {:?}", widget.stream_name()));
        }
    }
}
