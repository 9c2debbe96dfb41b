//! Topologies from files and texts, and in memory as the file that a driver would load.

use std::path::Path;

use headroom_module::ModuleEntry;

use super::check;
use super::model::Topology;
use super::module::Known;
use crate::error::Error;
use crate::text::Text;

impl Topology {
    /// The topology in the text of the file `path`, with modules of `modules`.
    ///
    /// # Errors
    /// The text is no TOML, or does not make sense; the error says where and what to do.
    pub(crate) fn from_text(path: &Path, text: String, modules: &[ModuleEntry]) -> Result<Self, Error> {
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
        check::topology(
            Text::new(name, text),
            &Known { modules, folder: Path::new(name).parent().unwrap_or(Path::new("")) },
        )
    }
}
