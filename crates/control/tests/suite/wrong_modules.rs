//! Wrong use of modules and the bindings between them.

use headroom_control::Reason;
use headroom_ipc4::DecodeError;
use headroom_module::ModuleError;
use headroom_module::wiring::WiringError;
use headroom_runtime::{ComponentId, Error, GatewayFault, ModuleState, Owner, PortId, Side};

use super::messages::*;
use super::support::{Bench, Ends, arena};
use super::table::{At, check, module_refused, refused, row, why, with_word};

/// Whatever is wrong with an init message, the reply says 104.
const INIT: [u32; 2] = [0x6000_0068, 0];

#[test]
fn init_with_wrong_ids() {
    check(vec![
        row(
            ("unknown module id", At::Bound),
            with_word(init_gain(2, 2), 0, 0x4002_0063),
            INIT,
            refused!(Error::NoDriver(_)),
        ),
        row(("existing instance", At::Bound), init_gain(1, 2), INIT, refused!(Error::ModuleExists(_))),
        row(("missing pipeline", At::Bound), init_gain(2, 3), INIT, refused!(Error::NoPipeline(3))),
        row(("no pipeline at all", At::Bound), init_gain(2, 0xff), INIT, refused!(Error::NoPipeline(0xff))),
        row(
            ("core out of range", At::Bound),
            with_word(init_gain(2, 2), 1, 0x0402_0010),
            INIT,
            refused!(Error::NoCore { core: 4, cores: 4 }),
        ),
    ]);
}

#[test]
fn init_with_a_payload_that_is_not_whole() {
    let mut too_short = init_src(2, 2);
    too_short.truncate(70);
    check(vec![
        row(
            ("payload shorter than it says", At::Bound),
            too_short,
            INIT,
            why!(Reason::Malformed(DecodeError::ModulePayload { offset: 8, needed: 72, got: 62 })),
        ),
        row(
            ("base configuration cut off", At::Bound),
            with_word(init_gain(2, 2), 1, 0x0002_0009),
            INIT,
            module_refused!(ModuleError::ShortPayload { what: "audio format", needed: 40, got: 36 }),
        ),
        row(
            ("no room for the extension", At::Bound),
            with_word(init_gain(2, 2), 1, 0x2002_0002),
            INIT,
            why!(Reason::Malformed(DecodeError::ExtendedInit { .. })),
        ),
        row(
            ("object larger than the payload", At::Bound),
            with_word(init_src(2, 2), 5, 0x0100_0003),
            INIT,
            why!(Reason::Malformed(DecodeError::ObjectBody { .. })),
        ),
    ]);
}

#[test]
fn init_of_what_can_not_be_made() {
    let dp = |heap| with_word(init_src(2, 2), 8, heap);
    check(vec![
        row(
            ("region above 64 MiB", At::Bound),
            dp(0x0400_0001),
            INIT,
            refused!(Error::RegionSize { owner: Owner::Module(_), bytes: 0x0400_0001, max: 0x0400_0000, .. }),
        ),
        row(
            ("region below what the runtime places", At::Bound),
            dp(1),
            INIT,
            refused!(Error::RegionSize { owner: Owner::Module(_), bytes: 1, .. }),
        ),
        row(
            ("region below what the module needs", At::Bound),
            with_word(dp(0x1000), 13, 44100),
            INIT,
            module_refused!(ModuleError::Memory(_)),
        ),
        row(
            ("rates without a filter", At::Bound),
            with_word(init_src(2, 2), 19, 12345),
            INIT,
            module_refused!(ModuleError::UnsupportedRates { from: 16000, to: 12345 }),
        ),
        row(
            ("a gateway without a direction", At::Bound),
            message(
                [0x4002_0004, 0x0001_0015],
                &[&base([MS_48K, MS_48K], HZ_48000), &copier(HZ_48000, 0x1800)],
            ),
            INIT,
            module_refused!(ModuleError::NoGateway { node: 0x1800 }),
        ),
        row(
            ("a second copier of a gateway", At::Bound),
            message(
                [0x4002_0004, 0x0001_0015],
                &[&base([MS_48K, MS_48K], HZ_48000), &copier(HZ_48000, LINK_OUT)],
            ),
            INIT,
            refused!(Error::Gateway { node: LINK_OUT, fault: GatewayFault::InUse(_) }),
        ),
    ]);
}

