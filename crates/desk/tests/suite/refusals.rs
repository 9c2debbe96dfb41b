//! What the runtime refuses reaches the user with the widget, its line and a remedy in the words of the topology.

use headroom_desk::Error;
use headroom_testbench::audio::Audio;
use headroom_testbench::{converter, folder, line};
use headroom_topology::Error as TopologyError;

use crate::support::{play, refusal};

const SINE: &str = "signal = \"sine\", rate = 44100, channels = 2, samples = \"S32\", seconds = 0.05";
const HOST: (&str, &str) = ("host", "kind = \"host-copier\", pipeline = 1");
const SPEAKER: (&str, &str) = ("speaker", "kind = \"dai-copier\", pipeline = 1");

/// Line, words of the message and words of the help that the refusal of `text` must have.
fn refused(text: &str, place: &str, what: &[&str], remedy: &str) {
    let error = refusal(text);
    let Error::Refused { place: at, help, .. } = &error else {
        panic!("not refused by the runtime: {error}")
    };
    let message = error.to_string();
    assert_eq!(at, place, "{message}");
    for word in what {
        assert!(message.contains(word), "`{word}` is not in: {message}");
    }
    assert!(help.contains(remedy), "`{remedy}` is not in the help: {help}");
}

#[test]
fn rates_without_a_filter() {
    let text = converter(SINE, "S32", 47_999);
    refused(
        &text,
        "test.toml:8",
        &["init `src`", "44100 Hz to 47999 Hz"],
        "to 47999 Hz; use equal rates or two of 8000",
    );
}

#[test]
fn samples_that_a_converter_does_not_work_on() {
    let widgets = [HOST, ("src", "kind = \"src\", pipeline = 1, domain = \"DP\", rate = 48000"), SPEAKER];
    let text = line(&SINE.replace("S32", "float"), &["id = 1"], &widgets);
    refused(
        &text,
        "test.toml:8",
        &["init `src`", "float"],
        "put a copier with `samples = \"S32\"` before it",
    );
}

#[test]
fn two_dp_modules_in_a_row() {
    let src = "kind = \"src\", pipeline = 1, domain = \"DP\", rate = 48000, heap_bytes = 65536";
    let text = line(SINE, &["id = 1"], &[HOST, ("first", src), ("second", src), SPEAKER]);
    // The message is about the route, so the route's line is named: 7 to 10 are widgets, 13 is the first route.
    refused(
        &text,
        "test.toml:14",
        &["bind `first` to `second`", "`first` and `second` are both DP"],
        "put a `kind = \"copier\"` widget between the two",
    );
}

#[test]
fn cores_that_are_not_there() {
    let widgets = [HOST, ("speaker", "kind = \"dai-copier\", pipeline = 1, core = 4")];
    refused(
        &line(SINE, &["id = 1"], &widgets),
        "test.toml:8",
        &["core 4", "has 4"],
        "choose a `core` below 4",
    );
    let text = line(SINE, &["id = 1, core = 9"], &[HOST, SPEAKER]);
    refused(&text, "test.toml:4", &["create pipeline 1", "core 9"], "choose a `core` below 4");
}

#[test]
fn regions_beyond_the_limit() {
    let over = (64 << 20) + 1;
    let text = converter(SINE, "S32", 48_000).replace("262144", &over.to_string());
    refused(&text, "test.toml:8", &["init `src`", "67108865", "67108864"], "`heap_bytes`");
    let text = line(SINE, &[&*format!("id = 1, heap_bytes = {over}")], &[HOST, SPEAKER]);
    refused(&text, "test.toml:4", &["create pipeline 1", "67108865"], "`heap_bytes`");
    let split = format!("lifetime_bytes = {over}, interim_bytes = {}", u32::MAX);
    let text = converter(SINE, "S32", 48_000).replace("heap_bytes = 262144", &split);
    refused(&text, "test.toml:8", &["init `src`"], "`lifetime_bytes`");
}

#[test]
fn a_region_at_the_limit_works() {
    let (_folder, path) = folder();
    let text = converter(SINE, "S32", 48_000).replace("262144", &(64 << 20).to_string());
    let seen = play(&text, &path("out.wav")).unwrap();
    assert_eq!(seen.module("src").region.unwrap().requested, 64 << 20);
}

/// Host, so many DP copiers with `memory`, each with an LL copier behind it, and speaker.
fn dp_copiers(count: usize, memory: &str) -> String {
    let dp = format!("kind = \"copier\", pipeline = 1, domain = \"DP\", {memory}");
    let names: Vec<_> = (0..count).map(|n| (format!("dp{n}"), format!("ll{n}"))).collect();
    let between = "kind = \"copier\", pipeline = 1";
    let pairs = names.iter().flat_map(|(dp_name, ll_name)| [(&**dp_name, &*dp), (&**ll_name, between)]);
    let widgets: Vec<_> = [HOST].into_iter().chain(pairs).chain([SPEAKER]).collect();
    line(SINE, &["id = 1"], &widgets)
}

