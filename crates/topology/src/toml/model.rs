//! A topology that has been checked: what the driver's part works on.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};

use headroom_module::schedule::Domain;
use headroom_module::{Format, SampleFormat};
use headroom_modules::Curve;

use crate::error::Error;
use crate::text::Text;

use super::file::DaiKind;

/// A checked topology: names are known, every route has ports of its own, nothing goes in a circle.
#[derive(Clone, Debug)]
pub struct Topology {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What is played where no file is given.
    pub inputs: Vec<SourceInput>,
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
    /// The module that a stand-in stands for or a module is, in the byte order of files.
    pub uuid: Option<[u8; 16]>,
    /// The module's own part of the init payload, behind the base configuration.
    pub config: Vec<u8>,
    /// Bytes that it is configured with.
    pub blob: Option<Blob>,
    /// What its switch is set to.
    pub switch: Option<u32>,
    /// Which item of its enumeration is chosen.
    pub enumeration: Option<u32>,
}

/// Bytes for a parameter of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// The number of the parameter.
    pub parameter: u32,
    /// Its value.
    pub data: Vec<u8>,
}

/// Items of an enumeration: as many as records have texts for.
pub(crate) const ENUM_ITEMS: u32 = 16;

/// A control of a widget.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Described<'w> {
    pub(crate) name: Cow<'w, str>,
    pub(crate) kind: ControlKind<'w>,
}

/// What a control is; and what it is set to, where the text says so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ControlKind<'w> {
    Volume,
    Switch(Option<u32>),
    Enum(Option<u32>),
    Blob(&'w Blob),
}

impl Widget {
    /// Its controls in the order of files.
    pub(crate) fn controls(&self) -> impl Iterator<Item = Described<'_>> {
        let Outside { volume_control, switch_control, blob, switch, enumeration, .. } = &self.outside;
        let named = |kind: &str| Cow::Owned(format!("{} {kind}", self.name));
        let volume = volume_control.as_deref().map(|name| (Cow::Borrowed(name), ControlKind::Volume));
        let switch = match switch_control {
            Some(name) => Some((Cow::Borrowed(name.as_str()), ControlKind::Switch(*switch))),
            None => switch.map(|value| (named("switch"), ControlKind::Switch(Some(value)))),
        };
        let enumeration = enumeration.map(|value| (named("enum"), ControlKind::Enum(Some(value))));
        let blob = blob.as_ref().map(|blob| (named("bytes"), ControlKind::Blob(blob)));
        let all = [volume, switch, enumeration, blob];
        all.into_iter().flatten().map(|(name, kind)| Described { name, kind })
    }
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
    /// Any module of the table, with these inputs and outputs; with the UUID of one that is not there a stand-in.
    Module {
        /// Routes that can go to it.
        inputs: u8,
        /// Routes that can come from it.
        outputs: u8,
    },
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
            Self::Module { inputs, outputs } => (inputs, outputs),
        }
    }

    /// The name of the module that a widget of this kind is; none where the widget says it.
    pub(crate) fn module(self) -> Option<&'static str> {
        Some(match self {
            Self::HostCopier | Self::DaiCopier | Self::Copier => "copier",
            Self::Gain { .. } => "gain",
            Self::Src { .. } => "src",
            Self::SrcLite { .. } => "src-lite",
            Self::Mixin => "mixin",
            Self::Mixout => "mixout",
            Self::Passthrough => "passthrough",
            Self::StandIn | Self::Module { .. } => return None,
        })
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
    pub fn bytes(self) -> u64 {
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

/// The built-in signal of a source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceInput {
    /// The source, as an index into [`Topology::widgets`]; none: every source that has no other.
    pub source: Option<usize>,
    /// What is played there.
    pub signal: Signal,
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
    /// The widgets that take from no other: sources of the graph.
    pub fn sources(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.widgets.len()).filter(|&widget| self.is_source(widget))
    }

    /// The file that it came from, or its name where it came from none.
    pub(crate) fn path(&self) -> &Path {
        self.file.as_deref().unwrap_or(Path::new(&self.name))
    }

    /// Whether it is said what a source takes where no file is named: by a built-in signal, its PCM or its interface.
    pub fn says_format(&self, source: usize) -> bool {
        let is_said = |stream: &Stream| {
            !stream.rates.is_empty() && !stream.channels.is_empty() && !stream.samples.is_empty()
        };
        let pcm = self.pcms.iter().find(|pcm| pcm.playback == Some(source));
        let dai = self.widgets[source].outside.dai.as_ref();
        self.signal(source).is_some()
            || pcm.is_some_and(|pcm| is_said(&pcm.stream))
            || dai.is_some_and(|dai| is_said(&dai.format))
    }

    /// What an application could not do: open the PCM of a source with `format`, where its lists leave that out. In words.
    pub fn unlisted(&self, source: usize, format: Format) -> Option<String> {
        let pcm = self.pcms.iter().find(|pcm| pcm.playback == Some(source))?;
        let Stream { rates, channels, samples } = &pcm.stream;
        let is_listed = (rates.is_empty() || rates.contains(&format.rate()))
            && (channels.is_empty() || channels.iter().any(|&count| usize::from(count) == format.channels()))
            && (samples.is_empty() || samples.contains(&format.samples()));
        let (name, widget) = (&pcm.name, &self.widgets[source].name);
        let note =
            || format!("PCM `{name}` doesn't list {format}, which `{widget}` played: no application could.");
        (!is_listed).then(note)
    }

    /// What is wrong with the widget that is called `name`, where it stands; with the topology where none is called so.
    pub fn widget_error(&self, name: &str, what: String, help: String) -> Error {
        let widget = self.widgets.iter().find(|widget| widget.name == name);
        self.text.error(widget.map_or(0..0, |widget| widget.span.clone()), what, help)
    }

    /// The built-in signal that is played into a source.
    pub fn signal(&self, source: usize) -> Option<Signal> {
        let of = |wanted| self.inputs.iter().find(|input| input.source == wanted);
        of(Some(source)).or_else(|| of(None)).map(|input| input.signal)
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
