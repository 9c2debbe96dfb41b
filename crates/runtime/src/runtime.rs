//! The runtime itself: its tables, the LL pass of a tick and the DP runs that follow it.

use headroom_module::{ComponentId, Domain, Endpoints, Interim, Lifetime, ModuleEntry, Tick, wiring};
use vregion::{PagePool, PoolUsage, Region};

use crate::dp::DpPhase;
use crate::event::Log;
use crate::graph::{Graph, Pipeline, Seat, SeatMemory};
use crate::instance::Run;
use crate::mail::Mail;
use crate::schedule::{self, Deadline};
use crate::state::{ModuleState, PipelineState};
use crate::watch::Verdict;
use crate::{DpJob, Error, Event, Owner, Platform};

/// Runs pipelines of modules: LL modules in every tick, DP modules when they are ready.
///
/// It owns no thread and reads no clock. Its caller calls [`tick`](Self::tick) once a period, then executes the jobs that
/// [`next_ready`](Self::next_ready) hands out, wherever it likes, and brings them home with [`finish`](Self::finish).
pub struct Runtime<'m> {
    pub(crate) platform: Platform,
    pub(crate) pool: &'m PagePool<'m>,
    pub(crate) drivers: &'m [ModuleEntry],
    pub(crate) endpoints: &'m mut (dyn Endpoints + 'm),
    pub(crate) common: Region<'m>,
    pub(crate) graph: Graph<'m>,
    pub(crate) log: Log<'m>,
    pub(crate) mail: Mail<'m>,
    pub(crate) sequence: u32,
    now: Tick,
}

