//! An LL pass of one core: a job that owns the modules that it runs, for as long as the graph stays.
//!
//! ```text
//!   take_pass ──► LlPass [ module, module, … ] ──► finish_pass
//!                            └ next ─► LlStep ─ run, one after the other
//! ```

use headroom_module::Block;
use headroom_module::instance::ComponentId;
use headroom_module::schedule::Tick;
use vregion::{AllocError, Placement, Region};

use crate::instance::{Instance, News};

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
    /// None while the core has no LL module.
    steps: Option<Steps<'m>>,
    len: usize,
    /// The step that comes next.
    at: usize,
    /// Steps that have something to tell.
    pub(crate) news: usize,
    /// The pipeline of the last one that failed.
    failed: Option<u8>,
}

/// The table of a pass.
pub(crate) type Steps<'m> = Block<'m, [Option<Member<'m>>]>;

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
    pub(crate) news: Option<News>,
}

/// What somebody may want to know of a run.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    pub(crate) component: ComponentId,
    pub(crate) pipeline: u8,
    pub(crate) news: News,
}

impl<'m> LlPass<'m> {
    pub(crate) fn new(core: u8) -> Self {
        let tick = Tick { index: 0, period_us: 0 };
        Self { core, tick, steps: None, len: 0, at: 0, news: 0, failed: None }
    }

    /// A table for `most` modules.
    pub(crate) fn table(region: &Region<'m>, most: usize) -> Result<Steps<'m>, AllocError> {
        region.slice_from_fn(Placement::Indifferent, most, |_| None, "LL pass")
    }

    /// Works with another table from now on; only of use while there is no module in it.
    pub(crate) fn set_table(&mut self, steps: Option<Steps<'m>>) {
        self.steps = steps;
    }

    /// Gives the table up, with all places that are empty by now.
    pub(crate) fn clear(&mut self) {
        (self.steps, self.len, self.at) = (None, 0, 0);
    }

    fn steps(&self) -> &[Option<Member<'m>>] {
        self.steps.as_deref().unwrap_or_default()
    }

    fn steps_mut(&mut self) -> &mut [Option<Member<'m>>] {
        self.steps.as_deref_mut().unwrap_or_default()
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
            let runs = self.steps().get(n).filter(|_| n < self.len)?;
            let runs = runs.as_ref().is_some_and(|member| !member.stopped && member.instance.is_some());
            self.at = n + 1;
            if runs {
                return Some(LlStep { pass: self, n });
            }
        }
    }

    /// Where the next module stands in the order of all cores.
    pub(crate) fn next_rank(&self) -> Option<u16> {
        let rest = self.steps().get(self.at..self.len)?;
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
        self.steps().iter().take(self.len).flatten()
    }

    pub(crate) fn member(&self, step: u16) -> Option<&Member<'m>> {
        self.steps().get(usize::from(step))?.as_ref()
    }

    pub(crate) fn member_mut(&mut self, step: u16) -> Option<&mut Member<'m>> {
        self.steps_mut().get_mut(usize::from(step))?.as_mut()
    }

    /// Adds a module behind the others; says which step it is.
    pub(crate) fn push(&mut self, member: Member<'m>) -> u16 {
        let step = self.len;
        if let Some(free) = self.steps_mut().get_mut(step) {
            *free = Some(member);
            self.len += 1;
        }
        step as u16
    }

    /// Takes a module out for good.
    pub(crate) fn take(&mut self, step: u16) -> Option<Member<'m>> {
        self.steps_mut().get_mut(usize::from(step))?.take()
    }

    /// Takes the last module out.
    pub(crate) fn pop(&mut self) -> Option<Option<Member<'m>>> {
        self.len = self.len.checked_sub(1)?;
        let last = self.len;
        self.steps_mut().get_mut(last).map(Option::take)
    }

    /// The pipeline of a module that has failed since this was last asked.
    pub(crate) fn take_failed(&mut self) -> Option<u8> {
        self.failed.take()
    }

    /// Lets the modules of a pipeline rest that would come yet. What runs is gathered anew before the next tick then.
    pub(crate) fn stop(&mut self, pipeline: u8) {
        let at = self.at;
        let rest = self.steps_mut().iter_mut().skip(at).flatten();
        rest.filter(|member| member.pipeline == pipeline).for_each(|member| member.stopped = true);
    }

    /// Calls `hear` with what each module has to tell, in the order of the run. O(1) when there is nothing.
    pub(crate) fn tell(&mut self, mut hear: impl FnMut(Told)) {
        if core::mem::take(&mut self.news) == 0 {
            return;
        }
        for member in self.steps_mut().iter_mut().flatten() {
            if let Some(news) = member.news.take() {
                hear(Told { component: member.component, pipeline: member.pipeline, news });
            }
        }
    }

    /// Runs all modules that come yet, one after the other.
    pub(crate) fn run_rest(&mut self) {
        while let Some((n, news)) = self.run_to_news() {
            self.keep(n, news);
        }
    }

    /// Runs what comes yet, up to the first module that has news: says which step that was.
    fn run_to_news(&mut self) -> Option<(usize, News)> {
        let (at, tick) = (self.at, self.tick);
        self.at = self.len;
        let len = self.len;
        for (n, member) in self.steps_mut().get_mut(..len)?.iter_mut().enumerate().skip(at) {
            let Some(member) = member.as_mut().filter(|member| !member.stopped) else { continue };
            let Some(instance) = &mut member.instance else { continue };
            if let Some(news) = instance.process(tick) {
                self.at = n + 1;
                return Some((n, news));
            }
        }
        None
    }

    /// Keeps what a step has to tell. When it failed, the modules of its pipeline that come yet rest.
    #[cold]
    fn keep(&mut self, n: usize, news: News) {
        let Some(member) = self.steps_mut().get_mut(n).and_then(Option::as_mut) else { return };
        if !news.is_worth_telling() {
            return;
        }
        member.news = Some(news);
        let failed = news.outcome.err().map(|_| member.pipeline);
        self.news += 1;
        if let Some(pipeline) = failed {
            self.failed = failed;
            self.stop(pipeline);
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
        let member = self.pass.steps().get(self.n).and_then(Option::as_ref);
        member.map_or(ComponentId::new(0, 0), |member| member.component)
    }

    /// The core that it runs on.
    pub fn core(&self) -> u8 {
        self.pass.core
    }

    /// Runs it once. When it fails, the modules of its pipeline that would come after it in this pass rest.
    pub fn run(self) {
        let Self { pass, n } = self;
        let tick = pass.tick;
        let Some(member) = pass.steps_mut().get_mut(n).and_then(Option::as_mut) else { return };
        let Some(instance) = &mut member.instance else { return };
        if let Some(news) = instance.process(tick) {
            pass.keep(n, news);
        }
    }
}
