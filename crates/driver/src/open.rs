//! Opening streams together: the format of each front end, then the messages that make and start what they go through.
//!
//! ```text
//!   Way ─► the formats of the first stream, from the first front end that all of its widgets go along with
//!       ─► those of the next, whose widgets take what comes from those that are open
//!       ─► … ─► messages
//! ```

use headroom_module::{Format, ModuleEntry};
use headroom_topology::{Direction, RateSet, format_bit};
use headroom_tplg::records::StreamCaps;
use headroom_tplg::{AudioFormat, TokenEra};

use crate::error::Error;
use crate::formats::{self, Chosen, Front, Params};
use crate::manifest::Manifest;
use crate::messages::{Translation, wire};
use crate::names::Names;
use crate::queues::{self, Connection};
use crate::script::Script;
use crate::setup::{End, Part, Setup, Side, Step, component};
use crate::stream::Stream;
use crate::way::{EndOfWay, Way};
use crate::{controls, ids, path, script};

/// With what a way is opened.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    /// The modules that there are.
    pub modules: &'r [ModuleEntry],
    /// What the firmware has, if that is known: its ids, and which modules are DP by themselves.
    pub manifest: Option<&'r Manifest>,
    /// What the memory tokens mean.
    pub era: TokenEra,
    /// Controls that are set while the streams run.
    pub script: &'r Script,
    /// The format of what is played at a source, by what users call it, where something of a format of its own is.
    pub played: &'r dyn Fn(&str) -> Option<Format>,
}

impl Way<'_> {
    /// What opens, plays and closes the streams of this way.
    ///
    /// # Errors
    /// No format goes through, what is played has another one, or a message can't say something.
    pub fn open(&self, request: &Request<'_>) -> Result<Setup, Error> {
        let ids = ids::assign(self, request.modules, request.manifest)?;
        let connections = queues::connect(self)?;
        let opening = Opening { way: self, connections: &connections, played: request.played };
        let formats = opening.formats()?;
        let translation = Translation {
            way: self,
            connections: &connections,
            formats: &formats,
            ids: &ids,
            modules: request.modules,
            manifest: request.manifest,
            era: request.era,
        };
        let parts: Vec<Part> = (0..formats.len()).map(|part| opening.part(&translation, part)).collect();
        let named = parts.iter().enumerate().map(|(part, it)| (self.part_name(part), it.id));
        let widgets = (0..formats.len()).map(|part| self.widget(part));
        Ok(Setup {
            set_up: translation.set_up()?,
            start: translation.start()?,
            later: commands(&translation, request.script)?,
            take_down: translation.take_down()?,
            names: Names::new(named),
            feeds: self.path.routes.clone(),
            ends: self
                .ends()
                .into_iter()
                .map(|end| opening.end(&translation, end))
                .collect::<Result<_, _>>()?,
            declared: widgets.map(|widget| widget.memory(request.era).heap.bytes()).collect(),
            parts,
        })
    }
}

/// What is known while the front ends' formats are looked for.
struct Opening<'a> {
    way: &'a Way<'a>,
    connections: &'a [Connection],
    played: &'a dyn Fn(&str) -> Option<Format>,
}

