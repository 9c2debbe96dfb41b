//! Records of topology files as trees: what both directions of the low-level dialect go through.
//!
//! ```text
//!  record ─ for_each_field ─► tree ─► text          decompile
//!  record ◄─ for_each_field ─ tree ◄─ text          compile
//! ```

use headroom_tplg::records::{FieldMut, Name, Path, Record};

/// A field without fields of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    /// A number, with the lowest and the highest that fit.
    Number { value: i64, min: i64, max: i64 },
    /// A string field.
    Text(Name),
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Leaf(Leaf),
    List(Vec<Node>),
    Table(Fields),
}

/// Fields by name, in the order of the file.
pub(super) type Fields = Vec<(&'static str, Node)>;

/// What all controls have is not a table of its own in the text: its names are no others' names.
const FLAT: &str = "header";

/// What a record can't say otherwise, or a writer counts.
const GIVEN: [&str; 3] = ["size", "priv_size", "num_kcontrols"];

fn is_given(path: &Path<'_>) -> bool {
    GIVEN.contains(&path.name) && path.parent.is_none_or(|parent| parent.name == FLAT)
}

/// The tree of `record`.
pub(super) fn tree<R: Record>(record: &mut R) -> Fields {
    let mut fields = Fields::new();
    record.for_each_field(&mut |path, field| {
        if !is_given(path) {
            insert(&mut fields, &steps(path), read(&field));
        }
    });
    fields
}

/// The record of `fields`, a tree of the same kind of record with other values.
pub(super) fn record<R: Record>(fields: &Fields) -> R {
    let mut leaves = Vec::new();
    fields.iter().for_each(|(_, node)| collect(node, &mut leaves));
    let (mut record, mut leaves) = (R::default(), leaves.into_iter());
    record.for_each_field(&mut |path, field| {
        if !is_given(path)
            && let Some(leaf) = leaves.next()
        {
            write(field, leaf);
        }
    });
    record
}

/// Names and entries from the record down to a field.
type Step = (&'static str, Option<usize>);

fn steps(path: &Path<'_>) -> Vec<Step> {
    let mut steps = path.parent.map_or_else(Vec::new, steps);
    if path.name != FLAT {
        steps.push((path.name, path.index));
    }
    steps
}

/// Fields come in their order, so that what a field is in is always the last there is.
fn insert(fields: &mut Fields, steps: &[Step], leaf: Leaf) {
    let Some(((name, index), rest)) = steps.split_first() else { return };
    let new = || if rest.is_empty() { Node::Leaf(leaf) } else { Node::Table(Fields::new()) };
    if fields.last().is_none_or(|(last, _)| last != name) {
        fields.push((name, if index.is_some() { Node::List(Vec::new()) } else { new() }));
    }
    let Some((_, node)) = fields.last_mut() else { return };
    let node = match (node, index) {
        (Node::List(entries), Some(index)) => {
            if entries.len() == *index {
                entries.push(new());
            }
            entries.last_mut()
        }
        (node, _) => Some(node),
    };
    if let Some(Node::Table(fields)) = node {
        insert(fields, rest, leaf);
    }
}

fn collect(node: &Node, leaves: &mut Vec<Leaf>) {
    match node {
        Node::Leaf(leaf) => leaves.push(*leaf),
        Node::List(entries) => entries.iter().for_each(|entry| collect(entry, leaves)),
        Node::Table(fields) => fields.iter().for_each(|(_, node)| collect(node, leaves)),
    }
}

fn read(field: &FieldMut<'_>) -> Leaf {
    let number = |value, min, max| Leaf::Number { value, min, max };
    match field {
        FieldMut::U8(value) => number((**value).into(), 0, u8::MAX.into()),
        FieldMut::U16(value) => number((**value).into(), 0, u16::MAX.into()),
        FieldMut::U32(value) => number((**value).into(), 0, u32::MAX.into()),
        FieldMut::I32(value) => number((**value).into(), i32::MIN.into(), i32::MAX.into()),
        FieldMut::Text(name) => Leaf::Text(**name),
    }
}

/// Numbers have been held against their limits when they got into the tree.
fn write(field: FieldMut<'_>, leaf: Leaf) {
    match (field, leaf) {
        (FieldMut::U8(to), Leaf::Number { value, .. }) => *to = value as u8,
        (FieldMut::U16(to), Leaf::Number { value, .. }) => *to = value as u16,
        (FieldMut::U32(to), Leaf::Number { value, .. }) => *to = value as u32,
        (FieldMut::I32(to), Leaf::Number { value, .. }) => *to = value as i32,
        (FieldMut::Text(to), Leaf::Text(name)) => *to = name,
        (FieldMut::Text(_), Leaf::Number { .. }) | (_, Leaf::Text(_)) => {}
    }
}
