//! The contexts of a module that is made: what it is handed in each phase, and so what it can do there.

use crate::error::ModuleError;
use crate::format::{Format, Tick};
use crate::memory::{Indifferent, Interim};
use crate::notices::{MixShortage, Notice, Said};
use crate::port::{Input, Output};

/// Handed to `prepare`: the bound ports, and memory that the next prepare may give back.
pub struct Prepare<'a, 'm> {
    pub(crate) memory: Interim<'m>,
    /// The inputs, by queue id.
    pub inputs: &'a mut [Input<'m>],
    /// The outputs, by queue id.
    pub outputs: &'a mut [Output<'m>],
}

impl<'a, 'm> Prepare<'a, 'm> {
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
    pub(crate) memory: &'a Indifferent<'m>,
}

impl<'a, 'm> Configure<'a, 'm> {
    /// Memory for as long as the caller keeps it: of a value that comes before the pipeline is complete it is lifetime
    /// memory, and not given back before the region is.
    pub fn memory(&self) -> &Indifferent<'m> {
        self.memory
    }
}

/// Handed to `process`: the ports and the time, and no memory at all.
pub struct Process<'a, 'm> {
    /// The inputs, by queue id.
    pub inputs: &'a mut [Input<'m>],
    /// The outputs, by queue id.
    pub outputs: &'a mut [Output<'m>],
    pub(crate) tick: Tick,
    /// Most runs say nothing, and pay for no more than this.
    pub(crate) said: Option<Said>,
}

impl<'a, 'm> Process<'a, 'm> {
    /// The tick that this run belongs to.
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// Says that `frames` frames were due that were not there; the runtime counts it.
    pub fn underrun(&mut self, frames: usize) {
        self.say().underrun_frames += frames;
    }

    /// Has the host told that this run had nothing to mix. How often that is worth telling is the mixer's to decide.
    pub fn tell_mix_shortage(&mut self, shortage: MixShortage) {
        self.say().mix_shortage = Some(shortage);
    }

    /// Has the host told, once the run is over; of several notices in a run the last one counts.
    pub fn tell(&mut self, notice: Notice) {
        self.say().notice = Some(notice);
    }

    fn say(&mut self) -> &mut Said {
        self.said.get_or_insert_default()
    }
}
