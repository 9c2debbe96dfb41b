//! `headroom decompile`: a topology file becomes TOML.

use headroom_module::ModuleEntry;

use crate::arguments::Decompile;
use crate::error::Error;
use crate::terminal::{print, write_beside};

pub(crate) fn decompile(arguments: &Decompile, modules: &[ModuleEntry]) -> Result<(), Error> {
    let Decompile { topology, output } = arguments;
    let bytes = headroom_topology::bytes(topology, modules)?;
    let text = headroom_topology::decompile(&topology.display().to_string(), &bytes, modules)?;
    match output {
        Some(output) => write_beside(topology, output, text.as_bytes()),
        None => print(&text),
    }
}
