//! Verbs that make and remove pipelines and modules, and give each its memory.

use headroom_module::instance::{ComponentId, DeclaredMemory, InitConfig, STAND_IN};
use headroom_module::schedule::Domain;
use headroom_module::wire::BaseConfig;
use headroom_module::{ModuleEntry, ModuleError, Payload, Pins, wiring};
use vregion::{AllocError, Region};

use crate::dp::DpTask;
use crate::graph::{Pipeline, Seat, SeatMemory};
use crate::instance::{Figures, Instance, own_bytes};
use crate::pins::ListedPins;
use crate::state::{ModuleState, PipelineState};
use crate::{Error, Event, Owner, Runtime, SizeFrom};

/// Memory that a message declares.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MemoryRequest {
    /// Bytes of the region; 0 asks for the platform's default.
    pub bytes: u64,
    /// Bytes of these that are said to be for what comes and goes; 0 where the message does not tell the phases apart.
    pub interim_bytes: u64,
    /// Bytes of stack; 0 asks for the platform's default.
    pub stack_bytes: u32,
}

impl MemoryRequest {
    /// By phase, as a module is told.
    fn declared(&self) -> DeclaredMemory {
        let bytes = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let lifetime_bytes = bytes(self.bytes.saturating_sub(self.interim_bytes));
        DeclaredMemory { lifetime_bytes, interim_bytes: bytes(self.interim_bytes) }
    }
}

/// What a new pipeline is made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CreatePipeline {
    /// Its id.
    pub id: u8,
    /// 0 runs first in a tick, 7 last.
    pub priority: u8,
    /// The core of its last module, where that is LL; the others say their own.
    pub core: u8,
    /// One region for all its LL modules and their rings, when it names bytes.
    pub memory: Option<MemoryRequest>,
}

/// What a new module is made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InitModule<'a> {
    /// Its id.
    pub id: ComponentId,
    /// The pipeline that it belongs to.
    pub pipeline: u8,
    /// The core that runs it.
    pub core: u8,
    /// Who runs it.
    pub domain: Domain,
    /// The region and stack of a DP module.
    pub memory: Option<MemoryRequest>,
    /// Base configuration and the module's own part.
    pub payload: &'a [u8],
    /// What else there is for the module.
    pub module_data: Option<&'a [u8]>,
}

/// A module that is about to get a seat.
struct Arrival<'a> {
    config: InitConfig<'a>,
    entry: ModuleEntry,
    pipeline: u8,
    core: u8,
}

impl<'m> Runtime<'m> {
    /// Makes an empty pipeline, and its region when memory is declared for it.
    ///
    /// # Errors
    /// The id exists, there is no such core, the table is full, or the region can't be had.
    pub fn create_pipeline(&mut self, request: &CreatePipeline) -> Result<(), Error> {
        self.check_core(request.core)?;
        if self.graph.pipeline(request.id).is_ok() {
            return Err(Error::PipelineExists(request.id));
        }
        let limit = self.graph.pipelines.len() as u16;
        let free = self.graph.pipelines.iter().position(Option::is_none);
        let index = free.ok_or(Error::Full { what: "pipelines", limit })?;
        let declared = request.memory.unwrap_or_default();
        let region = match declared.bytes {
            0 => None,
            bytes => Some(self.region(Owner::Pipeline(request.id), bytes, SizeFrom::Message, 1)?),
        };
        self.graph.pipelines[index] = Some(Pipeline {
            id: request.id,
            priority: request.priority,
            core: request.core,
            state: PipelineState::Init,
            asked: None,
            region,
            declared_bytes: declared.bytes as usize,
            declared_stack: declared.stack_bytes,
            sequence: self.sequence,
            stopped_by: None,
        });
        self.sequence += 1;
        Ok(())
    }

