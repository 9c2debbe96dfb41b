//! One stream from its first message to its last: every message and every reply as words.

use std::sync::atomic::Ordering::Relaxed;

use headroom_control::{MAILBOX_BYTES, answer};
use headroom_ipc4::Ignored;
use headroom_module::{Module, ModuleEntry, ModuleError, Pins, Process};
use headroom_runtime::{Domain, Runtime};

use super::messages::*;
use super::support::{Bench, Ends, PLATFORM, PLAYED, arena};

/// What a step does, the message's two header words and its payload, the reply's two words.
type Step = (&'static str, [u32; 2], Vec<Vec<u32>>, [u32; 2]);

/// With the objects as they are since June 2026: three words.
fn three_words() -> Vec<Step> {
    set_up(
        ([0x1101_1006, 0x2000_0000], vec![vec![0x0100_0007, 0, 0], MEMORY_3.to_vec()]),
        ([0x4000_0007, 0x3001_0012], vec![EXTENSION.to_vec(), MEMORY_3.to_vec()]),
    )
}

/// With the objects as they were before: five words.
fn five_words() -> Vec<Step> {
    set_up(
        ([0x1101_1006, 0x2000_0000], vec![vec![0x0100_0009, 0, 0], MEMORY_5.to_vec()]),
        ([0x4000_0007, 0x3001_0014], vec![EXTENSION.to_vec(), MEMORY_5.to_vec()]),
    )
}

type Message = ([u32; 2], Vec<Vec<u32>>);

fn set_up(create: Message, (init_src, mut objects): Message) -> Vec<Step> {
    objects.extend([base([FIVE_MS_16K, FIVE_MS_48K], HZ_16000), vec![HZ_48000]]);
    let host = vec![base([MS_16K, MS_16K], HZ_16000), copier(HZ_16000, HOST_OUT)];
    let gain = vec![base([MS_48K, MS_48K], HZ_48000), volume(UNITY).to_vec()];
    let speaker = vec![base([MS_48K, MS_48K], HZ_48000), copier(HZ_48000, LINK_OUT)];
    vec![
        ("create pipeline 1", create.0, create.1, [0x3100_0000, 0]),
        ("init the host copier", [0x4000_0004, 0x0001_0015], host, [0x6000_0000, 0]),
        ("init the converter", init_src, objects, [0x6000_0000, 0]),
        ("init gain", [0x4000_0006, 0x0001_0010], gain, [0x6000_0000, 0]),
        ("init the speaker copier", [0x4001_0004, 0x0001_0015], speaker, [0x6000_0000, 0]),
        ("bind host to converter", [0x4500_0004, 0x0000_0007], vec![], [0x6500_0000, 0]),
        ("bind converter to gain", [0x4500_0007, 0x0000_0006], vec![], [0x6500_0000, 0]),
        ("bind gain to speaker", [0x4500_0006, 0x0001_0004], vec![], [0x6500_0000, 0]),
        ("halve the gain", [0x4400_0006, 0x3000_0018], vec![volume(HALF).to_vec()], [0x6400_0000, 0]),
        ("to PAUSED", [0x1301_0003, 0], vec![], [0x3300_0000, 0]),
        ("to RUNNING", [0x1301_0004, 0], vec![], [0x3300_0000, 0]),
    ]
}

fn take_down() -> Vec<Step> {
    vec![
        ("to PAUSED, as a list", [0x1300_0003, 1], vec![vec![1, 1]], [0x3300_0000, 0]),
        ("to RESET", [0x1301_0002, 0], vec![], [0x3300_0000, 0]),
        ("delete pipeline 1", [0x1201_0000, 0], vec![], [0x3200_0000, 0]),
    ]
}

fn send(bench: &mut Bench<'_>, steps: &[Step]) {
    for (what, header, payload, reply) in steps {
        let parts: Vec<&[u32]> = payload.iter().map(Vec::as_slice).collect();
        let (answer, got) = bench.send(&message(*header, &parts));
        assert_eq!(answer.reason.map(|reason| reason.to_string()), None, "{what}");
        assert_eq!(got, bytes(reply), "{what}");
    }
}

/// What the messages declare has reached those whom it is for.
fn check_declared(bench: &Bench<'_>) {
    let pipeline = bench.runtime.pipelines().next().unwrap();
    assert_eq!((pipeline.id, pipeline.priority), (1, 2));
    assert_eq!((pipeline.declared_bytes, pipeline.declared_stack), (0x6000, 0x2000));
    let converter = bench.runtime.modules().find(|module| module.domain == Domain::Dp).unwrap();
    assert_eq!((converter.name.as_str(), converter.pipeline), ("src", 1));
    assert_eq!((converter.declared_bytes, converter.stack_bytes), (0x6000, 0x2000));
}

fn plays(steps: &[Step]) {
    let (mut arena, ends) = (arena(), Ends::default());
    let (pool, counts) = (arena.pool(), ends.counts.clone());
    let mut bench = Bench::new(&pool, &ends);
    let before = bench.in_use();

    send(&mut bench, steps);
    assert_eq!(bench.in_use().1, before.1 + 2, "a region for the pipeline and one for the converter");
    check_declared(&bench);
    (0..200).for_each(|_| bench.tick());
    assert_eq!(counts.played.load(Relaxed), 200 * 16);
    let heard = counts.heard.load(Relaxed);
    assert!((180 * 48..200 * 48).contains(&heard), "{heard} frames in 200 ms less the start-up");
    let last = f64::from(counts.last.load(Relaxed));
    assert!((last / f64::from(PLAYED) - 0.5).abs() < 1e-3, "half of what was played, not {last}");

    let (pause, rest) = (take_down()[..1].to_vec(), take_down()[1..].to_vec());
    send(&mut bench, &pause);
    (0..10).for_each(|_| bench.tick());
    assert_eq!(counts.heard.load(Relaxed), heard, "nothing moves while paused");
    send(&mut bench, &rest);
    assert_eq!(bench.in_use(), before, "nothing is left in the pool");
    assert_eq!(bench.runtime.modules().count() + bench.runtime.rings().count(), 0);
}

#[test]
fn a_stream_plays_over_bytes_with_objects_of_three_words() {
    plays(&three_words());
}

#[test]
fn a_stream_plays_over_bytes_with_objects_of_five_words() {
    plays(&five_words());
}

#[test]
fn payload_words_may_leave_the_header_out() {
    let mut steps = three_words();
    steps[0].2[0][0] = 0x0100_0004;
    plays(&steps);
}

#[test]
fn a_reset_stream_starts_again() {
    let (mut arena, ends) = (arena(), Ends::default());
    let (pool, counts) = (arena.pool(), ends.counts.clone());
    let mut bench = Bench::new(&pool, &ends);
    send(&mut bench, &three_words());
    let mut rounds = Vec::new();
    for _ in 0..3 {
        (0..50).for_each(|_| bench.tick());
        rounds.push((counts.heard.swap(0, Relaxed), bench.in_use()));
        bench.send_all(&[set_state(1, RESET), set_state(1, RUNNING)]);
    }
    assert!(rounds[0].0 > 0);
    assert!(rounds.iter().all(|round| *round == rounds[0]), "{rounds:?}");
}

#[test]
fn what_was_configured_is_read_back() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&stream());
    // Room for 1024 bytes; two channels have a setting of 24 each.
    let (answer, reply) = bench.send(&message([0x4300_0006, 0x3000_0400], &[]));
    assert_eq!(answer.reason, None);
    let [left, right] = [0, 1].map(|channel| [channel, HALF, 0, 0, 0, 0]);
    assert_eq!(reply, message([0x6300_0000, 0x3000_0030], &[&left, &right]));
}

