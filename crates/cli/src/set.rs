//! `headroom set`: other values for tokens of a widget in a topology file.

use headroom_host::{Change, Error};

use crate::arguments::Set;
use crate::terminal::{print, read, write_beside};

pub(crate) fn set(arguments: &Set) -> Result<(), Error> {
    let Set { topology, widget, settings, output } = arguments;
    let mut file = read(topology)?;
    let changes = headroom_host::set((&topology.display().to_string(), &mut file), widget, settings)?;
    write_beside(topology, output, &file)?;
    let line = |Change { token, old, new }: &Change| format!("{widget}: {token} {old} -> {new}\n");
    print(&changes.iter().map(line).collect::<String>())
}
