//! `headroom diff`: prints what changed from one topology to another.

use std::process::ExitCode;

use headroom_explain::Detail;
use headroom_module::ModuleEntry;
use headroom_topology::{bytes, parse};

use crate::arguments::Diff;
use crate::error::Error;
use crate::terminal::{json, print};

pub(crate) fn diff(arguments: &Diff, modules: &[ModuleEntry]) -> Result<ExitCode, Error> {
    let Diff { old, new, all, stat, json: as_json } = arguments;
    let (old_bytes, new_bytes) = (bytes(old, modules)?, bytes(new, modules)?);
    let changes = headroom_explain::diff(&parse(old, &old_bytes)?, &parse(new, &new_bytes)?);
    let detail = if *all { Detail::All } else { Detail::Summed };
    let text = match (as_json, stat) {
        (true, _) => json(&changes)?,
        (false, true) => changes.stat(),
        (false, false) => changes.text(detail),
    };
    print(&text)?;
    Ok(if changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
