//! The link position of copiers with a DAI gateway, parameters 4 and 5.

use headroom_module::{ModuleError, SampleFormat};

use crate::fan_out::copier;
use crate::support::{Fan, arena, format};

const LINK_OUT: u32 = 0x800;
const LINK_IN: u32 = 0x900;

fn with_copier(node: Option<u32>, test: impl FnOnce(&mut Fan<'_>)) {
    let stereo = format(48000, 2, SampleFormat::S16);
    let mut arena = arena();
    let pool = arena.pool();
    let wires = ([Some((stereo, 96))], [Some((stereo, 96))]);
    let mut fan = Fan::new(&pool, &copier(stereo, stereo, node), (&wires.0, &wires.1)).unwrap();
    test(&mut fan);
}

/// Bytes that crossed the link, microseconds, bytes that the copier moved.
fn position(fan: &Fan<'_>) -> [u64; 3] {
    let extended = fan.configuration(5).unwrap();
    assert_eq!(fan.configuration(4).unwrap(), extended[..16]);
    assert_eq!(extended.len(), 24);
    [0, 8, 16].map(|at| u64::from_le_bytes(*extended[at..].first_chunk().unwrap()))
}

#[test]
fn of_playback_it_is_what_the_device_has_taken_by_the_beginning_of_a_run() {
    with_copier(Some(LINK_OUT), |fan| {
        assert_eq!(position(fan), [0; 3]);
        fan.prepare().unwrap();
        fan.push(0, &[0; 48 * 4]);
        fan.process();
        assert_eq!(position(fan), [0, 0, 0], "the first run has just begun");
        fan.process();
        assert_eq!(position(fan), [0, 1000, 192], "moved, but not taken");
        fan.pull(0);
        fan.push(0, &[0; 10 * 4]);
        fan.process();
        assert_eq!(position(fan), [192, 2000, 192]);
        fan.process();
        assert_eq!(position(fan), [192, 3000, 232]);
        fan.module.reset();
        assert_eq!(position(fan), [0; 3]);
    });
}

#[test]
fn of_capture_it_is_what_the_device_has_given() {
    with_copier(Some(LINK_IN), |fan| {
        fan.prepare().unwrap();
        fan.push(0, &[0; 96 * 4]);
        fan.process();
        assert_eq!(position(fan), [384, 0, 0]);
        // Nobody reads from the copier: its output fills up, then its input.
        fan.push(0, &[0; 40 * 4]);
        assert_eq!([fan.process(), fan.process()], [0, 0], "frames that were missing");
        assert_eq!(position(fan), [544, 2000, 384]);
        assert_eq!(fan.waiting(0), 40);
    });
}

#[test]
fn who_has_no_link_has_no_position_and_nobody_can_set_one() {
    for (node, parameters) in [(None, [4, 5]), (Some(0x000), [4, 5]), (Some(0x100), [4, 5])] {
        with_copier(node, |fan| {
            for parameter in parameters {
                let unknown = ModuleError::UnknownParameter { parameter };
                assert_eq!(fan.configuration(parameter), Err(unknown), "{node:?}");
            }
        });
    }
    with_copier(Some(LINK_OUT), |fan| {
        for (parameter, needed) in [(4, 16), (5, 24)] {
            let unknown = ModuleError::UnknownParameter { parameter };
            assert_eq!(fan.configure(parameter, &[0; 24]), Err(unknown));
            let mut reply = [0; 24];
            for got in 0..needed {
                let short = ModuleError::ShortReply { needed, got };
                assert_eq!(fan.module.configuration(parameter, &mut reply[..got]), Err(short));
            }
        }
    });
}

#[test]
fn parameters_that_are_named_and_not_served_are_refused() {
    with_copier(Some(LINK_OUT), |fan| {
        for parameter in [0, 1, 3, 8] {
            let unknown = ModuleError::UnknownParameter { parameter };
            assert_eq!(fan.configure(parameter, &[0; 12]), Err(unknown));
            assert_eq!(fan.configuration(parameter), Err(unknown));
        }
    });
}
