//! The graph as tables: pipelines, seats for module instances, and the edges between them.
//!
//! ```text
//!   pipelines  [ id, state, region ]            edges  [ seat.queue ──ring──► seat.queue ]
//!                    ▲                                      │                 │
//!   seats      [ id, pipeline, region, instance ] ◄─────────┴─────────────────┘
//!   run order  [ seat, seat, … ]   LL seats of complete pipelines, by pipeline priority, then source to sink, also
//!                                  from pipeline to pipeline, then as the pipelines were made
//! ```
//!
//! All tables lie in the runtime's common region and never grow. A seat's index stays the same while the module lives.

use headroom_module::wiring::{self, Flow};
use headroom_module::{ComponentId, Domain, Format, ModuleError, Pins};
use vregion::{AllocError, Block, Placement, Region};

use crate::dp::DpTask;
use crate::instance::Instance;
use crate::pins::ListedPins;
use crate::state::{ModuleState, PipelineState, Requested};
use crate::watch::Watch;
use crate::{Error, Owner, Platform, PortId, Side, SizeFrom};

/// A pipeline: modules that are started and stopped together.
pub(crate) struct Pipeline<'m> {
    pub(crate) id: u8,
    pub(crate) priority: u8,
    pub(crate) state: PipelineState,
    /// What the host asked for last, with success.
    pub(crate) asked: Option<Requested>,
    /// What the host said its LL modules need, if it said so; then they have this region to share.
    pub(crate) region: Option<Region<'m>>,
    pub(crate) declared_bytes: usize,
    pub(crate) declared_stack: u32,
    /// Pipelines of equal priority run in the order of their making.
    pub(crate) sequence: u32,
    /// The module that failed in an LL pass: the pipeline rests until it is run again or reset.
    pub(crate) stopped_by: Option<ComponentId>,
}

/// A place for one module instance.
pub(crate) struct Seat<'m> {
    pub(crate) id: ComponentId,
    pub(crate) name: &'static str,
    pub(crate) pipeline: u8,
    pub(crate) domain: Domain,
    pub(crate) state: ModuleState,
    pub(crate) pins: Pins,
    /// Made by the table's row for modules that no other row makes.
    pub(crate) stand_in: bool,
    pub(crate) format: Format,
    pub(crate) input_block: u32,
    pub(crate) output_block: u32,
    pub(crate) listed: ListedPins<'m>,
    pub(crate) memory: SeatMemory<'m>,
    pub(crate) dp: DpTask,
    /// Of a gateway's device.
    pub(crate) watch: Option<Watch>,
    /// Empty while a DP job has it.
    pub(crate) instance: Option<Block<'m, Instance<'m>>>,
    /// Rank in its pipeline, source first; what completing worked out.
    pub(crate) rank: u16,
    /// While the run order is worked out: modules that have to run before this one and have no place yet.
    pub(crate) waits: u16,
}

/// Where a module's memory comes from and what it took.
pub(crate) struct SeatMemory<'m> {
    pub(crate) region: Region<'m>,
    pub(crate) owner: Owner,
    pub(crate) declared_bytes: usize,
    pub(crate) size_from: SizeFrom,
    pub(crate) stack_bytes: u32,
    /// Bytes of its region that making, binding and preparing it took.
    pub(crate) taken: usize,
}

impl Pipeline<'_> {
    /// Whether the host has said that what streams now is all that comes.
    pub(crate) fn is_ending(&self) -> bool {
        self.asked == Some(Requested::EndOfStream)
    }
}

impl Seat<'_> {
    /// Bytes of a block of an input, and the format that it takes.
    pub(crate) fn input(&self, queue: u8) -> Result<(u32, Format), ModuleError> {
        match self.listed.find(Side::Input, queue) {
            Some(pin) => Ok((pin.block, pin.format?)),
            None => Ok((self.input_block, self.format)),
        }
    }
}

impl SeatMemory<'_> {
    /// Bytes that are taken of its region now, padding included.
    pub(crate) fn used(&self) -> usize {
        let figures = self.region.statistics();
        figures.lifetime_bytes + figures.lifetime_padding + figures.interim_used
    }

    /// Puts down to the module what its region gave and got back since it had `before` bytes taken.
    pub(crate) fn book(&mut self, before: usize) {
        self.taken = (self.taken + self.used()).saturating_sub(before);
    }
}

/// A connection from one seat's output to another's input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Edge {
    pub(crate) source: usize,
    pub(crate) source_queue: u8,
    pub(crate) sink: usize,
    pub(crate) sink_queue: u8,
}

/// The rank of a module that has none yet.
const UNRANKED: u16 = u16::MAX;

