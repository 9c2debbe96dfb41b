//! What is said to whoever watches, what is printed for whoever reads, and files that are read and written in one go.

use std::io::{ErrorKind, Write};
use std::path::Path;

use headroom_audio::{is_another_file, write_file};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::error::Error;

/// A line on standard error; whoever closed that does not want to be told.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Text on standard output: what the command is for.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    match std::io::stdout().write_all(text.as_bytes()) {
        // Whoever closed the pipe has read enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::Output { what: format!("can't print the report: {error}") })
        }
        _ => Ok(()),
    }
}

/// `value` as indented JSON with a line break at the end.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Error::Output { what: format!("can't write the JSON: {error}") })?;
    Ok(text + "\n")
}

/// A bar on standard error that counts `things`; hidden by itself where that is no terminal.
pub(crate) fn bar(things: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template(&format!("{{bar:40}} {{percent:>3}}% {{pos}}/{{len}} {things}"));
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// Writes `output`, which is made of the topology `input` and must not take its place.
pub(crate) fn write_beside(input: &Path, output: &Path, bytes: &[u8]) -> Result<(), Error> {
    is_another_file(output, Some(input), "topology")?;
    Ok(write_file(output, bytes)?)
}
