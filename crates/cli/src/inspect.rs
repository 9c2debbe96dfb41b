//! `headroom inspect`: prints what is in a file, in words or as data.

use headroom_host::explain::{Outline, parse};
use headroom_host::{Error, FileKind, Recording};

use crate::arguments::Inspect;
use crate::terminal::{json, print};

pub(crate) fn inspect(arguments: &Inspect) -> Result<(), Error> {
    let path = &arguments.file;
    match FileKind::read(path)? {
        (FileKind::Topology, contents) => topology(arguments, &contents),
        (FileKind::Session, contents) => match option(arguments) {
            Some(option) => Err(Error::NeedsCompiled { option }),
            None => print(&Recording::of(path, contents)?.in_words()),
        },
        (kind, _) => Err(Error::NotInspected { path: path.clone(), kind }),
    }
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