impl Edge {
    /// Between the first queues of both.
    pub(crate) const fn first(source: usize, sink: usize) -> Self {
        Self { source, source_queue: 0, sink, sink_queue: 0 }
    }
}

pub(crate) struct Graph<'m> {
    pub(crate) pipelines: Block<'m, [Option<Pipeline<'m>>]>,
    pub(crate) seats: Block<'m, [Option<Seat<'m>>]>,
    pub(crate) edges: Block<'m, [Option<Edge>]>,
    /// Seats in the order of an LL pass, and how many those are; see `order`.
    pub(crate) order: Block<'m, [u16]>,
    pub(crate) ordered: usize,
    /// An output may not know yet whether its reader runs.
    flows_stale: bool,
}

impl<'m> Graph<'m> {
    pub(crate) fn new(region: &Region<'m>, platform: &Platform) -> Result<Self, AllocError> {
        let at = Placement::Lifetime;
        Ok(Self {
            pipelines: region.slice_from_fn(at, platform.pipelines.into(), |_| None, "pipeline table")?,
            seats: region.slice_from_fn(at, platform.modules.into(), |_| None, "module table")?,
            edges: region.slice(at, platform.edges.into(), None, "edge table")?,
            order: region.slice(at, platform.modules.into(), 0, "run order")?,
            ordered: 0,
            flows_stale: false,
        })
    }

