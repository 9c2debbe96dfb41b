//! From widgets by what they do to a file that a driver loads.
//!
//! ```text
//!  | manifest | widgets, a block per pipeline: scheduler, widgets | PCMs | back-end links | routes |
//! ```
//!
//! That is the order of `alsatplg`. Formats are worked out as in a run; see `formats`. The same file is made in memory for a
//! run; what it has no room for then stands beside it, see [`Beside`].

mod beside;
mod control;
mod ends;
mod formats;
mod memory;
mod propagate;
mod room;
mod widget;

use std::ops::Range;

use headroom_module::{Format, ModuleEntry};
use headroom_tplg::records::{self, Name};
use headroom_tplg::tuples::Uuid;
use headroom_tplg::write::{WriteError, Writer};
use headroom_tplg::{BlockKind, Token, WidgetKind as Dapm};

use crate::error::Error;
use crate::toml::{Pipeline, Topology, WidgetKind};

pub use beside::{Beside, Preset, Value};
use ends::Ends;
use formats::Sets;
use room::{Purpose, Room};

/// The ABI that is written, 3.29.1, as files for IPC4 have it. Source: SOF's `src/include/kernel/abi.h`.
const ABI: [u8; 6] = [3, 0, 29, 0, 1, 0];

/// What is played into a source that a run knows of: the only format that it is opened with.
pub type Front<'f> = dyn Fn(usize) -> Option<Format> + 'f;

/// The file that `topology` is, for a driver to load, and what it has no place for.
///
/// # Errors
/// It says something that a file has no room for, or no formats.
pub(crate) fn file(topology: &Topology, modules: &[ModuleEntry]) -> Result<(Vec<u8>, Beside), Error> {
    made(topology, modules, Opened { purpose: Purpose::File, front: &|_| None })
}

/// The file that `topology` is, for a run whose sources play what `front` says, and what stands beside it.
pub(crate) fn in_memory(
    topology: &Topology,
    modules: &[ModuleEntry],
    front: &Front<'_>,
) -> Result<(Vec<u8>, Beside), Error> {
    made(topology, modules, Opened { purpose: Purpose::Memory, front })
}

fn made(
    topology: &Topology,
    modules: &[ModuleEntry],
    opened: Opened<'_>,
) -> Result<(Vec<u8>, Beside), Error> {
    let plan = Plan::new(topology, modules, opened)?;
    Ok((plan.file()?, Beside::new(&plan)))
}

/// What a topology is compiled for, and what its sources play.
#[derive(Clone, Copy)]
struct Opened<'o> {
    purpose: Purpose,
    front: &'o Front<'o>,
}

/// A topology with all that is worked out before it is written.
struct Plan<'t> {
    purpose: Purpose,
    topology: &'t Topology,
    modules: &'t [ModuleEntry],
    /// The formats of each widget.
    sets: Vec<Sets>,
    ends: Ends,
    /// For each widget, whether what it gives gets to an interface.
    plays: Vec<bool>,
    names: Names,
}

/// What widgets and pipelines are called in the file.
struct Names {
    widgets: Vec<Name>,
    schedulers: Vec<Name>,
    /// Modules that stand-ins stand for, by widget.
    foreign: Vec<Uuid>,
    /// Controls of each widget, in its order.
    controls: Vec<Vec<Name>>,
}

impl Names {
    fn new(plan: (&Topology, &[ModuleEntry]), room: &mut Room<'_>) -> Result<Self, Error> {
        let (topology, modules) = plan;
        let widgets = topology.widgets.iter().map(|widget| room.name(&widget.span, &widget.name));
        let widgets = widgets.collect::<Result<_, _>>()?;
        let schedulers =
            topology.pipelines.iter().map(|pipeline| room.scheduler(&pipeline.span, pipeline.id));
        let schedulers = schedulers.collect::<Result<_, _>>()?;
        let foreign = topology.widgets.iter().map(|widget| match widget.kind {
            WidgetKind::StandIn | WidgetKind::Module { .. } => room.uuid(widget, modules),
            _ => Ok(Uuid([0; 16])),
        });
        let foreign = foreign.collect::<Result<_, _>>()?;
        let controls = topology
            .widgets
            .iter()
            .map(|widget| widget.controls().map(|control| room.name(&widget.span, &control.name)).collect());
        Ok(Self { widgets, schedulers, foreign, controls: controls.collect::<Result<_, _>>()? })
    }
}

