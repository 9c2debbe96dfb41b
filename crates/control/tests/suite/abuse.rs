//! What goes wrong at hosts and in fuzzers, one test each: the faults that users reported of the original, and the like.
//! Each session ends with all pipelines deleted, and the page pool must be as full as at its start.

use headroom_control::Reason;
use headroom_ipc4::DecodeError;
use headroom_runtime::{Error, Owner, PipelineState};

use super::messages::*;
use super::support::{Bench, Ends, arena};
use super::table::with_word;

fn session(test: impl FnOnce(&mut Bench<'_>)) {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    let (at_start, common) = (bench.in_use(), bench.runtime.common_region().interim_used);
    test(&mut bench);
    bench.delete_all();
    assert_eq!(bench.in_use(), at_start, "pages or regions");
    assert_eq!(bench.runtime.common_region().interim_used, common, "the common region");
}

/// Sends what must be refused with this status and without a trace, and returns why it was.
#[track_caller]
fn refused(bench: &mut Bench<'_>, message: &[u8], status: u32) -> Reason {
    let before = bench.picture();
    let (answer, reply) = bench.send(message);
    let got = u32::from_le_bytes(*reply.first_chunk().unwrap()) & 0x00ff_ffff;
    assert_eq!(got, status, "{message:02x?}: {:?}", answer.reason);
    assert_eq!(bench.picture(), before, "{message:02x?}");
    answer.reason.unwrap()
}

#[test]
fn a_module_before_its_pipeline() {
    session(|bench| {
        for init in [init_host(), init_src(0, 1), init_gain(0, 1)] {
            assert_eq!(refused(bench, &init, 104), Reason::Refused(Error::NoPipeline(1)));
        }
        bench.send_all(&stream());
    });
}

#[test]
fn a_binding_that_is_made_twice() {
    session(|bench| {
        bench.send_all(&stream());
        for edge in [bind(HOST, SRC), bind(SRC, GAIN), bind(GAIN, SPEAKER)] {
            let why = refused(bench, &edge, 12);
            assert!(matches!(why, Reason::Refused(Error::PortTaken { .. })), "{why}");
        }
        bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
        (0..20).for_each(|_| bench.tick());
    });
}

#[test]
fn bindings_in_circles() {
    session(|bench| {
        bench.send_all(&[create(1), create(2), init_gain(0, 1), init_gain(1, 1), init_gain(2, 2)]);
        let [a, b, c] = [0x0_0006, 0x1_0006, 0x2_0006];
        let why = refused(bench, &bind(a, a), 12);
        assert!(matches!(why, Reason::Refused(Error::Loop { pipeline: 1, .. })), "{why}");
        bench.send_all(&[bind(a, b), bind(b, a)]);
        for state in [PAUSED, RESET] {
            let why = refused(bench, &set_states(&[2, 1], state), 7);
            assert!(matches!(why, Reason::Refused(Error::Loop { pipeline: 1, .. })), "{why}");
        }
        // Through two pipelines each has an order of its own.
        bench.send_all(&[unbind(b, a), bind(b, c), bind(c, a), set_states(&[1, 2], PAUSED)]);
        bench.send_all(&[set_states(&[1, 2], RUNNING)]);
        (0..20).for_each(|_| bench.tick());
    });
}

#[test]
fn a_pipeline_that_is_bound_by_half() {
    session(|bench| {
        bench.send_all(&[create(1), init_host(), init_gain(0, 1), bind(HOST, GAIN), set_state(1, PAUSED)]);
        refused(bench, &set_state(1, RUNNING), 7);
    });
}

#[test]
fn more_pins_than_the_module_has() {
    session(|bench| {
        bench.send_all(&[create(1), init_gain(0, 1), init_gain(1, 1)]);
        for (source_queue, sink_queue) in [(1, 0), (0, 1), (7, 7)] {
            let sink = 0x1_0006 | sink_queue << 24 | source_queue << 27;
            let why = refused(bench, &message([0x4500_0006, sink], &[]), 12);
            assert!(matches!(why, Reason::Refused(Error::NoPort { ports: 1, .. })), "{why}");
        }
    });
}

#[test]
fn a_delete_while_audio_runs() {
    session(|bench| {
        bench.send_all(&stream());
        bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
        (0..20).for_each(|_| bench.tick());
        refused(bench, &delete(1), 12);
        for id in [HOST, SRC, GAIN, SPEAKER] {
            refused(bench, &message([0x4b00_0000 | id, 0], &[]), 9);
        }
        bench.send_all(&[set_state(1, PAUSED)]);
        refused(bench, &delete(1), 12);
    });
}

#[test]
fn a_list_of_no_pipelines() {
    session(|bench| {
        for state in 0..8 {
            bench.send_all(&[set_states(&[], state)]);
        }
        bench.send_all(&stream());
        bench.send_all(&[set_states(&[], RUNNING)]);
        assert!(bench.runtime.pipelines().all(|pipeline| pipeline.state == PipelineState::Init));
    });
}

#[test]
fn a_payload_bit_without_a_payload() {
    session(|bench| {
        for payload in [&[][..], &[0, 0]] {
            let why = refused(bench, &message([0x1101_0000, 0x2000_0000], &[payload]), 1);
            assert!(matches!(why, Reason::Malformed(DecodeError::PipelinePayload { .. })), "{why}");
        }
        bench.send_all(&[create(1)]);
        let why = refused(bench, &message([0x4000_0006, 0x2001_0000], &[]), 104);
        assert!(matches!(why, Reason::Malformed(DecodeError::ExtendedInit { .. })), "{why}");
    });
}

#[test]
fn vendor_values_larger_than_their_list() {
    session(|bench| {
        bench.send_all(&stream());
        for length in [5, 0x7fff_ffff, 0xffff_fff8, u32::MAX] {
            let why = refused(bench, &message([0x4400_0006, 0x3ff0_000c], &[&[0, length, 0]]), 7);
            assert!(matches!(why, Reason::VendorList(DecodeError::VendorValue { .. })), "{why}");
        }
    });
}

#[test]
fn objects_larger_than_their_payload() {
    session(|bench| {
        bench.send_all(&[create(1)]);
        let (init, header) = (init_src(0, 1), 5);
        for words in [0x12_u32, 0x7fff, 0xffff] {
            refused(bench, &with_word(init.clone(), header, words << 16 | 3), 104);
        }
        let create = message([0x1102_0000, 0x2000_0000], &[&[0x0100_0007, 0, 0], &MEMORY_3]);
        refused(bench, &with_word(create.clone(), 5, 0xffff_0003), 1);
        refused(bench, &with_word(create, 2, 0x01ff_ffff), 1);
    });
}

#[test]
fn sizes_of_all_ones() {
    session(|bench| {
        bench.send_all(&[create(1)]);
        // Blocks: no whole frames, and whole frames of which no ring can be made.
        for (block, status) in [(u32::MAX, 6), (0xffff_fff8, 3), (0x7fff_fff8, 3)] {
            bench.send_all(&[with_word(with_word(init_gain(0, 1), 3, block), 4, block), init_gain(1, 1)]);
            refused(bench, &bind(0x0_0006, 0x1_0006), status);
            bench.send_all(&[0x0_0006, 0x1_0006].map(|id| message([0x4b00_0000 | id, 0], &[])));
        }
        // A gateway's buffer and the length of its configuration.
        for word in [20, 21] {
            refused(bench, &with_word(init_host(), word, u32::MAX), 104);
        }
        // A region, a stack, a list, and parts of configuration.
        let why = refused(bench, &with_word(init_src(0, 1), 8, u32::MAX), 104);
        let whole = Owner::Module(headroom_runtime::ComponentId::new(7, 0));
        assert!(matches!(why, Reason::Refused(Error::RegionSize { owner, .. }) if owner == whole), "{why}");
        bench.send_all(&[with_word(init_src(0, 1), 7, u32::MAX)]);
        refused(bench, &message([0x1300_0003, 1], &[&[u32::MAX, 1]]), 1);
        bench.send_all(&[init_gain(0, 1)]);
        refused(bench, &message([0x4400_0006, 0x2fff_ffff], &[&[0]]), 9);
        refused(bench, &message([0x4400_0006, 0x0fff_ffff], &[&[0]]), 9);
    });
}

#[test]
fn regions_of_nonsense_sizes() {
    session(|bench| {
        bench.send_all(&[create(1)]);
        for heap in [1, 100, 0x0400_0001, 0xffff_0000] {
            refused(bench, &with_word(init_src(0, 1), 8, heap), 104);
        }
        // Five words whose sum has more than 32 bits.
        let header = [0x4000_0007, 0x3001_0014];
        let object = [0x0005_0003, 0, 0, u32::MAX, u32::MAX, 0];
        let base = base([FIVE_MS_16K, FIVE_MS_48K], HZ_16000);
        refused(bench, &message(header, &[&EXTENSION, &object, &base, &[HZ_48000]]), 104);
    });
}

#[test]
fn ids_at_their_limits() {
    session(|bench| {
        bench.send_all(&[create(0), create(254), create(255)]);
        bench.send_all(&[set_states(&[0, 254, 255], PAUSED)]);
        for id in [256, 0xffff_ffff] {
            assert_eq!(refused(bench, &set_states(&[id], PAUSED), 9), Reason::NoSuchPipeline(id));
        }
        // Pipeline 255 exists here, so a module can be in it; instance numbers of gains end at 15.
        bench.send_all(&[init_gain(15, 255)]);
        refused(bench, &init_gain(16, 255), 104);
        refused(bench, &init_gain(255, 255), 104);
        refused(bench, &with_word(init_gain(0, 255), 0, 0x40ff_ffff), 104);
        bench.send_all(&[with_word(
            message([0x40ff_0004, 0x00ff_0015], &[&base([MS_48K; 2], HZ_48000), &copier(HZ_48000, NO_NODE)]),
            0,
            0x40ff_0004,
        )]);
        bench.send_all(&[bind(0xf_0006, 0xff_0004)]);
        refused(bench, &bind(0xff_ffff, 0xff_ffff), 9);
        refused(bench, &message([0x4500_0000 | 0xff_0004, 0x3f00_0000 | 0xf_0006], &[]), 12);
        // Core 15 of a word with room for 16.
        refused(bench, &message([0x1103_0000, 0x00f0_0000], &[]), 116);
        refused(bench, &with_word(init_gain(0, 255), 1, 0x0fff_0010), 104);
    });
}

#[test]
fn states_set_in_any_order_a_hundred_times() {
    session(|bench| {
        bench.send_all(&stream());
        bench.send_all(&[
            set_state(1, PAUSED),
            set_state(1, RUNNING),
            set_state(1, PAUSED),
            set_state(1, RESET),
        ]);
        let figures = |bench: &Bench<'_>| {
            let taken: Vec<_> =
                bench.runtime.modules().map(|module| (module.taken_bytes, module.region)).collect();
            (taken, bench.runtime.common_region().interim_used)
        };
        let before = figures(bench);
        for round in 0..100_u32 {
            bench.send_all(&[set_state(1, RUNNING)]);
            (0..round % 7).for_each(|_| bench.tick());
            bench.send_all(&[set_state(1, PAUSED), set_state(1, RESET)]);
        }
        assert_eq!(figures(bench), before, "a reset gives back what a prepare took");
    });
}

#[test]
fn modules_that_fail_to_be_made_a_thousand_times() {
    session(|bench| {
        bench.send_all(&[create(1)]);
        // Too small a region, no filter, no gateway, no driver, wrong format.
        let inits = [
            with_word(with_word(init_src(0, 1), 8, 0x1000), 13, 44100),
            with_word(init_src(0, 1), 19, 12345),
            with_word(init_host(), 19, 0x1800),
            with_word(init_gain(0, 1), 0, 0x4000_7777),
            with_word(init_gain(0, 1), 7, 8),
        ];
        for _ in 0..200 {
            for init in &inits {
                refused(bench, init, 104);
            }
        }
    });
}

#[test]
fn pipelines_without_end() {
    session(|bench| {
        let memory = message([0x1101_0006, 0x2000_0000], &[&[0x0100_0007, 0, 0], &MEMORY_3]);
        for _ in 0..200 {
            bench.send_all(std::slice::from_ref(&memory));
            bench.send_all(&stream()[1..]);
            bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
            bench.tick();
            bench.send_all(&[set_state(1, PAUSED), set_state(1, RESET), delete(1)]);
        }
        for id in 1..=4 {
            bench.send_all(&[create(id)]);
        }
        refused(bench, &create(5), 3);
    });
}
