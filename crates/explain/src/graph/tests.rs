//! Nothing covers anything else, whatever is drawn.

use proptest::prelude::*;

use super::picture::{Line, Look, Node, Picture, Pipeline};
use super::place::{Frame, Label, Places, Point, places, text};
use super::{Drawing, dot, svg};

/// Pipelines with 1 to 6 widgets each, and any lines between them.
fn pictures() -> impl Strategy<Value = Picture> {
    let sizes = prop::collection::vec(1_usize..=6, 1..=8);
    let lines = prop::collection::vec(
        (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_usize..4),
        0..40,
    );
    (sizes, lines).prop_map(|(sizes, lines)| {
        let (mut nodes, mut boxes) = (Vec::new(), Vec::new());
        for (in_box, size) in sizes.into_iter().enumerate() {
            boxes.push(Pipeline {
                id: in_box as u32,
                label: format!("pipeline {in_box} playback"),
                members: (nodes.len()..nodes.len() + size).collect(),
            });
            nodes.extend((0..size).map(|n| Node {
                name: format!("a-widget-with.a-name.that_has<{n}>parts of its own.{in_box}"),
                kind: "effect".into(),
                pcms: vec![format!("PCM {n} & more"); n % 3],
                details: vec![],
                look: Look::Ll,
                in_box,
            }));
        }
        let count = nodes.len();
        let line = |(source, sink, label): (prop::sample::Index, prop::sample::Index, usize)| Line {
            source: source.index(count),
            sink: sink.index(count),
            label: if label == 0 { Default::default() } else { [format!("{label} kHz"), "S32 2ch".into()] },
            clash: false,
        };
        let mut lines: Vec<_> = lines.into_iter().map(line).collect();
        lines.sort_by_key(|line| (line.source, line.sink));
        lines.dedup_by_key(|line| (line.source, line.sink));
        Picture { nodes, boxes, lines }
    })
}

fn meet(a: &Frame, b: &Frame) -> bool {
    let apart = |a: f64, a_len: f64, b: f64, b_len: f64| a + a_len <= b || b + b_len <= a;
    !apart(a.at.x, a.size.x, b.at.x, b.size.x) && !apart(a.at.y, a.size.y, b.at.y, b.size.y)
}

/// What a line covers between two corners, without its ends.
fn stretch(pair: &[Point]) -> Frame {
    let (x, y) = (pair[0].x.min(pair[1].x), pair[0].y.min(pair[1].y));
    let size = Point { x: (pair[0].x - pair[1].x).abs(), y: (pair[0].y - pair[1].y).abs() };
    Frame { at: Point { x: x + 0.1, y: y - 0.1 }, size: Point { x: size.x - 0.2, y: size.y + 0.2 } }
}

fn label(label: &Label) -> Frame {
    let width = label.text.chars().count() as f64 * 6.02;
    Frame { at: Point { x: label.at.x, y: label.at.y - 8.0 }, size: Point { x: width, y: 10.0 } }
}

fn apart<'f>(what: &str, frames: &[Frame], others: impl Iterator<Item = &'f Frame> + Clone) {
    for frame in frames {
        for other in others.clone().filter(|other| !std::ptr::eq(*other, frame)) {
            assert!(!meet(frame, other), "{what}: {frame:?} and {other:?}");
        }
    }
}

