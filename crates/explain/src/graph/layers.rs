//! The column of each widget: right of all that feed it, and as near as it gets to what it feeds.

use std::collections::BTreeSet;

/// A column for each of `nodes` nodes. Where there is a circle, it is cut before its first node, and a line goes back.
pub(super) fn layers(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut sinks = vec![Vec::new(); nodes];
    let mut waits = vec![0_usize; nodes];
    for &(source, sink) in edges.iter().filter(|(source, sink)| source != sink) {
        sinks[source].push(sink);
        waits[sink] += 1;
    }
    let mut layers = vec![0; nodes];
    let (mut order, mut place) = (Vec::new(), vec![usize::MAX; nodes]);
    let mut rest: BTreeSet<usize> = (0..nodes).collect();
    let mut free: BTreeSet<usize> = rest.iter().copied().filter(|&node| waits[node] == 0).collect();
    while let Some(node) = free.pop_first().or_else(|| rest.first().copied()) {
        rest.remove(&node);
        place[node] = order.len();
        order.push(node);
        for &sink in sinks[node].iter().filter(|sink| rest.contains(sink)) {
            layers[sink] = layers[sink].max(layers[node] + 1);
            waits[sink] -= 1;
            if waits[sink] == 0 {
                free.insert(sink);
            }
        }
    }
    // Side branches move right to where they join, so that their last line is short.
    for &node in order.iter().rev() {
        let later = sinks[node].iter().filter(|&&sink| place[sink] > place[node]);
        if let Some(nearest) = later.map(|&sink| layers[sink]).min() {
            layers[node] = nearest - 1;
        }
    }
    layers
}

#[cfg(test)]
mod tests {
    use super::layers;

    #[test]
    fn a_side_branch_is_next_to_where_it_joins() {
        // 0 > 1 > 2 > 3, and 4 joins at 3.
        assert_eq!(layers(5, &[(0, 1), (1, 2), (2, 3), (4, 3)]), [0, 1, 2, 3, 2]);
    }

    #[test]
    fn circles_end() {
        assert_eq!(layers(3, &[(0, 1), (1, 2), (2, 0)]), [0, 1, 2]);
        assert_eq!(layers(2, &[(0, 0), (0, 1), (1, 1)]), [0, 1]);
        assert_eq!(layers(0, &[]), [0; 0]);
    }
}
