//! Places in pixels: where columns, rows, tracks and widgets are.

use std::collections::{BTreeMap, BTreeSet};

use super::layers::layers;
use super::picture::{Line, Node, Picture};
use super::route::{Stretch, Tracks, Way, ways};
use super::rows::{Cell, cells};

/// Pixels per character of the text in widgets: a little more than fonts with characters of one width have.
pub(super) const CHARACTER: f64 = 7.4;
/// The same for labels on lines and the headings of boxes.
const LABEL_CHARACTER: f64 = 6.2;
/// Pixels from one line of text to the next.
pub(super) const LINE: f64 = 15.0;
/// Between a widget and the box around it, at the sides and below.
pub(super) const PADDING: f64 = 10.0;
/// Above the widgets of a box, for its heading.
pub(super) const HEADING: f64 = 24.0;
/// Characters of a line in a widget, before names are broken.
const BREAK: usize = 22;
/// Pixels of the two lines of a label.
const LABEL_HEIGHT: f64 = 27.0;
const TRACK: f64 = 8.0;
const MARGIN: f64 = 24.0;

/// A point, or a size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A rectangle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) at: Point,
    pub(super) size: Point,
}

/// Where everything is.
pub(super) struct Places {
    pub(super) nodes: Vec<Frame>,
    pub(super) boxes: Vec<Frame>,
    /// For each line of the picture its corners.
    pub(super) lines: Vec<Vec<Point>>,
    pub(super) labels: Vec<Label>,
    pub(super) size: Point,
}

/// A text on a line.
pub(super) struct Label {
    /// The left end of its base line.
    pub(super) at: Point,
    pub(super) text: String,
    pub(super) clash: bool,
}

/// The lines of text in a widget.
pub(super) fn text(node: &Node) -> Vec<String> {
    let mut text = broken(&node.name);
    text.push(node.kind.clone());
    text.extend(node.pcms.iter().chain(&node.details).flat_map(|line| broken(line)));
    text
}

/// A name in lines of [`BREAK`] characters, broken behind points, blanks and dashes where possible.
fn broken(name: &str) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for part in name.split_inclusive(['.', ' ', '-', '_']) {
        if line.chars().count() + part.trim_end().chars().count() > BREAK && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        line += part;
    }
    lines.push(line);
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Gives everything its place.
pub(super) fn places(picture: &Picture) -> Places {
    let edges: Vec<_> = picture.lines.iter().map(|line| (line.source, line.sink)).collect();
    let mut layers = layers(picture.nodes.len(), &edges);
    join(picture, &edges, &mut layers);
    let cells = cells(picture, &layers);
    let ways = ways(picture, &cells);
    let gaps = picture.lines.iter().zip(&ways).filter_map(|(line, way)| match way {
        Way::Gap(gap) => {
            let (from, to) = (cells[line.source].layer + 1, cells[line.sink].layer);
            Some((Stretch { gap: *gap, source: line.source }, from as f64, to as f64))
        }
        _ => None,
    });
    let labels = picture.labels();
    let grid = Grid { picture, cells: &cells, ways: &ways, labels: &labels, between_rows: Tracks::lay(gaps) };
    let (tops, bottom) = grid.rows();
    let ys = Ys::new(&grid, &tops);
    let between_columns = Tracks::lay(grid.upright(&ys));
    let lefts = grid.columns(&between_columns);
    let frame = |(node, cell): (usize, &Cell)| Frame {
        at: Point { x: lefts[cell.layer].0, y: ys.tops[node] },
        size: Point { x: lefts[cell.layer].1, y: ys.heights[node] },
    };
    let nodes: Vec<_> = cells.iter().enumerate().map(frame).collect();
    let boxes: Vec<_> = picture.boxes.iter().map(|lane| around(&lane.members, &nodes)).collect();
    let xs = Xs { columns: &lefts, tracks: &between_columns, grid: &grid };
    let lines = (0..picture.lines.len()).map(|line| xs.corners(line, &ys, &nodes)).collect();
    let wide = boxes.iter().zip(&picture.boxes).map(|(frame, lane)| frame.at.x + heading_width(&lane.label));
    let right = lefts.last().map_or(0.0, |last| last.0);
    let size = Point { x: wide.fold(right, f64::max), y: bottom };
    let labels = self::labels(&labels, &nodes);
    Places { nodes, boxes, lines, labels, size }
}

/// Puts widgets without any line below the first of their pipeline, which would be as long as the picture otherwise.
fn join(picture: &Picture, edges: &[(usize, usize)], layers: &mut [usize]) {
    let connected: BTreeSet<_> = edges.iter().flat_map(|&(source, sink)| [source, sink]).collect();
    for lane in &picture.boxes {
        let first =
            lane.members.iter().filter(|node| connected.contains(node)).map(|&node| layers[node]).min();
        let lonely = lane.members.iter().filter(|node| !connected.contains(node));
        lonely.for_each(|&node| layers[node] = first.unwrap_or(0));
    }
}

