//! Gateways: how audio gets from outside into the ring of a gateway copier, and out of it.
//!
//! ```text
//!   device ─fill──► ring ─► copier ─► …                 … ─► copier ─► ring ──drain─► device
//!          outer end    └ in the copier's memory ┘               outer end
//! ```
//!
//! The ring stands for the DMA buffer that the copier's gateway has on the chip. The copier owns it, with one end as its
//! first input or output; the seat of the copier keeps the other one. Whoever stands outside is called by nobody: it calls
//! [`Runtime::fill`] before a tick and [`Runtime::drain`] after its LL passes, and before DP modules run, for each node
//! that it serves.

use headroom_module::gateway::{Gateway, GatewayDirection};
use headroom_module::schedule::{Domain, Tick};
use headroom_module::wiring::{self, Blocks, RingPlan};
use headroom_module::{Format, Input, ModuleError, Output};

use crate::bind::ring_frames;
use crate::event::Log;
use crate::graph::Seat;
use crate::outer::{Device, End, Outer};
use crate::{Error, GatewayFault, PortId, Runtime};

impl<'m> Runtime<'m> {
    /// The gateways that there are, in the order of their copiers' seats: what these say of the devices behind them.
    pub fn gateways(&self) -> impl Iterator<Item = Gateway> + '_ {
        let outer = |index: u16| self.graph.seat(index.into())?.outer.as_ref();
        self.graph.gateways.iter().filter_map(move |listed| Some(outer(listed.seat)?.device.gateway))
    }

    /// What a device may bring in tick `tick`, called before it. `node` is the gateway's IPC4 node id. O(gateways).
    ///
    /// # Errors
    /// [`GatewayFault::Missing`] when no copier takes audio in there.
    #[inline]
    pub fn fill(&mut self, node: u32, tick: u64) -> Result<Fill<'_, 'm>, Error> {
        let tick = Tick { index: tick, period_us: self.platform.tick_us };
        let Self { graph, log, .. } = self;
        let at_node = graph.seat_at_node(node).and_then(|seat| Some((seat.state, seat.outer.as_mut()?)));
        let Some((state, Outer { end: End::Writes(output), device })) = at_node else {
            return Err(nobody(node, GatewayDirection::In));
        };
        let served = device.due(tick, state);
        let due = served.unwrap_or(0);
        let frames = due.min(output.free());
        Ok(Fill { output, device, log, is_served: served.is_some(), due, frames, lost: 0 })
    }

    /// What a device takes in tick `tick`, called after its LL passes. What it misses is counted here, and logged when it
    /// lost step. O(gateways).
    ///
    /// # Errors
    /// [`GatewayFault::Missing`] when no copier gives audio out there.
    #[inline]
    pub fn drain(&mut self, node: u32, tick: u64) -> Result<Drain<'_, 'm>, Error> {
        let tick = Tick { index: tick, period_us: self.platform.tick_us };
        let Self { graph, log, .. } = self;
        let at_node = graph.seat_at_node(node).and_then(|seat| Some((seat.state, seat.outer.as_mut()?)));
        let Some((state, Outer { end: End::Reads(input), device })) = at_node else {
            return Err(nobody(node, GatewayDirection::Out));
        };
        let served = device.due(tick, state);
        let due = served.unwrap_or(0);
        let frames = due.min(input.available());
        device.heard |= frames > 0;
        let silence = if device.heard { due - frames } else { 0 };
        if served.is_some() {
            device.count(silence, log);
        }
        Ok(Drain { input, device, due, frames, silence })
    }

    /// Gives a gateway copier the ring that stands for its DMA buffer: what it asks for, but at least what any two modules
    /// need. The device works in ticks.
    pub(crate) fn open_gateway(&mut self, index: usize) -> Result<(), Error> {
        let Some(gateway) = self.graph.instance(index).and_then(|it| it.module.gateway()) else {
            return Ok(());
        };
        let node = gateway.node;
        if let Some(other) = self.graph.seat_at_node(node) {
            return Err(Error::Gateway { node, fault: GatewayFault::InUse(other.id) });
        }
        let tick_us = self.platform.tick_us;
        let Some(seat) = self.graph.seat_mut(index) else { return Ok(()) };
        let (plan, lifetime) = (seat.gateway_ring(&gateway, tick_us), Self::lifetime(&seat.memory));
        let before = seat.memory.used();
        let mut outer = Outer::new(&gateway, seat.pipeline);
        let Some(instance) = seat.instance.as_mut() else { return Err(Error::Busy(seat.id)) };
        let (port, made) = outer
            .connect(instance, |output, input| wiring::connect(output, input, &lifetime, plan).map(drop));
        let port = PortId { component: seat.id, side: port, queue: 0 };
        made.ok_or(Error::NoPort { port, ports: 0 })?.map_err(|error| Error::Ring { sink: port, error })?;
        seat.outer = Some(outer);
        seat.memory.book(before);
        self.graph.list_gateways();
        Ok(())
    }
}

