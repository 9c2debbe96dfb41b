//! The way of each line: right out of a widget, along tracks in the gaps between columns and rows, and into another from the
//! left.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::picture::Picture;
use super::rows::Cell;

/// How a line gets from the column behind its source to the column before its sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Up or down in the one gap between the two columns.
    Next,
    /// On in the row of its source, and then up or down before its sink.
    SourceRow,
    /// Up or down behind its source, and then on in the row of its sink.
    SinkRow,
    /// Through the gap above this row.
    Gap(usize),
}

/// The way of each line. Gap *g* between columns is the one before column *g*.
pub(super) fn ways(picture: &Picture, cells: &[Cell]) -> Vec<Way> {
    // By row and then by column.
    let taken: BTreeSet<_> = cells.iter().map(|cell| (cell.row, cell.layer)).collect();
    let free = |row: usize, source: Cell, sink: Cell| {
        taken.range((row, source.layer + 1)..(row, sink.layer)).next().is_none()
    };
    let way = |(source, sink): (Cell, Cell)| match sink.layer.checked_sub(source.layer) {
        Some(1) => Way::Next,
        Some(2..) if free(source.row, source, sink) => Way::SourceRow,
        Some(2..) if free(sink.row, source, sink) => Way::SinkRow,
        // Nearest to the sink on the side that the line comes from.
        _ if source.row < sink.row => Way::Gap(sink.row),
        _ => Way::Gap(sink.row + 1),
    };
    picture.lines.iter().map(|line| way((cells[line.source], cells[line.sink]))).collect()
}

/// A stretch in a gap, which lines from one widget share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stretch {
    pub(super) gap: usize,
    pub(super) source: usize,
}

/// The track of each stretch, so that no two in one gap run along each other, and how many tracks each gap has.
#[derive(Default)]
pub(super) struct Tracks {
    tracks: BTreeMap<Stretch, usize>,
    counts: BTreeMap<usize, usize>,
}

impl Tracks {
    /// Lays stretches that go from one number to another.
    pub(super) fn lay(spans: impl Iterator<Item = (Stretch, f64, f64)>) -> Self {
        let mut whole: BTreeMap<Stretch, (f64, f64)> = BTreeMap::new();
        for (stretch, from, to) in spans {
            let (low, high) = (from.min(to), from.max(to));
            let span = whole.entry(stretch).or_insert((low, high));
            *span = (span.0.min(low), span.1.max(high));
        }
        let mut order: Vec<_> = whole.into_iter().collect();
        order.sort_by(|(a, x), (b, y)| a.gap.cmp(&b.gap).then(x.0.total_cmp(&y.0)).then(a.cmp(b)));
        let mut tracks = Self::default();
        let mut gap = (usize::MAX, Gap::default());
        for (stretch, (from, to)) in order {
            if gap.0 != stretch.gap {
                gap = (stretch.gap, Gap::default());
            }
            let track = gap.1.take(from, to);
            tracks.tracks.insert(stretch, track);
            let count = tracks.counts.entry(stretch.gap).or_default();
            *count = (*count).max(track + 1);
        }
        tracks
    }

    /// How many tracks a gap has.
    pub(super) fn count(&self, gap: usize) -> usize {
        self.counts.get(&gap).copied().unwrap_or(0)
    }

    /// The track of a stretch.
    pub(super) fn of(&self, gap: usize, source: usize) -> usize {
        self.tracks.get(&Stretch { gap, source }).copied().unwrap_or(0)
    }
}

/// The tracks of one gap while they are given out, in the order of where stretches begin.
#[derive(Default)]
struct Gap {
    /// Tracks in use by where that ends, the first on top.
    busy: BinaryHeap<Reverse<End>>,
    free: BTreeSet<usize>,
    tracks: usize,
}

impl Gap {
    /// The first track that is free from `from` on; it then is in use up to `to`.
    fn take(&mut self, from: f64, to: f64) -> usize {
        while let Some(Reverse(end)) = self.busy.peek().filter(|end| end.0.at < from) {
            self.free.insert(end.track);
            self.busy.pop();
        }
        let track = self.free.pop_first().unwrap_or_else(|| {
            self.tracks += 1;
            self.tracks - 1
        });
        self.busy.push(Reverse(End { at: to, track }));
        track
    }
}

/// Where the use of a track ends.
#[derive(Clone, Copy, PartialEq)]
struct End {
    at: f64,
    track: usize,
}

impl Eq for End {}

impl PartialOrd for End {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for End {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.total_cmp(&other.at).then(self.track.cmp(&other.track))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_that_meet_are_on_tracks_of_their_own() {
        let at = |gap, source| Stretch { gap, source };
        let spans = [(at(0, 1), 0.0, 5.0), (at(0, 2), 9.0, 4.0), (at(0, 3), 6.0, 8.0), (at(1, 1), 0.0, 9.0)];
        let tracks = Tracks::lay(spans.into_iter());
        assert_eq!([1, 2, 3].map(|source| tracks.of(0, source)), [0, 1, 0]);
        assert_eq!([0, 1, 2].map(|gap| tracks.count(gap)), [2, 1, 0]);
    }

    #[test]
    fn lines_of_one_widget_share_their_track() {
        let at = Stretch { gap: 0, source: 1 };
        let tracks = Tracks::lay([(at, 0.0, 5.0), (at, 3.0, 9.0)].into_iter());
        assert_eq!((tracks.of(0, 1), tracks.count(0)), (0, 1));
    }
}
