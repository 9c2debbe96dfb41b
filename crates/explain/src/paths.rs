//! The way of a PCM's stream through the graph: from the host to each DAI that it reaches, or the other way round.

use std::collections::{BTreeMap, VecDeque};

use headroom_topology::{Direction, Graph, is_dai};

/// Ways of a stream.
pub(crate) struct Ways {
    /// The shortest way for each DAI that is reached, in the direction of the audio. If there is none: the way to
    /// the widget that is farthest off.
    pub(crate) ways: Vec<Vec<usize>>,
    /// Whether there is a DAI at the other end.
    pub(crate) reach_a_dai: bool,
}

/// Follows the routes from the host widget `host`, nearest widgets first. Linear in the routes.
pub(crate) fn ways(graph: &Graph<'_>, host: usize, direction: Direction) -> Ways {
    let mut before = BTreeMap::from([(host, None)]);
    let (mut queue, mut dais, mut last) = (VecDeque::from([host]), Vec::new(), host);
    while let Some(widget) = queue.pop_front() {
        last = widget;
        if widget != host && graph.widgets.get(widget).is_some_and(|widget| is_dai(widget.kind())) {
            dais.push(widget);
            continue;
        }
        let next = match direction {
            Direction::Playback => graph.sinks(widget),
            Direction::Capture => graph.sources(widget),
        };
        for &neighbour in next {
            before.entry(neighbour).or_insert_with(|| {
                queue.push_back(neighbour);
                Some(widget)
            });
        }
    }
    let reach_a_dai = !dais.is_empty();
    let ends = if reach_a_dai { dais } else { vec![last] };
    let way = |end: usize| {
        let back = std::iter::successors(Some(end), |widget| before.get(widget).copied().flatten());
        let mut way: Vec<_> = back.collect();
        if direction == Direction::Playback {
            way.reverse();
        }
        way
    };
    Ways { ways: ends.into_iter().map(way).collect(), reach_a_dai }
}
