//! A PCM's stream as a plan: the format that its front end is opened with, and what lies at its ends.

use std::path::{Path, PathBuf};

use headroom_module::{ComponentId, Format};
use headroom_tplg::AudioFormat;
use headroom_tplg::records::StreamCaps;

use super::controls;
use super::file::{AlsaTopology, Direction, PcmStream, dai_end};
use super::firmware::Firmware;
use super::formats::{self, Chosen, Params};
use super::graph::Graph;
use super::messages::{Translation, wire};
use super::path::{self, PcmPath};
use super::queues::{self, Connection};
use super::run::AlsaOptions;
use super::{ids, script};
use crate::arena::Demand;
use crate::driver::{Step, component};
use crate::ends::Source;
use crate::error::Error;
use crate::names::Names;
use crate::plan::{End, EndMedium, Graph as PlanGraph, Part, Plan, frames_out};
use crate::topology::{Input, Signal, SignalShape};

/// What plays where no file is named: a sweep over the band, so that something is to be heard at each end.
const SIGNAL_DB: f64 = -12.0;

/// The plan of `stream`, and the memory that it needs.
pub(crate) fn plan(
    file: &AlsaTopology,
    stream: &PcmStream,
    (options, firmware): (&AlsaOptions, &Firmware),
) -> Result<(Plan, Demand), Error> {
    let topology = file.view()?;
    let named = (!options.firmware.is_empty()).then_some(firmware);
    let graph = Graph::new(&topology, named);
    let path = path::find(file, &graph, stream)?;
    let ids = ids::assign(file, (&graph, &path), named)?;
    let connections = queues::connect(file, &graph, &path)?;
    let opening = Opening { file, graph: &graph, path: &path, connections: &connections, stream, options };
    opening.check_dais()?;
    opening.check_names()?;
    let (formats, sources) = opening.open(&caps(&topology, stream))?;
    let direction = stream.direction;
    let translation = Translation {
        file,
        graph: &graph,
        path: &path,
        connections: &connections,
        direction,
        formats: &formats,
        ids: &ids,
        era: options.era,
    };
    let mut messages = translation.messages()?;
    messages.later = commands(&translation, options)?;
    let components: Vec<ComponentId> = ids.iter().copied().map(component).collect();
    let mut ends = sources;
    ends.extend(opening.sinks(&formats, &ends)?);
    let demand = demand(&translation);
    let plan = Plan::new(messages, parts(&translation, &components), ends);
    plan.check_files(Some(file.path()), options.record.as_deref())?;
    Ok((plan, demand))
}

/// What the PCM says of the stream.
fn caps(topology: &headroom_tplg::Topology<'_>, stream: &PcmStream) -> Vec<StreamCaps> {
    let side = |pcm: headroom_tplg::Pcm<'_>| match stream.direction {
        Direction::Playback => pcm.playback(),
        Direction::Capture => pcm.capture(),
    };
    topology.pcms().filter(|pcm| pcm.id() == stream.id).filter_map(side).collect()
}

/// What is known while the front end's format is looked for.
struct Opening<'a> {
    file: &'a AlsaTopology,
    graph: &'a Graph<'a>,
    path: &'a PcmPath,
    connections: &'a [Connection],
    stream: &'a PcmStream,
    options: &'a AlsaOptions,
}

