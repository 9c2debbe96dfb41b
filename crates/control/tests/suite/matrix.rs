//! Every request in every state of its pipeline: the statuses as one table.

use headroom_runtime::DpJob;

use super::messages::*;
use super::support::{Bench, Ends, arena};

/// How far pipeline 1 is.
#[derive(Clone, Copy, PartialEq, Debug)]
enum State {
    Absent,
    Made,
    Ready,
    Running,
    Paused,
    /// By a module that failed.
    Stopped,
    /// Running, with its converter out with a job.
    Away,
}

const STATES: [State; 7] =
    [State::Absent, State::Made, State::Ready, State::Running, State::Paused, State::Stopped, State::Away];

/// A request and its status in each of the states.
type Row = (&'static str, Vec<u8>, [u32; 7]);

fn pipelines() -> Vec<Row> {
    vec![
        ("create pipeline", create(1), [0, 9, 9, 9, 9, 9, 9]),
        ("delete pipeline", delete(1), [9, 0, 0, 12, 12, 12, 12]),
        ("set state PAUSED", set_state(1, PAUSED), [9, 0, 0, 0, 0, 0, 0]),
        ("set state RUNNING", set_state(1, RUNNING), [9, 7, 0, 0, 0, 0, 0]),
        ("set state RESET", set_state(1, RESET), [9, 0, 0, 0, 0, 0, 164]),
        ("set state INVALID", set_state(1, 0), [9, 7, 7, 7, 7, 7, 7]),
        ("set state EOS", set_state(1, EOS), [9, 7, 7, 0, 7, 7, 0]),
        ("set state ERROR_STOP", set_state(1, 6), [9, 7, 7, 7, 7, 7, 7]),
        ("set state SAVED", set_state(1, 7), [9, 7, 7, 7, 7, 7, 7]),
        ("set states, none", set_states(&[], RUNNING), [0; 7]),
        ("set states, twice the same", set_states(&[1, 1], PAUSED), [9, 0, 0, 0, 0, 0, 0]),
        ("set states, another is missing", set_states(&[1, 9], PAUSED), [9; 7]),
        ("get state", message([0x1400_0001, 0], &[]), [9, 0, 0, 0, 0, 0, 0]),
        ("get context size", message([0x1501_0000, 0], &[]), [9, 0, 0, 0, 0, 0, 0]),
        ("save pipeline", message([0x1601_0000, 0], &[]), [15; 7]),
    ]
}

fn modules() -> Vec<Row> {
    let delete = |id: u32| message([0x4b00_0000 | id, 0], &[]);
    vec![
        ("init a module", init_gain(5, 1), [104, 0, 0, 0, 0, 0, 0]),
        ("init an existing module", init_gain(0, 1), [104; 7]),
        ("delete a module", delete(GAIN), [9, 0, 0, 9, 9, 9, 9]),
        ("delete the converter", delete(SRC), [9, 0, 0, 9, 9, 9, 9]),
        ("bind what is bound", bind(GAIN, SPEAKER), [9, 12, 12, 12, 12, 12, 12]),
        ("unbind", unbind(GAIN, SPEAKER), [9, 0, 0, 0, 0, 0, 0]),
        ("unbind the converter", unbind(HOST, SRC), [9, 0, 0, 0, 0, 0, 9]),
        ("unbind what is not bound", unbind(HOST, SPEAKER), [9; 7]),
    ]
}

fn configuration() -> Vec<Row> {
    let get = |id: u32| message([0x4300_0000 | id, 0x3000_0400], &[]);
    let vendor = message([0x4400_0006, 0x3ff0_0020], &[&[0, 24], &volume(HALF)]);
    let first = message([0x4400_0006, 0x2000_0030], &[&volume(HALF)]);
    let last = message([0x4400_0006, 0x1000_0018], &[&volume(HALF)]);
    vec![
        ("large config set", set_gain(UNITY), [9, 0, 0, 0, 0, 0, 0]),
        ("large config set, first part", first, [9, 0, 0, 0, 0, 0, 0]),
        ("large config set, last part", last, [9; 7]),
        ("large config set, vendor", vendor, [9, 0, 0, 0, 0, 0, 0]),
        ("large config set, no such", message([0x4400_0007, 0x3000_0004], &[&[0]]), [9, 9, 9, 9, 9, 9, 0]),
        ("large config get", get(GAIN), [9, 0, 0, 0, 0, 0, 0]),
        ("large config get, no such", get(SRC), [9, 9, 9, 9, 9, 9, 4]),
        ("config set, no such", message([0x4200_0007, 0], &[]), [9, 7, 7, 7, 7, 7, 0]),
        ("config get, no such", message([0x4100_0007, 0], &[]), [9, 7, 7, 7, 7, 7, 4]),
        ("set D0ix", message([0x4800_0000, 0], &[]), [15; 7]),
    ]
}

fn bring<'m>(bench: &mut Bench<'m>, state: State) -> Option<DpJob<'m>> {
    if state == State::Absent {
        return None;
    }
    bench.send_all(&stream());
    let steps: &[u32] = match state {
        State::Absent | State::Made => &[],
        State::Ready => &[PAUSED],
        State::Running | State::Stopped | State::Away => &[PAUSED, RUNNING],
        State::Paused => &[PAUSED, RUNNING, PAUSED],
    };
    steps.iter().for_each(|&step| bench.send_all(&[set_state(1, step)]));
    match state {
        State::Stopped => (0..10).for_each(|_| bench.tick()),
        State::Away => return Some(bench.send_away()),
        _ => {}
    }
    None
}

#[test]
fn every_request_in_every_state_has_the_status_of_the_table() {
    for (what, message, statuses) in pipelines().into_iter().chain(modules()).chain(configuration()) {
        for (state, status) in STATES.into_iter().zip(statuses) {
            let ends = if state == State::Stopped { Ends::failing() } else { Ends::default() };
            let mut arena = arena();
            let pool = arena.pool();
            let mut bench = Bench::new(&pool, &ends);
            let at_start = bench.in_use();
            let job = bring(&mut bench, state);
            let before = bench.picture();
            let (answer, reply) = bench.send(&message);
            let got = u32::from_le_bytes(*reply.first_chunk().unwrap()) & 0x00ff_ffff;
            assert_eq!(got, status, "{what} in {state:?}: {:?}", answer.reason);
            assert!(status == 0 || bench.picture() == before, "{what} in {state:?} left a trace");
            job.into_iter().for_each(|job| bench.finish(job));
            bench.delete_all();
            assert_eq!(bench.in_use(), at_start, "{what} in {state:?}");
        }
    }
}
