//! `headroom diff`: prints what changed from one topology to another.

use std::process::ExitCode;

use headroom_host::Error;
use headroom_host::explain::{self, parse};

use crate::arguments::Diff;
use crate::terminal::{print, read};

pub(crate) fn diff(arguments: &Diff) -> Result<ExitCode, Error> {
    let Diff { old, new } = arguments;
    let (old_bytes, new_bytes) = (read(old)?, read(new)?);
    let changes = explain::diff(&parse(old, &old_bytes)?, &parse(new, &new_bytes)?);
    print(&changes.text())?;
    Ok(if changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