impl<'t> Plan<'t> {
    fn new(topology: &'t Topology, modules: &'t [ModuleEntry], opened: Opened<'_>) -> Result<Self, Error> {
        if topology.sources().next().is_none() {
            let help = "add widgets, from a host-copier to a dai-copier, say".to_owned();
            return Err(topology.text.error(0..0, "no audio goes through this topology".to_owned(), help));
        }
        let mut room = Room::new(topology, opened.purpose);
        let ends = Ends::new(topology, &mut room)?;
        let sets = formats::sets(topology, &ends, opened)?;
        let names = Names::new((topology, modules), &mut room)?;
        topology.widgets.iter().try_for_each(|widget| room.payload(widget))?;
        let (purpose, plays) = (opened.purpose, plays(topology));
        let plan = Self { purpose, topology, modules, sets, ends, plays, names };
        plan.converters()?;
        Ok(plan)
    }

    fn file(&self) -> Result<Vec<u8>, Error> {
        // The first time only to find out how long it gets.
        let mut file = vec![0; self.write(&mut [])?];
        self.write(&mut file)?;
        Ok(file)
    }

    /// Linux refuses a converter that plays and has more than one format to give.
    fn converters(&self) -> Result<(), Error> {
        for (n, widget) in self.topology.widgets.iter().enumerate().filter(|(n, _)| self.plays[*n]) {
            let converts = matches!(widget.kind, WidgetKind::Src { .. } | WidgetKind::SrcLite { .. });
            if let (true, [first, second, ..]) = (converts, &self.sets[n].outputs[..]) {
                let what =
                    format!("`{}` would give {first} or {second}, but a driver takes one", widget.name);
                let help = "give the copier before it `channels` and `samples`";
                return Err(self.fault(widget.span.clone(), what, help));
            }
        }
        Ok(())
    }

    fn write(&self, out: &mut [u8]) -> Result<usize, Error> {
        let mut writer = Writer::new(out);
        writer.manifest(&ABI);
        for (pipeline, name) in self.topology.pipelines.iter().zip(&self.names.schedulers) {
            writer.block(BlockKind::Widget, pipeline.id.into());
            self.scheduler(&mut writer, pipeline, *name);
            for n in self.widgets_of(pipeline) {
                widget::write(&mut writer, self, n);
            }
        }
        ends::write(&mut writer, self);
        writer.block(BlockKind::Graph, 0);
        for route in &self.topology.routes {
            let [source, sink] = [route.from, route.to].map(|n| self.names.widgets[n]);
            writer.route(&records::Route { source, sink, control: Name::EMPTY });
        }
        match writer.finish() {
            Ok(len) | Err(WriteError::Space { needed: len, .. }) => Ok(len),
            Err(error) => Err(self.fault(0..0, error.to_string(), "report it with the topology")),
        }
    }

    fn widgets_of(&self, pipeline: &Pipeline) -> impl Iterator<Item = usize> {
        let id = pipeline.id;
        (0..self.topology.widgets.len()).filter(move |&n| self.topology.widgets[n].pipeline == id)
    }

    /// The widget that stands for the pipeline itself.
    fn scheduler(&self, writer: &mut Writer<'_>, pipeline: &Pipeline, name: Name) {
        writer.widget(&records::Widget {
            id: Dapm::Scheduler.raw(),
            name,
            reg: NO_POWER,
            ..Default::default()
        });
        let plays = self.widgets_of(pipeline).any(|n| self.plays[n]);
        writer.words(&[
            (Token::SCHED_PERIOD, 1000),
            (Token::SCHED_PRIORITY, pipeline.priority.into()),
            (Token::SCHED_CORE, pipeline.core.into()),
            (Token::SCHED_TIME_DOMAIN, 1),
            (Token::SCHED_DYNAMIC_PIPELINE, 1),
            (Token::SCHED_DIRECTION, direction(plays)),
        ]);
        writer.numbers(headroom_tplg::tuples::TupleType::Bool, &[(Token::SCHED_DIRECTION_VALID, 1)]);
    }

    fn fault(&self, span: Range<usize>, what: String, help: &str) -> Error {
        self.topology.text.error(span, what, help.to_owned())
    }
}

/// Whether a widget has no bit in a register for its power.
const NO_POWER: i32 = -1;

/// 0 plays, 1 records.
fn direction(plays: bool) -> u32 {
    u32::from(!plays)
}

/// From the last widget to the first, as each comes after those that feed it.
fn plays(topology: &Topology) -> Vec<bool> {
    let mut plays = vec![false; topology.widgets.len()];
    for n in (0..plays.len()).rev() {
        let takers = || topology.routes.iter().filter(|route| route.from == n);
        let ends = takers().next().is_none() && topology.widgets[n].kind == WidgetKind::DaiCopier;
        plays[n] = ends || takers().any(|route| plays[route.to]);
    }
    plays
}
