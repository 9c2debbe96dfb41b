//! Sessions that are recorded, changed by hand, and driven again.

use std::path::Path;

use headroom_desk::{Error, Execution, Feed, Options, Recording, Replay};
use headroom_modules::MODULES;
use headroom_testbench::audio::{spec, write};
use headroom_testbench::{folder, line};
use headroom_topology::Loaded;
use hound::SampleFormat;

use crate::support::{play_loaded, replay, watch};

const INPUT: &str = "signal = \"sine\", rate = 44100, channels = 2, samples = \"S32\", seconds = 0.1";

/// Host, converter, gain and speaker.
fn topology() -> String {
    let widgets = [
        ("host", "kind = \"host-copier\", pipeline = 1"),
        ("src", "kind = \"src\", pipeline = 1, domain = \"DP\", rate = 48000, heap_bytes = 65536"),
        ("volume", "kind = \"gain\", pipeline = 1, gain_db = -6.0"),
        ("speaker", "kind = \"dai-copier\", pipeline = 1"),
    ];
    line(INPUT, &["id = 1"], &widgets)
}

/// The session of `text`, with `input` in place of its signal.
fn record(text: &str, input: Option<&Path>, execution: Execution) -> (Result<(), Error>, String) {
    let (_folder, path) = folder();
    let file = path("session.ipc");
    let (input, record) = (input.map(Path::to_owned), Some(file.clone()));
    let options = Options { input, record, execution, ..Options::default() };
    let outcome = watch(text, &options, &mut |_, _| ()).map(drop);
    (outcome, std::fs::read_to_string(file).unwrap())
}

fn recorded() -> String {
    let (outcome, session) = record(&topology(), None, Execution::VirtualTime);
    outcome.unwrap();
    session
}

fn replayed(session: &str, input: Option<&Path>) -> Result<Replay, Error> {
    let recording = Recording::parse("session.ipc", session.to_owned())?;
    assert_eq!(recording.to_string(), session);
    replay(&recording, input)
}

/// The one difference of `session` with `from` in place of `to`: its message and line, what was expected and came.
#[track_caller]
fn differs(session: &str, from: &str, to: &str) -> (usize, usize, String, String) {
    assert_eq!(session.matches(from).count(), 1, "{from} in:\n{session}");
    let replay = replayed(&session.replace(from, to), None).unwrap();
    let [difference] = &*replay.differences else { panic!("{:#?}", replay.differences) };
    (difference.message, difference.line, difference.expected.clone(), difference.got.clone())
}

#[test]
fn every_bundled_topology_replays_as_recorded() {
    let mut count = 0;
    for (_, text) in headroom_testbench::bundled() {
        let (outcome, session) = record(&text, None, Execution::VirtualTime);
        outcome.unwrap();
        let replay = replayed(&session, None).unwrap();
        let sources = session.lines().filter(|line| line.starts_with("source ")).count();
        assert_eq!((replay.differences, replay.is_whole), (vec![], true));
        assert_eq!((replay.sources, sources > 0), (vec![Feed::Signal; sources], true));
        assert_eq!(replay.messages, session.lines().filter(|line| line.contains(" > ")).count());
        assert!(session.ends_with(&format!("@{} end\n", replay.ticks)), "{session}");
        count += 1;
    }
    assert!(count >= 9, "{count}");
}

#[test]
fn two_runs_and_threads_record_the_same_bytes() {
    assert_eq!(recorded(), recorded());
    assert_eq!(recorded(), record(&topology(), None, Execution::Threads).1);
}

