//! Verbs that take pipelines through their states.

use headroom_module::schedule::Domain;
use headroom_module::{Format, wiring};

use crate::dp::DpTask;
use crate::graph::{Edge, Seat};
use crate::instance::Instance;
use crate::outer::Outer;
use crate::state::{ModuleState, PipelineState, Requested, Standing, Step, prepare_pass, trigger_pass};
use crate::{Error, Event, Owner, PortId, Runtime, Side, schedule};

impl<'m> Runtime<'m> {
    /// Takes all pipelines of `ids` to `requested`: first all are made ready for it, then all move. Returns the pipeline
    /// that failed with the error.
    ///
    /// # Errors
    /// A pipeline does not exist, can't go there from where it is, has nothing to run, is a circle or has a module that
    /// is out with a job: all that is checked for all pipelines before any is touched. Then a module may refuse to
    /// prepare: all pipelines that were prepared for the request go back to Ready. Either way they are where they were.
    pub fn set_state(
        &mut self,
        ids: impl Iterator<Item = u8> + Clone,
        requested: Requested,
    ) -> Result<(), (u8, Error)> {
        let at = |id: u8| move |error: Error| (id, error);
        ids.clone().try_for_each(|id| self.graph.pipeline(id).map(|_| ()).map_err(at(id)))?;
        ids.clone().try_for_each(|id| self.check_ready(id, requested).map_err(at(id)))?;
        let made_ready = ids.clone().try_for_each(|id| self.make_ready(id, requested).map_err(at(id)));
        if made_ready.is_err() {
            // Prepared is only a step on the way: from there a host could neither run nor reset.
            for id in ids {
                if self.graph.pipeline(id).is_ok_and(|pipeline| pipeline.state == PipelineState::Prepared) {
                    self.reset(id).map_err(at(id))?;
                }
            }
            return made_ready;
        }
        ids.clone().try_for_each(|id| self.trigger(id, requested).map_err(at(id)))
    }

    /// Where a pipeline is, as its host knows it.
    ///
    /// # Errors
    /// There is no such pipeline.
    pub fn standing(&self, id: u8) -> Result<Standing, Error> {
        let pipeline = self.graph.pipeline(id)?;
        let asked = || pipeline.asked.map_or(Standing::Made, Standing::Asked);
        Ok(pipeline.stopped_by.map_or_else(asked, Standing::Stopped))
    }

    /// Whatever can be told before anything is changed. Ranks the modules, too: nobody looks at ranks before it is
    /// complete.
    fn check_ready(&mut self, id: u8, requested: Requested) -> Result<(), Error> {
        let state = self.graph.pipeline(id)?.state;
        let refused = Error::PipelineState { pipeline: id, state, requested };
        let step = prepare_pass(state, requested).map_err(|_| refused)?;
        // A stream that ends can't go on: it has to be held or reset first.
        if requested == Requested::Running && self.graph.pipeline(id)?.is_ending() {
            return Err(refused);
        }
        if step == Step::Prepare && self.graph.members(id).next().is_none() {
            return Err(Error::EmptyPipeline(id));
        }
        if matches!(step, Step::Complete | Step::Prepare) {
            self.graph.rank(id)?;
            self.check_core_of_last(id)?;
        }
        match trigger_pass(state, requested) {
            Step::Reset => self.check_home(id),
            _ => Ok(()),
        }
    }

    fn make_ready(&mut self, id: u8, requested: Requested) -> Result<(), Error> {
        let state = self.graph.pipeline(id)?.state;
        let refused = Error::PipelineState { pipeline: id, state, requested };
        match prepare_pass(state, requested).map_err(|_| refused)? {
            Step::Complete => self.complete(id),
            Step::Prepare => self.prepare(id),
            _ => Ok(()),
        }
    }

    fn trigger(&mut self, id: u8, requested: Requested) -> Result<(), Error> {
        match trigger_pass(self.graph.pipeline(id)?.state, requested) {
            Step::Start => self.start(id),
            Step::Pause => self.graph.enter(id, PipelineState::Paused, ModuleState::Paused),
            Step::Reset => self.reset(id)?,
            _ => {}
        }
        self.graph.pipeline_mut(id)?.asked = Some(requested);
        Ok(())
    }

