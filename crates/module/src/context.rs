//! The contexts: what a module is handed in each phase, and so what it can do there.

use core::fmt;

use crate::{
    ComponentId, Domain, Format, Indifferent, Input, Interim, Lifetime, Module, ModuleBox, ModuleError,
    Output, Payload, Tick,
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

/// Handed to `configure`: memory for what a parameter needs, whatever phase its region is in.
pub struct Configure<'a, 'm> {
    memory: &'a Indifferent<'m>,
}

impl<'a, 'm> Configure<'a, 'm> {
    /// For a runtime: memory of the module's region.
    pub fn new(memory: &'a Indifferent<'m>) -> Self {
        Self { memory }
    }

    /// Memory for as long as the caller keeps it: of a value that comes before the pipeline is complete it is lifetime
    /// memory, and not given back before the region is.
    pub fn memory(&self) -> &Indifferent<'m> {
        self.memory
    }
}

/// What a module tells its host unasked.
///
/// SOF's modules send the payload of a kcontrol for this, with its number in the event (`sof_ipc4_notify_module_data`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notice {
    /// A control has a new value that the module found itself: an angle that it listens to, a word that it heard.
    ControlChanged {
        /// The parameter that reads it: that of switches or of enumerations.
        parameter: u32,
        /// Which of its kind, from 0.
        index: u16,
        /// Of which channel.
        channel: u32,
        /// What it is now.
        value: u32,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::ControlChanged { parameter, index, channel, value } = *self;
        write!(f, "control {index} of parameter {parameter} is {value} now on channel {channel}")
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
    notice: Option<Notice>,
}

impl<'a, 'm> Process<'a, 'm> {
    /// For a runtime: the ports of a module, at `tick`.
    pub fn new(inputs: &'a mut [Input<'m>], outputs: &'a mut [Output<'m>], tick: Tick) -> Self {
        Self { inputs, outputs, tick, underrun_frames: 0, mix_shortage: None, notice: None }
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

    /// For a runtime: the shortage that this run wants its host to be told.
    pub fn mix_shortage(&self) -> Option<MixShortage> {
        self.mix_shortage
    }
    /// Has the host told, once the run is over; of several notices in a run the last one counts.
    pub fn tell(&mut self, notice: Notice) {
        self.notice = Some(notice);
    }

    /// For a runtime: what this run wants its host to be told.
    pub fn notice(&self) -> Option<Notice> {
        self.notice
    }
}