impl Opening<'_> {
    fn widget(&self, place: usize) -> headroom_tplg::Widget<'_> {
        self.graph.widgets[self.path.widgets[place]]
    }

    fn error(&self, what: String, help: &str) -> Error {
        self.file.error(&self.stream.to_string(), what, help)
    }

    /// Places of the path at which audio comes in, or goes out.
    fn ends(&self, sources: bool) -> Vec<usize> {
        let host = (self.stream.direction == Direction::Playback) == sources;
        if host {
            return vec![self.path.host];
        }
        let is_dai = |&place: &usize| dai_end(self.widget(place).kind()) == Some(self.stream.direction);
        (0..self.path.widgets.len()).filter(is_dai).collect()
    }

    /// Something is at the other end: a DAI, or what feeds the host where a generator does.
    fn check_dais(&self) -> Result<(), Error> {
        let host = self.path.host;
        let fed = self.path.routes.iter().any(|&(_, to)| to == host);
        let (there, last) = match self.stream.direction {
            Direction::Playback => (!self.ends(false).is_empty(), self.path.widgets.len() - 1),
            Direction::Capture => (fed || !self.ends(true).is_empty(), host),
        };
        if there {
            return Ok(());
        }
        let what = format!("no DAI is on its way, which ends at `{}`", self.widget(last).name());
        Err(self.error(what, "route it to a DAI copier"))
    }

    /// Every file that names a widget belongs to an end.
    fn check_names(&self) -> Result<(), Error> {
        let ends: Vec<usize> = [self.ends(true), self.ends(false)].concat();
        let names: Vec<&str> = ends.iter().map(|&place| self.widget(place).name()).collect();
        for (n, other) in self.options.others.iter().enumerate() {
            let twice = self.options.others[..n].iter().any(|before| before.widget == other.widget);
            if twice || !names.contains(&other.widget.as_str()) {
                let why = if twice { "has two files" } else { "is no end of the stream" };
                let ends = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                return Err(Error::NoEnd { widget: other.widget.clone(), why, ends });
            }
        }
        Ok(())
    }

    /// The formats of all widgets, and the sources, for the first format of the front end that all of them go along with.
    fn open(&self, caps: &[StreamCaps]) -> Result<(Vec<Chosen>, Vec<End>), Error> {
        let host = self.widget(self.path.host);
        let own: Vec<AudioFormat> = match self.stream.direction {
            Direction::Playback => host.input_formats().collect(),
            Direction::Capture => host.output_formats().collect(),
        };
        let mut fronts: Vec<AudioFormat> = Vec::new();
        for format in
            own.into_iter().filter(|format| format.pin == 0 && caps.iter().any(|caps| admits(caps, format)))
        {
            if !fronts.iter().any(|known| Params::of(known) == Params::of(&format)) {
                fronts.push(format);
            }
        }
        let mut first_fault = None;
        for front in &self.as_the_file(fronts)? {
            match self.open_with(Params::of(front)) {
                Ok(opened) => return Ok(opened),
                Err(fault) => first_fault.get_or_insert(fault),
            };
        }
        Err(first_fault.unwrap_or_else(|| {
            let what = format!("`{}` has none of the formats that the PCM offers", host.name());
            self.error(what, "add one of the PCM's formats to its host copier")
        }))
    }

    /// Of the front end's formats those of the file that the host plays, if it plays one.
    fn as_the_file(&self, fronts: Vec<AudioFormat>) -> Result<Vec<AudioFormat>, Error> {
        let host = self.widget(self.path.host);
        let path = self.input(0, &host).filter(|_| self.stream.direction == Direction::Playback);
        let (Some(path), false) = (path, fronts.is_empty()) else { return Ok(fronts) };
        let input = Input::File(path.clone());
        let file = End::source(self.path.host, input.clone(), Source::open(&input)?)?.format;
        let has = |front: &&AudioFormat| wire(front).format() == Ok(file);
        let fitting: Vec<AudioFormat> = fronts.iter().filter(has).copied().collect();
        if fitting.is_empty() {
            let takes =
                |front| wire(front).format().map_or(Params::of(front).to_string(), |it| it.to_string());
            return Err(self.wrong_file(
                &path,
                file,
                &fronts.iter().map(takes).collect::<Vec<_>>().join("; or "),
            ));
        }
        Ok(fitting)
    }

    /// The file for the `n`th source, at `widget`, if there is one.
    fn input(&self, n: usize, widget: &headroom_tplg::Widget<'_>) -> Option<PathBuf> {
        let named = self.options.others.iter().find(|file| file.widget == widget.name());
        named.map(|file| file.path.clone()).or_else(|| self.options.input.clone().filter(|_| n == 0))
    }

    fn wrong_file(&self, path: &Path, has: Format, takes: &str) -> Error {
        let what = format!("{} has {has}, the stream takes {takes}", path.display());
        self.error(what, "convert the file first; `headroom resample` changes the rate")
    }

    fn open_with(&self, front: Params) -> Result<(Vec<Chosen>, Vec<End>), Error> {
        let way = (self.path, self.connections);
        let chosen = formats::choose(self.file, self.graph, way, (self.stream.direction, front))?;
        let source = |(n, place): (usize, usize)| self.source(n, place, &chosen[place]);
        let sources: Vec<End> =
            self.ends(true).into_iter().enumerate().map(source).collect::<Result<_, _>>()?;
        for place in self.ends(false) {
            self.format(place, &chosen[place].output)?;
        }
        Ok((chosen, sources))
    }

    /// The format of an end as a stream's.
    fn format(&self, place: usize, format: &AudioFormat) -> Result<Format, Error> {
        wire(format).format().map_err(|error| {
            let what =
                format!("{} of `{}` can't be played: {error}", Params::of(format), self.widget(place).name());
            self.error(
                what,
                "give the widget a format of 16, 24 or 32 bits or float, of 1 to 8 channels, interleaved",
            )
        })
    }

    /// What plays at a source: the file that is for it, which must have the format, or a signal.
    fn source(&self, n: usize, place: usize, chosen: &Chosen) -> Result<End, Error> {
        let format = self.format(place, &chosen.input)?;
        let widget = self.widget(place);
        let Some(path) = self.input(n, &widget) else {
            let signal = Signal {
                shape: SignalShape::Chirp,
                rate: format.rate(),
                channels: format.channels() as u8,
                samples: format.samples(),
                frames: u64::from(format.rate()),
                level_db: SIGNAL_DB,
            };
            return End::source(place, Input::Signal(signal), Source::Signal(signal));
        };
        let input = Input::File(path.clone());
        let end = End::source(place, input.clone(), Source::open(&input)?)?;
        if end.format == format {
            return Ok(end);
        }
        Err(self.wrong_file(&path, end.format, &format!("{format} at `{}`", widget.name())))
    }

    fn sinks(&self, formats: &[Chosen], sources: &[End]) -> Result<Vec<End>, Error> {
        let sink = |(n, place): (usize, usize)| {
            let widget = self.widget(place);
            let named = self.options.others.iter().find(|file| file.widget == widget.name());
            let path = named
                .map(|file| file.path.clone())
                .or_else(|| self.options.output.clone().filter(|_| n == 0));
            let format = self.format(place, &formats[place].output)?;
            // Where a generator is the source: as long as a signal.
            let frames =
                if sources.is_empty() { format.rate().into() } else { frames_out(sources, format.rate()) };
            Ok(End { part: place, format, frames, medium: EndMedium::Sink(path) })
        };
        self.ends(false).into_iter().enumerate().map(sink).collect()
    }
}

