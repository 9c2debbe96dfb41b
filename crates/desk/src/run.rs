//! Plays a topology: opened as Linux would open it, with files and signals at its ends.
//!
//! ```text
//!   text ─► what plays at each source ─► compiled in memory ─┐
//!   .tplg ───────────────────────────────────────────────────┴─► Way ─► Setup ─► Plan ─► session
//! ```

use std::ops::Range;
use std::path::{Path, PathBuf};

use headroom_driver::script::{self, Script};
use headroom_driver::{About, EndOfWay, Image, Manifest, Request, Side, Step, Stream, Way};
use headroom_module::{Format, ModuleEntry, SampleFormat};
use headroom_topology::{Beside, Compiled, Loaded, PcmStream, Topology};

use crate::error::{self, Error, Refusal};
use crate::feeds::Feeds;
use crate::modules::with_stand_in;
use crate::options::Options;
use crate::plan::Plan;
use crate::refusal::Remedies;
use crate::rehearsal;
use crate::session::{Extent, Stage, Watch, perform};

/// What can be opened of `topology`, each by itself, playback first.
///
/// # Errors
/// A text does not make sense.
pub fn streams(topology: &Loaded, modules: &[ModuleEntry]) -> Result<Vec<PcmStream>, Error> {
    Ok(match topology {
        Loaded::Compiled(compiled) => compiled.streams(),
        Loaded::Text(text) => draft(text, modules)?.0.streams(),
    })
}

/// Opens, plays and closes `topology`. Modules that are not here are stand-ins.
///
/// # Errors
/// Whatever the topology, the files, the script or the runtime object to.
pub fn run(topology: &Loaded, options: &Options, watch: &mut Watch<'_>) -> Result<(), Error> {
    match topology {
        Loaded::Compiled(compiled) => {
            let beside = Beside::default();
            let opened = Opened { compiled, beside: &beside, text: None, options, extent: Extent::Whole };
            let streams = opened.streams()?;
            let ends = Way::of(compiled, &beside, &streams)?.ends();
            let feeds = Feeds::open(&ends, &|_| None, options)?;
            opened.play(&streams, feeds, watch)
        }
        Loaded::Text(text) => run_text(text, options, Extent::Whole, watch),
    }
}

/// A text is compiled for what plays at its sources, so that has to be known first.
fn run_text(text: &Topology, options: &Options, extent: Extent, watch: &mut Watch<'_>) -> Result<(), Error> {
    let ends = ends_of_text(text, options)?;
    let number = |widget: &str| text.widgets.iter().position(|known| known.name == widget);
    let feeds = Feeds::open(&ends, &|widget| text.signal(number(widget)?), options)?;
    for end in ends.iter().filter(|end| end.side == Side::Source) {
        let is_said =
            feeds.format(&end.widget).is_some() || number(&end.widget).is_some_and(|n| text.says_format(n));
        if !is_said {
            return Err(Error::NoInput);
        }
    }
    let front = |source: usize| feeds.format(&text.widgets[source].name);
    let (compiled, beside) = text.compiled(&options.modules, &front)?;
    let opened = Opened { compiled: &compiled, beside: &beside, text: Some(text), options, extent };
    let streams = opened.streams()?;
    opened.play(&streams, feeds, watch)
}

/// Opens a text for a look at it.
fn set_up(text: &Topology, options: &Options, watch: &mut Watch<'_>) -> Result<(), Error> {
    run_text(text, options, Extent::SetUp, watch)
}

/// The ends of what is opened of a text.
fn ends_of_text(text: &Topology, options: &Options) -> Result<Vec<EndOfWay>, Error> {
    if text.widgets.is_empty() {
        let help = "add widgets, from a host-copier to a dai-copier, say".to_owned();
        return Err(text.widget_error("", "no audio goes through this topology".to_owned(), help).into());
    }
    let (compiled, beside) = draft(text, &options.modules)?;
    let extent = Extent::SetUp;
    let opened = Opened { compiled: &compiled, beside: &beside, text: Some(text), options, extent };
    let streams = opened.streams()?;
    Ok(Way::of(&compiled, &beside, &streams).map_err(|error| with_line(Some(text), error))?.ends())
}

/// A text compiled only to see its ways: with any format where none is said.
fn draft(text: &Topology, modules: &[ModuleEntry]) -> Result<(Compiled, Beside), Error> {
    let any = Format::new(48_000, 2, SampleFormat::S32).ok();
    let front = |source: usize| if text.says_format(source) { None } else { any };
    Ok(text.compiled(modules, &front)?)
}

/// What is opened, and with what.
struct Opened<'o> {
    compiled: &'o Compiled,
    beside: &'o Beside,
    /// What it was compiled from in memory.
    text: Option<&'o Topology>,
    options: &'o Options,
    extent: Extent,
}

