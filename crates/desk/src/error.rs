//! Everything that can go wrong in a session, each with what, where and what to do.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use headroom_control::Reason;
use headroom_ipc4::Status;
use headroom_module::instance::ComponentId;
use headroom_topology::Text;
use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::file_kind::FileKind;
use crate::recording::damage::Damage;

/// A message that the runtime answered with something other than success.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// What the message was for.
    pub message: String,
    /// The status of the reply.
    pub status: Status,
    /// The precise reason.
    pub reason: Option<Reason>,
    /// That reason in words, with the names of widgets instead of component ids.
    pub why: Option<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: refused with {}", self.message, self.status)?;
        match &self.why {
            Some(why) => write!(f, ": {why}"),
            None => Ok(()),
        }
    }
}

/// What a session could not do.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// A file of audio.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Audio(#[from] headroom_audio::Error),

    /// The topology.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Topology(#[from] headroom_topology::Error),

    /// Its translation into messages.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Driver(#[from] headroom_driver::Error),

    /// A file that is read besides: an image of firmware, a script of controls.
    #[error("can't read {}: {error}", path.display())]
    #[diagnostic(code(headroom::desk::file), help("check the name"))]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },

    /// There is nothing to play.
    #[error("there is nothing to play: no input file was given and the topology has no [input]")]
    #[diagnostic(code(headroom::input::none), help("give a WAV file with `-i FILE`"))]
    NoInput,

    /// A file is named for an end that is not there.
    #[error("`{widget}` {why}")]
    #[diagnostic(code(headroom::input::end), help("name one file for each of these: {ends}"))]
    NoEnd {
        /// The name that was given.
        widget: String,
        /// What is wrong with it.
        why: &'static str,
        /// The ends that are there.
        ends: String,
    },

    /// A session can't be read.
    #[error("can't read the session {}: {why}", path.display())]
    #[diagnostic(code(headroom::session::file), help("name a file that `headroom run --record FILE` wrote"))]
    SessionFile {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },

    /// Something else stands where a session should.
    #[error("{} is no session but {kind}", path.display())]
    #[diagnostic(code(headroom::session::kind), help("{}", kind.advice()))]
    NoSession {
        /// The file.
        path: PathBuf,
        /// What it is.
        kind: FileKind,
    },

    /// A session is damaged.
    #[error("{place}: {damage}")]
    #[diagnostic(code(headroom::session::damaged))]
    DamagedSession {
        /// File and line.
        place: String,
        /// What is wrong.
        damage: Box<Damage>,
        /// What to do.
        #[help]
        help: &'static str,
        /// The text around it.
        #[source_code]
        text: Arc<NamedSource<String>>,
        /// Where in it.
        #[label("here")]
        span: SourceSpan,
    },

    /// The runtime refused a message of a compiled topology.
    #[error("{place}: {refusal}")]
    #[diagnostic(
        code(headroom::alsa::refused),
        help("`headroom lint` says more of the file, `headroom run -v` of every message")
    )]
    RefusedStream {
        /// File and PCM.
        place: String,
        /// Which message, and why.
        refusal: Box<Refusal>,
    },

    /// The runtime refused a message.
    #[error("{place}: {refusal}")]
    #[diagnostic(code(headroom::runtime::refused))]
    Refused {
        /// Which, and why.
        refusal: Box<Refusal>,
        /// File and line of the widget or pipeline.
        place: String,
        /// What to do.
        #[help]
        help: String,
        /// The text around it.
        #[source_code]
        text: Arc<NamedSource<String>>,
        /// Where in it.
        #[label("for this")]
        span: SourceSpan,
    },

    /// A module failed while it ran.
    #[error("`{widget}` ({component}) failed while it ran: {why}")]
    #[diagnostic(code(headroom::runtime::fault), help("run again with `-v` and report it with the log"))]
    Fault {
        /// The widget.
        widget: String,
        /// Its component id.
        component: ComponentId,
        /// How.
        why: String,
    },

    /// The stream came to a halt before its end.
    #[error("the stream stalled: {got} of {wanted} frames came out in {ticks} ticks")]
    #[diagnostic(
        code(headroom::runtime::stalled),
        help(
            "some module takes nothing or gives nothing; the ring fills in the report of `--json` show where"
        )
    )]
    Stalled {
        /// Frames that came out.
        got: u64,
        /// Frames that should have.
        wanted: u64,
        /// Ticks that were run.
        ticks: u64,
    },

    /// The desk itself could not provide something.
    #[error("{what}")]
    #[diagnostic(code(headroom::desk))]
    Desk {
        /// What it could not do.
        what: String,
        /// What to do.
        #[help]
        help: String,
    },
}

/// A session that is wrong at `span` of `text`.
pub(crate) fn damaged(text: &Text, span: Range<usize>, damage: Damage) -> Error {
    let (place, help) = (text.place(span.start), damage.remedy());
    Error::DamagedSession { place, damage: Box::new(damage), help, text: text.source(), span: span.into() }
}

/// A message that was refused for what stands at `span` of `text`.
pub(crate) fn refused(text: &Text, span: Range<usize>, refusal: Refusal, help: String) -> Error {
    let (place, refusal) = (text.place(span.start), Box::new(refusal));
    Error::Refused { refusal, place, help, text: text.source(), span: span.into() }
}
