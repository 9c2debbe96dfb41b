//! Text and session are the same to the byte, and what is no session is told apart by line.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

use headroom_module::{Format, SampleFormat};
use headroom_runtime::{Platform, Profile};
use proptest::prelude::*;

use super::compare::{Said, compare};
use super::line::{Event, Line, Played, Pool, What};
use super::{Damage, Recording, read};
use headroom_topology::{Signal, SignalShape};

const HEAD: &str = "headroom session 1
# a comment
platform tick_us=1000 cores=4 dp_region_bytes=20480 region_limit=67108864 stack_bytes=8192 stack_floor=2048 \
parameter_bytes=8192 common_bytes=1048576 pipelines=64 modules=256 edges=256 events=256
pool pages=4380 page_bytes=4096 line_bytes=64 max_regions=256
module 0x4 copier
source 0x4 sine frequency=997 rate=48000 channels=2 samples=S24_4 frames=480 level_db=-1.5
";

const BODY: &str = "@0 > 11010000 00000000
< 31000000 00000000
@3 ! 1b050000 00000000 | 01020304 05
@7 > | 0102
< 30000001 00000000
@9 panic 0x10007
@9 end
";

fn whole() -> String {
    [HEAD, BODY].concat()
}

/// The line and the damage that `text` is refused with.
fn damage(text: &str) -> (usize, Damage) {
    let (span, damage) = read(text).unwrap_err();
    (1 + text[..span.start].matches('\n').count(), damage)
}

#[test]
fn a_session_is_read_and_written_as_it_was() {
    let text = whole();
    let recording = Recording::parse("s.ipc", text.clone()).unwrap();
    assert_eq!(recording.to_string(), text);
    let events: Vec<_> = recording.events().map(|(line, event)| (line, event.tick)).collect();
    assert_eq!(events, [(7, 0), (8, 0), (9, 3), (10, 7), (11, 7), (12, 9), (13, 9)]);
}

/// The program was killed: there is no end, and perhaps not even a reply.
#[test]
fn a_session_that_broke_off_is_one() {
    for lines in 0..7 {
        let body: String = BODY.split_inclusive('\n').take(lines).collect();
        let text = [HEAD, &body].concat();
        assert_eq!(Recording::parse("s.ipc", text.clone()).unwrap().to_string(), text);
    }
    let text = [HEAD, "@0 > 11010000 00000000\n@1 end\n"].concat();
    assert_eq!(Recording::parse("s.ipc", text.clone()).unwrap().to_string(), text);
}

#[test]
fn damages_are_told_with_their_line() {
    use Damage::{Bytes, Control, CutOff, Field, Order, Short, Spelling, Time, Unknown, Version};
    let spelling = |expected: &str| Spelling { expected: expected.to_owned() };
    let order = |expected| Order { expected };
    let cases: [(&str, &str, usize, Damage); 27] = [
        ("session 1", "session 2", 1, Version),
        ("session 1", "session one", 1, spelling("headroom session 1")),
        ("# a comment", "", 2, Unknown),
        ("# a comment", "a comment", 2, Unknown),
        ("# a comment", "# a \u{1b}[31mcomment", 2, Control('\u{1b}')),
        ("# a comment\n", "# a comment\r\n", 2, Control('\r')),
        (
            "# a comment\n",
            "pool pages=1 page_bytes=4096 line_bytes=64 max_regions=1\n",
            2,
            order("the `platform` line"),
        ),
        ("cores=4 ", "", 3, Field("cores")),
        ("cores=4 ", "cores=256 ", 3, Field("cores")),
        ("cores=4 ", "cores=04 ", 3, spelling(HEAD.lines().nth(2).unwrap())),
        ("pool pages", "pool  pages", 4, spelling(HEAD.lines().nth(3).unwrap())),
        ("module 0x4", "module 4", 5, Field("id")),
        ("module 0x4", "module 0x10004", 5, Field("id")),
        ("module 0x4 copier", "module 0x4", 5, Field("name")),
        ("sine freq", "noise freq", 6, Field("file, sine or chirp")),
        ("frequency=997", "frequency=inf", 6, Field("frequency")),
        ("samples=S24_4", "samples=S24", 6, Field("samples")),
        ("channels=2", "channels=9", 6, Field("channels")),
        ("level_db=-1.5", "level_db=-1.50", 6, spelling(HEAD.lines().nth(5).unwrap())),
        ("@0 > 11010000 00000000\n", "", 7, order("a `module` or `source` line, or what happened first")),
        ("@0 > 11010000", "@0 > 1101000g", 7, Bytes),
        ("@0 > 11010000 00000000", "@0 > 11010000", 7, Bytes),
        ("< 31000000 00000000\n", "", 8, order("the reply to the message above")),
        ("01020304 05", "0102030405", 9, spelling("@3 ! 1b050000 00000000 | 01020304 05")),
        ("@7 >", "@2 >", 10, Time { now: 3 }),
        ("@9 panic", "@9 stall", 12, Unknown),
        ("@9 panic 0x10007\n@9 end", "@9 end\n@9 panic 0x10007", 13, order("nothing but comments")),
    ];
    for (from, to, line, expected) in cases {
        assert_eq!(whole().matches(from).count(), 1, "{from}");
        let text = whole().replace(from, to);
        assert_eq!(damage(&text), (line, expected.clone()), "{from} -> {to}");
        assert!(!expected.remedy().is_empty() && !expected.to_string().is_empty());
    }
    assert_eq!(damage(&whole()[..whole().len() - 1]), (13, CutOff));
    assert_eq!(damage("headroom session 1\n"), (2, Short { expected: "`platform` and `pool` lines" }));
    assert!(matches!(damage(""), (1, Short { .. })));
}

