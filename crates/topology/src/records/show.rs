//! From a topology file to text: every block, element and token by its name, in the order of the file.

use headroom_module::ModuleEntry;
use headroom_tplg::records::{self, BlockHeader};
use headroom_tplg::tuples::{Tuples, VendorArray};
use headroom_tplg::{Block, BlockKind, Control, ControlKind, Element, Topology, Widget, WidgetKind};

use super::page::{Line, Page, quoted};
use super::{arrays, counts, hex, remarks};

/// The text of `topology`, whose modules are called as in `modules`.
pub(crate) fn file(topology: &Topology<'_>, modules: &[ModuleEntry]) -> String {
    let mut page = Page::new(remarks::file(topology), modules);
    for block in topology.blocks() {
        self::block(&mut page, &block, topology);
    }
    page.text()
}

fn block(page: &mut Page<'_>, block: &Block<'_>, topology: &Topology<'_>) {
    let (header, usual) = (block.record(), BlockHeader::default());
    page.heading("block", "");
    let kind = block.kind();
    let named = !matches!(kind, BlockKind::Other(_));
    page.line("type", &if named { quoted(&kind.to_string()) } else { header.kind.to_string() }, "");
    let fields = [
        ("index", header.index, usual.index),
        ("abi", header.abi, usual.abi),
        ("version", header.version, usual.version),
        ("vendor_type", header.vendor_type, usual.vendor_type),
    ];
    for (key, value, _) in fields.into_iter().filter(|(_, value, usual)| value != usual) {
        page.line(key, &value.to_string(), "");
    }
    if kind == BlockKind::Graph {
        let routes: String = block.elements().filter_map(|element| route(&element)).collect();
        return page.line("route", &format!("[\n{routes}]"), "");
    }
    for element in block.elements() {
        self::element(page, &element, header.count, topology);
    }
}

fn element(page: &mut Page<'_>, element: &Element<'_>, count: u32, topology: &Topology<'_>) {
    match element {
        Element::Manifest(manifest) => {
            let (mut record, private) = (manifest.record(), private(manifest.private()));
            page.heading("block.manifest", &remarks::abi(topology));
            page.record("block.manifest", (&mut record, &mut counts::in_file(topology)), &private);
        }
        Element::Widget(widget) => self::widget(page, widget),
        Element::Control(control) => self::control(page, "block.control", control),
        Element::Pcm(pcm) => {
            page.heading("block.pcm", "");
            page.record("block.pcm", (&mut pcm.record(), &mut records::Pcm::default()), &[]);
            tuples(page, "block.pcm", pcm.tuples());
        }
        Element::Link(link) => {
            page.heading("block.link", "");
            page.record("block.link", (&mut link.record(), &mut records::Link::default()), &[]);
            tuples(page, "block.link", link.tuples());
        }
        Element::Dai(dai) => {
            page.heading("block.dai", "");
            page.record(
                "block.dai",
                (&mut dai.record(), &mut records::Dai::default()),
                &private(dai.private()),
            );
        }
        Element::Opaque(bytes) => {
            page.line("count", &count.to_string(), "");
            page.line("bytes", &hex::show(bytes), "");
        }
        // Routes stand on a line each.
        _ => {}
    }
}

fn route(element: &Element<'_>) -> Option<String> {
    let Element::Route(route) = element else { return None };
    let record = route.record();
    let names = [("source", record.source), ("control", record.control), ("sink", record.sink)];
    let said = names.iter().filter(|(key, name)| *key != "control" || *name != records::Name::EMPTY);
    let fields: Vec<_> = said.map(|(key, name)| format!("{key} = {}", super::page::name(name))).collect();
    Some(format!("    {{ {} }},\n", fields.join(", ")))
}

fn widget(page: &mut Page<'_>, widget: &Widget<'_>) {
    page.heading("block.widget", &remarks::widget(widget, page.modules()));
    let mut record = widget.record();
    let kind = match widget.kind() {
        WidgetKind::Other(number) => number.to_string(),
        kind => quoted(&kind.to_string()),
    };
    // The number says it by name.
    let mut usual = records::Widget { id: record.id, ..Default::default() };
    page.line("type", &kind, "");
    page.record("block.widget", (&mut record, &mut usual), &[]);
    tuples(page, "block.widget", widget.tuples());
    for control in widget.controls() {
        self::control(page, "block.widget.control", &control);
    }
}

fn control(page: &mut Page<'_>, path: &str, control: &Control<'_>) {
    page.heading(path, "");
    let kind = match control.kind() {
        ControlKind::Mixer => "mixer",
        ControlKind::Bytes => "bytes",
        ControlKind::Enum => "enum",
    };
    page.line("type", &quoted(kind), "");
    if let Some(mut record) = control.mixer() {
        page.record(path, (&mut record, &mut records::Mixer::default()), &[]);
        return tuples(page, path, control.tuples());
    }
    let private = private(control.private());
    if let Some(mut record) = control.bytes() {
        page.record(path, (&mut record, &mut records::Bytes::default()), &private);
    }
    if let Some(mut record) = control.enumerated() {
        page.record(path, (&mut record, &mut records::Enum::default()), &private);
    }
}

fn private(bytes: &[u8]) -> Vec<Line> {
    let line = || Line::new("private", hex::show(bytes), String::new());
    (!bytes.is_empty()).then(line).into_iter().collect()
}

fn tuples(page: &mut Page<'_>, path: &str, tuples: Tuples<'_>) {
    let path = format!("{path}.array");
    let mut rest = tuples.bytes();
    for array in tuples.arrays() {
        let size = arrays::size(rest).min(rest.len());
        let (bytes, behind) = rest.split_at(size);
        rest = behind;
        show_array(page, &path, &array, bytes);
    }
}

fn show_array(page: &mut Page<'_>, path: &str, array: &VendorArray<'_>, bytes: &[u8]) {
    page.heading(path, &remarks::array(array));
    if !arrays::is_plain(array, bytes) {
        return page.line("bytes", &hex::show(bytes), "its strings or its size have more than tokens say");
    }
    page.line("type", &quoted(arrays::type_name(array.tuple_type())), "");
    match arrays::by_name(array, page.modules()) {
        Some(lines) => lines.iter().for_each(|(key, value, remark)| page.line(key, value, remark)),
        None => page.line("tuples", &arrays::in_order(array), ""),
    }
}
