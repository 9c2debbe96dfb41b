//! Streams that are to be opened together: the way that they take, and the ends that it has.

use headroom_topology::{Beside, Compiled, Direction, Graph, dai_end, host_end};
use headroom_tplg::{Topology, Widget};

use crate::error::Error;
use crate::path::{self, Path};
use crate::setup::Side;
use crate::stream::{Stream, is_end};

/// The way of streams through a topology, before formats are known.
pub struct Way<'c> {
    pub(crate) compiled: &'c Compiled,
    pub(crate) beside: &'c Beside,
    pub(crate) streams: &'c [Stream],
    pub(crate) graph: Graph<'c>,
    pub(crate) path: Path,
}

/// An end of a way: a place where audio comes in or goes out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndOfWay {
    /// What users call the gateway copier.
    pub widget: String,
    /// Which way audio crosses it.
    pub side: Side,
    pub(crate) part: usize,
}

impl<'c> Way<'c> {
    /// The way of `streams` through the topology `compiled`; `beside` is what its text says besides.
    ///
    /// # Errors
    /// A stream has no host widget or no end on the other side, or the routes go in a circle.
    pub fn of(compiled: &'c Compiled, beside: &'c Beside, streams: &'c [Stream]) -> Result<Self, Error> {
        let topology: Topology<'c> = compiled.view()?;
        let graph = Graph::new(&topology);
        let mut way = Self { compiled, beside, streams, graph, path: Path::EMPTY };
        let reached = streams.iter().map(|stream| way.reached(stream)).collect::<Result<Vec<_>, _>>()?;
        let rank = |widget: usize| beside.rank(way.graph.widgets[widget].name());
        way.path = path::join(&way.graph, &reached, rank).map_err(|stuck| {
            let what = format!("its routes go in a circle through `{}`", way.name(stuck));
            way.stream_error(0, what, "take one of these routes out")
        })?;
        way.check_ends()?;
        Ok(way)
    }

    fn reached(&self, stream: &Stream) -> Result<std::collections::BTreeSet<usize>, Error> {
        let stream = match stream {
            Stream::Way(source) => {
                let source = self.graph.named(source).ok_or_else(|| {
                    self.error(stream, format!("there is no widget `{source}`"), "name a widget of the file")
                })?;
                return Ok(path::downstream(&self.graph, source));
            }
            Stream::Pcm(pcm) => pcm,
        };
        let fail = |what, help| Err(self.error(&Stream::Pcm(stream.clone()), what, help));
        let Some(host) = path::host(&self.graph, stream) else {
            let what = format!("no host widget has the stream name `{}`", stream.stream);
            return fail(what, "compile the topology with the PCM's own pipeline");
        };
        if !self.graph.is_module(host) {
            let what = format!("its host widget `{}` has no UUID, as widgets for IPC4 have", self.name(host));
            return fail(what, "name a topology for IPC4; those for IPC3 can be inspected, not run");
        }
        Ok(path::reach(&self.graph, host, stream.direction))
    }

    /// Something is at the other end of each PCM's stream: a DAI, or what feeds the host where a generator does.
    fn check_ends(&self) -> Result<(), Error> {
        for (n, stream) in self.streams.iter().enumerate() {
            let Stream::Pcm(stream) = stream else { continue };
            let Some(host) = path::host(&self.graph, stream) else { continue };
            let reached = path::reach(&self.graph, host, stream.direction);
            let has_dai = reached.iter().any(|&widget| self.is_dai(widget, stream.direction));
            let fed = self.graph.sources(host).iter().any(|source| self.path.widgets.contains(source));
            let (there, last) = match stream.direction {
                Direction::Playback => {
                    let last = self.path.widgets.iter().rev().find(|widget| reached.contains(widget));
                    (has_dai, last.copied().unwrap_or(host))
                }
                Direction::Capture => (has_dai || fed, host),
            };
            if !there {
                let what = format!("no DAI is on its way, which ends at `{}`", self.name(last));
                return Err(self.stream_error(n, what, "route it to a DAI copier"));
            }
        }
        Ok(())
    }

    fn is_dai(&self, widget: usize, direction: Direction) -> bool {
        dai_end(self.graph.widgets[widget].kind()) == Some(direction)
    }

    /// Where audio comes in and goes out, sources first.
    pub fn ends(&self) -> Vec<EndOfWay> {
        let parts =
            || (0..self.path.widgets.len()).filter(|&part| is_end(&self.graph, self.path.widgets[part]));
        let end = |part: usize| {
            let kind = self.widget(part).kind();
            let comes_in =
                host_end(kind) == Some(Direction::Playback) || dai_end(kind) == Some(Direction::Capture);
            let side = if comes_in { Side::Source } else { Side::Sink };
            EndOfWay { widget: self.name(self.path.widgets[part]).to_owned(), side, part }
        };
        let (sources, sinks): (Vec<_>, Vec<_>) = parts().map(end).partition(|end| end.side == Side::Source);
        [sources, sinks].concat()
    }

    /// The widget that a part of the path is.
    pub(crate) fn widget(&self, part: usize) -> Widget<'c> {
        self.graph.widgets[self.path.widgets[part]]
    }

    /// What users call a widget of the graph.
    pub(crate) fn name(&self, widget: usize) -> &str {
        self.beside.name(self.graph.widgets[widget].name())
    }

    /// What users call the widget of a part.
    pub(crate) fn part_name(&self, part: usize) -> &str {
        self.name(self.path.widgets[part])
    }

    /// What is wrong with the widget of a part.
    pub(crate) fn part_error(&self, part: usize, what: String, help: &str) -> Error {
        let widget = self.part_name(part).to_owned();
        let place = format!("{}: widget `{widget}`", self.compiled.path().display());
        Error::Translation { place, widget: Some(widget), what, help: help.to_owned() }
    }

    /// What is wrong with the `n`th stream.
    pub(crate) fn stream_error(&self, n: usize, what: String, help: &str) -> Error {
        match self.streams.get(n) {
            Some(stream) => self.error(stream, what, help),
            None => self.error(&Stream::Way(String::new()), what, help),
        }
    }

    fn error(&self, stream: &Stream, what: String, help: &str) -> Error {
        let place = format!("{}: {stream}", self.compiled.path().display());
        Error::Translation { place, widget: None, what, help: help.to_owned() }
    }
}
