//! Plain snapshots of what the runtime knows of itself, for reports.

use headroom_module::{ComponentId, Domain, wiring};
use vregion::Statistics;

use crate::graph::{Edge, Pipeline, Seat};
use crate::instance::{Counters, Instance};
use crate::schedule::StartDelay;
use crate::{Error, ModuleState, Owner, PipelineState, PortId, Runtime, Side, SizeFrom};

/// A pipeline.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PipelineSnapshot {
    /// Its id.
    pub id: u8,
    /// 0 runs first in a tick.
    pub priority: u8,
    /// Where it is in its life.
    pub state: PipelineState,
    /// Declared: bytes of its region, 0 when it has none.
    pub declared_bytes: usize,
    /// Declared: bytes of stack.
    pub declared_stack: u32,
    /// Measured: figures of its region, if it has one.
    pub region: Option<Statistics>,
    /// The module whose failure stopped it.
    pub stopped_by: Option<ComponentId>,
}

/// A module instance.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ModuleSnapshot {
    /// Its id.
    pub id: ComponentId,
    /// Its driver's name.
    pub name: &'static str,
    /// Whether it only stands in for a module that nothing here makes: its memory is what was declared, its audio what
    /// came in.
    pub stand_in: bool,
    /// The pipeline that it belongs to.
    pub pipeline: u8,
    /// Who runs it.
    pub domain: Domain,
    /// Where it is in its life.
    pub state: ModuleState,
    /// Whose region it lives in.
    pub owner: Owner,
    /// Declared: bytes of its own region, 0 when it has none.
    pub declared_bytes: usize,
    /// Where that figure came from.
    pub size_from: SizeFrom,
    /// Declared: bytes of stack; what the platform gives for what the message asked.
    pub stack_bytes: u32,
    /// Measured: bytes of its region that it took, with its rings, padding included.
    pub taken_bytes: usize,
    /// Measured: figures of its own region, if it has one.
    pub region: Option<Statistics>,
    /// Measured: frames taken from its inputs.
    pub frames_in: u64,
    /// Measured: frames given to its outputs.
    pub frames_out: u64,
    /// Measured: what it counted.
    pub counters: Counters,
    /// Frames of delay at the output that it adds, as it says itself.
    pub delay_frames: u32,
    /// The scheduler's figures of a DP module.
    pub dp: Option<DpFigures>,
}

/// What the scheduler knows of a DP module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DpFigures {
    /// Microseconds between two of its blocks.
    pub period_us: u32,
    /// Whether its output has reached its consumer yet.
    pub started: bool,
    /// Runs that ended after their deadline.
    pub late_runs: u64,
    /// The least time that was left at the end of a run, negative when late; in virtual time runs take no time.
    pub margin_us: Option<i64>,
}

/// A ring between two modules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RingSnapshot {
    /// The port that writes.
    pub source: PortId,
    /// The port that reads.
    pub sink: PortId,
    /// How full it is and was, in frames.
    pub level: wiring::RingLevel,
    /// Bytes of one frame.
    pub frame_bytes: usize,
}

impl<'m> Runtime<'m> {
    /// All pipelines, in the order of their making.
    pub fn pipelines(&self) -> impl Iterator<Item = PipelineSnapshot> + '_ {
        self.graph.pipelines.iter().flatten().map(Pipeline::snapshot)
    }

    /// All modules, in the order of their making, as far as no place was used again.
    pub fn modules(&self) -> impl Iterator<Item = ModuleSnapshot> + '_ {
        self.graph.seats.iter().flatten().map(Seat::snapshot)
    }

    /// All rings, in the order of their making, as far as no place was used again.
    pub fn rings(&self) -> impl Iterator<Item = RingSnapshot> + '_ {
        self.graph.edges.iter().flatten().filter_map(|&edge| self.ring(edge))
    }

    /// Pages of the pool that a pipeline takes: those of its region and of the regions of its DP modules.
    ///
    /// # Errors
    /// There is no such pipeline.
    pub fn pipeline_pages(&self, id: u8) -> Result<usize, Error> {
        let pipeline = self.graph.pipeline(id)?;
        // An endpoint lives in the region of its copier.
        let own = |seat: &&Seat<'m>| seat.pipeline == id && seat.memory.owner == Owner::Module(seat.id);
        let modules = self.graph.seats.iter().flatten().filter(own);
        let regions = modules.map(|seat| &seat.memory.region).chain(&pipeline.region);
        let bytes: usize = regions.map(|region| region.statistics().capacity).sum();
        Ok(bytes / self.pool.usage().page_bytes)
    }

    /// Figures of the common region.
    pub fn common_region(&self) -> Statistics {
        self.common.statistics()
    }

    fn ring(&self, edge: Edge) -> Option<RingSnapshot> {
        let (source, sink) = (self.graph.seat(edge.source)?, self.graph.seat(edge.sink)?);
        // Either end can tell; one of the modules may be out with a job.
        let written = source.instance.as_ref().and_then(|it| {
            let output = it.outputs.get(usize::from(edge.source_queue))?;
            Some((wiring::output_level(output)?, output.format()?))
        });
        let read = || {
            let input = sink.instance.as_ref()?.inputs.get(usize::from(edge.sink_queue))?;
            Some((wiring::input_level(input)?, input.format()?))
        };
        let (level, format) = written.or_else(read)?;
        Some(RingSnapshot {
            source: PortId { component: source.id, side: Side::Output, queue: edge.source_queue },
            sink: PortId { component: sink.id, side: Side::Input, queue: edge.sink_queue },
            level,
            frame_bytes: format.frame_bytes(),
        })
    }
}

impl Pipeline<'_> {
    fn snapshot(&self) -> PipelineSnapshot {
        PipelineSnapshot {
            id: self.id,
            priority: self.priority,
            state: self.state,
            declared_bytes: self.declared_bytes,
            declared_stack: self.declared_stack,
            region: self.region.as_ref().map(|region| region.statistics()),
            stopped_by: self.stopped_by,
        }
    }
}

impl Seat<'_> {
    fn snapshot(&self) -> ModuleSnapshot {
        let instance = self.instance.as_deref();
        let own_region = matches!(self.memory.owner, Owner::Module(_));
        ModuleSnapshot {
            id: self.id,
            name: self.name,
            stand_in: self.stand_in,
            pipeline: self.pipeline,
            domain: self.domain,
            state: self.state,
            owner: self.memory.owner,
            declared_bytes: self.memory.declared_bytes,
            size_from: self.memory.size_from,
            stack_bytes: self.memory.stack_bytes,
            taken_bytes: self.memory.taken,
            region: own_region.then(|| self.memory.region.statistics()),
            frames_in: instance.map_or(0, Instance::frames_in),
            frames_out: instance.map_or(0, Instance::frames_out),
            counters: instance.map_or_else(Counters::default, |instance| instance.counters),
            delay_frames: instance.map_or(0, |instance| instance.module.delay_frames()),
            dp: (self.domain == Domain::Dp).then_some(DpFigures {
                period_us: self.dp.period_us,
                started: self.dp.start == StartDelay::Over,
                late_runs: self.dp.late_runs,
                margin_us: self.dp.margin_us,
            }),
        }
    }
}