fn check(picture: &Picture, places: &Places) {
    apart("widgets", &places.nodes, places.nodes.iter());
    apart("pipelines", &places.boxes, places.boxes.iter());
    for corners in &places.lines {
        let stretches: Vec<_> = corners.windows(2).map(stretch).collect();
        apart("a line and a widget", &stretches, places.nodes.iter());
        assert!(corners.windows(2).all(|pair| pair[0].x == pair[1].x || pair[0].y == pair[1].y));
    }
    let labels: Vec<_> = places.labels.iter().map(label).collect();
    apart("labels", &labels, labels.iter());
    apart("a label and a widget", &labels, places.nodes.iter());
    for (node, frame) in picture.nodes.iter().zip(&places.nodes) {
        // 7.23 pixels are a character of 12 pixels in DejaVu Sans Mono, 14 pixels a line.
        let text = text(node);
        assert!(text.iter().all(|line| line.chars().count() as f64 * 7.23 < frame.size.x));
        assert!(text.len() as f64 * 14.0 < frame.size.y);
    }
    let whole = Frame { at: Point { x: 0.0, y: 0.0 }, size: places.size };
    for Frame { at, size } in places.boxes.iter().chain(&places.nodes).chain(&labels) {
        assert!(at.x >= 0.0 && at.y >= 0.0 && at.x + size.x <= whole.size.x && at.y + size.y <= whole.size.y);
    }
    assert!(
        places
            .lines
            .iter()
            .flatten()
            .all(|p| p.x > 0.0 && p.y > 0.0 && p.x < places.size.x && p.y < places.size.y)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn nothing_covers_anything_else(picture in pictures()) {
        check(&picture, &places(&picture));
    }
}

#[test]
fn nothing_is_a_picture_too() {
    let nothing = Picture { nodes: vec![], boxes: vec![], lines: vec![] };
    check(&nothing, &places(&nothing));
    assert!(svg::draw(&nothing, &Drawing::titled("none")).ends_with("</svg>\n"));
    assert!(dot::draw(&nothing, &Drawing::titled("none")).ends_with("}\n"));
}

/// Names of the wild don't end strings or tags.
#[test]
fn names_are_escaped() {
    let node = Node {
        name: "a\"b\\c<d>&e\u{1}".into(),
        kind: "pga".into(),
        pcms: vec![],
        details: vec![],
        look: Look::Ll,
        in_box: 0,
    };
    let boxes = vec![Pipeline { id: 1, label: "pipeline 1".into(), members: vec![0] }];
    let picture = Picture { nodes: vec![node], boxes, lines: vec![] };
    assert!(svg::draw(&picture, &Drawing::titled("x")).contains("a&quot;b\\c&lt;d&gt;&amp;e\u{fffd}<"));
    assert!(dot::draw(&picture, &Drawing::titled("x")).contains("[label=\"a\\\"b\\\\c<d>&e\u{1}\\npga\"]"));
}

/// A file of a thousand pipelines is drawn, if not arranged.
#[test]
fn many_pipelines_are_drawn() {
    let node = |in_box| Node {
        name: format!("gain.{in_box}.1"),
        kind: "pga".into(),
        pcms: vec![],
        details: vec![],
        look: Look::Ll,
        in_box,
    };
    let lane = |n: usize| Pipeline { id: n as u32, label: format!("pipeline {n}"), members: vec![n] };
    let line = |n: usize| Line { source: n, sink: n + 1, label: Default::default(), clash: false };
    for connected in [0, 999] {
        let lines = (0..connected).map(line).collect();
        let picture =
            Picture { nodes: (0..1000).map(node).collect(), boxes: (0..1000).map(lane).collect(), lines };
        assert!(svg::draw(&picture, &Drawing::titled("many")).len() > 100_000);
    }
}

/// A picture of `nodes` widgets in so many pipelines each, with these lines.
fn large(nodes: usize, in_each: usize, lines: Vec<(usize, usize)>) -> Picture {
    let node = |n: usize| Node {
        name: format!("gain.{n}.1"),
        kind: "pga".into(),
        pcms: vec![],
        details: vec![],
        look: Look::Ll,
        in_box: n / in_each,
    };
    let lane = |n: usize| Pipeline {
        id: n as u32,
        label: format!("pipeline {n}"),
        members: (n * in_each..((n + 1) * in_each).min(nodes)).collect(),
    };
    let line = |(source, sink)| Line { source, sink, label: ["48 kHz".into(), String::new()], clash: false };
    Picture {
        nodes: (0..nodes).map(node).collect(),
        boxes: (0..nodes.div_ceil(in_each)).map(lane).collect(),
        lines: lines.into_iter().map(line).collect(),
    }
}

/// 65,000 widgets are drawn however they hang together: alone, in a chain, all into one, one into all, alone in their pipelines,
/// or in a chain of pipelines. Ways that are quadratic take half a minute and more of each.
#[test]
fn pictures_of_65_000_widgets_are_drawn() {
    const MANY: usize = 65_000;
    let chain = || (1..MANY).map(|n| (n - 1, n)).collect::<Vec<_>>();
    let cases = [
        ("alone", large(MANY, MANY, vec![])),
        ("chain", large(MANY, MANY, chain())),
        ("into one", large(MANY, MANY, (1..MANY).map(|n| (n, 0)).collect())),
        ("one into all", large(MANY, MANY, (1..MANY).map(|n| (0, n)).collect())),
        ("pipelines", large(MANY, 1, vec![])),
        ("chain of pipelines", large(MANY, 1, chain())),
        ("chains of two", large(MANY, 2, (0..MANY / 2).map(|n| (2 * n, 2 * n + 1)).collect())),
    ];
    for (what, picture) in cases {
        assert!(svg::draw(&picture, &Drawing::titled(what)).len() > 65_000, "{what}");
    }
}
