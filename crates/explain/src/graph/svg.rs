//! A picture as SVG: rectangles, lines with round corners, and text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::picture::{Line, Look, Picture};
use super::place::{CHARACTER, Frame, HEADING, LINE, Label, PADDING, Places, Point, places, text};
use super::{Drawing, Theme};

/// Fill and border of each look, with its name for the legend.
const LOOKS: [(Look, &str, &str, &str); 5] = [
    (Look::Host, "PCM end", "#d7efd9", "#3c8d40"),
    (Look::Ll, "LL module", "#dce9f9", "#4a78b5"),
    (Look::Dp, "DP module", "#ffe3c2", "#d9730d"),
    (Look::Dai, "DAI end", "#eadcf4", "#8049a8"),
    (Look::Virtual, "no module", "#f4f4f4", "#999999"),
];
/// What is on paper of one theme. Red is for routes whose ends have no format in common, and nothing else is near it.
struct Paper {
    background: &'static str,
    panel: &'static str,
    panel_border: &'static str,
    /// Of the title and the legend.
    ink: &'static str,
    heading: &'static str,
    /// Lines within a pipeline.
    plain: &'static str,
    label: &'static str,
    clash: &'static str,
    /// Lines from one pipeline to another; those from one widget have the same.
    lines: [&'static str; 6],
}

const LIGHT: Paper = Paper {
    background: "white",
    panel: "#fafafa",
    panel_border: "#bbbbbb",
    ink: "black",
    heading: "#555555",
    plain: "#555555",
    label: "#333333",
    clash: "#d00000",
    lines: ["#1f7a6d", "#7a4fa3", "#2f62b0", "#5b7a1f", "#2b8fb8", "#4d5a6a"],
};

const DARK: Paper = Paper {
    background: "#16181c",
    panel: "#1f2329",
    panel_border: "#4a505a",
    ink: "#e6e6e6",
    heading: "#b4bac4",
    plain: "#a0a6b0",
    label: "#d8dce2",
    clash: "#ff5c5c",
    lines: ["#5cc8b4", "#b498e0", "#7fa8f0", "#a5c860", "#6cc4ea", "#9aa8bc"],
};

impl Paper {
    fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }
}

/// Above the picture, for its title and legend.
const TOP: f64 = 44.0;
const ROUND: f64 = 5.0;

pub(super) fn draw(picture: &Picture, drawing: &Drawing<'_>) -> String {
    let (places, title, paper) = (places(picture), drawing.title, Paper::of(drawing.theme));
    let width = places.size.x.max(title.chars().count() as f64 * 9.0 + 620.0);
    let height = places.size.y + TOP;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        paper.background
    );
    let title = escaped(title);
    let ink = ink(paper);
    let _ =
        writeln!(svg, "<text x=\"24\" y=\"30\" font-size=\"15\" font-weight=\"bold\"{ink}>{title}</text>");
    legend(&mut svg, width, &ink);
    let _ = writeln!(svg, "<g transform=\"translate(0 {TOP})\">");
    for (frame, lane) in places.boxes.iter().zip(&picture.boxes) {
        pipeline(&mut svg, frame, &lane.label, paper);
    }
    lines(&mut svg, picture, &places, paper);
    for (node, frame) in picture.nodes.iter().zip(&places.nodes) {
        widget(&mut svg, frame, node.look, &text(node));
    }
    labels(&mut svg, &places.labels, paper);
    svg + "</g>\n</svg>\n"
}

fn escaped(text: &str) -> String {
    // Control characters are not allowed in XML at all.
    let text: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The attribute of text that isn't black.
fn ink(paper: &Paper) -> String {
    if paper.ink == "black" { String::new() } else { format!(" fill=\"{}\"", paper.ink) }
}

fn rectangle(svg: &mut String, frame: &Frame, style: &str) {
    let Frame { at, size } = frame;
    let _ = writeln!(
        svg,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" {style}/>",
        at.x, at.y, size.x, size.y
    );
}

fn legend(svg: &mut String, width: f64, ink: &str) {
    let mut x = width - 24.0 - LOOKS.len() as f64 * 110.0;
    for (_, name, fill, border) in LOOKS {
        let frame = Frame { at: Point { x, y: 18.0 }, size: Point { x: 16.0, y: 14.0 } };
        rectangle(svg, &frame, &format!("rx=\"3\" fill=\"{fill}\" stroke=\"{border}\""));
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"30\"{ink}>{name}</text>", x + 22.0);
        x += 110.0;
    }
}

