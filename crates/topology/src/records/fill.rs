//! Records from tables of the text: each key is the name of a field.

use headroom_tplg::records::Record;

use crate::toml::{Checked, complain};

use super::entry::{Entry, Value, list, name, number, table, unknown};
use super::tree::{Fields, Leaf, Node, record, tree};

/// The record whose fields `entry` says, and `usual` where it says nothing. `others` are keys that are no fields.
pub(super) fn filled<R: Record>(entry: &Entry<'_>, mut usual: R, others: &[&str]) -> Checked<R> {
    let mut fields = tree(&mut usual);
    fill(&mut fields, entry, others)?;
    Ok(record(&fields))
}

fn fill(fields: &mut Fields, entry: &Entry<'_>, others: &[&str]) -> Checked<()> {
    for (key, span, value) in entry.keys(others) {
        let Some((_, node)) = fields.iter_mut().find(|(name, _)| *name == key) else {
            let names = fields.iter().map(|(name, _)| *name);
            let known: Vec<_> = others.iter().copied().chain(names).collect();
            return unknown(key, span, &known);
        };
        set(node, value)?;
    }
    Ok(())
}

fn set(node: &mut Node, value: &Value<'_>) -> Checked<()> {
    match node {
        Node::Leaf(Leaf::Number { value: to, min, max }) => *to = number(value, *min..=*max)?,
        Node::Leaf(Leaf::Text(to)) => *to = name(value)?,
        Node::Table(fields) => fill(fields, &table(value)?, &[])?,
        Node::List(entries) => {
            let given = list(value)?;
            if given.len() > entries.len() {
                let what = format!("there is room for {} entries, not for {}", entries.len(), given.len());
                return complain(value.span(), what, "take some out");
            }
            entries.iter_mut().zip(given).try_for_each(|(entry, value)| set(entry, value))?;
        }
    }
    Ok(())
}
