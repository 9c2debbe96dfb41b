//! The copier on real rings: every format pair against plain arithmetic, channels, gateways, wrong use.

use headroom_module::gateway::GatewayDirection;
use headroom_module::wire::AudioFormat;
use headroom_module::{Format, ModuleError, SampleFormat};
use headroom_modules::CopierConfig;
use proptest::prelude::*;

use crate::support::{self, Bench, Recipe, arena, f32s, format, s16, s32};

const FORMATS: [SampleFormat; 4] =
    [SampleFormat::S16, SampleFormat::S24In32, SampleFormat::S32, SampleFormat::F32];

fn config(output: Format) -> CopierConfig {
    let output = AudioFormat::from(output);
    CopierConfig { output, features: 0, node: None, buffer_bytes: 0, attributes: 0 }
}

fn copier(input: Format, output: Format) -> Recipe {
    Recipe::new("copier", input, config(output).encode())
}

/// Sends `stream` through a copier whose rings have room for few frames, so that they wrap often.
fn convert(from: Format, to: Format, stream: &[u8], cuts: &[(usize, usize)]) -> Vec<u8> {
    let mut arena = arena();
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &copier(from, to), ((from, 7), (to, 11))).unwrap();
    bench.prepare().unwrap();
    assert_eq!(bench.output_format(), to);
    bench.run(stream, cuts)
}

/// The oracle's sample: exact, in units of full scale (integers) or as given (float).
#[derive(Clone, Copy, Debug)]
enum Value {
    Integer(i64),
    Float(f32),
}

fn read(bytes: &[u8], format: SampleFormat) -> Vec<Value> {
    let integers = |samples: Vec<i32>, scale: i64| -> Vec<Value> {
        samples.into_iter().map(|x| Value::Integer(i64::from(x) * scale)).collect()
    };
    match format {
        SampleFormat::S16 => integers(s16(bytes).into_iter().map(i32::from).collect(), 1 << 16),
        SampleFormat::S24In32 => integers(s32(bytes).into_iter().map(|x| x << 8 >> 8).collect(), 1 << 8),
        SampleFormat::S32 => integers(s32(bytes), 1),
        SampleFormat::F32 => f32s(bytes).into_iter().map(Value::Float).collect(),
    }
}

fn write(value: Value, format: SampleFormat) -> Vec<u8> {
    let unit = match value {
        Value::Integer(x) => x as f64 / 2f64.powi(31),
        Value::Float(x) => f64::from(x),
    };
    let integer = |bits: i32| {
        let full = 2f64.powi(bits - 1);
        // `NaN as i32` is 0.
        (unit * full + 0.5).floor().clamp(-full, full - 1.0) as i32
    };
    match format {
        SampleFormat::S16 => (integer(16) as i16).to_le_bytes().to_vec(),
        SampleFormat::S24In32 => integer(24).to_le_bytes().to_vec(),
        SampleFormat::S32 => integer(32).to_le_bytes().to_vec(),
        SampleFormat::F32 => (unit as f32).to_le_bytes().to_vec(),
    }
}

fn mean(frame: &[Value]) -> Value {
    let count = frame.len() as i64;
    let (mut sum, mut float) = (0, 0.0);
    for value in frame {
        match value {
            Value::Integer(x) => sum += x,
            Value::Float(x) => float += x,
        }
    }
    match frame[0] {
        Value::Integer(_) => Value::Integer((2 * sum + count).div_euclid(2 * count)),
        Value::Float(_) => Value::Float(float / count as f32),
    }
}

fn oracle(from: Format, to: Format, stream: &[u8]) -> Vec<u8> {
    if from == to {
        return stream.to_vec();
    }
    let mut out = Vec::new();
    for frame in read(stream, from.samples()).chunks_exact(from.channels()) {
        for channel in 0..to.channels() {
            let value = match (from.channels(), to.channels()) {
                (1, _) => frame[0],
                (many, 1) if many > 1 => mean(frame),
                _ => frame.get(channel).copied().unwrap_or(Value::Integer(0)),
            };
            out.extend(write(value, to.samples()));
        }
    }
    out
}

/// The same words, except that any NaN is any other NaN.
fn comparable(bytes: &[u8], format: SampleFormat) -> Vec<String> {
    match format {
        SampleFormat::S16 => s16(bytes).iter().map(ToString::to_string).collect(),
        SampleFormat::S24In32 | SampleFormat::S32 => s32(bytes).iter().map(ToString::to_string).collect(),
        // Adding 0 makes -0 and 0 the same.
        SampleFormat::F32 => f32s(bytes).iter().map(|x| (x + 0.0).to_string()).collect(),
    }
}

