//! Compiled topologies on the command line: which of their PCMs plays, and what is said where it can't.

use headroom_tplg::records::{Name, Pcm, Route, StreamCaps, Widget};
use headroom_tplg::tuples::{TupleType, Uuid};
use headroom_tplg::write::Writer;
use headroom_tplg::{BlockKind, Token, WidgetKind};

use crate::errors::fails;
use crate::support::Bench;

const COPIER: Uuid =
    Uuid::from_fields(0x9ba0_0c83, 0xca12, 0x4a83, [0x94, 0x3c, 0x1f, 0xa2, 0xe8, 0x2f, 0x9d, 0xda]);

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A pipeline of a host copier and a DAI copier, mono in 16 bits at 48 kHz; 1 records.
fn line(writer: &mut Writer<'_>, pipeline: u32, direction: u32) {
    let kinds = [(WidgetKind::AifIn, WidgetKind::DaiIn), (WidgetKind::AifOut, WidgetKind::DaiOut)];
    let (host, dai) = kinds[direction as usize];
    writer.block(BlockKind::Widget, pipeline);
    for (kind, called) in [(WidgetKind::Scheduler, "pipeline"), (host, "host"), (dai, "dai")] {
        let called = name(&format!("{called}.{pipeline}"));
        let sname = if kind == host { called } else { Name::default() };
        writer.widget(&Widget { id: kind.raw(), name: called, sname, reg: -1, ..Default::default() });
        if kind == WidgetKind::Scheduler {
            writer.words(&[(Token::SCHED_DIRECTION, direction)]);
            writer.numbers(TupleType::Bool, &[(Token::SCHED_DIRECTION_VALID, 1)]);
            continue;
        }
        writer.uuids(&[(Token::COMP_UUID, COPIER)]);
        let formats = [
            (Token::CAVS_AUDIO_FORMAT_IN_RATE, Token::CAVS_AUDIO_FORMAT_IBS),
            (Token::CAVS_AUDIO_FORMAT_OUT_RATE, Token::CAVS_AUDIO_FORMAT_OBS),
        ];
        for (first, block) in formats {
            let values = [48_000, 16, 16, 1, 0xFFFF_FFF0, 0, 0, 0x11001, 1];
            let token = |(n, value): (usize, u32)| (Token(first.0 + n as u32), value);
            let mut words: Vec<(Token, u32)> = values.into_iter().enumerate().map(token).collect();
            words.push((block, 96));
            writer.words(&words);
        }
    }
}

fn pcm(writer: &mut Writer<'_>, id: u32, called: &str, [plays, records]: [Option<u32>; 2]) {
    let caps = |pipeline: Option<u32>| {
        pipeline.map_or_else(StreamCaps::default, |pipeline| StreamCaps {
            size: 104,
            name: name(&format!("host.{pipeline}")),
            formats: [4, 0],
            ..Default::default()
        })
    };
    writer.pcm(&Pcm {
        pcm_name: name(called),
        pcm_id: id,
        playback: plays.is_some().into(),
        capture: records.is_some().into(),
        caps: [caps(plays), caps(records)],
        ..Default::default()
    });
}

/// PCM 0 plays and records, PCM 3 plays.
fn compiled(out: &mut [u8]) -> usize {
    let mut writer = Writer::new(out);
    writer.manifest(&[3, 0, 29, 0, 1, 0]);
    for (pipeline, direction) in [(1, 0), (2, 1), (3, 0)] {
        line(&mut writer, pipeline, direction);
    }
    writer.block(BlockKind::Pcm, 0);
    pcm(&mut writer, 0, "Headset", [Some(1), Some(2)]);
    pcm(&mut writer, 3, "HDMI", [Some(3), None]);
    writer.block(BlockKind::Graph, 0);
    for (source, sink) in [("host.1", "dai.1"), ("dai.2", "host.2"), ("host.3", "dai.3")] {
        writer.route(&Route { source: name(source), sink: name(sink), ..Default::default() });
    }
    writer.finish().unwrap()
}

/// A folder with that topology, and a file that it plays.
fn bench() -> Bench {
    let bench = Bench::new();
    let mut file = vec![0; 1 << 16];
    let len = compiled(&mut file);
    std::fs::write(bench.path("test.tplg"), &file[..len]).unwrap();
    bench.write_wav("in.wav", 4800);
    bench
}

