//! The copier's channel map, parameter 7: each channel against a copier of that channel alone.

use headroom_module::{Format, ModuleError, SampleFormat};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::fan_out::{alone, any_format, copier, sink_format};
use crate::support::{Bench, Fan, arena, format, from_q31, integers, s16, words};

const STRAIGHT: u32 = 0x7654_3210;

/// Channel `at` of a stream of frames of `format`, alone.
fn channel(stream: &[u8], format: Format, at: usize) -> Vec<u8> {
    let bytes = format.samples().container_bytes();
    let frames = stream.chunks_exact(format.frame_bytes());
    frames.flat_map(|frame| &frame[at * bytes..][..bytes]).copied().collect()
}

/// What a map makes of a stream: its channels, each converted by itself.
fn oracle(from: Format, to: Format, map: u32, stream: &[u8]) -> Vec<u8> {
    let mono = |like: Format| Format::new(48000, 1, like.samples()).unwrap();
    let (bytes, frames) = (to.samples().container_bytes(), stream.len() / from.frame_bytes());
    let channels: Vec<Vec<u8>> = (0..to.channels())
        .map(|to_channel| match (map >> (4 * to_channel) & 0xF) as usize {
            0xF => vec![0; frames * bytes],
            at => alone(mono(from), mono(to), &channel(stream, from, at)),
        })
        .collect();
    let frame = |at: usize| channels.iter().flat_map(move |channel| channel[at * bytes..][..bytes].to_vec());
    (0..frames).flat_map(frame).collect()
}

/// A map of channels that a stream of `inputs` channels has, and silence.
fn any_map(inputs: usize) -> impl Strategy<Value = u32> {
    let nibble = prop_oneof![4 => 0..inputs as u32, 1 => Just(0xF)];
    vec(nibble, 8).prop_map(|nibbles| nibbles.iter().rev().fold(0, |map, nibble| map << 4 | nibble))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_channel_is_that_of_the_map_converted(
        (from, map) in any_format().prop_flat_map(|from| (Just(from), any_map(from.channels()))),
        to in any_format(),
        samples in vec(any::<i32>(), 8..200),
        cuts in vec((1usize..9, 1usize..13), 1..4),
    ) {
        prop_assume!(map != STRAIGHT);
        let mut stream = from_q31(samples, from.samples());
        stream.truncate(stream.len() / from.frame_bytes() * from.frame_bytes());
        let mut arena = arena();
        let pool = arena.pool();
        let mut bench = Bench::new(&pool, &copier(from, to, None), ((from, 7), (to, 11))).unwrap();
        bench.configure(7, &map.to_le_bytes()).unwrap();
        bench.prepare().unwrap();
        let sealed = bench.statistics();
        let got = bench.run(&stream, &cuts);
        prop_assert_eq!(got, oracle(from, to, map, &stream), "{} to {}, {:#x}", from, to, map);
        prop_assert_eq!(bench.statistics(), sealed, "a run takes no memory");
    }
}

#[test]
fn the_map_is_for_all_outputs_holds_from_the_next_run_on_and_straight_is_as_without() {
    let (stereo, mono) = (format(48000, 2, SampleFormat::S16), format(48000, 1, SampleFormat::S16));
    let mut arena = arena();
    let pool = arena.pool();
    let wires = [Some((stereo, 9)), Some((mono, 9))];
    let mut fan = Fan::new(&pool, &copier(stereo, stereo, None), (&[Some((stereo, 9))], &wires)).unwrap();
    fan.configure(2, &sink_format(1, stereo, mono)).unwrap();
    fan.prepare().unwrap();
    let send = |fan: &mut Fan<'_>| {
        fan.push(0, &words(&[0x0006_0002]));
        fan.process();
        (s16(&fan.pull(0)), s16(&fan.pull(1)))
    };
    assert_eq!(fan.configuration(7).unwrap(), words(&[STRAIGHT]));
    assert_eq!(send(&mut fan), (vec![2, 6], vec![4]), "a mean, as nobody said which");
    for (map, both, one) in
        [(0xFFFF_FF01, [6, 2], 6), (0xFFFF_FFF0, [2, 0], 2), (0x00, [2, 2], 2), (STRAIGHT, [2, 6], 4)]
    {
        fan.configure(7, &words(&[map])).unwrap();
        assert_eq!(fan.configuration(7).unwrap(), words(&[map]));
        assert_eq!(send(&mut fan), (both.to_vec(), vec![one]), "{map:#x}");
    }
}

#[test]
fn maps_of_channels_that_are_not_there_or_of_another_size_change_nothing() {
    let (stereo, four) = (format(48000, 2, SampleFormat::S32), format(48000, 4, SampleFormat::S32));
    let mut arena = arena();
    let pool = arena.pool();
    let wires = [Some((stereo, 9)), Some((four, 9))];
    let mut fan = Fan::new(&pool, &copier(stereo, stereo, None), (&[Some((stereo, 9))], &wires)).unwrap();
    let refused = |fan: &mut Fan<'_>, data: &[u8], error| {
        assert_eq!(fan.configure(7, data), Err(error));
        assert_eq!(fan.configuration(7).unwrap(), words(&[0x5401]));
    };
    // The upper two are nobody's yet; an output that comes to have them finds silence there.
    fan.configure(7, &words(&[0x5401])).unwrap();
    let bad = |what, got, max| ModuleError::BadValue { what, got, min: 0, max };
    refused(&mut fan, &words(&[0x20]), bad("channel in a copier's map", 2, 1));
    refused(&mut fan, &words(&[0xE0]), bad("channel in a copier's map", 14, 1));
    refused(&mut fan, &words(&[0, 0]), bad("bytes after the word of a parameter", 4, 0));
    for got in 0..4 {
        let short = ModuleError::ShortPayload { what: "channel map", needed: 4, got };
        refused(&mut fan, &[0; 4][..got], short);
    }
    fan.configure(2, &sink_format(1, stereo, four)).unwrap();
    refused(&mut fan, &words(&[0x5501]), bad("channel in a copier's map", 5, 1));
    fan.prepare().unwrap();
    fan.push(0, &words(&[1, 2]));
    fan.process();
    assert_eq!(integers(&fan.pull(0), SampleFormat::S32), [2, 1]);
    assert_eq!(integers(&fan.pull(1), SampleFormat::S32), [2, 1, 0, 0]);
}
