//! A module with its ports, in one block of its region: what an LL pass runs and what travels to a DP thread.

use core::ops::{Deref, DerefMut};

use headroom_module::instance::ComponentId;
use headroom_module::memory::Lifetime;
use headroom_module::schedule::Tick;
use headroom_module::wiring::{self, Said};
use headroom_module::{Input, ModuleBox, ModuleError, Output, Pins};
use vregion::{AllocError, Block};

use crate::schedule::{Deadline, PortLevel};

/// A module and all that running it touches.
pub(crate) struct Instance<'m> {
    pub(crate) module: ModuleBox<'m>,
    pub(crate) inputs: Row<'m, Input<'m>>,
    pub(crate) outputs: Row<'m, Output<'m>>,
    pub(crate) counters: Counters,
}

/// The ports on one side of a module; a source has none on the other, and an empty block does not exist.
pub(crate) struct Row<'m, T>(Option<Block<'m, [T]>>);

impl<'m, T: Default> Row<'m, T> {
    fn make(memory: &Lifetime<'m>, ports: u8, what: &'static str) -> Result<Self, AllocError> {
        let block = match ports {
            0 => None,
            ports => Some(memory.slice_from_fn(ports.into(), |_| T::default(), what)?),
        };
        Ok(Self(block))
    }
}

impl<T> Deref for Row<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl<T> DerefMut for Row<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.0.as_deref_mut().unwrap_or_default()
    }
}

/// What an instance counts since it was prepared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Times that it was run.
    pub runs: u64,
    /// Runs in which frames were due that were not there.
    pub underruns: u32,
    /// Frames that were due and not there.
    pub underrun_frames: u64,
    /// Runs that failed.
    pub faults: u32,
}

impl Counters {
    /// Counts a run that had `missing` frames too few, and its faults.
    fn count(&mut self, missing: usize, faults: u32) {
        self.underruns += u32::from(missing > 0);
        self.underrun_frames += missing as u64;
        self.faults += faults;
    }
}

/// What a module has to show, as far as it is known only where the module is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) frames_in: u64,
    pub(crate) frames_out: u64,
    pub(crate) counters: Counters,
    pub(crate) delay_frames: u32,
}

/// What came of a run that failed, or in which the module said something.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct News {
    /// Whether it failed, and how.
    pub(crate) outcome: Result<(), ModuleError>,
    /// What it said.
    pub(crate) said: Said,
}

impl News {
    /// Whether it is more than what is counted.
    pub(crate) fn is_worth_telling(&self) -> bool {
        self.outcome.is_err() || self.said.mix_shortage.is_some() || self.said.notice.is_some()
    }
}

/// Bytes of region memory that the runtime itself takes for a module, its padding included.
///
/// Three blocks: the instance and its two rows of ports. A region must at least hold these.
pub(crate) const fn own_bytes(pins: Pins) -> usize {
    const fn block(bytes: usize, alignment: usize) -> usize {
        bytes.next_multiple_of(alignment)
    }
    block(size_of::<Instance<'_>>(), align_of::<Instance<'_>>())
        + block(size_of::<Input<'_>>() * pins.inputs as usize, align_of::<Input<'_>>())
        + block(size_of::<Output<'_>>() * pins.outputs as usize, align_of::<Output<'_>>())
}

