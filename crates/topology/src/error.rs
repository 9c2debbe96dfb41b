//! What topologies object to, each with what, where and what to do.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

/// Why there is no topology, or not the one that was asked for.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// The topology can't be read.
    #[error("can't read the topology {}: {}", path.display(), words(error))]
    #[diagnostic(code(headroom::topology::file), help("name a topology file, or none for the bundled one"))]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },

    /// A WAV file stands where the topology should.
    #[error("{} is a WAV file, not a topology", path.display())]
    #[diagnostic(
        code(headroom::topology::wav),
        help("this is a WAV file; play it with `-i {}`", path.display())
    )]
    Wav {
        /// The file.
        path: PathBuf,
    },

    /// A topology file is damaged, or is none.
    #[error("{name}: {error}")]
    #[diagnostic(code(headroom::topology::tplg), help("name a .tplg file, as alsatplg writes them"))]
    Bytes {
        /// The file.
        name: String,
        /// Where in it, what, and what to do.
        error: headroom_tplg::Error,
    },

    /// A compiled topology is for other firmware, or has something that no driver could send.
    #[error("{place}: {what}")]
    #[diagnostic(code(headroom::alsa::translation))]
    Compiled {
        /// File, and widget or PCM.
        place: String,
        /// What is wrong.
        what: String,
        /// What to do.
        #[help]
        help: String,
    },

    /// A token of a topology file can't have the value.
    #[error("{what}")]
    #[diagnostic(code(headroom::topology::set))]
    Setting {
        /// What is wrong.
        what: String,
        /// What to do.
        #[help]
        help: String,
    },

    /// The topology does not make sense.
    #[error("{place}: {what}")]
    #[diagnostic(code(headroom::topology::check))]
    Text {
        /// File and line.
        place: String,
        /// What is wrong.
        what: String,
        /// What to do.
        #[help]
        help: String,
        /// The text around it.
        #[source_code]
        text: Arc<NamedSource<String>>,
        /// Where in it.
        #[label("here")]
        span: SourceSpan,
    },
}

/// An error of the system without its number.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error ").next().unwrap_or_default().to_owned()
}
