//! The row of each widget: pipelines have lanes, connected ones are near each other, and short ones share rows.

use std::collections::{BTreeMap, HashMap};

use super::picture::Picture;

/// More connected pipelines than these are not arranged for short lines, only placed.
const ARRANGED: usize = 48;

/// Most comparisons of a place with a pipeline while a gap is looked for.
const LOOKED_AT: usize = 1 << 20;

/// Where a node is: its column and its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    pub(super) layer: usize,
    pub(super) row: usize,
}

/// A rectangle of cells; the ends are in it.
#[derive(Clone, Copy, Debug)]
struct Area {
    layers: (usize, usize),
    rows: (usize, usize),
}

impl Area {
    fn moved(self, layers: isize, rows: usize) -> Self {
        let shift = |layer: usize| layer.saturating_add_signed(layers);
        Self {
            layers: (shift(self.layers.0), shift(self.layers.1)),
            rows: (self.rows.0 + rows, self.rows.1 + rows),
        }
    }

    fn meets(&self, other: &Self) -> bool {
        let apart = |a: (usize, usize), b: (usize, usize)| a.1 < b.0 || b.1 < a.0;
        !apart(self.layers, other.layers) && !apart(self.rows, other.rows)
    }
}

/// A cell for each node, given their columns.
pub(super) fn cells(picture: &Picture, layers: &[usize]) -> Vec<Cell> {
    let inner = inner_rows(picture, layers);
    let areas: Vec<_> = picture.boxes.iter().map(|lane| area(&lane.members, layers, &inner)).collect();
    let edges: Vec<_> = picture.lines.iter().map(|line| (line.source, line.sink)).collect();
    let in_box = |node: usize| picture.nodes[node].in_box;
    let mut rows = vec![0; areas.len()];
    let mut shifts = vec![0; areas.len()];
    let groups = connected(areas.len(), edges.iter().map(|&(a, b)| (in_box(a), in_box(b))));
    let mut across = vec![Vec::new(); areas.len()];
    for &(a, b) in edges.iter().filter(|&&(a, b)| in_box(a) != in_box(b)) {
        across[in_box(a)].push(Link { from: (in_box(a), inner[a]), to: (in_box(b), inner[b]) });
    }
    let mut groups: Vec<(usize, Vec<usize>)> = groups
        .into_iter()
        .map(|group| (group.iter().map(|&lane| picture.boxes[lane].members.len()).sum(), group))
        .collect();
    // Large groups first, so that small ones fill what they leave.
    groups.sort_by_key(|(members, _)| std::cmp::Reverse(*members));
    let mut placed = Placed::default();
    for (_, group) in groups {
        let links: Vec<_> = group.iter().flat_map(|&lane| across[lane].iter().copied()).collect();
        let lanes = arranged(&group, &areas, &links);
        let bound = bound(group.iter().map(|lane| areas[*lane].moved(0, lanes[lane])));
        let (shift, down) = placed.gap_for(bound);
        for lane in group {
            (rows[lane], shifts[lane]) = (lanes[&lane] + down, shift);
            placed.add(areas[lane].moved(shift, rows[lane]));
        }
    }
    let cell = |(node, &layer): (usize, &usize)| Cell {
        layer: layer.saturating_add_signed(shifts[in_box(node)]),
        row: inner[node] + rows[in_box(node)],
    };
    layers.iter().enumerate().map(cell).collect()
}

/// The row of each node within its pipeline: that of what feeds it, or the next one that is free.
fn inner_rows(picture: &Picture, layers: &[usize]) -> Vec<usize> {
    let mut inner = vec![0; picture.nodes.len()];
    let mut feeders = vec![Vec::new(); picture.nodes.len()];
    picture.lines.iter().for_each(|line| feeders[line.sink].push(line.source));
    for lane in &picture.boxes {
        let mut members = lane.members.clone();
        members.sort_by_key(|&node| layers[node]);
        let mut free = NextFree::default();
        for node in members {
            let same = |&&feeder: &&usize| {
                picture.nodes[feeder].in_box == picture.nodes[node].in_box && layers[feeder] < layers[node]
            };
            let wanted = feeders[node].iter().filter(same).map(|&feeder| inner[feeder]).min().unwrap_or(0);
            inner[node] = free.take(layers[node], wanted);
        }
    }
    inner
}

/// Rows of columns that are free, each found at once however many are taken.
#[derive(Default)]
struct NextFree {
    /// For a row that is taken one behind it that was free once.
    behind: HashMap<(usize, usize), usize>,
}

impl NextFree {
    /// Takes the first free row of a column from `wanted` on.
    fn take(&mut self, layer: usize, wanted: usize) -> usize {
        let mut row = wanted;
        while let Some(&next) = self.behind.get(&(layer, row)) {
            row = next;
        }
        // Whoever comes this way again is led past all of it.
        let mut passed = wanted;
        while passed <= row {
            let next = self.behind.insert((layer, passed), row + 1);
            passed = next.unwrap_or(row + 1);
        }
        row
    }
}