#[test]
fn many_regions_at_the_limit_work() {
    let (_folder, path) = folder();
    for count in [4, 12] {
        let text = dp_copiers(count, &format!("heap_bytes = {}", 64 << 20));
        let seen = play(&text, &path("out.wav")).unwrap_or_else(|error| panic!("{count}: {error}"));
        assert_eq!(seen.module("dp3").region.unwrap().requested, 64 << 20);
    }
}

/// What the desk has in all ends at 4 GiB; the widget that goes beyond is named.
#[test]
fn more_regions_than_the_desk_has_memory_for() {
    let text = dp_copiers(70, &format!("heap_bytes = {}", 64 << 20));
    let error = refusal(&text);
    let Error::Refused { refusal, help, .. } = &error else { panic!("{error}") };
    assert!(refusal.message.starts_with("init `dp6"), "{error}");
    assert!(error.to_string().contains("no region for `dp6"), "{error}");
    assert!(help.contains("declare less memory"), "{help}");
}

/// Host, so many copiers, speaker.
fn row(input: &str, copiers: usize) -> String {
    let names: Vec<String> = (0..copiers).map(|n| format!("c{n}")).collect();
    let between = names.iter().map(|name| (&**name, "kind = \"copier\", pipeline = 1"));
    let widgets: Vec<_> = [HOST].into_iter().chain(between).chain([SPEAKER]).collect();
    line(input, &["id = 1"], &widgets)
}

const SMALL: &str = "signal = \"sine\", rate = 8000, channels = 1, samples = \"S16\", seconds = 0.02";

/// The platform has 256 modules, what lies behind gateways not among them.
#[test]
fn more_widgets_than_the_platform_has_modules() {
    let (_folder, path) = folder();
    play(&row(SMALL, 253), &path("out.wav")).unwrap();
    // Two of other modules: the speaker, in the last line of widgets, is one too many.
    let mixed = |n| row(SMALL, n).replacen("kind = \"copier\"", "kind = \"passthrough\"", 2);
    play(&mixed(254), &path("out.wav")).unwrap();
    refused(&mixed(255), "test.toml:263", &["init `speaker`", "256 modules"], "split the topology");
    let error = refusal(&row(SMALL, 254));
    let Error::Topology(TopologyError::Text { place, what, .. }) = &error else { panic!("{error}") };
    assert!(what.contains("255 widgets of module `copier`"), "{place}: {what}");
}

/// Checking takes no longer than reading.
#[test]
fn thousands_of_widgets_are_refused() {
    let error = refusal(&row(SMALL, 3000));
    assert!(error.to_string().contains("255 widgets of module `copier`"), "{error}");
}

#[test]
fn more_than_the_common_region_holds() {
    let wide = "signal = \"sine\", rate = 192000, channels = 8, samples = \"S32\", seconds = 0.02";
    let error = refusal(&row(wide, 100));
    let Error::Refused { help, .. } = &error else { panic!("{error}") };
    assert_eq!(help, "give pipeline 1 a `heap_bytes` of its own: the region that all others share is full");
    // Doing that helps.
    let (_folder, path) = folder();
    play(&row(wide, 100).replace("{ id = 1 }", "{ id = 1, heap_bytes = 2000000 }"), &path("out.wav"))
        .unwrap();
}

/// After a refusal nothing hangs on: the next session runs as if nothing had been.
#[test]
fn a_session_after_a_refused_one_runs() {
    let (_folder, path) = folder();
    let good = converter(SINE, "S32", 48_000);
    play(&good.replace("48000", "47999"), &path("out.wav")).unwrap_err();
    play(&good, &path("out.wav")).unwrap();
}

/// The speaker's pipeline runs before the host's, so it hears each tick one tick late. At 44.1 kHz every tenth tick has 45
/// frames instead of 44, and the first of those finds one frame missing: that is an underrun. It is counted and filled
/// with silence, and the stream goes on to its end.
#[test]
fn underruns_are_counted_and_the_run_completes() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    let widgets = [HOST, ("speaker", "kind = \"dai-copier\", pipeline = 2")];
    let seen = play(&line(SINE, &["id = 1, priority = 1", "id = 2, priority = 0"], &widgets), &out).unwrap();
    let end = seen.module("speaker").counters;
    assert_eq!((end.underruns, end.underrun_frames), (1, 1));
    assert_eq!(seen.underruns(), 1);
    let audio = Audio::read(&out);
    assert_eq!(audio.frames(), 2205);
    // Tick 0 is start-up; the ticks 1 to 9 bring 396 frames, the first 44 of them in tick 0.
    assert_eq!(audio.channels[0][396], 0.0);
    // In the other order nothing is missing.
    let seen = play(&line(SINE, &["id = 1, priority = 0", "id = 2, priority = 1"], &widgets), &out).unwrap();
    assert_eq!(seen.underruns(), 0);
}
