//! What changed from one topology to another, in words, for review.

use std::collections::{BTreeMap, BTreeSet};

use headroom_tplg::records::StreamCaps;
use headroom_tplg::tuples::Tuples;
use headroom_tplg::{AudioFormat, Control, Link, Pcm, Token, Topology, Widget};

use serde::Serialize;

use crate::lint::Detail;
use crate::words;

/// The differences: what is as it was is not told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    schema_version: u32,
    changes: Vec<Change>,
    /// Whether the files differ although nothing that is told does.
    only_bytes: bool,
}

/// What became of one element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Change {
    section: &'static str,
    change: Kind,
    /// What it is.
    element: String,
    /// What changed in it, one by one; some in several lines.
    details: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Removed,
    Added,
    Changed,
}

/// More elements than these in which the same changed are told at once.
const FEW: usize = 3;

/// Compares `old` with `new`. Elements are matched by their names, PCMs and links by their numbers; their order means nothing.
pub fn diff(old: &Topology<'_>, new: &Topology<'_>) -> Changes {
    let changes = [
        in_section("file", file(old, new)),
        in_section("PCMs", devices(keyed(old.pcms(), Pcm::id), keyed(new.pcms(), Pcm::id))),
        in_section("widgets", widgets(old, new)),
        in_section("controls of no widget", controls(old.controls(), new.controls())),
        in_section("routes", routes(old, new)),
        in_section("links", links(keyed(old.links(), Link::id), keyed(new.links(), Link::id))),
    ];
    let changes = changes.concat();
    let only_bytes = changes.is_empty() && old.bytes() != new.bytes();
    Changes { schema_version: 1, changes, only_bytes }
}

fn in_section(section: &'static str, changes: Vec<Change>) -> Vec<Change> {
    changes.into_iter().map(|change| Change { section, ..change }).collect()
}

impl Changes {
    /// Whether the files are the same to the byte.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && !self.only_bytes
    }

    /// A section for each kind of element with changes: `+` is only in the new file, `-` only in the old one, `~` in both. Summed,
    /// what changed alike in more than three elements of a section is told once.
    pub fn text(&self, detail: Detail) -> String {
        let mut text = String::new();
        for section in self.changes.chunk_by(|a, b| a.section == b.section) {
            text += section.first().map_or("", |first| first.section);
            text.push('\n');
            text += &told(section, detail);
        }
        if self.only_bytes {
            text += "the files differ in bytes that have no words here: order, padding, or private data\n";
        }
        text
    }

    /// For each section how many elements are added, removed and changed, a line each.
    pub fn stat(&self) -> String {
        let line = |section: &[Change]| {
            let of = |kind| section.iter().filter(|change| change.change == kind).count();
            let counts = [(Kind::Added, "added"), (Kind::Removed, "removed"), (Kind::Changed, "changed")];
            let counts = counts.map(|(kind, name)| (of(kind), name)).into_iter().filter(|(n, _)| *n > 0);
            let counts: Vec<_> = counts.map(|(n, name)| format!("{n} {name}")).collect();
            format!("{}: {}\n", section.first().map_or("", |first| first.section), counts.join(", "))
        };
        let bytes = if self.only_bytes { "only bytes that have no words here differ\n" } else { "" };
        self.changes.chunk_by(|a, b| a.section == b.section).map(line).collect::<String>() + bytes
    }
}

/// The changes of a section, line by line.
fn told(section: &[Change], detail: Detail) -> String {
    let mut alike: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for change in section {
        for detail in &change.details {
            alike.entry(detail).or_default().push(&change.element);
        }
    }
    alike.retain(|_, elements| detail == Detail::Summed && elements.len() > FEW);
    let mut text = String::new();
    for (detail, elements) in &alike {
        let (first, more) = (elements.first().copied().unwrap_or_default(), elements.len() - 1);
        text += &format!("  ~ {first}, and {more} more alike (--all lists them)\n{}", indented(detail));
    }
    for Change { change, element, details, .. } in section {
        let own: Vec<_> = details.iter().filter(|detail| !alike.contains_key(detail.as_str())).collect();
        if own.is_empty() && !details.is_empty() {
            continue;
        }
        text += &format!("  {} {element}\n", change.sign());
        own.into_iter().for_each(|detail| text += &indented(detail));
    }
    text
}