impl<'m> Instance<'m> {
    pub(crate) fn make(
        module: ModuleBox<'m>,
        pins: Pins,
        memory: &Lifetime<'m>,
    ) -> Result<Block<'m, Self>, AllocError> {
        let inputs = Row::make(memory, pins.inputs, "input ports")?;
        let outputs = Row::make(memory, pins.outputs, "output ports")?;
        memory.value(Self { module, inputs, outputs, counters: Counters::default() }, "module instance")
    }

    /// Runs the module once; most runs have no news.
    pub(crate) fn process(&mut self, tick: Tick) -> Option<News> {
        let mut context = wiring::process(&mut self.inputs, &mut self.outputs, tick);
        let outcome = self.module.process(&mut context);
        self.counters.runs += 1;
        if outcome.is_ok() && wiring::is_silent(&context) {
            return None;
        }
        let said = wiring::said(&context);
        self.counters.count(said.underrun_frames, outcome.is_err().into());
        Some(News { outcome, said })
    }

    pub(crate) fn figures(&self) -> Figures {
        Figures {
            frames_in: self.frames_in(),
            frames_out: self.frames_out(),
            counters: self.counters,
            delay_frames: self.module.delay_frames(),
        }
    }

    fn frames_in(&self) -> u64 {
        self.inputs.iter().map(Input::frames).sum()
    }

    fn frames_out(&self) -> u64 {
        self.outputs.iter().map(Output::frames).sum()
    }

    pub(crate) fn frames_moved(&self) -> u64 {
        self.frames_in() + self.frames_out()
    }

    /// Whether the rules let it run, and if so the microseconds until the first of its consumers runs dry.
    pub(crate) fn readiness(&mut self) -> Option<Option<u64>> {
        let rule = self.module.readiness();
        let counts = self.outputs_that_count();
        let ready = crate::schedule::is_ready(rule, self.levels(&counts));
        ready.then(|| self.time_left_us(&counts))
    }

    /// What the readiness rule looks at: the level of every bound input and of every output that counts.
    fn levels(&mut self, counts: &impl Fn(&Output<'m>) -> bool) -> impl Iterator<Item = PortLevel> {
        let inputs = self.inputs.iter_mut().filter(|input| wiring::input_level(input).is_some());
        let outputs = self.outputs.iter_mut().filter(move |output| counts(output));
        inputs
            .map(|input| PortLevel { frames: input.available(), block: input.block_frames() })
            .chain(outputs.map(|output| PortLevel { frames: output.free(), block: output.block_frames() }))
    }

    /// Microseconds until the first of the consumers runs dry.
    fn time_left_us(&self, counts: &impl Fn(&Output<'m>) -> bool) -> Option<u64> {
        let left = |output: &Output<'m>| {
            let (level, format) = (wiring::output_level(output)?, output.format()?);
            crate::schedule::time_left_us(level.fill, format.rate())
        };
        self.outputs.iter().filter(|output| counts(output)).filter_map(left).min()
    }

    /// Which outputs the rules ask: the bound ones whose reader runs. With none of those all bound ones, so that a module
    /// fills what is before it and then waits.
    fn outputs_that_count(&self) -> impl Fn(&Output<'m>) -> bool + use<'m> {
        let any_open = self.outputs.iter().any(Output::is_open);
        move |output| if any_open { output.is_open() } else { wiring::output_level(output).is_some() }
    }

    /// Empties what comes in and starts all counts anew.
    pub(crate) fn restart(&mut self) {
        self.inputs.iter_mut().for_each(wiring::restart_input);
        self.outputs.iter_mut().for_each(wiring::restart_output);
        self.counters = Counters::default();
    }
}

/// One run of a DP module, on its way to whoever executes it.
///
/// It owns the module: nobody else can touch it until [`finish`](crate::Runtime::finish) brings it home. So no lock is
/// needed, and it can run on any thread. A job that never comes home keeps its module busy for good.
#[must_use = "a module stays busy until its job is finished"]
pub struct DpJob<'m> {
    pub(crate) instance: Block<'m, Instance<'m>>,
    pub(crate) seat: usize,
    pub(crate) component: ComponentId,
    pub(crate) core: u8,
    pub(crate) tick: Tick,
    pub(crate) deadline: Deadline,
    pub(crate) stack_bytes: u32,
    /// Frames that had moved when it left.
    pub(crate) moved_before: u64,
    pub(crate) was_run: bool,
    pub(crate) news: Option<News>,
}

impl DpJob<'_> {
    /// Which module this runs; its thread is called `DP:` and this id.
    pub fn component(&self) -> ComponentId {
        self.component
    }

    /// By when it has to be done.
    pub fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// Bytes of stack that the module was promised.
    pub fn stack_bytes(&self) -> u32 {
        self.stack_bytes
    }

    /// The core that the module was made for.
    pub fn core(&self) -> u8 {
        self.core
    }

    /// Runs the module once. What comes of it goes home with the job.
    pub fn run(&mut self) {
        self.news = self.instance.process(self.tick);
        self.was_run = true;
    }

    /// Frames that its run moved; none when it failed, or was not run.
    pub(crate) fn moved(&self) -> u64 {
        let is_good = self.news.is_none_or(|news| news.outcome.is_ok());
        if self.was_run && is_good {
            self.instance.frames_moved().saturating_sub(self.moved_before)
        } else {
            0
        }
    }
}
