//! Every complaint about a topology: where it points, what it says and what it advises.

use headroom_modules::MODULES;
use headroom_testbench::mutation::RIGHT;
use headroom_topology::Error;

use crate::support::{bundled, parse};

/// What is put in place of what, the line that is blamed, and words of the message and of the help.
type Case = (&'static str, &'static str, usize, &'static str, &'static str);

const SPELLING: [Case; 22] = [
    ("samples = \"S32\"", "samples = \"S24\"", 2, "`S24` is no value for this", "did you mean `S24_4`?"),
    ("kind = \"gain\"", "kind = \"volume\"", 9, "`volume` is no value for this", "did you mean `gain`?"),
    ("ramp_ms = 5", "ramp_ms = \"5\"", 9, "a whole number from 0 to 4294967295 belongs", "topology-toml"),
    ("\"right\"", "right", 1, "", "docs/topology-toml.md"),
    ("name = \"right\"", "", 1, "the key `name` is missing", "docs/topology-toml.md"),
    ("name = \"right\"", "title = \"right\"", 1, "there is no key `title` here", "docs/topology-toml.md"),
    ("priority = 0", "prio = 0", 4, "there is no key `prio` here", "docs/topology-toml.md"),
    ("id = 1, priority", "priority", 4, "the key `id` is missing", "docs/topology-toml.md"),
    ("id = 1, priority", "id = 256, priority", 4, "256", "docs/topology-toml.md"),
    ("ramp_ms = 5", "ramp = 5", 9, "there is no key `ramp` here", "docs/topology-toml.md"),
    ("ramp_ms = 5", "ramp_ms = -5", 9, "-5", "docs/topology-toml.md"),
    ("ramp_ms = 5", "ramp_ms = \"5\"", 9, "text \"5\" is where a whole number", "docs/topology-toml.md"),
    ("kind = \"gain\"", "kind = \"mixer\"", 9, "`mixer` is no value for this", "docs/topology-toml.md"),
    ("kind = \"gain\", ", "", 9, "the key `kind` is missing", "docs/topology-toml.md"),
    ("domain = \"DP\"", "domain = \"EDF\"", 8, "`EDF` is no value for this", "docs/topology-toml.md"),
    ("samples = \"S32\"", "samples = \"S8\"", 2, "`S8` is no value for this", "docs/topology-toml.md"),
    ("signal = \"sine\"", "signal = \"noise\"", 2, "`noise` is no value for this", "docs/topology-toml.md"),
    (
        "to = \"volume\" }",
        "to = \"volume\", queue = 1 }",
        14,
        "there is no key `queue` here",
        "docs/topology-toml.md",
    ),
    ("ramp_ms = 5", "ramp_s = 5", 9, "there is no key `ramp_s` here", "did you mean `ramp_ms`?"),
    ("kind = \"gain\"", "kind = \"gian\"", 9, "`gian` is no value for this", "did you mean `gain`?"),
    ("to = \"volume\" }", "to = \"volum\" }", 14, "there is no widget `volum`", "did you mean `volume`?"),
    ("ramp_ms = 5", "ramp_ms = 5, ramp_ms = 6", 9, "duplicate key", "docs/topology-toml.md"),
];

const PIPELINES: [Case; 4] = [
    (
        "  { id = 1, priority = 0 },",
        "  { id = 1 },\n  { id = 1 },",
        5,
        "pipeline 1 is there twice",
        "its own id",
    ),
    (
        "  { id = 1, priority = 0 },",
        "  { id = 1 },\n  { id = 2 },",
        5,
        "pipeline 2 has no widgets",
        "leave it out",
    ),
    ("priority = 0", "priority = 8", 4, "priorities go from 0 (first) to 7", "choose"),
    ("\"gain\", pipeline = 1", "\"gain\", pipeline = 3", 9, "there is no pipeline 3", "add a [[pipeline]]"),
];