/// The first message begins a group of its own, whatever was before it.
#[test]
fn what_came_too_much_too_little_and_otherwise_is_different() {
    let recording = Recording::parse("s.ipc", whole()).unwrap();
    let recorded: Vec<Said> = recording
        .events()
        .filter(|(_, event)| event.what != What::End)
        .map(|(_, event)| Said { event: event.clone(), why: None })
        .collect();
    let differences = |change: &dyn Fn(&mut Vec<Said>)| {
        let mut said = recorded.clone();
        change(&mut said);
        let found = compare(&recording, &said);
        found
            .iter()
            .map(|found| (found.message, found.line, found.expected.clone(), found.got.clone()))
            .collect::<Vec<_>>()
    };
    let words = |text: &str| text.to_owned();
    assert_eq!(differences(&|_| ()), []);
    let early = |said: &mut Vec<Said>| said.insert(0, said[2].clone());
    let told = "at tick 3: bytes that do not decode: resource event at byte 8 needs 40 bytes, got 5: send all ten words";
    assert_eq!(differences(&early), [(0, 1, words("nothing"), words(told))]);
    let less = |said: &mut Vec<Said>| drop(said.remove(2));
    assert_eq!(differences(&less), [(1, 9, words(told), words("nothing"))]);
    let other = |said: &mut Vec<Said>| said[1].event.what = What::Reply(vec![0, 0, 0, 0x31, 0, 0, 0, 0, 5]);
    let done = "CREATE_PIPELINE: SUCCESS (0)";
    assert_eq!(differences(&other), [(1, 8, words(done), format!("{done}, 1 B"))]);
    let same_words = |said: &mut Vec<Said>| said[1].event.what = What::Reply(vec![0, 0, 0, 0xB1, 0, 0, 0, 0]);
    let (here, there) = (", byte 3 is 0x31", ", byte 3 is 0xb1");
    assert_eq!(differences(&same_words), [(1, 8, format!("{done}{here}"), format!("{done}{there}"))]);
    let later = |said: &mut Vec<Said>| said[2].event.tick = 4;
    assert_eq!(differences(&later), [(1, 9, words(told), told.replace("tick 3", "tick 4"))]);
    // A module panicked with the first message: the second one was never sent.
    let stops = |said: &mut Vec<Said>| said.truncate(3);
    let lost = "UNLOAD_MULTIPLE_MODULES: INVALID_PARAM (1)";
    let panicked = "at tick 9: module 0x10007 panicked";
    let nothing = || words("nothing");
    assert_eq!(differences(&stops), [(2, 11, words(lost), nothing()), (2, 12, words(panicked), nothing())]);
    let why = |said: &mut Vec<Said>| {
        said[4] = Said { event: said[1].event.clone(), why: Some("for a reason".to_owned()) };
        said[4].event.tick = 7;
    };
    assert_eq!(differences(&why), [(2, 11, words(lost), format!("{done}: for a reason"))]);
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..40)
}