fn pipeline(svg: &mut String, frame: &Frame, label: &str, paper: &Paper) {
    let Paper { panel, panel_border, heading, .. } = paper;
    rectangle(svg, frame, &format!("rx=\"6\" fill=\"{panel}\" stroke=\"{panel_border}\""));
    let (x, y) = (frame.at.x + PADDING, frame.at.y + HEADING - 9.0);
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"10\" fill=\"{heading}\">{}</text>",
        escaped(label)
    );
}

fn widget(svg: &mut String, frame: &Frame, look: Look, text: &[String]) {
    let style = LOOKS.iter().find(|(of, ..)| *of == look);
    let (fill, border) = style.map_or(("white", "black"), |(_, _, fill, border)| (fill, border));
    let dashes = if look == Look::Virtual { " stroke-dasharray=\"4 3\"" } else { "" };
    let thick = if look == Look::Dp { 2.5 } else { 1.2 };
    let style = format!("rx=\"5\" fill=\"{fill}\" stroke=\"{border}\" stroke-width=\"{thick}\"{dashes}");
    rectangle(svg, frame, &style);
    let middle = frame.at.x + frame.size.x / 2.0;
    for (n, line) in text.iter().enumerate() {
        let y = frame.at.y + 17.0 + n as f64 * LINE;
        let widest = line.chars().count() as f64 * CHARACTER;
        // Fonts with wider characters than expected are squeezed rather than run over the border.
        let squeeze = format!("textLength=\"{:.1}\" lengthAdjust=\"spacingAndGlyphs\"", widest * 0.98);
        let _ = writeln!(
            svg,
            "<text x=\"{middle:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" {squeeze}>{}</text>",
            escaped(line)
        );
    }
}

/// For each line its colour: lines that stay in their pipeline are plain, those that leave one have another than those that
/// leave the one before it.
fn colours(picture: &Picture, paper: &Paper) -> Vec<&'static str> {
    let in_box = |node: usize| picture.nodes[node].in_box;
    let across = picture.lines.iter().filter(|line| in_box(line.source) != in_box(line.sink));
    let left: BTreeSet<_> = across.map(|line| in_box(line.source)).collect();
    let colours: BTreeMap<_, _> = left.into_iter().zip(paper.lines.iter().cycle()).collect();
    let colour = |line: &Line| match colours.get(&in_box(line.source)) {
        _ if line.clash => paper.clash,
        Some(colour) if in_box(line.source) != in_box(line.sink) => *colour,
        _ => paper.plain,
    };
    picture.lines.iter().map(colour).collect()
}

fn lines(svg: &mut String, picture: &Picture, places: &Places, paper: &Paper) {
    for (corners, colour) in places.lines.iter().zip(colours(picture, paper)) {
        let _ = writeln!(
            svg,
            "<path d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.4\"/>",
            rounded(corners)
        );
        if let Some(Point { x, y }) = corners.last() {
            let (x1, y1, y2) = (x - 7.0, y - 3.5, y + 3.5);
            let _ = writeln!(
                svg,
                "<path d=\"M{x:.1} {y:.1}L{x1:.1} {y1:.1}L{x1:.1} {y2:.1}Z\" fill=\"{colour}\"/>"
            );
        }
    }
}

/// A path through `corners`, with an arc at each but the ends.
fn rounded(corners: &[Point]) -> String {
    let mut path = String::new();
    for (n, &Point { x, y }) in corners.iter().enumerate() {
        let around = n.checked_sub(1).and_then(|before| corners.get(before)).zip(corners.get(n + 1));
        let _ = match around {
            None if n == 0 => write!(path, "M{x:.1} {y:.1}"),
            None => write!(path, "L{x:.1} {y:.1}"),
            Some((before, after)) => {
                let (a, b) = (towards(Point { x, y }, *before), towards(Point { x, y }, *after));
                write!(path, "L{:.1} {:.1}Q{x:.1} {y:.1} {:.1} {:.1}", a.x, a.y, b.x, b.y)
            }
        };
    }
    path
}

/// The point at most [`ROUND`] from `from` on the way to `to`, and at most half the way.
fn towards(from: Point, to: Point) -> Point {
    let step = |from: f64, to: f64| (to - from).abs().min(2.0 * ROUND) / 2.0 * (to - from).signum();
    Point {
        x: from.x + if (to.x - from.x).abs() < 0.05 { 0.0 } else { step(from.x, to.x) },
        y: from.y + if (to.y - from.y).abs() < 0.05 { 0.0 } else { step(from.y, to.y) },
    }
}

fn labels(svg: &mut String, labels: &[Label], paper: &Paper) {
    let halo = paper.background;
    for Label { at: Point { x, y }, text, clash } in labels {
        let colour = if *clash { paper.clash } else { paper.label };
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"10\" fill=\"{colour}\" stroke=\"{halo}\" stroke-width=\"3\" \
             paint-order=\"stroke\">{}</text>",
            escaped(text)
        );
    }
}