fn label_width(text: &str) -> f64 {
    text.chars().count() as f64 * LABEL_CHARACTER
}

fn heading_width(label: &str) -> f64 {
    label_width(label) + 2.0 * PADDING
}

/// The formats stand where lines leave their source, once for all that have the same; further ones below the first.
fn labels(of_nodes: &[Vec<&Line>], nodes: &[Frame]) -> Vec<Label> {
    let mut labels = Vec::new();
    for (lines, frame) in of_nodes.iter().zip(nodes) {
        let (x, y) = (frame.at.x + frame.size.x + PADDING + 4.0, frame.at.y + frame.size.y / 2.0);
        for (down, line) in lines.iter().enumerate() {
            let y = y + down as f64 * LABEL_HEIGHT;
            for (text, y) in line.label.iter().zip([y - 4.0, y + 11.0]).filter(|(text, _)| !text.is_empty()) {
                labels.push(Label { at: Point { x, y }, text: text.clone(), clash: line.clash });
            }
        }
    }
    labels
}

fn around(members: &[usize], nodes: &[Frame]) -> Frame {
    let frames = || members.iter().map(|&node| nodes[node]);
    let left = frames().map(|frame| frame.at.x).fold(f64::MAX, f64::min) - PADDING;
    let top = frames().map(|frame| frame.at.y).fold(f64::MAX, f64::min) - HEADING;
    let right = frames().map(|frame| frame.at.x + frame.size.x).fold(0.0, f64::max) + PADDING;
    let bottom = frames().map(|frame| frame.at.y + frame.size.y).fold(0.0, f64::max) + PADDING;
    Frame { at: Point { x: left, y: top }, size: Point { x: right - left, y: bottom - top } }
}

/// What is known before pixels are.
struct Grid<'p> {
    picture: &'p Picture,
    cells: &'p [Cell],
    ways: &'p [Way],
    labels: &'p [Vec<&'p Line>],
    between_rows: Tracks,
}

impl Grid<'_> {
    /// The top of each row with the height of its widgets, and the bottom of all.
    fn rows(&self) -> (Vec<(f64, f64)>, f64) {
        let rows = self.cells.iter().map(|cell| cell.row + 1).max().unwrap_or(0);
        let mut heights = vec![0.0_f64; rows + 1];
        for (node, cell) in self.cells.iter().enumerate() {
            heights[cell.row] = heights[cell.row].max(self.height(node));
        }
        let (mut tops, mut y) = (Vec::new(), MARGIN);
        for (row, height) in heights.into_iter().enumerate() {
            y += self.between_rows.count(row) as f64 * TRACK + HEADING;
            tops.push((y, height));
            y += height + 2.0 * PADDING;
        }
        // The last one has no widgets, only tracks above it.
        let bottom = tops.last().map_or(0.0, |last| last.0) - HEADING + PADDING;
        (tops, bottom)
    }

    /// Of a widget and of the labels behind it.
    fn height(&self, node: usize) -> f64 {
        let labels = self.labels[node].len() as f64;
        height(&self.picture.nodes[node]).max((2.0 * labels - 1.0) * LABEL_HEIGHT)
    }

    /// The left edge and the width of each column. One without widgets is behind the last, for lines that turn back there.
    fn columns(&self, tracks: &Tracks) -> Vec<(f64, f64)> {
        let columns = self.cells.iter().map(|cell| cell.layer + 1).max().unwrap_or(0);
        // What is before each column: labels behind the one to the left, and tracks.
        let mut labels = vec![0.0_f64; columns + 1];
        for line in &self.picture.lines {
            let widest = line.label.iter().map(|text| label_width(text)).fold(0.0, f64::max);
            let before = &mut labels[self.cells[line.source].layer + 1];
            *before = before.max(widest);
        }
        let (mut lefts, mut x) = (Vec::new(), MARGIN);
        for (column, (labels, width)) in labels.into_iter().zip(self.widths(columns)).enumerate() {
            x += 2.0 * PADDING + labels + tracks.count(column) as f64 * TRACK + 2.0 * TRACK;
            lefts.push((x, width));
            x += width;
        }
        lefts
    }

    /// The width of each column's widgets: that of the longest text, and of the headings of boxes that are in no other column.
    fn widths(&self, columns: usize) -> Vec<f64> {
        let mut widths = vec![0.0_f64; columns + 1];
        let mut widen = |column: usize, width: f64| widths[column] = widths[column].max(width);
        for (cell, node) in self.cells.iter().zip(&self.picture.nodes) {
            let longest = text(node).iter().map(|line| line.chars().count()).max();
            longest.into_iter().for_each(|longest| widen(cell.layer, longest as f64 * CHARACTER + 16.0));
        }
        for lane in &self.picture.boxes {
            let mut columns = lane.members.iter().map(|&node| self.cells[node].layer);
            let first = columns.next();
            let only = first.filter(|&first| columns.all(|column| column == first));
            only.into_iter().for_each(|column| widen(column, heading_width(&lane.label) - 2.0 * PADDING));
        }
        widths
    }

    /// The stretches between columns, with where they start and end.
    fn upright(&self, ys: &Ys) -> impl Iterator<Item = (Stretch, f64, f64)> {
        self.picture
            .lines
            .iter()
            .enumerate()
            .flat_map(move |(n, line)| {
                let stretch = |gap, from: f64, to: f64| {
                    let level = (from - to).abs() < 0.5;
                    (!level).then_some((Stretch { gap, source: line.source }, from, to))
                };
                let (behind, before) = (self.cells[line.source].layer + 1, self.cells[line.sink].layer);
                let (from, to) = (ys.out(line.source), ys.ports[n]);
                match self.ways[n] {
                    Way::Next | Way::SourceRow => [stretch(before, from, to), None],
                    Way::SinkRow => [stretch(behind, from, to), None],
                    Way::Gap(gap) => {
                        let along = ys.gap(self, gap, line.source);
                        [stretch(behind, from, along), stretch(before, along, to)]
                    }
                }
                .into_iter()
                .flatten()
            })
            .collect::<Vec<_>>()
            .into_iter()
    }
}