const WIDGETS: [Case; 29] = [
    ("name = \"volume\"", "name = \"\"", 9, "name is empty", "routes find widgets by name"),
    ("rate = 48000, block", "rate = 7999, block", 8, "rates go from 8000 to 192000 Hz", "choose"),
    ("rate = 48000, block", "rate = 4294967295, block", 8, "rates go from 8000 to 192000 Hz", "choose"),
    ("channels = 2 },", "channels = 0 },", 7, "1 to 8 channels", "choose"),
    ("channels = 2 },", "channels = 9 },", 7, "1 to 8 channels", "choose"),
    ("ramp_ms = 5", "samples = \"S16\"", 9, "only copiers have `samples`", "take it out"),
    ("ramp_ms = 5", "channels = 1", 9, "only copiers have `channels`", "take it out"),
    ("ramp_ms = 5", "rate = 48000", 9, "only sample rate converters have `rate`", "take it out"),
    ("channels = 2 },", "gain_db = -1.0 },", 7, "only gains have `gain_db`", "take it out"),
    ("channels = 2 },", "ramp_ms = 1 },", 7, "only gains have `ramp_ms`", "take it out"),
    ("rate = 48000, block", "block", 8, "needs the rate", "add `rate = 48000`"),
    (
        "\"src\", pipeline = 1, domain = \"DP\", rate = 48000",
        "\"src-lite\", pipeline = 1, domain = \"DP\"",
        8,
        "needs the rate",
        "add `rate",
    ),
    ("-6.0", "0.1", 9, "0 dB or less", "-inf mutes"),
    ("-6.0", "nan", 9, "0 dB or less", "-inf mutes"),
    ("-6.0", "inf", 9, "0 dB or less", "-inf mutes"),
    ("ramp_ms = 5", "block_ms = 5", 9, "LL widgets have blocks of 1 ms", "domain = \"DP\""),
    ("block_ms = 5", "block_ms = 0", 8, "1 to 1000 ms", "choose"),
    ("block_ms = 5", "block_ms = 1001", 8, "1 to 1000 ms", "choose"),
    (
        "ramp_ms = 5",
        "heap_bytes = 4096",
        9,
        "share the memory and the stack of their pipeline",
        "on the [[pipeline]]",
    ),
    (
        "ramp_ms = 5",
        "stack_bytes = 4096",
        9,
        "share the memory and the stack of their pipeline",
        "on the [[pipeline]]",
    ),
    (
        "ramp_ms = 5",
        "lifetime_bytes = 1",
        9,
        "share the memory and the stack of their pipeline",
        "on the [[pipeline]]",
    ),
    (
        "ramp_ms = 5",
        "interim_bytes = 1",
        9,
        "share the memory and the stack of their pipeline",
        "on the [[pipeline]]",
    ),
    (
        "heap_bytes = 20480",
        "heap_bytes = 1, lifetime_bytes = 1",
        8,
        "one figure or split by phase",
        "keep `heap_bytes`",
    ),
    (
        "heap_bytes = 20480",
        "heap_bytes = 1, interim_bytes = 1",
        8,
        "one figure or split by phase",
        "keep `heap_bytes`",
    ),
    ("heap_bytes = 20480", "heap_bytes = 4294967296", 8, "4294967296", "docs/topology-toml.md"),
    ("\"volume\", kind", "\"src\", kind", 9, "two widgets called `src`", "rename one"),
    (
        "  { name = \"volume\"",
        "  { name = \"spare\", kind = \"copier\", pipeline = 1 },\n  { name = \"volume\"",
        9,
        "no route goes to or from `spare`",
        "take it out",
    ),
    (
        "\"dai-copier\"",
        "\"copier\"",
        10,
        "the stream ends at `speaker`, which has no way to the outside",
        "host-copier or dai-copier",
    ),
    (
        "\"host-copier\", pipeline = 1, channels = 2",
        "\"gain\", pipeline = 1",
        7,
        "the stream ends at `host`, which has no way from the outside",
        "host-copier or dai-copier",
    ),
];

