//! One line of a session file: what it says, and how that is spelled.

use std::fmt;
use std::str::{FromStr, SplitWhitespace};

use headroom_module::{Format, SampleFormat};
use headroom_runtime::{Platform, Profile};

use headroom_topology::{Signal, SignalShape};

use super::damage::Damage;
use super::message::{self, Hex};

/// A line.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Line {
    /// For who reads; nothing else looks at it.
    Comment(String),
    /// The platform that the runtime was made for.
    Platform(Platform),
    /// The page pool that it was made over.
    Pool(Pool),
    /// A row of its module table.
    Module { id: u16, name: String },
    /// What was behind the gateway of a copier that audio comes in at.
    Source {
        /// Its component id.
        copier: u32,
        played: Played,
    },
    /// Something that happened.
    Event(Event),
}

/// A page pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pool {
    pub(crate) profile: Profile,
    pub(crate) pages: usize,
}

/// What was played into a session.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Played {
    /// A built-in signal.
    Signal(Signal),
    /// A file; the session has not its contents.
    File {
        /// Its stream.
        format: Format,
        /// Its length.
        frames: u64,
    },
}

/// Something that happened, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Event {
    /// Ticks that had been begun by then.
    pub(super) tick: u64,
    pub(super) what: What,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// The driver sent these bytes.
    Request(Vec<u8>),
    /// The runtime answered with these.
    Reply(Vec<u8>),
    /// It told the driver this by itself.
    Notification(Vec<u8>),
    /// The module of this id panicked.
    Panic(u32),
    /// The session was over.
    End,
}

impl Line {
    /// What `text` says; a reply has the time of its request, which is `now`.
    pub(super) fn parse(text: &str, now: u64) -> Result<Self, Damage> {
        let line = Self::read(text, now)?;
        let expected = line.to_string();
        if expected == text { Ok(line) } else { Err(Damage::Spelling { expected }) }
    }

    /// As [`parse`](Self::parse), lenient about the spelling.
    fn read(text: &str, now: u64) -> Result<Self, Damage> {
        if let Some(comment) = text.strip_prefix('#') {
            return Ok(Self::Comment(comment.to_owned()));
        }
        if let Some(event) = text.strip_prefix('@') {
            return event_of(event).map(Self::Event);
        }
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut fields = Fields(rest.split_whitespace());
        match first {
            "platform" => fields.platform().map(Self::Platform),
            "pool" => fields.pool().map(Self::Pool),
            "module" => fields.module(),
            "source" => fields.source(),
            "<" => message::parse(rest)
                .map(|bytes| Self::Event(Event { tick: now, what: What::Reply(bytes) }))
                .ok_or(Damage::Bytes),
            _ => Err(Damage::Unknown),
        }
    }
}

/// The event behind an `@`.
fn event_of(text: &str) -> Result<Event, Damage> {
    let mut words = text.splitn(3, ' ');
    let tick = words.next().and_then(|tick| tick.parse().ok()).ok_or(Damage::Field("tick"))?;
    let (kind, rest) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let bytes = || message::parse(rest).ok_or(Damage::Bytes);
    let what = match kind {
        ">" => What::Request(bytes()?),
        "!" => What::Notification(bytes()?),
        "panic" => What::Panic(hexadecimal(rest).ok_or(Damage::Field("component"))?),
        "end" => What::End,
        _ => return Err(Damage::Unknown),
    };
    Ok(Event { tick, what })
}

fn hexadecimal(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

/// What follows the first word of a line.
struct Fields<'a>(SplitWhitespace<'a>);