fn platform() -> impl Strategy<Value = Platform> {
    let numbers = (any::<u32>(), any::<u8>(), any::<usize>(), any::<u32>(), any::<u16>());
    numbers.prop_map(|(tick_us, cores, bytes, stack_bytes, count)| Platform {
        tick_us,
        cores,
        dp_region_bytes: bytes,
        stack_bytes,
        pipelines: count,
        events: count.wrapping_add(1),
        ..Platform::DESK
    })
}

fn source() -> impl Strategy<Value = Played> {
    use SampleFormat::{F32, S16, S24In32, S32};
    let samples = prop::sample::select(vec![S16, S24In32, S32, F32]);
    let level = prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL;
    let shape = prop_oneof![
        Just(None),
        Just(Some(SignalShape::Chirp)),
        level.prop_map(|hz| Some(SignalShape::Sine(hz)))
    ];
    (shape, any::<u32>(), 1u8..=8, samples, any::<u64>(), level).prop_map(
        |(shape, rate, channels, samples, frames, level_db)| match shape {
            Some(shape) => Played::Signal(Signal { shape, rate, channels, samples, frames, level_db }),
            None => Played::File { format: Format::new(rate, channels, samples).unwrap(), frames },
        },
    )
}

/// A message with its reply, or something that came by itself; and a comment, and the ticks before it.
fn step() -> impl Strategy<Value = (u32, Vec<What>, Option<String>)> {
    let what = prop_oneof![
        (bytes(), bytes()).prop_map(|(request, reply)| vec![What::Request(request), What::Reply(reply)]),
        bytes().prop_map(|bytes| vec![What::Notification(bytes)]),
        any::<u32>().prop_map(|component| vec![What::Panic(component)]),
    ];
    (any::<u32>(), what, prop::option::of("[^\\p{Cc}]{0,20}"))
}

fn recording() -> impl Strategy<Value = Vec<Line>> {
    let pool = (any::<usize>(), any::<usize>()).prop_map(|(pages, max_regions)| {
        Line::Pool(Pool { profile: Profile { max_regions, ..Profile::DESK }, pages })
    });
    let modules = prop::collection::vec((any::<u16>(), "[a-z0-9-]{1,12}"), 0..4);
    let steps = prop::collection::vec(step(), 0..12);
    (platform(), pool, modules, source(), steps, any::<bool>()).prop_map(
        |(platform, pool, modules, source, steps, ends)| {
            let mut lines = vec![Line::Platform(platform), pool];
            lines.extend(modules.into_iter().map(|(id, name)| Line::Module { id, name }));
            lines.push(Line::Source { copier: 4, played: source });
            let mut tick = 0;
            for (ticks, whats, comment) in steps {
                tick += u64::from(ticks);
                lines.extend(comment.map(Line::Comment));
                lines.extend(whats.into_iter().map(|what| Line::Event(Event { tick, what })));
            }
            lines.extend(ends.then_some(Line::Event(Event { tick, what: What::End })));
            lines
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_session_comes_back_from_its_text(lines in recording()) {
        let text: String = std::iter::once("headroom session 1\n".to_owned())
            .chain(lines.iter().map(|line| format!("{line}\n")))
            .collect();
        let read = read(&text).map_err(|(span, damage)| TestCaseError::fail(format!("{span:?}: {damage}")))?;
        prop_assert_eq!(&read.lines, &lines);
        prop_assert_eq!(read.to_string(), text);
        prop_assert!(!read.in_words().is_empty());
    }

    /// A text is refused, or it is the only one of its session.
    #[test]
    fn changed_text_is_refused_or_has_one_spelling(
        changes in prop::collection::vec((any::<prop::sample::Index>(), "[ -~]{0,3}", 0usize..3), 1..3),
    ) {
        let mut text = whole();
        for (place, with, length) in changes {
            let at = place.index(text.len());
            let end = (at + length).min(text.len());
            text.replace_range(at..end, &with);
        }
        match read(&text) {
            Ok(recording) => prop_assert_eq!(recording.to_string(), text),
            Err((span, _)) => prop_assert!(text.get(span).is_some()),
        }
    }
}
