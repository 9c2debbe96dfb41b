//! The copier's four outputs: formats, readers that rest, attenuation.

use headroom_module::wiring::{Flow, set_flow};
use headroom_module::{Format, ModuleError, SampleFormat};
use headroom_modules::{CopierConfig, SinkFormat};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Bench, Fan, Recipe, Wire, arena, format, s16, s32, words};

pub(crate) fn copier(input: Format, output: Format, node: Option<u32>) -> Recipe {
    let config = CopierConfig { output: output.into(), features: 0, node, buffer_bytes: 0, attributes: 0 };
    Recipe::new("copier", input, config.encode())
}

pub(crate) fn sink_format(output: u32, source: Format, sink: Format) -> Vec<u8> {
    SinkFormat { output, source: source.into(), sink: sink.into() }.encode().to_vec()
}

pub(crate) fn any_format() -> impl Strategy<Value = Format> {
    let samples = [SampleFormat::S16, SampleFormat::S24In32, SampleFormat::S32, SampleFormat::F32];
    (1u8..=8, prop::sample::select(samples.to_vec()))
        .prop_map(|(channels, samples)| format(48000, channels, samples))
}

/// What a copier with this one output gives: the single-output copier is under test elsewhere.
pub(crate) fn alone(input: Format, output: Format, stream: &[u8]) -> Vec<u8> {
    let mut arena = arena();
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &copier(input, output, None), ((input, 400), (output, 400))).unwrap();
    bench.prepare().unwrap();
    bench.run(stream, &[(400, 400)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_output_gives_what_a_copier_of_its_own_would(
        input in any_format(),
        outputs in vec(any_format(), 4),
        bound in prop::sample::subsequence(vec![0usize, 1, 2, 3], 1..=4),
        numbers in vec(any::<u32>(), 8..200),
        cuts in vec(1usize..50, 1..4),
    ) {
        let mut bytes = words(&numbers);
        bytes.truncate(bytes.len() / input.frame_bytes() * input.frame_bytes());
        let mut arena = arena();
        let pool = arena.pool();
        let wires: Vec<Option<Wire>> =
            (0..4).map(|queue| bound.contains(&queue).then_some((outputs[queue], 60))).collect();
        let mut fan = Fan::new(&pool, &copier(input, outputs[0], None), (&[Some((input, 60))], &wires)).unwrap();
        for queue in 1..4u32 {
            fan.configure(2, &sink_format(queue, input, outputs[queue as usize])).unwrap();
        }
        fan.prepare().unwrap();
        let sealed = fan.statistics();
        let (mut rest, mut outs) = (&bytes[..], vec![Vec::new(); 4]);
        for cut in cuts.iter().cycle() {
            let (now, later) = rest.split_at(rest.len().min(cut * input.frame_bytes()));
            fan.push(0, now);
            fan.process();
            bound.iter().for_each(|&queue| outs[queue].extend(fan.pull(queue)));
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(fan.statistics(), sealed);
        for &queue in &bound {
            prop_assert_eq!(&outs[queue], &alone(input, outputs[queue], &bytes), "output {}", queue);
        }
    }
}

#[test]
fn an_output_that_rests_or_is_full_is_what_it_should_be_to_the_others() {
    let mono = format(48000, 1, SampleFormat::S16);
    let mut arena = arena();
    let pool = arena.pool();
    let wires = [Some((mono, 10)), Some((mono, 10)), None, None];
    let mut fan = Fan::new(&pool, &copier(mono, mono, None), (&[Some((mono, 40))], &wires)).unwrap();
    fan.configure(2, &sink_format(1, mono, mono)).unwrap();
    fan.prepare().unwrap();
    fan.push(0, &[0; 60]);
    fan.process();
    fan.process();
    assert_eq!(fan.waiting(0), 20, "a full reader that runs holds the stream");
    fan.pull(0);
    set_flow(&mut fan.outputs[1], Flow::Held);
    fan.process();
    assert_eq!(fan.waiting(0), 10, "one that rests does not");
    set_flow(&mut fan.outputs[0], Flow::Held);
    fan.pull(0);
    fan.process();
    assert_eq!(fan.waiting(0), 10, "with no reader at all audio stays");
}

#[test]
fn attenuation_shifts_wide_outputs_and_is_refused_where_there_is_a_narrow_one() {
    let (wide, narrow) = (format(48000, 1, SampleFormat::S32), format(48000, 1, SampleFormat::S16));
    let mut arena = arena();
    let pool = arena.pool();
    let wires = [Some((wide, 10)), None, None, None];
    let mut fan = Fan::new(&pool, &copier(narrow, wide, None), (&[Some((narrow, 10))], &wires)).unwrap();
    fan.configure(6, &words(&[3])).unwrap();
    assert_eq!(fan.configuration(6).unwrap(), words(&[3]));
    fan.prepare().unwrap();
    let samples = [i16::MIN, -1, 0, 1, i16::MAX];
    fan.push(0, &samples.map(i16::to_le_bytes).concat());
    fan.process();
    assert_eq!(s32(&fan.pull(0)), samples.map(|x| i32::from(x) * 65536 / 8));
    let error = ModuleError::BadValue { what: "attenuation", got: 32, min: 0, max: 31 };
    assert_eq!(fan.configure(6, &words(&[32])), Err(error));
    fan.module.reset();
    fan.configure(2, &sink_format(1, narrow, narrow)).unwrap();
    assert_eq!(
        fan.configure(6, &words(&[3])),
        Err(ModuleError::UnsupportedSamples { got: SampleFormat::S16 })
    );
    assert_eq!(s16(&[]), [0i16; 0]);
}

#[test]
fn sink_formats_that_do_not_fit_are_refused_and_those_set_are_read_back() {
    let mut arena = arena();
    let pool = arena.pool();
    let (stereo, mono) = (format(48000, 2, SampleFormat::S32), format(48000, 1, SampleFormat::S16));
    let wires = [Some((stereo, 10)), Some((mono, 10)), None, None];
    let mut fan =
        Fan::new(&pool, &copier(stereo, stereo, Some(0x100)), (&[Some((stereo, 10))], &wires)).unwrap();
    let got = 1;
    let what = "copier output that has no format";
    assert_eq!(fan.prepare(), Err(ModuleError::BadValue { what, got, min: 0, max: 0 }));
    let changed = |planned, got| Err(ModuleError::FormatChanged { planned, got });
    assert_eq!(fan.configure(2, &sink_format(1, mono, mono)), changed(stereo, mono));
    assert_eq!(fan.configure(2, &sink_format(0, stereo, mono)), changed(stereo, mono), "the gateway's");
    let beyond = ModuleError::BadValue { what: "copier output", got: 4, min: 0, max: 3 };
    assert_eq!(fan.configure(2, &sink_format(4, stereo, mono)), Err(beyond));
    let slow = ModuleError::BadValue { what: "output rate", got: 44100, min: 48000, max: 48000 };
    assert_eq!(fan.configure(2, &sink_format(1, stereo, mono.with_rate(44100))), Err(slow));
    for length in 0..52 {
        let error = fan.configure(2, &sink_format(1, stereo, mono)[..length]).unwrap_err();
        assert!(matches!(error, ModuleError::ShortPayload { got, .. } if got == length), "{error}");
    }
    fan.configure(2, &sink_format(1, stereo, mono)).unwrap();
    let read = [sink_format(0, stereo, stereo), sink_format(1, stereo, mono)].concat();
    assert_eq!(fan.configuration(2).unwrap(), read);
    fan.prepare().unwrap();
    assert_eq!(fan.outputs[1].format(), Some(mono));
    assert_eq!(
        fan.configure(2, &sink_format(1, stereo, stereo)),
        changed(mono, stereo),
        "a stream is prepared"
    );
    fan.configure(2, &sink_format(1, stereo, mono)).unwrap();
}