/// The file itself is not in the session: silence stands in, or the file that is named, if it can be the one.
#[test]
fn a_file_is_replaced_by_silence_or_named() {
    let (_folder, path) = folder();
    let (played, other) = (path("played.wav"), path("other.wav"));
    let kind = spec(44_100, 2, (16, SampleFormat::Int));
    write(&played, kind, 4410, |frame, _| (frame as f64 / 10.0).sin() / 2.0);
    write(&other, kind, 4409, |frame, _| (frame as f64 / 10.0).sin() / 2.0);
    let (outcome, session) = record(&topology(), Some(&played), Execution::VirtualTime);
    outcome.unwrap();
    assert!(
        session.contains("\nsource 0x4 file rate=44100 channels=2 samples=S16 frames=4410\n"),
        "{session}"
    );
    for (input, feed) in [(None, Feed::Silence), (Some(&*played), Feed::File)] {
        let replay = replayed(&session, input).unwrap();
        assert_eq!((replay.differences, replay.sources), (vec![], vec![feed]));
    }
    let said = replayed(&session, Some(&other)).unwrap_err().to_string();
    assert!(
        said.ends_with("4409 frames, the session played a file of 44100 Hz, 2 ch, S16 and 4410 frames"),
        "{said}"
    );
    let said = replayed(&recorded(), Some(&played)).unwrap_err().to_string();
    assert!(said.ends_with("the session played a built-in signal, not a file"), "{said}");
}

/// With a peak meter in the gain's place the reply to a question depends on what is played.
#[test]
fn silence_in_place_of_a_file_may_differ() {
    let (_folder, path) = folder();
    let played = path("played.wav");
    let kind = spec(44_100, 2, (16, SampleFormat::Int));
    write(&played, kind, 4410, |frame, _| (frame as f64 / 10.0).sin() / 2.0);
    let (outcome, session) = record(&topology(), Some(&played), Execution::VirtualTime);
    outcome.unwrap();
    let metered = session
        .replace("> 40000006 ", "> 40000005 ")
        .replace("> 44000006 ", "> 44000005 ")
        .replace("> 45000006 ", "> 45000005 ")
        .replace(" 00000006\n", " 00000005\n");
    let (front, end) = metered.split_once("# pause the pipelines\n").unwrap();
    let zeros = " 00000000".repeat(24);
    let asked = format!("{front}@100 > 43000005 30300100\n< 63000000 30000060 |{zeros}\n{end}");
    let difference = |input| {
        let replay = replayed(&asked, input).unwrap();
        let [difference] = &*replay.differences else { panic!("{:#?}", replay.differences) };
        assert!(
            difference.request.starts_with("LARGE_CONFIG_GET 5.0 parameter 3, whole of 256 B"),
            "{difference}"
        );
        difference.got.clone()
    };
    let (silence, file) = (difference(None), difference(Some(&played)));
    for said in [&silence, &file] {
        assert!(said.starts_with("LARGE_CONFIG_GET: SUCCESS (0), whole of 96 B, 96 B, byte "), "{said}");
    }
    assert_ne!(silence, file);
}

#[test]
fn what_was_changed_in_a_session_is_told_in_words() {
    let session = recorded();
    let (init, bind) =
        ("< 60000000 00000000\n# init `volume`", "< 65000000 00000000\n# bind `src` to `volume`");
    let (message, line, expected, got) = differs(&session, init, &init.replace("< 60000000", "< 60000068"));
    assert_eq!((message, line), (3, 24));
    assert_eq!(expected, "INIT_INSTANCE: MOD_NOT_INITIALIZED (104)");
    assert_eq!(got, "INIT_INSTANCE: SUCCESS (0)");
    let (message, _, expected, got) = differs(&session, bind, &bind.replace("00000000\n#", "00000007\n#"));
    assert_eq!((message, &*expected), (6, "BIND: SUCCESS (0), extension 0x00000007"));
    assert_eq!(got, "BIND: SUCCESS (0)");
    // A notification that nobody sends.
    let told = "@20 ! 1b050000 00000000 | 00000000 00000000\n# pause the pipelines\n";
    let (message, _, expected, got) = differs(&session, "# pause the pipelines\n", told);
    assert_eq!((message, &*got), (10, "nothing"));
    assert!(expected.starts_with("at tick 20: bytes that do not decode: resource event"), "{expected}");
    // A program that was stopped while it answered: what it would have said is new.
    let cut = session.find("< 65000000").unwrap();
    let replay = replayed(&session[..cut], None).unwrap();
    assert!(!replay.is_whole);
    let said: Vec<_> = replay.differences.iter().map(|it| (&*it.expected, &*it.got)).collect();
    assert_eq!(said, [("no reply: the recording ends while this is being answered", "BIND: SUCCESS (0)")]);
}

