//! Verbs that bind modules to each other: every connection is one ring, in the memory of the DP side if there is one.

use headroom_module::wiring::{self, Blocks};
use headroom_module::{ComponentId, Domain, Format, Gateway, GatewayDirection, Lifetime};

use crate::graph::{Edge, Seat};
use crate::{Error, PortId, Runtime, Side};

/// An output of one module and an input of another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Connection {
    /// The module that writes.
    pub source: ComponentId,
    /// Its output.
    pub source_queue: u8,
    /// The module that reads.
    pub sink: ComponentId,
    /// Its input.
    pub sink_queue: u8,
}

impl Connection {
    fn source_port(&self) -> PortId {
        PortId { component: self.source, side: Side::Output, queue: self.source_queue }
    }

    fn sink_port(&self) -> PortId {
        PortId { component: self.sink, side: Side::Input, queue: self.sink_queue }
    }
}

/// A ring to be made: for which edge, of what, how long.
struct RingPlan {
    edge: Edge,
    format: Format,
    frames: usize,
    blocks: Blocks,
}

/// Blocks that a ring holds between two LL modules: one that is written while another is read.
const LL_BLOCKS: usize = 2;

/// Blocks that a ring holds at an LL/DP border. Modules of the 44.1 kHz family take blocks of alternating size, and the
/// two sides run out of phase: with two blocks the later side starves (SOF argues the same in `ring_buffer.c`).
const BORDER_BLOCKS: usize = 3;

impl<'m> Runtime<'m> {
    /// Binds an output to an input with a ring between them.
    ///
    /// # Errors
    /// A module or port does not exist, a port is taken, both modules are DP, a block is no whole number of frames, or
    /// there is no memory for the ring; nothing is bound then.
    pub fn bind(&mut self, connection: &Connection) -> Result<(), Error> {
        let edge = self.edge(connection)?;
        self.graph.check_port(edge.source, Side::Output, edge.source_queue)?;
        self.graph.check_port(edge.sink, Side::Input, edge.sink_queue)?;
        let plan = self.plan_ring(edge, connection)?;
        self.make_ring(plan)
    }

    /// Unbinds two ports; the frames between them are gone.
    ///
    /// # Errors
    /// A module does not exist or is out with a job, or these ports are not bound to each other. Pipelines may be
    /// active: a module then finds its port unbound from the next tick on, as when a host changes a running graph.
    pub fn unbind(&mut self, connection: &Connection) -> Result<(), Error> {
        let edge = self.edge(connection)?;
        let (source, sink) = (connection.source_port(), connection.sink_port());
        let place = self.graph.edges.iter().position(|bound| *bound == Some(edge));
        let n = place.ok_or(Error::NotBound { source, sink })?;
        for (index, id) in [(edge.source, connection.source), (edge.sink, connection.sink)] {
            if self.graph.seat(index).is_some_and(|seat| seat.instance.is_none()) {
                return Err(Error::Busy(id));
            }
        }
        self.release_edge(n);
        Ok(())
    }

    fn edge(&self, connection: &Connection) -> Result<Edge, Error> {
        Ok(Edge {
            source: self.graph.seat_of(connection.source)?,
            source_queue: connection.source_queue,
            sink: self.graph.seat_of(connection.sink)?,
            sink_queue: connection.sink_queue,
        })
    }

    /// The ring carries what the reading module was made for; when the stream is prepared, the writing one must agree.
    fn plan_ring(&self, edge: Edge, connection: &Connection) -> Result<RingPlan, Error> {
        let missing = |id| Error::NoModule(id);
        let source = self.graph.seat(edge.source).ok_or(missing(connection.source))?;
        let sink = self.graph.seat(edge.sink).ok_or(missing(connection.sink))?;
        if [source.domain, sink.domain] == [Domain::Dp, Domain::Dp] {
            return Err(Error::DpToDp { source: connection.source, sink: connection.sink });
        }
        let refused = |component| move |error| Error::Module { component, error };
        let (input, format) = sink.input(edge.sink_queue).map_err(refused(sink.id))?;
        let (source_port, sink_port) = (connection.source_port(), connection.sink_port());
        let output = match source.listed.find(Side::Output, edge.source_queue) {
            Some(pin) => {
                pin.format.map_err(refused(source.id))?;
                whole_frames(source_port, pin.block, format)?
            }
            None if edge.source_queue == 0 => whole_frames(source_port, source.output_block, format)?,
            None => frames_up(source_port, source.output_block, format)?,
        };
        let blocks = Blocks { input: whole_frames(sink_port, input, format)?, output };
        let frames = ring_frames(blocks, [source.domain, sink.domain]);
        Ok(RingPlan { edge, format, frames, blocks })
    }

    /// The ring between a gateway copier and its endpoint: what the copier asked for, but at least what any two modules
    /// need. The endpoint is LL and works in ticks.
    pub(crate) fn join_gateway(&mut self, ends: [usize; 2], gateway: &Gateway) -> Result<(), Error> {
        let [copier, endpoint] = ends;
        let Some(seat) = self.graph.seat(copier) else { return Ok(()) };
        let (format, tick_us) = (gateway.format, u64::from(self.platform.tick_us));
        let tick = ((u64::from(format.rate()) * tick_us).div_ceil(1_000_000) as usize).max(1);
        let block = |bytes: u32| (bytes as usize / format.frame_bytes()).max(1);
        let (edge, blocks) = match gateway.direction {
            GatewayDirection::In => {
                (Edge::first(endpoint, copier), Blocks { input: block(seat.input_block), output: tick })
            }
            GatewayDirection::Out => {
                (Edge::first(copier, endpoint), Blocks { input: tick, output: block(seat.output_block) })
            }
        };
        let asked = gateway.buffer_bytes as usize / format.frame_bytes();
        let frames = asked.max(ring_frames(blocks, [seat.domain, Domain::Ll]));
        self.make_ring(RingPlan { edge, format, frames, blocks })
    }

