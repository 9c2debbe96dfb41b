//! An LL pass of one core: a job that owns the modules that it runs, for as long as the graph stays.
//!
//! ```text
//!   take_pass ──► LlPass [ module, module, … ] ──► finish_pass
//!                            └ next ─► LlStep ─ run, one after the other
//! ```

use headroom_module::instance::ComponentId;
use headroom_module::notice::{MixShortage, Notice};
use headroom_module::schedule::Tick;
use headroom_module::{Block, ModuleError};
use vregion::{AllocError, Placement, Region};

use crate::instance::Instance;

/// One LL pass of one core, on its way to whoever executes it.
///
/// It owns its modules: nobody else can touch them until [`finish_pass`](crate::Runtime::finish_pass) brings it home. So
/// no lock is needed, and passes of two cores can run on two threads. One that never comes home keeps its modules busy
/// for good.
///
/// ```
/// # fn run(mut pass: headroom_runtime::LlPass<'_>) -> headroom_runtime::LlPass<'_> {
/// while let Some(step) = pass.next() {
///     step.run();
/// }
/// # pass
/// # }
/// ```
#[must_use = "modules stay busy until their pass is finished"]
pub struct LlPass<'m> {
    core: u8,
    pub(crate) tick: Tick,
    steps: Block<'m, [Option<Member<'m>>]>,
    len: usize,
    /// The step that comes next.
    at: usize,
    /// Steps that have something to tell.
    pub(crate) news: usize,
    /// The pipeline of the last one that failed.
    failed: Option<u8>,
}

/// A module of a pass, with what a run of it has to tell.
pub(crate) struct Member<'m> {
    /// Empty while a verb has it.
    pub(crate) instance: Option<Block<'m, Instance<'m>>>,
    pub(crate) component: ComponentId,
    pub(crate) pipeline: u8,
    pub(crate) seat: u16,
    /// Its number in the order of all cores.
    pub(crate) rank: u16,
    /// A module of its pipeline failed in this pass: half of a stream is worse than none.
    pub(crate) stopped: bool,
    pub(crate) shortage: Option<MixShortage>,
    pub(crate) notice: Option<Notice>,
    pub(crate) fault: Option<ModuleError>,
}

/// What somebody may want to know of a run.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    pub(crate) component: ComponentId,
    pub(crate) pipeline: u8,
    pub(crate) shortage: Option<MixShortage>,
    pub(crate) notice: Option<Notice>,
    pub(crate) fault: Option<ModuleError>,
}

impl<'m> LlPass<'m> {
    pub(crate) fn new(region: &Region<'m>, core: u8, most: usize) -> Result<Self, AllocError> {
        let steps = region.slice_from_fn(Placement::Lifetime, most.max(1), |_| None, "LL pass")?;
        Ok(Self { core, tick: Tick { index: 0, period_us: 0 }, steps, len: 0, at: 0, news: 0, failed: None })
    }

    /// The core that it is for.
    pub fn core(&self) -> u8 {
        self.core
    }

    /// The tick that it is of.
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// The next module, in the order of the run. One that is not run then rests in this tick.
    #[expect(clippy::should_implement_trait, reason = "a step borrows the pass, as no iterator's item can")]
    pub fn next(&mut self) -> Option<LlStep<'_, 'm>> {
        loop {
            let n = self.at;
            let runs = self.steps.get(n).filter(|_| n < self.len)?;
            let runs = runs.as_ref().is_some_and(|member| !member.stopped && member.instance.is_some());
            self.at = n + 1;
            if runs {
                return Some(LlStep { pass: self, n });
            }
        }
    }

    /// Where the next module stands in the order of all cores.
    pub(crate) fn next_rank(&self) -> Option<u16> {
        let rest = self.steps.get(self.at..self.len)?;
        rest.iter().flatten().find(|member| !member.stopped).map(|member| member.rank)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Makes it ready for another tick.
    pub(crate) fn rewind(&mut self, tick: Tick) {
        (self.tick, self.at, self.failed) = (tick, 0, None);
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &Member<'m>> {
        self.steps.iter().take(self.len).flatten()
    }

    pub(crate) fn member(&self, step: u16) -> Option<&Member<'m>> {
        self.steps.get(usize::from(step))?.as_ref()
    }

    pub(crate) fn member_mut(&mut self, step: u16) -> Option<&mut Member<'m>> {
        self.steps.get_mut(usize::from(step))?.as_mut()
    }

    /// Adds a module behind the others; says which step it is.
    pub(crate) fn push(&mut self, member: Member<'m>) -> u16 {
        let step = self.len;
        if let Some(free) = self.steps.get_mut(step) {
            *free = Some(member);
            self.len += 1;
        }
        step as u16
    }

    /// Takes a module out for good.
    pub(crate) fn take(&mut self, step: u16) -> Option<Member<'m>> {
        self.steps.get_mut(usize::from(step))?.take()
    }

    /// Takes the last module out.
    pub(crate) fn pop(&mut self) -> Option<Option<Member<'m>>> {
        self.len = self.len.checked_sub(1)?;
        self.steps.get_mut(self.len).map(Option::take)
    }

    /// The pipeline of a module that has failed since this was last asked.
    pub(crate) fn take_failed(&mut self) -> Option<u8> {
        self.failed.take()
    }

    /// Lets the modules of a pipeline rest that would come yet. What runs is gathered anew before the next tick then.
    pub(crate) fn stop(&mut self, pipeline: u8) {
        let rest = self.steps.iter_mut().skip(self.at).flatten();
        rest.filter(|member| member.pipeline == pipeline).for_each(|member| member.stopped = true);
    }

    /// Calls `hear` with what each module has to tell, in the order of the run. O(1) when there is nothing.
    pub(crate) fn tell(&mut self, mut hear: impl FnMut(Told)) {
        if core::mem::take(&mut self.news) == 0 {
            return;
        }
        for member in self.steps.iter_mut().flatten() {
            let (component, pipeline) = (member.component, member.pipeline);
            let (shortage, notice) = (member.shortage.take(), member.notice.take());
            let fault = member.fault.take();
            if shortage.is_some() || notice.is_some() || fault.is_some() {
                hear(Told { component, pipeline, shortage, notice, fault });
            }
        }
    }
}

/// A module whose turn it is.
#[must_use = "a module that is not run rests in this tick"]
pub struct LlStep<'a, 'm> {
    pass: &'a mut LlPass<'m>,
    n: usize,
}

impl LlStep<'_, '_> {
    /// Which module it is.
    pub fn component(&self) -> ComponentId {
        let member = self.pass.steps[self.n].as_ref();
        member.map_or(ComponentId::new(0, 0), |member| member.component)
    }

    /// The core that it runs on.
    pub fn core(&self) -> u8 {
        self.pass.core
    }

    /// Runs it once. When it fails, the modules of its pipeline that would come after it in this pass rest.
    pub fn run(self) {
        let Self { pass, n } = self;
        let Some(member) = &mut pass.steps[n] else { return };
        let Some(instance) = &mut member.instance else { return };
        let run = instance.process(pass.tick);
        if run.outcome.is_ok() && run.said.mix_shortage.is_none() && run.said.notice.is_none() {
            return;
        }
        (member.shortage, member.notice) = (run.said.mix_shortage, run.said.notice);
        member.fault = run.outcome.err();
        let failed = member.fault.map(|_| member.pipeline);
        pass.news += 1;
        if let Some(pipeline) = failed {
            pass.failed = failed;
            pass.stop(pipeline);
        }
    }
}