fn indented(detail: &str) -> String {
    detail.lines().map(|line| format!("      {line}\n")).collect()
}

impl Kind {
    fn sign(self) -> char {
        match self {
            Self::Removed => '-',
            Self::Added => '+',
            Self::Changed => '~',
        }
    }

    fn of(self, element: String) -> Change {
        Change { section: "", change: self, element, details: Vec::new() }
    }
}

impl Change {
    /// As a detail of something else.
    fn within(self) -> String {
        let details: String = self
            .details
            .iter()
            .map(|detail| detail.replace('\n', "\n    "))
            .map(|d| format!("\n    {d}"))
            .collect();
        format!("{} {}{details}", self.change.sign(), self.element)
    }
}

/// `name: old -> new`, if they differ.
fn changed(name: &str, old: &str, new: &str) -> Option<String> {
    (old != new).then(|| format!("{name}: {old} -> {new}"))
}

fn file(old: &Topology<'_>, new: &Topology<'_>) -> Vec<Change> {
    let abi = |topology: &Topology<'_>| topology.abi().map_or("none".into(), |abi| abi.to_string());
    let data = |topology: &Topology<'_>| {
        topology.manifest().map_or(0, |manifest| manifest.private().len()).to_string()
    };
    let lines = [
        changed("SOF ABI", &abi(old), &abi(new)),
        changed("bytes of the manifest's data", &data(old), &data(new)),
    ];
    lines.into_iter().flatten().map(|line| Kind::Changed.of(line)).collect()
}

/// Elements by what they are matched by, with how many of the same there were before: names can be there twice.
fn keyed<T, K: Ord + Clone>(
    elements: impl Iterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> BTreeMap<(K, usize), T> {
    let mut seen: BTreeMap<K, usize> = BTreeMap::new();
    let mut keyed = BTreeMap::new();
    for element in elements {
        let key = key(&element);
        let count = seen.entry(key.clone()).or_default();
        keyed.insert((key, *count), element);
        *count += 1;
    }
    keyed
}

/// Removed ones, added ones and changed ones, each in order. `words` says what one is, `details` what changed in it.
fn compared<T, K: Ord>(
    old: &BTreeMap<K, T>,
    new: &BTreeMap<K, T>,
    words: impl Fn(&T) -> String,
    details: impl Fn(&T, &T) -> Vec<String>,
) -> Vec<Change> {
    let removed =
        old.iter().filter(|(key, _)| !new.contains_key(key)).map(|(_, it)| Kind::Removed.of(words(it)));
    let added = new.iter().filter(|(key, _)| !old.contains_key(key)).map(|(_, it)| Kind::Added.of(words(it)));
    let mut changes: Vec<_> = removed.chain(added).collect();
    for (key, before) in old {
        let Some(after) = new.get(key) else { continue };
        let details = details(before, after);
        if !details.is_empty() {
            changes.push(Change { details, ..Kind::Changed.of(words(after)) });
        }
    }
    changes
}

fn widgets(old: &Topology<'_>, new: &Topology<'_>) -> Vec<Change> {
    let name = |widget: &Widget<'_>| widget.name().to_owned();
    let (old, new) = (keyed(old.widgets(), name), keyed(new.widgets(), name));
    let words = |widget: &Widget<'_>| {
        format!("{} ({}, pipeline {})", widget.name(), widget.kind(), widget.pipeline())
    };
    compared(&old, &new, words, widget)
}

fn widget(old: &Widget<'_>, new: &Widget<'_>) -> Vec<String> {
    let mut lines: Vec<String> = [
        changed("pipeline", &old.pipeline().to_string(), &new.pipeline().to_string()),
        changed("kind", &old.kind().to_string(), &new.kind().to_string()),
        changed("stream name", old.stream_name(), new.stream_name()),
    ]
    .into_iter()
    .flatten()
    .collect();
    lines.extend(tokens(&old.tuples(), &new.tuples()));
    let sides = [
        ("input", old.input_formats().collect::<Vec<_>>(), new.input_formats().collect::<Vec<_>>()),
        ("output", old.output_formats().collect(), new.output_formats().collect()),
    ];
    for (side, old, new) in sides {
        lines.extend(formats(side, &old, &new));
    }
    lines.extend(controls(old.controls(), new.controls()).into_iter().map(Change::within));
    lines
}

