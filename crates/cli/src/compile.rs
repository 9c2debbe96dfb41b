//! `headroom compile`: a topology in TOML becomes a topology file.

use headroom_host::Error;

use crate::arguments::Compile;
use crate::terminal::{read, write_beside};

pub(crate) fn compile(arguments: &Compile) -> Result<(), Error> {
    let Compile { topology, output } = arguments;
    let text = String::from_utf8(read(topology)?).map_err(|_| {
        let error = std::io::Error::new(std::io::ErrorKind::InvalidData, "it is no UTF-8 text");
        Error::TopologyFile { path: topology.clone(), error }
    })?;
    let file = headroom_host::compile(&topology.display().to_string(), text)?;
    write_beside(topology, output, &file)
}
