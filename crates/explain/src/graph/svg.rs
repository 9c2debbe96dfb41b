//! A picture as SVG: rectangles, lines with round corners, and text.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::picture::{Line, Look, Picture};
use super::place::{CHARACTER, Frame, HEADING, LINE, Label, PADDING, Places, Point, places, text};

/// Fill and border of each look, with its name for the legend.
const LOOKS: [(Look, &str, &str, &str); 5] = [
    (Look::Host, "PCM end", "#d7efd9", "#3c8d40"),
    (Look::Ll, "LL module", "#dce9f9", "#4a78b5"),
    (Look::Dp, "DP module", "#ffe3c2", "#d9730d"),
    (Look::Dai, "DAI end", "#eadcf4", "#8049a8"),
    (Look::Virtual, "no module", "#f4f4f4", "#999999"),
];
/// Of lines from one pipeline to another; those from one widget have the same.
const COLOURS: [&str; 6] = ["#b5482e", "#1f7a6d", "#7a4fa3", "#a06a00", "#2f62b0", "#a83268"];
const PLAIN: &str = "#555555";
const CLASH: &str = "#d00000";
/// Above the picture, for its title and legend.
const TOP: f64 = 44.0;
const ROUND: f64 = 5.0;

pub(super) fn draw(picture: &Picture, title: &str) -> String {
    let places = places(picture);
    let width = places.size.x.max(title.chars().count() as f64 * 9.0 + 620.0);
    let height = places.size.y + TOP;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let title = escaped(title);
    let _ = writeln!(svg, "<text x=\"24\" y=\"30\" font-size=\"15\" font-weight=\"bold\">{title}</text>");
    legend(&mut svg, width);
    let _ = writeln!(svg, "<g transform=\"translate(0 {TOP})\">");
    places.boxes.iter().zip(&picture.boxes).for_each(|(frame, lane)| pipeline(&mut svg, frame, &lane.label));
    lines(&mut svg, picture, &places);
    for (node, frame) in picture.nodes.iter().zip(&places.nodes) {
        widget(&mut svg, frame, node.look, &text(node));
    }
    labels(&mut svg, &places.labels);
    svg + "</g>\n</svg>\n"
}

fn escaped(text: &str) -> String {
    // Control characters are not allowed in XML at all.
    let text: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn rectangle(svg: &mut String, frame: &Frame, style: &str) {
    let Frame { at, size } = frame;
    let _ = writeln!(
        svg,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" {style}/>",
        at.x, at.y, size.x, size.y
    );
}

fn legend(svg: &mut String, width: f64) {
    let mut x = width - 24.0 - LOOKS.len() as f64 * 110.0;
    for (_, name, fill, border) in LOOKS {
        let frame = Frame { at: Point { x, y: 18.0 }, size: Point { x: 16.0, y: 14.0 } };
        rectangle(svg, &frame, &format!("rx=\"3\" fill=\"{fill}\" stroke=\"{border}\""));
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"30\">{name}</text>", x + 22.0);
        x += 110.0;
    }
}

fn pipeline(svg: &mut String, frame: &Frame, label: &str) {
    rectangle(svg, frame, "rx=\"6\" fill=\"#fafafa\" stroke=\"#bbbbbb\"");
    let (x, y) = (frame.at.x + PADDING, frame.at.y + HEADING - 9.0);
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"10\" fill=\"#555555\">{}</text>",
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
fn colours(picture: &Picture) -> Vec<&'static str> {
    let in_box = |node: usize| picture.nodes[node].in_box;
    let across = picture.lines.iter().filter(|line| in_box(line.source) != in_box(line.sink));
    let left: BTreeSet<_> = across.map(|line| in_box(line.source)).collect();
    let colour = |line: &Line| match left.iter().position(|&lane| lane == in_box(line.source)) {
        _ if line.clash => CLASH,
        Some(n) if in_box(line.source) != in_box(line.sink) => COLOURS[n % COLOURS.len()],
        _ => PLAIN,
    };
    picture.lines.iter().map(colour).collect()
}

fn lines(svg: &mut String, picture: &Picture, places: &Places) {
    for (corners, colour) in places.lines.iter().zip(colours(picture)) {
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

fn labels(svg: &mut String, labels: &[Label]) {
    for Label { at: Point { x, y }, text, clash } in labels {
        let colour = if *clash { CLASH } else { "#333333" };
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"10\" fill=\"{colour}\" stroke=\"white\" stroke-width=\"3\" \
             paint-order=\"stroke\">{}</text>",
            escaped(text)
        );
    }
}
