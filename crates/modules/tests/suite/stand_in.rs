//! Passthrough, and the stand-in: audio as it came, memory as it was declared.

use headroom_module::instance::DeclaredMemory;
use headroom_module::schedule::Domain;
use headroom_module::wire::{PinConfig, PinConfigs};
use headroom_module::{Format, ModuleError, Pins, SampleFormat};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Bench, Fan, REGION_BYTES, Recipe, arena, format, s32, words};

fn with_declared(domain: Domain, declared: DeclaredMemory, test: impl FnOnce(&mut Fan<'_>)) {
    let stereo = format(48000, 2, SampleFormat::S16);
    let mut arena = arena();
    let pool = arena.pool();
    let recipe = Recipe { domain, declared, ..Recipe::new("stand-in", stereo, [0xAA; 33]) };
    let wire = Some((stereo, 100));
    let wires = ([wire, None, wire, None], [wire, wire, None, None]);
    test(&mut Fan::new(&pool, &recipe, (&wires.0, &wires.1)).unwrap());
}

#[test]
fn a_stand_in_sends_its_first_input_everywhere_and_hears_the_others() {
    with_declared(Domain::Ll, DeclaredMemory::default(), |fan| {
        fan.prepare().unwrap();
        let audio = words(&(0..50).collect::<Vec<_>>());
        fan.push(0, &audio);
        fan.push(2, &words(&[9; 70]));
        fan.process();
        assert_eq!([fan.pull(0), fan.pull(1)], [audio.clone(), audio]);
        assert_eq!([fan.waiting(0), fan.waiting(2)], [0, 0]);
    });
}

/// What a module makes of its input is known from the pins that are listed for it.
#[test]
fn a_stand_in_gives_each_output_the_format_that_is_listed() {
    let (stereo, quad) = (format(48000, 2, SampleFormat::S16), format(48000, 4, SampleFormat::S32));
    let listed = |outputs: &[Format]| {
        let pins = Pins { inputs: 1, outputs: outputs.len() as u8 };
        let mut bytes = PinConfigs::header(pins).to_vec();
        for (n, pin) in [&[stereo], outputs].concat().into_iter().enumerate() {
            bytes.extend(PinConfig { block: 0, format: pin.into() }.encode(n as u32));
        }
        bytes
    };
    let mut arena = arena();
    let pool = arena.pool();
    let recipe = Recipe::new("stand-in", stereo, listed(&[quad, stereo]));
    let wires = ([Some((stereo, 100))], [Some((quad, 100)), Some((stereo, 100))]);
    let mut fan = Fan::new(&pool, &recipe, (&wires.0, &wires.1)).unwrap();
    fan.prepare().unwrap();
    let audio: Vec<u8> = [1_i16, -2, 3, -4].into_iter().flat_map(i16::to_le_bytes).collect();
    fan.push(0, &audio);
    fan.process();
    assert_eq!(s32(&fan.pull(0)), [1 << 16, -2 << 16, 0, 0, 3 << 16, -4 << 16, 0, 0]);
    assert_eq!(fan.pull(1), audio);
    drop(fan);
    let slower = Recipe::new("stand-in", stereo, listed(&[format(16000, 2, SampleFormat::S16)]));
    let mut fan = Fan::new(&pool, &slower, (&wires.0, &wires.1)).unwrap();
    let no_converter = ModuleError::UnsupportedRates { from: 48000, to: 16000 };
    assert_eq!(fan.prepare(), Err(no_converter), "it can't stand in for a converter");
    drop(fan);
    let beside = Recipe::new("stand-in", stereo, listed(&[stereo, format(16000, 2, SampleFormat::S16)]));
    let wires = ([Some((stereo, 100))], [Some((stereo, 100)), None]);
    let mut fan = Fan::new(&pool, &beside, (&wires.0, &wires.1)).unwrap();
    assert_eq!(fan.prepare(), Ok(()), "nobody reads what it can't give");
    fan.push(0, &audio);
    fan.process();
    assert_eq!(fan.pull(0), audio);
}

#[test]
fn a_stand_in_takes_any_parameter() {
    with_declared(Domain::Ll, DeclaredMemory::default(), |fan| {
        assert_eq!(fan.configure(200, &[1, 2, 3]), Ok(()));
        fan.prepare().unwrap();
        assert_eq!(fan.configure(u32::MAX, &[]), Ok(()));
    });
}

#[test]
fn in_ll_it_takes_the_declared_bytes_by_phase() {
    let declared = DeclaredMemory { lifetime_bytes: 5000, interim_bytes: 3000 };
    let mut bare = 0;
    with_declared(Domain::Ll, DeclaredMemory::default(), |fan| bare = fan.statistics().lifetime_bytes);
    with_declared(Domain::Ll, declared, |fan| {
        assert_eq!(fan.statistics().lifetime_bytes, bare + 5000);
        for _ in 0..2 {
            fan.prepare().unwrap();
            let used = fan.statistics().interim_used;
            assert!((3000..3100).contains(&used), "{used}");
            fan.process();
            assert_eq!(fan.statistics().interim_used, used);
            fan.module.reset();
            assert_eq!(fan.statistics().interim_used, 0);
        }
    });
}

#[test]
fn in_dp_it_takes_what_is_left_of_its_region() {
    with_declared(Domain::Dp, DeclaredMemory { lifetime_bytes: REGION_BYTES, interim_bytes: 0 }, |fan| {
        let lifetime = fan.statistics().lifetime_bytes;
        assert!(lifetime < 1000, "only itself: {lifetime}");
        fan.seal();
        fan.prepare().unwrap();
        let figures = fan.statistics();
        assert_eq!((figures.largest_free, figures.spare), (0, 0));
        fan.prepare().unwrap();
        assert_eq!(fan.statistics().interim_used, figures.interim_used, "once is enough");
    });
}

#[test]
fn what_does_not_fit_is_refused() {
    let stereo = format(48000, 2, SampleFormat::S16);
    let mut arena = arena();
    let pool = arena.pool();
    let declared = DeclaredMemory { lifetime_bytes: 5000, interim_bytes: 0 };
    let recipe = Recipe { declared, ..Recipe::new("stand-in", stereo, []) }.ll();
    let region = pool.region(1, 4096).unwrap();
    assert!(matches!(recipe.make(&region).err(), Some(ModuleError::Memory(_))));
    assert_eq!(region.statistics().lifetime_blocks, 0);
}

fn any_format() -> impl Strategy<Value = Format> {
    let samples = [SampleFormat::S16, SampleFormat::S24In32, SampleFormat::S32, SampleFormat::F32];
    (1u8..=8, prop::sample::select(samples.to_vec()))
        .prop_map(|(channels, samples)| format(48000, channels, samples))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn passthrough_and_stand_in_give_out_every_byte_as_it_came(
        row in prop::sample::select(vec!["passthrough", "stand-in"]),
        stream in any_format(),
        numbers in vec(any::<u32>(), 8..500),
        cuts in vec((1usize..60, 1usize..60), 1..5),
    ) {
        let mut bytes = words(&numbers);
        bytes.truncate(bytes.len() / stream.frame_bytes() * stream.frame_bytes());
        let mut arena = arena();
        let pool = arena.pool();
        let mut bench = Bench::new(&pool, &Recipe::new(row, stream, []), ((stream, 31), (stream, 17))).unwrap();
        bench.prepare().unwrap();
        prop_assert_eq!(bench.output_format(), stream);
        let sealed = bench.statistics();
        prop_assert_eq!(bench.run(&bytes, &cuts), bytes);
        prop_assert_eq!(bench.statistics(), sealed);
    }
}