impl Opening<'_> {
    /// The formats of all widgets, by part.
    fn formats(&self) -> Result<Vec<Chosen>, Error> {
        let mut chosen: Vec<Option<Chosen>> = vec![None; self.way.path.widgets.len()];
        for stream in 0..self.way.streams.len() {
            chosen = self.open(stream, &chosen)?;
        }
        // Each part is of one stream.
        Ok(chosen.into_iter().flatten().collect())
    }

    /// The formats of what is open, with those of the widgets that this stream opens.
    fn open(&self, stream: usize, known: &[Option<Chosen>]) -> Result<Vec<Option<Chosen>>, Error> {
        let mut first_fault = None;
        for front in self.fronts(stream)? {
            let opened = formats::choose(self.way, self.connections, known, front)
                .and_then(|chosen| self.check_sources(stream, &chosen).map(|()| chosen));
            match opened {
                Ok(chosen) => return Ok(chosen),
                Err(fault) => drop(first_fault.get_or_insert(fault)),
            }
        }
        Err(first_fault.unwrap_or_else(|| {
            let what = format!("`{}` has none of the formats that the PCM offers", self.front_name(stream));
            self.way.stream_error(stream, what, "add one of the PCM's formats to its host copier")
        }))
    }

    /// What users call the widget that a stream is opened at.
    fn front_name(&self, stream: usize) -> &str {
        let graph = &self.way.graph;
        let front = match &self.way.streams[stream] {
            Stream::Way(source) => graph.named(source),
            Stream::Pcm(pcm) => path::host(graph, pcm),
        };
        front.map_or("its host copier", |widget| self.way.name(widget))
    }

    /// With what the front end of a stream can be opened, in the order in which that is tried.
    fn fronts(&self, stream: usize) -> Result<Vec<Front>, Error> {
        let (own, direction) = match &self.way.streams[stream] {
            Stream::Way(source) => {
                let widget = self.way.graph.named(source).map(|widget| self.way.graph.widgets[widget]);
                let inputs = widget.map_or(Vec::new(), |widget| widget.input_formats().collect());
                (inputs, Direction::Playback)
            }
            Stream::Pcm(pcm) => (self.of_pcm(pcm), pcm.direction),
        };
        let mut fronts: Vec<AudioFormat> = Vec::new();
        for format in own {
            if !fronts.iter().any(|known| Params::of(known) == Params::of(&format)) {
                fronts.push(format);
            }
        }
        let fronts = self.as_played(stream, direction, fronts)?;
        let front = |format| Front { stream, direction, params: Params::of(&format) };
        Ok(fronts.into_iter().map(front).collect())
    }

    /// What the host copier of a PCM has and the PCM offers. A capture asks for what comes to it first.
    fn of_pcm(&self, pcm: &headroom_topology::PcmStream) -> Vec<AudioFormat> {
        let graph = &self.way.graph;
        let Some(host) = path::host(graph, pcm).map(|host| graph.widgets[host]) else { return Vec::new() };
        let offered =
            graph.topology.pcms().filter(|it| it.id() == pcm.id).filter_map(|it| match pcm.direction {
                Direction::Playback => it.playback(),
                Direction::Capture => it.capture(),
            });
        let caps: Vec<StreamCaps> = offered.collect();
        let own: Vec<AudioFormat> = match pcm.direction {
            Direction::Playback => host.input_formats().collect(),
            Direction::Capture => host.output_formats().collect(),
        };
        let fits = |format: &AudioFormat| format.pin == 0 && caps.iter().any(|caps| admits(caps, format));
        let mut own: Vec<AudioFormat> = own.into_iter().filter(fits).collect();
        if pcm.direction == Direction::Capture {
            let comes =
                |format: &AudioFormat| host.input_formats().any(|it| Params::of(&it) == Params::of(format));
            own.sort_by_key(|format| !comes(format));
        }
        own
    }

    /// Of the formats of a front end that plays those of what is played there, if that has one.
    fn as_played(
        &self,
        stream: usize,
        direction: Direction,
        fronts: Vec<AudioFormat>,
    ) -> Result<Vec<AudioFormat>, Error> {
        let front = self.sources(stream).find(|_| direction == Direction::Playback);
        let Some((widget, has)) = front.filter(|_| !fronts.is_empty()) else { return Ok(fronts) };
        let fits = |front: &&AudioFormat| wire(front).format() == Ok(has);
        let fitting: Vec<AudioFormat> = fronts.iter().filter(fits).copied().collect();
        if fitting.is_empty() {
            let takes =
                |front| wire(front).format().map_or(Params::of(front).to_string(), |it| it.to_string());
            let takes = fronts.iter().map(takes).collect::<Vec<_>>().join("; or ");
            return Err(self.wrong_format(stream, widget, has, takes));
        }
        Ok(fitting)
    }

    /// The sources of a stream at which something of a format of its own is played.
    fn sources(&self, stream: usize) -> impl Iterator<Item = (String, Format)> {
        let ends = self.way.ends().into_iter();
        let sources =
            ends.filter(move |end| end.side == Side::Source && self.way.path.streams[end.part] == stream);
        sources.filter_map(|end| (self.played)(&end.widget).map(|format| (end.widget, format)))
    }

    /// What is played at each source of a stream has the format that was chosen there.
    fn check_sources(&self, stream: usize, chosen: &[Option<Chosen>]) -> Result<(), Error> {
        for end in self.way.ends().iter().filter(|end| self.way.path.streams[end.part] == stream) {
            let Some(chosen) = &chosen[end.part] else { continue };
            let format = self.format(end, chosen)?;
            let played = (self.played)(&end.widget).filter(|_| end.side == Side::Source);
            if let Some(has) = played.filter(|has| *has != format) {
                return Err(self.wrong_format(stream, end.widget.clone(), has, format.to_string()));
            }
        }
        Ok(())
    }

    fn wrong_format(&self, stream: usize, widget: String, has: Format, takes: String) -> Error {
        let place = format!("{}: {}", self.way.compiled.path().display(), self.way.streams[stream]);
        Error::Front { place, widget, has, takes }
    }

    /// The format that crosses an end, as a stream's.
    fn format(&self, end: &EndOfWay, chosen: &Chosen) -> Result<Format, Error> {
        let format = match end.side {
            Side::Source => &chosen.input,
            Side::Sink => &chosen.output,
        };
        wire(format).format().map_err(|error| {
            let what = format!("its {} can't be played: {error}", Params::of(format));
            let help =
                "give the widget a format of 16, 24 or 32 bits or float, of 1 to 8 channels, interleaved";
            self.way.part_error(end.part, what, help)
        })
    }

    fn end(&self, translation: &Translation<'_>, end: EndOfWay) -> Result<End, Error> {
        let format = self.format(&end, &translation.formats[end.part])?;
        let node = translation.node(end.part).unwrap_or(0);
        Ok(End { part: end.part, widget: end.widget, node, side: end.side, format })
    }

    fn part(&self, translation: &Translation<'_>, part: usize) -> Part {
        let Chosen { input, output } = &translation.formats[part];
        let frame = (input.bit_depth / 8).saturating_mul(input.channels).max(1);
        let frames = u64::from(input.block_bytes / frame);
        let block_ms = (frames * 1000).div_ceil(u64::from(input.rate.max(1))) as u32;
        Part { id: component(translation.ids[part]), rate: output.rate.max(1), block_ms }
    }
}

