//! Where the bytes of a file are until it is whole: beside its name, so that whatever had the name stays.
//!
//! ```text
//!   while the stream runs   .out.wav.PID-N.partial   a new file beside out.wav; whatever out.wav was stays
//!   all bytes are out       out.wav                  brought to the disk, then renamed, in one step
//!   the run fails           gone                     whatever out.wav was is still there
//! ```
//!
//! Where `out.wav` is a link, all this happens beside the file that it leads to, which gets the new contents.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// A file that is not whole yet, and the name that it will have.
pub enum PartialFile {
    /// At the name itself: nothing can be renamed onto a device.
    Final,
    /// Beside it.
    Beside {
        /// Where the bytes are now.
        partial: PathBuf,
        /// Where they will be.
        name: PathBuf,
    },
}

/// Links that are followed from one to the next; as many as Linux follows.
const MAX_LINKS: usize = 40;

/// Names that are tried for the partial file. Only runs that were killed leave any behind.
const MAX_PARTIALS: u32 = 1000;

impl PartialFile {
    /// Opens the file that the bytes go to until `name` can be given to it.
    ///
    /// # Errors
    /// There can be no such file, or it may not be written.
    pub fn open(name: &Path) -> io::Result<(File, Self)> {
        let there = name.metadata().ok();
        if there.as_ref().is_some_and(|there| !there.is_file() && !there.is_dir()) {
            return Ok((File::create(name)?, Self::Final));
        }
        if there.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(ErrorKind::IsADirectory.into());
        }
        // A new file would take the place of one that nobody may write.
        if there.is_some_and(|there| there.permissions().readonly()) {
            return Err(ErrorKind::PermissionDenied.into());
        }
        let name = target(name)?;
        let (file, partial) = beside(&name)?;
        Ok((file, Self::Beside { partial, name }))
    }

    /// Gives `file` its name: all its bytes are written, and are brought to the disk before. A name that leads to bytes that a
    /// power cut takes away would be worse than the file that was there.
    ///
    /// # Errors
    /// Whatever the file system objects to; the partial file is still there then.
    pub fn keep(&self, file: &File) -> io::Result<()> {
        match self {
            Self::Final => Ok(()),
            Self::Beside { partial, name } => {
                file.sync_all()?;
                fs::rename(partial, name)
            }
        }
    }

    /// Removes what there is of it.
    ///
    /// # Errors
    /// Whatever the file system objects to.
    pub fn remove(&self) -> io::Result<()> {
        match self {
            Self::Final => Ok(()),
            Self::Beside { partial, .. } => fs::remove_file(partial),
        }
    }
}

/// Writes the file `name` as a whole: either all of `bytes` is in it afterwards, or whatever had the name is as before.
///
/// # Errors
/// [`Error::Output`], which says why it can't be written.
pub fn write_file(name: &Path, bytes: &[u8]) -> Result<(), Error> {
    let write = || {
        let (mut file, partial) = PartialFile::open(name)?;
        let written = file.write_all(bytes).and_then(|()| partial.keep(&file));
        // Why it failed says more than that its rest could not be removed.
        written.inspect_err(|_| drop(partial.remove()))
    };
    write().map_err(|error: io::Error| Error::Output { path: name.to_owned(), why: error.to_string() })
}

/// Where the links that `name` may be lead to, whether or not there is a file yet.
fn target(name: &Path) -> io::Result<PathBuf> {
    let mut target = name.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(next) => target = target.parent().unwrap_or(Path::new("")).join(next),
            // No link, or nothing at all.
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("too many links lead on from it"))
}

/// A new file beside `name`: no file of the user's has its name, and none is opened.
fn beside(name: &Path) -> io::Result<(File, PathBuf)> {
    let of = name.file_name().ok_or(ErrorKind::IsADirectory)?;
    for n in 0..MAX_PARTIALS {
        let mut partial = OsString::from(".");
        partial.push(of);
        partial.push(format!(".{}-{n}.partial", std::process::id()));
        let partial = name.with_file_name(partial);
        match File::create_new(&partial) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (file, partial)),
        }
    }
    Err(io::Error::other("too many partial files are left beside it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A failed write leaves the old file whole and nothing else.
    #[test]
    fn a_file_that_could_not_be_kept_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("it.tplg");
        write_file(&name, b"old").unwrap();
        let (mut file, partial) = PartialFile::open(&name).unwrap();
        file.write_all(b"half of the n").unwrap();
        assert_eq!(fs::read(&name).unwrap(), b"old");
        partial.remove().unwrap();
        assert!(partial.keep(&file).is_err(), "there is nothing left to be renamed");
        assert_eq!(fs::read(&name).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("it.svg");
        write_file(&name, b"old").unwrap();
        write_file(&name, b"new").unwrap();
        assert_eq!(fs::read(&name).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no partial file is left");
        let error = write_file(&folder.path().join("no/it.svg"), b"new").unwrap_err();
        assert!(matches!(error, Error::Output { .. }), "its folder is not there: {error}");
    }
}
