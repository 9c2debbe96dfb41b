//! The far side of a gateway: the outer end of the ring that its copier owns, and what the device there has missed.

use headroom_module::gateway::{Gateway, GatewayDirection};
use headroom_module::schedule::Tick;
use headroom_module::wiring::{self, RingLevel};
use headroom_module::{Format, Input, Output};

use crate::Event;
use crate::error::Side;
use crate::event::Log;
use crate::instance::{Counters, Instance};
use crate::schedule::StartDelay;
use crate::state::ModuleState;
use crate::watch::{Verdict, Watch};

/// The outer end of a gateway's ring, and the device there.
pub(crate) struct Outer<'m> {
    pub(crate) end: End<'m>,
    pub(crate) device: Device,
}

/// What is known of a device.
pub(crate) struct Device {
    /// What the copier says of it; its rate as soon as that is known.
    pub(crate) gateway: Gateway,
    /// The copier's pipeline.
    pipeline: u8,
    /// The format that the copier was made with, before any stream.
    made_for: Format,
    watch: Watch,
    /// Whether a frame has ever gone out: until then silence is start-up.
    pub(crate) heard: bool,
    /// The tick that was served last; nothing falls due twice.
    served: Option<u64>,
    /// Ticks in which frames were missing, and these frames.
    missed: (u32, u64),
}

/// That end of the ring.
pub(crate) enum End<'m> {
    /// Audio comes in.
    Writes(Output<'m>),
    /// Audio goes out.
    Reads(Input<'m>),
}

impl<'m> Outer<'m> {
    pub(crate) fn new(gateway: &Gateway, pipeline: u8) -> Self {
        let end = match gateway.direction {
            GatewayDirection::In => End::Writes(Output::default()),
            GatewayDirection::Out => End::Reads(Input::default()),
        };
        let device = Device {
            gateway: *gateway,
            pipeline,
            made_for: gateway.format,
            watch: Watch::default(),
            heard: false,
            served: None,
            missed: (0, 0),
        };
        Self { end, device }
    }

    pub(crate) fn node(&self) -> u32 {
        self.device.gateway.node
    }

    pub(crate) fn direction(&self) -> GatewayDirection {
        self.device.gateway.direction
    }

    /// The port of the copier that the ring is bound to.
    pub(crate) fn is_at(&self, side: Side, queue: u8) -> bool {
        let inner = match self.end {
            End::Writes(_) => Side::Input,
            End::Reads(_) => Side::Output,
        };
        (inner, 0) == (side, queue)
    }

    pub(crate) fn level(&self) -> Option<RingLevel> {
        match &self.end {
            End::Writes(output) => wiring::output_level(output),
            End::Reads(input) => wiring::input_level(input),
        }
    }

    pub(crate) fn frame_bytes(&self) -> usize {
        self.device.gateway.format.frame_bytes()
    }

    /// What the copier counts, with what was missing at its gateway.
    pub(crate) fn add_to(&self, counters: &mut Counters) {
        counters.underruns = counters.underruns.saturating_add(self.device.missed.0);
        counters.underrun_frames = counters.underrun_frames.saturating_add(self.device.missed.1);
    }

    /// A stream begins anew: whatever is known of the one before is forgotten.
    pub(crate) fn restart(&mut self) {
        match &mut self.end {
            End::Writes(output) => wiring::restart_output(output),
            End::Reads(input) => wiring::restart_input(input),
        }
        let device = &mut self.device;
        device.watch.restart();
        device.gateway.format = device.made_for;
        (device.heard, device.served, device.missed) = (false, None, (0, 0));
    }

    /// What goes out of a DP copier is held back as at any border.
    pub(crate) fn open(&mut self, start: StartDelay) {
        if let End::Reads(input) = &mut self.end {
            let block = input.block_frames();
            wiring::set_quota(input, Some(start.quota(block)));
        }
    }

    /// Tells the outer end what stream its copier gives out.
    ///
    /// # Errors
    /// The stream, where the device was opened for another one.
    pub(crate) fn announce(&mut self, got: Format) -> Result<(), Format> {
        let format = &mut self.device.gateway.format;
        if !format.admits(&got) {
            return Err(*format);
        }
        *format = format.or_rate(got.rate());
        Ok(())
    }
}

impl Device {
    /// Frames that fall due in a tick, the first time that it is asked for; `None` where the device is not served.
    pub(crate) fn due(&mut self, tick: Tick, state: ModuleState) -> Option<usize> {
        if state != ModuleState::Active || self.served == Some(tick.index) {
            return None;
        }
        self.served = Some(tick.index);
        Some(tick.frames_due(self.gateway.format.rate()))
    }

    /// Counts the frames that were missing in a tick, and logs it when the device lost step. Most ticks miss nothing, after
    /// one that missed nothing.
    #[inline]
    pub(crate) fn count(&mut self, missing: usize, log: &mut Log<'_>) {
        if missing > 0 || !self.watch.is_in_step() {
            self.count_missing(missing, log);
        }
    }

    #[cold]
    fn count_missing(&mut self, missing: usize, log: &mut Log<'_>) {
        if missing > 0 {
            self.missed = (self.missed.0.saturating_add(1), self.missed.1.saturating_add(missing as u64));
        }
        let Gateway { component: copier, node, direction, .. } = self.gateway;
        if self.watch.after_run(missing) == Verdict::Tell {
            log.push(Event::GatewayMissed { copier, pipeline: self.pipeline, node, direction });
        }
    }
}

impl<'m> Outer<'m> {
    /// Does `connect` with the outer end and the copier's port, which it names the side of; not where it has none.
    pub(crate) fn connect<R>(
        &mut self,
        copier: &mut Instance<'m>,
        connect: impl FnOnce(&mut Output<'m>, &mut Input<'m>) -> R,
    ) -> (Side, Option<R>) {
        match &mut self.end {
            End::Writes(output) => {
                (Side::Input, copier.inputs.first_mut().map(|input| connect(output, input)))
            }
            End::Reads(input) => {
                (Side::Output, copier.outputs.first_mut().map(|output| connect(output, input)))
            }
        }
    }
}
