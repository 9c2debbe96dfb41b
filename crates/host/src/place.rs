//! Where the bytes of a file are until it is whole: beside its name, so that whatever had the name stays.
//!
//! ```text
//!   while the stream runs   .out.wav.PID-N.partial   a new file beside out.wav; whatever out.wav was stays
//!   all audio is out        out.wav                  renamed, in one step
//!   the run fails           gone                     whatever out.wav was is still there
//! ```
//!
//! Where `out.wav` is a link, all this happens beside the file that it leads to, which gets the new contents.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Where the bytes are until the file is whole.
pub(crate) enum Place {
    /// At the name itself: nothing can be renamed onto a device.
    Final,
    /// Beside it.
    Beside { partial: PathBuf, name: PathBuf },
}

/// Links that are followed from one to the next; as many as Linux follows.
const MAX_LINKS: usize = 40;

/// Names that are tried for the partial file. Only runs that were killed leave any behind.
const MAX_PARTIALS: u32 = 1000;

impl Place {
    /// Opens the file that the bytes go to until `name` can be given to it.
    pub(crate) fn open(name: &Path) -> io::Result<(File, Self)> {
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

    pub(crate) fn rename(&self) -> io::Result<()> {
        match self {
            Self::Final => Ok(()),
            Self::Beside { partial, name } => fs::rename(partial, name),
        }
    }

    pub(crate) fn remove(&self) -> io::Result<()> {
        match self {
            Self::Final => Ok(()),
            Self::Beside { partial, .. } => fs::remove_file(partial),
        }
    }
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
