//! Both forms of a report: against files, which `HEADROOM_BLESS=1` writes anew, and with figures of all sizes.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::path::Path;
use std::{env, fs};

use headroom_report::rows::{DeclaredBy, RegionOwner, RegionRow, RingDeclared};
use headroom_report::{Report, Timing};
use proptest::prelude::*;
use serde_json::Value;

mod sample;

#[track_caller]
fn check(name: &str, got: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if env::var_os("HEADROOM_BLESS").is_some() {
        fs::write(&path, got).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    assert!(got == expected, "{name} is now\n{got}\nIf that is right, bless it with HEADROOM_BLESS=1.");
}

#[test]
fn healthy_text() {
    check("healthy.txt", &sample::healthy().to_text(100));
}

#[test]
fn healthy_json() {
    check("healthy.json", &sample::healthy().to_json().unwrap());
}

#[test]
fn troubled_text() {
    check("troubled.txt", &sample::troubled().to_text(100));
}

#[test]
fn troubled_json() {
    check("troubled.json", &sample::troubled().to_json().unwrap());
}

#[test]
fn narrow_text() {
    check("narrow.txt", &sample::troubled().to_text(72));
}

fn parsed(report: &Report) -> Value {
    serde_json::from_str(&report.to_json().unwrap()).unwrap()
}

#[test]
fn json_parses_back() {
    let json = parsed(&sample::troubled());
    assert_eq!(json, serde_json::to_value(sample::troubled()).unwrap());
    assert_eq!(json["schema_version"], Report::SCHEMA_VERSION);
    assert_eq!(json["regions"][1]["declared"]["bytes"], 24_576);
    assert_eq!(json["regions"][1]["measured"]["first_late"]["purpose"], "delay line");
    assert_eq!(json["modules"][1]["modelled"]["deadlines"]["least_margin_us"], -1_250);
}

#[test]
fn deadlines_are_modelled_with_and_without_threads() {
    let (healthy, troubled) = (parsed(&sample::healthy()), parsed(&sample::troubled()));
    assert_eq!(healthy["modules"][1]["modelled"]["deadlines"]["late_runs"], 0);
    assert_eq!(troubled["modules"][1]["modelled"]["deadlines"]["late_runs"], 3);
    assert_eq!(healthy["modules"][0].get("modelled"), None, "an LL module has no deadline");
}

#[test]
fn no_wall_clock_unless_asked() {
    let mut report = sample::troubled();
    assert!(report.to_json().unwrap().contains("wall_us"));
    assert!(report.to_text(100).contains("real time"));
    report.timing = None;
    assert!(!report.to_json().unwrap().contains("wall"));
    assert!(!report.to_text(100).contains("real time"));
}

#[test]
fn no_wall_clock_time_is_no_speed() {
    assert_eq!(Timing::new(0, 1_000).measured.times_real_time, None);
    assert_eq!(Timing::new(3, 1_000).measured.times_real_time, Some(333.33));
    let mut report = sample::healthy();
    report.timing = Some(Timing::new(0, 1_000));
    assert!(report.to_text(100).contains("1,000 us of audio in 0 us\n"));
}

#[test]
fn a_healthy_report_is_no_wider_than_its_page() {
    for width in [100, 120, 160] {
        let text = sample::healthy().to_text(width);
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(width), "{widest:?} of {width}:\n{text}");
    }
}

#[test]
fn names_end_no_line_and_drive_no_terminal() {
    let mut report = sample::healthy();
    let lines = report.to_text(100).lines().count();
    report.modules[3].name = "ga\n\u{1b}[31min".into();
    report.topology = "chirp\r\ntoml".into();
    let text = report.to_text(100);
    assert_eq!(text.lines().count(), lines);
    assert!(text.contains("ga??[31min") && !text.contains('\u{1b}') && !text.contains('\r'));
}