/// Whether a PCM offers a format. Limits that are 0 leave it open.
fn admits(caps: &StreamCaps, format: &AudioFormat) -> bool {
    use headroom_module::SampleFormat;
    let bit = match (format.bit_depth, format.valid_bit_depth, format.sample_type) {
        (8, ..) => 1,
        (16, ..) => format_bit(SampleFormat::S16),
        (32, 24, _) => format_bit(SampleFormat::S24In32),
        (32, _, 4) => format_bit(SampleFormat::F32),
        (32, ..) => format_bit(SampleFormat::S32),
        _ => return false,
    };
    let within = |value, min, max| value >= min && (max == 0 || value <= max);
    caps.format_bits() >> bit & 1 == 1
        && within(format.channels, caps.channels_min, caps.channels_max)
        && within(format.rate, caps.rate_min, caps.rate_max)
        && RateSet(caps.rates).admits(format.rate)
}

/// What the script sets on the way of the streams; controls elsewhere keep what they have.
fn commands(translation: &Translation<'_>, script: &Script) -> Result<Vec<(u64, Step)>, Error> {
    let mut steps = Vec::new();
    let way = translation.way;
    for command in &script.commands {
        let at = |what: String, help| Error::Script {
            place: format!("{}:{}", script.name, command.line),
            what,
            help,
        };
        let mut known = false;
        for (number, widget) in way.graph.widgets.iter().enumerate() {
            for (n, control) in widget.controls().enumerate() {
                if controls::name(widget, &control) != command.control {
                    continue;
                }
                known = true;
                let Some(part) = way.path.widgets.iter().position(|&on| on == number) else { continue };
                let channels = translation.formats[part].input.channels;
                let values = script::values(&control, &command.values, channels).map_err(|what| {
                    at(what, "`headroom inspect --widgets` shows controls and their ranges")
                })?;
                for setting in controls::settings(widget, n, &control, &values) {
                    let set = translation.set(part, &setting)?;
                    steps.extend(set.into_iter().map(|step| (command.tick, step)));
                }
            }
        }
        if !known {
            let what = format!("the topology has no control `{}`", command.control);
            return Err(at(what, "`headroom inspect --widgets` lists the controls"));
        }
    }
    Ok(steps)
}
