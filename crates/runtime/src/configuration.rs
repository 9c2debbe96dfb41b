//! Verbs that set and read what modules are configured with: at once, in parts, and while a module is away.
//!
//! ```text
//!   parts ─collect─► letter ─whole─┐
//!                                  ├─configure─► the module is here: it is told at once
//!   whole ─────────────────────────┘             it is out with a job: letter ─finish─► it is told then
//! ```
//!
//! Either way the module knows at the start of its next run, and never in the middle of one. What is under way lies in
//! the common region's heap, in blocks of its own for each module instance: it is the runtime's, not the module's, so
//! that it neither takes memory that was declared for the module nor ends the first phase of its region.

use headroom_module::instance::ComponentId;
use headroom_module::{Block, ModuleError, wiring};
use vregion::{Placement, Region};

use crate::mail::Letter;
use crate::{Error, Event, Part, Runtime, TransferFault};

impl<'m> Runtime<'m> {
    /// Sets a module's parameter; it holds from its next run on. A module that is out with a job is told when it comes
    /// home; what it then refuses is an [`Event::ParameterRefused`].
    ///
    /// # Errors
    /// There is no such module, it refuses, or it is out and another value is on its way to it already.
    pub fn configure(&mut self, id: ComponentId, parameter: u32, data: &[u8]) -> Result<(), Error> {
        let index = self.graph.seat_of(id)?;
        if let Some(told) = self.tell(index, parameter, data) {
            return told.map_err(|error| Error::Module { component: id, error });
        }
        self.mail.make_way(id).map_err(|fault| Error::Transfer { component: id, fault })?;
        let mut kept = None;
        if !data.is_empty() {
            let mut copy = self.room(id, data.len())?;
            copy.copy_from_slice(data);
            kept = Some(copy);
        }
        self.post(Letter::new(id, parameter, kept))
    }

    /// Takes a part of a value. Returns the whole once the last part is there: it is not set yet.
    ///
    /// Parts must come in order and without gaps. Any part that doesn't fit ends the transfer, so that a host can begin
    /// anew.
    ///
    /// # Errors
    /// There is no such module, no memory, or [`Error::Transfer`].
    pub fn collect(
        &mut self,
        id: ComponentId,
        parameter: u32,
        part: Part<'_>,
    ) -> Result<Option<Block<'m, [u8]>>, Error> {
        self.graph.seat_of(id)?;
        let fault = |fault| Error::Transfer { component: id, fault };
        if let Part::First { total, .. } = part {
            self.mail.make_way(id).map_err(fault)?;
            let limit = self.platform.parameter_bytes;
            if total == 0 || total > limit {
                return Err(fault(TransferFault::Size { total, limit }));
            }
            let data = Some(self.room(id, total)?);
            let mut letter = Letter::new(id, parameter, data);
            letter.received = Some(0);
            self.post(letter)?;
        }
        let mut letter = self.mail.take(id).ok_or(fault(TransferFault::NotBegun))?;
        let taken = letter.take(parameter, part).map_err(fault);
        if taken == Ok(true) {
            return Ok(letter.data.take());
        }
        // A whole value that waits is no transfer that this could end.
        if taken.is_ok() || letter.received.is_none() {
            self.mail.post(letter);
        }
        taken.map(|_| None)
    }

    /// Tells a module that is here what was set while it was out. For one that is still out it waits on.
    pub(crate) fn deliver_mail(&mut self, index: usize) {
        let Some(component) = self.graph.seat(index).map(|seat| seat.id) else { return };
        if self.graph.is_out(index) || self.mail.waiting(component).is_none() {
            return;
        }
        let Some(letter) = self.mail.take(component) else { return };
        if let Some(Err(error)) = self.tell(index, letter.parameter, letter.bytes()) {
            self.log.push(Event::ParameterRefused { component, error });
        }
    }

    /// Writes a module's parameter to `reply` and returns its bytes. For a module that is out with a job that is what
    /// waits for it.
    ///
    /// # Errors
    /// There is no such module, it refuses, or it is out and this parameter was not set meanwhile.
    pub fn configuration(&self, id: ComponentId, parameter: u32, reply: &mut [u8]) -> Result<usize, Error> {
        let index = self.graph.seat_of(id)?;
        let refused = |error| Error::Module { component: id, error };
        if let Some(instance) = self.graph.instance(index) {
            return instance.module.configuration(parameter, reply).map_err(refused);
        }
        let waiting = self.mail.waiting(id).filter(|letter| letter.parameter == parameter);
        let data = waiting.ok_or(Error::Busy(id))?.bytes();
        let (needed, got) = (data.len(), reply.len());
        let short = ModuleError::ShortReply { needed, got };
        reply.get_mut(..needed).ok_or(refused(short))?.copy_from_slice(data);
        Ok(needed)
    }

    /// Writes the bytes of a module's parameter from `offset` on to `reply`, as many as fit; returns how many that are
    /// and how many the whole has.
    ///
    /// # Errors
    /// As for [`configuration`](Self::configuration), no memory for the whole, or an offset behind its end.
    pub fn configuration_from(
        &self,
        id: ComponentId,
        parameter: u32,
        offset: usize,
        reply: &mut [u8],
    ) -> Result<(usize, usize), Error> {
        self.graph.seat_of(id)?;
        let mut whole = self.room(id, self.platform.parameter_bytes)?;
        let total = self.configuration(id, parameter, &mut whole)?;
        let behind = TransferFault::Offset { expected: total, got: offset };
        let behind = Error::Transfer { component: id, fault: behind };
        let rest = whole.get(..total).and_then(|whole| whole.get(offset..)).ok_or(behind)?;
        let written = rest.len().min(reply.len());
        reply[..written].copy_from_slice(&rest[..written]);
        Ok((written, total))
    }

    /// Zeroed bytes for what is on its way to `id`.
    fn room(&self, id: ComponentId, len: usize) -> Result<Block<'m, [u8]>, Error> {
        let fault = |error| Error::Transfer { component: id, fault: TransferFault::Memory(error) };
        self.mailroom(id).slice(Placement::Indifferent, len, 0, "parameter value").map_err(fault)
    }

    fn post(&mut self, letter: Letter<'m>) -> Result<(), Error> {
        let id = letter.to;
        let fault = |error| Error::Transfer { component: id, fault: TransferFault::Memory(error) };
        let letter = self.mailroom(id).value(Placement::Indifferent, letter, "letter").map_err(fault)?;
        self.mail.post(letter);
        Ok(())
    }

    fn mailroom(&self, id: ComponentId) -> Region<'m> {
        self.common.for_owner(id.word())
    }

    /// Hands a value to a module, unless it is out, with memory of its region: what the module keeps of a value that comes before
    /// its pipeline is complete ends no phase, and makes nothing that is bound later late.
    fn tell(&mut self, index: usize, parameter: u32, data: &[u8]) -> Option<Result<(), ModuleError>> {
        let mut instance = self.graph.take(index)?;
        let outcome = self.graph.seat_mut(index).map(|seat| {
            let before = seat.memory.used();
            let memory = wiring::indifferent(seat.memory.region.clone());
            let outcome = instance.module.configure(&mut wiring::configure(&memory), parameter, data);
            seat.memory.book(before);
            outcome
        });
        self.graph.put(index, instance);
        outcome
    }
}