/// A module that keeps the data that it is made with.
struct Keeper([u8; 8]);

impl<'m> Module<'m> for Keeper {
    fn process(&mut self, _: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        Ok(())
    }

    fn configuration(&self, _: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        reply[..8].copy_from_slice(&self.0);
        Ok(8)
    }
}

const KEEPER: ModuleEntry = ModuleEntry {
    name: "keeper",
    uuid: [8; 16],
    module: 8,
    pins: Pins { inputs: 0, outputs: 0 },
    init: |cx| {
        let data = cx.config().module_data.unwrap_or_default();
        let kept = data.first_chunk().ok_or(ModuleError::NoGateway { node: 0 })?;
        cx.place(Keeper(*kept))
    },
};

#[test]
fn module_data_of_an_init_message_reaches_its_module() {
    let mut arena = arena();
    let pool = arena.pool();
    let drivers = [KEEPER];
    let mut runtime = Runtime::new(PLATFORM, &pool, &drivers).unwrap();
    let mut mailbox = [0; MAILBOX_BYTES];
    let data = [0x0002_0005, 0xdead_beef, 0x0123_4567];
    let init = message([0x4000_0008, 0x2001_0010], &[&EXTENSION, &data, &base([MS_48K, MS_48K], HZ_48000)]);
    for message in [create(1), init] {
        assert_eq!(answer(&mut runtime, &message, &mut mailbox).reason, None);
    }
    let got = answer(&mut runtime, &message([0x4300_0008, 0x3000_0008], &[]), &mut mailbox);
    assert_eq!(mailbox[..got.length], message([0x6300_0000, 0x3000_0008], &[&data[1..]]));
}

