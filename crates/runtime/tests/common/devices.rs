//! Devices at every gateway: sources count frames from 1, sinks check that none is lost or doubled.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use headroom_module::gateway::{Gateway, GatewayDirection};
use headroom_runtime::{RingEnd, Runtime};

/// What a sink took in one tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Gulp {
    pub(crate) node: u32,
    pub(crate) tick: u64,
    /// The first frame's number.
    pub(crate) first: i32,
    pub(crate) frames: usize,
}

/// What all sinks took.
pub(crate) type Tape = Arc<Mutex<Vec<Gulp>>>;

thread_local! {
    /// Where the sinks of this thread's runtime write.
    static TAPE: RefCell<Tape> = RefCell::default();
}

/// A tape with room for a long test, for the sinks of this thread.
pub(crate) fn new_tape() -> Tape {
    let tape: Tape = Arc::new(Mutex::new(Vec::with_capacity(64 << 10)));
    TAPE.set(Arc::clone(&tape));
    tape
}

/// What all sinks took since this was last asked.
pub(crate) fn heard(tape: &Tape) -> Vec<Gulp> {
    std::mem::take(&mut *tape.lock().unwrap())
}

/// Serves all sources for a tick, runs its LL passes and serves all sinks.
pub(crate) fn tick(runtime: &mut Runtime<'_>, index: u64) {
    serve(runtime, index, GatewayDirection::In);
    runtime.tick(index);
    serve(runtime, index, GatewayDirection::Out);
}

/// Serves the gateways of one direction.
pub(crate) fn serve(runtime: &mut Runtime<'_>, tick: u64, way: GatewayDirection) {
    // More gateways than any test has, and no memory of their own: ticks are watched for that.
    let mut gateways = [None; 16];
    let here = runtime.gateways().filter(|gateway| gateway.direction == way);
    gateways.iter_mut().zip(here).for_each(|(gateway, here)| *gateway = Some(here));
    for gateway in gateways.into_iter().flatten() {
        match way {
            GatewayDirection::In => fill(runtime, &gateway, tick),
            GatewayDirection::Out => drain(runtime, gateway.node, tick),
        }
    }
}

/// Brings the frames that are due, each with the number that says how many came before it; those without room are lost.
fn fill(runtime: &mut Runtime<'_>, gateway: &Gateway, tick: u64) {
    let ring = runtime.rings().find(|ring| ring.source == RingEnd::Gateway(gateway.node)).unwrap();
    let copier = runtime.modules().find(|module| module.id == gateway.component).unwrap();
    let first = copier.frames_in as i32 + ring.level.fill as i32 + 1;
    let mut fill = runtime.fill(gateway.node, tick).unwrap();
    let (due, frames) = (fill.due(), fill.frames());
    let (one, two) = fill.bytes_mut();
    let (one, two) = (one.as_chunks_mut().0, two.as_chunks_mut().0);
    one.iter_mut().chain(two).zip(first..).for_each(|(frame, number)| *frame = number.to_le_bytes());
    fill.lose(due - frames);
    fill.commit(frames).unwrap();
}

/// Takes the frames that are due. They must follow each other, and those of the tick before in the same stream.
fn drain(runtime: &mut Runtime<'_>, node: u32, tick: u64) {
    let mut drain = runtime.drain(node, tick).unwrap();
    let frames = drain.frames();
    assert_eq!(drain.due(), frames + drain.silence() + drain.start_up());
    let (one, two) = drain.bytes();
    let numbers =
        || one.as_chunks().0.iter().chain(two.as_chunks().0).map(|frame| i32::from_le_bytes(*frame));
    let Some(first) = numbers().next() else { return };
    assert!(numbers().eq((first..).take(frames)), "node {node:#x}, tick {tick}: {first} and others");
    TAPE.with_borrow(|tape| {
        let mut tape = tape.lock().unwrap();
        let before = tape.iter().rev().find(|gulp| gulp.node == node);
        let next = before.map_or(first, |gulp| gulp.first + gulp.frames as i32);
        assert!(first == next || first == 1, "node {node:#x}, tick {tick}: {first} after {}", next - 1);
        tape.push(Gulp { node, tick, first, frames });
    });
}
