//! A topology whose layout is known from a file that `alsatplg` 1.2.8 made: playback through a host copier, a
//! converter from 44.1 to 48 kHz that runs as a DP module, and a gain.
//!
//! Of that file the order, types and sizes of all arrays are known, but for the 28 bytes behind each of the two
//! mixer controls: the tokens of mute LEDs, which are all that mixer controls carry elsewhere.

use headroom_tplg::records::{Channel, ControlHeader, Mixer, Name, Pcm, Route, StreamCaps, Tlv, Widget};
use headroom_tplg::tuples::{TupleType, Uuid};
use headroom_tplg::write::{WriteError, Writer};
use headroom_tplg::{BlockKind, Token, WidgetKind};

/// Bytes of the file.
pub(crate) const LEN: usize = 4050;

/// The module of the host copier.
pub(crate) const COPIER: Uuid =
    Uuid::from_fields(0x9ba0_0c83, 0xca12, 0x4a83, [0x94, 0x3c, 0x1f, 0xa2, 0xe8, 0x2f, 0x9d, 0xda]);
/// The module of the converter.
pub(crate) const SRC: Uuid =
    Uuid::from_fields(0xe61b_b28d, 0x149a, 0x4c1f, [0xb7, 0x09, 0x46, 0x82, 0x3e, 0xf5, 0xf5, 0xae]);
/// The module of the gain.
pub(crate) const GAIN: Uuid =
    Uuid::from_fields(0x61bc_a9a8, 0x18d0, 0x4a18, [0x8e, 0x7b, 0x26, 0x39, 0x21, 0x98, 0x04, 0xb7]);

/// Tokens of the memory that every widget asks for.
const MEMORY: [(Token, u32); 2] =
    [(Token::COMP_HEAP_BYTES_REQUIREMENT, 24576), (Token::COMP_STACK_BYTES_REQUIREMENT, 8192)];

fn name(text: &str) -> Name {
    Name::new(text).unwrap_or_default()
}

/// Writes the file to `out`.
pub(crate) fn write(out: &mut [u8]) -> Result<usize, WriteError> {
    let mut writer = Writer::new(out);
    writer.manifest(&[3, 0, 29, 0, 1, 0]);
    writer.block(BlockKind::Widget, 1);
    pipeline(&mut writer);
    host_copier(&mut writer);
    src(&mut writer);
    gain(&mut writer);
    writer.block(BlockKind::Pcm, 0);
    pcm(&mut writer);
    writer.block(BlockKind::Graph, 0);
    for (source, sink) in [("host-copier.0.playback", "src.1.1"), ("src.1.1", "gain.1.1")] {
        writer.route(&Route { source: name(source), sink: name(sink), ..Default::default() });
    }
    writer.finish()
}

fn widget(writer: &mut Writer<'_>, kind: WidgetKind, called: &str, stream: &str) {
    let (name, sname) = (name(called), name(stream));
    writer.widget(&Widget { id: kind.raw(), name, sname, reg: -1, ..Default::default() });
}

fn own_control_names(writer: &mut Writer<'_>) {
    writer.numbers(TupleType::Bool, &[(Token::COMP_NO_WNAME_IN_KCONTROL_NAME, 1)]);
}

/// One array of ten tokens, in `alsatplg`'s order: sample type, block size, then the fields from the last on.
fn format(writer: &mut Writer<'_>, first: Token, rate: u32, depth: u32) {
    let block = if first == Token::CAVS_AUDIO_FORMAT_IN_RATE {
        Token::CAVS_AUDIO_FORMAT_IBS
    } else {
        Token::CAVS_AUDIO_FORMAT_OBS
    };
    let token = |n: u32| Token(first.0 + n);
    let (sample_type, fmt_cfg) = (1, 2 | depth << 8 | 1 << 16);
    writer.words(&[
        (token(8), sample_type),
        (block, 2 * rate.div_ceil(1000) * (depth / 8)),
        (token(7), fmt_cfg),
        (token(6), 0),
        (token(5), 1),
        (token(4), 0xffff_ff10),
        (token(3), 2),
        (token(2), depth),
        (token(1), depth),
        (token(0), rate),
    ]);
}

fn input(writer: &mut Writer<'_>, rate: u32, depth: u32) {
    format(writer, Token::CAVS_AUDIO_FORMAT_IN_RATE, rate, depth);
}

fn output(writer: &mut Writer<'_>, rate: u32, depth: u32) {
    format(writer, Token::CAVS_AUDIO_FORMAT_OUT_RATE, rate, depth);
}

fn pipeline(writer: &mut Writer<'_>) {
    widget(writer, WidgetKind::Scheduler, "pipeline.1", "");
    writer.words(&[
        (Token::SCHED_KCPS, 0),
        (Token::SCHED_PERIOD, 1000),
        (Token::SCHED_TIME_DOMAIN, 1),
        (Token::SCHED_PRIORITY, 0),
        (Token::SCHED_CORE, 0),
        (Token::SCHED_DIRECTION, 0),
    ]);
    writer.numbers(TupleType::Bool, &[(Token::SCHED_DIRECTION_VALID, 1)]);
    writer.words(&MEMORY);
    own_control_names(writer);
}