fn controls<'a, 'b>(
    old: impl Iterator<Item = Control<'a>>,
    new: impl Iterator<Item = Control<'b>>,
) -> Vec<Change> {
    let words = |control: &Control<'_>| format!("control {}", control.name());
    compared(&keyed(old, |c| c.name().to_owned()), &keyed(new, |c| c.name().to_owned()), words, control)
}

/// Values of all tokens but those of formats, which are told as formats.
fn tokens(old: &Tuples<'_>, new: &Tuples<'_>) -> Vec<String> {
    let values = |tuples: &Tuples<'_>| {
        let mut values: BTreeMap<Token, Vec<String>> = BTreeMap::new();
        for tuple in tuples.iter().filter(|tuple| tuple.token.group() != Some("audio_format")) {
            values.entry(tuple.token).or_default().push(words::value(tuple.token, &tuple.value));
        }
        values
    };
    let (old, new) = (values(old), values(new));
    let all: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let spelled =
        |values: Option<&Vec<String>>| values.map_or("(not set)".into(), |values| values.join(", "));
    let line =
        |token: &&Token| changed(&words::token(**token), &spelled(old.get(token)), &spelled(new.get(token)));
    all.iter().filter_map(line).collect()
}

fn formats(side: &str, old: &[AudioFormat], new: &[AudioFormat]) -> Vec<String> {
    let (removed, added) = (missing(old, new), missing(new, old));
    if let ([before], [after]) = (&removed[..], &added[..]) {
        return format_fields(side, before, after);
    }
    let words = |sign: &str, format: &AudioFormat| {
        format!(
            "{sign} {side} format {}, {} bytes, pin {}",
            words::format(format),
            format.block_bytes,
            format.pin
        )
    };
    let moved = removed.is_empty() && added.is_empty() && old != new;
    let mut lines: Vec<_> = removed.iter().map(|format| words("-", format)).collect();
    lines.extend(added.iter().map(|format| words("+", format)));
    lines.extend(moved.then(|| format!("order of {side} formats")));
    lines
}

/// Those of `formats` that `others` have not, as often as they have them less.
fn missing(formats: &[AudioFormat], others: &[AudioFormat]) -> Vec<AudioFormat> {
    let mut others = others.to_vec();
    let mut missing = formats.to_vec();
    missing.retain(|format| match others.iter().position(|other| other == format) {
        Some(at) => {
            others.swap_remove(at);
            false
        }
        None => true,
    });
    missing
}

/// The fields in which the one format that changed did.
fn format_fields(side: &str, old: &AudioFormat, new: &AudioFormat) -> Vec<String> {
    let block = if side == "input" { "ibs" } else { "obs" };
    let fields = |format: &AudioFormat| {
        [
            ("rate", format.rate.to_string()),
            ("bit depth", format.bit_depth.to_string()),
            ("valid bits", format.valid_bit_depth.to_string()),
            ("channels", format.channels.to_string()),
            ("channel graph", format!("{:#x}", format.channel_map)),
            ("channel configuration", format.channel_config.to_string()),
            ("interleaving", format.interleaving.to_string()),
            ("sample type", format.sample_type.to_string()),
            ("packed format", format!("{:#x}", format.fmt_cfg)),
            ("pin", format.pin.to_string()),
            (block, format.block_bytes.to_string()),
        ]
    };
    let pairs = fields(old).into_iter().zip(fields(new));
    let name = |field: &str| format!("{side} format {}: {field}", words::format(old));
    pairs.filter_map(|((field, old), (_, new))| changed(&name(field), &old, &new)).collect()
}