fn area(members: &[usize], layers: &[usize], inner: &[usize]) -> Area {
    let range = |values: &[usize]| {
        let of = members.iter().map(|&node| values[node]);
        (of.clone().min().unwrap_or(0), of.max().unwrap_or(0))
    };
    Area { layers: range(layers), rows: (0, range(inner).1) }
}

fn bound(areas: impl Iterator<Item = Area> + Clone) -> Area {
    let start = |of: fn(&Area) -> usize| areas.clone().map(|area| of(&area)).min().unwrap_or(0);
    let end = |of: fn(&Area) -> usize| areas.clone().map(|area| of(&area)).max().unwrap_or(0);
    Area {
        layers: (start(|area| area.layers.0), end(|area| area.layers.1)),
        rows: (start(|area| area.rows.0), end(|area| area.rows.1)),
    }
}

/// Groups of `lanes` pipelines that lines connect, each in the order of their numbers.
fn connected(lanes: usize, links: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    // Each leads to a smaller one of its group, or is the smallest.
    let mut group: Vec<usize> = (0..lanes).collect();
    let first = |group: &mut Vec<usize>, mut lane: usize| {
        while group[lane] != lane {
            group[lane] = group[group[lane]];
            lane = group[lane];
        }
        lane
    };
    for (a, b) in links {
        let (a, b) = (first(&mut group, a), first(&mut group, b));
        group[a.max(b)] = a.min(b);
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    (0..lanes).for_each(|lane| groups.entry(first(&mut group, lane)).or_default().push(lane));
    groups.into_values().collect()
}

/// A line from one pipeline to another: both with the row in them.
#[derive(Clone, Copy)]
struct Link {
    from: (usize, usize),
    to: (usize, usize),
}

/// The first row of each pipeline of a group: the best of all orders that swapping two at a time leads to.
fn arranged(group: &[usize], areas: &[Area], links: &[Link]) -> BTreeMap<usize, usize> {
    if group.len() > ARRANGED {
        return below_each_other(group, areas);
    }
    let mut order = group.to_vec();
    let mut best = stacked(&order, areas, links);
    let mut improved = true;
    while improved {
        improved = false;
        for a in 0..order.len() {
            for b in a + 1..order.len() {
                order.swap(a, b);
                let other = stacked(&order, areas, links);
                if other.0 < best.0 {
                    (best, improved) = (other, true);
                } else {
                    order.swap(a, b);
                }
            }
        }
    }
    best.1
}

/// Gives each pipeline the rows below those before it.
fn below_each_other(group: &[usize], areas: &[Area]) -> BTreeMap<usize, usize> {
    let mut used = 0;
    let mut below = |lane: &usize| {
        let row = used;
        used += areas[*lane].rows.1 + 1;
        (*lane, row)
    };
    group.iter().map(&mut below).collect()
}

/// Gives each pipeline, in this order, the rows that are nearest to its neighbours; says how long lines are, and how many rows
/// there are.
fn stacked(order: &[usize], areas: &[Area], links: &[Link]) -> ((usize, usize), BTreeMap<usize, usize>) {
    let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
    let (mut length, mut used) = (0, 0);
    for &lane in order {
        let away = |row: usize, rows: &BTreeMap<usize, usize>| -> usize {
            let ends = links.iter().flat_map(|link| [(link.from, link.to), (link.to, link.from)]);
            let placed = ends.filter(|((mine, _), _)| *mine == lane);
            placed
                .filter_map(|((_, at), (other, there))| Some((row + at).abs_diff(rows.get(&other)? + there)))
                .sum()
        };
        let free = |row: usize| {
            let moved = areas[lane].moved(0, row);
            rows.iter().all(|(&other, &there)| !areas[other].moved(0, there).meets(&moved))
        };
        let row =
            (0..=used).filter(|&row| free(row)).min_by_key(|&row| (away(row, &rows), row)).unwrap_or(used);
        length += away(row, &rows);
        rows.insert(lane, row);
        used = used.max(row + areas[lane].rows.1 + 1);
    }
    ((length, used), rows)
}

/// Where pipelines are already.
#[derive(Default)]
struct Placed {
    areas: Vec<Area>,
    /// The last column that is in use, and the row below all.
    width: usize,
    bottom: usize,
}

impl Placed {
    fn add(&mut self, area: Area) {
        self.width = self.width.max(area.layers.1);
        self.bottom = self.bottom.max(area.rows.1 + 1);
        self.areas.push(area);
    }

    /// The first place where a group fits without making the picture wider.
    fn gap_for(&self, bound: Area) -> (isize, usize) {
        let width = self.width.max(bound.layers.1);
        let places = self.bottom.saturating_mul(width + 1).saturating_mul(self.areas.len());
        // Looking for gaps takes as long as there are places and pipelines; where there are so many nobody would find them.
        let looked_at = if places <= LOOKED_AT { 0..self.bottom } else { 0..0 };
        for down in looked_at {
            for left in 0..=(width + bound.layers.0 - bound.layers.1) {
                let shift = left.wrapping_sub(bound.layers.0).cast_signed();
                let moved = bound.moved(shift, down);
                if !self.areas.iter().any(|area| area.meets(&moved)) {
                    return (shift, down);
                }
            }
        }
        (0_usize.wrapping_sub(bound.layers.0).cast_signed(), self.bottom)
    }
}
