//! Topologies from files and texts, and in memory as the file that a driver would load.

use std::io;
use std::path::Path;

use headroom_module::ModuleEntry;

use super::check;
use super::model::Topology;
use super::module::Known;
use crate::error::Error;
use crate::text::Text;

impl Topology {
    /// Reads a topology with modules of `modules` from a file.
    ///
    /// # Errors
    /// The file can't be read, is no TOML, or does not make sense; the error says where and what to do.
    pub fn load(path: &Path, modules: &[ModuleEntry]) -> Result<Self, Error> {
        let unreadable = |error| Error::File { path: path.to_owned(), error };
        let named_wav = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav"));
        let bytes = if named_wav { Vec::new() } else { std::fs::read(path).map_err(unreadable)? };
        if named_wav || bytes.starts_with(b"RIFF") {
            return Err(Error::Wav { path: path.to_owned() });
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| unreadable(io::Error::new(io::ErrorKind::InvalidData, "it is no UTF-8 text")))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let text = Text::new(&path.display().to_string(), text);
        Ok(Self { file: Some(path.to_owned()), ..check::topology(text, &Known { modules, folder })? })
    }

    /// Reads a topology from `text`, which is called `name` in errors. Files that it names are looked
    /// for beside that.
    ///
    /// # Errors
    /// The text is no TOML, or does not make sense; the error says where and what to do.
    pub fn parse(name: &str, text: String, modules: &[ModuleEntry]) -> Result<Self, Error> {
        check::topology(Text::new(name, text), &Known { modules, folder: Path::new(name).parent().unwrap_or(Path::new("")) })
    }
}
