//! What a run plays, where to, and how.

use std::path::PathBuf;

use headroom_driver::TokenEra;
use headroom_module::ModuleEntry;
use headroom_topology::PcmStream;

use crate::executor::Execution;
use crate::modules::shipped;

/// What to play, where to, and who runs DP modules.
#[derive(Clone, Debug)]
pub struct Options {
    /// The PCM to open; `None`: all of the topology at once.
    pub stream: Option<PcmStream>,
    /// The file for the first source; without one, or a signal that the topology names, a second of a chirp.
    pub input: Option<PathBuf>,
    /// The WAV file for the first sink; without one the audio is measured and dropped.
    pub output: Option<PathBuf>,
    /// Files of other ends, by widget.
    pub others: Vec<EndFile>,
    /// The file that the session is recorded into, see [`Recording`](crate::Recording).
    pub record: Option<PathBuf>,
    /// Who runs DP modules.
    pub execution: Execution,
    /// The firmware image that says which module has which id and which are DP, and libraries; without it the ids are those
    /// of the table.
    pub firmware: Vec<PathBuf>,
    /// What the memory tokens of a compiled topology mean.
    pub era: TokenEra,
    /// A script of `amixer` and `sleep` lines.
    pub controls: Option<PathBuf>,
    /// The modules that there are; what is not among them is a stand-in.
    pub modules: Vec<ModuleEntry>,
}

impl Default for Options {
    /// All of the topology in virtual time, with its own signals and the modules that ship; nothing is written.
    fn default() -> Self {
        Self {
            stream: None,
            input: None,
            output: None,
            others: Vec::new(),
            record: None,
            execution: Execution::VirtualTime,
            firmware: Vec::new(),
            era: TokenEra::Guess,
            controls: None,
            modules: shipped(),
        }
    }
}

/// The file of one end of a topology that has several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndFile {
    /// The widget: a source plays the file, a sink writes it.
    pub widget: String,
    /// The file.
    pub path: PathBuf,
}
