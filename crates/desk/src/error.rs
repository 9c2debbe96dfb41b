//! Everything that can go wrong on the desk, each with what, where and what to do.

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use headroom_control::Reason;
use headroom_ipc4::Status;
use headroom_module::ComponentId;
use headroom_resample::Quality;
use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::recording::{Damage, FileKind};

/// The text of a topology with its name, kept so that errors can point into it.
#[derive(Clone, Debug)]
pub struct Text {
    name: Arc<str>,
    text: Arc<str>,
}

impl Text {
    pub(crate) fn new(name: &str, text: String) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    fn source(&self) -> NamedSource<String> {
        NamedSource::new(&self.name, self.text.to_string()).with_language("TOML")
    }

    /// Line of the byte at `offset`, the first being 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        1 + before.iter().filter(|&&byte| byte == b'\n').count()
    }

    pub(crate) fn error(&self, span: Range<usize>, what: String, help: String) -> Error {
        let place = format!("{}:{}", self.name, self.line(span.start));
        Error::Topology { place, what, help, text: Arc::new(self.source()), span: span.into() }
    }

    /// A session that is wrong here.
    pub(crate) fn damaged(&self, span: Range<usize>, damage: Damage) -> Error {
        let place = format!("{}:{}", self.name, self.line(span.start));
        let (help, text) = (damage.remedy(), Arc::new(self.source()));
        Error::DamagedSession { place, damage: Box::new(damage), help, text, span: span.into() }
    }

    pub(crate) fn refused(&self, span: Range<usize>, refusal: Refusal, help: String) -> Error {
        let place = format!("{}:{}", self.name, self.line(span.start));
        Error::Refused {
            refusal: Box::new(refusal),
            place,
            help,
            text: Arc::new(self.source()),
            span: span.into(),
        }
    }
}

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

