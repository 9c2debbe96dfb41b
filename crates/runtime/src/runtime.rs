//! The runtime itself: its tables, the LL passes of a tick and the DP runs that follow them.

use headroom_module::memory::{Interim, Lifetime};
use headroom_module::schedule::Tick;
use headroom_module::{ModuleEntry, wiring};
use vregion::{PagePool, PoolUsage, Region};

use crate::dp::DpPhase;
use crate::event::Log;
use crate::graph::{Graph, Pipeline, SeatMemory};
use crate::lane::Lane;
use crate::mail::Mail;
use crate::pass::Told;
use crate::schedule::{self, Deadline};
use crate::state::{ModuleState, PipelineState};
use crate::{DpJob, Error, Event, LlPass, Owner, Platform};

/// Runs pipelines of modules: LL modules in every tick, DP modules when they are ready.
///
/// It owns no thread and reads no clock. Its caller calls [`tick`](Self::tick) once a period, then executes the jobs that
/// [`next_ready`](Self::next_ready) hands out, wherever it likes, and brings them home with [`finish`](Self::finish). Where
/// LL modules shall run on several cores, or be watched one by one, it takes a tick apart: [`begin_tick`](Self::begin_tick),
/// then [`take_pass`](Self::take_pass) and [`finish_pass`](Self::finish_pass) for each core.
pub struct Runtime<'m> {
    pub(crate) platform: Platform,
    pub(crate) pool: &'m PagePool<'m>,
    pub(crate) modules: &'m [ModuleEntry],
    pub(crate) common: Region<'m>,
    pub(crate) graph: Graph<'m>,
    pub(crate) log: Log<'m>,
    pub(crate) mail: Mail<'m>,
    pub(crate) sequence: u32,
    pub(crate) now: Tick,
    /// Passes of this tick that have not come home yet.
    passes_left: u8,
}

impl<'m> Runtime<'m> {
    /// A runtime with no pipelines that makes the modules of a table, whose own tables take `platform.common_bytes` of
    /// `pool`.
    ///
    /// # Errors
    /// [`Error::Region`] or [`Error::Tables`] when they don't fit.
    pub fn new(
        platform: Platform,
        pool: &'m PagePool<'m>,
        modules: &'m [ModuleEntry],
    ) -> Result<Self, Error> {
        let no_region = |error| Error::Region { owner: Owner::Common, error };
        let common = pool.region(0, platform.common_bytes).map_err(no_region)?;
        let graph = Graph::new(&common, &platform).map_err(Error::Tables)?;
        let log = Log::new(&common, platform.events).map_err(Error::Tables)?;
        common.seal();
        let now = Tick { index: 0, period_us: platform.tick_us };
        let mail = Mail::default();
        Ok(Self { platform, pool, modules, common, graph, log, mail, sequence: 0, now, passes_left: 0 })
    }

    /// What this runtime runs on.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// How much of the page pool is in use.
    pub fn pool_usage(&self) -> PoolUsage {
        self.pool.usage()
    }

    /// The oldest event that nobody has taken yet.
    pub fn take_event(&mut self) -> Option<Event> {
        self.log.pop()
    }

    /// Events that were lost because nobody took the older ones.
    pub fn events_lost(&self) -> u64 {
        self.log.dropped()
    }

    /// The LL passes of a tick: every running LL module once, whichever its core, in the order of the run; then DP modules
    /// may be taken by [`next_ready`](Self::next_ready). Allocates nothing. O(modules that run + edges of DP modules).
    ///
    /// It is the convenience of those who run everything in one place: it runs every core's pass that is here, where it is.
    /// Where audio goes from a core to another, it is heard in the same tick as on one.
    pub fn tick(&mut self, index: u64) {
        self.begin_tick(index);
        if self.passes_left > 1 {
            self.interleave();
        }
        for core in 0..self.graph.lanes_used {
            let Some(lane) = self.graph.lanes.get_mut(core).filter(|lane| lane.due) else { continue };
            lane.due = false;
            let Some(pass) = &mut lane.pass else { continue };
            pass.run_rest();
            let tick = pass.tick();
            self.pass_is_home(core, tick);
        }
    }

