//! `headroom set`: other values for tokens of a widget in a topology.

use headroom_module::ModuleEntry;
use headroom_topology::Change;

use crate::arguments::Set;
use crate::error::Error;
use crate::terminal::{print, write_beside};

pub(crate) fn set(arguments: &Set, modules: &[ModuleEntry]) -> Result<(), Error> {
    let Set { topology, widget, settings, output } = arguments;
    let mut file = headroom_topology::bytes(topology, modules)?;
    let changes = headroom_topology::set(&topology.display().to_string(), &mut file, widget, settings)?;
    write_beside(topology, output, &file)?;
    let line = |Change { token, old, new }: &Change| format!("{widget}: {token} {old} -> {new}\n");
    print(&changes.iter().map(line).collect::<String>())
}