#[test]
fn one_pcm_plays_a_file_to_the_bit() {
    let bench = bench();
    for choice in ["0:playback", "0:capture", "3"] {
        let run = ["run", "test.tplg", "--pcm", choice, "-i", "in.wav", "-o", "out.wav"];
        let done = bench.headroom(&run).well();
        let direction = if choice == "0:capture" { "capture" } else { "playback" };
        assert!(done.out.contains(direction) && done.out.contains("4,800"), "{}", done.out);
        let samples = |name| -> Vec<i32> {
            hound::WavReader::open(bench.path(name)).unwrap().into_samples().map(Result::unwrap).collect()
        };
        assert_eq!(samples("out.wav"), samples("in.wav"));
        std::fs::remove_file(bench.path("out.wav")).unwrap();
    }
    // The number alone takes the first direction that the PCM has.
    let done = bench.headroom(&["run", "test.tplg", "--pcm", "0"]).well();
    assert!(done.out.contains("PCM 0 (Headset) playback"), "{}", done.out);
}

#[test]
fn all_pcms_play_one_after_the_other() {
    let bench = bench();
    let done = bench.headroom(&["run", "test.tplg", "--pcm", "all", "-v"]).well();
    let rows: Vec<&str> = done.out.lines().skip(1).collect();
    assert_eq!(rows.len(), 3, "{}", done.out);
    let streams = ["PCM 0 (Headset) playback", "PCM 0 (Headset) capture", "PCM 3 (HDMI) playback"];
    for (row, stream) in rows.iter().zip(streams) {
        assert!(row.ends_with(stream), "{row}");
        let numbers: Vec<&str> = row.split_whitespace().take(5).collect();
        assert_eq!(numbers, ["2", "0", "1", "48000", "0"], "{row}");
    }
    assert!(!done.err.contains("wrote"), "nothing was written: {}", done.err);
    assert!(!bench.path("headroom-out.wav").exists());
    let done = bench.headroom(&["run", "test.tplg", "--pcm", "all", "--json"]).well();
    assert_eq!(done.out.matches("\"topology\"").count(), 3, "{}", done.out);
}

#[test]
fn a_choice_that_is_missing_or_not_there() {
    let bench = bench();
    let there = ["--pcm 0:playback Headset", "--pcm 0:capture Headset", "--pcm 3:playback HDMI"];
    fails(&bench, &["run", "test.tplg"], 2, &["it has several PCMs", there[0], there[1], there[2]]);
    fails(&bench, &["run", "test.tplg", "--pcm", "1"], 2, &["there is no PCM 1", there[0]]);
    fails(&bench, &["run", "test.tplg", "--pcm", "3:capture"], 2, &["PCM 3 has no capture", there[2]]);
    fails(&bench, &["run", "test.tplg", "--pcm", "x"], 2, &["--pcm"]);
    let mut file = vec![0; 4096];
    let mut writer = Writer::new(&mut file);
    writer.manifest(&[3, 0, 29, 0, 1, 0]);
    let len = writer.finish().unwrap();
    std::fs::write(bench.path("empty.tplg"), &file[..len]).unwrap();
    for choice in [&["--pcm", "all"][..], &[]] {
        let run = [&["run", "empty.tplg"], choice].concat();
        fails(&bench, &run, 2, &["empty.tplg: it has", "PCM", "only topologies with a PCM can be run"]);
    }
}

#[test]
fn options_for_one_pcm() {
    let bench = bench();
    for option in [["--record", "s.ipc"], ["-i", "host.1=in.wav"], ["-o", "dai.1=out.wav"], ["-o", "out.wav"]]
    {
        let run = [&["run", "test.tplg", "--pcm", "all"], &option[..]].concat();
        fails(&bench, &run, 2, &[option[0], "is for one PCM", "--pcm ID"]);
    }
    fails(
        &bench,
        &["run", "test.tplg", "--pcm", "3", "-o", "dai.1=x.wav"],
        2,
        &["`dai.1` is no end", "`dai.3`"],
    );
}

#[test]
fn a_recorded_run_replays_without_difference() {
    let bench = bench();
    let run = ["run", "test.tplg", "--pcm", "0:capture", "-i", "in.wav", "--record", "session.ipc"];
    bench.headroom(&run).well();
    bench.headroom(&["replay", "session.ipc"]).well();
    let done = bench.headroom(&["inspect", "session.ipc"]).well();
    assert!(done.out.contains("bind `dai.2` to `host.2`"), "{}", done.out);
}

#[test]
fn a_file_that_is_cut_off() {
    let bench = bench();
    let bytes = bench.read("test.tplg");
    std::fs::write(bench.path("cut.tplg"), &bytes[..bytes.len() - 100]).unwrap();
    fails(&bench, &["run", "cut.tplg"], 3, &["cut.tplg: byte", "needs"]);
}