impl Fields<'_> {
    /// The value of the next field, which must be called `name`.
    fn take<T: FromStr>(&mut self, name: &'static str) -> Result<T, Damage> {
        let field = self.0.next().and_then(|field| field.split_once('='));
        let value = field.filter(|(found, _)| *found == name).and_then(|(_, value)| value.parse().ok());
        value.ok_or(Damage::Field(name))
    }

    fn platform(&mut self) -> Result<Platform, Damage> {
        Ok(Platform {
            tick_us: self.take("tick_us")?,
            cores: self.take("cores")?,
            dp_region_bytes: self.take("dp_region_bytes")?,
            region_limit: self.take("region_limit")?,
            stack_bytes: self.take("stack_bytes")?,
            stack_floor: self.take("stack_floor")?,
            parameter_bytes: self.take("parameter_bytes")?,
            common_bytes: self.take("common_bytes")?,
            pipelines: self.take("pipelines")?,
            modules: self.take("modules")?,
            edges: self.take("edges")?,
            events: self.take("events")?,
        })
    }

    fn pool(&mut self) -> Result<Pool, Damage> {
        let pages = self.take("pages")?;
        let profile = Profile {
            page_bytes: self.take("page_bytes")?,
            line_bytes: self.take("line_bytes")?,
            max_regions: self.take("max_regions")?,
            ..Profile::DESK
        };
        Ok(Pool { profile, pages })
    }

    fn module(&mut self) -> Result<Line, Damage> {
        let id = self.0.next().and_then(hexadecimal).and_then(|id| u16::try_from(id).ok());
        let id = id.ok_or(Damage::Field("id"))?;
        let name = self.0.next().ok_or(Damage::Field("name"))?.to_owned();
        Ok(Line::Module { id, name })
    }

    fn source(&mut self) -> Result<Line, Damage> {
        let copier = self.0.next().and_then(hexadecimal).ok_or(Damage::Field("component"))?;
        Ok(Line::Source { copier, played: self.played()? })
    }

    fn played(&mut self) -> Result<Played, Damage> {
        let shape = match self.0.next() {
            Some("file") => None,
            Some("chirp") => Some(SignalShape::Chirp),
            Some("sine") => Some(SignalShape::Sine(self.finite("frequency")?)),
            _ => return Err(Damage::Field("file, sine or chirp")),
        };
        let (rate, channels) = (self.take("rate")?, self.take("channels")?);
        let samples = samples(&self.take::<String>("samples")?).ok_or(Damage::Field("samples"))?;
        let format = Format::new(rate, channels, samples).map_err(|_| Damage::Field("channels"))?;
        let frames = self.take("frames")?;
        Ok(match shape {
            None => Played::File { format, frames },
            Some(shape) => {
                let level_db = self.finite("level_db")?;
                Played::Signal(Signal { shape, rate, channels, samples, frames, level_db })
            }
        })
    }

    fn finite(&mut self, name: &'static str) -> Result<f64, Damage> {
        Some(self.take::<f64>(name)?).filter(|value| value.is_finite()).ok_or(Damage::Field(name))
    }
}

fn samples(name: &str) -> Option<SampleFormat> {
    use SampleFormat::{F32, S16, S24In32, S32};
    [S16, S24In32, S32, F32].into_iter().find(|samples| samples.to_string() == name)
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Comment(text) => write!(f, "#{text}"),
            Self::Platform(platform) => write_platform(f, platform),
            Self::Pool(Pool { profile, pages }) => {
                let Profile { page_bytes, line_bytes, max_regions, .. } = profile;
                write!(f, "pool pages={pages} page_bytes={page_bytes} line_bytes={line_bytes} ")?;
                write!(f, "max_regions={max_regions}")
            }
            Self::Module { id, name } => write!(f, "module {id:#x} {name}"),
            Self::Source { copier, played } => write_source(f, *copier, played),
            Self::Event(event) => event.fmt(f),
        }
    }
}

fn write_platform(f: &mut fmt::Formatter<'_>, platform: &Platform) -> fmt::Result {
    let Platform { tick_us, cores, dp_region_bytes, region_limit, stack_bytes, stack_floor, .. } = platform;
    let Platform { parameter_bytes, common_bytes, pipelines, modules, edges, events, .. } = platform;
    write!(f, "platform tick_us={tick_us} cores={cores} dp_region_bytes={dp_region_bytes} ")?;
    write!(f, "region_limit={region_limit} stack_bytes={stack_bytes} stack_floor={stack_floor} ")?;
    write!(f, "parameter_bytes={parameter_bytes} common_bytes={common_bytes} pipelines={pipelines} ")?;
    write!(f, "modules={modules} edges={edges} events={events}")
}

fn write_source(f: &mut fmt::Formatter<'_>, copier: u32, played: &Played) -> fmt::Result {
    write!(f, "source {copier:#x} ")?;
    let (format, frames) = match played {
        Played::File { format, frames } => {
            f.write_str("file")?;
            ((format.rate(), format.channels(), format.samples()), frames)
        }
        Played::Signal(signal) => {
            match signal.shape {
                SignalShape::Sine(hz) => write!(f, "sine frequency={hz}")?,
                SignalShape::Chirp => f.write_str("chirp")?,
            }
            ((signal.rate, signal.channels.into(), signal.samples), &signal.frames)
        }
    };
    let (rate, channels, samples) = format;
    write!(f, " rate={rate} channels={channels} samples={samples} frames={frames}")?;
    match played {
        Played::File { .. } => Ok(()),
        Played::Signal(signal) => write!(f, " level_db={}", signal.level_db),
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tick = self.tick;
        match &self.what {
            What::Request(bytes) => write!(f, "@{tick} >{}", Hex(bytes)),
            What::Reply(bytes) => write!(f, "<{}", Hex(bytes)),
            What::Notification(bytes) => write!(f, "@{tick} !{}", Hex(bytes)),
            What::Panic(component) => write!(f, "@{tick} panic {component:#x}"),
            What::End => write!(f, "@{tick} end"),
        }
    }
}
