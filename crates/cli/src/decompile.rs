//! `headroom decompile`: a topology file becomes TOML.

use headroom_host::Error;

use crate::arguments::Decompile;
use crate::terminal::{print, read, write_beside};

pub(crate) fn decompile(arguments: &Decompile) -> Result<(), Error> {
    let Decompile { topology, output } = arguments;
    let text = headroom_host::decompile(&topology.display().to_string(), &read(topology)?)?;
    match output {
        Some(output) => write_beside(topology, output, text.as_bytes()),
        None => print(&text),
    }
}
