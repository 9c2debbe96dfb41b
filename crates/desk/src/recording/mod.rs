//! Sessions in files: every message with its time and its reply, so that they can be read, compared and driven again.
//!
//! ```text
//!   run ─► tape ─► session file ─► Recording ─► in words
//!                                      └──────► replay on a fresh runtime ─► what differs
//! ```
//!
//! The format is told in `docs/sessions.md`. Everything has one spelling: a text that is a session is that of its
//! [`Recording`] to the byte.

mod compare;
pub(crate) mod damage;
mod line;
mod message;
mod order;
mod replay;
mod tape;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;
use std::ops::Range;
use std::path::Path;

pub use compare::Difference;
pub use damage::Damage;
pub(crate) use line::{Played, Pool};
pub use replay::{Feed, Replay, replay};
pub(crate) use tape::{Label, Tape};

use headroom_topology::Text;

use crate::error::{self, Error};
use crate::file_kind::{FileKind, SESSION};
use line::{Event, Line};
use order::{Head, Order};

/// The first line of every session.
const FIRST: &str = "headroom session 1";

/// A session that was read, or is about to be written.
#[derive(Clone, PartialEq, Debug)]
pub struct Recording {
    lines: Vec<Line>,
    head: Head,
}

impl Recording {
    /// Reads a session from a file.
    ///
    /// # Errors
    /// The file can't be read, holds something else, or is damaged; the error says where and what to do.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let read = FileKind::read(path).map_err(|error| Error::File { path: path.to_owned(), error })?;
        match read {
            (FileKind::Session, contents) => Self::of(path, contents),
            (kind, _) => Err(Error::NoSession { path: path.to_owned(), kind }),
        }
    }

    /// The session that these contents of the file at `path` are.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), or they are no text.
    pub fn of(path: &Path, contents: Vec<u8>) -> Result<Self, Error> {
        let text =
            String::from_utf8(contents).map_err(|_| unreadable(path, "it is no UTF-8 text".to_owned()))?;
        Self::parse(&path.display().to_string(), text)
    }

    /// Reads a session from `text`, which is called `name` in errors.
    ///
    /// # Errors
    /// The first line that can't be what it is.
    pub fn parse(name: &str, text: String) -> Result<Self, Error> {
        let text = Text::new(name, text);
        read(text.as_str()).map_err(|(span, damage)| error::damaged(&text, span, damage))
    }

    /// What happened, with the number of its line.
    fn events(&self) -> impl Iterator<Item = (usize, &Event)> {
        self.lines.iter().enumerate().filter_map(|(n, line)| match line {
            Line::Event(event) => Some((n + LINES_BEFORE, event)),
            _ => None,
        })
    }
}

/// The number of the line after the first.
const LINES_BEFORE: usize = 2;

/// The session that `text` is; else the place of the first line that can't be what it is.
fn read(text: &str) -> Result<Recording, (Range<usize>, Damage)> {
    let (mut lines, mut order, mut at) = (Vec::new(), Order::default(), 0);
    for (n, whole) in text.split_inclusive('\n').enumerate() {
        let line = whole.strip_suffix('\n').unwrap_or(whole);
        let span = at..at + line.len();
        let damaged = |damage| (span.clone(), damage);
        if let Some(found) = line.chars().find(|c| c.is_control()) {
            return Err(damaged(Damage::Control(found)));
        }
        if line.len() == whole.len() {
            return Err(damaged(Damage::CutOff));
        }
        at += whole.len();
        if n == 0 {
            if line != FIRST {
                return Err(damaged(first_line(line)));
            }
            continue;
        }
        let line = Line::parse(line, order.now()).map_err(damaged)?;
        order.take(&line).map_err(damaged)?;
        lines.push(line);
    }
    let head = order.finish().map_err(|damage| (at..at, damage))?;
    Ok(Recording { lines, head })
}

/// What is wrong with a first line.
fn first_line(line: &str) -> Damage {
    let version = line.strip_prefix(SESSION).unwrap_or("");
    match version.parse::<u32>() {
        Ok(version) if version != 1 => Damage::Version,
        _ => Damage::Spelling { expected: FIRST.to_owned() },
    }
}

/// The text of the file.
impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST}")?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn unreadable(path: &Path, why: String) -> Error {
    Error::SessionFile { path: path.to_owned(), why }
}
