//! `headroom lint`: prints what would fail or surprise in topologies.

use std::path::Path;
use std::process::ExitCode;

use headroom_explain::{Detail, Finding, Report, Severity};
use headroom_module::ModuleEntry;
use headroom_topology::{bytes, parse};
use serde::Serialize;

use crate::arguments::Lint;
use crate::error::Error;
use crate::terminal::{json, print, tell};

/// Of the JSON that docs/lint.md tells.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Findings {
    schema_version: u32,
    files: Vec<FileFindings>,
}

#[derive(Serialize)]
struct FileFindings {
    file: String,
    findings: Vec<Finding>,
}

pub(crate) fn lint(arguments: &Lint, modules: &[ModuleEntry]) -> Result<ExitCode, Error> {
    if let Some(code) = arguments.explain {
        return print(&code.text()).map(|()| ExitCode::SUCCESS);
    }
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for path in &arguments.files {
        match findings(path, modules) {
            Ok(findings) => files.push(FileFindings { file: path.display().to_string(), findings }),
            Err(error) => errors.push(error),
        }
    }
    let failed = files.iter().flat_map(|file| &file.findings).any(|f| f.code.severity == Severity::Error);
    if arguments.json {
        print(&json(&Findings { schema_version: SCHEMA_VERSION, files })?)?;
    } else {
        let detail = if arguments.all { Detail::All } else { Detail::Summed };
        let text = |FileFindings { file, findings }: &FileFindings| Report { findings, file, detail }.text();
        print(&files.iter().map(text).collect::<String>())?;
    }
    // One file that can't be read doesn't keep the others from being told.
    let mut errors = errors.into_iter();
    if let Some(first) = errors.next() {
        errors.for_each(|error| tell(&error.to_string()));
        return Err(first);
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn findings(path: &Path, modules: &[ModuleEntry]) -> Result<Vec<Finding>, Error> {
    let bytes = bytes(path, modules)?;
    Ok(headroom_explain::lint(&parse(path, &bytes)?))
}
