//! A topology that has been checked: what the driver's part works on.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use headroom_module::{Domain, SampleFormat};
use headroom_modules::Curve;

use crate::error::{Error, Text};

use super::check;
use super::file::DaiKind;

/// A checked topology: names are known, every route has ports of its own, nothing goes in a circle.
#[derive(Clone, Debug)]
pub struct Topology {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What is played when no file is given.
    pub input: Option<Signal>,
    /// Its pipelines, in the order of the file.
    pub pipelines: Vec<Pipeline>,
    /// Its widgets, each after all that feed it.
    pub widgets: Vec<Widget>,
    /// Its routes, in the order of the file.
    pub routes: Vec<Route>,
    /// Its PCM devices, in the order of the file.
    pub pcms: Vec<Pcm>,
    /// The text that it was read from.
    pub text: Text,
    /// The file that the text came from, if it came from one.
    pub file: Option<PathBuf>,
}

/// A pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// Its id.
    pub id: u8,
    /// 0 runs first in a tick, 7 last.
    pub priority: u8,
    /// The core that runs it.
    pub core: u8,
    /// Bytes of the region for its LL widgets; 0: they live in the common one.
    pub heap_bytes: u32,
    /// Bytes of stack.
    pub stack_bytes: u32,
    /// Where its id stands.
    pub span: Range<usize>,
}

/// A widget.
#[derive(Clone, Debug, PartialEq)]
pub struct Widget {
    /// Its name, which is unique.
    pub name: String,
    /// What it is.
    pub kind: WidgetKind,
    /// The pipeline that it belongs to.
    pub pipeline: u8,
    /// The core that runs it.
    pub core: u8,
    /// Who runs it.
    pub domain: Domain,
    /// Milliseconds that its blocks last.
    pub block_ms: u32,
    /// The samples that it gives out, where they change.
    pub samples: Option<SampleFormat>,
    /// The channels that it gives out, where they change.
    pub channels: Option<u8>,
    /// Memory that it declares.
    pub memory: Option<Memory>,
    /// Bytes of stack that it declares; 0: none.
    pub stack_bytes: u32,
    /// What only a topology file needs to know.
    pub outside: Outside,
    /// Where its name stands.
    pub span: Range<usize>,
}

/// How a widget shows outside of the runtime. A run doesn't need it; a topology file does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outside {
    /// Name of a control for its volume.
    pub volume_control: Option<String>,
    /// Name of a control that turns it off.
    pub switch_control: Option<String>,
    /// The interface behind a DAI copier.
    pub dai: Option<Dai>,
    /// The module that a stand-in stands for, in the byte order of files.
    pub uuid: Option<[u8; 16]>,
}

/// An audio interface.
#[derive(Clone, Debug, PartialEq)]
pub struct Dai {
    /// What it is.
    pub kind: DaiKind,
    /// Which of its kind.
    pub index: u32,
    /// Name of the machine's link to it.
    pub link: Option<String>,
    /// What it captures, where that is not the input.
    pub format: Stream,
}

/// What is said about a stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream {
    /// Frames per second, each that it can have; empty: nothing is said.
    pub rates: Vec<u32>,
    /// Channels, likewise.
    pub channels: Vec<u8>,
    /// Samples, likewise.
    pub samples: Vec<SampleFormat>,
}

/// A device that applications open.
#[derive(Clone, Debug, PartialEq)]
pub struct Pcm {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// The host copier that it plays to, as an index into [`Topology::widgets`].
    pub playback: Option<usize>,
    /// The host copier that it records from.
    pub capture: Option<usize>,
    /// What it can be opened with.
    pub stream: Stream,
    /// Where its name stands.
    pub span: Range<usize>,
}

/// What a widget is, with what only its kind has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WidgetKind {
    /// A copier at the host end.
    HostCopier,
    /// A copier at the DAI end.
    DaiCopier,
    /// A copier between modules.
    Copier,
    /// A gain.
    Gain {
        /// In dB; 0 or less.
        db: f64,
        /// Milliseconds of its ramp; 0 jumps.
        ramp_ms: u32,
        /// The way there.
        curve: Curve,
    },
    /// A sample rate converter.
    Src {
        /// Hz that it gives out.
        rate: u32,
    },
    /// A small sample rate converter.
    SrcLite {
        /// Hz that it gives out.
        rate: u32,
    },
    /// A stream to up to three mixouts.
    Mixin,
    /// The sum of up to eight streams.
    Mixout,
    /// Passes on.
    Passthrough,
    /// Stands in for a module that is not there.
    StandIn,
}

