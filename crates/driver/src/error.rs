//! Why there are no messages for a topology's streams, each with what, where and what to do.

use headroom_module::Format;
use miette::Diagnostic;
use thiserror::Error;

/// What a driver could not do with a topology.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// The topology has something that no driver could send.
    #[error("{place}: {what}")]
    #[diagnostic(code(headroom::alsa::translation))]
    Translation {
        /// File, and widget or PCM.
        place: String,
        /// The widget that it is about, as users call it.
        widget: Option<String>,
        /// What is wrong.
        what: String,
        /// What to do.
        #[help]
        help: String,
    },

    /// What is played into a source has another format than the stream takes.
    #[error("{place}: what `{widget}` plays is {has}, the stream takes {takes}")]
    #[diagnostic(
        code(headroom::alsa::front),
        help("convert the file first; `headroom resample` changes the rate")
    )]
    Front {
        /// File and stream.
        place: String,
        /// The source, as users call it.
        widget: String,
        /// The format of what is played.
        has: Format,
        /// The formats that there are.
        takes: String,
    },

    /// An image of firmware is none.
    #[error("can't read {name}: {why}")]
    #[diagnostic(code(headroom::alsa::firmware))]
    Image {
        /// What it is called.
        name: String,
        /// Why.
        why: &'static str,
        /// What to do.
        #[help]
        help: &'static str,
    },

    /// A script of controls makes no sense.
    #[error("{place}: {what}")]
    #[diagnostic(code(headroom::alsa::script))]
    Script {
        /// File and line.
        place: String,
        /// What is wrong.
        what: String,
        /// What to do.
        #[help]
        help: &'static str,
    },

    /// The topology itself.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Topology(#[from] headroom_topology::Error),
}
