//! What can be wrong with a line of a session file, and what to do about it.

use std::fmt;

/// Why a text is no session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Damage {
    /// It is a session of another version of the format.
    Version,
    /// The last line does not end: the file was cut off.
    CutOff,
    /// The file ends before everything is said that a fresh runtime needs.
    Short {
        /// The line that should come.
        expected: &'static str,
    },
    /// A character that no session has.
    Control(char),
    /// The line begins like none.
    Unknown,
    /// The line stands where another one should.
    Order {
        /// What should stand here.
        expected: &'static str,
    },
    /// A value is missing, or not what its name asks for.
    Field(&'static str),
    /// What should be the bytes of a message is not.
    Bytes,
    /// Time goes back.
    Time {
        /// The tick of the line before.
        now: u64,
    },
    /// The line can be understood, but a session has one spelling for everything.
    Spelling {
        /// The line as it should be.
        expected: String,
    },
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => write!(f, "this is a session of another version of the format"),
            Self::CutOff => write!(f, "the line does not end: the file was cut off here"),
            Self::Short { expected } => write!(f, "the session ends before its {expected}"),
            Self::Control(found) => write!(f, "there is a control character, U+{:04X}", u32::from(*found)),
            Self::Unknown => write!(f, "no line of a session begins like this"),
            Self::Order { expected } => write!(f, "{expected} should stand here"),
            Self::Field(name) => write!(f, "`{name}` is missing or has no value that it can have"),
            Self::Bytes => write!(f, "this is no message in hexadecimal digits"),
            Self::Time { now } => write!(f, "time goes back: tick {now} was before"),
            Self::Spelling { expected } => write!(f, "this is not spelled as sessions are: `{expected}`"),
        }
    }
}

impl Damage {
    /// What to do.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Version => "use the version of Headroom that recorded it, or record it again with this one",
            Self::CutOff | Self::Short { .. } => "copy the whole file, or record it again",
            Self::Control('\r') => "save it with plain line ends (LF)",
            Self::Control(_) => "take it out; no line has one, not even a comment",
            Self::Unknown => "see docs/sessions.md for all lines; comments begin with `#`",
            Self::Order { .. } | Self::Time { .. } => "put the line back where it was, see docs/sessions.md",
            Self::Field(_) => "see docs/sessions.md for what each line holds",
            Self::Bytes => {
                "write two header words of eight digits, then ` |` and the payload in groups of four bytes"
            }
            Self::Spelling { .. } => "write it like that, so that equal sessions are equal texts",
        }
    }
}

impl std::error::Error for Damage {}
