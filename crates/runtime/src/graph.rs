//! The graph as tables: pipelines, seats for module instances, and the edges between them.
//!
//! ```text
//!   pipelines  [ id, state, region ]            edges  [ seat.queue ──ring──► seat.queue ]
//!                    ▲                                      │                 │
//!   seats      [ id, pipeline, region, instance ] ◄─────────┴─────────────────┘
//!   run order  [ seat, seat, … ]   LL seats of complete pipelines, by pipeline priority, then source to sink, also
//!                                  from pipeline to pipeline, then as the pipelines were made
//!   lanes      [ LL pass, LL pass, … ]   by core: the LL modules that run, in that order
//!   lists      DP seats that run; borders from DP to LL; gateways: what a tick looks at, and nothing else
//! ```
//!
//! All tables lie in the runtime's common region and never grow. A seat's index stays the same while the module lives.

use headroom_module::instance::ComponentId;
use headroom_module::schedule::Domain;
use headroom_module::wiring::{self, Flow, RingHandle};
use headroom_module::{Format, ModuleError, Pins};
use vregion::{AllocError, Block, Placement, Region};

use crate::dp::DpTask;
use crate::instance::{Figures, Instance};
use crate::lane::Lane;
use crate::list::List;
use crate::outer::Outer;
use crate::pins::ListedPins;
use crate::state::{ModuleState, PipelineState, Requested};
use crate::{Error, GatewayFault, Owner, Platform, PortId, Side, SizeFrom};

/// A pipeline: modules that are started and stopped together.
pub(crate) struct Pipeline<'m> {
    pub(crate) id: u8,
    pub(crate) priority: u8,
    /// The core of its last module, where that is LL; the others say their own.
    pub(crate) core: u8,
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

/// One module instance, and what the runtime keeps for it.
pub(crate) struct Seat<'m> {
    pub(crate) id: ComponentId,
    pub(crate) name: &'static str,
    pub(crate) pipeline: u8,
    pub(crate) domain: Domain,
    /// The core that runs it.
    pub(crate) core: u8,
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
    /// The device's end of a gateway copier's ring.
    pub(crate) outer: Option<Outer<'m>>,
    /// Empty while a DP job has it, or the pass of its core.
    pub(crate) instance: Option<Block<'m, Instance<'m>>>,
    /// Which step of its core's pass it is, while it runs as LL.
    pub(crate) step: Option<u16>,
    /// What it had when it last left.
    pub(crate) left: Figures,
    /// Rank in its pipeline, source first; what completing worked out.
    pub(crate) rank: u16,
    /// While the run order is worked out: modules that have to run before this one and are not in it yet.
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

/// An edge with its ring.
pub(crate) struct Bound<'m> {
    pub(crate) edge: Edge,
    /// Its ends may be out with whatever runs them; how full it is can be asked here.
    pub(crate) ring: RingHandle<'m>,
}

/// An edge from a DP module to an LL one, which takes a block of its own in each tick.
#[derive(Clone, Copy, Default)]
pub(crate) struct Border {
    pub(crate) source: u16,
    pub(crate) sink: u16,
    pub(crate) sink_queue: u8,
}

/// A gateway, by its IPC4 node id.
#[derive(Clone, Copy, Default)]
pub(crate) struct Node {
    pub(crate) id: u32,
    pub(crate) seat: u16,
}

/// The rank of a module that has none yet.
const UNRANKED: u16 = u16::MAX;

pub(crate) struct Graph<'m> {
    pub(crate) pipelines: Block<'m, [Option<Pipeline<'m>>]>,
    pub(crate) seats: Block<'m, [Option<Seat<'m>>]>,
    pub(crate) edges: Block<'m, [Option<Bound<'m>>]>,
    /// Seats in the order of all LL passes; see `order`.
    pub(crate) order: List<'m, u16>,
    /// DP seats that run, in the order of the table: those that can be ready.
    pub(crate) dp: List<'m, u16>,
    pub(crate) borders: List<'m, Border>,
    pub(crate) gateways: List<'m, Node>,
    /// By core.
    pub(crate) lanes: Block<'m, [Lane<'m>]>,
    /// An output may not know yet whether its reader runs.
    pub(crate) flows_stale: bool,
    /// Whether any lane is stale.
    pub(crate) lanes_stale: bool,
    /// Lanes up to the last that has something to run, as last gathered.
    pub(crate) lanes_used: usize,
}

