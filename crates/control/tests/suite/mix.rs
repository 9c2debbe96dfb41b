//! Two streams of pipelines of their own, mixed in a third, over nothing but messages: one pauses, the other goes on.
//!
//! ```text
//!   pipeline 1   host 0 ─► mixin 0 ─┐
//!   pipeline 2   host 2 ─► mixin 1 ─┴─► mixout ─► speaker   pipeline 3
//! ```

use std::sync::atomic::Ordering::Relaxed;

use super::messages::*;
use super::support::{Bench, Ends, PLAYED, arena};

const MIXOUT: u32 = 0x0_0003;

pub(crate) fn host(instance: u32) -> u32 {
    instance << 16 | 4
}

pub(crate) fn mixin(instance: u32) -> u32 {
    instance << 16 | 2
}

/// Binds output `from.1` of a component to input `to.1` of another.
fn bind_queues(from: (u32, u32), to: (u32, u32)) -> Vec<u8> {
    message([0x4500_0000 | from.0, to.1 << 24 | from.1 << 27 | to.0], &[])
}

fn init_gate(id: u32, pipeline: u32, node: u32) -> Vec<u8> {
    let parts: [&[u32]; 2] = [&base([MS_48K, MS_48K], HZ_48000), &copier(HZ_48000, node)];
    message([0x4000_0000 | id, pipeline << 16 | 0x15], &parts)
}

fn init_mixer(id: u32, pipeline: u32) -> Vec<u8> {
    message([0x4000_0000 | id, pipeline << 16 | 0xA], &[&base([MS_48K, MS_48K], HZ_48000)])
}

/// The reading pipeline is made first and started first.
pub(crate) fn set_up() -> Vec<Vec<u8>> {
    let mut messages = vec![create(3), create(1), create(2)];
    messages.extend([init_mixer(MIXOUT, 3), init_gate(SPEAKER, 3, LINK_OUT), bind(MIXOUT, SPEAKER)]);
    for (pipeline, instance) in [(1, 0), (2, 2)] {
        let mix = mixin(pipeline - 1);
        messages
            .extend([init_gate(host(instance), pipeline, HOST_OUT + instance), init_mixer(mix, pipeline)]);
        messages.push(bind(host(instance), mix));
        // Any of the mixin's outputs, any of the mixout's inputs.
        messages.push(bind_queues((mix, pipeline), (MIXOUT, 3 * pipeline)));
    }
    messages.extend([set_states(&[3, 2, 1], PAUSED), set_states(&[3, 2, 1], RUNNING)]);
    messages
}

/// Half of what the first mixin gives to its output 1.
fn halve() -> Vec<u8> {
    message([0x4400_0002, 0x3010_0018], &[&[1, 1, 0, 1, 0, 0x200]])
}

#[test]
fn a_stream_that_pauses_leaves_the_mix_and_comes_back() {
    let (mut arena, ends) = (arena(), Ends::default());
    let counts = ends.counts.clone();
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&set_up());
    let heard = |bench: &mut Bench<'_>, messages: &[Vec<u8>]| {
        bench.send_all(messages);
        let before = counts.heard.load(Relaxed);
        (0..10).for_each(|_| bench.tick());
        (counts.heard.load(Relaxed) - before, counts.last.load(Relaxed))
    };
    assert_eq!(heard(&mut bench, &[]), (480, 2 * PLAYED), "both, from the first tick on");
    assert_eq!(heard(&mut bench, &[halve()]), (480, PLAYED / 2 + PLAYED));
    assert_eq!(heard(&mut bench, &[set_state(2, PAUSED)]), (480, PLAYED / 2));
    assert_eq!(heard(&mut bench, &[set_state(1, PAUSED)]), (480, 0), "silence goes on");
    assert_eq!(heard(&mut bench, &[set_states(&[1, 2], RUNNING)]), (480, PLAYED / 2 + PLAYED));
    let gone = [set_state(1, PAUSED), set_state(1, RESET), delete(1)];
    assert_eq!(heard(&mut bench, &gone), (480, PLAYED), "one is deleted while the others run");
    let rest = [set_states(&[3, 2], PAUSED), set_states(&[3, 2], RESET), delete(2), delete(3)];
    bench.send_all(&rest);
    assert_eq!(bench.runtime.modules().count(), 0);
    assert_eq!(bench.runtime.pool_usage().regions, 1, "only the common region is left");
}
