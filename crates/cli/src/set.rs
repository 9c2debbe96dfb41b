//! `headroom set`: other values for tokens of a widget in a topology.

use headroom_module::ModuleEntry;
use headroom_topology::{Change, Edit};

use crate::arguments::Set;
use crate::error::Error;
use crate::terminal::{print, write_beside};

pub(crate) fn set(arguments: &Set, modules: &[ModuleEntry]) -> Result<(), Error> {
    let Set { topology, words, all, output } = arguments;
    let (widgets, settings) = sorted(words);
    if widgets.is_empty() && all.is_none() {
        return Err(Error::NothingToSet {
            what: "no widget is named",
            help: "name one, or all of a kind with `--all`",
        });
    }
    if settings.is_empty() {
        return Err(Error::NothingToSet {
            what: "no token is given",
            help: "give one with its value, as heap=32k",
        });
    }
    let mut file = headroom_topology::bytes(topology, modules)?;
    let edit = Edit { widgets: &widgets, all: all.as_deref(), settings: &settings };
    let changes = headroom_topology::set(&topology.display().to_string(), &mut file, &edit)?;
    write_beside(topology, output, &file)?;
    let line = |Change { widget, token, old, new }: &Change| format!("{widget}: {token} {old} -> {new}\n");
    print(&changes.iter().map(line).collect::<String>())
}

/// Widgets, and tokens with their values, which have a `=` in them.
fn sorted(words: &[String]) -> (Vec<String>, Vec<(String, String)>) {
    let (mut widgets, mut settings) = (Vec::new(), Vec::new());
    for word in words {
        match word.split_once('=') {
            Some((token, value)) if !token.is_empty() => settings.push((token.to_owned(), value.to_owned())),
            _ => widgets.push(word.clone()),
        }
    }
    (widgets, settings)
}
