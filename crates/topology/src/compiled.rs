//! A compiled topology on disk: read, checked, and asked for its PCMs.

use std::fmt;
use std::path::{Path, PathBuf};

use headroom_tplg::{Abi, Topology};

use crate::error::Error;
use crate::graph::{Direction, host_end, is_sof};

/// The topology in the bytes of the file `path`.
///
/// # Errors
/// [`Error::Bytes`] with the byte at which it is damaged.
pub fn parse<'a>(path: &Path, bytes: &'a [u8]) -> Result<Topology<'a>, Error> {
    Topology::parse(bytes).map_err(|error| Error::Bytes { name: path.display().to_string(), error })
}

/// A compiled topology, whose bytes have been checked.
#[derive(Clone, Debug)]
pub struct Compiled {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// One direction of a PCM: what an application can open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PcmStream {
    /// Number of the PCM.
    pub id: u32,
    /// Name of the PCM.
    pub name: String,
    /// Which way it goes.
    pub direction: Direction,
    /// Name of its stream, which its host widget has too.
    pub stream: String,
}

impl fmt::Display for PcmStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PCM {} ({}) {}", self.id, self.name, self.direction)
    }
}

impl Compiled {
    /// The first four bytes of every compiled topology.
    pub const MAGIC: [u8; 4] = 0x4153_6F43_u32.to_le_bytes();

    /// Reads a compiled topology.
    ///
    /// # Errors
    /// The file can't be read, is damaged, or is for IPC3 or another driver than SOF's.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(path).map_err(|error| Error::File { path: path.to_owned(), error })?;
        Self::from_bytes(path, bytes)
    }

    /// The topology whose file has these bytes; `path` is what errors call it.
    ///
    /// # Errors
    /// The file is damaged, or is for IPC3 or another driver than SOF's.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, Error> {
        let topology = parse(path, &bytes)?;
        let (is_sof, is_ipc3) = (is_sof(&topology), matches!(topology.abi(), Some(Abi::Ipc3 { .. })));
        let file = Self { path: path.to_owned(), bytes };
        if !is_sof {
            let what =
                "the topology isn't for SOF: it has neither SOF's ABI nor any of its tokens".to_owned();
            let help = "it is for another driver, such as older ones of Intel; run the one that SOF has for the machine";
            return Err(file.error("the manifest", what, help));
        }
        if is_ipc3 {
            let help = "run the one for IPC4 of the same machine; `headroom inspect` reads both";
            return Err(file.error("the manifest", "the topology is for IPC3 firmware".to_owned(), help));
        }
        Ok(file)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its contents.
    ///
    /// # Errors
    /// None: they have been read before; the signature saves an `expect`.
    pub fn view(&self) -> Result<Topology<'_>, Error> {
        parse(&self.path, &self.bytes)
    }

    /// What applications can open, in the order of the file, playback first. A stream without a host widget is left out, as
    /// Linux can't open it.
    pub fn streams(&self) -> Vec<PcmStream> {
        let Ok(topology) = self.view() else { return Vec::new() };
        let both = |pcm: headroom_tplg::Pcm<'_>| {
            let sides = [(Direction::Playback, pcm.playback()), (Direction::Capture, pcm.capture())];
            let stream = |(direction, caps): (Direction, Option<headroom_tplg::records::StreamCaps>)| {
                let stream = caps?.name.to_string();
                let (id, name) = (pcm.id(), pcm.name().to_owned());
                Some(PcmStream { id, name, direction, stream })
            };
            sides.into_iter().filter_map(stream).collect::<Vec<_>>()
        };
        let there = |stream: &PcmStream| {
            topology.widgets().any(|widget| {
                host_end(widget.kind()) == Some(stream.direction) && widget.stream_name() == stream.stream
            })
        };
        topology.pcms().flat_map(both).filter(there).collect()
    }

    /// An error at a place of this file.
    pub fn error(&self, place: &str, what: String, help: &str) -> Error {
        let place = format!("{}: {place}", self.path.display());
        Error::Compiled { place, what, help: help.to_owned() }
    }
}