impl<'m> Runtime<'m> {
    /// A runtime with no pipelines, whose tables take `platform.common_bytes` of `pool`.
    ///
    /// # Errors
    /// [`Error::Region`] or [`Error::Tables`] when they don't fit.
    pub fn new(
        platform: Platform,
        pool: &'m PagePool<'m>,
        drivers: &'m [ModuleEntry],
        endpoints: &'m mut (dyn Endpoints + 'm),
    ) -> Result<Self, Error> {
        let no_region = |error| Error::Region { owner: Owner::Common, error };
        let common = pool.region(0, platform.common_bytes).map_err(no_region)?;
        let graph = Graph::new(&common, &platform).map_err(Error::Tables)?;
        let log = Log::new(&common, platform.events).map_err(Error::Tables)?;
        common.seal();
        let now = Tick { index: 0, period_us: platform.tick_us };
        Ok(Self {
            platform,
            pool,
            drivers,
            endpoints,
            common,
            graph,
            log,
            mail: Mail::default(),
            sequence: 0,
            now,
        })
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

    /// One LL pass: every running LL module once, in order; then DP modules may be taken by
    /// [`next_ready`](Self::next_ready). Allocates nothing. O(modules + edges).
    pub fn tick(&mut self, index: u64) {
        self.now = Tick { index, period_us: self.platform.tick_us };
        self.graph.update_flows();
        self.open_borders();
        for n in 0..self.graph.ordered() {
            self.run_ll(self.graph.nth(n));
        }
        // A pipeline that holds does not use up its start delay.
        let runs = |seat: &&mut Seat<'m>| seat.domain == Domain::Dp && seat.state == ModuleState::Active;
        for seat in self.graph.seats.iter_mut().flatten().filter(runs) {
            seat.dp.start = seat.dp.start.after_ll_pass();
            seat.dp.stalled = false;
        }
    }

    /// What an LL module may take from a DP module in this tick: one block, or nothing while the start is held back.
    fn open_borders(&mut self) {
        for n in 0..self.graph.edges.len() {
            let Some(edge) = self.graph.edges[n] else { continue };
            let Some(source) = self.graph.seat(edge.source) else { continue };
            if source.domain == Domain::Ll {
                continue;
            }
            let start = source.dp.start;
            let sink = self.graph.seat_mut(edge.sink).and_then(|seat| seat.instance.as_mut());
            if let Some(input) = sink.and_then(|sink| sink.inputs.get_mut(usize::from(edge.sink_queue))) {
                let block = input.block_frames();
                wiring::set_quota(input, Some(start.quota(block)));
            }
        }
    }

    fn run_ll(&mut self, index: usize) {
        let now = self.now;
        let Some(seat) = self.graph.seat_mut(index) else { return };
        let (component, pipeline) = (seat.id, seat.pipeline);
        if seat.state != ModuleState::Active {
            return;
        }
        let Some(run) = seat.instance.as_mut().map(|instance| instance.run(now)) else { return };
        self.note(index, &run);
        if run.outcome.is_err() {
            self.rest(pipeline, component);
        }
    }

    /// Logs what of a run somebody may want to know.
    fn note(&mut self, index: usize, run: &Run) {
        let Some(seat) = self.graph.seat_mut(index) else { return };
        let (component, pipeline) = (seat.id, seat.pipeline);
        if let Some(watch) = &mut seat.watch
            && watch.after_run(run.missing) == Verdict::Tell
        {
            let (copier, node, direction) = (component.copier(), watch.node, watch.direction);
            self.log.push(Event::GatewayMissed { copier, pipeline, node, direction });
        }
        if let Some(shortage) = run.shortage {
            let expected_end = self.graph.pipeline(pipeline).is_ok_and(Pipeline::is_ending);
            self.log.push(Event::MixShortage { component, pipeline, expected_end, shortage });
        }
        if let Err(error) = run.outcome {
            self.log.push(Event::Fault { component, error });
        }
    }

    /// A failed LL module stops its pipeline: half of a stream is worse than none.
    fn rest(&mut self, pipeline: u8, component: ComponentId) {
        self.graph.enter(pipeline, PipelineState::Paused, ModuleState::Paused);
        if let Ok(stopped) = self.graph.pipeline_mut(pipeline) {
            stopped.stopped_by = Some(component);
        }
    }

    /// The most urgent DP module that is ready, as a job that owns it; `None` when no other is. O(modules).
    ///
    /// A module is offered again in the same tick while its runs move audio, so the number of jobs is bounded by what
    /// the rings hold.
    pub fn next_ready(&mut self) -> Option<DpJob<'m>> {
        let now_us = self.now.index.saturating_mul(u64::from(self.now.period_us));
        let mut best: Option<(usize, Deadline)> = None;
        for (index, place) in self.graph.seats.iter_mut().enumerate() {
            let Some(seat) = place else { continue };
            if seat.dp.phase != DpPhase::Queued || seat.dp.stalled || seat.state != ModuleState::Active {
                continue;
            }
            let Some(instance) = seat.instance.as_mut() else { continue };
            let rule = instance.module.readiness();
            if !schedule::is_ready(rule, instance.levels()) {
                continue;
            }
            let due = schedule::deadline(now_us, seat.dp.start, seat.dp.period_us, instance.time_left_us());
            if best.is_none_or(|(_, least)| due.is_more_urgent_than(least)) {
                best = Some((index, due));
            }
        }
        best.and_then(|(index, deadline)| self.take_job(index, deadline))
    }

    fn take_job(&mut self, index: usize, deadline: Deadline) -> Option<DpJob<'m>> {
        let (tick, tick_us) = (self.now, self.platform.tick_us);
        let seat = self.graph.seat_mut(index)?;
        let instance = seat.instance.take()?;
        seat.dp.phase = DpPhase::Running;
        seat.dp.start = seat.dp.start.on_run(seat.dp.period_us, tick_us);
        let (component, stack_bytes) = (seat.id, seat.memory.stack_bytes);
        Some(DpJob { instance, seat: index, component, tick, deadline, stack_bytes, outcome: None })
    }

    /// Brings a job home that finished at `now_us`. A job that was not run counts as one that moved nothing. What was set
    /// meanwhile is told to the module here, so that its next run knows it.
    pub fn finish(&mut self, job: DpJob<'m>, now_us: u64) {
        let Some(seat) = self.graph.seats.get_mut(job.seat).and_then(Option::as_mut) else { return };
        seat.instance = Some(job.instance);
        let moved = job.outcome.map_or(0, |run| run.outcome.unwrap_or(0));
        seat.dp.finish(job.deadline, now_us, moved);
        if let Some(run) = job.outcome {
            self.note(job.seat, &run);
        }
        self.deliver_mail(job.seat);
    }

    /// Memory of the kind that `init` is handed, from the module's region.
    pub(crate) fn lifetime(memory: &SeatMemory<'m>) -> Lifetime<'m> {
        match memory.owner {
            Owner::Common => Lifetime::indifferent(memory.region.clone()),
            Owner::Pipeline(_) | Owner::Module(_) => Lifetime::new(memory.region.clone()),
        }
    }

    /// Memory of the kind that `prepare` and configuration are handed, from the module's region.
    pub(crate) fn interim(memory: &SeatMemory<'m>) -> Interim<'m> {
        Interim::new(memory.region.clone())
    }
}