    /// Makes a module in the memory that its message gives it: a DP module in a region of its own, an LL module in its
    /// pipeline's. A gateway copier gets the ring of its gateway with it.
    ///
    /// # Errors
    /// Whatever is wrong with the message, or the module's own refusal; nothing stays allocated then. Only what a failed
    /// init took of its pipeline's region before the seal stays taken, as any lifetime block: until the pipeline goes.
    pub fn init_module(&mut self, request: &InitModule<'_>) -> Result<(), Error> {
        self.check_core(request.core)?;
        if self.graph.seat_of(request.id).is_ok() {
            return Err(Error::ModuleExists(request.id));
        }
        self.graph.pipeline(request.pipeline)?;
        let entry = self.entry(request.id)?;
        let config = self.decode(request).map_err(|error| Error::Module { component: request.id, error })?;
        let arrival = Arrival { config, entry, pipeline: request.pipeline, core: request.core };
        self.graph.free_seat()?;
        let memory = self.home(request, entry.pins)?;
        let seat = self.build(arrival, memory)?;
        self.settle(seat).inspect_err(|_| self.remove_seat(seat))?;
        if request.domain == Domain::Dp {
            self.note_stack(request);
        }
        Ok(())
    }

    /// What a module gets beside its own memory: its place in the pass of its core, and the ring of its gateway.
    fn settle(&mut self, index: usize) -> Result<(), Error> {
        if let Some(seat) = self.graph.seat(index).filter(|seat| seat.domain == Domain::Ll) {
            let core = seat.core;
            self.graph.make_room(&self.common, core).map_err(Error::Tables)?;
        }
        self.open_gateway(index)
    }

    /// The row that makes this module, or else the row for stand-ins if the platform has one.
    fn entry(&self, id: ComponentId) -> Result<ModuleEntry, Error> {
        let row = |module: u16| self.modules.iter().find(move |entry| entry.module == module);
        row(id.module()).or_else(|| row(STAND_IN)).copied().ok_or(Error::NoDriver(id))
    }