fn host_copier(writer: &mut Writer<'_>) {
    widget(writer, WidgetKind::AifIn, "host-copier.0.playback", "P Playback");
    writer.words(&[
        (Token::COMP_IS_PAGES, 1),
        (Token::COMP_CPC, 1647),
        MEMORY[0],
        MEMORY[1],
        (Token::COMP_NUM_INPUT_AUDIO_FORMATS, 2),
        (Token::COMP_NUM_OUTPUT_AUDIO_FORMATS, 1),
        (Token::COMP_NUM_OUTPUT_PINS, 1),
    ]);
    own_control_names(writer);
    writer.uuids(&[(Token::COMP_UUID, COPIER)]);
    writer.words(&[(Token::DAI_DIRECTION, 0)]);
    writer.words(&[(Token::COPIER_NODE_TYPE, 0)]);
    input(writer, 44100, 16);
    input(writer, 48000, 32);
    output(writer, 44100, 32);
}

fn src(writer: &mut Writer<'_>) {
    widget(writer, WidgetKind::Src, "src.1.1", "");
    own_control_names(writer);
    writer.uuids(&[(Token::COMP_UUID, SRC)]);
    writer.words(&[
        (Token::COMP_NUM_OUTPUT_PINS, 1),
        (Token::COMP_NUM_INPUT_PINS, 1),
        (Token::COMP_DOMAIN_ID, 0),
        (Token::COMP_STACK_BYTES_REQUIREMENT, 2048),
        (Token::COMP_HEAP_BYTES_REQUIREMENT, 24576),
        (Token::COMP_NUM_INPUT_AUDIO_FORMATS, 1),
        (Token::COMP_NUM_OUTPUT_AUDIO_FORMATS, 1),
    ]);
    writer.words(&[(Token::SRC_RATE_OUT, 48000)]);
    writer.texts(&[(Token::COMP_SCHED_DOMAIN, name("DP"))]);
    input(writer, 44100, 32);
    output(writer, 48000, 32);
}

fn gain(writer: &mut Writer<'_>) {
    widget(writer, WidgetKind::Pga, "gain.1.1", "");
    writer.words(&[
        (Token::GAIN_VAL, 0x7fff_ffff),
        (Token::GAIN_RAMP_DURATION, 200_000),
        (Token::GAIN_RAMP_TYPE, 2),
    ]);
    writer.words(&[
        MEMORY[0],
        MEMORY[1],
        (Token::COMP_NUM_OUTPUT_PINS, 1),
        (Token::COMP_NUM_INPUT_PINS, 1),
        (Token::COMP_NUM_INPUT_AUDIO_FORMATS, 1),
        (Token::COMP_NUM_OUTPUT_AUDIO_FORMATS, 1),
    ]);
    own_control_names(writer);
    writer.uuids(&[(Token::COMP_UUID, GAIN)]);
    input(writer, 48000, 32);
    output(writer, 48000, 32);
    let mut data = [0; 32];
    data[..3].copy_from_slice(&[(-9000i32) as u32, 200, 1]);
    let volume = Tlv { size: 136, kind: 1, data };
    mixer(writer, ("P1 Volume", 256, 0x13), volume, (45, &[3, 4]));
    mixer(writer, ("P1 Switch", 259, 3), Tlv::default(), (1, &[16, 3, 4, 17]));
}

/// A mixer control with the highest value `max`, and a shift for each of its `places`.
fn mixer(
    writer: &mut Writer<'_>,
    (called, op, access): (&str, u32, u32),
    tlv: Tlv,
    (max, places): (i32, &[u32]),
) {
    let mut channels = [Channel::default(); 8];
    for (shift, (channel, &id)) in channels.iter_mut().zip(places).enumerate() {
        *channel = Channel { size: 16, reg: 2, shift: shift as i32, id };
    }
    let num_channels = places.len() as u32;
    let header =
        ControlHeader { name: name(called), access, get: op, put: op, tlv, ..Mixer::default().header };
    writer.mixer(&Mixer { header, max, num_channels, channels, ..Default::default() });
    writer.words(&[(Token::MUTE_LED_USE, 0), (Token::MUTE_LED_DIRECTION, 0)]);
}

fn pcm(writer: &mut Writer<'_>) {
    let caps = StreamCaps {
        size: 104,
        name: name("P Playback"),
        formats: [0x444, 0],
        rates: 192,
        channels_min: 2,
        channels_max: 2,
        periods_min: 2,
        periods_max: 256,
        period_size_min: 192,
        period_size_max: 2_097_152,
        buffer_size_min: 384,
        buffer_size_max: 4_194_304,
        ..Default::default()
    };
    let none = StreamCaps::default();
    let pcm = Pcm {
        pcm_name: name("P"),
        dai_name: name("P"),
        playback: 1,
        caps: [caps, none],
        ..Default::default()
    };
    writer.pcm(&pcm);
    writer.numbers(
        TupleType::Bool,
        &[(Token::STREAM_CAPTURE_PAUSE_SUPPORTED, 0), (Token::STREAM_PLAYBACK_PAUSE_SUPPORTED, 0)],
    );
}
