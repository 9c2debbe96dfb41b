//! The seeds of the corpora: small valid inputs that fuzzing starts from.

use headroom_ipc4::{Kind, Notification, Reply, Status};
use headroom_topology::BUNDLED;
use headroom_tplg::records::{Bytes, Dai, Enum, Link, Mixer, Name, Pcm, Route, Widget};
use headroom_tplg::tuples::{TupleType, Uuid};
use headroom_tplg::write::Writer;
use headroom_tplg::{BlockKind, Token, WidgetKind};

use crate::session::messages;

#[path = "../../crates/tplg/tests/common/worked_example.rs"]
mod worked_example;

/// One file of a corpus.
pub struct Seed {
    /// The target, and the folder.
    pub target: &'static str,
    /// The file.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// All seeds of all targets.
pub fn seeds() -> Vec<Seed> {
    ipc4()
        .into_iter()
        .chain(control())
        .chain(topologies())
        .chain(recordings())
        .chain(files())
        .chain(regions())
        .collect()
}

fn seed(target: &'static str, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Seed {
    Seed { target, name: name.into(), bytes: bytes.into() }
}

/// Every message of the valid session, one reply and one notification.
fn ipc4() -> Vec<Seed> {
    const TARGET: &str = "ipc4_decode";
    let mut seeds: Vec<Seed> = messages()
        .into_iter()
        .enumerate()
        .map(|(n, message)| seed(TARGET, format!("message-{n:02}"), message))
        .collect();
    let mut reply = [0; 12];
    Reply {
        kind: Kind::LARGE_CONFIG_GET,
        status: Status::SUCCESS,
        extension: 0x3000_0004,
        payload: &[1, 2, 3, 4],
    }
    .encode(&mut reply)
    .expect("all numbers fit");
    let mut notification = [0; Notification::ENCODED_LEN];
    Notification::PipelineUnderrun { pipeline: 1 }.encode(&mut notification).expect("all numbers fit");
    seeds.extend([seed(TARGET, "reply", reply), seed(TARGET, "notification", notification)]);
    seeds
}

/// Recorded sessions: that of the bundled run, one with all kinds of lines, and fronts of it.
fn recordings() -> Vec<Seed> {
    const TARGET: &str = "session_file";
    const BUNDLED_RUN: &str = include_str!("../../crates/cli/tests/golden/session.ipc");
    let (head, _) = BUNDLED_RUN.split_once("source ").expect("it has a source");
    let file = "source 0x4 file rate=48000 channels=1 samples=float frames=480\n";
    let events = "# all kinds\n@0 > | 0102\n< 30000001 00000000\n@3 ! 1b050000 00000000 | 01020304 05\n@9 panic 0x10007\n@9 end\n";
    let all = [head, file, events].concat();
    let cut = &all[..all.len() - 30];
    vec![
        seed(TARGET, "bundled-run", BUNDLED_RUN),
        seed(TARGET, "all-kinds", all.as_str()),
        seed(TARGET, "broken-off", cut),
        seed(TARGET, "head", head),
    ]
}

/// Sessions, as the target reads them.
fn control() -> Vec<Seed> {
    const TARGET: &str = "control_session";
    let count = messages().len() as u8;
    let whole = |ticks_after: u8| -> Vec<u8> {
        (0..count).flat_map(|n| if n == ticks_after { vec![0, n, 4, 15] } else { vec![0, n] }).collect()
    };
    // The place of the first message to RUNNING.
    let running = 29;
    let mut changed = whole(running);
    // A block size of one frame for the first converter, then a front of a message, then bytes.
    changed.splice(8..10, [1, 4, 1, 11, 8, 0, 0, 0]);
    changed.extend([2, 3, 17, 3, 8, 0, 0, 1, 0x12, 0, 0, 0, 0]);
    let repeated: Vec<u8> = [0, 1, 0, 2, 4, 3].iter().copied().cycle().take(60).collect();
    // From the start on a job is away, until the first reset is refused.
    let mut away = whole(running);
    away.splice(2 * usize::from(running) + 3..2 * usize::from(running) + 4, [1, 5, 5, 4, 5]);
    away.extend([6, 0, 31, 0, 32, 5, 6, 4, 1]);
    vec![
        seed(TARGET, "away", away),
        seed(TARGET, "whole", whole(running)),
        seed(TARGET, "changed", changed),
        seed(TARGET, "repeated", repeated),
        seed(TARGET, "left-running", whole(running)[..2 * usize::from(running) + 4].to_vec()),
    ]
}

fn topologies() -> Vec<Seed> {
    const TARGET: &str = "topology_toml";
    let tiny = "name = \"tiny\"\n\n[[pipeline]]\nid = 1\n\n\
        [[widget]]\nname = \"a\"\nkind = \"host-copier\"\npipeline = 1\n\n\
        [[widget]]\nname = \"b\"\nkind = \"dai-copier\"\npipeline = 1\n\n\
        [[route]]\nfrom = \"a\"\nto = \"b\"\n";
    let circle = format!("{tiny}\n[[route]]\nfrom = \"b\"\nto = \"a\"\n");
    let nowhere = format!("{tiny}\n[[route]]\nfrom = \"b\"\nto = \"ü\"\n");
    let module = format!(
        "{}{}",
        tiny.replace("[[route]]\nfrom = \"a\"\nto = \"b\"\n", ""),
        "[[input]]\nwidget = \"a\"\nsignal = \"sine\"\nrate = 16000\nchannels = 1\nsamples = \"S32\"\nseconds = 0.1\n\n\
         [[widget]]\nname = \"a name that has more than the 43 bytes of a name\"\nkind = \"module\"\npipeline = 1\n\
         module = \"gain\"\nconfig = \"0102\"\nblob = \"beef\"\ncontrols = { switch = 0, enum = 15 }\n\n\
         [[route]]\nfrom = \"a\"\nto = \"a name that has more than the 43 bytes of a name\"\n\n\
         [[route]]\nfrom = \"a name that has more than the 43 bytes of a name\"\nto = \"b\"\n"
    );
    vec![
        seed(TARGET, "bundled", BUNDLED),
        seed(TARGET, "module", module),
        seed(TARGET, "tiny", tiny),
        seed(TARGET, "circle", circle),
        seed(TARGET, "nowhere", nowhere),
    ]
}

/// The worked example, one element of each kind, and a file for IPC3.
fn files() -> Vec<Seed> {
    const TARGET: &str = "tplg_parse";
    let mut example = vec![0; worked_example::LEN];
    worked_example::write(&mut example).expect("its length is known");
    let built = |build: fn(&mut Writer<'_>)| {
        let mut file = vec![0; 1 << 14];
        let mut writer = Writer::new(&mut file);
        build(&mut writer);
        let len = writer.finish().expect("16 KiB are enough, and everything has its place");
        file.truncate(len);
        file
    };
    vec![
        seed(TARGET, "worked-example", example),
        seed(TARGET, "each-kind", built(each_kind)),
        seed(TARGET, "ipc3", built(ipc3)),
    ]
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a short name")
}

fn each_kind(writer: &mut Writer<'_>) {
    // An ABI, and then one item: of type 1, two bytes long.
    writer.manifest(&[3, 0, 29, 0, 1, 0, 1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 7, 7]);
    writer.block(BlockKind::Widget, 1);
    writer.widget(&Widget { id: WidgetKind::Effect.raw(), name: name("eq.1.1"), ..Default::default() });
    writer.words(&[(Token::COMP_STACK_BYTES_REQUIREMENT, 4096), (Token::COMP_NUM_INPUT_AUDIO_FORMATS, 1)]);
    writer.words(&[(Token::CAVS_AUDIO_FORMAT_IN_RATE, 48000), (Token::CAVS_AUDIO_FORMAT_IN_CHANNELS, 2)]);
    writer.uuids(&[(Token::COMP_UUID, Uuid([1; 16]))]);
    writer.texts(&[(Token::COMP_SCHED_DOMAIN, name("DP")), (Token::COMP_INPUT_PIN_BINDING_WNAME, name("a"))]);
    writer.numbers(TupleType::Short, &[(Token::INTEL_SSP_MCLK_ID, 1)]);
    writer.bytes(&Bytes { max: 8, ..Default::default() });
    writer.private(b"SOF4blob");
    writer.block(BlockKind::Mixer, 0);
    writer.mixer(&Mixer { max: 45, num_channels: 2, ..Default::default() });
    writer.words(&[(Token::MUTE_LED_USE, 1)]);
    writer.block(BlockKind::Enum, 0);
    writer.enumerated(&Enum { items: 2, ..Default::default() });
    writer.block(BlockKind::Pcm, 0);
    writer.pcm(&Pcm { playback: 1, ..Default::default() });
    writer.numbers(TupleType::Bool, &[(Token::STREAM_PLAYBACK_PAUSE_SUPPORTED, 1)]);
    writer.block(BlockKind::BackendLink, 0);
    writer.link(&Link { num_hw_configs: 1, ..Default::default() });
    writer.texts(&[(Token::DAI_TYPE, name("SSP"))]);
    writer.block(BlockKind::Dai, 0);
    writer.dai(&Dai { capture: 1, ..Default::default() });
    writer.private(&[1, 2, 3]);
    writer.block(BlockKind::Graph, 0);
    writer.route(&Route { source: name("eq.1.1"), sink: name("eq.1.1"), ..Default::default() });
    writer.block(BlockKind::Data, 0);
    writer.opaque(&[4, 5, 6, 7, 8]);
}

fn ipc3(writer: &mut Writer<'_>) {
    writer.manifest(&[3, 22, 1]);
    writer.block(BlockKind::Widget, 2);
    writer.widget(&Widget { id: WidgetKind::Buffer.raw(), name: name("BUF2.0"), ..Default::default() });
    writer.words(&[(Token::BUF_SIZE, 768), (Token::BUF_CAPS, 113)]);
    writer.widget(&Widget { id: WidgetKind::Pga.raw(), name: name("PGA2.0"), ..Default::default() });
    writer.words(&[(Token::COMP_PERIOD_SINK_COUNT, 2), (Token::COMP_PERIOD_SOURCE_COUNT, 2)]);
    writer.texts(&[(Token::COMP_FORMAT, name("s32le"))]);
    writer.block(BlockKind::Graph, 2);
    writer.route(&Route { source: name("BUF2.0"), sink: name("PGA2.0"), ..Default::default() });
}

/// Operations, as the target reads them: a header of four bytes, then see `src/regions.rs`.
fn regions() -> Vec<Seed> {
    const TARGET: &str = "region_ops";
    // A region of 8 pages, 2^15 bytes.
    let region = [0, 3, 15];
    // Each kind of block once with each placement, then every other one is dropped.
    let mut kinds = vec![15, 0, 3, 0, 0, 3, 15];
    for placement in [0, 3, 1, 0] {
        kinds.extend([3, 0, placement, 0, 100, 3, 4, 0, placement, 0, 70, 0]);
        kinds.extend([5, 0, placement, 0, 0, 20, 6, 0, placement, 0, 6, 0, placement, 1, 6, 0, placement, 2]);
        kinds.extend([7, 0, placement, 0, 7, 0, placement, 1, 10, 0, placement, 0, 0, 200, 4]);
    }
    kinds.extend([0, 2, 4, 3, 1, 0, 0, 1, 0, 3, 1, 0, 0, 9, 12, 8, 4, 8, 5, 2, 0]);
    kinds.extend((0..14).flat_map(|n| [9, 2 * n]));
    // Holes of all lengths, filled again.
    let mut holes = vec![63, 0, 7, 5, 0, 3, 17, 12, 0];
    holes.extend((1..20).flat_map(|lines| [3, 0, 1, 2, lines, 6, 3, 0, 1, 0, 1, 0]));
    holes.extend((0..19).flat_map(|n| [9, n]));
    holes.extend((1..16).flat_map(|lines| [13, 0, 1, 2, lines, if lines % 3 == 0 { 8 } else { 0 }]));
    // Raw blocks under an uncached alias, freed by both addresses, twice, inside and elsewhere.
    let mut raw = vec![31, 0x80, 3, 0, 0, 3, 13, 0, 3, 13];
    raw.extend((0..8).flat_map(|n| [10, 0, n % 4, n % 2, 2, 1 + n, 7]));
    // The lifetime block twice.
    raw.extend([11, 0, 0, 0, 11, 0, 4, 0, 0]);
    raw.extend([
        11, 0, 0, 7, 11, 0, 0x80, 5, 11, 0, 4, 0, 0, 11, 0, 3, 1, 64, 0, 11, 1, 0, 2, 11, 0, 7, 0, 1,
    ]);
    raw.extend([11, 0, 6, 0, 40, 0, 11, 0, 5, 0, 1, 3, 2, 0]);
    // A region in the place of that one, which must not know its blocks.
    raw.extend([0, 3, 13, 12, 1]);
    raw.extend((0..20).flat_map(|line| [11, 1, 6, 0, line, 0]));
    // Regions come and go, on a page of one line each.
    let mut pages = vec![20, 3, 7, 0];
    for n in 0..6 {
        pages.extend([0, 2, n + 1, 3, n, 1, 0, 40, 0, 1, n]);
    }
    pages.extend([2, 1, 2, 1, 9, 1, 2, 2, 2, 2, 9, 1, 0, 4, 0, 0, 2, 9, 0, 7]);
    // What nothing can hold, and nothing.
    let mut refused = vec![3, 1, 1, 0];
    refused.extend(region);
    refused.extend([0, 4, 0, 0, 6, 0, 3, 0, 0, 6, 1, 0, 4, 0, 1, 6, 2, 0, 5, 0, 1, 1, 6, 0]);
    refused
        .extend([3, 0, 1, 7, 0, 10, 0, 0, 0, 7, 0, 3, 0, 1, 0, 9, 0x94, 3, 0, 0, 4, 0, 0, 3, 0, 1, 0, 1, 0]);
    vec![
        seed(TARGET, "kinds", kinds),
        seed(TARGET, "holes", holes),
        seed(TARGET, "raw", raw),
        seed(TARGET, "pages", pages),
        seed(TARGET, "refused", refused),
    ]
}
