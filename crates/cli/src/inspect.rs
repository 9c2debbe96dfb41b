//! `headroom inspect`: prints what is in a file, in words.

use headroom_host::{Error, FileKind, Recording};

use crate::arguments::Inspect;
use crate::terminal::print;

pub(crate) fn inspect(arguments: &Inspect) -> Result<(), Error> {
    let path = &arguments.file;
    match FileKind::read(path)? {
        (FileKind::Session, contents) => print(&Recording::of(path, contents)?.in_words()),
        (kind, _) => Err(Error::NoSession { path: path.clone(), kind }),
    }
}
