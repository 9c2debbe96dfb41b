//! Files of the wild, where there are some: `HEADROOM_CORPUS` names a folder of `.tplg` files. All of them are told.

use headroom_explain::{Detail, Drawing, Outline, Report, diff, dot, lint, svg};
use headroom_testbench::corpus;
use headroom_tplg::Topology;

#[test]
fn every_file_can_be_told() {
    let Some(found) = corpus("tplg", "no file of the wild was told") else { return };
    let mut before = Vec::new();
    for path in &found {
        let file = std::fs::read(path).unwrap();
        let topology = Topology::parse(&file).unwrap();
        told(&topology, &path.display().to_string());
        if let Ok(other) = Topology::parse(&before) {
            let there = diff(&other, &topology);
            assert_eq!(there.is_empty(), before == file);
            assert_eq!(there.text(Detail::All).is_empty(), before == file);
        }
        before = file;
    }
    println!("{} files", found.len());
}

fn told(topology: &Topology<'_>, name: &str) {
    let outline = Outline::new(topology);
    for text in [outline.summary(), outline.widgets(), outline.formats(), outline.tokens()] {
        assert!(!text.is_empty(), "{name}");
    }
    let widest = outline.summary().lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{name}: {widest:?}");
    for detail in [Detail::Summed, Detail::All] {
        let findings = lint(topology);
        let text = Report { findings: &findings, file: name, detail }.text();
        assert!(text.starts_with(name));
    }
    assert!(dot(topology, &Drawing::titled(name)).ends_with("}\n"), "{name}");
    let picture = svg(topology, &Drawing::titled(name));
    assert!(picture.ends_with("</svg>\n"), "{name}");
    assert!(picture == svg(topology, &Drawing::titled(name)), "{name} is drawn otherwise the second time");
    assert!(diff(topology, topology).is_empty(), "{name}");
}
