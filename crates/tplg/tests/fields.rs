//! Records by the names of their fields, and blocks and names with all that a file can say of them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

use headroom_tplg::records::{BlockHeader, FieldMut, NAME_LEN, Name, Path, Pcm, Record};
use headroom_tplg::write::Writer;
use headroom_tplg::{BlockKind, Element, Topology};

/// The field's name with those before it, as `caps[1].rates`.
fn spell(path: &Path<'_>) -> String {
    let before = path.parent.map_or(String::new(), |parent| format!("{}.", spell(parent)));
    let entry = path.index.map_or(String::new(), |entry| format!("[{entry}]"));
    format!("{before}{}{entry}", path.name)
}

#[test]
fn every_field_is_shown_by_its_name_and_can_be_set() {
    let (mut pcm, mut names) = (Pcm::default(), Vec::new());
    pcm.for_each_field(&mut |path, field| {
        names.push(spell(path));
        match (names.last().unwrap().as_str(), field) {
            ("caps[1].rates", FieldMut::U32(rates)) => *rates = 192,
            ("pcm_name", FieldMut::Text(name)) => *name = Name::new("Speaker").unwrap(),
            _ => {}
        }
    });
    assert_eq!((pcm.caps[0].rates, pcm.caps[1].rates, pcm.pcm_name.as_str()), (0, 192, "Speaker"));
    // 12 plain fields, 8 streams of 8, as a format has two words, and 2 capabilities of 16.
    assert_eq!(names.len(), 12 + 8 * 8 + 2 * 16);
    assert_eq!((names[0].as_str(), names.last().unwrap().as_str()), ("size", "priv_size"));
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 12 + 8 * 8 + 2 * 16, "no two fields have one name");
}

#[test]
fn a_block_keeps_its_header_and_a_vendors_count() {
    let mut file = [0; 64];
    let mut writer = Writer::new(&mut file);
    let header =
        BlockHeader { kind: 1001, abi: 4, version: 7, vendor_type: 9, count: 5, ..Default::default() };
    writer.block_with(&header);
    writer.opaque(b"abc");
    let len = writer.finish().unwrap();
    let topology = Topology::parse(&file[..len]).unwrap();
    let block = topology.blocks().next().unwrap();
    assert_eq!(block.kind(), BlockKind::VendorConfig);
    assert_eq!(block.record(), BlockHeader { payload_size: 3, ..header });
    assert!(matches!(block.elements().next(), Some(Element::Opaque(b"abc"))));
}

#[test]
fn names_keep_what_is_behind_their_end() {
    let mut bytes = [0; NAME_LEN];
    bytes[..5].copy_from_slice(b"ab\0\xffz");
    let name = Name::from_bytes(bytes).unwrap();
    assert_eq!((name.as_str(), name.bytes()), ("ab", &bytes));
    assert_eq!(Name::from_bytes([b'a'; NAME_LEN]), None, "it has no end");
    assert_eq!(Name::from_bytes([0xff, 0].repeat(22).try_into().unwrap()), None, "it is no text");
}