impl Opened<'_> {
    fn streams(&self) -> Result<Vec<Stream>, Error> {
        Ok(match &self.options.stream {
            Some(stream) => vec![Stream::Pcm(stream.clone())],
            None => headroom_driver::all(self.compiled)?,
        })
    }

    fn play(&self, streams: &[Stream], feeds: Feeds, watch: &mut Watch<'_>) -> Result<(), Error> {
        let placed = |error| with_line(self.text, error);
        let way = Way::of(self.compiled, self.beside, streams).map_err(placed)?;
        let manifest = manifest(&self.options.firmware)?;
        let request = Request {
            modules: &self.options.modules,
            manifest: manifest.as_ref(),
            era: self.options.era,
            script: &controls(self.options.controls.as_deref())?,
            played: &|widget| feeds.format(widget),
        };
        let setup = way.open(&request).map_err(placed)?;
        let bound = feeds.bind(&setup.ends, self.options);
        let plan = Plan::new(setup, bound);
        let described = self.text.map_or(Some(self.compiled.path()), |text| text.file.as_deref());
        plan.check_files(described, self.options.record.as_deref())?;
        self.perform(plan, manifest.as_ref(), watch)
    }

    fn perform(&self, plan: Plan, manifest: Option<&Manifest>, watch: &mut Watch<'_>) -> Result<(), Error> {
        let notes = self.notes(&plan);
        let modules = &self.options.modules;
        let rows =
            with_stand_in(&manifest.map_or_else(|| modules.clone(), |manifest| manifest.rows(modules)));
        let names = plan.setup.names.clone();
        let refused = |step: &Step, refusal: Refusal, page_bytes: usize| match self.text {
            Some(topology) => {
                // A rehearsal that is refused itself has nothing to tell.
                let needs = || match self.extent {
                    Extent::Whole => rehearsal::needs(topology, self.options, &names, &set_up),
                    Extent::SetUp => Vec::new(),
                };
                let help = Remedies { topology, names: &names, page_bytes, needs: &needs }.of(&refusal);
                error::refused(&topology.text, span(topology, &step.about), refusal, help)
            }
            None => Error::RefusedStream { place: self.place(), refusal: Box::new(refusal) },
        };
        let stage = Stage {
            modules: &rows,
            name: self.name(),
            record: self.options.record.as_deref(),
            execution: self.options.execution,
            refused: &refused,
            extent: self.extent,
            notes,
        };
        perform(plan, &stage, watch)
    }

    /// What an application could not have played.
    fn notes(&self, plan: &Plan) -> Vec<String> {
        let Some(text) = self.text else { return Vec::new() };
        let sources = plan.setup.ends.iter().filter(|end| end.side == Side::Source);
        let note = |end: &headroom_driver::End| {
            let source = text.widgets.iter().position(|widget| widget.name == end.widget)?;
            text.unlisted(source, end.format)
        };
        sources.filter_map(note).collect()
    }

    /// What is played, in words. A session goes to others: it names the topology, not the file.
    fn name(&self) -> String {
        let topology = match self.text {
            Some(text) => text.name.clone(),
            None => self.compiled.path().file_stem().unwrap_or_default().display().to_string(),
        };
        self.options.stream.as_ref().map_or(topology.clone(), |stream| format!("{topology}, {stream}"))
    }

    /// File and stream.
    fn place(&self) -> String {
        let file = self.compiled.path().display();
        self.options.stream.as_ref().map_or(file.to_string(), |stream| format!("{file}: {stream}"))
    }
}

/// Where in a text stands what a message is about.
fn span(topology: &Topology, about: &About) -> Range<usize> {
    let named = |name: &str| topology.widgets.iter().position(|widget| widget.name == name);
    let found = match about {
        About::Everything => None,
        About::Pipeline(id) => topology
            .pipelines
            .iter()
            .find(|pipeline| pipeline.id == *id)
            .map(|pipeline| pipeline.span.clone()),
        About::Widget(name) => named(name).map(|widget| topology.widgets[widget].span.clone()),
        About::Route(from, to) => {
            let ends = (named(from), named(to));
            let route = topology.routes.iter().find(|route| (Some(route.from), Some(route.to)) == ends);
            route.map(|route| route.span.clone())
        }
    };
    found.unwrap_or(0..0)
}

/// What the driver's part says of a widget, with the line of the text that it stands in, if there is a text.
fn with_line(text: Option<&Topology>, error: headroom_driver::Error) -> Error {
    match (text, error) {
        (Some(text), headroom_driver::Error::Translation { widget: Some(widget), what, help, .. }) => {
            text.widget_error(&widget, format!("`{widget}`: {what}"), help).into()
        }
        (_, error) => error.into(),
    }
}

fn manifest(firmware: &[PathBuf]) -> Result<Option<Manifest>, Error> {
    let image = |path: &PathBuf| {
        let bytes = std::fs::read(path).map_err(|error| Error::File { path: path.clone(), error })?;
        Ok(Image { name: path.display().to_string(), bytes })
    };
    let images = firmware.iter().map(image).collect::<Result<Vec<_>, Error>>()?;
    Ok(if images.is_empty() { None } else { Some(Manifest::of(&images)?) })
}

fn controls(path: Option<&Path>) -> Result<Script, Error> {
    let Some(path) = path else { return Ok(Script::default()) };
    let text = std::fs::read_to_string(path).map_err(|error| Error::File { path: path.to_owned(), error })?;
    Ok(script::read(&path.display().to_string(), &text)?)
}
