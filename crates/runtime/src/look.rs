//! How a runtime gives a snapshot of itself: record by record, without memory of its own.

use headroom_module::gateway::GatewayDirection;
use headroom_module::schedule::Domain;
use headroom_module::wiring;

use crate::graph::{Bound, Pipeline, Seat};
use crate::schedule::StartDelay;
use crate::snapshot::{
    DpFigures, ModuleSnapshot, PipelineSnapshot, Record, RegionSnapshot, RingEnd, RingSnapshot,
    RuntimeSnapshot,
};
use crate::{Error, Owner, PortId, Runtime, Side};

impl<'m> Runtime<'m> {
    /// All that is known of it now, whether modules are out or not. O(1) for a record, no memory.
    pub fn snapshot(&self) -> impl Iterator<Item = Record> + '_ {
        core::iter::once(Record::Runtime(self.whole()))
            .chain(self.pipelines().map(Record::Pipeline))
            .chain(self.modules().map(Record::Module))
            .chain(self.rings().map(Record::Ring))
    }

    fn whole(&self) -> RuntimeSnapshot {
        RuntimeSnapshot {
            tick: self.now.index,
            tick_us: self.platform.tick_us,
            common_bytes: self.platform.common_bytes,
            common: self.common_region(),
            pool: self.pool_usage(),
            events_lost: self.events_lost(),
        }
    }

    /// All pipelines, in the order of their making, as far as no place in the table was used again.
    pub fn pipelines(&self) -> impl Iterator<Item = PipelineSnapshot> + '_ {
        self.graph.pipelines.iter().flatten().map(Pipeline::snapshot)
    }

    /// All modules, in the order of their making, as far as no seat was used again.
    pub fn modules(&self) -> impl Iterator<Item = ModuleSnapshot> + '_ {
        (0..self.graph.seats.len()).filter_map(|index| self.module(index))
    }

    /// All rings: those behind gateways, then those between modules; each in the order of their making, as far as no
    /// number was used again.
    pub fn rings(&self) -> impl Iterator<Item = RingSnapshot> + '_ {
        let outside = self.graph.seats.iter().flatten().filter_map(Seat::ring);
        outside.chain(self.graph.edges.iter().flatten().filter_map(|bound| self.ring(bound)))
    }

    /// Pages of the pool that a pipeline takes: those of its region and of the regions of its DP modules.
    ///
    /// # Errors
    /// There is no such pipeline.
    pub fn pipeline_pages(&self, id: u8) -> Result<usize, Error> {
        let pipeline = self.graph.pipeline(id)?;
        let own = |seat: &&Seat<'m>| seat.pipeline == id && seat.memory.owner == Owner::Module(seat.id);
        let modules = self.graph.seats.iter().flatten().filter(own);
        let regions = modules.map(|seat| &seat.memory.region).chain(&pipeline.region);
        let bytes: usize = regions.map(|region| region.statistics().capacity).sum();
        Ok(bytes / self.pool.usage().page_bytes)
    }

    /// Figures of the common region.
    pub fn common_region(&self) -> RegionSnapshot {
        self.common.statistics().into()
    }

    fn ring(&self, bound: &Bound<'m>) -> Option<RingSnapshot> {
        let Bound { edge, ring } = bound;
        let (source, sink) = (self.graph.seat(edge.source)?.id, self.graph.seat(edge.sink)?.id);
        let source = PortId { component: source, side: Side::Output, queue: edge.source_queue };
        let sink = PortId { component: sink, side: Side::Input, queue: edge.sink_queue };
        Some(RingSnapshot {
            source: RingEnd::Port(source),
            sink: RingEnd::Port(sink),
            level: wiring::level(ring),
            frame_bytes: ring.frame_bytes(),
        })
    }

    fn module(&self, index: usize) -> Option<ModuleSnapshot> {
        let (seat, instance) = (self.graph.seat(index)?, self.graph.instance(index));
        let figures = instance.map_or(seat.left, |instance| instance.figures());
        let mut counters = figures.counters;
        seat.outer.iter().for_each(|outer| outer.add_to(&mut counters));
        let own_region = matches!(seat.memory.owner, Owner::Module(_));
        Some(ModuleSnapshot {
            id: seat.id,
            name: seat.name.into(),
            stand_in: seat.stand_in,
            pipeline: seat.pipeline,
            domain: seat.domain,
            core: seat.core,
            state: seat.state,
            out: instance.is_none(),
            owner: seat.memory.owner,
            declared_bytes: seat.memory.declared_bytes,
            size_from: seat.memory.size_from,
            stack_bytes: seat.memory.stack_bytes,
            taken_bytes: seat.memory.taken,
            region: own_region.then(|| seat.memory.region.statistics().into()),
            frames_in: figures.frames_in,
            frames_out: figures.frames_out,
            counters,
            delay_frames: figures.delay_frames,
            dp: seat.dp_figures(),
        })
    }
}

impl Pipeline<'_> {
    fn snapshot(&self) -> PipelineSnapshot {
        PipelineSnapshot {
            id: self.id,
            priority: self.priority,
            core: self.core,
            state: self.state,
            declared_bytes: self.declared_bytes,
            declared_stack: self.declared_stack,
            region: self.region.as_ref().map(|region| region.statistics().into()),
            stopped_by: self.stopped_by,
        }
    }
}

impl Seat<'_> {
    fn dp_figures(&self) -> Option<DpFigures> {
        (self.domain == Domain::Dp).then_some(DpFigures {
            period_us: self.dp.period_us,
            started: self.dp.start == StartDelay::Over,
            late_runs: self.dp.late_runs,
            margin_us: self.dp.margin_us,
        })
    }

    /// The ring behind its gateway.
    fn ring(&self) -> Option<RingSnapshot> {
        let outer = self.outer.as_ref()?;
        let (gateway, component) = (RingEnd::Gateway(outer.node()), self.id);
        let port = |side| RingEnd::Port(PortId { component, side, queue: 0 });
        let (source, sink) = match outer.direction() {
            GatewayDirection::In => (gateway, port(Side::Input)),
            GatewayDirection::Out => (port(Side::Output), gateway),
        };
        Some(RingSnapshot { source, sink, level: outer.level()?, frame_bytes: outer.frame_bytes() })
    }
}