    /// The order follows from the ranks, and everything that was made so far becomes the fixed part of its region. Doing
    /// it again takes in what was made and bound since.
    fn complete(&mut self, id: u8) -> Result<(), Error> {
        self.graph.pipeline_mut(id)?.state = PipelineState::Ready;
        self.graph.reorder();
        if let Some(region) = &self.graph.pipeline(id)?.region {
            let region = region.clone();
            self.seal(Owner::Pipeline(id), &region);
        }
        for index in 0..self.graph.seats.len() {
            let Some(seat) = self.graph.seat(index).filter(|seat| seat.pipeline == id) else { continue };
            if let owner @ Owner::Module(_) = seat.memory.owner {
                let region = seat.memory.region.clone();
                self.seal(owner, &region);
            }
        }
        Ok(())
    }

    fn seal(&mut self, owner: Owner, region: &vregion::Region<'m>) {
        if region.statistics().sealed {
            return;
        }
        region.seal();
        let figures = region.statistics();
        let (lifetime, padding) = (figures.lifetime_bytes, figures.lifetime_padding + figures.seal_padding);
        self.log.push(Event::Sealed { owner, lifetime, padding, interim: figures.interim_capacity });
    }

    /// Prepares the modules from source to sink, so that each knows what stream comes to it. When one refuses, those
    /// before it are reset.
    fn prepare(&mut self, id: u8) -> Result<(), Error> {
        self.complete(id)?;
        let members = self.graph.members(id).count() as u16;
        for rank in 0..members {
            let Some(index) = self.graph.ranked(id, rank) else { continue };
            if let Err(error) = self.prepare_module(index) {
                self.reset(id)?;
                return Err(error);
            }
        }
        self.graph.enter(id, PipelineState::Prepared, ModuleState::Prepared);
        Ok(())
    }

    fn prepare_module(&mut self, index: usize) -> Result<(), Error> {
        let Some(component) = self.graph.seat(index).map(|seat| seat.id) else { return Ok(()) };
        let mut instance = self.graph.take(index).ok_or(Error::Busy(component))?;
        let prepared = self.graph.seat_mut(index).map_or(Ok(()), |seat| seat.prepare(&mut instance));
        self.graph.put(index, instance);
        prepared?;
        self.announce(index)?;
        self.set_period(index)
    }

    /// Tells whoever is behind each output what stream they will get.
    fn announce(&mut self, index: usize) -> Result<(), Error> {
        self.announce_outside(index)?;
        for n in 0..self.graph.edges.len() {
            let edge = self.graph.edges[n].as_ref().map(|bound| bound.edge);
            let Some(edge) = edge.filter(|edge| edge.source == index) else { continue };
            let output = self.graph.instance(index);
            let format = output.and_then(|it| it.outputs.get(usize::from(edge.source_queue))?.format());
            if let Some(format) = format {
                self.deliver(edge, format)?;
            }
        }
        Ok(())
    }

    /// Tells a gateway what its copier gives out.
    fn announce_outside(&mut self, index: usize) -> Result<(), Error> {
        let format = self.graph.instance(index).and_then(|it| it.outputs.first()?.format());
        let Some((seat, got)) = self.graph.seat_mut(index).zip(format) else { return Ok(()) };
        let sink = PortId { component: seat.id, side: Side::Output, queue: 0 };
        let Some(outer) = seat.outer.as_mut().filter(|outer| outer.is_at(sink.side, sink.queue)) else {
            return Ok(());
        };
        outer.announce(got).map_err(|expected| Error::FormatMismatch { sink, expected, got })
    }

    fn deliver(&mut self, edge: Edge, got: Format) -> Result<(), Error> {
        let Some(seat) = self.graph.seat(edge.sink) else { return Ok(()) };
        let component = seat.id;
        let sink = PortId { component, side: Side::Input, queue: edge.sink_queue };
        let listed = seat.input(edge.sink_queue);
        let (_, expected) = listed.map_err(|error| Error::Module { component, error })?;
        if !expected.admits(&got) {
            return Err(Error::FormatMismatch { sink, expected, got });
        }
        let instance = self.graph.instance_mut(edge.sink).ok_or(Error::Busy(component))?;
        let Some(input) = instance.inputs.get_mut(usize::from(edge.sink_queue)) else { return Ok(()) };
        wiring::set_input_format(input, got).map_err(|error| Error::Module { component, error })
    }