/// Why a message is refused does not travel with the reply; a replay knows it all the same.
#[test]
fn what_a_message_was_changed_to_is_answered_with_the_reason() {
    let session = recorded();
    let at = session.find("80bb0000\n< 60000000 00000000\n# init `volume`").unwrap();
    let mut changed = session.clone();
    changed.replace_range(at..at + 8, "7fbb0000");
    let replay = replayed(&changed, None).unwrap();
    let first = &replay.differences[0];
    assert_eq!((first.message, &*first.expected), (3, "INIT_INSTANCE: SUCCESS (0)"));
    assert!(first.got.starts_with("INIT_INSTANCE: MOD_NOT_INITIALIZED (104): module 0x7: "), "{first}");
    assert!(replay.differences.len() > 1, "what needs the converter fails, too");
}

/// What the runtime was made for is in the session, not in the program.
#[test]
fn the_platform_and_the_pool_are_those_of_the_session() {
    let session = recorded();
    for (from, to, words) in [
        (" modules=256 ", " modules=2 ", "all 2 modules of the platform are in use"),
        (" cores=4 ", " cores=0 ", "core 0"),
    ] {
        let text = session.replace(from, to);
        let differences = replayed(&text, None).unwrap().differences;
        let said: String = differences.iter().map(|it| format!("{it}\n")).collect();
        assert!(said.contains(words), "{to}: {said}");
    }
    let pages = session.split("pages=").nth(1).unwrap().split(' ').next().unwrap();
    let few = session.replace(&format!("pages={pages} "), "pages=260 ");
    let said = replayed(&few, None).unwrap().differences;
    assert!(said[0].got.contains("OUT_OF_MEMORY") || said[0].got.contains("pages"), "{}", said[0]);
}

#[test]
fn a_runtime_that_can_not_be_made_is_an_error() {
    let session = recorded();
    let with = |from: &str, to: &str| {
        let at = session.find(from).unwrap();
        let end = at + session[at..].find([' ', '\n']).unwrap();
        let error = replayed(&[&session[..at], to, &session[end..]].concat(), None).unwrap_err();
        assert!(matches!(error, Error::Desk { .. }), "{error}");
        error.to_string()
    };
    for (from, to, words) in [
        ("pages=", "pages=18446744073709551615", "the desk has no 18446744073709551615 pages"),
        ("pages=", "pages=1048577", "the desk has no 1048577 pages"),
        ("pages=", "pages=65536", "65536 pages"),
        ("pages=", "pages=0", "holds no aligned page"),
        ("page_bytes=", "page_bytes=0", "0"),
        ("page_bytes=", "page_bytes=4095", "4095"),
        ("max_regions=", "max_regions=0", "0"),
        ("max_regions=", "max_regions=18446744073709551615", "18446744073709551615"),
        ("common_bytes=", "common_bytes=4096", "no runtime can be made as the session has it: "),
        (
            "common_bytes=",
            "common_bytes=18446744073709551615",
            "no runtime can be made as the session has it: ",
        ),
        ("copier", "copies", "a module `copies` with the id 0x4, this build has none"),
    ] {
        let said = with(from, to);
        assert!(said.contains(words), "{to}: {said}");
    }
}