    /// Begins a tick that is taken apart: its passes wait for [`take_pass`](Self::take_pass).
    ///
    /// A pass of an earlier tick that is still out does not run in this one.
    pub fn begin_tick(&mut self, index: u64) {
        if self.passes_left > 0 {
            self.end_passes();
        }
        self.now = Tick { index, period_us: self.platform.tick_us };
        self.graph.gather();
        self.graph.update_flows();
        self.open_borders();
        self.passes_left = self.graph.begin_passes(self.now);
        if self.passes_left == 0 {
            self.end_passes();
        }
    }

    /// A core's LL pass of this tick, once; `None` when nothing runs there, or it is out. O(modules of the pass).
    pub fn take_pass(&mut self, core: u8) -> Option<LlPass<'m>> {
        let lane = self.graph.lanes.get_mut(usize::from(core)).filter(|lane| lane.due)?;
        let pass = lane.pass.take()?;
        lane.due = false;
        for member in pass.members() {
            let figures = member.instance.as_ref().map(|instance| instance.figures());
            if let Some((seat, figures)) = self.graph.seat_mut(member.seat.into()).zip(figures) {
                seat.left = figures;
            }
        }
        Some(pass)
    }

    /// Brings a pass home. What its modules had to tell is logged, and what was set meanwhile is told to them, so that
    /// their next run knows it.
    pub fn finish_pass(&mut self, pass: LlPass<'m>) {
        let (core, tick) = (usize::from(pass.core()), pass.tick());
        let Some(lane) = self.graph.lanes.get_mut(core) else { return };
        lane.pass = Some(pass);
        self.pass_is_home(core, tick);
    }

    fn pass_is_home(&mut self, core: usize, tick: Tick) {
        let has_news = |lane: &mut Lane<'m>| lane.pass.take_if(|pass| pass.news > 0);
        if let Some(pass) = self.graph.lanes.get_mut(core).and_then(has_news) {
            self.hear(pass);
        }
        if self.mail.anything_waits() {
            self.deliver_to_core(core);
        }
        if tick == self.now && self.passes_left > 0 {
            self.passes_left -= 1;
            if self.passes_left == 0 {
                self.end_passes();
            }
        }
    }

    /// What the modules of a pass have to tell, which is in no lane meanwhile.
    #[cold]
    fn hear(&mut self, mut pass: LlPass<'m>) {
        let core = usize::from(pass.core());
        let Self { graph, log, .. } = self;
        pass.tell(|told| note_ll(graph, log, &told));
        if let Some(lane) = self.graph.lanes.get_mut(core) {
            lane.pass = Some(pass);
        }
    }

    fn deliver_to_core(&mut self, core: usize) {
        for index in 0..self.graph.seats.len() {
            if self.graph.seat(index).is_some_and(|seat| usize::from(seat.core) == core) {
                self.deliver_mail(index);
            }
        }
    }

    /// Steps through the passes of all cores as if they were one.
    fn interleave(&mut self) {
        while let Some(pass) = self.graph.next_pass() {
            pass.next().into_iter().for_each(|step| step.run());
            if let Some(pipeline) = pass.take_failed() {
                // It may have modules on other cores.
                self.graph.stop(pipeline);
            }
        }
    }

    /// After the LL passes of a tick. A pipeline that holds does not use up its start delay.
    fn end_passes(&mut self) {
        self.passes_left = 0;
        for n in 0..self.graph.dp.len() {
            let index = usize::from(self.graph.dp[n]);
            let Some(seat) = self.graph.seat_mut(index) else { continue };
            seat.dp.start = seat.dp.start.after_ll_pass();
            seat.dp.stalled = false;
        }
    }

    /// What an LL module or a device may take from a DP module in this tick: one block, or nothing while the start is held
    /// back.
    fn open_borders(&mut self) {
        for n in 0..self.graph.borders.len() {
            let border = self.graph.borders[n];
            let Some(start) = self.graph.seat(border.source.into()).map(|seat| seat.dp.start) else {
                continue;
            };
            let sink = self.graph.instance_mut(border.sink.into());
            if let Some(input) = sink.and_then(|sink| sink.inputs.get_mut(usize::from(border.sink_queue))) {
                let block = input.block_frames();
                wiring::set_quota(input, Some(start.quota(block)));
            }
        }
        for n in 0..self.graph.dp.len() {
            let Some(seat) = self.graph.seat_mut(self.graph.dp[n].into()) else { continue };
            if let Some(outer) = &mut seat.outer {
                outer.open(seat.dp.start);
            }
        }
    }

    /// The most urgent DP module that is ready, as a job that owns it; `None` when no other is. O(DP modules).
    ///
    /// A module is offered again in the same tick while its runs move audio, so the number of jobs is bounded by what
    /// the rings hold.
    pub fn next_ready(&mut self) -> Option<DpJob<'m>> {
        let mut best: Option<(usize, Deadline)> = None;
        for n in 0..self.graph.dp.len() {
            let index = usize::from(self.graph.dp[n]);
            let Some(due) = self.due(index) else { continue };
            if best.is_none_or(|(_, least)| due.is_more_urgent_than(least)) {
                best = Some((index, due));
            }
        }
        let (index, deadline) = best?;
        let (tick, tick_us) = (self.now, self.platform.tick_us);
        let seat = self.graph.seat_mut(index)?;
        let instance = seat.instance.take()?;
        seat.left = instance.figures();
        seat.dp.phase = DpPhase::Running;
        seat.dp.start = seat.dp.start.on_run(seat.dp.period_us, tick_us);
        Some(DpJob {
            seat: index,
            component: seat.id,
            core: seat.core,
            tick,
            deadline,
            stack_bytes: seat.memory.stack_bytes,
            moved_before: seat.left.frames_in + seat.left.frames_out,
            was_run: false,
            news: None,
            instance,
        })
    }

    /// By when a run of a DP module that begins now must be done; `None` when it can't run.
    fn due(&mut self, index: usize) -> Option<Deadline> {
        let seat = self.graph.seats.get_mut(index)?.as_mut()?;
        if seat.dp.phase != DpPhase::Queued || seat.dp.stalled {
            return None;
        }
        let time_left = seat.instance.as_mut()?.readiness()?;
        let now_us = self.now.index.saturating_mul(u64::from(self.now.period_us));
        Some(schedule::deadline(now_us, seat.dp.start, seat.dp.period_us, time_left))
    }

    /// Brings a job home that finished at `now_us`. A job that was not run counts as one that moved nothing. What was set
    /// meanwhile is told to the module here, so that its next run knows it.
    pub fn finish(&mut self, job: DpJob<'m>, now_us: u64) {
        let moved = job.moved();
        let DpJob { instance, seat: index, component, deadline, news, .. } = job;
        let Some(seat) = self.graph.seat_mut(index) else { return };
        seat.instance = Some(instance);
        seat.dp.finish(deadline, now_us, moved);
        if let Some(news) = news {
            let told = Told { component, pipeline: seat.pipeline, news };
            note(&self.graph, &mut self.log, &told);
        }
        if self.mail.anything_waits() {
            self.deliver_mail(index);
        }
    }

    /// Memory of the kind that `init` is handed, from the module's region.
    pub(crate) fn lifetime(memory: &SeatMemory<'m>) -> Lifetime<'m> {
        match memory.owner {
            Owner::Common => wiring::lifetime_in_heap(memory.region.clone()),
            Owner::Pipeline(_) | Owner::Module(_) => wiring::lifetime(memory.region.clone()),
        }
    }

    /// Memory of the kind that `prepare` is handed, from the module's region.
    pub(crate) fn interim(memory: &SeatMemory<'m>) -> Interim<'m> {
        wiring::interim(memory.region.clone())
    }
}

/// Logs what of a run somebody may want to know.
#[cold]
fn note(graph: &Graph<'_>, log: &mut Log<'_>, told: &Told) {
    let Told { component, pipeline, news } = *told;
    if let Some(shortage) = news.said.mix_shortage {
        let expected_end = graph.pipeline(pipeline).is_ok_and(Pipeline::is_ending);
        log.push(Event::MixShortage { component, pipeline, expected_end, shortage });
    }
    if let Some(notice) = news.said.notice {
        log.push(Event::Noticed { component, notice });
    }
    if let Err(error) = news.outcome {
        log.push(Event::Fault { component, error });
    }
}

/// As [`note`]; an LL module that failed stops its pipeline: half of a stream is worse than none. The first that is told
/// of is the one that stopped it; modules of passes that were out can fail after it.
fn note_ll(graph: &mut Graph<'_>, log: &mut Log<'_>, told: &Told) {
    note(graph, log, told);
    if told.news.outcome.is_err() {
        let earlier = graph.pipeline(told.pipeline).ok().and_then(|pipeline| pipeline.stopped_by);
        graph.enter(told.pipeline, PipelineState::Paused, ModuleState::Paused);
        if let Ok(stopped) = graph.pipeline_mut(told.pipeline) {
            stopped.stopped_by = earlier.or(Some(told.component));
        }
    }
}
