//! Bundled topologies as the files that drivers load, seen with the eyes of a reader, and of `alsatplg` where it is.

use std::process::Command;

use headroom_testbench::folder;
use headroom_topology::Error;
use headroom_tplg::{AudioFormat, Heap, Memory, Token, TokenEra, Topology, WidgetKind};

use crate::support::{bundled as text, compile, decompile, golden};

fn compiled(name: &str) -> Vec<u8> {
    compile(name, text(name)).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

fn bundled() -> Vec<String> {
    headroom_testbench::bundled().into_iter().map(|(name, _)| name).collect()
}

/// One for each feature: playback, capture, two PCMs in a mix across pipelines, a DP converter, eight channels, capture
/// with a converter.
const SHOWN: [&str; 6] = [
    "playback.toml",
    "capture.toml",
    "playback-two-pcms.toml",
    "playback-src.toml",
    "playback-8-channels.toml",
    "capture-src-lite.toml",
];

#[test]
fn every_bundled_topology_becomes_a_file_that_a_driver_could_play() {
    for name in bundled() {
        let file = compiled(&name);
        let topology = Topology::parse(&file).unwrap();
        topology.check().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(topology.abi().unwrap().to_string(), "3.29.1 (IPC4)");
        let shown = decompile(&name, &file).unwrap();
        assert!(compile(&name, shown.clone()).unwrap() == file, "{name} as text is another file");
        // The counts of the manifest are right: only wrong ones are shown.
        assert!(!shown.contains("_elems ="), "{name} is miscounted");
        if SHOWN.contains(&name.as_str()) {
            golden(&name, &shown);
        }
    }
}

/// `alsatplg -d` of alsa-utils.
#[test]
fn alsatplg_decodes_every_bundled_topology() {
    if Command::new("alsatplg").arg("--version").output().is_err() {
        eprintln!("\n*** SKIPPED: there is no alsatplg; Debian has it in alsa-utils ***\n");
        return;
    }
    let (_folder, path) = folder();
    for name in bundled() {
        let (file, decoded) = (path("compiled.tplg"), path("decoded.conf"));
        std::fs::write(&file, compiled(&name)).unwrap();
        let done = Command::new("alsatplg").arg("-d").arg(&file).arg("-o").arg(&decoded).output().unwrap();
        assert!(done.status.success() && done.stderr.is_empty(), "{name}: {done:?}");
        let text = std::fs::read_to_string(&decoded).unwrap();
        let topology = compiled(&name);
        for widget in Topology::parse(&topology).unwrap().widgets() {
            assert!(text.contains(widget.name()), "{name}: alsatplg does not see {}", widget.name());
        }
    }
}

fn formats(formats: impl Iterator<Item = AudioFormat>) -> Vec<(u32, u32, u32, u32)> {
    formats.map(|format| (format.rate, format.valid_bit_depth, format.channels, format.block_bytes)).collect()
}

#[test]
fn formats_are_those_that_runs_would_have() {
    let file = compiled("playback-src.toml");
    let topology = Topology::parse(&file).unwrap();
    let of = |name: &str| topology.widget(name).unwrap();
    let host = [(44_100, 16, 2, 180), (48_000, 16, 2, 192), (44_100, 32, 2, 360), (48_000, 32, 2, 384)];
    assert_eq!(formats(of("host").input_formats()), host);
    assert_eq!(formats(of("host").output_formats()), &host[2..]);
    // Blocks of 2 ms.
    assert_eq!(formats(of("src").input_formats()), [(44_100, 32, 2, 712), (48_000, 32, 2, 768)]);
    assert_eq!(formats(of("src").output_formats()), [(48_000, 32, 2, 768)]);
    assert_eq!(of("src").word(Token::SRC_RATE_OUT), Some(48_000));
    assert_eq!(formats(of("speaker").output_formats()), [(48_000, 32, 2, 384)]);
    let pcm = topology.pcms().next().unwrap().playback().unwrap();
    assert_eq!((pcm.format_bits(), pcm.rates, pcm.rate_min, pcm.rate_max), (0x404, 192, 44_100, 48_000));
    assert_eq!(pcm.name.as_str(), of("host").stream_name());
}

#[test]
fn memory_is_the_pipelines_for_ll_and_its_own_for_dp() {
    let file = compiled("playback-src.toml");
    let topology = Topology::parse(&file).unwrap();
    let modules = || topology.widgets().filter(|widget| widget.kind().is_module());
    let ll: u64 = modules()
        .filter(|widget| widget.name() != "src")
        .map(|widget| widget.memory(TokenEra::Guess).heap.bytes())
        .sum();
    let src = topology.widget("src").unwrap().memory(TokenEra::Guess);
    assert_eq!(ll, 24_576);
    assert_eq!(src, Memory { heap: Heap::Whole(Some(65_536)), stack: Some(8192) });
    // Both phases are one figure in a file, as drivers of today read it (15).
    let file = compiled("capture-src-lite.toml");
    let topology = Topology::parse(&file).unwrap();
    let heap = |name: &str| topology.widget(name).unwrap().memory(TokenEra::Guess).heap;
    assert_eq!(heap("src"), Heap::Whole(Some(20_480)));
    let heaps: u64 = ["mic", "host"].map(|name| heap(name).bytes()).iter().sum();
    assert_eq!(heaps, 8192);
}

/// A source, a DP converter with the memory that is left to say, and an interface.
fn through_a_converter(memory: &str, dai: &str) -> String {
    format!(
        r#"
        name = "test"
        input = {{ signal = "sine", rate = 48000, channels = 2, samples = "S24_4", seconds = 1 }}
        route = [{{ from = "host", to = "src" }}, {{ from = "src", to = "speaker" }}]
        pipeline = [{{ id = 1 }}]
        [[widget]]
        name = "host"
        kind = "host-copier"
        pipeline = 1
        [[widget]]
        name = "src"
        kind = "src"
        rate = 96000
        domain = "DP"
        pipeline = 1
        {memory}
        [[widget]]
        name = "speaker"
        kind = "dai-copier"
        pipeline = 1
        samples = "S24_4"
        {dai}
        "#
    )
}

/// No DP widget is without memory in a file (15): what the text leaves out is as usual, and noted.
#[test]
fn a_dp_widget_has_a_stack_and_a_heap_in_a_file() {
    let cases = [
        ("", (8192, 77_824), 1),
        ("stack_bytes = 4096", (4096, 77_824), 1),
        ("heap_bytes = 50000", (8192, 50_000), 1),
        ("stack_bytes = 4096\nheap_bytes = 50000", (4096, 50_000), 0),
        ("stack_bytes = 4096\nlifetime_bytes = 30000", (4096, 30_000), 0),
        ("stack_bytes = 4096\nlifetime_bytes = 30000\ninterim_bytes = 5000", (4096, 35_000), 0),
    ];
    for (memory, (stack, heap), notes) in cases {
        let text = through_a_converter(memory, "");
        let written = headroom_topology::compile("test.toml", text, headroom_modules::MODULES).unwrap();
        let topology = Topology::parse(&written.file).unwrap();
        let src = topology.widget("src").unwrap();
        let expected = Memory { heap: Heap::Whole(Some(heap)), stack: Some(stack) };
        assert_eq!(src.memory(TokenEra::Guess), expected, "{memory}");
        assert_eq!(src.word(Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT), None);
        assert_eq!(written.notes.len(), notes, "{:?}", written.notes);
    }
}

/// 24 bits at a link are in the most significant bits of 32, but for serial ports; between modules they are below.
#[test]
fn links_have_24_bits_where_their_interface_has_them() {
    for (interface, sample_type) in [("ALH", 0), ("DMIC", 0), ("HDA", 0), ("SSP", 1)] {
        let text = through_a_converter("", &format!("dai = {{ type = \"{interface}\" }}"));
        let file = compile("test.toml", text).unwrap();
        let topology = Topology::parse(&file).unwrap();
        let speaker = topology.widget("speaker").unwrap();
        let at_link = speaker.output_formats().next().unwrap();
        assert_eq!((at_link.valid_bit_depth, at_link.sample_type), (24, sample_type), "{interface}");
        assert_eq!(at_link.fmt_cfg, 0x1802 | sample_type << 16);
        assert_eq!(speaker.input_formats().next().unwrap().sample_type, 1);
    }
}

#[test]
fn a_pcm_records_what_it_can_be_opened_with() {
    let file = compiled("capture.toml");
    let topology = Topology::parse(&file).unwrap();
    let host = topology.widget("host").unwrap();
    assert_eq!((host.kind(), host.stream_name()), (WidgetKind::AifOut, "Microphones Capture"));
    assert_eq!(formats(host.input_formats()), [(48_000, 32, 4, 768)]);
    assert_eq!(formats(host.output_formats()), [(48_000, 16, 4, 384), (48_000, 32, 4, 768)]);
    let mic = topology.widget("mic").unwrap();
    assert_eq!((mic.kind(), mic.word(Token::COPIER_NODE_TYPE)), (WidgetKind::DaiOut, Some(11)));
    assert_eq!((mic.text(Token::DAI_TYPE), mic.stream_name()), (Some("DMIC"), "dmic01"));
    let link = topology.links().next().unwrap();
    assert_eq!(
        (link.name(), link.stream_name(), link.tuples().text(Token::DAI_TYPE)),
        ("dmic01", "dmic01", Some("DMIC"))
    );
}

#[test]
fn two_pcms_share_an_interface_and_its_mixer() {
    let file = compiled("playback-two-pcms.toml");
    let topology = Topology::parse(&file).unwrap();
    let names: Vec<_> = topology.pcms().map(|pcm| (pcm.id(), pcm.name())).collect();
    assert_eq!(names, [(0, "Music"), (1, "Voice")]);
    assert_eq!(topology.links().count(), 1);
    assert_eq!(topology.widget("speaker").unwrap().kind(), WidgetKind::DaiIn);
    let types =
        ["music-in", "voice-in", "mix"].map(|name| topology.widget(name).unwrap().word(Token::MIXER_TYPE));
    assert_eq!(types, [Some(0), Some(0), Some(1)]);
    assert_eq!(topology.widget("mix").unwrap().word(Token::COMP_NUM_INPUT_PINS), Some(8));
    // All three play: their streams get to the interface.
    let schedulers = topology.widgets().filter(|widget| widget.kind() == WidgetKind::Scheduler);
    let directions: Vec<_> = schedulers.map(|widget| widget.word(Token::SCHED_DIRECTION)).collect();
    assert_eq!(directions, [Some(0); 3]);
    let volume = topology.widget("volume").unwrap().controls().next().unwrap();
    assert_eq!((volume.name(), volume.mixer().unwrap().num_channels), ("Master Playback Volume", 2));
    assert_eq!(volume.db_scale().unwrap().millibels(45), Some(0));
}

#[test]
fn pins_are_bound_by_name_where_there_are_several() {
    let file = compiled("playback-mix.toml");
    let topology = Topology::parse(&file).unwrap();
    let host = topology.widget("host").unwrap();
    assert_eq!(host.output_pin_bindings().collect::<Vec<_>>(), ["direct", "echo"]);
    assert_eq!(host.word(Token::COMP_NUM_OUTPUT_PINS), Some(2));
}

/// The file, what is changed in it, into what; the complaint and the advice.
const REFUSED: [(&str, &str, &str, &str, &str); 11] = [
    (
        "playback.toml",
        "playback = \"host\"",
        "playback = \"speaker\"",
        "no stream starts at a host-copier",
        "name one",
    ),
    (
        "playback.toml",
        "playback = \"host\"",
        "capture = \"host\"",
        "no stream ends at a host-copier",
        "name one",
    ),
    ("playback.toml", "playback = \"host\"\n", "", "neither plays nor records", "playback = \"host\""),
    ("playback.toml", "samples = [\"S16\", \"S32\"]", "samples = []", "this list is empty", "fill it"),
    ("playback.toml", "samples = [\"S16\", \"S32\"]", "rates = [7000]", "8000 to 192000", "choose"),
    (
        "playback.toml",
        "type = \"SSP\"",
        "type = \"USB\"",
        "`USB` is no value for this",
        "docs/topology-toml.md",
    ),
    (
        "playback.toml",
        "\"Speaker Playback Volume\"",
        "\"A name that has more than the 43 bytes of a name\"",
        "too long",
        "43 bytes",
    ),
    (
        "playback-two-pcms.toml",
        "id = 1\nname = \"Voice\"",
        "id = 0\nname = \"Voice\"",
        "PCM 0 is there twice",
        "id",
    ),
    (
        "playback-two-pcms.toml",
        "playback = \"voice\"",
        "playback = \"music\"",
        "belongs to another PCM",
        "of its own",
    ),
    (
        "capture-src-lite.toml",
        "capture = \"host\"",
        "capture = \"host\"\nrates = [48000]",
        "can't be recorded at 48000 Hz",
        "16000 Hz",
    ),
    (
        "playback-src.toml",
        "rates = [44100, 48000]",
        "channels = [1, 2]",
        "would give 48000 Hz, 1 ch, S32 or 48000 Hz, 2 ch, S32",
        "give the copier before it",
    ),
];

#[test]
fn what_makes_no_file_is_refused_with_its_place() {
    for (name, old, new, what, help) in REFUSED {
        let text = text(name);
        assert_eq!(text.matches(old).count(), 1, "`{old}` must be there once");
        let error = compile(name, text.replace(old, new)).unwrap_err();
        let Error::Text { place, what: said, help: advice, .. } = &error else { panic!("{error}") };
        assert!(place.starts_with(&format!("{name}:")) && !place.ends_with(":1"), "{place}: {said}");
        assert!(said.contains(what), "`{what}` is not in: {said}");
        assert!(advice.contains(help), "`{help}` is not in the help of `{said}`: {advice}");
    }
}

#[test]
fn what_a_file_needs_and_a_run_does_not_is_asked_for() {
    let refused = |name: &str, old: &str, new: &str| {
        let text = text(name);
        assert_eq!(text.matches(old).count(), 1, "`{old}` must be there once");
        compile(name, text.replace(old, new)).unwrap_err().to_string()
    };
    let stand_in = refused("playback-stand-in.toml", "uuid = \"5150c0e6-27f9-4ec8-8351-c705b642d12f\"", "");
    assert!(stand_in.contains("which module `equalizer` stands for"), "{stand_in}");
    let input = "[input]\nsignal = \"sine\"\nrate = 48000\nchannels = 2\nsamples = \"S16\"\nseconds = 0.5\n";
    let silent = refused("playback.toml", input, "");
    assert!(silent.contains("which formats `host` takes"), "{silent}");
    let named = refused("playback.toml", "name = \"volume\"", "name = \"pipeline.1\"").to_string();
    assert!(named.contains("no widget `volume`"), "{named}");
    let empty = compile("empty.toml", "name = \"empty\"".to_owned()).unwrap_err().to_string();
    assert_eq!(empty, "empty.toml:1: no audio goes through this topology");
}