    fn decode<'a>(&self, request: &InitModule<'a>) -> Result<InitConfig<'a>, ModuleError> {
        let mut payload = Payload::new(request.payload);
        let base = BaseConfig::decode(&mut payload)?;
        Ok(InitConfig {
            id: request.id,
            domain: request.domain,
            format: base.format.format()?,
            input_block: base.input_block,
            output_block: base.output_block,
            tick_us: self.platform.tick_us,
            declared: request.memory.unwrap_or_default().declared(),
            payload: payload.rest(),
            module_data: request.module_data,
        })
    }

    /// The region that a module lives in, made now for a DP module.
    fn home(&mut self, request: &InitModule<'_>, pins: Pins) -> Result<SeatMemory<'m>, Error> {
        let stack_bytes = self.platform.stack_for(request.memory.unwrap_or_default().stack_bytes);
        if request.domain == Domain::Dp {
            let (bytes, size_from) = match request.memory.map_or(0, |memory| memory.bytes) {
                0 => (self.platform.dp_region_bytes as u64, SizeFrom::Platform),
                asked => (asked, SizeFrom::Message),
            };
            let owner = Owner::Module(request.id);
            let region = self.region(owner, bytes, size_from, own_bytes(pins))?;
            let declared_bytes = bytes as usize;
            return Ok(SeatMemory { region, owner, declared_bytes, size_from, stack_bytes, taken: 0 });
        }
        let shared = self.graph.pipeline(request.pipeline)?.region.as_ref();
        let (region, owner) = match shared {
            Some(region) => (region, Owner::Pipeline(request.pipeline)),
            None => (&self.common, Owner::Common),
        };
        let region = region.for_owner(request.id.word());
        Ok(SeatMemory {
            region,
            owner,
            declared_bytes: 0,
            size_from: SizeFrom::Platform,
            stack_bytes,
            taken: 0,
        })
    }

    /// A region of `bytes`, if the platform allows it and it holds the `min` bytes that the runtime takes there.
    fn region(&mut self, owner: Owner, bytes: u64, from: SizeFrom, min: usize) -> Result<Region<'m>, Error> {
        let max = self.platform.region_limit;
        let asked = usize::try_from(bytes).unwrap_or(usize::MAX);
        if asked > max || asked < min {
            return Err(Error::RegionSize { owner, bytes: asked, min, max });
        }
        let word = match owner {
            Owner::Common => 0,
            Owner::Pipeline(id) => id.into(),
            Owner::Module(id) => id.word(),
        };
        let region = self.pool.region(word, asked).map_err(|error| Error::Region { owner, error })?;
        self.log.push(Event::RegionMade { owner, bytes: asked, from });
        Ok(region)
    }

    /// Runs `init` in the module's memory and gives the result a seat.
    fn build(&mut self, arrival: Arrival<'_>, mut memory: SeatMemory<'m>) -> Result<usize, Error> {
        let Arrival { config, entry, pipeline, core } = arrival;
        let refused = |error| Error::Module { component: config.id, error };
        let before = memory.used();
        let lifetime = Self::lifetime(&memory);
        let module = (entry.init)(&mut wiring::init_context(lifetime.clone(), config)).map_err(refused)?;
        let no_room = |error: AllocError| refused(error.into());
        let instance = Instance::make(module, entry.pins, &lifetime).map_err(no_room)?;
        let listed = ListedPins::make(&lifetime, &config, entry.pins).map_err(no_room)?;
        memory.book(before);
        self.graph.add_seat(Seat {
            id: config.id,
            name: entry.name,
            pipeline,
            domain: config.domain,
            core,
            state: ModuleState::Ready,
            pins: entry.pins,
            stand_in: entry.module == STAND_IN,
            format: config.format,
            input_block: config.input_block,
            output_block: config.output_block,
            listed,
            memory,
            dp: DpTask::REST,
            outer: None,
            instance: Some(instance),
            step: None,
            left: Figures::default(),
            rank: 0,
            waits: 0,
        })
    }

    /// Removes a module with all its connections. Its memory is free when the last ring that it shares is let go.
    ///
    /// # Errors
    /// There is no such module, it has not been reset, or it or a module that it is bound to is out with a job.
    pub fn delete_module(&mut self, id: ComponentId) -> Result<(), Error> {
        let index = self.graph.seat_of(id)?;
        self.check_deletable(index)?;
        self.remove_seat(index);
        Ok(())
    }

    /// Removes a pipeline with all its modules; then its region goes back to the pool.
    ///
    /// # Errors
    /// There is no such pipeline, or a module of it can't be deleted; nothing is removed then.
    pub fn delete_pipeline(&mut self, id: u8) -> Result<(), Error> {
        self.graph.pipeline(id)?;
        self.graph.members(id).try_for_each(|index| self.check_deletable(index))?;
        for index in 0..self.graph.seats.len() {
            if self.graph.seat(index).is_some_and(|seat| seat.pipeline == id) {
                self.remove_seat(index);
            }
        }
        for kept in self.graph.pipelines.iter_mut() {
            kept.take_if(|pipeline| pipeline.id == id);
        }
        Ok(())
    }

    fn check_deletable(&self, index: usize) -> Result<(), Error> {
        let Some(seat) = self.graph.seat(index) else { return Ok(()) };
        let (component, state) = (seat.id, seat.state);
        if self.graph.is_out(index) {
            return Err(Error::Busy(component));
        }
        if state != ModuleState::Ready {
            return Err(Error::ModuleState { component, state });
        }
        // Its rings can only be let go at both ends.
        let away = |peer: &usize| self.graph.is_out(*peer);
        let away = self.graph.neighbours(index).find(away).and_then(|peer| self.graph.seat(peer));
        away.map_or(Ok(()), |peer| Err(Error::Busy(peer.id)))
    }

    /// Takes a module away with its connections and what is on its way to it.
    fn remove_seat(&mut self, index: usize) {
        for n in 0..self.graph.edges.len() {
            let edge = self.graph.edges[n].as_ref().map(|bound| bound.edge);
            if edge.is_some_and(|edge| edge.source == index || edge.sink == index) {
                self.release_edge(n);
            }
        }
        if let Some(seat) = self.graph.remove_seat(index) {
            self.mail.take(seat.id);
        }
    }

    fn check_core(&self, core: u8) -> Result<(), Error> {
        let cores = self.platform.cores;
        if core < cores { Ok(()) } else { Err(Error::NoCore { core, cores }) }
    }

    fn note_stack(&mut self, request: &InitModule<'_>) {
        let asked = request.memory.unwrap_or_default().stack_bytes;
        let taken = self.platform.stack_for(asked);
        self.log.push(Event::StackTaken { component: request.id, asked, taken });
    }
}