/// A mixout whose second input is listed with blocks of 10 ms and one that no stream can have.
#[test]
fn pins_of_an_init_message_decide_on_the_rings() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    let pin = |block: u32, depth: u32| [&[0, block, HZ_48000, depth][..], &STEREO_S32[1..]].concat();
    let (one, two, three) = (pin(8, 8), pin(10 * MS_48K, 32), pin(MS_48K, 8));
    let pins = [&[3, 0, 0, 0][..], &one, &two, &three].concat();
    let mixout = message([0x4000_0003, 0x0001_0026], &[&base([MS_48K, MS_48K], HZ_48000), &pins]);
    let gains = (0..3).map(|instance| init_gain(instance, 1));
    let inits: Vec<_> = [create(1), mixout].into_iter().chain(gains).collect();
    bench.send_all(&inits);
    let to = |queue: u32| message([0x4500_0006 | queue << 16, queue << 24 | 3], &[]);
    bench.send_all(&[to(0), to(1)]);
    let capacities: Vec<_> = bench.runtime.rings().map(|ring| ring.level.capacity).collect();
    assert_eq!(capacities, [96, 960]);
    let (answer, reply) = bench.send(&to(2));
    assert_eq!(reply, bytes(&[0x6500_000c, 0]));
    let why = answer.reason.map(|reason| reason.to_string());
    assert_eq!(why.as_deref(), Some("module 0x3: container bits is 8; it must be 16 to 32"));
    bench.delete_all();
}

#[test]
fn what_a_message_holds_beyond_what_is_understood_is_told() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    // One object of an unknown id with one word, then a known one with a word too many.
    let objects = [0x0001_00fe, 7, 0x0004_0003, 0, 0x1000, 0x6000, 7];
    let told = Ignored { unknown: 1, extra_words: 1, ..Ignored::NOTHING };
    let (answer, _) = bench.send(&message([0x1101_0000, 0x2000_0000], &[&[0x0100_000a, 0, 0], &objects]));
    assert_eq!((answer.reason, answer.ignored), (None, told));
    let base = base([FIVE_MS_16K, FIVE_MS_48K], HZ_16000);
    let (answer, _) =
        bench.send(&message([0x4000_0007, 0x3001_0015], &[&EXTENSION, &objects, &base, &[HZ_48000]]));
    assert_eq!((answer.reason, answer.ignored), (None, told));
}
