//! Plays drafts, and keeps what there is to look at.

use std::path::{Path, PathBuf};

use headroom_host::alsa::{AlsaOptions, AlsaTopology, TokenEra, run};
use headroom_host::{EndFile, Error, Execution, Recording, Watch};
use miette::Diagnostic as _;

use super::builder::Draft;
use crate::support::Seen;

/// Nothing but the defaults.
pub(crate) fn options() -> AlsaOptions {
    AlsaOptions {
        input: None,
        output: None,
        others: Vec::new(),
        record: None,
        execution: Execution::VirtualTime,
        firmware: Vec::new(),
        era: TokenEra::Guess,
        controls: None,
    }
}

pub(crate) fn end(widget: &str, path: PathBuf) -> EndFile {
    EndFile { widget: widget.to_owned(), path }
}

/// Plays the first stream of `draft`.
pub(crate) fn play(draft: &Draft, options: &AlsaOptions) -> Result<Seen, Error> {
    play_file(&draft.file(), 0, options)
}

/// Plays the `n`th stream of `file`.
pub(crate) fn play_file(file: &AlsaTopology, n: usize, options: &AlsaOptions) -> Result<Seen, Error> {
    let stream = &file.streams()[n];
    let (mut log, mut progress, mut seen) = (Vec::new(), Vec::new(), None);
    let mut watch = Watch {
        progress: &mut |done, all| progress.push((done, all)),
        log: &mut |line| log.push(line.to_owned()),
        inspect: &mut |snapshot, figures| {
            seen = Some((figures.clone(), snapshot.modules.clone(), snapshot.pipelines.clone()));
        },
    };
    run(file, stream, options, &mut watch)?;
    let (figures, modules, pipelines) = seen.unwrap();
    Ok(Seen { figures, modules, pipelines, log, progress })
}

/// The error that `draft` must end with: its text, and its help behind it.
pub(crate) fn error(draft: &Draft, options: &AlsaOptions) -> String {
    match play(draft, options) {
        Ok(seen) => panic!("this ran: {draft:#?}\n{:#?}", seen.log),
        Err(error) => told(&error),
    }
}

/// An error with its help, which it must have.
pub(crate) fn told(error: &Error) -> String {
    let help = error.help().unwrap_or_else(|| panic!("no help: {error}")).to_string();
    assert!(!help.trim().is_empty(), "{error}");
    format!("{error}; {help}")
}

/// `text` has all of `words`.
pub(crate) fn has(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "`{word}` is not in: {text}");
    }
}

/// Every message of a run, in words.
pub(crate) fn session(draft: &Draft, folder: &Path) -> String {
    let record = folder.join("session.ipc");
    play(draft, &headroom_host::alsa::AlsaOptions { record: Some(record.clone()), ..options() }).unwrap();
    Recording::load(&record).unwrap().in_words()
}