const ROUTES: [Case; 8] = [
    (
        "to = \"volume\"",
        "to = \"volum\"",
        14,
        "there is no widget `volum`",
        "the widgets are host, src, volume, speaker",
    ),
    (
        "from = \"src\"",
        "from = \"scr\"",
        14,
        "comes from nowhere: there is no widget `scr`",
        "the widgets are host, src",
    ),
    (
        "from = \"volume\"",
        "from = \"src\"",
        15,
        "`src` has two consumers on one port: `volume` and `speaker`",
        "out",
    ),
    (
        "to = \"speaker\"",
        "to = \"volume\"",
        15,
        "`volume` has two producers on one port: `src` and `volume`",
        "out",
    ),
    (
        "  { from = \"volume\"",
        "  { from = \"src\", to = \"volume\" },\n  { from = \"volume\"",
        15,
        "two producers on one port",
        "out",
    ),
    (
        "from = \"host\", to = \"src\"",
        "from = \"volume\", to = \"src\"",
        15,
        "`volume` has two consumers",
        "out",
    ),
    (
        "  { from = \"volume\", to = \"speaker\" },\n",
        "",
        9,
        "the stream ends at `volume`",
        "host-copier or dai-copier",
    ),
    (
        "\"gain\", pipeline = 1, gain_db = -6.0, ramp_ms = 5",
        "\"dai-copier\", pipeline = 1",
        9,
        "`volume` is an end, but routes go in and out",
        "kind = \"copier\"",
    ),
];

const SIGNALS: [Case; 14] = [
    ("\"sine\"", "\"chirp\", frequency = 50.0", 2, "only sines have `frequency`", "play a sine"),
    ("rate = 48000, channels", "rate = 7999, channels", 2, "rates go from 8000 to 192000 Hz", "choose"),
    ("rate = 48000, channels", "rate = 192001, channels", 2, "rates go from 8000 to 192000 Hz", "choose"),
    ("channels = 2, samples", "channels = 0, samples", 2, "1 to 8 channels", "choose"),
    ("channels = 2, samples", "channels = 9, samples", 2, "1 to 8 channels", "choose"),
    ("seconds = 0.1", "seconds = 0.0", 2, "0.01 to 3600 seconds", "choose"),
    ("seconds = 0.1", "seconds = 3601.0", 2, "0.01 to 3600 seconds", "choose"),
    ("seconds = 0.1", "seconds = nan", 2, "0.01 to 3600 seconds", "choose"),
    ("level_db = -1.0", "level_db = 0.1", 2, "levels go from -120 to 0 dB", "choose"),
    ("level_db = -1.0", "level_db = nan", 2, "levels go from -120 to 0 dB", "choose"),
    ("level_db = -1.0", "level_db = -inf", 2, "levels go from -120 to 0 dB", "choose"),
    ("level_db = -1.0", "frequency = 0.5", 2, "between 1 Hz and half the rate", "choose"),
    ("level_db = -1.0", "frequency = 24000.0", 2, "between 1 Hz and half the rate", "choose"),
    ("level_db = -1.0", "frequency = nan", 2, "between 1 Hz and half the rate", "choose"),
];

fn check((old, new, line, what, help): Case) {
    assert_eq!(RIGHT.matches(old).count(), 1, "`{old}` must be there once");
    complaint(&RIGHT.replace(old, new), line, what, help);
}

fn complaint(text: &str, line: usize, what: &str, help: &str) {
    let error = match parse(text) {
        Ok(_) => panic!("this is no topology:\n{text}"),
        Err(error) => error,
    };
    let Error::Text { place, what: said, help: advice, .. } = &error else { panic!("{error}") };
    assert_eq!(*place, format!("test.toml:{line}"), "{said}\n{text}");
    assert!(said.contains(what), "`{what}` is not in: {said}");
    assert!(advice.contains(help), "`{help}` is not in the help of `{said}`: {advice}");
}

#[test]
fn the_topology_that_the_cases_break_is_right() {
    parse(RIGHT).unwrap();
}

#[test]
fn keys_and_values_that_are_not_known() {
    SPELLING.into_iter().for_each(check);
}

