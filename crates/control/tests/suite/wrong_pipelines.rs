//! Wrong use of pipelines and their states.

use headroom_control::Reason;
use headroom_ipc4::{DecodeError, PipelineState as Wanted};
use headroom_module::ModuleError;
use headroom_runtime::{ComponentId, Error, ModuleState, Owner, PipelineState, Requested};

use super::messages::*;
use super::support::{Bench, Ends, arena};
use super::table::{At, check, refused, row, set_up, why};

#[test]
fn pipelines() {
    let memory =
        |heap| message([0x1103_0000, 0x2000_0000], &[&[0x0100_0007, 0, 0], &[0x0003_0003, 0, 0, heap]]);
    check(vec![
        row(("duplicate", At::Bound), create(1), [0x3100_0009, 0], refused!(Error::PipelineExists(1))),
        row(
            ("core out of range", At::Start),
            message([0x1101_0000, 0x0040_0000], &[]),
            [0x3100_0074, 0],
            refused!(Error::NoCore { core: 4, cores: 4 }),
        ),
        row(
            ("region above 64 MiB", At::Start),
            memory(0x0400_0001),
            [0x3100_0003, 0],
            refused!(Error::RegionSize {
                owner: Owner::Pipeline(3),
                bytes: 0x0400_0001,
                max: 0x0400_0000,
                ..
            }),
        ),
        row(
            ("region larger than the pool", At::Start),
            memory(0x0400_0000),
            [0x3100_0003, 0],
            refused!(Error::Region { owner: Owner::Pipeline(3), .. }),
        ),
        row(
            ("payload that is not there", At::Start),
            message([0x1101_0000, 0x2000_0000], &[&[0x0100_0007, 0, 0]]),
            [0x3100_0001, 0],
            why!(Reason::Malformed(DecodeError::PipelinePayload { offset: 8, needed: 28, got: 12 })),
        ),
        row(("delete: unknown", At::Bound), delete(9), [0x3200_0009, 0], refused!(Error::NoPipeline(9))),
        row(
            ("delete: running", At::Running),
            delete(1),
            [0x3200_000c, 0],
            refused!(Error::ModuleState { state: ModuleState::Active, .. }),
        ),
    ]);
}

#[test]
fn a_table_that_is_full_is_out_of_memory() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&[create(1), create(2), create(3), create(4)]);
    let (answer, reply) = bench.send(&create(5));
    assert_eq!(reply, bytes(&[0x3100_0003, 0]));
    assert_eq!(answer.reason, Some(Reason::Refused(Error::Full { what: "pipelines", limit: 4 })));
}

#[test]
fn states() {
    let unknown = refused!(Error::NoPipeline(9));
    check(vec![
        row(
            ("RUNNING straight after creation", At::Bound),
            set_state(1, RUNNING),
            [0x3300_0007, 1],
            refused!(Error::PipelineState {
                pipeline: 1,
                state: PipelineState::Init,
                requested: Requested::Running
            }),
        ),
        row(("unknown", At::Bound), set_state(9, PAUSED), [0x3300_0009, 9], unknown),
        row(
            ("RUNNING without modules", At::Empty),
            set_state(1, RUNNING),
            [0x3300_0009, 1],
            refused!(Error::EmptyPipeline(1)),
        ),
        row(
            ("EOS when it does not run", At::Bound),
            set_state(1, EOS),
            [0x3300_0007, 1],
            refused!(Error::PipelineState { pipeline: 1, requested: Requested::EndOfStream, .. }),
        ),
        row(
            ("SAVED", At::Running),
            set_state(1, 7),
            [0x3300_0007, 1],
            why!(Reason::NoSuchState(Wanted::Saved)),
        ),
        row(("ERROR_STOP", At::Running), set_state(1, 6), [0x3300_0007, 1], why!(Reason::NoSuchState(_))),
        row(
            ("a state without a name", At::Running),
            set_state(1, 0xbeef),
            [0x3300_0007, 1],
            why!(Reason::NoSuchState(Wanted::Unknown(0xbeef))),
        ),
    ]);
}