#[test]
fn bindings() {
    let queues = |source_queue: u32, sink_queue: u32| {
        message([0x4501_0006, GAIN | sink_queue << 24 | source_queue << 27], &[])
    };
    let missing = refused!(Error::NoModule(_));
    check(vec![
        row(("missing source", At::Bound), bind(0x5_0006, GAIN), [0x6500_0009, 0], missing),
        row(("missing sink", At::Bound), bind(GAIN, 0x5_0006), [0x6500_0009, 0], missing),
        row(
            ("port taken", At::Bound),
            bind(0x1_0006, SPEAKER),
            [0x6500_000c, 0],
            refused!(Error::PortTaken { .. }),
        ),
        row(
            ("no such output", At::Bound),
            queues(1, 0),
            [0x6500_000c, 0],
            why!(Reason::Refused(Error::NoPort { ports: 1, .. })),
        ),
        row(
            ("no such input", At::Bound),
            queues(0, 7),
            [0x6500_000c, 0],
            why!(Reason::Refused(Error::NoPort { ports: 1, .. })),
        ),
        row(
            ("to itself", At::Bound),
            bind(0x1_0006, 0x1_0006),
            [0x6500_000c, 0],
            refused!(Error::Loop { .. }),
        ),
        row(
            ("unbind: not bound", At::Bound),
            unbind(0x1_0006, GAIN),
            [0x6600_0009, 0],
            refused!(Error::NotBound { .. }),
        ),
        row(("unbind: missing", At::Bound), unbind(0x5_0006, GAIN), [0x6600_0009, 0], missing),
    ]);
}

#[test]
fn two_dp_modules_are_not_bound() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&[create(1), init_src(0, 1), init_src(1, 1)]);
    let before = bench.picture();
    let (answer, reply) = bench.send(&bind(SRC, 0x1_0007));
    assert_eq!(reply, bytes(&[0x6500_0007, 0]));
    let (source, sink) = (ComponentId::new(7, 0), ComponentId::new(7, 1));
    assert_eq!(answer.reason, Some(Reason::Refused(Error::DpToDp { source, sink })));
    assert_eq!(bench.picture(), before);
}

#[test]
fn a_block_is_whole_frames_or_the_binding_fails() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    let odd = with_word(init_gain(0, 1), 3, MS_48K + 1);
    bench.send_all(&[create(1), odd, init_gain(1, 1)]);
    let before = bench.picture();
    let (answer, reply) = bench.send(&bind(0x1_0006, GAIN));
    assert_eq!(reply, bytes(&[0x6500_0006, 0]));
    let port = PortId { component: ComponentId::new(6, 0), side: Side::Input, queue: 0 };
    let why = Error::BlockSize { port, bytes: MS_48K + 1, frame_bytes: 8 };
    assert_eq!(answer.reason, Some(Reason::Refused(why)));
    assert_eq!(bench.picture(), before);
}

#[test]
fn instances() {
    let delete = |id: u32| message([0x4b00_0000 | id, 0], &[]);
    check(vec![
        row(("missing", At::Bound), delete(0x5_0006), [0x6b00_0009, 0], refused!(Error::NoModule(_))),
        row(
            ("running", At::Running),
            delete(GAIN),
            [0x6b00_0009, 0],
            refused!(Error::ModuleState { state: ModuleState::Active, .. }),
        ),
    ]);
}

#[test]
fn a_binding_without_room_is_out_of_memory() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    let small = message([0x1102_0000, 0x2000_0000], &[&[0x0100_0007, 0, 0], &[0x0003_0003, 0, 0, 0x1000]]);
    let large = |instance| with_word(with_word(init_gain(instance, 2), 3, 0x2000), 4, 0x2000);
    bench.send_all(&[create(1), small, large(10), large(11)]);
    (0..10).for_each(|instance| bench.send_all(&[init_gain(instance, 1)]));

    let before = bench.picture();
    let (answer, reply) = bench.send(&bind(0xa_0006, 0xb_0006));
    assert_eq!(reply, bytes(&[0x6500_0003, 0]));
    let no_memory = |why| matches!(why, Reason::Refused(Error::Ring { error: WiringError::Memory(_), .. }));
    assert!(answer.reason.is_some_and(no_memory), "{:?}", answer.reason);
    assert_eq!(bench.picture(), before);

    let neighbours = |n: u32| bind(n << 16 | GAIN, (n + 1) << 16 | GAIN);
    (0..8).for_each(|n| bench.send_all(&[neighbours(n)]));
    let before = bench.picture();
    let (answer, reply) = bench.send(&neighbours(8));
    assert_eq!(reply, bytes(&[0x6500_0003, 0]));
    assert_eq!(answer.reason, Some(Reason::Refused(Error::Full { what: "edges", limit: 8 })));
    assert_eq!(bench.picture(), before);
}
