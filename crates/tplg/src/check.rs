//! What a driver would refuse about a topology whose bytes are in order.

use crate::error::{Error, Reason};
use crate::format::{AudioFormat, Pins};
use crate::kinds::WidgetKind;
use crate::topology::Topology;
use crate::widget::Widget;

/// Most channels of a format, and pins of a widget.
const LIMIT: u32 = 8;

impl Topology<'_> {
    /// Whether a driver whose firmware speaks IPC4 could play it: routes lead from widget to widget, and every
    /// widget that becomes a module has a UUID, a pipeline with a scheduler, and as many formats as it
    /// announces, each of which can be. Cost: widgets times the sum of widgets and routes.
    ///
    /// Files of the wild needn't pass: one that is loaded together with others has routes to their widgets.
    ///
    /// # Errors
    ///
    /// The first fault, with its offset.
    pub fn check(&self) -> Result<(), Error> {
        for widget in self.widgets().filter(|widget| widget.kind().is_module()) {
            self.check_module(&widget)?;
        }
        for route in self.routes() {
            let there = |name| self.widget(name).is_some();
            if !there(route.source()) || !there(route.sink()) {
                return Err(Error { offset: route.offset(), reason: Reason::NoSuchWidget });
            }
        }
        Ok(())
    }

    fn check_module(&self, widget: &Widget<'_>) -> Result<(), Error> {
        let fault = |reason| Err(Error { offset: widget.offset(), reason });
        let pipeline = widget.pipeline();
        if widget.uuid().is_none() {
            return fault(Reason::NoUuid);
        }
        let schedules =
            |other: Widget<'_>| other.kind() == WidgetKind::Scheduler && other.pipeline() == pipeline;
        if !self.widgets().any(schedules) {
            return fault(Reason::NoScheduler { pipeline });
        }
        for pins in [Pins::Input, Pins::Output] {
            let formats = AudioFormat::uncounted(widget.tuples(), pins);
            let announced = widget.word(pins.count()).unwrap_or(0);
            let found = formats.count().try_into().unwrap_or(u32::MAX);
            if found < announced {
                return fault(Reason::Formats { announced, found });
            }
        }
        let impossible = |format: &AudioFormat| {
            !(1..=LIMIT).contains(&format.channels) || format.pin >= LIMIT || format.block_bytes == 0
        };
        match widget.input_formats().chain(widget.output_formats()).find(impossible) {
            None => Ok(()),
            Some(AudioFormat { channels, pin, block_bytes, .. }) => {
                fault(Reason::Format { channels, pin, block_bytes })
            }
        }
    }
}