fn any_format() -> impl Strategy<Value = Format> {
    let samples = prop::sample::select(FORMATS.to_vec());
    (1u8..=8, samples).prop_map(|(channels, samples)| format(48000, channels, samples))
}

/// Words of all kinds: any bits (NaN and infinity among them), and floats about full scale.
fn any_word() -> impl Strategy<Value = u32> {
    prop_oneof![any::<u32>(), (-1.5f32..1.5).prop_map(f32::to_bits), (-8i32..8).prop_map(|x| x as u32)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_format_becomes_any_other_as_the_oracle_says(
        from in any_format(),
        to in any_format(),
        words in prop::collection::vec(any_word(), 8..400),
        cuts in prop::collection::vec((1usize..9, 1usize..13), 1..8),
    ) {
        let mut stream = support::words(&words);
        stream.truncate(stream.len() / from.frame_bytes() * from.frame_bytes());
        let (got, expected) = (convert(from, to, &stream, &cuts), oracle(from, to, &stream));
        prop_assert_eq!(comparable(&got, to.samples()), comparable(&expected, to.samples()));
    }

    #[test]
    fn whatever_the_payload_is_init_gives_a_module_or_an_error(
        payload in prop::collection::vec(any::<u8>(), 0..80), samples in any_format(), rate: u32,
    ) {
        let mut arena = arena();
        let pool = arena.pool();
        let region = pool.region(1, 8192).unwrap();
        let made = Recipe::new("copier", samples.with_rate(rate), payload).make(&region);
        prop_assert!(made.is_ok() || region.statistics().lifetime_blocks == 0);
    }
}

#[test]
fn all_sixteen_format_pairs_on_values_at_the_edges() {
    let samples =
        [i32::MIN, i32::MIN + 1, -0x8000, -0x7FFF, -129, -128, -1, 0, 1, 127, 128, 0x7FFF, 0x8000, i32::MAX];
    for from in FORMATS {
        for to in FORMATS {
            let (from, to) = (format(48000, 1, from), format(48000, 1, to));
            let stream = support::from_q31(samples, from.samples());
            assert_eq!(convert(from, to, &stream, &[(3, 3)]), oracle(from, to, &stream), "{from} to {to}");
        }
    }
}

#[test]
fn channel_tables() {
    let through = |from: u8, to: u8, frame: &[i32]| {
        let (from, to) = (format(48000, from, SampleFormat::S32), format(48000, to, SampleFormat::S32));
        s32(&convert(from, to, &support::from_q31(frame.iter().copied(), SampleFormat::S32), &[(1, 1)]))
    };
    assert_eq!(through(2, 2, &[10, 20]), [10, 20]);
    assert_eq!(through(1, 3, &[10]), [10, 10, 10]);
    assert_eq!(through(2, 1, &[10, 21]), [16]);
    assert_eq!(through(3, 1, &[i32::MAX; 3]), [i32::MAX]);
    assert_eq!(through(4, 2, &[1, 2, 3, 4]), [1, 2]);
    assert_eq!(through(2, 4, &[1, 2]), [1, 2, 0, 0]);
}

#[test]
fn the_same_format_is_copied_byte_for_byte() {
    let dirty = support::words(&[0xAB00_0001, 0x7FFF_FFFF, 0xFF80_0000]);
    for samples in [SampleFormat::S24In32, SampleFormat::F32] {
        let mono = format(48000, 1, samples);
        assert_eq!(convert(mono, mono, &dirty, &[(2, 1)]), dirty);
    }
}

fn gateway_of(
    node: u32,
    buffer_bytes: u32,
    blocks: (u32, u32),
) -> Result<headroom_module::gateway::Gateway, ModuleError> {
    let mut arena = arena();
    let pool = arena.pool();
    let region = pool.region(1, 4096).unwrap();
    let (input, output) = (format(44100, 2, SampleFormat::S16), format(44100, 2, SampleFormat::S32));
    let config = CopierConfig { node: Some(node), buffer_bytes, ..config(output) };
    let recipe = Recipe { blocks, ..Recipe::new("copier", input, config.encode()) };
    recipe.make(&region).map(|module| module.gateway().unwrap())
}

#[test]
fn gateways_stand_on_the_side_that_audio_crosses() {
    let host = gateway_of(0x003, 4000, (0, 0)).unwrap();
    assert_eq!((host.direction, host.format.samples()), (GatewayDirection::In, SampleFormat::S16));
    assert_eq!((host.node, host.component.word(), host.buffer_bytes), (3, 4, 4000));
    let dai = gateway_of(0x805, 4000, (0, 0)).unwrap();
    assert_eq!((dai.direction, dai.format.samples()), (GatewayDirection::Out, SampleFormat::S32));
    assert_eq!(gateway_of(0x1F00, 0, (0, 0)), Err(ModuleError::NoGateway { node: 0x1F00 }));
}

#[test]
fn gateway_buffers_have_two_periods_and_whole_frames() {
    // A tick of 44.1 kHz has 45 frames, rounded up: 4 bytes each in, 8 out.
    assert_eq!(gateway_of(0x000, 0, (0, 0)).unwrap().buffer_bytes, 2 * 45 * 4);
    assert_eq!(gateway_of(0x800, 0, (0, 0)).unwrap().buffer_bytes, 2 * 45 * 8);
    // A larger block is the period, of the side that the gateway is on.
    assert_eq!(gateway_of(0x000, 0, (1000, 5000)).unwrap().buffer_bytes, 2000);
    assert_eq!(gateway_of(0x800, 0, (1000, 5000)).unwrap().buffer_bytes, 10_000);
    // More if asked for, in whole frames.
    assert_eq!(gateway_of(0x800, 20_001, (1000, 5000)).unwrap().buffer_bytes, 20_008);
    let error = gateway_of(0x800, u32::MAX, (0, 0)).unwrap_err();
    let max = u32::MAX - 8;
    assert_eq!(error, ModuleError::BadValue { what: "gateway buffer size", got: u32::MAX, min: 0, max });
    assert_eq!(gateway_of(0x800, u32::MAX - 8, (0, 0)).unwrap().buffer_bytes, u32::MAX - 7);
}

#[test]
fn every_truncation_of_the_payload_is_a_short_payload() {
    let mut arena = arena();
    let pool = arena.pool();
    let region = pool.region(1, 4096).unwrap();
    let stereo = format(48000, 2, SampleFormat::S16);
    for length in 0..CopierConfig::BYTES {
        let recipe = Recipe::new("copier", stereo, &config(stereo).encode()[..length]);
        let error = recipe.make(&region).err().unwrap();
        assert!(matches!(error, ModuleError::ShortPayload { got, .. } if got == length), "{error:?}");
    }
    assert_eq!(region.statistics().lifetime_blocks, 0);
}

#[test]
fn rates_of_both_sides_must_be_equal() {
    let mut arena = arena();
    let pool = arena.pool();
    let region = pool.region(1, 4096).unwrap();
    let (input, output) = (format(44100, 2, SampleFormat::S16), format(48000, 2, SampleFormat::S16));
    let error = copier(input, output).make(&region).err();
    assert_eq!(
        error,
        Some(ModuleError::BadValue { what: "output rate", got: 48000, min: 44100, max: 44100 })
    );
}

#[test]
fn a_changed_stream_is_refused_with_both_formats() {
    let mut arena = arena();
    let pool = arena.pool();
    let planned = format(48000, 2, SampleFormat::S24In32);
    let output = format(48000, 2, SampleFormat::S32);
    let mut bench = Bench::new(&pool, &copier(planned, output), ((planned, 48), (output, 48))).unwrap();
    for got in [planned.with_rate(44100), output] {
        bench.announce(got);
        assert_eq!(bench.prepare(), Err(ModuleError::FormatChanged { planned, got }));
    }
    bench.announce(planned);
    assert_eq!(bench.prepare(), Ok(()));
}

#[test]
fn a_rate_that_only_the_stream_knows_goes_on_to_the_output() {
    let mut arena = arena();
    let pool = arena.pool();
    let (input, output) = (format(0, 1, SampleFormat::S16), format(0, 2, SampleFormat::F32));
    let mut bench = Bench::new(&pool, &copier(input, output), ((input, 48), (output, 48))).unwrap();
    bench.announce(input.with_rate(32000));
    bench.prepare().unwrap();
    assert_eq!(bench.output_format(), output.with_rate(32000));
}
