//! Tables and values of a TOML text, each with its place in it: what is asked for is there and fits, or a complaint.

use std::ops::Range;

use headroom_tplg::records::Name;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::near::meant;
use crate::toml::{Checked, complain};

use super::hex;

/// Where all keys of the low-level dialect are told.
const REFERENCE: &str = "see docs/topology-files.md";

/// A value with its place.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// A table with its place.
#[derive(Clone)]
pub(crate) struct Entry<'t> {
    table: &'t DeTable<'t>,
    /// Where it starts and ends.
    pub(super) span: Range<usize>,
}

impl<'t> Entry<'t> {
    pub(crate) fn new(table: &'t DeTable<'t>, span: Range<usize>) -> Self {
        Self { table, span }
    }

    /// The value of `key`, if it has one.
    pub(super) fn get(&self, key: &str) -> Option<&'t Value<'t>> {
        self.table.get(key)
    }

    /// The value of `key`, which must be there; `such_as` is an example of one.
    pub(super) fn need(&self, key: &str, such_as: &str) -> Checked<&'t Value<'t>> {
        self.get(key).map_or_else(
            || {
                complain(
                    self.span.clone(),
                    format!("`{key}` is missing"),
                    format!("add `{key} = {such_as}`, say"),
                )
            },
            Ok,
        )
    }

    /// All keys but those of `others`, with their places and values, in the order of the text.
    pub(super) fn keys(&self, others: &[&str]) -> Vec<(&'t str, Range<usize>, &'t Value<'t>)> {
        let all = self.table.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span(), value));
        let mut keys: Vec<_> = all.filter(|(key, ..)| !others.contains(key)).collect();
        keys.sort_by_key(|(_, span, _)| span.start);
        keys
    }

    /// Whether it has no keys but `known`.
    pub(super) fn only(&self, known: &[&str]) -> Checked<()> {
        match self.keys(known).first() {
            Some((key, span, _)) => unknown(key, span.clone(), known),
            None => Ok(()),
        }
    }

    /// The tables in the list that `key` has.
    pub(super) fn list(&self, key: &str) -> Checked<Vec<Entry<'t>>> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let Some(entries) = value.get_ref().as_array() else {
            return complain(
                value.span(),
                format!("`{key}` is a list of tables"),
                "put two brackets around its name",
            );
        };
        entries.iter().map(table).collect()
    }

    /// A number, or `usual` if it says nothing.
    pub(super) fn number(&self, key: &str, usual: u32) -> Checked<u32> {
        self.get(key).map_or(Ok(usual), |value| Ok(number(value, 0..=u32::MAX.into())? as u32))
    }

    /// Bytes: none if it says nothing.
    pub(super) fn bytes(&self, key: &str) -> Checked<Vec<u8>> {
        self.get(key).map_or(Ok(Vec::new()), bytes)
    }
}

/// The complaint about a key that is not among `known`.
pub(super) fn unknown<T>(key: &str, span: Range<usize>, known: &[&str]) -> Checked<T> {
    let help = match known {
        [] => REFERENCE.to_owned(),
        known => {
            let meant = meant(key, known.iter().copied());
            format!("{meant}the keys here are {}; {REFERENCE}", known.join(", "))
        }
    };
    complain(span, format!("there is no key `{key}` here"), help)
}

pub(super) fn table<'t>(value: &'t Value<'t>) -> Checked<Entry<'t>> {
    match value.get_ref().as_table() {
        Some(table) => Ok(Entry::new(table, value.span())),
        None => complain(value.span(), "this should be a table", REFERENCE),
    }
}

pub(super) fn list<'t>(value: &'t Value<'t>) -> Checked<&'t [Value<'t>]> {
    match value.get_ref().as_array() {
        Some(list) => Ok(list),
        None => complain(value.span(), "this should be a list", "put it in brackets"),
    }
}

pub(super) fn number(value: &Value<'_>, limits: std::ops::RangeInclusive<i64>) -> Checked<i64> {
    let parsed =
        value.get_ref().as_integer().map(|number| i64::from_str_radix(number.as_str(), number.radix()));
    match parsed {
        Some(Ok(number)) if limits.contains(&number) => Ok(number),
        Some(_) => {
            let what = format!("this number goes from {} to {}", limits.start(), limits.end());
            complain(value.span(), what, "choose one of these")
        }
        None => complain(value.span(), "this should be a whole number", "take the quotes or the point away"),
    }
}

pub(super) fn text<'t>(value: &'t Value<'t>) -> Checked<&'t str> {
    match value.get_ref().as_str() {
        Some(text) => Ok(text),
        None => complain(value.span(), "this should be a text", "put it in quotes"),
    }
}

/// A string field: a text, or a table with all of its bytes.
pub(super) fn name(value: &Value<'_>) -> Checked<Name> {
    let read = match value.get_ref().as_table() {
        None => Name::new(text(value)?),
        Some(_) => {
            let entry = table(value)?;
            entry.only(&["bytes"])?;
            entry.bytes("bytes")?.try_into().ok().and_then(Name::from_bytes)
        }
    };
    match read {
        Some(name) => Ok(name),
        None => complain(
            value.span(),
            "a string field has 43 bytes of text and a zero",
            "use fewer characters, or 44 bytes of which one is 0",
        ),
    }
}

pub(super) fn bytes(value: &Value<'_>) -> Checked<Vec<u8>> {
    hex::parse(text(value)?)
        .or_else(|why| complain(value.span(), why, "blanks and line ends may be anywhere"))
}
