//! The contexts: what a module is handed in each phase, and so what it can do there.

use crate::{
    ComponentId, Domain, Format, Input, Interim, Lifetime, Module, ModuleBox, ModuleError, Output, Payload,
    Tick,
};

/// Memory that a message declares for a module, which nothing of it has used yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DeclaredMemory {
    /// Bytes for as long as it lives; all of them where the message does not tell the phases apart.
    pub lifetime_bytes: usize,
    /// Bytes for what comes and goes.
    pub interim_bytes: usize,
}

/// What a module instance is made from.
#[derive(Clone, Copy, Debug)]
pub struct InitConfig<'a> {
    /// Which instance it will be.
    pub id: ComponentId,
    /// Who will run it.
    pub domain: Domain,
    /// Format of its input, from the base configuration.
    pub format: Format,
    /// Bytes of an input block.
    pub input_block: u32,
    /// Bytes of an output block.
    pub output_block: u32,
    /// Microseconds between LL ticks.
    pub tick_us: u32,
    /// Memory that the message declares for it.
    pub declared: DeclaredMemory,
    /// What follows the base configuration: the module's own.
    pub payload: &'a [u8],
    /// Bytes for the module from before the base configuration, if the message has some.
    pub module_data: Option<&'a [u8]>,
}

/// Handed to `init`: the configuration, and memory for the life of the module.
pub struct InitContext<'a, 'm> {
    memory: Lifetime<'m>,
    config: InitConfig<'a>,
}

impl<'a, 'm> InitContext<'a, 'm> {
    /// For a runtime: `config` with the memory that the instance shall live in.
    pub fn new(memory: Lifetime<'m>, config: InitConfig<'a>) -> Self {
        Self { memory, config }
    }

    /// Memory that lasts as long as the module.
    pub fn memory(&self) -> &Lifetime<'m> {
        &self.memory
    }

    /// All that the host said about the instance.
    pub fn config(&self) -> &InitConfig<'a> {
        &self.config
    }

    /// Format of the input.
    pub fn format(&self) -> Format {
        self.config.format
    }

    /// A reader at the start of the module's own payload.
    pub fn payload(&self) -> Payload<'a> {
        Payload::new(self.config.payload)
    }

    /// Puts the finished module into lifetime memory: the last step of every `init`.
    ///
    /// # Errors
    /// [`ModuleError::Memory`] when the region has no room.
    pub fn place<M: Module<'m> + 'm>(&self, module: M) -> Result<ModuleBox<'m>, ModuleError> {
        let block = self.memory.value(module, "module state")?;
        Ok(block.coerce(|module| module as &mut (dyn Module<'m> + 'm)))
    }
}

/// Handed to `prepare`: the bound ports, and memory that the next prepare may give back.
pub struct Prepare<'a, 'm> {
    memory: Interim<'m>,
    /// The inputs, by queue id.
    pub inputs: &'a mut [Input<'m>],
    /// The outputs, by queue id.
    pub outputs: &'a mut [Output<'m>],
}

impl<'a, 'm> Prepare<'a, 'm> {
    /// For a runtime: the ports of a module with memory of its region.
    pub fn new(memory: Interim<'m>, inputs: &'a mut [Input<'m>], outputs: &'a mut [Output<'m>]) -> Self {
        Self { memory, inputs, outputs }
    }

    /// Memory for as long as the caller keeps it, from the interim heap.
    pub fn memory(&self) -> &Interim<'m> {
        &self.memory
    }

    /// Format of the stream at input `queue`.
    ///
    /// # Errors
    /// [`ModuleError::Unbound`] when nothing is bound there.
    pub fn input_format(&self, queue: usize) -> Result<Format, ModuleError> {
        let format = self.inputs.get(queue).and_then(Input::format);
        format.ok_or(ModuleError::Unbound { side: "input", queue })
    }
}

/// Handed to `configure`: interim memory for what a parameter needs.
pub struct Configure<'a, 'm> {
    memory: &'a Interim<'m>,
}

impl<'a, 'm> Configure<'a, 'm> {
    /// For a runtime: memory of the module's region.
    pub fn new(memory: &'a Interim<'m>) -> Self {
        Self { memory }
    }

    /// Memory for as long as the caller keeps it, from the interim heap.
    pub fn memory(&self) -> &Interim<'m> {
        self.memory
    }
}

/// A run in which a mixer had nothing to mix and its host wants to be told, in frames.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MixShortage {
    /// Frames that were mixed.
    pub mixed: u32,
    /// Frames that there was room for.
    pub expected: u32,
}

/// Handed to `process`: the ports and the time, and no memory at all.
pub struct Process<'a, 'm> {
    /// The inputs, by queue id.
    pub inputs: &'a mut [Input<'m>],
    /// The outputs, by queue id.
    pub outputs: &'a mut [Output<'m>],
    tick: Tick,
    underrun_frames: usize,
    mix_shortage: Option<MixShortage>,
}

impl<'a, 'm> Process<'a, 'm> {
    /// For a runtime: the ports of a module, at `tick`.
    pub fn new(inputs: &'a mut [Input<'m>], outputs: &'a mut [Output<'m>], tick: Tick) -> Self {
        Self { inputs, outputs, tick, underrun_frames: 0, mix_shortage: None }
    }

    /// The tick that this run belongs to.
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// Says that `frames` frames were due that were not there; the runtime counts it.
    pub fn underrun(&mut self, frames: usize) {
        self.underrun_frames += frames;
    }

    /// For a runtime: frames that this run said were missing.
    pub fn underrun_frames(&self) -> usize {
        self.underrun_frames
    }

    /// Has the host told that this run had nothing to mix. How often that is worth telling is the mixer's to decide.
    pub fn tell_mix_shortage(&mut self, shortage: MixShortage) {
        self.mix_shortage = Some(shortage);
    }

    /// For a runtime: what this run wants its host to be told.
    pub fn mix_shortage(&self) -> Option<MixShortage> {
        self.mix_shortage
    }
}