/// The numbers of the platform come from outside: a run of its own for each set of them, and no panic.
#[test]
fn any_platform_is_refused_or_replayed() {
    let session = recorded();
    let platform = session.lines().find(|line| line.starts_with("platform")).unwrap();
    let names: Vec<_> = platform.split(' ').skip(1).map(|field| field.split('=').next().unwrap()).collect();
    let extremes = [0u64, 1, 7, 255, 65_535, 1 << 24, u32::MAX.into(), 1 << 40, u64::MAX];
    let (mut runs, mut refused) = (0, 0);
    for name in names {
        for value in extremes {
            let field = platform.split(' ').find(|field| field.starts_with(&format!("{name}="))).unwrap();
            let changed = session.replace(&format!(" {field}"), &format!(" {name}={value}"));
            match replayed(&changed, None) {
                Ok(_) => runs += 1,
                Err(error) => {
                    let known = matches!(
                        error,
                        Error::DamagedSession { .. } | Error::Desk { .. } | Error::Stalled { .. }
                    );
                    assert!(known, "{name}={value}: {error}");
                    refused += 1;
                }
            }
        }
    }
    assert!(runs > 30 && refused > 10, "{runs} runs, {refused} refused");
}

/// A run that is refused is recorded up to there, with the reason; and so it replays.
#[test]
fn a_refused_run_is_recorded() {
    let text = topology().replace("rate = 48000, heap", "rate = 47999, heap");
    let (outcome, session) = record(&text, None, Execution::VirtualTime);
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error}");
    assert!(session.contains("\n< 60000068 00000000\n# refused: `src`: no filter converts"), "{session}");
    assert!(session.ends_with("\n@0 end\n"), "{session}");
    assert_eq!(replayed(&session, None).unwrap().differences, []);
}

/// Names of widgets are anything; a session has lines.
#[test]
fn names_do_not_break_lines() {
    let text = topology().replace("\"volume\"", "\"vol\\nume\\u001b\"");
    let (outcome, session) = record(&text, None, Execution::VirtualTime);
    outcome.unwrap();
    assert!(session.contains("\n# init `vol\u{FFFD}ume\u{FFFD}`\n"), "{session}");
    assert_eq!(replayed(&session, None).unwrap().differences, []);
}

#[test]
fn a_session_spares_the_files_of_its_run() {
    let (_folder, path) = folder();
    let (file, wav) = (path("mine.toml"), path("in.wav"));
    std::fs::write(&file, topology()).unwrap();
    write(&wav, spec(44_100, 2, (16, SampleFormat::Int)), 441, |_, _| 0.0);
    let topology = Loaded::load(&file, MODULES).unwrap();
    // The output is not there yet: it is the same all the same.
    for (record, what) in [(&file, "topology"), (&wav, "input"), (&path("out.wav"), "output")] {
        let (input, output) = (Some(wav.clone()), Some(path("./out.wav")));
        let options = Options { input, output, record: Some(record.clone()), ..Options::default() };
        let before = std::fs::read(record).ok();
        let error = play_loaded(&topology, &options).unwrap_err();
        assert!(error.to_string().contains(&format!("is the {what}: ")), "{error}");
        assert_eq!(std::fs::read(record).ok(), before);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_session_that_can_not_be_written_is_an_error() {
    for (file, words) in [("/dev/full", "No space left"), ("nowhere/session.ipc", "No such file")] {
        let options = Options { record: Some(file.into()), ..Options::default() };
        let error = watch(&topology(), &options, &mut |_, _| ()).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert!(matches!(error, Error::Audio(headroom_audio::Error::Output { .. })), "{error}");
    }
}

#[test]
fn other_files_are_told_from_sessions() {
    let (_folder, path) = folder();
    let wav = path("in.wav");
    write(&wav, spec(44_100, 2, (16, SampleFormat::Int)), 441, |_, _| 0.0);
    std::fs::write(path("mine.toml"), topology()).unwrap();
    std::fs::write(path("notes"), "do re mi").unwrap();
    std::fs::write(path("latin"), b"headroom session 1\n# caf\xE9\n").unwrap();
    for (name, words) in [
        ("in.wav", "no session but a WAV file"),
        ("mine.toml", "no session but a topology in TOML"),
        ("notes", "no session but something else"),
        ("latin", "no UTF-8"),
        ("missing", "No such file"),
    ] {
        let error = Recording::load(&path(name)).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        let known = matches!(error, Error::NoSession { .. } | Error::SessionFile { .. } | Error::File { .. });
        assert!(known, "{error}");
    }
}
