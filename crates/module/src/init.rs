//! How a module is made: the row of the table that it comes from, and what its `init` is handed.

use crate::error::ModuleError;
use crate::format::{ComponentId, Domain, Format};
use crate::memory::Lifetime;
use crate::module::{Module, ModuleBox};
use crate::payload::Payload;
use crate::pins::Pins;

/// Makes a module in the memory of `cx`. Called once for each instance, before anything is bound.
pub type Init = for<'m> fn(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError>;

/// The id of a row that makes the modules that no other row of its table makes: stand-ins, which runtimes mark as such.
pub const STAND_IN: u16 = u16::MAX;

/// One row of the module table: who the module is and how it is made.
#[derive(Clone, Copy, Debug)]
pub struct ModuleEntry {
    /// Its name in reports.
    pub name: &'static str,
    /// Its UUID, in the byte order of topology files.
    pub uuid: [u8; 16],
    /// Its id in messages: the index in the firmware's manifest.
    pub module: u16,
    /// How many queues it has.
    pub pins: Pins,
    /// Makes an instance.
    pub init: Init,
}

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
    pub(crate) memory: Lifetime<'m>,
    pub(crate) config: InitConfig<'a>,
}

impl<'a, 'm> InitContext<'a, 'm> {
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
