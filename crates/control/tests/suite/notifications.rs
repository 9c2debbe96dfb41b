//! What a driver is told unasked.

use headroom_control::notification;
use headroom_ipc4::{ModuleId, Notification};
use headroom_module::ModuleError;
use headroom_module::instance::ComponentId;
use headroom_runtime::{Event, Owner, SizeFrom};

use super::messages::*;
use super::mix;
use super::support::{Bench, Ends, arena};

/// Runs `ticks` ticks and returns what the driver is told in each that has something to tell, as words.
fn told(bench: &mut Bench<'_>, ticks: std::ops::Range<u64>) -> Vec<(u64, Vec<u8>)> {
    let mut told = Vec::new();
    for tick in ticks {
        bench.tick();
        for event in std::iter::from_fn(|| bench.runtime.take_event()) {
            assert!(!event.to_string().is_empty());
            let Some(notification) = notification(&event) else { continue };
            let mut wire = vec![0; Notification::ENCODED_LEN];
            notification.encode(&mut wire).unwrap();
            told.push((tick, wire));
        }
    }
    assert_eq!(bench.runtime.events_lost(), 0);
    told
}

/// Event `kind` of pipeline `pipeline`, with its first three data words.
fn of_pipeline(pipeline: u32, kind: u32, data: [u32; 3]) -> Vec<u8> {
    message([0x1b05_0000, 0], &[&[1, pipeline, kind, 0], &data, &[0; 3]])
}

fn underrun(pipeline: u32) -> Vec<u8> {
    of_pipeline(pipeline, 6, [0; 3])
}

fn overrun(pipeline: u32) -> Vec<u8> {
    of_pipeline(pipeline, 7, [0; 3])
}

/// A mixer that had none of the 96 frames that its ring holds.
fn mixer_underrun(pipeline: u32, end_of_stream: u32) -> Vec<u8> {
    of_pipeline(pipeline, 1, [end_of_stream, 0, 96])
}

const MICROPHONE: u32 = 0x2_0004;
const LINK_IN: u32 = 0x900;
const HOST_IN: u32 = 0x100;

/// A copier of pipeline `pipeline` with a gateway, at 48 kHz.
fn init_gate(id: u32, pipeline: u32, node: u32) -> Vec<u8> {
    let parts: [&[u32]; 2] = [&base([MS_48K, MS_48K], HZ_48000), &copier(HZ_48000, node)];
    message([0x4000_0000 | id, pipeline << 16 | 0x15], &parts)
}

/// From a gateway in pipeline 1 to one in pipeline 2.
fn two_ends([from, to]: [u32; 2]) -> Vec<Vec<u8>> {
    vec![
        create(1),
        create(2),
        init_gate(MICROPHONE, 1, from),
        init_gate(SPEAKER, 2, to),
        bind(MICROPHONE, SPEAKER),
        set_states(&[2, 1], PAUSED),
        set_states(&[2, 1], RUNNING),
    ]
}

#[test]
fn a_starved_sink_is_told_once_until_it_is_fed_again() {
    let dry = |tick| matches!(tick, 10..20 | 40 | 50..1050);
    let (mut arena, ends) = (arena(), Ends { dry: Some(dry), ..Ends::default() });
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&two_ends([HOST_OUT, LINK_OUT]));
    let expected = [10, 40, 50].map(|tick| (tick, underrun(2)));
    assert_eq!(told(&mut bench, 0..1050), expected);
    // A stream that begins anew has not been told of; before its first frame there is nothing to miss.
    bench.send_all(&[set_states(&[2, 1], RESET), set_states(&[2, 1], RUNNING)]);
    assert_eq!(told(&mut bench, 1050..1060), []);
    bench.delete_all();
}

#[test]
fn what_captures_is_told_of_overruns_at_either_end() {
    let dry = |tick| (30..40).contains(&tick);
    let (mut arena, ends) = (arena(), Ends { dry: Some(dry), ..Ends::default() });
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&two_ends([LINK_IN, HOST_IN]));
    assert_eq!(told(&mut bench, 0..10), []);
    // The host stops to read: when the microphone's buffer of two blocks is full there is no room.
    bench.send_all(&[set_state(2, PAUSED)]);
    assert_eq!(told(&mut bench, 10..20), [(12, overrun(1))]);
    bench.send_all(&[set_state(2, RUNNING)]);
    // The sink has what was held, and goes on with it through two of the ticks without new frames.
    let [(tick, wire)] = &told(&mut bench, 20..40)[..] else { panic!("one overrun") };
    assert_eq!((30..40).contains(tick).then_some(wire), Some(&overrun(2)));
    bench.delete_all();
}

#[test]
fn a_starved_mixer_is_told_once_in_its_period() {
    let dry = |tick| (20..55).contains(&tick);
    let (mut arena, ends) = (arena(), Ends { dry: Some(dry), ..Ends::default() });
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&mix::set_up());
    assert_eq!(told(&mut bench, 0..20), []);
    // The period of the second one: 7 ticks.
    bench.send_all(&[message([0x4200_0000 | mix::mixin(1), 7], &[])]);
    let got = told(&mut bench, 20..41);
    let mut expected: Vec<_> = [20, 30, 40].map(|tick| (tick, mixer_underrun(1, 0))).into();
    expected.extend([20, 27, 34].map(|tick| (tick, mixer_underrun(2, 0))));
    expected.sort();
    assert_eq!(got, expected);
    // The first one's stream is known to end.
    bench.send_all(&[set_state(1, EOS)]);
    let got = told(&mut bench, 41..55);
    assert_eq!(got, [(41, mixer_underrun(2, 0)), (48, mixer_underrun(2, 0)), (50, mixer_underrun(1, 1))]);
    assert_eq!(told(&mut bench, 55..80), [], "fed again");
    bench.delete_all();
}

#[test]
fn a_module_that_fails_is_told_and_nothing_else_is() {
    let (mut arena, ends) = (arena(), Ends::failing());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&stream());
    bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
    (0..10).for_each(|_| bench.tick());
    let told: Vec<_> =
        std::iter::from_fn(|| bench.runtime.take_event()).filter_map(|e| notification(&e)).collect();
    let id = ModuleId { module: 6, instance: 0 };
    assert_eq!(told, [Notification::ProcessDataError { id, error: -5 }]);
    let mut wire = [0; Notification::ENCODED_LEN];
    told[0].encode(&mut wire).unwrap();
    assert_eq!(wire[..], bytes(&[0x1b05_0000, 0, 0, 6, 3, 0, -5_i32 as u32, 0, 0, 0, 0, 0]));
}

#[test]
fn errors_have_the_originals_numbers() {
    let component = ComponentId::new(0xabcd, 0xff);
    let id = ModuleId { module: 0xabcd, instance: 0xff };
    for (error, number) in
        [(ModuleError::Overdrawn { asked: 2, granted: 1 }, -22), (ModuleError::NoGateway { node: 1 }, -5)]
    {
        let told = notification(&Event::Fault { component, error });
        assert_eq!(told, Some(Notification::ProcessDataError { id, error: number }));
    }
    let made = Event::RegionMade { owner: Owner::Pipeline(1), bytes: 4096, from: SizeFrom::Message };
    assert_eq!(notification(&made), None);
}