impl Seat<'_> {
    fn gateway_ring(&self, gateway: &Gateway, tick_us: u32) -> RingPlan {
        let format = gateway.format;
        let micros = u64::from(format.rate()) * u64::from(tick_us);
        let tick = (micros.div_ceil(1_000_000) as usize).max(1);
        let block = |bytes: u32| (bytes as usize / format.frame_bytes()).max(1);
        let blocks = match gateway.direction {
            GatewayDirection::In => Blocks { input: block(self.input_block), output: tick },
            GatewayDirection::Out => Blocks { input: tick, output: block(self.output_block) },
        };
        let asked = gateway.buffer_bytes as usize / format.frame_bytes();
        let frames = asked.max(ring_frames(blocks, [self.domain, Domain::Ll]));
        RingPlan { format, frames, blocks }
    }
}

/// That no copier has its gateway there, or that audio goes the other way.
#[cold]
fn nobody(node: u32, direction: GatewayDirection) -> Error {
    Error::Gateway { node, fault: GatewayFault::Missing(direction) }
}

/// Room for what a device brings in one tick. What is not committed was not brought.
#[must_use = "frames that are not committed are not brought"]
pub struct Fill<'a, 'm> {
    output: &'a mut Output<'m>,
    device: &'a mut Device,
    log: &'a mut Log<'m>,
    /// Whether the device is served in this tick.
    is_served: bool,
    due: usize,
    frames: usize,
    lost: usize,
}

impl<'m> Fill<'_, 'm> {
    /// Frames that fall due in the tick, exactly; none while the copier's pipeline does not run.
    pub fn due(&self) -> usize {
        self.due
    }

    /// Those of them that there is room for.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Format of the frames.
    pub fn format(&self) -> Option<Format> {
        Some(self.device.gateway.format)
    }

    /// The room for [`frames`](Self::frames) frames, in two pieces where the ring wraps.
    pub fn bytes_mut(&mut self) -> (&mut [u8], &mut [u8]) {
        self.output.bytes_mut(self.frames)
    }

    /// Says that `frames` frames came that there was no room for: they are gone, and counted as missing on the copier. A
    /// device that can wait, as a file can, says nothing and brings them later.
    pub fn lose(&mut self, frames: usize) {
        self.lost = self.lost.saturating_add(frames);
    }

    /// Hands over the first `frames` frames of the room.
    ///
    /// # Errors
    /// [`ModuleError::Overdrawn`] when [`bytes_mut`](Self::bytes_mut) gave room for fewer; nothing is handed over then.
    #[inline]
    pub fn commit(self, frames: usize) -> Result<(), ModuleError> {
        self.output.commit(frames)
    }
}

impl Drop for Fill<'_, '_> {
    /// Counts what was lost.
    #[inline]
    fn drop(&mut self) {
        if self.is_served {
            self.device.count(self.lost, self.log);
        }
    }
}

/// What a device takes in one tick: frames, and silence for those that are not there. It is taken when this goes.
pub struct Drain<'a, 'm> {
    input: &'a mut Input<'m>,
    device: &'a mut Device,
    due: usize,
    frames: usize,
    silence: usize,
}

impl<'m> Drain<'_, 'm> {
    /// Frames that fall due in the tick, exactly; none while the copier's pipeline does not run.
    pub fn due(&self) -> usize {
        self.due
    }

    /// Those of them that are there.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Format of the frames.
    pub fn format(&self) -> Option<Format> {
        Some(self.device.gateway.format)
    }

    /// The [`frames`](Self::frames) that are there, in two pieces where the ring wraps.
    pub fn bytes(&mut self) -> (&[u8], &[u8]) {
        self.input.bytes(self.frames)
    }

    /// Frames of silence that come after them: they were missing, and are counted on the copier.
    pub fn silence(&self) -> usize {
        self.silence
    }

    /// Frames of silence before the first frame of the stream: nothing has come yet, and nothing is counted.
    pub fn start_up(&self) -> usize {
        self.due - self.frames - self.silence
    }
}

impl Drop for Drain<'_, '_> {
    /// What was there has been taken.
    #[inline]
    fn drop(&mut self) {
        if self.input.release(self.frames).is_err() {
            // Nobody has looked at them. Granted now, there are as many.
            self.input.bytes(self.frames);
            let _ = self.input.release(self.frames);
        }
    }
}
