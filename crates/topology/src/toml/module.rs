//! Widgets that are any module of the table, and the bytes that modules are given.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use headroom_module::ModuleEntry;
use toml::Spanned;

use super::complaint::{Checked, complain};
use super::file::WidgetEntry;
use super::model::{Blob, ENUM_ITEMS, Outside, WidgetKind};
use crate::records::{hex, uuid};

/// What a text is checked against: the modules that there are, and the folder that its files are in.
pub(super) struct Known<'k> {
    pub(super) modules: &'k [ModuleEntry],
    pub(super) folder: &'k Path,
}

impl Known<'_> {
    fn named(&self, name: &str) -> Option<&ModuleEntry> {
        self.modules.iter().find(|entry| entry.name == name)
    }
}

/// Ports of a module that is not in the table, as a stand-in has them.
const FOREIGN_PORTS: u8 = 4;

/// Bytes of the header that SOF's tools put before a blob, and what it begins with.
const HEADER_BYTES: usize = 32;
const MAGIC: [u8; 4] = *b"SOF4";

/// The kind of a widget that says which module it is.
pub(super) fn kind(entry: &WidgetEntry, known: &Known<'_>) -> Checked<WidgetKind> {
    let pins = match (&entry.module, identity(entry, known)?) {
        (Some(name), _) => known.named(name.get_ref()).map(|entry| entry.pins),
        (None, Some(uuid)) => known.modules.iter().find(|entry| entry.uuid == uuid).map(|entry| entry.pins),
        (None, None) => {
            let help =
                "add `module = \"NAME\"`, one of the table, or `uuid`, that of the firmware's manifest";
            return complain(entry.name.span(), "it isn't said which module this is", help);
        }
    };
    let (inputs, outputs) = pins.map_or((FOREIGN_PORTS, FOREIGN_PORTS), |pins| (pins.inputs, pins.outputs));
    Ok(WidgetKind::Module { inputs, outputs })
}

/// The UUID of the module that a widget names, in the byte order of files.
fn identity(entry: &WidgetEntry, known: &Known<'_>) -> Checked<Option<[u8; 16]>> {
    match (&entry.module, &entry.uuid) {
        (Some(name), Some(_)) => {
            complain(name.span(), "a module is named or has a `uuid`, not both", "take one of them out")
        }
        (Some(name), None) => match known.named(name.get_ref()) {
            Some(entry) => Ok(Some(entry.uuid)),
            None => {
                let names: Vec<_> = known.modules.iter().map(|entry| entry.name).collect();
                let what = format!("there is no module `{}`", name.get_ref());
                complain(name.span(), what, format!("the modules are {}", names.join(", ")))
            }
        },
        (None, Some(given)) => match uuid(given.get_ref()) {
            Some(uuid) => Ok(Some(uuid.0)),
            None => {
                let help = "8, 4, 4, 4 and 12 hexadecimal digits, with dashes";
                complain(given.span(), "this is no UUID", help)
            }
        },
        (None, None) => Ok(None),
    }
}

/// What `entry` says of the module that it is and of what that is given, into `outside`.
pub(super) fn given(entry: &WidgetEntry, known: &Known<'_>, outside: &mut Outside) -> Checked<()> {
    outside.uuid = identity(entry, known)?;
    outside.config = entry.config.as_ref().map_or(Ok(Vec::new()), |text| bytes(text, known))?;
    outside.blob = entry.blob.as_ref().map(|text| blob(text, known)).transpose()?;
    let Some(controls) = &entry.controls else { return Ok(()) };
    if controls.get_ref().enumeration.is_some_and(|item| item >= ENUM_ITEMS) {
        let what = format!("enumerations have items 0 to {}", ENUM_ITEMS - 1);
        return complain(controls.span(), what, "choose one of these");
    }
    outside.switch = controls.get_ref().switch;
    outside.enumeration = controls.get_ref().enumeration;
    Ok(())
}

/// The bytes that a text spells in hexadecimal digits, or that are in the file that it names.
fn bytes(text: &Spanned<String>, known: &Known<'_>) -> Checked<Vec<u8>> {
    if let Ok(bytes) = hex::parse(text.get_ref()) {
        return Ok(bytes);
    }
    contents(&known.folder.join(text.get_ref())).or_else(|error| {
        let what = format!("these are neither hexadecimal digits nor a file that can be read: {error}");
        complain(
            text.span(),
            what,
            "name a file, beside the topology if its path is relative, or spell the bytes",
        )
    })
}

/// The most bytes that are read of a file: more than any message or control holds, and no device is read for ever.
const MOST_BYTES: u64 = 1 << 20;

fn contents(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::other(format!("it has more than {MOST_BYTES} bytes")));
    }
    Ok(bytes)
}

/// A blob, with the header of SOF's ABI or without: then it is for parameter 0.
fn blob(text: &Spanned<String>, known: &Known<'_>) -> Checked<Blob> {
    let data = bytes(text, known)?;
    let Some((header, rest)) =
        data.split_at_checked(HEADER_BYTES).filter(|(header, _)| header.starts_with(&MAGIC))
    else {
        return Ok(Blob { parameter: 0, data });
    };
    let word = |at: usize| header[at..].first_chunk().map_or(0, |&bytes| u32::from_le_bytes(bytes));
    let (parameter, length) = (word(4), word(8) as usize);
    match rest.get(..length) {
        Some(data) => Ok(Blob { parameter, data: data.to_owned() }),
        None => {
            let what = format!("its header says {length} bytes, {} are there", rest.len());
            complain(text.span(), what, "write the blob again: it is cut off")
        }
    }
}