fn height(node: &Node) -> f64 {
    text(node).len() as f64 * LINE + 12.0
}

/// Everything that is known about heights.
struct Ys {
    tops: Vec<f64>,
    heights: Vec<f64>,
    /// For each line where it enters its sink.
    ports: Vec<f64>,
    rows: Vec<(f64, f64)>,
}

impl Ys {
    fn new(grid: &Grid<'_>, rows: &[(f64, f64)]) -> Self {
        let heights: Vec<_> = grid.picture.nodes.iter().map(height).collect();
        let middle = |cell: &Cell| rows[cell.row].0 + rows[cell.row].1 / 2.0;
        let tops: Vec<_> =
            grid.cells.iter().zip(&heights).map(|(cell, height)| middle(cell) - height / 2.0).collect();
        let mut entering: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (n, line) in grid.picture.lines.iter().enumerate() {
            entering.entry(line.sink).or_default().push(n);
        }
        let mut ports = vec![0.0; grid.picture.lines.len()];
        for (sink, mut lines) in entering {
            lines.sort_by_key(|&line| (grid.cells[grid.picture.lines[line].source].row, line));
            let step = heights[sink] / (lines.len() + 1) as f64;
            for (n, line) in lines.into_iter().enumerate() {
                ports[line] = tops[sink] + step * (n + 1) as f64;
            }
        }
        Self { tops, heights, ports, rows: rows.to_vec() }
    }

    /// Where lines leave a widget.
    fn out(&self, node: usize) -> f64 {
        self.tops[node] + self.heights[node] / 2.0
    }

    /// Where a line runs in the gap above a row.
    fn gap(&self, grid: &Grid<'_>, gap: usize, source: usize) -> f64 {
        let top = self.rows.get(gap).map_or(0.0, |row| row.0);
        top - HEADING - (grid.between_rows.of(gap, source) as f64 + 0.5) * TRACK
    }
}

/// Everything that is known about widths.
struct Xs<'g> {
    columns: &'g [(f64, f64)],
    tracks: &'g Tracks,
    grid: &'g Grid<'g>,
}

impl Xs<'_> {
    /// The track of a stretch before a column: the first is the rightmost.
    fn track(&self, gap: usize, source: usize) -> f64 {
        let left = self.columns.get(gap).map_or(0.0, |column| column.0);
        left - PADDING - (self.tracks.of(gap, source) as f64 + 0.5) * TRACK
    }

    fn corners(&self, n: usize, ys: &Ys, nodes: &[Frame]) -> Vec<Point> {
        let line = &self.grid.picture.lines[n];
        let (source, sink) = (nodes[line.source], nodes[line.sink]);
        let (from, to) = (ys.out(line.source), ys.ports[n]);
        let (behind, before) = (self.grid.cells[line.source].layer + 1, self.grid.cells[line.sink].layer);
        let mut corners = vec![Point { x: source.at.x + source.size.x, y: from }];
        let mut turn = |gap, from: f64, to: f64| {
            let x = self.track(gap, line.source);
            corners.extend([Point { x, y: from }, Point { x, y: to }]);
        };
        match self.grid.ways[n] {
            Way::Next | Way::SourceRow if (from - to).abs() < 0.5 => {}
            Way::Next | Way::SourceRow => turn(before, from, to),
            Way::SinkRow => turn(behind, from, to),
            Way::Gap(gap) => {
                let along = ys.gap(self.grid, gap, line.source);
                turn(behind, from, along);
                turn(before, along, to);
            }
        }
        corners.push(Point { x: sink.at.x, y: to });
        corners
    }
}
