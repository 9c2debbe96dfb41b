//! What a file is, by its contents.

use std::path::Path;
use std::{fmt, io};

use headroom_topology::Compiled;

/// What the first line of a session begins with, whatever the version.
pub(crate) const SESSION: &str = "headroom session ";

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// A recorded session.
    Session,
    /// A compiled topology.
    Topology,
    /// Audio.
    Wav,
    /// A topology in TOML, or something else in TOML.
    Toml,
    /// Nothing that Headroom knows.
    Unknown,
}

impl FileKind {
    /// Reads the file at `path` once, as it may be a pipe: what it is, and its contents.
    ///
    /// # Errors
    /// It can't be read.
    pub fn read(path: &Path) -> io::Result<(Self, Vec<u8>)> {
        let contents = std::fs::read(path)?;
        Ok((Self::of(&contents), contents))
    }

    /// What these contents are.
    pub fn of(contents: &[u8]) -> Self {
        if contents.starts_with(SESSION.as_bytes()) {
            return Self::Session;
        }
        if contents.starts_with(&Compiled::MAGIC) {
            return Self::Topology;
        }
        if contents.starts_with(b"RIFF") {
            return Self::Wav;
        }
        let table =
            std::str::from_utf8(contents).ok().and_then(|text| toml::from_str::<toml::Table>(text).ok());
        if table.is_some_and(|table| !table.is_empty()) { Self::Toml } else { Self::Unknown }
    }

    /// What to do with it where a session is wanted.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Session => "this is a fault of Headroom; report it with the file",
            Self::Topology => {
                "run it with `headroom run FILE --pcm ID`, and record that with `--record FILE`"
            }
            Self::Wav => "play it with `headroom run -i FILE`",
            Self::Toml => "run it with `headroom run FILE`, and record that with `--record FILE`",
            Self::Unknown => "`headroom run --record FILE` writes sessions",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session => "a session",
            Self::Topology => "a compiled topology",
            Self::Wav => "a WAV file",
            Self::Toml => "a topology in TOML",
            Self::Unknown => "something else",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use headroom_topology::BUNDLED;

    #[test]
    fn contents_tell_kinds_apart() {
        let cases: [(&[u8], FileKind); 8] = [
            (b"headroom session 1\n", FileKind::Session),
            (b"headroom session 2\nanything \xFF", FileKind::Session),
            (b"RIFF\x24\0\0\0WAVE", FileKind::Wav),
            (BUNDLED.as_bytes(), FileKind::Toml),
            (b"headroom", FileKind::Unknown),
            (b"", FileKind::Unknown),
            (b"# only a comment\n", FileKind::Unknown),
            (b"\xFF\xFE", FileKind::Unknown),
        ];
        for (contents, kind) in cases {
            assert_eq!(FileKind::of(contents), kind, "{contents:?}");
        }
    }
}