#[test]
fn pipelines() {
    PIPELINES.into_iter().for_each(check);
}

#[test]
fn widgets() {
    WIDGETS.into_iter().for_each(check);
}

#[test]
fn routes() {
    ROUTES.into_iter().for_each(check);
}

#[test]
fn signals() {
    SIGNALS.into_iter().for_each(check);
}

#[test]
fn circles() {
    let apart = "  { name = \"a\", kind = \"copier\", pipeline = 1 },\n  { name = \"b\", kind = \"copier\", pipeline = 1 },\n]\nroute = [\n  { from = \"a\", to = \"b\" },\n  { from = \"b\", to = \"a\" },";
    complaint(
        &RIGHT.replace("]\nroute = [", apart),
        15,
        "the routes go in a circle: a > b > a",
        "take one route",
    );
    let own = RIGHT.replace(
        "]\nroute = [",
        "  { name = \"a\", kind = \"copier\", pipeline = 1 },\n]\nroute = [\n  { from = \"a\", to = \"a\" },",
    );
    complaint(&own, 14, "the routes go in a circle: a > a", "take one route");
    // What hangs behind a circle isn't part of it, and not what the arrow points at (15).
    let behind = apart
        .replace("\n]\nroute = [\n", "\n  { name = \"c\", kind = \"copier\", pipeline = 1 },\n]\nroute = [\n  { from = \"b\", to = \"c\" },\n");
    complaint(
        &RIGHT.replace("]\nroute = [", &behind),
        17,
        "the routes go in a circle: a > b > a",
        "take one",
    );
}

/// One bracket where there should be two is told with what to write.
#[test]
fn a_table_that_should_be_a_list() {
    let text = "name = \"one\"\n[pipeline]\nid = 1\n";
    complaint(text, 2, "a table is where a list belongs", "`[[pipeline]]`");
}

#[test]
fn empty_files() {
    complaint("", 1, "the key `name` is missing", "docs/topology-toml.md");
    let silent = "name = \"empty\"\ninput = { signal = \"sine\", rate = 48000, channels = 1, samples = \"S16\", seconds = 1.0 }\n";
    let empty = parse(silent).unwrap();
    let error = empty.compiled(MODULES, &|_| None).unwrap_err();
    assert!(matches!(error, Error::Text { .. }), "{error}");
    assert!(error.to_string().contains("no audio goes through this topology"), "{error}");
}

/// Whoever writes a topology on a system that ends lines in two characters gets the same lines.
#[test]
fn lines_are_counted_with_any_line_ending() {
    let text = RIGHT.replace("-6.0", "6.0").replace('\n', "\r\n");
    complaint(&text, 9, "0 dB or less", "-inf");
}

fn mix() -> String {
    bundled("playback-mix.toml")
}

#[test]
fn a_copier_has_four_outputs_and_a_mixin_three() {
    let refusal = |text: &str| parse(text).unwrap_err().to_string();
    let (mix, to) = (mix(), |from: &str| format!("\n[[route]]\nfrom = \"{from}\"\nto = \"mix\"\n"));
    let five = format!("{mix}{}", to("host").repeat(3));
    assert!(refusal(&five).contains("`host` has more than 4 consumers: `mix` finds no port"));
    let four = format!("{mix}{}", to("echo-in").repeat(3));
    assert!(refusal(&four).contains("`echo-in` has more than 3 consumers: `mix` finds no port"));
}

#[test]
fn streams_of_a_mix_are_alike() {
    let other = mix().replace("name = \"echo\"\nkind = \"gain\"", "name = \"echo\"\nkind = \"copier\"");
    let other = other.replace("gain_db = -12.0\nramp_ms = 200\ncurve = \"windows-fade\"", "channels = 1");
    let error = parse(&other).unwrap().compiled(MODULES, &|_| None).unwrap_err().to_string();
    assert!(
        error.contains(
            "`mix` mixes 48000 Hz, 2 ch, S32 from `direct-in` with 48000 Hz, 1 ch, S32 from `echo-in`"
        ),
        "{error}"
    );
}
