//! The high-level dialect: from widgets by what they do to a file that a driver loads.
//!
//! ```text
//!  | manifest | widgets, a block per pipeline: scheduler, widgets | PCMs | back-end links | routes |
//! ```
//!
//! That is the order of `alsatplg`. Formats are worked out as in a run; see `formats`.

mod control;
mod ends;
mod formats;
mod memory;
mod widget;

use std::ops::Range;

use headroom_tplg::records::{self, Name};
use headroom_tplg::write::{WriteError, Writer};
use headroom_tplg::{BlockKind, Token, WidgetKind as Dapm};

use crate::error::Error;
use crate::topology::{Pipeline, Topology, WidgetKind};

use ends::Ends;
use formats::Sets;

/// The ABI that is written, 3.29.1, as files for IPC4 have it. Source: SOF's `src/include/kernel/abi.h`.
const ABI: [u8; 6] = [3, 0, 29, 0, 1, 0];

/// The file that `topology` is.
pub(super) fn file(topology: &Topology) -> Result<Vec<u8>, Error> {
    let plan = Plan::new(topology)?;
    // The first time only to find out how long it gets.
    let mut file = vec![0; plan.write(&mut [])?];
    plan.write(&mut file)?;
    Ok(file)
}

/// A topology with all that is worked out before it is written.
struct Plan<'t> {
    topology: &'t Topology,
    /// The formats of each widget.
    sets: Vec<Sets>,
    ends: Ends,
    /// For each widget, whether what it gives gets to an interface.
    plays: Vec<bool>,
}

impl<'t> Plan<'t> {
    fn new(topology: &'t Topology) -> Result<Self, Error> {
        if topology.sources().next().is_none() {
            let help = "add widgets, from a host-copier to a dai-copier, say".to_owned();
            return Err(topology.text.error(0..0, "no audio goes through this topology".to_owned(), help));
        }
        let ends = Ends::new(topology)?;
        let sets = formats::sets(topology, &ends)?;
        let plan = Self { topology, sets, ends, plays: plays(topology) };
        plan.converters()?;
        Ok(plan)
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
        for pipeline in &self.topology.pipelines {
            writer.block(BlockKind::Widget, pipeline.id.into());
            self.scheduler(&mut writer, pipeline)?;
            for n in self.widgets_of(pipeline) {
                widget::write(&mut writer, self, n)?;
            }
        }
        ends::write(&mut writer, self)?;
        writer.block(BlockKind::Graph, 0);
        for route in &self.topology.routes {
            let [source, sink] = [route.from, route.to].map(|n| self.widget_name(n));
            writer.route(&records::Route { source: source?, sink: sink?, control: Name::EMPTY });
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
    fn scheduler(&self, writer: &mut Writer<'_>, pipeline: &Pipeline) -> Result<(), Error> {
        let name = self.name(&pipeline.span, &format!("pipeline.{}", pipeline.id))?;
        if self.topology.widgets.iter().any(|widget| widget.name == name.as_str()) {
            let what = format!("a widget has the name of this pipeline in files, `{}`", name.as_str());
            return Err(self.fault(pipeline.span.clone(), what, "rename the widget"));
        }
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
        Ok(())
    }

    fn widget_name(&self, n: usize) -> Result<Name, Error> {
        let widget = &self.topology.widgets[n];
        self.name(&widget.span, &widget.name)
    }

    /// `text` as files have it; `span` is where it comes from.
    fn name(&self, span: &Range<usize>, text: &str) -> Result<Name, Error> {
        name(self.topology, span, text)
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

fn name(topology: &Topology, span: &Range<usize>, text: &str) -> Result<Name, Error> {
    Name::new(text).ok_or_else(|| {
        let what = format!("`{text}` is too long for a topology file");
        topology.text.error(
            span.clone(),
            what,
            "use at most 43 bytes for it, endings such as ` Playback` included".to_owned(),
        )
    })
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
