//! `headroom diff`: prints what changed from one topology to another.

use std::process::ExitCode;

use headroom_module::ModuleEntry;
use headroom_topology::{bytes, parse};

use crate::arguments::Diff;
use crate::error::Error;
use crate::terminal::print;

pub(crate) fn diff(arguments: &Diff, modules: &[ModuleEntry]) -> Result<ExitCode, Error> {
    let Diff { old, new } = arguments;
    let (old_bytes, new_bytes) = (bytes(old, modules)?, bytes(new, modules)?);
    let changes = headroom_explain::diff(&parse(old, &old_bytes)?, &parse(new, &new_bytes)?);
    print(&changes.text())?;
    Ok(if changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
