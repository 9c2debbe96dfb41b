//! Passthrough, and the stand-in: audio as it came, memory as it was declared.

use headroom_module::{DeclaredMemory, Domain, Format, ModuleError, SampleFormat};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Arena, Bench, Fan, REGION_BYTES, Recipe, format, words};

fn with_declared(domain: Domain, declared: DeclaredMemory, test: impl FnOnce(&mut Fan<'_>)) {
    let stereo = format(48000, 2, SampleFormat::S16);
    let mut arena = Arena::new();
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
    let mut arena = Arena::new();
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
        driver in prop::sample::select(vec!["passthrough", "stand-in"]),
        stream in any_format(),
        numbers in vec(any::<u32>(), 8..500),
        cuts in vec((1usize..60, 1usize..60), 1..5),
    ) {
        let mut bytes = words(&numbers);
        bytes.truncate(bytes.len() / stream.frame_bytes() * stream.frame_bytes());
        let mut arena = Arena::new();
        let pool = arena.pool();
        let mut bench = Bench::new(&pool, &Recipe::new(driver, stream, []), ((stream, 31), (stream, 17))).unwrap();
        bench.prepare().unwrap();
        prop_assert_eq!(bench.output_format(), stream);
        let sealed = bench.statistics();
        prop_assert_eq!(bench.run(&bytes, &cuts), bytes);
        prop_assert_eq!(bench.statistics(), sealed);
    }
}