impl WidgetKind {
    /// Routes that can go to and from a widget of this kind.
    pub(crate) fn pins(self) -> (u8, u8) {
        match self {
            Self::HostCopier | Self::DaiCopier | Self::Copier => (1, 4),
            Self::Gain { .. } | Self::Src { .. } | Self::SrcLite { .. } | Self::Passthrough => (1, 1),
            Self::Mixin => (1, 3),
            Self::Mixout => (8, 1),
            Self::StandIn => (4, 4),
        }
    }
}

/// Memory as one figure or split by phase: the two objects that IPC4 has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// One figure.
    Heap(u32),
    /// By phase.
    Split {
        /// Bytes for the life of the module.
        lifetime: u32,
        /// Bytes for what comes and goes.
        interim: u32,
    },
}

impl Memory {
    /// Bytes of the region, both phases together.
    pub(crate) fn bytes(self) -> u64 {
        match self {
            Self::Heap(bytes) => bytes.into(),
            Self::Split { lifetime, interim } => u64::from(lifetime) + u64::from(interim),
        }
    }
}

/// A connection of widgets, as indices into [`Topology::widgets`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The widget that gives.
    pub from: usize,
    /// Which of its outputs: counted in the order of the file.
    pub from_queue: u8,
    /// The widget that takes.
    pub to: usize,
    /// Which of its inputs: counted in the order of the file.
    pub to_queue: u8,
    /// Where the route stands.
    pub span: Range<usize>,
}

/// What feeds a topology.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A WAV file.
    File(std::path::PathBuf),
    /// A built-in signal.
    Signal(Signal),
}

/// A built-in signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal {
    /// What it sounds like.
    pub shape: SignalShape,
    /// Frames per second.
    pub rate: u32,
    /// 1 to 8.
    pub channels: u8,
    /// How its samples lie in memory.
    pub samples: SampleFormat,
    /// Its length.
    pub frames: u64,
    /// Peak level in dB of full scale.
    pub level_db: f64,
}

/// The built-in signals' shapes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SignalShape {
    /// One tone of so many Hz.
    Sine(f64),
    /// From 20 Hz to 0.45 of the rate, rising exponentially.
    Chirp,
}

impl Topology {
    /// Reads a topology from a file.
    ///
    /// # Errors
    /// The file can't be read, is no TOML, or does not make sense; the error says where and what to do.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let unreadable = |error| Error::TopologyFile { path: path.to_owned(), error };
        let named_wav = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav"));
        let bytes = if named_wav { Vec::new() } else { std::fs::read(path).map_err(unreadable)? };
        if named_wav || bytes.starts_with(b"RIFF") {
            return Err(Error::WavAsTopology { path: path.to_owned() });
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| unreadable(io::Error::new(io::ErrorKind::InvalidData, "it is no UTF-8 text")))?;
        Ok(Self { file: Some(path.to_owned()), ..Self::parse(&path.display().to_string(), text)? })
    }

    /// Reads a topology from `text`, which is called `name` in errors.
    ///
    /// # Errors
    /// The text is no TOML, or does not make sense; the error says where and what to do.
    pub fn parse(name: &str, text: String) -> Result<Self, Error> {
        check::topology(Text::new(name, text))
    }

    /// The widgets that take from no other: sources of the graph.
    pub fn sources(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.widgets.len()).filter(|&widget| self.is_source(widget))
    }

    /// Whether the widget of this index takes from no other.
    pub(crate) fn is_source(&self, widget: usize) -> bool {
        self.routes.iter().all(|route| route.to != widget)
    }

    /// The widgets that give to no other: sinks of the graph.
    pub fn sinks(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.widgets.len()).filter(|&widget| self.routes.iter().all(|route| route.from != widget))
    }
}
