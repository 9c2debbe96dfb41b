//! A picture as DOT, for Graphviz.

use std::fmt::Write as _;

use super::picture::{Look, Picture};
use super::{Drawing, Theme};

/// What a dark background asks for.
const DARK: &str = "  bgcolor=\"#16181c\"; fontcolor=\"#e6e6e6\"; color=\"#4a505a\";\n  edge [color=\"#a0a6b0\", \
                    fontcolor=\"#d8dce2\"];\n";

pub(super) fn draw(picture: &Picture, drawing: &Drawing<'_>) -> String {
    let mut dot = format!(
        "digraph {} {{\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fillcolor=\"#dce9f9\", \
         fontname=monospace, fontsize=10];\n  edge [fontname=monospace, fontsize=9];\n",
        quoted(drawing.title)
    );
    if drawing.theme == Theme::Dark {
        dot += DARK;
    }
    for lane in &picture.boxes {
        let _ = writeln!(dot, "  subgraph cluster_{} {{\n    label={};", lane.id, quoted(&lane.label));
        for &node in &lane.members {
            let widget = &picture.nodes[node];
            let lines: Vec<_> = [&widget.name, &widget.kind]
                .into_iter()
                .chain(&widget.pcms)
                .chain(&widget.details)
                .cloned()
                .collect();
            let _ = writeln!(dot, "    n{node} [label={}{}];", quoted(&lines.join("\n")), look(widget.look));
        }
        dot += "  }\n";
    }
    for line in &picture.lines {
        let label = line.label.join("\n");
        let colour = if line.clash { ", color=red, fontcolor=red" } else { "" };
        let _ =
            writeln!(dot, "  n{} -> n{} [label={}{colour}];", line.source, line.sink, quoted(label.trim()));
    }
    dot + "}\n"
}

fn look(look: Look) -> &'static str {
    match look {
        Look::Ll => "",
        Look::Dp => ", fillcolor=\"#ffe3c2\", color=\"#d9730d\", penwidth=2",
        Look::Host => ", fillcolor=\"#d7efd9\"",
        Look::Dai => ", fillcolor=\"#eadcf4\"",
        Look::Virtual => ", fillcolor=\"#f4f4f4\", style=\"rounded,filled,dashed\"",
    }
}

/// A string of DOT. A backslash would start an escape, so it is doubled.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
