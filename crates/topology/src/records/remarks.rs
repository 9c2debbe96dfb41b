//! What the text says beside the values: numbers in words.

use headroom_module::ModuleEntry;
use headroom_tplg::tuples::{Tuple, Uuid, Value, VendorArray};
use headroom_tplg::{DbScale, Token, Topology, Widget, WidgetKind};

use super::tree::{Leaf, Node};
use crate::rates::RateSet;

/// Names of sample formats by their bits, as ALSA calls them.
const FORMATS: [(u32, &str); 7] =
    [(0, "S8"), (1, "U8"), (2, "S16_LE"), (6, "S24_LE"), (10, "S32_LE"), (14, "FLOAT_LE"), (32, "S24_3LE")];

/// The lines above the first block.
pub(super) fn file(topology: &Topology<'_>) -> String {
    let count = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let (widgets, routes) = (topology.widgets().count(), topology.routes().count());
    let (widgets, routes) = (count(widgets, "widget"), count(routes, "route"));
    let (pcms, bytes) = (count(topology.pcms().count(), "PCM"), topology.bytes().len());
    let abi = topology.abi().map_or("no ABI".to_owned(), |abi| format!("ABI {abi}"));
    format!(
        "# A topology file of {bytes} bytes, {abi}: {widgets}, {routes}, {pcms}.\n\
         # `headroom compile` makes the same bytes of this text. Keys that are not here are 0, empty, or counted.\n"
    )
}

pub(super) fn abi(topology: &Topology<'_>) -> String {
    topology.abi().map_or(String::new(), |abi| format!("ABI {abi}"))
}

/// What becomes of a widget.
pub(super) fn widget(widget: &Widget<'_>, modules: &[ModuleEntry]) -> String {
    match (widget.kind(), widget.uuid().and_then(|uuid| module(uuid, modules))) {
        (WidgetKind::Scheduler, _) => format!("pipeline {}", widget.pipeline()),
        (_, Some(module)) => format!("module {module}"),
        (_, None) => String::new(),
    }
}

/// The name of the module that has this UUID, if it is one of ours.
fn module(uuid: Uuid, modules: &[ModuleEntry]) -> Option<&'static str> {
    modules.iter().find(|entry| entry.uuid == uuid.0).map(|entry| entry.name)
}

/// The audio format that an array is.
pub(super) fn array(array: &VendorArray<'_>) -> String {
    let number = |token: Token| {
        array.tuples().find_map(|tuple| match tuple.value {
            Value::Number(_, number) if tuple.token == token => Some(number),
            _ => None,
        })
    };
    let sides = [("takes", [1900, 1902, 1903, 1901, 1970]), ("gives", [1930, 1932, 1933, 1931, 1971])];
    let side = |(verb, tokens): (&str, [u32; 5])| {
        let [rate, bits, channels, depth, block] = tokens.map(|token| number(Token(token)));
        let (rate, bits, channels) = (rate?, bits?, channels?);
        let depth =
            depth.filter(|depth| *depth != bits).map_or(String::new(), |depth| format!(" in {depth}"));
        let block = block.map_or(String::new(), |block| format!(", {block} bytes at a time"));
        Some(format!("{verb} {rate} Hz, {bits} bits{depth}, {channels} ch{block}"))
    };
    sides.into_iter().filter_map(side).collect::<Vec<_>>().join("; ")
}

/// What the value of a token means, where that doesn't show.
pub(super) fn tuple(tuple: &Tuple<'_>, modules: &[ModuleEntry]) -> String {
    match (tuple.token, tuple.value) {
        (Token::COMP_UUID, Value::Uuid(uuid)) => module(uuid, modules).unwrap_or_default().to_owned(),
        (Token::GAIN_VAL, Value::Number(_, value)) => decibels(value),
        _ => String::new(),
    }
}

/// A factor in Q1.31.
fn decibels(factor: u32) -> String {
    match f64::from(factor) / f64::from(i32::MAX) {
        0.0 => "silence".to_owned(),
        factor => format!("{:.1} dB", 20.0 * factor.log10() + 0.0),
    }
}

/// What the field called `name` means, where that doesn't show.
pub(super) fn field(name: &str, node: &Node) -> String {
    match (name, node) {
        ("formats" | "format", Node::List(words)) => formats(&numbers(words)),
        ("rates", Node::Leaf(Leaf::Number { value, .. })) => rates(*value as u32),
        ("tlv", Node::Table(fields)) => scale(fields).map_or(String::new(), scale_in_words),
        _ => String::new(),
    }
}

fn numbers(nodes: &[Node]) -> Vec<u32> {
    let number = |node: &Node| match node {
        Node::Leaf(Leaf::Number { value, .. }) => Some(*value as u32),
        _ => None,
    };
    nodes.iter().filter_map(number).collect()
}

fn formats(words: &[u32]) -> String {
    let has = |bit: u32| words.get(bit as usize / 32).is_some_and(|word| word >> (bit % 32) & 1 == 1);
    let names: Vec<_> = FORMATS.iter().filter(|(bit, _)| has(*bit)).map(|(_, name)| *name).collect();
    names.join(", ")
}

fn rates(bits: u32) -> String {
    let rates: Vec<_> = RateSet(bits).listed().map(|rate| rate.to_string()).collect();
    if rates.is_empty() { String::new() } else { format!("{} Hz", rates.join(", ")) }
}

/// Decibels are the kind 1 of what a TLV can be.
fn scale(fields: &[(&'static str, Node)]) -> Option<DbScale> {
    let field = |wanted: &str| fields.iter().find(|(name, _)| *name == wanted).map(|(_, node)| node);
    let (Some(Node::Leaf(Leaf::Number { value: 1, .. })), Some(Node::List(data))) =
        (field("kind"), field("data"))
    else {
        return None;
    };
    let [min, step, mute, ..] = numbers(data)[..] else { return None };
    Some(DbScale { min: min as i32, step, mute: mute != 0 })
}

fn scale_in_words(scale: DbScale) -> String {
    let DbScale { min, step, mute } = scale;
    let (min, step) = (f64::from(min) / 100.0, f64::from(step) / 100.0);
    let lowest = if mute { ", 0 is silence" } else { "" };
    format!("from {min} dB in steps of {step} dB{lowest}")
}
