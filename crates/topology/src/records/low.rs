//! The low-level dialect: from blocks, elements and tokens by name to the file.

use std::ops::Range;

use headroom_tplg::records::{self, BlockHeader, Manifest};
use headroom_tplg::write::{WriteError, Writer};
use headroom_tplg::{BlockKind, WidgetKind};

use crate::toml::{Checked, complain};

use super::entry::{Entry, Value, number, text};
use super::fill::filled;
use super::low_array;

/// Where in the file something starts, and where in the text that stands; in the order of both.
pub(crate) type Places = Vec<(usize, Range<usize>)>;

/// Writes the file that `root` describes.
pub(crate) fn file(root: &Entry<'_>) -> Checked<(Vec<u8>, Places)> {
    root.only(&["block"])?;
    let blocks = root.list("block")?;
    let counts = counts(&blocks)?;
    // The first time only to find out how long it gets.
    let mut file = vec![0; write(&blocks, &counts, &mut [])?.0];
    let (_, places) = write(&blocks, &counts, &mut file)?;
    Ok((file, places))
}

fn write(blocks: &[Entry<'_>], counts: &Manifest, out: &mut [u8]) -> Checked<(usize, Places)> {
    let mut scribe = Scribe { writer: Writer::new(out), places: Vec::new(), counts };
    for entry in blocks {
        scribe.block(entry)?;
    }
    match scribe.writer.finish() {
        Ok(len) | Err(WriteError::Space { needed: len, .. }) => Ok((len, scribe.places)),
        Err(error) => complain(0..0, error.to_string(), "this is a fault of headroom: please report it"),
    }
}

/// What the manifest says if the text doesn't.
fn counts(blocks: &[Entry<'_>]) -> Checked<Manifest> {
    let mut counts = Manifest::default();
    for block in blocks {
        let count = |key: &str| Ok(block.list(key)?.len() as u32);
        counts.control_elems += count("control")?;
        for widget in block.list("widget")? {
            counts.control_elems += widget.list("control")?.len() as u32;
        }
        counts.widget_elems += count("widget")?;
        counts.graph_elems += count("route")?;
        counts.pcm_elems += count("pcm")?;
        counts.dai_link_elems += count("link")?;
        counts.dai_elems += count("dai")?;
    }
    Ok(counts)
}

/// A file that is written.
struct Scribe<'w, 't> {
    writer: Writer<'w>,
    places: Places,
    counts: &'t Manifest,
}

/// Keys of blocks of all kinds.
const BLOCK: [&str; 5] = ["type", "index", "abi", "version", "vendor_type"];

impl Scribe<'_, '_> {
    fn block(&mut self, entry: &Entry<'_>) -> Checked<()> {
        let usual = BlockHeader::default();
        let (kind, count) = (block_kind(entry.need("type", "\"DAPM_WIDGET\"")?)?, entry.number("count", 1)?);
        let header = BlockHeader {
            kind: kind.raw(),
            index: entry.number("index", usual.index)?,
            abi: entry.number("abi", usual.abi)?,
            version: entry.number("version", usual.version)?,
            vendor_type: entry.number("vendor_type", usual.vendor_type)?,
            count,
            ..usual
        };
        self.place(entry);
        self.writer.block_with(&header);
        let Some(key) = elements_key(kind) else {
            entry.only(&[&BLOCK[..], &["count", "bytes"]].concat())?;
            self.writer.opaque(&entry.bytes("bytes")?);
            return Ok(());
        };
        entry.only(&[&BLOCK[..], &[key]].concat())?;
        for element in entry.list(key)? {
            self.place(&element);
            self.element(key, &element)?;
        }
        Ok(())
    }

    fn place(&mut self, entry: &Entry<'_>) {
        self.places.push((self.writer.written(), entry.span.clone()));
    }

    fn element(&mut self, key: &str, entry: &Entry<'_>) -> Checked<()> {
        match key {
            "manifest" => {
                self.writer.manifest_with(&filled(entry, *self.counts, &["private"])?);
                self.writer.private(&entry.bytes("private")?);
            }
            "widget" => self.widget(entry)?,
            "route" => self.writer.route(&filled(entry, records::Route::default(), &[])?),
            "control" => self.control(entry)?,
            "pcm" => {
                self.writer.pcm(&filled(entry, records::Pcm::default(), &["array"])?);
                low_array::all(&mut self.writer, entry)?;
            }
            "link" => {
                self.writer.link(&filled(entry, records::Link::default(), &["array"])?);
                low_array::all(&mut self.writer, entry)?;
            }
            _ => {
                self.writer.dai(&filled(entry, records::Dai::default(), &["private"])?);
                self.writer.private(&entry.bytes("private")?);
            }
        }
        Ok(())
    }

    fn widget(&mut self, entry: &Entry<'_>) -> Checked<()> {
        let id = widget_kind(entry.need("type", "\"pga\"")?)?.raw();
        if let Some(number) = entry.get("id") {
            return complain(number.span(), "a widget's number is its `type`", "take `id` out");
        }
        let usual = records::Widget { id, ..Default::default() };
        self.writer.widget(&filled(entry, usual, &["type", "array", "control"])?);
        low_array::all(&mut self.writer, entry)?;
        for control in entry.list("control")? {
            self.place(&control);
            self.control(&control)?;
        }
        Ok(())
    }

    fn control(&mut self, entry: &Entry<'_>) -> Checked<()> {
        let kind = entry.need("type", "\"mixer\"")?;
        match text(kind)? {
            "mixer" => {
                let mixer = filled(entry, records::Mixer::default(), &["type", "array"])?;
                self.writer.mixer(&mixer);
                return low_array::all(&mut self.writer, entry);
            }
            "bytes" => {
                let bytes = filled(entry, records::Bytes::default(), &["type", "private"])?;
                self.writer.bytes(&bytes);
            }
            "enum" => {
                let enumerated = filled(entry, records::Enum::default(), &["type", "private"])?;
                self.writer.enumerated(&enumerated);
            }
            other => {
                let what = format!("there is no type `{other}` of controls");
                return complain(kind.span(), what, "controls are mixer, bytes or enum");
            }
        }
        self.writer.private(&entry.bytes("private")?);
        Ok(())
    }
}

/// The key of a block's elements; none for those that are bytes.
fn elements_key(kind: BlockKind) -> Option<&'static str> {
    Some(match kind {
        BlockKind::Manifest => "manifest",
        BlockKind::Widget => "widget",
        BlockKind::Graph => "route",
        BlockKind::Mixer | BlockKind::Bytes | BlockKind::Enum => "control",
        BlockKind::Pcm => "pcm",
        BlockKind::DaiLink | BlockKind::CodecLink | BlockKind::BackendLink => "link",
        BlockKind::Dai => "dai",
        _ => return None,
    })
}

/// A kind by its name, or by its number where it has none.
fn block_kind(value: &Value<'_>) -> Checked<BlockKind> {
    let known = || (1..=12).chain(1000..=1003).map(BlockKind::from_raw);
    if value.get_ref().is_integer() {
        return Ok(BlockKind::from_raw(number(value, 0..=u32::MAX.into())? as u32));
    }
    let name = text(value)?;
    let named = known().find(|kind| kind.to_string() == name);
    named.map_or_else(|| not_among(value, "blocks", known().map(|kind| kind.to_string())), Ok)
}

fn widget_kind(value: &Value<'_>) -> Checked<WidgetKind> {
    let known = || (0..=23).map(WidgetKind::from_raw);
    if value.get_ref().is_integer() {
        return Ok(WidgetKind::from_raw(number(value, 0..=u32::MAX.into())? as u32));
    }
    let name = text(value)?;
    let named = known().find(|kind| kind.to_string() == name);
    named.map_or_else(|| not_among(value, "widgets", known().map(|kind| kind.to_string())), Ok)
}

fn not_among<T>(value: &Value<'_>, what: &str, known: impl Iterator<Item = String>) -> Checked<T> {
    let names: Vec<_> = known.collect();
    let help = format!("types are {}, or a number", names.join(", "));
    complain(value.span(), format!("there is no such type of {what}"), help)
}