    fn make_ring(&mut self, plan: RingPlan) -> Result<(), Error> {
        let RingPlan { edge, format, frames, blocks } = plan;
        let owner = self.ring_owner(edge);
        let Some(home) = self.graph.seat(owner) else { return Ok(()) };
        let (memory, before) = (Self::lifetime(&home.memory), home.memory.used());
        self.graph.add_edge(edge)?;
        let made = self.connect(edge, &memory, (format, frames), blocks);
        if made.is_err() {
            self.forget_edge(edge);
        }
        if let Some(home) = self.graph.seat_mut(owner) {
            home.memory.book(before);
        }
        made
    }

    fn connect(
        &mut self,
        edge: Edge,
        memory: &Lifetime<'m>,
        ring: (Format, usize),
        blocks: Blocks,
    ) -> Result<(), Error> {
        let [source, sink] = self.pair(edge)?;
        let sink_port = PortId { component: sink.id, side: Side::Input, queue: edge.sink_queue };
        let busy = (Error::Busy(source.id), Error::Busy(sink.id));
        let writer = source.instance.as_mut().ok_or(busy.0)?.outputs.get_mut(usize::from(edge.source_queue));
        let reader = sink.instance.as_mut().ok_or(busy.1)?.inputs.get_mut(usize::from(edge.sink_queue));
        let (Some(writer), Some(reader)) = (writer, reader) else {
            return Err(Error::NoPort { port: sink_port, ports: sink.pins.inputs });
        };
        wiring::connect((writer, reader), memory, ring, blocks)
            .map_err(|error| Error::Ring { sink: sink_port, error })
    }

    /// Both seats of an edge at once. A module bound to itself has one seat for two ends: that is a circle.
    fn pair(&mut self, edge: Edge) -> Result<[&mut Seat<'m>; 2], Error> {
        let circle = self.graph.seat(edge.source).map(|seat| (seat.pipeline, seat.id));
        match self.graph.seats.get_disjoint_mut([edge.source, edge.sink]) {
            Ok([Some(source), Some(sink)]) => Ok([source, sink]),
            _ => {
                let (pipeline, component) = circle.unwrap_or((0, ComponentId::new(0, 0)));
                Err(Error::Loop { pipeline, component })
            }
        }
    }

    fn forget_edge(&mut self, edge: Edge) {
        for place in self.graph.edges.iter_mut().filter(|place| **place == Some(edge)) {
            *place = None;
        }
    }

    /// The seat in whose memory an edge's ring lies: the DP side, or else the side that writes.
    fn ring_owner(&self, edge: Edge) -> usize {
        let read_by_dp = self.graph.seat(edge.sink).is_some_and(|sink| sink.domain == Domain::Dp);
        if read_by_dp { edge.sink } else { edge.source }
    }

    /// Lets both ends of the `n`-th edge's ring go.
    pub(crate) fn release_edge(&mut self, n: usize) {
        let Some(edge) = self.graph.edges[n].take() else { return };
        let owner = self.ring_owner(edge);
        let before = self.graph.seat(owner).map_or(0, |owner| owner.memory.used());
        let source = self.graph.seat_mut(edge.source).and_then(|seat| seat.instance.as_mut());
        if let Some(output) = source.and_then(|it| it.outputs.get_mut(usize::from(edge.source_queue))) {
            wiring::disconnect_output(output);
        }
        let sink = self.graph.seat_mut(edge.sink).and_then(|seat| seat.instance.as_mut());
        if let Some(input) = sink.and_then(|it| it.inputs.get_mut(usize::from(edge.sink_queue))) {
            wiring::disconnect_input(input);
        }
        if let Some(owner) = self.graph.seat_mut(owner) {
            owner.memory.book(before);
        }
    }
}

/// Frames of a ring between modules of these domains.
fn ring_frames(blocks: Blocks, domains: [Domain; 2]) -> usize {
    let border = domains.contains(&Domain::Dp);
    blocks.input.max(blocks.output).saturating_mul(if border { BORDER_BLOCKS } else { LL_BLOCKS })
}

/// Frames of a block that must be whole ones.
fn whole_frames(port: PortId, bytes: u32, format: Format) -> Result<usize, Error> {
    let frame_bytes = format.frame_bytes();
    match frames_up(port, bytes, format)? {
        frames if frames * frame_bytes == bytes as usize => Ok(frames),
        _ => Err(Error::BlockSize { port, bytes, frame_bytes }),
    }
}

/// Frames of a block that was declared for another output, whose frames may have another size: the last one is rounded up.
fn frames_up(port: PortId, bytes: u32, format: Format) -> Result<usize, Error> {
    let frame_bytes = format.frame_bytes();
    match (bytes as usize).div_ceil(frame_bytes) {
        0 => Err(Error::BlockSize { port, bytes, frame_bytes }),
        frames => Ok(frames),
    }
}