#[test]
fn an_empty_report_has_no_tables() {
    let mut report = sample::healthy();
    (report.modules, report.regions) = (vec![], vec![]);
    (report.rings, report.pipelines) = (vec![], vec![]);
    let text = report.to_text(100);
    assert!(!text.contains("Modules") && !text.contains("Rings") && !text.contains("Memory"), "{text}");
    assert!(text.contains("No underrun"), "{text}");
}

/// A report with this one region, on one long line for each sentence.
fn said_of(region: RegionRow) -> String {
    let mut report = sample::healthy();
    report.regions = vec![region];
    report.to_text(160)
}

#[test]
fn what_to_declare() {
    use RegionOwner::{Common, Module};
    // Owner, declared, lifetime, interim peak.
    let cases = [
        (Module, 8_192, 8_192, 0, "src declares 8,192 B and needs 8,192 B for this stream: that is exact."),
        (
            Module,
            8_192,
            8_100,
            0,
            "needs 8,128 B for this stream: 64 B could be saved, but no whole page of 4,096 B.",
        ),
        (
            Module,
            8_192,
            4_096,
            0,
            "needs 4,096 B for this stream: 4,096 B could be saved, one page of the pool.",
        ),
        (
            Module,
            20_480,
            4_000,
            96,
            "needs at least 4,096 B for this stream: 16,384 B could be saved, 4 pages of the pool.",
        ),
        (
            Module,
            8_000,
            8_064,
            0,
            "needs 8,064 B for this stream: it fits only because regions are whole pages, so declare that.",
        ),
    ];
    for (owner, bytes, lifetime, interim, expected) in cases {
        let parts = [lifetime, 0, interim, 0];
        let text = said_of(sample::region("src", owner, (bytes, bytes), parts));
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let mut region = sample::region("src", Module, (20_480, 20_480), [64, 0, 0, 20_416]);
    region.declared.from = DeclaredBy::Platform;
    assert!(
        said_of(region)
            .contains("src gets 20,480 B from the platform and needs 64 B for this stream: 20,416 B could")
    );
    let text = said_of(sample::region("common", Common, (8_192, 8_192), [64, 0, 0, 8_128]));
    assert!(!text.contains("could be saved"), "the common region is in no topology\n{text}");
}

/// What a stand-in takes says nothing of the module that it stands for.
#[test]
fn what_regions_with_stand_ins_need_is_not_known() {
    let mut report = sample::healthy();
    let stand_ins = ["host", "src"];
    for module in report.modules.iter_mut().filter(|module| stand_ins.contains(&&*module.name)) {
        module.stand_in = true;
    }
    let text = report.to_text(200);
    for expected in [
        "pipeline 1 declares 16,384 B; what it needs is not known, as it has 1 stand-in: without what these would allocate it is 4,800 B.",
        "src declares 24,576 B; what it needs is not known, as it is a stand-in.",
        "what it needs is not known, its audio is what came in",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(!text.contains("could be saved"), "{text}");
}

/// Nothing, something, and all there is.
fn figure() -> impl Strategy<Value = usize> {
    prop_oneof![Just(0), 0..100_000_usize, Just(usize::MAX), any::<usize>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_figures_are_written(
        sizes in (figure(), figure()),
        parts in [figure(), figure(), figure(), figure()],
        (capacity_frames, page_bytes) in (figure(), figure()),
        width in 0..400_usize,
        interim in any::<bool>(),
    ) {
        let mut report = sample::healthy();
        let [lifetime, padding, peak, spare] = parts;
        let parts = [lifetime, padding, if interim { peak } else { 0 }, spare];
        report.regions = vec![sample::region("src", RegionOwner::Module, sizes, parts)];
        report.rings[0].declared = RingDeclared { capacity_frames, frame_bytes: 0 };
        report.pool.declared.page_bytes = page_bytes;
        let text = report.to_text(width);
        prop_assert_eq!(&text, &report.to_text(width));
        prop_assert_eq!(parsed(&report), serde_json::to_value(&report).unwrap());
    }
}