    /// A DP module's period follows from its output block; one that nobody reads from has a tick.
    fn set_period(&mut self, index: usize) -> Result<(), Error> {
        let tick_us = self.platform.tick_us;
        let Some(seat) = self.graph.seat_mut(index).filter(|seat| seat.domain == Domain::Dp) else {
            return Ok(());
        };
        let component = seat.id;
        let mut least = u32::MAX;
        for output in seat.instance.iter().flat_map(|instance| instance.outputs.iter()) {
            if wiring::output_level(output).is_none() {
                continue;
            }
            let rate = output.format().map_or(0, |format| format.rate());
            let period = schedule::period_us(output.block_frames(), rate, tick_us)
                .map_err(|short| Error::Period { component, block_us: short.block_us, tick_us })?;
            least = least.min(period);
        }
        seat.dp.period_us = if least == u32::MAX { tick_us } else { least };
        Ok(())
    }

    fn start(&mut self, id: u8) {
        self.graph.enter(id, PipelineState::Active, ModuleState::Active);
        let starts = |seat: &&mut Seat<'m>| seat.domain == Domain::Dp && seat.state == ModuleState::Active;
        let members = self.graph.seats.iter_mut().flatten().filter(|seat| seat.pipeline == id);
        members.filter(starts).for_each(|seat| seat.dp.start());
    }

    /// Everything that streamed is forgotten; memory and set-up stay. Also undoes a prepare that went half way.
    fn reset(&mut self, id: u8) -> Result<(), Error> {
        self.check_home(id)?;
        for index in 0..self.graph.seats.len() {
            if self.graph.seat(index).is_none_or(|seat| seat.pipeline != id) {
                continue;
            }
            let instance = self.graph.take(index);
            let Some(seat) = self.graph.seat_mut(index) else { continue };
            // No module is away, so all that can be on its way is a value that is not whole.
            self.mail.take(seat.id);
            if let Some(mut instance) = instance {
                seat.reset(&mut instance);
                self.graph.put(index, instance);
            }
        }
        self.graph.enter(id, PipelineState::Ready, ModuleState::Ready);
        Ok(())
    }

    /// That no module of a pipeline is out with a job or a pass.
    fn check_home(&self, id: u8) -> Result<(), Error> {
        let away = self.graph.members(id).find(|index| self.graph.is_out(*index));
        let away = away.and_then(|index| self.graph.seat(index));
        away.map_or(Ok(()), |away| Err(Error::Busy(away.id)))
    }

    /// That the last module of a pipeline, by which the original schedules it, runs on its core where it is LL. Others may
    /// run elsewhere, as some do in topologies that ship.
    fn check_core_of_last(&self, id: u8) -> Result<(), Error> {
        let pipeline_core = self.graph.pipeline(id)?.core;
        let members = self.graph.members(id).count() as u16;
        let last = members.checked_sub(1).and_then(|rank| self.graph.ranked(id, rank));
        let elsewhere = |seat: &&Seat<'m>| seat.domain == Domain::Ll && seat.core != pipeline_core;
        let last = last.and_then(|index| self.graph.seat(index)).filter(elsewhere);
        last.map_or(Ok(()), |seat| {
            Err(Error::OtherCore { component: seat.id, core: seat.core, pipeline: id, pipeline_core })
        })
    }
}

impl<'m> Seat<'m> {
    fn prepare(&mut self, instance: &mut Instance<'m>) -> Result<(), Error> {
        let (interim, before) = (Runtime::interim(&self.memory), self.memory.used());
        instance.restart();
        self.outer.iter_mut().for_each(Outer::restart);
        // Most modules give out what they take in, or what their host listed; the others say so in their prepare.
        let passes_on = instance.inputs.first().and_then(|input| input.format()).unwrap_or(self.format);
        for (output, queue) in instance.outputs.iter_mut().zip(0..) {
            if wiring::output_level(output).is_some() {
                let listed = self.listed.find(Side::Output, queue).and_then(|pin| pin.format.ok());
                output.set_format(listed.map_or(passes_on, |format| format.or_rate(passes_on.rate())));
            }
        }
        let Instance { module, inputs, outputs, .. } = instance;
        let outcome = module.prepare(&mut wiring::prepare(interim, inputs, outputs));
        self.memory.book(before);
        self.state = ModuleState::Prepared;
        outcome.map_err(|error| Error::Module { component: self.id, error })
    }

    fn reset(&mut self, instance: &mut Instance<'m>) {
        let before = self.memory.used();
        self.dp = DpTask { period_us: self.dp.period_us, ..DpTask::REST };
        instance.module.reset();
        instance.restart();
        self.outer.iter_mut().for_each(Outer::restart);
        self.memory.book(before);
    }
}