/// What the desk could not do.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// The topology can't be read.
    #[error("can't read the topology {}: {error}", path.display())]
    #[diagnostic(code(headroom::topology::file), help("name a topology file, or none for the bundled one"))]
    TopologyFile {
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
    WavAsTopology {
        /// The file.
        path: PathBuf,
    },

    /// A topology file is damaged, or is none.
    #[error("{name}: {error}")]
    #[diagnostic(code(headroom::topology::tplg), help("name a .tplg file, as alsatplg writes them"))]
    TopologyBytes {
        /// The file.
        name: String,
        /// Where in it, what, and what to do.
        error: headroom_tplg::Error,
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
    Topology {
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

    /// Two files are given for the first end.
    #[error("`{option}` is given twice without a widget, the second time with {}", path.display())]
    #[diagnostic(
        code(headroom::input::twice),
        help("say what each is for: `{option} WIDGET={}`", path.display())
    )]
    SecondFile {
        /// The option.
        option: &'static str,
        /// The second file.
        path: PathBuf,
    },

    /// The input can't be read.
    #[error("can't read {}: {why}", path.display())]
    #[diagnostic(code(headroom::input::file))]
    Input {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
        /// What to do.
        #[help]
        help: String,
    },

    /// A file would be written over another one that the run reads or writes.
    #[error("{} is the {what}: writing there would destroy it", path.display())]
    #[diagnostic(code(headroom::output::input), help("name another file"))]
    SameFile {
        /// The file, as it was named to be written.
        path: PathBuf,
        /// What else it is: `"input"`, `"topology"`, `"output"` or `"output of another end"`.
        what: &'static str,
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

    /// A file is of no kind that can be told in words.
    #[error("{} is {kind}, which can't be inspected", path.display())]
    #[diagnostic(
        code(headroom::inspect::kind),
        help("{}; compiled topologies and recorded sessions can be inspected", kind.advice())
    )]
    NotInspected {
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

    /// A replay said something else than what was recorded.
    #[error("{differences} of the replies and notifications are not as recorded")]
    #[diagnostic(
        code(headroom::session::differs),
        help("docs/sessions.md tells how to read the differences")
    )]
    Differs {
        /// How many.
        differences: usize,
    },

    /// More audio would come out than a WAV file can hold.
    #[error("can't write {}: {bytes} bytes of audio would come out, a WAV file holds {limit}", path.display())]
    #[diagnostic(code(headroom::output::length))]
    OutputTooLong {
        /// The file.
        path: PathBuf,
        /// Bytes of audio that would come out.
        bytes: u128,
        /// Bytes of audio that one WAV file holds.
        limit: u128,
        /// What to do.
        #[help]
        help: &'static str,
    },

    /// The output can't be written.
    #[error("can't write {}: {why}", path.display())]
    #[diagnostic(
        code(headroom::output::file),
        help("name a file that can be written, in a folder that exists")
    )]
    Output {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },

    /// No filter makes this conversion.
    #[error("no {quality} conversion from {from} Hz to {to} Hz")]
    #[diagnostic(code(headroom::conversion::none))]
    NoConversion {
        /// Input rate in Hz.
        from: u32,
        /// Output rate in Hz.
        to: u32,
        /// The quality asked for.
        quality: Quality,
        /// What there is instead.
        #[help]
        help: String,
    },

    /// The band of a conversion is too narrow for the tones that measure it.
    #[error(
        "the conversion from {from} Hz to {to} Hz can't be measured: it does not pass the tone of 997 Hz"
    )]
    #[diagnostic(
        code(headroom::conversion::unmeasurable),
        help("measure one between rates of 2,200 Hz or more")
    )]
    NotMeasurable {
        /// Input rate in Hz.
        from: u32,
        /// Output rate in Hz.
        to: u32,
    },

    /// A compiled topology has something that no driver could send.
    #[error("{place}: {what}")]
    #[diagnostic(code(headroom::alsa::translation))]
    Translation {
        /// File, and widget or PCM.
        place: String,
        /// What is wrong.
        what: String,
        /// What to do.
        #[help]
        help: String,
    },

    /// A compiled topology does not have what is asked for.
    #[error("{}: {what}", path.display())]
    #[diagnostic(code(headroom::alsa::pcm), help("{}", choice(there)))]
    NoPcm {
        /// The file.
        path: PathBuf,
        /// What is missing.
        what: String,
        /// The PCMs that are there, a line each.
        there: String,
    },

    /// An option for compiled topologies is given with another one.
    #[error("`{option}` is for compiled topologies")]
    #[diagnostic(code(headroom::alsa::option), help("name a `.tplg` file"))]
    NeedsCompiled {
        /// The option.
        option: &'static str,
    },

    /// An option that is for one stream is given for all of a compiled topology.
    #[error("`{option}` is for one PCM, not for all of them")]
    #[diagnostic(code(headroom::alsa::one), help("choose the PCM with `--pcm ID`"))]
    NeedsOnePcm {
        /// The option.
        option: &'static str,
    },

    /// Of all streams of a compiled topology some can't be played.
    #[error("{count} of {all} streams can't be played; the first: {first}")]
    #[diagnostic(code(headroom::alsa::some), help("play each alone with `--pcm` to see what to do about it"))]
    SomeStreams {
        /// How many.
        count: usize,
        /// Of how many.
        all: usize,
        /// The first error.
        first: Box<Error>,
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

    /// The runtime refused a message of a compiled topology's stream.
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

impl Error {
    /// The exit code of its class: 1 a replay differs, 2 the command line, 3 files, 4 topology, 5 refused by the runtime, 6 failed
    /// while running.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoConversion { .. } | Self::NotMeasurable { .. } | Self::NoEnd { .. } => 2,
            Self::SecondFile { .. } | Self::Setting { .. } | Self::NoPcm { .. } => 2,
            Self::NeedsCompiled { .. } | Self::NeedsOnePcm { .. } => 2,
            Self::SomeStreams { first, .. } => first.exit_code(),
            Self::Differs { .. } => 1,
            Self::SessionFile { .. }
            | Self::NoSession { .. }
            | Self::NotInspected { .. }
            | Self::DamagedSession { .. } => 3,
            Self::TopologyFile { .. } | Self::WavAsTopology { .. } => 3,
            Self::TopologyBytes { .. } | Self::NoInput | Self::Input { .. } => 3,
            Self::SameFile { .. } | Self::Output { .. } | Self::OutputTooLong { .. } => 3,
            Self::Topology { .. } | Self::Translation { .. } | Self::Script { .. } => 4,
            Self::Refused { .. } | Self::RefusedStream { .. } => 5,
            Self::Fault { .. } | Self::Stalled { .. } | Self::Desk { .. } => 6,
        }
    }
}

/// What to choose from, of PCMs with a line each.
fn choice(there: &str) -> String {
    match there {
        "" => "only topologies with a PCM can be run".to_owned(),
        there => format!("choose one of these, or `--pcm all`:{there}"),
    }
}