impl<'m> Graph<'m> {
    pub(crate) fn new(region: &Region<'m>, platform: &Platform) -> Result<Self, AllocError> {
        let at = Placement::Lifetime;
        let modules = usize::from(platform.modules);
        let lane = |core: usize| Lane::new(core as u8);
        let lanes = region.slice_from_fn(at, platform.cores.max(1).into(), lane, "lanes")?;
        Ok(Self {
            pipelines: region.slice_from_fn(at, platform.pipelines.into(), |_| None, "pipeline table")?,
            seats: region.slice_from_fn(at, modules, |_| None, "module table")?,
            edges: region.slice_from_fn(at, platform.edges.into(), |_| None, "edge table")?,
            order: List::new(region, modules, "run order")?,
            dp: List::new(region, modules, "DP modules")?,
            borders: List::new(region, platform.edges.into(), "borders")?,
            gateways: List::new(region, modules, "gateways")?,
            lanes,
            flows_stale: false,
            lanes_stale: false,
            lanes_used: 0,
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

    /// Takes a seat away whose edges are gone, with its part in orders and lists; its module must be here.
    pub(crate) fn remove_seat(&mut self, index: usize) -> Option<Seat<'m>> {
        let seat = self.seats.get_mut(index)?.take()?;
        if let Some(step) = seat.step {
            self.lanes[usize::from(seat.core)].pass.as_mut().and_then(|pass| pass.take(step));
        }
        self.order.retain(|ordered| usize::from(*ordered) != index);
        self.give_up_room(seat.core);
        self.list_dp();
        self.list_gateways();
        Some(seat)
    }

    fn list_dp(&mut self) {
        self.dp.clear();
        let runs = |seat: &Seat<'m>| seat.domain == Domain::Dp && seat.state == ModuleState::Active;
        for (seat, index) in self.seats.iter().zip(0..) {
            if seat.as_ref().is_some_and(runs) {
                self.dp.push(index);
            }
        }
    }

    pub(crate) fn list_gateways(&mut self) {
        self.gateways.clear();
        for (seat, index) in self.seats.iter().zip(0..) {
            if let Some(outer) = seat.as_ref().and_then(|seat| seat.outer.as_ref()) {
                self.gateways.push(Node { id: outer.node(), seat: index });
            }
        }
    }

    /// The gateway copier at an IPC4 node. O(gateways).
    pub(crate) fn seat_at_node(&mut self, node: u32) -> Option<&mut Seat<'m>> {
        let listed = self.gateways.iter().find(|listed| listed.id == node)?;
        let index = usize::from(listed.seat);
        self.seat_mut(index)
    }

    /// The seats and queues that are bound, in the order of the table.
    pub(crate) fn edges(&self) -> impl Iterator<Item = Edge> + '_ {
        self.edges.iter().flatten().map(|bound| bound.edge)
    }

    /// The number that the next edge gets.
    pub(crate) fn free_edge(&self) -> Result<usize, Error> {
        let limit = self.edges.len() as u16;
        self.edges.iter().position(Option::is_none).ok_or(Error::Full { what: "edges", limit })
    }

    pub(crate) fn set_edge(&mut self, n: usize, bound: Option<Bound<'m>>) -> Option<Edge> {
        let before = core::mem::replace(self.edges.get_mut(n)?, bound);
        self.flows_stale = true;
        self.list_borders();
        before.map(|bound| bound.edge)
    }

    fn list_borders(&mut self) {
        self.borders.clear();
        for edge in self.edges.iter().flatten().map(|bound| bound.edge) {
            let source = self.seats.get(edge.source).and_then(Option::as_ref);
            if source.is_some_and(|source| source.domain == Domain::Dp) {
                let (source, sink) = (edge.source as u16, edge.sink as u16);
                self.borders.push(Border { source, sink, sink_queue: edge.sink_queue });
            }
        }
    }

    /// The seats that share a ring with this one.
    pub(crate) fn neighbours(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        self.edges().filter_map(move |edge| match index {
            source if source == edge.source => Some(edge.sink),
            sink if sink == edge.sink => Some(edge.source),
            _ => None,
        })
    }

    /// The seat on the far side of what is bound to a port.
    fn peer_at(&self, seat: usize, side: Side, queue: u8) -> Option<&Seat<'m>> {
        let peer = self.edges().find_map(|edge| match side {
            Side::Input => ((edge.sink, edge.sink_queue) == (seat, queue)).then_some(edge.source),
            Side::Output => ((edge.source, edge.source_queue) == (seat, queue)).then_some(edge.sink),
        });
        self.seat(peer?)
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
        if let Some(outer) = here.outer.as_ref().filter(|outer| outer.is_at(side, queue)) {
            return Err(Error::Gateway { node: outer.node(), fault: GatewayFault::Bound(port) });
        }
        match self.peer_at(seat, side, queue) {
            Some(peer) => Err(Error::PortTaken { port, peer: peer.id }),
            None => Ok(()),
        }
    }

    /// Moves a pipeline and its modules to a state. A module that was made after the others were prepared waits for the
    /// next prepare. Where they no longer run, they rest from now on, also in what is left of the tick.
    pub(crate) fn enter(&mut self, id: u8, state: PipelineState, members: ModuleState) {
        self.note_change();
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
        self.list_dp();
        if members != ModuleState::Active {
            self.stop(id);
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
        let mut feeders = self.edges().filter(|edge| edge.sink == index).map(|edge| edge.source);
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
            let Some(edge) = self.edges[n].as_ref().map(|bound| bound.edge) else { continue };
            let runs = self.seat(edge.sink).is_some_and(|sink| sink.state == ModuleState::Active);
            let Some(source) = self.instance_mut(edge.source) else {
                self.flows_stale = true;
                continue;
            };
            let output = source.outputs.get_mut(usize::from(edge.source_queue));
            let flow = if runs { Flow::Open } else { Flow::Held };
            output.into_iter().for_each(|output| wiring::set_flow(output, flow));
        }
    }
}
