//! Random graphs against the order that their edges demand.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use common::*;
use headroom_runtime::{Connection, Error, Platform, Requested, Runtime};
use proptest::collection::vec;
use proptest::prelude::*;

const ROOM: Platform = Platform { modules: 16, edges: 64, common_bytes: 256 << 10, ..SMALL };

/// Which modules of `0..n` can be reached from each, along the edges.
fn reach(n: usize, edges: &[(usize, usize)]) -> Vec<Vec<bool>> {
    let mut reach = vec![vec![false; n]; n];
    edges.iter().for_each(|&(from, to)| reach[from][to] = true);
    for via in 0..n {
        for from in 0..n {
            for to in 0..n {
                reach[from][to] |= reach[from][via] && reach[via][to];
            }
        }
    }
    reach
}

/// Binds hubs along the edges, each time at the next free queue; edges that find none are left out.
fn bind_hubs(rt: &mut Runtime<'_>, n: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let (mut outputs, mut inputs) = (vec![0; n], vec![0; n]);
    let mut bound = Vec::new();
    for &(from, to) in edges {
        if outputs[from] < 4 && inputs[to] < 4 {
            let source = (hub(from as u8), outputs[from]);
            let (sink, sink_queue) = (hub(to as u8), inputs[to]);
            rt.bind(&Connection { source: source.0, source_queue: source.1, sink, sink_queue }).unwrap();
            (outputs[from], inputs[to]) = (outputs[from] + 1, inputs[to] + 1);
            bound.push((from, to));
        }
    }
    bound
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_run_order_respects_every_edge_and_circles_are_refused_by_a_module_on_them(
        made in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
        edges in vec((0..8_usize, 0..8_usize), 0..20),
        forward_only: bool,
    ) {
        // Half of the graphs are free of circles by construction.
        let edges: Vec<_> = edges
            .into_iter()
            .filter(|(from, to)| if forward_only { from < to } else { from != to })
            .collect();
        with_runtime(ROOM, |rt, _| {
            rt.create_pipeline(&pipeline(1)).unwrap();
            made.iter().for_each(|&n| ll(1, hub(n as u8)).init(rt).unwrap());
            let bound = bind_hubs(rt, 8, &edges);
            let reach = reach(8, &bound);
            let on_circle: Vec<_> = (0..8).filter(|&n| reach[n][n]).map(|n| hub(n as u8)).collect();
            match set(rt, &[1], Requested::Paused) {
                Ok(()) => {
                    assert!(on_circle.is_empty());
                    set(rt, &[1], Requested::Running).unwrap();
                    let order = runs_of(|| rt.tick(0));
                    assert_eq!(order.len(), 8, "every module once");
                    let place = |n: usize| order.iter().position(|&id| id == hub(n as u8)).unwrap();
                    assert!(bound.iter().all(|&(from, to)| place(from) < place(to)));
                }
                Err((_, Error::Loop { component, .. })) => {
                    assert!(on_circle.contains(&component), "{component} is on none of {on_circle:?}");
                }
                Err((_, error)) => panic!("{error}"),
            }
        });
    }
}