    pub(crate) fn pipeline(&self, id: u8) -> Result<&Pipeline<'m>, Error> {
        self.pipelines.iter().flatten().find(|pipeline| pipeline.id == id).ok_or(Error::NoPipeline(id))
    }

    pub(crate) fn pipeline_mut(&mut self, id: u8) -> Result<&mut Pipeline<'m>, Error> {
        self.pipelines.iter_mut().flatten().find(|pipeline| pipeline.id == id).ok_or(Error::NoPipeline(id))
    }

    pub(crate) fn seat_of(&self, id: ComponentId) -> Result<usize, Error> {
        let is_it = |seat: &Option<Seat<'m>>| seat.as_ref().is_some_and(|seat| seat.id == id);
        self.seats.iter().position(is_it).ok_or(Error::NoModule(id))
    }

    /// The seat at an index that came from this graph; an index of a module since deleted finds nobody.
    pub(crate) fn seat(&self, index: usize) -> Option<&Seat<'m>> {
        self.seats.get(index)?.as_ref()
    }

    pub(crate) fn seat_mut(&mut self, index: usize) -> Option<&mut Seat<'m>> {
        self.seats.get_mut(index)?.as_mut()
    }

    /// Indices of the seats of a pipeline, in the order of the table.
    pub(crate) fn members(&self, pipeline: u8) -> impl Iterator<Item = usize> + '_ {
        let belongs = move |seat: &Option<Seat<'m>>| seat.as_ref().is_some_and(|s| s.pipeline == pipeline);
        self.seats.iter().enumerate().filter_map(move |(index, seat)| belongs(seat).then_some(index))
    }

    /// The seat that the next module gets.
    pub(crate) fn free_seat(&self) -> Result<usize, Error> {
        let limit = self.seats.len() as u16;
        self.seats.iter().position(Option::is_none).ok_or(Error::Full { what: "modules", limit })
    }

    pub(crate) fn add_seat(&mut self, seat: Seat<'m>) -> Result<usize, Error> {
        let index = self.free_seat()?;
        self.seats[index] = Some(seat);
        Ok(index)
    }

    pub(crate) fn add_edge(&mut self, edge: Edge) -> Result<(), Error> {
        let limit = self.edges.len() as u16;
        let free = self.edges.iter_mut().find(|place| place.is_none());
        *free.ok_or(Error::Full { what: "edges", limit })? = Some(edge);
        self.flows_stale = true;
        Ok(())
    }

    /// The seats that share a ring with this one.
    pub(crate) fn neighbours(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        self.edges.iter().flatten().filter_map(move |edge| match index {
            source if source == edge.source => Some(edge.sink),
            sink if sink == edge.sink => Some(edge.source),
            _ => None,
        })
    }

    /// The port's edge and the seat on its far side.
    pub(crate) fn edge_at(&self, seat: usize, side: Side, queue: u8) -> Option<(Edge, usize)> {
        self.edges.iter().flatten().find_map(|&edge| match side {
            Side::Input => ((edge.sink, edge.sink_queue) == (seat, queue)).then_some((edge, edge.source)),
            Side::Output => ((edge.source, edge.source_queue) == (seat, queue)).then_some((edge, edge.sink)),
        })
    }

    /// Whether the module has this port and nothing is bound to it.
    pub(crate) fn check_port(&self, seat: usize, side: Side, queue: u8) -> Result<(), Error> {
        let Some(here) = self.seat(seat) else { return Ok(()) };
        let port = PortId { component: here.id, side, queue };
        let ports = match side {
            Side::Input => here.pins.inputs,
            Side::Output => here.pins.outputs,
        };
        if queue >= ports {
            return Err(Error::NoPort { port, ports });
        }
        match self.edge_at(seat, side, queue).and_then(|(_, peer)| self.seat(peer)) {
            Some(peer) => Err(Error::PortTaken { port, peer: peer.id }),
            None => Ok(()),
        }
    }

    /// Moves a pipeline and its modules to a state. A module that was made after the others were prepared waits for the
    /// next prepare.
    pub(crate) fn enter(&mut self, id: u8, state: PipelineState, members: ModuleState) {
        self.flows_stale = true;
        if let Ok(pipeline) = self.pipeline_mut(id) {
            pipeline.state = state;
            pipeline.stopped_by = None;
        }
        let streams = matches!(members, ModuleState::Active | ModuleState::Paused);
        for seat in self.seats.iter_mut().flatten().filter(|seat| seat.pipeline == id) {
            if !(streams && seat.state == ModuleState::Ready) {
                seat.state = members;
            }
        }
    }

    /// Ranks the modules of a pipeline from sources to sinks: a module comes after all that feed it.
    /// O(modules² x edges).
    pub(crate) fn rank(&mut self, pipeline: u8) -> Result<(), Error> {
        for seat in self.seats.iter_mut().flatten().filter(|seat| seat.pipeline == pipeline) {
            seat.rank = UNRANKED;
        }
        let members = self.members(pipeline).count() as u16;
        for rank in 0..members {
            let unranked = |index: &usize| self.seat(*index).is_some_and(|seat| seat.rank == UNRANKED);
            let stuck = self.members(pipeline).find(unranked);
            let free = |index: &usize| unranked(index) && self.unranked_feeder(*index).is_none();
            let next = self.members(pipeline).find(free);
            match (next, stuck) {
                (Some(index), _) => self.set_rank(index, rank),
                (None, Some(index)) => return Err(self.circle(index, members)),
                (None, None) => break,
            }
        }
        Ok(())
    }

    /// A module of the same pipeline that feeds this one and has no rank yet.
    fn unranked_feeder(&self, index: usize) -> Option<usize> {
        let pipeline = self.seat(index)?.pipeline;
        let here = |seat: &Seat<'m>| seat.pipeline == pipeline && seat.rank == UNRANKED;
        let mut feeders =
            self.edges.iter().flatten().filter(|edge| edge.sink == index).map(|edge| edge.source);
        feeders.find(|&feeder| self.seat(feeder).is_some_and(here))
    }

    /// The circle that keeps a module waiting: as many steps upstream as there are modules can only end on it.
    fn circle(&self, stuck: usize, members: u16) -> Error {
        let upstream = |index: usize, _| self.unranked_feeder(index).unwrap_or(index);
        let on_it = self.seat((0..members).fold(stuck, upstream));
        let (pipeline, component) =
            on_it.map_or((0, ComponentId::new(0, 0)), |seat| (seat.pipeline, seat.id));
        Error::Loop { pipeline, component }
    }

    fn set_rank(&mut self, index: usize, rank: u16) {
        if let Some(seat) = self.seat_mut(index) {
            seat.rank = rank;
        }
    }

    /// The seat of a pipeline with this rank.
    pub(crate) fn ranked(&self, pipeline: u8, rank: u16) -> Option<usize> {
        self.members(pipeline).find(|&index| self.seat(index).is_some_and(|seat| seat.rank == rank))
    }

    /// Tells every output whether its reader runs, when that may have changed. A module that is out with a job is told
    /// when it is back. O(1), or O(edges) after a change.
    pub(crate) fn update_flows(&mut self) {
        if !core::mem::take(&mut self.flows_stale) {
            return;
        }
        for n in 0..self.edges.len() {
            let Some(edge) = self.edges[n] else { continue };
            let runs = self.seat(edge.sink).is_some_and(|sink| sink.state == ModuleState::Active);
            let Some(source) = self.seat_mut(edge.source) else { continue };
            match source.instance.as_mut() {
                Some(instance) => {
                    let output = instance.outputs.get_mut(usize::from(edge.source_queue));
                    let flow = if runs { Flow::Open } else { Flow::Held };
                    output.into_iter().for_each(|output| wiring::set_flow(output, flow));
                }
                None => self.flows_stale = true,
            }
        }
    }
}
