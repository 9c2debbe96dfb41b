//! `headroom inspect`: prints what is in a file, in words or as data.

use std::path::Path;

use headroom_desk::{FileKind, Recording};
use headroom_explain::Outline;
use headroom_module::ModuleEntry;
use headroom_topology::{bytes_of, parse};

use crate::arguments::Inspect;
use crate::error::Error;
use crate::terminal::{json, print};

pub(crate) fn inspect(arguments: &Inspect, modules: &[ModuleEntry]) -> Result<(), Error> {
    let path = &arguments.file;
    let unreadable = |error| headroom_desk::Error::File { path: path.clone(), error };
    match FileKind::read(path).map_err(unreadable)? {
        (FileKind::Topology | FileKind::Toml, contents) => {
            topology(arguments, &bytes_of(path, contents, modules)?)
        }
        (FileKind::Session, contents) => match option(arguments) {
            Some(option) => Err(Error::NeedsTopology { option }),
            None => session(path, contents),
        },
        (kind, _) => Err(Error::NotInspected { path: path.clone(), kind }),
    }
}

fn session(path: &Path, contents: Vec<u8>) -> Result<(), Error> {
    print(&Recording::of(path, contents)?.in_words())
}

/// The first option given that only topologies have.
fn option(arguments: &Inspect) -> Option<&'static str> {
    let given = [
        ("--widgets", arguments.widgets),
        ("--formats", arguments.formats),
        ("--tokens", arguments.tokens),
        ("--json", arguments.json),
    ];
    given.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
}

fn topology(arguments: &Inspect, bytes: &[u8]) -> Result<(), Error> {
    let outline = Outline::new(&parse(&arguments.file, bytes)?);
    if arguments.json {
        return print(&json(&outline)?);
    }
    let mut text = String::new();
    if arguments.widgets {
        text += &outline.widgets();
    }
    if arguments.formats {
        text += &outline.formats();
    }
    if arguments.tokens {
        text += &outline.tokens();
    }
    print(&if text.is_empty() { outline.summary() } else { text })
}
