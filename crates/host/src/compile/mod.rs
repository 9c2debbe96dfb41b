//! Topology files as text, both ways: `headroom compile` and `headroom decompile`.
//!
//! ```text
//!               ┌ high: widgets by what they do, formats worked out ┐
//!  text ─ tables┤                                                   ├─► file          compile
//!               └ low: blocks, elements and tokens by name ─────────┘
//!  text ◄─ show ────────────────────────────────────────────────────── file           decompile
//! ```

mod arrays;
mod counts;
mod entry;
mod fill;
mod hex;
mod high;
mod low;
mod low_array;
mod page;
mod remarks;
mod set;
mod show;
mod tree;

use headroom_tplg::Topology;
use toml::de::DeTable;

use crate::error::{Error, Text};
use crate::topology::{self, Complaint};

pub(crate) use arrays::uuid;
use entry::Entry;
use low::Places;
pub use set::{Change, set};

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
    let whole = Text::new(name, text.clone());
    let (file, places) = match low_level(&whole)? {
        Some(written) => written,
        None => (high::file(&topology::Topology::parse(name, text)?)?, Places::new()),
    };
    match Topology::parse(&file) {
        Ok(_) => Ok(file),
        Err(error) => {
            let place = places.iter().rev().find(|(start, _)| *start <= error.offset);
            let span = place.map_or(0..0, |(_, span)| span.clone());
            let what = format!("this makes no topology file: {}", error.reason);
            Err(whole.error(span, what, "see docs/topology-files.md for what belongs together".to_owned()))
        }
    }
}

/// The file, if `text` is of the low-level dialect: that has blocks, and the other one none.
fn low_level(text: &Text) -> Result<Option<(Vec<u8>, Places)>, Error> {
    // What is no TOML at all is explained by the reader of the other dialect.
    let Ok(root) = DeTable::parse(text.as_str()) else { return Ok(None) };
    if root.get_ref().get("block").is_none() {
        return Ok(None);
    }
    let file = low::file(&Entry::new(root.get_ref(), 0..0));
    file.map(Some).map_err(|Complaint { span, what, help }| text.error(span, what, help))
}
