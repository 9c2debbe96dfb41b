//! Plays drafts, and keeps what there is to look at.

use std::path::{Path, PathBuf};

use headroom_desk::{EndFile, Error, Options, Recording};
use headroom_testbench::draft::Draft;
use headroom_topology::{Compiled, Loaded};
use miette::Diagnostic as _;

use crate::support::{Seen, play_loaded};

pub(crate) fn end(widget: &str, path: PathBuf) -> EndFile {
    EndFile { widget: widget.to_owned(), path }
}

/// Plays the first stream of `draft`.
pub(crate) fn play(draft: &Draft, options: &Options) -> Result<Seen, Error> {
    play_file(&draft.file(), 0, options)
}

/// Plays the `n`th stream of `file`.
pub(crate) fn play_file(file: &Compiled, n: usize, options: &Options) -> Result<Seen, Error> {
    let stream = Some(file.streams().swap_remove(n));
    play_loaded(&Loaded::Compiled(file.clone()), &Options { stream, ..options.clone() })
}

/// The error that `draft` must end with: its text, and its help behind it.
pub(crate) fn error(draft: &Draft, options: &Options) -> String {
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
    play(draft, &Options { record: Some(record.clone()), ..Options::default() }).unwrap();
    Recording::load(&record).unwrap().in_words()
}