#[test]
fn lists_of_pipelines() {
    let unknown = refused!(Error::NoPipeline(9));
    check(vec![
        row(("unknown, second in a list", At::Bound), set_states(&[1, 9], PAUSED), [0x3300_0009, 9], unknown),
        row(("unknown goes before SAVED", At::Bound), set_states(&[1, 9], 7), [0x3300_0009, 9], unknown),
        row(
            ("id above 255", At::Bound),
            set_states(&[1, 256], PAUSED),
            [0x3300_0009, 0],
            why!(Reason::NoSuchPipeline(256)),
        ),
        row(
            ("a list that is not all there", At::Bound),
            message([0x1300_0003, 1], &[&[2, 1]]),
            [0x3300_0001, 0],
            why!(Reason::Malformed(DecodeError::PipelineIds { offset: 8, needed: 12, got: 8 })),
        ),
        row(
            ("a count that no mailbox holds", At::Bound),
            set_states(&[1; 1024], PAUSED),
            [0x3300_0001, 0],
            why!(Reason::TooLong { bytes: 4108, limit: 4104 }),
        ),
    ]);
}

#[test]
fn as_many_pipelines_as_a_mailbox_holds_and_none_are_both_fine() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&[create(1), set_states(&[1; 1023], PAUSED)]);
    let before = bench.picture();
    // Not even the state matters then.
    for state in [RESET, PAUSED, RUNNING, 5, 7] {
        let (answer, reply) = bench.send(&set_states(&[], state));
        assert_eq!((answer.reason, reply), (None, &bytes(&[0x3300_0000, 0])[..]));
    }
    assert_eq!(bench.picture(), before);
}

#[test]
fn a_module_that_runs_elsewhere_is_busy_and_its_pipeline_can_not_be_reset() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    set_up(&mut bench, At::Running);
    // Its output is let go so that there is something to bind.
    bench.send_all(&[unbind(SRC, GAIN)]);
    let job = bench.send_away();
    let before = bench.picture();
    let src = ComponentId::new(7, 0);
    let table = [
        (set_state(1, RESET), [0x3300_00a4, 1]),
        (message([0x4100_0007, 0], &[]), [0x6100_0004, 0]),
        (message([0x4300_0007, 0x3000_0004], &[]), [0x6300_0004, 0]),
        (bind(SRC, GAIN), [0x6500_0004, 0]),
        (unbind(HOST, SRC), [0x6600_0009, 0]),
        (delete(1), [0x3200_000c, 0]),
    ];
    for (message, expected) in table {
        let (answer, reply) = bench.send(&message);
        assert_eq!(reply, bytes(&expected), "{message:02x?}");
        if message != delete(1) {
            assert_eq!(answer.reason, Some(Reason::Refused(Error::Busy(src))), "{message:02x?}");
        }
    }
    assert_eq!(bench.picture(), before);
    bench.finish(job);
    bench.send_all(&[set_state(1, RESET), delete(1)]);
}

#[test]
fn the_reply_names_the_pipeline_that_failed_and_none_has_moved() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    set_up(&mut bench, At::Bound);
    bench.send_all(&[set_states(&[1, 2], PAUSED)]);
    let before = bench.picture();
    // Nothing is bound in pipeline 2, so its modules refuse to prepare.
    let (answer, reply) = bench.send(&set_states(&[1, 2], RUNNING));
    assert_eq!(reply, bytes(&[0x3300_0007, 2]));
    let unbound =
        |reason| matches!(reason, Reason::Refused(Error::Module { error: ModuleError::Unbound { .. }, .. }));
    assert!(answer.reason.is_some_and(unbound), "{:?}", answer.reason);
    assert_eq!(bench.picture(), before);
    bench.send_all(&[set_state(1, RUNNING), set_state(1, RESET), delete(1), delete(2)]);
}
