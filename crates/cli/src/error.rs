//! What the command objects to: what was typed, and what the crates behind it say, each with its exit code.

use std::path::PathBuf;

use headroom_desk::FileKind;
use miette::Diagnostic;
use thiserror::Error;

/// Why a command ends without its result.
#[derive(Debug, Error, Diagnostic)]
pub(crate) enum Error {
    /// A session.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Desk(#[from] headroom_desk::Error),

    /// A file of audio, or a conversion.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Audio(#[from] headroom_audio::Error),

    /// A topology.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Topology(#[from] headroom_topology::Error),

    /// Two files are given for the first end.
    #[error("`{option}` is given twice without a widget, the second time with {}", path.display())]
    #[diagnostic(
        code(headroom::input::twice),
        help("say what each is for: `{option} WIDGET={}`", path.display())
    )]
    SecondFile { option: &'static str, path: PathBuf },

    /// A topology does not have the PCM that is asked for.
    #[error("{}: {what}", path.display())]
    #[diagnostic(code(headroom::alsa::pcm), help("{}", choice(there)))]
    NoPcm {
        path: PathBuf,
        what: String,
        /// The PCMs that are there, a line each.
        there: String,
    },

    /// An option that is for topologies is given for a session.
    #[error("`{option}` is for topologies")]
    #[diagnostic(code(headroom::inspect::option), help("name a topology, or leave the option out"))]
    NeedsTopology { option: &'static str },

    /// An option that is for one stream is given for all of a topology, one after the other.
    #[error("`{option}` is for one PCM, not for all of them")]
    #[diagnostic(code(headroom::alsa::one), help("choose the PCM with `--pcm ID`"))]
    NeedsOnePcm { option: &'static str },

    /// Of all streams of a topology some can't be played.
    #[error("{count} of {all} streams can't be played; the first: {first}")]
    #[diagnostic(code(headroom::alsa::some), help("play each alone with `--pcm` to see what to do about it"))]
    SomeStreams { count: usize, all: usize, first: Box<Error> },

    /// A file is of no kind that can be told in words.
    #[error("{} is {kind}, which can't be inspected", path.display())]
    #[diagnostic(
        code(headroom::inspect::kind),
        help("{}; topologies and recorded sessions can be inspected", kind.advice())
    )]
    NotInspected { path: PathBuf, kind: FileKind },

    /// A replay said something else than what was recorded.
    #[error("{differences} of the replies and notifications are not as recorded")]
    #[diagnostic(
        code(headroom::session::differs),
        help("docs/sessions.md tells how to read the differences")
    )]
    Differs { differences: usize },

    /// Nothing is set.
    #[error("{what}")]
    #[diagnostic(code(headroom::topology::set))]
    NothingToSet {
        what: &'static str,
        #[help]
        help: &'static str,
    },

    /// The result can't be shown.
    #[error("{what}")]
    #[diagnostic(code(headroom::desk), help("report it with the command line"))]
    Output { what: String },
}

/// What to choose from, of PCMs with a line each.
fn choice(there: &str) -> String {
    match there {
        "" => "only topologies with a PCM can be run".to_owned(),
        there => format!("choose one of these, or `--pcm all`:{there}"),
    }
}

impl Error {
    /// The exit code of its class: 1 a replay differs, 2 the command line, 3 files, 4 topology, 5 refused by the runtime, 6 failed
    /// while running.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Differs { .. } => 1,
            Self::SecondFile { .. } | Self::NoPcm { .. } => 2,
            Self::NeedsTopology { .. } | Self::NeedsOnePcm { .. } | Self::NothingToSet { .. } => 2,
            Self::NotInspected { .. } => 3,
            Self::Output { .. } => 6,
            Self::SomeStreams { first, .. } => first.exit_code(),
            Self::Desk(error) => of_desk(error),
            Self::Audio(error) => of_audio(error),
            Self::Topology(error) => of_topology(error),
        }
    }
}

fn of_desk(error: &headroom_desk::Error) -> u8 {
    use headroom_desk::Error;
    match error {
        Error::Audio(error) => of_audio(error),
        Error::Topology(error) => of_topology(error),
        Error::Driver(error) => of_driver(error),
        Error::NoEnd { .. } => 2,
        Error::File { .. } | Error::NoInput => 3,
        Error::SessionFile { .. } | Error::NoSession { .. } | Error::DamagedSession { .. } => 3,
        Error::Refused { .. } | Error::RefusedStream { .. } => 5,
        _ => 6,
    }
}

fn of_audio(error: &headroom_audio::Error) -> u8 {
    use headroom_audio::Error;
    match error {
        Error::NoConversion { .. } | Error::NotMeasurable { .. } => 2,
        Error::Input { .. } | Error::SameFile { .. } => 3,
        Error::Output { .. } | Error::OutputTooLong { .. } => 3,
        _ => 6,
    }
}

fn of_topology(error: &headroom_topology::Error) -> u8 {
    use headroom_topology::Error;
    match error {
        Error::Setting { .. } => 2,
        Error::File { .. } | Error::Wav { .. } | Error::Bytes { .. } => 3,
        _ => 4,
    }
}

fn of_driver(error: &headroom_desk::DriverError) -> u8 {
    use headroom_desk::DriverError;
    match error {
        DriverError::Topology(error) => of_topology(error),
        DriverError::Image { .. } => 3,
        _ => 4,
    }
}
