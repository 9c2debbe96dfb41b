//! `headroom compile`: a topology in TOML becomes a topology file.

use headroom_module::ModuleEntry;

use crate::arguments::Compile;
use crate::error::Error;
use crate::terminal::{tell, write_beside};

pub(crate) fn compile(arguments: &Compile, modules: &[ModuleEntry]) -> Result<(), Error> {
    let Compile { topology, output } = arguments;
    let unreadable = |error| headroom_topology::Error::File { path: topology.clone(), error };
    let bytes = std::fs::read(topology).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        unreadable(std::io::Error::new(std::io::ErrorKind::InvalidData, "it is no UTF-8 text"))
    })?;
    let written = headroom_topology::compile(&topology.display().to_string(), text, modules)?;
    write_beside(topology, output, &written.file)?;
    written.notes.iter().for_each(|note| tell(&format!("note: {note}")));
    Ok(())
}
