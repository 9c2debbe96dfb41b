//! Whatever a reader of files lets through can be told: nothing panics, and nothing goes on for ever.

use headroom_explain::{Detail, Drawing, Outline, Report, diff, dot, lint, svg};
use headroom_testbench::sketch::small;
use headroom_tplg::Topology;
use proptest::prelude::*;

fn told(topology: &Topology<'_>, before: &Topology<'_>) {
    let outline = Outline::new(topology);
    for text in [outline.summary(), outline.widgets(), outline.formats(), outline.tokens()] {
        assert!(text.ends_with('\n'));
    }
    let findings = lint(topology);
    assert!(Report { findings: &findings, file: "x", detail: Detail::All }.text().starts_with("x: "));
    assert!(dot(topology, &Drawing::titled("x")).ends_with("}\n"));
    assert!(svg(topology, &Drawing::titled("x")).ends_with("</svg>\n"));
    assert_eq!(diff(before, topology).is_empty(), before.bytes() == topology.bytes());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn files_with_a_few_other_bytes_are_told(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let file = small().file();
        let mut damaged = file.clone();
        for (at, byte) in changes {
            let at = at.index(damaged.len());
            damaged[at] = byte;
        }
        if let Ok(topology) = Topology::parse(&damaged) {
            told(&topology, &Topology::parse(&file).unwrap());
        }
    }
}

/// Each word that could be a number is the largest there is, one after the other.
#[test]
fn files_with_huge_numbers_are_told() {
    let file = small().file();
    let before = Topology::parse(&file).unwrap();
    let mut read = 0;
    for at in (0..file.len() - 4).step_by(4) {
        let mut damaged = file.clone();
        damaged[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        if let Ok(topology) = Topology::parse(&damaged) {
            told(&topology, &before);
            read += 1;
        }
    }
    assert!(read > 1000, "only {read} of {} were let through", file.len() / 4);
}
