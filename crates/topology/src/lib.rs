//! Topologies, as text and as the files that Linux loads: read, checked, compiled, and their names resolved once.
//!
//! ```text
//!               ┌ toml     widgets by what they do ─► compile, formats worked out ┐
//!   text ─ tables                                                                 ├─► file      compile
//!               └ records  blocks, elements and tokens by name ───────────────────┘
//!   text ◄──────── records ─────────────────────────────────────────────────────────── file      decompile
//!
//!   file ─► Compiled ─► Graph     who feeds whom, which pipeline is whose
//! ```
//!
//! Whoever names modules here hands in the table that they are looked up in.

#![forbid(unsafe_code)]

mod compile;
mod compiled;
mod error;
mod graph;
mod loaded;
mod near;
mod rates;
mod records;
mod set;
mod text;
mod toml;

use ::toml::de::DeTable;
use headroom_module::ModuleEntry;

use crate::records::{Entry, Places};
use crate::toml::Complaint;

pub use compile::{Beside, Front, Preset, Value};
pub use compiled::{Compiled, PcmStream, parse};
pub use error::Error;
pub use graph::{Direction, Edge, Graph, dai_end, host_end, is_dai, is_dp, is_host, is_sof};
pub use loaded::{Loaded, bytes, bytes_of};
pub use rates::{LISTED_RATES, RateSet, format_bit};
pub use set::{Change, Edit, set};
pub use text::Text;
pub use toml::{
    BUNDLED, BUNDLED_NAME, Blob, Dai, DaiKind, Input, Memory, Outside, Pcm, Pipeline, Route, Signal,
    SignalShape, SourceInput, Stream, Topology, Widget, WidgetKind,
};

/// The text of the topology file `bytes`, which is called `name` in errors: all that it says, by names. Modules are called as
/// in `modules`. [`compile`] makes the same bytes of it.
///
/// # Errors
/// The bytes are no topology; the error says where.
pub fn decompile(name: &str, bytes: &[u8], modules: &[ModuleEntry]) -> Result<String, Error> {
    let topology = headroom_tplg::Topology::parse(bytes);
    let topology = topology.map_err(|error| Error::Bytes { name: name.to_owned(), error })?;
    Ok(records::text(&topology, modules))
}

/// A topology file, and what its text says besides.
#[derive(Clone, Debug)]
pub struct Written {
    /// The file.
    pub file: Vec<u8>,
    /// What it says differently than a run of the text, a sentence each.
    pub notes: Vec<String>,
}

/// The topology file that `text`, which is called `name` in errors, describes, with modules of `modules`.
///
/// # Errors
/// The text is no TOML, or does not make sense; the error says where and what to do.
pub fn compile(name: &str, text: String, modules: &[ModuleEntry]) -> Result<Written, Error> {
    let whole = Text::new(name, text.clone());
    let (written, places) = match by_records(&whole)? {
        Some((file, places)) => (Written { file, notes: Vec::new() }, places),
        None => {
            let (file, beside) = compile::file(&Topology::parse(name, text, modules)?, modules)?;
            (Written { file, notes: beside.notes() }, Places::new())
        }
    };
    match headroom_tplg::Topology::parse(&written.file) {
        Ok(_) => Ok(written),
        Err(error) => {
            let place = places.iter().rev().find(|(start, _)| *start <= error.offset);
            let span = place.map_or(0..0, |(_, span)| span.clone());
            let what = format!("this makes no topology file: {}", error.reason);
            Err(whole.error(span, what, "see docs/topology-files.md for what belongs together".to_owned()))
        }
    }
}

impl Topology {
    /// This as a compiled topology in memory, and what stands beside it. `front` says what is played into a source, by its
    /// index, where that is known: then it is opened with that format only, whatever its PCM lists.
    ///
    /// # Errors
    /// It isn't said which formats a source takes, or they don't go through.
    pub fn compiled(&self, modules: &[ModuleEntry], front: &Front<'_>) -> Result<(Compiled, Beside), Error> {
        let (bytes, beside) = self.in_memory(modules, front)?;
        Ok((Compiled::from_bytes(self.path(), bytes)?, beside))
    }

    fn in_memory(&self, modules: &[ModuleEntry], front: &Front<'_>) -> Result<(Vec<u8>, Beside), Error> {
        compile::in_memory(self, modules, front)
    }
}

/// The file, if `text` says it by records.
fn by_records(text: &Text) -> Result<Option<(Vec<u8>, Places)>, Error> {
    if !is_by_records(text.as_str()) {
        return Ok(None);
    }
    // What is no TOML at all is explained by the reader of the other dialect.
    let Ok(root) = DeTable::parse(text.as_str()) else { return Ok(None) };
    let file = records::file(&Entry::new(root.get_ref(), 0..0));
    file.map(Some).map_err(|Complaint { span, what, help }| text.error(span, what, help))
}

/// Whether `text` is of the dialect of records: that has blocks, and the other one none.
fn is_by_records(text: &str) -> bool {
    DeTable::parse(text).is_ok_and(|root| root.get_ref().contains_key("block"))
}
