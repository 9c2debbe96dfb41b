//! Verbs that bind modules to each other: every connection is one ring, in the memory of the DP side if there is one.

use headroom_module::Format;
use headroom_module::instance::ComponentId;
use headroom_module::memory::Lifetime;
use headroom_module::schedule::Domain;
use headroom_module::wiring::{self, Blocks, RingPlan};

use crate::graph::{Bound, Edge};
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
        if edge.source == edge.sink {
            let pipeline = self.graph.seat(edge.source).map_or(0, |seat| seat.pipeline);
            return Err(Error::Loop { pipeline, component: connection.source });
        }
        self.make_ring(edge, plan)
    }

    /// Unbinds two ports; the frames between them are gone.
    ///
    /// # Errors
    /// A module does not exist or is out with a job, or these ports are not bound to each other. Pipelines may be
    /// active: a module then finds its port unbound from the next tick on, as when a host changes a running graph.
    pub fn unbind(&mut self, connection: &Connection) -> Result<(), Error> {
        let edge = self.edge(connection)?;
        let (source, sink) = (connection.source_port(), connection.sink_port());
        let is_it = |bound: &Option<Bound<'m>>| bound.as_ref().is_some_and(|bound| bound.edge == edge);
        let n = self.graph.edges.iter().position(is_it).ok_or(Error::NotBound { source, sink })?;
        for (index, id) in [(edge.source, connection.source), (edge.sink, connection.sink)] {
            if self.graph.is_out(index) {
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
        Ok(RingPlan { format, frames, blocks })
    }

    fn make_ring(&mut self, edge: Edge, plan: RingPlan) -> Result<(), Error> {
        let n = self.graph.free_edge()?;
        let owner = self.ring_owner(edge);
        let Some(home) = self.graph.seat(owner) else { return Ok(()) };
        let (memory, before) = (Self::lifetime(&home.memory), home.memory.used());
        let made = self.connect(edge, &memory, plan);
        let bound = made.map(|bound| self.graph.set_edge(n, Some(bound)));
        if let Some(home) = self.graph.seat_mut(owner) {
            home.memory.book(before);
        }
        bound.map(drop)
    }

    /// Both modules are taken from where they are, so that both are at hand at once.
    fn connect(&mut self, edge: Edge, memory: &Lifetime<'m>, plan: RingPlan) -> Result<Bound<'m>, Error> {
        let id = |index| self.graph.seat(index).map_or(ComponentId::new(0, 0), |seat| seat.id);
        let (source, sink) = (id(edge.source), id(edge.sink));
        let mut writer = self.graph.take(edge.source).ok_or(Error::Busy(source))?;
        let Some(mut reader) = self.graph.take(edge.sink) else {
            self.graph.put(edge.source, writer);
            return Err(Error::Busy(sink));
        };
        let output = writer.outputs.get_mut(usize::from(edge.source_queue));
        let input = reader.inputs.get_mut(usize::from(edge.sink_queue));
        let made = output.zip(input).map(|(output, input)| wiring::connect(output, input, memory, plan));
        self.graph.put(edge.source, writer);
        self.graph.put(edge.sink, reader);
        let port = PortId { component: sink, side: Side::Input, queue: edge.sink_queue };
        let ring = made.ok_or(Error::NoPort { port, ports: 0 })?;
        ring.map(|ring| Bound { edge, ring }).map_err(|error| Error::Ring { sink: port, error })
    }

    /// The seat in whose memory an edge's ring lies: the DP side, or else the side that writes.
    fn ring_owner(&self, edge: Edge) -> usize {
        let read_by_dp = self.graph.seat(edge.sink).is_some_and(|sink| sink.domain == Domain::Dp);
        if read_by_dp { edge.sink } else { edge.source }
    }

    /// Lets both ends of the `n`-th edge's ring go.
    pub(crate) fn release_edge(&mut self, n: usize) {
        let Some(edge) = self.graph.edges.get(n).and_then(|bound| Some(bound.as_ref()?.edge)) else { return };
        let owner = self.ring_owner(edge);
        let before = self.graph.seat(owner).map_or(0, |owner| owner.memory.used());
        let source = self.graph.instance_mut(edge.source);
        if let Some(output) = source.and_then(|it| it.outputs.get_mut(usize::from(edge.source_queue))) {
            wiring::disconnect_output(output);
        }
        let sink = self.graph.instance_mut(edge.sink);
        if let Some(input) = sink.and_then(|it| it.inputs.get_mut(usize::from(edge.sink_queue))) {
            wiring::disconnect_input(input);
        }
        self.graph.set_edge(n, None);
        if let Some(owner) = self.graph.seat_mut(owner) {
            owner.memory.book(before);
        }
    }
}

/// Frames of a ring between modules of these domains.
pub(crate) fn ring_frames(blocks: Blocks, domains: [Domain; 2]) -> usize {
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
