//! What a topology file has no room for: refused where a file is wanted, hidden where only a run is.
//!
//! | | a file | a run |
//! |---|---|---|
//! | a name of 44 bytes or more | refused | its beginning, `~` and a number |
//! | a stand-in without UUID | refused | the next UUID that nothing has |
//! | `config` | refused | stays beside it, see [`Beside`](super::Beside) |

use std::collections::BTreeSet;
use std::ops::Range;

use headroom_module::ModuleEntry;
use headroom_tplg::records::Name;
use headroom_tplg::tuples::Uuid;

use crate::error::Error;
use crate::toml::{Topology, Widget};

/// What a topology is compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// A file that a driver loads.
    File,
    /// A run, or a look at it, in memory.
    Memory,
}

/// Bytes of a hidden name that are the beginning of the real one; the largest number takes the others.
const BEGINNING: usize = 32;

/// The first bytes of UUIDs that are made up, chosen at random once.
const MADE_UP: [u8; 8] = [0x5c, 0x1e, 0x9b, 0x07, 0xd3, 0x42, 0x4a, 0x68];

/// Gives out names and UUIDs.
pub(super) struct Room<'t> {
    purpose: Purpose,
    topology: &'t Topology,
    /// Names that are taken: those of widgets.
    names: BTreeSet<&'t str>,
    hidden: usize,
    made_up: u64,
}

impl<'t> Room<'t> {
    pub(super) fn new(topology: &'t Topology, purpose: Purpose) -> Self {
        let names = topology.widgets.iter().map(|widget| widget.name.as_str()).collect();
        Self { purpose, topology, names, hidden: 0, made_up: 0 }
    }

    /// `text`, which comes from `span`, as files have it.
    pub(super) fn name(&mut self, span: &Range<usize>, text: &str) -> Result<Name, Error> {
        match (Name::new(text), self.purpose) {
            (Some(name), _) => Ok(name),
            (None, Purpose::Memory) => Ok(self.hide(text)),
            (None, Purpose::File) => {
                let what = format!("`{text}` is too long for a topology file");
                let help = "use at most 43 bytes for it, endings such as ` Playback` included".to_owned();
                Err(self.topology.text.error(span.clone(), what, help))
            }
        }
    }

    /// The name of a pipeline's scheduler, which must not be a widget's.
    pub(super) fn scheduler(&mut self, span: &Range<usize>, id: u8) -> Result<Name, Error> {
        let name = format!("pipeline.{id}");
        match (self.names.contains(name.as_str()), self.purpose) {
            (false, _) => self.name(span, &name),
            (true, Purpose::Memory) => Ok(self.hide(&name)),
            (true, Purpose::File) => {
                let what = format!("a widget has the name of this pipeline in files, `{name}`");
                Err(self.topology.text.error(span.clone(), what, "rename the widget".to_owned()))
            }
        }
    }

    /// A name like `text` that nothing else has.
    fn hide(&mut self, text: &str) -> Name {
        // Names end at a zero byte.
        let beginning = text[..text.floor_char_boundary(BEGINNING)].replace('\0', "?");
        loop {
            self.hidden += 1;
            let hidden = format!("{beginning}~{}", self.hidden);
            if !self.names.contains(hidden.as_str()) {
                return Name::new(&hidden).unwrap_or_default();
            }
        }
    }

    /// The UUID of the module that `widget` stands for.
    pub(super) fn uuid(&mut self, widget: &Widget, modules: &[ModuleEntry]) -> Result<Uuid, Error> {
        match (widget.outside.uuid, self.purpose) {
            (Some(uuid), _) => Ok(Uuid(uuid)),
            (None, Purpose::Memory) => Ok(Uuid(self.make_up(modules))),
            (None, Purpose::File) => {
                let what = format!("it isn't said which module `{}` stands for", widget.name);
                let help = "add `uuid`, that of the module in the firmware's manifest".to_owned();
                Err(self.topology.text.error(widget.span.clone(), what, help))
            }
        }
    }

    /// Whether what `widget` says for its module's init payload has a place.
    pub(super) fn payload(&self, widget: &Widget) -> Result<(), Error> {
        if widget.outside.config.is_empty() || self.purpose == Purpose::Memory {
            return Ok(());
        }
        let what = format!("a topology file has no place for the `config` of `{}`", widget.name);
        let help = "take it out, or give the bytes as its `blob`".to_owned();
        Err(self.topology.text.error(widget.span.clone(), what, help))
    }

    fn make_up(&mut self, modules: &[ModuleEntry]) -> [u8; 16] {
        loop {
            let mut uuid = [0; 16];
            uuid[..8].copy_from_slice(&MADE_UP);
            uuid[8..].copy_from_slice(&self.made_up.to_be_bytes());
            self.made_up += 1;
            let of_widget = |widget: &Widget| widget.outside.uuid == Some(uuid);
            let taken =
                modules.iter().any(|entry| entry.uuid == uuid) || self.topology.widgets.iter().any(of_widget);
            if !taken {
                return uuid;
            }
        }
    }
}
