//! A topology from a file of either kind: text, or compiled.

use std::io;
use std::path::Path;

use headroom_module::ModuleEntry;

use crate::compiled::Compiled;
use crate::error::Error;
use crate::toml::Topology;
use crate::{compile, is_by_records};

/// A topology to run or to look at.
#[derive(Clone, Debug)]
pub enum Loaded {
    /// It says what widgets do.
    Text(Topology),
    /// It is a file that a driver loads, or says one record by record.
    Compiled(Compiled),
}

impl Loaded {
    /// Reads the topology `path`; what it is, is found out from its contents. Widgets of a text are looked up in `modules`.
    ///
    /// # Errors
    /// The file can't be read, is damaged, is for IPC3, or makes no sense.
    pub fn load(path: &Path, modules: &[ModuleEntry]) -> Result<Self, Error> {
        match contents(path, read(path)?)? {
            Contents::Compiled(bytes) => Compiled::from_bytes(path, bytes).map(Self::Compiled),
            Contents::Records(text) => {
                let written = compile(&path.display().to_string(), text, modules)?;
                Compiled::from_bytes(path, written.file).map(Self::Compiled)
            }
            Contents::Text(text) => Topology::from_text(path, text, modules).map(Self::Text),
        }
    }

    /// The name that reports show.
    pub fn name(&self) -> String {
        match self {
            Self::Text(topology) => topology.name.clone(),
            Self::Compiled(compiled) => compiled.path().file_stem().unwrap_or_default().display().to_string(),
        }
    }

    /// The file that it came from, if it came from one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Text(topology) => topology.file.as_deref(),
            Self::Compiled(compiled) => Some(compiled.path()),
        }
    }
}

/// The bytes of the compiled topology that the file `path` is or makes, for IPC4 or IPC3: what can be looked at. What a file has no
/// room for has made-up names, see [`Beside`](crate::Beside).
///
/// # Errors
/// The file can't be read, or makes no sense as a text. Whether the bytes of a compiled one do is not looked at.
pub fn bytes(path: &Path, modules: &[ModuleEntry]) -> Result<Vec<u8>, Error> {
    bytes_of(path, read(path)?, modules)
}

/// As [`bytes`], of the file's contents where these have been read.
///
/// # Errors
/// As for [`bytes`].
pub fn bytes_of(path: &Path, bytes: Vec<u8>, modules: &[ModuleEntry]) -> Result<Vec<u8>, Error> {
    match contents(path, bytes)? {
        Contents::Compiled(bytes) => Ok(bytes),
        Contents::Records(text) => Ok(compile(&path.display().to_string(), text, modules)?.file),
        Contents::Text(text) => {
            let topology = Topology::from_text(path, text, modules)?;
            // As the file that it makes; what a file has no room for is in memory only.
            let made =
                compile::file(&topology, modules).or_else(|_| topology.in_memory(modules, &|_| None))?;
            Ok(made.0)
        }
    }
}

/// What a file holds.
enum Contents {
    Compiled(Vec<u8>),
    /// A topology file, said record by record.
    Records(String),
    /// Widgets by what they do.
    Text(String),
}

fn contents(path: &Path, bytes: Vec<u8>) -> Result<Contents, Error> {
    if bytes.starts_with(&Compiled::MAGIC) {
        return Ok(Contents::Compiled(bytes));
    }
    if bytes.starts_with(b"RIFF") {
        return Err(Error::Wav { path: path.to_owned() });
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        let error = io::Error::new(io::ErrorKind::InvalidData, "it is no UTF-8 text");
        Error::File { path: path.to_owned(), error }
    })?;
    Ok(if is_by_records(&text) { Contents::Records(text) } else { Contents::Text(text) })
}

/// The contents of the file; of a WAV file, by its name, only that it is one.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav")) {
        return Err(Error::Wav { path: path.to_owned() });
    }
    std::fs::read(path).map_err(|error| Error::File { path: path.to_owned(), error })
}
