//! What can be asked of a pipeline: where it is, and how much memory it takes.

use std::sync::atomic::Ordering::Relaxed;

use headroom_runtime::Error;

use super::messages::*;
use super::support::{Bench, Ends, arena};
use super::table::{At, check, refused, row};

fn get_state(id: u32) -> Vec<u8> {
    message([0x1400_0000 | id, 0], &[])
}

fn get_size(id: u32) -> Vec<u8> {
    message([0x1500_0000 | id << 16, 0], &[])
}

#[test]
fn a_state_is_what_was_set_last_with_success() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&stream());
    let uninitialized = 1;
    assert_eq!(bench.send(&get_state(1)).1, bytes(&[0x3400_0000, uninitialized]));
    bench.send(&set_state(1, RUNNING));
    assert_eq!(bench.send(&get_state(1)).1, bytes(&[0x3400_0000, uninitialized]), "that was refused");
    for state in [PAUSED, RUNNING, RUNNING, PAUSED, RESET, PAUSED, RUNNING, RESET] {
        bench.send_all(&[set_state(1, state)]);
        assert_eq!(bench.send(&get_state(1)).1, bytes(&[0x3400_0000, state]));
        bench.send(&set_state(1, 7));
        assert_eq!(bench.send(&get_state(1)).1, bytes(&[0x3400_0000, state]), "SAVED is refused");
    }
}

#[test]
fn a_pipeline_that_a_module_stopped_says_so_until_it_is_reset() {
    let (mut arena, ends) = (arena(), Ends::failing());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&stream());
    bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
    (0..10).for_each(|_| bench.tick());
    let error_stop = 6;
    assert_eq!(bench.send(&get_state(1)).1, bytes(&[0x3400_0000, error_stop]));
    bench.send_all(&[set_state(1, RESET)]);
    assert_eq!(bench.send(&get_state(1)).1, bytes(&[0x3400_0000, RESET]));
}

#[test]
fn a_stream_that_ends_runs_on_until_it_is_held_and_can_only_then_run_again() {
    let (mut arena, ends) = (arena(), Ends::default());
    let counts = ends.counts.clone();
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&stream());
    bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING), set_state(1, EOS), set_state(1, EOS)]);
    assert_eq!(bench.send(&get_state(1)).1, bytes(&[0x3400_0000, EOS]));
    (0..50).for_each(|_| bench.tick());
    assert_eq!(counts.played.load(Relaxed), 50 * 16, "it goes on");
    let (answer, reply) = bench.send(&set_state(1, RUNNING));
    assert_eq!(reply, bytes(&[0x3300_0007, 1]));
    let why = answer.reason.map(|reason| reason.to_string());
    assert_eq!(why.as_deref(), Some("pipeline 1 is Active and can't become Running; ask for Paused first"));
    bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
    assert_eq!(bench.send(&get_state(1)).1, bytes(&[0x3400_0000, RUNNING]));
    bench.send_all(&[set_state(1, EOS), set_state(1, RESET)]);
    let (answer, _) = bench.send(&set_state(1, EOS));
    let why = answer.reason.map(|reason| reason.to_string());
    assert_eq!(
        why.as_deref(),
        Some("pipeline 1 is Ready and can't become EndOfStream; ask for Running first")
    );
    bench.delete_all();
}

#[test]
fn a_size_is_all_pages_that_nobody_else_uses() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    let before = bench.in_use().0;
    let region = message([0x1102_0000, 0x2000_0000], &[&[0x0100_0007, 0, 0], &[0x0003_0003, 0, 0, 0x2001]]);
    bench.send_all(&[create(1), region]);
    assert_eq!(bench.send(&get_size(1)).1, bytes(&[0x3500_0000, 0]));
    assert_eq!(bench.send(&get_size(2)).1, bytes(&[0x3500_0000, 3]), "8193 bytes");
    // A gain in the pipeline's own region, and a converter in one of 24 KiB.
    bench.send_all(&[init_gain(0, 2), init_src(0, 2), init_gain(1, 1)]);
    assert_eq!(bench.send(&get_size(1)).1, bytes(&[0x3500_0000, 0]));
    assert_eq!(bench.send(&get_size(2)).1, bytes(&[0x3500_0000, 9]));
    assert_eq!(bench.in_use().0, before + 9);
}

#[test]
fn pipelines_that_are_not_there() {
    let unknown = refused!(Error::NoPipeline(9));
    check(vec![
        row(("state", At::Bound), get_state(9), [0x3400_0009, 0], unknown),
        row(("size", At::Bound), get_size(9), [0x3500_0009, 0], unknown),
        row(("state, none at all", At::Start), get_state(9), [0x3400_0009, 0], unknown),
    ]);
}
