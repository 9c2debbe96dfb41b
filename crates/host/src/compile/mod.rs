//! Topology files as text, both ways: `headroom compile` and `headroom decompile`.
//!
//! ```text
//!  text ── tables ── low: blocks, elements and tokens by name ──► file          compile
//!  text ◄─ show ───────────────────────────────────────────────── file          decompile
//! ```

mod arrays;
mod counts;
mod entry;
mod fill;
mod hex;
mod low;
mod low_array;
mod page;
mod remarks;
mod show;
mod tree;

use headroom_tplg::Topology;
use toml::de::DeTable;

use crate::error::{Error, Text};
use crate::topology::Complaint;

use entry::Entry;
use low::Places;

/// The text of the topology file `bytes`, which is called `name` in errors: all that it says, by names. [`compile`]
/// makes the same bytes of it.
///
/// # Errors
/// The bytes are no topology; the error says where.
pub fn decompile(name: &str, bytes: &[u8]) -> Result<String, Error> {
    let topology = Topology::parse(bytes);
    let topology = topology.map_err(|error| Error::TopologyBytes { name: name.to_owned(), error })?;
    Ok(show::file(&topology))
}

/// The topology file that `text`, which is called `name` in errors, describes.
///
/// # Errors
/// The text is no TOML, or does not make sense; the error says where and what to do.
pub fn compile(name: &str, text: String) -> Result<Vec<u8>, Error> {
    let text = Text::new(name, text);
    let (file, places) = low_level(&text)?;
    match Topology::parse(&file) {
        Ok(_) => Ok(file),
        Err(error) => {
            let place = places.iter().rev().find(|(start, _)| *start <= error.offset);
            let span = place.map_or(0..0, |(_, span)| span.clone());
            let what = format!("this makes no topology file: {}", error.reason);
            Err(text.error(span, what, "see docs/topology-files.md for what belongs together".to_owned()))
        }
    }
}

fn low_level(text: &Text) -> Result<(Vec<u8>, Places), Error> {
    let root = DeTable::parse(text.as_str()).map_err(|error| {
        let help = "see https://toml.io for how TOML is written".to_owned();
        text.error(error.span().unwrap_or(0..0), error.message().to_owned(), help)
    })?;
    low::file(&Entry::new(root.get_ref(), 0..0))
        .map_err(|Complaint { span, what, help }| text.error(span, what, help))
}