fn control(old: &Control<'_>, new: &Control<'_>) -> Vec<String> {
    let kind = |control: &Control<'_>| format!("{:?}", control.kind()).to_lowercase();
    let range =
        |control: &Control<'_>| control.mixer().map_or_else(String::new, |m| format!("{}..{}", m.min, m.max));
    let decibels = |control: &Control<'_>| {
        control.db_scale().map_or("none".into(), |scale| {
            let mute = if scale.mute { ", lowest mutes" } else { "" };
            format!("from {} by {} of 1/100 dB{mute}", scale.min, scale.step)
        })
    };
    let texts = |control: &Control<'_>| {
        let texts = control
            .enumerated()
            .map(|e| e.texts.iter().take(e.items as usize).map(|t| t.to_string()).collect::<Vec<_>>());
        texts.map_or_else(String::new, |texts| texts.join(", "))
    };
    let mut lines: Vec<String> = [
        changed("kind", &kind(old), &kind(new)),
        changed("range", &range(old), &range(new)),
        changed("decibels", &decibels(old), &decibels(new)),
        changed("texts", &texts(old), &texts(new)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if old.kind() == new.kind()
        && old.kind() == headroom_tplg::ControlKind::Bytes
        && old.private() != new.private()
    {
        lines.push(format!(
            "data: {} bytes -> {} bytes, of other contents",
            old.private().len(),
            new.private().len()
        ));
    }
    lines.extend(tokens(&old.tuples(), &new.tuples()));
    lines
}

fn routes(old: &Topology<'_>, new: &Topology<'_>) -> Vec<Change> {
    let words = |topology: &Topology<'_>| {
        let routes: Vec<_> = topology
            .routes()
            .map(|route| {
                let control = if route.control().is_empty() {
                    String::new()
                } else {
                    format!(" (by {})", route.control())
                };
                format!("{} > {}{control}", route.source(), route.sink())
            })
            .collect();
        keyed(routes.into_iter(), String::clone)
    };
    compared(&words(old), &words(new), String::clone, |_, _| Vec::new())
}

type Keyed<T> = BTreeMap<(u32, usize), T>;

fn devices(old: Keyed<Pcm<'_>>, new: Keyed<Pcm<'_>>) -> Vec<Change> {
    compared(
        &old,
        &new,
        |pcm| format!("{} {}", pcm.id(), pcm.name()),
        |old, new| {
            let mut lines: Vec<_> = changed("name", old.name(), new.name()).into_iter().collect();
            let streams =
                [("playback", old.playback(), new.playback()), ("capture", old.capture(), new.capture())];
            for (direction, old, new) in streams {
                lines.extend(stream(direction, old.as_ref(), new.as_ref()));
            }
            lines.extend(tokens(&old.tuples(), &new.tuples()));
            lines
        },
    )
}

fn stream(direction: &str, old: Option<&StreamCaps>, new: Option<&StreamCaps>) -> Vec<String> {
    let fields = |caps: &StreamCaps| {
        let rates: Vec<_> = words::rates(caps.rates).iter().map(u32::to_string).collect();
        [
            ("stream name", caps.name.as_str().to_owned()),
            ("formats", words::sample_formats(caps.format_bits()).join(" ")),
            ("rates", rates.join(" ")),
            ("range of rates", words::range(caps.rate_min, caps.rate_max)),
            ("channels", words::range(caps.channels_min, caps.channels_max)),
            ("periods", words::range(caps.periods_min, caps.periods_max)),
            ("bytes of a period", words::range(caps.period_size_min, caps.period_size_max)),
            ("bytes of the buffer", words::range(caps.buffer_size_min, caps.buffer_size_max)),
        ]
    };
    match (old, new) {
        (Some(old), Some(new)) => {
            let pairs = fields(old).into_iter().zip(fields(new));
            let name = |field: &str| format!("{direction} {field}");
            pairs.filter_map(|((field, old), (_, new))| changed(&name(field), &old, &new)).collect()
        }
        (Some(_), None) => vec![format!("- {direction}")],
        (None, Some(_)) => vec![format!("+ {direction}")],
        (None, None) => Vec::new(),
    }
}

fn links(old: Keyed<Link<'_>>, new: Keyed<Link<'_>>) -> Vec<Change> {
    compared(
        &old,
        &new,
        |link| format!("{} {} ({})", link.id(), link.name(), link.kind()),
        |old, new| {
            let mut lines: Vec<_> = [
                changed("kind", &old.kind().to_string(), &new.kind().to_string()),
                changed("name", old.name(), new.name()),
                changed("stream name", old.stream_name(), new.stream_name()),
            ]
            .into_iter()
            .flatten()
            .collect();
            if old.record() != new.record() && lines.is_empty() {
                lines.push("hardware configurations or flags differ".into());
            }
            lines.extend(tokens(&old.tuples(), &new.tuples()));
            lines
        },
    )
}