/// Rates by their bits in what a PCM offers (`SNDRV_PCM_RATE_*`), and the bits that stand for any rate.
const RATES: [u32; 13] =
    [5512, 8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000, 176_400, 192_000];
const ANY_RATE: u32 = 3 << 30;

/// Whether a PCM offers a rate. Those without a bit, and PCMs without rates, leave it open.
fn admits_rate(rates: u32, rate: u32) -> bool {
    let bit = RATES.iter().position(|&known| known == rate);
    rates == 0 || rates & ANY_RATE != 0 || bit.is_none_or(|bit| rates >> bit & 1 == 1)
}

/// Whether a PCM offers a format. Limits that are 0 leave it open.
fn admits(caps: &StreamCaps, format: &AudioFormat) -> bool {
    let bit = match (format.bit_depth, format.valid_bit_depth, format.sample_type) {
        (8, ..) => 1,
        (16, ..) => 2,
        (32, 24, _) => 6,
        (32, _, 4) => 14,
        (32, ..) => 10,
        _ => return false,
    };
    let within = |value, min, max| value >= min && (max == 0 || value <= max);
    caps.format_bits() >> bit & 1 == 1
        && within(format.channels, caps.channels_min, caps.channels_max)
        && within(format.rate, caps.rate_min, caps.rate_max)
        && admits_rate(caps.rates, format.rate)
}

fn parts(translation: &Translation<'_>, ids: &[ComponentId]) -> PlanGraph {
    let places = || (0..ids.len()).map(|place| (place, translation.widget(place)));
    let part = |(place, _): (usize, headroom_tplg::Widget<'_>)| {
        let Chosen { input, output } = &translation.formats[place];
        let rate = output.rate.max(1);
        let frame = (input.bit_depth / 8).saturating_mul(input.channels).max(1);
        let frames = u64::from(input.block_bytes / frame);
        let block_ms = (frames * 1000).div_ceil(u64::from(input.rate.max(1))) as u32;
        Part { id: ids[place], rate, block_ms }
    };
    let names: Vec<_> = places().map(|(place, widget)| (widget.name(), ids[place])).collect();
    PlanGraph {
        names: Names::new(names.into_iter()),
        parts: places().map(part).collect(),
        feeds: translation.path.routes.clone(),
    }
}

/// What the script sets on the way of the stream; controls elsewhere keep what they have.
fn commands(translation: &Translation<'_>, options: &AlsaOptions) -> Result<Vec<(u64, Step)>, Error> {
    let Some(path) = &options.controls else { return Ok(Vec::new()) };
    let mut steps = Vec::new();
    for command in script::load(path)? {
        let at = |what: String, help| Error::Script {
            place: format!("{}:{}", path.display(), command.line),
            what,
            help,
        };
        let mut known = false;
        for (n, widget) in translation.graph.widgets.iter().enumerate() {
            for (number, control) in widget.controls().enumerate() {
                if controls::name(widget, &control) != command.control {
                    continue;
                }
                known = true;
                let Some(place) = translation.path.widgets.iter().position(|&on| on == n) else { continue };
                let channels = translation.formats[place].input.channels;
                let values = script::values(&control, &command.values, channels).map_err(|what| {
                    at(what, "`headroom inspect --widgets` shows controls and their ranges")
                })?;
                for setting in controls::settings(widget, (number, &control), &values) {
                    steps.extend(
                        translation.set(place, &setting)?.into_iter().map(|step| (command.tick, step)),
                    );
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

/// What the regions of the path will take.
fn demand(translation: &Translation<'_>) -> Demand {
    let widgets = || (0..translation.path.widgets.len()).map(|place| translation.widget(place));
    let declared = widgets().map(|widget| widget.memory(translation.era).heap.bytes());
    Demand::new(declared, 2 * translation.path.widgets.len())
}
