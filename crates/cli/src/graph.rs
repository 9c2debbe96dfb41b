//! `headroom graph`: draws a topology into a file.

use std::path::Path;

use headroom_host::Error;
use headroom_host::explain::{self, parse};

use crate::arguments::Graph;
use crate::terminal::read;

pub(crate) fn graph(arguments: &Graph) -> Result<(), Error> {
    let Graph { file, output } = arguments;
    let bytes = read(file)?;
    let topology = parse(file, &bytes)?;
    let title = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let is_dot = output.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("dot"));
    let picture = if is_dot { explain::dot(&topology, &title) } else { explain::svg(&topology, &title) };
    if is_same(file, output) {
        return Err(Error::SameFile { path: output.clone(), what: "topology" });
    }
    std::fs::write(output, picture)
        .map_err(|error| Error::Output { path: output.clone(), why: error.to_string() })
}

/// Whether two names are those of one file, which is there.
fn is_same(one: &Path, other: &Path) -> bool {
    std::fs::canonicalize(one)
        .ok()
        .zip(std::fs::canonicalize(other).ok())
        .is_some_and(|(one, other)| one == other)
}
