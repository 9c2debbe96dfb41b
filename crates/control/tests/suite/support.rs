//! The bench: a runtime with the modules that ship, devices that count their frames, and the wire to talk to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering::Relaxed};

use headroom_control::{Answer, MAILBOX_BYTES, answer};
use headroom_module::gateway::GatewayDirection;
use headroom_module::{Configure, Module, ModuleBox, ModuleEntry, ModuleError, Pins, Prepare, Process};
use headroom_modules::MODULES;
use headroom_runtime::{DpJob, PagePool, Platform, Profile, Runtime};
use headroom_testbench::Arena;

use super::messages::{PAUSED, RESET, delete, set_state};

pub(crate) const PROFILE: Profile = Profile { max_regions: 16, ..Profile::DESK };

/// Small tables, so that a runtime is made quickly and its limits are near.
pub(crate) const PLATFORM: Platform =
    Platform { common_bytes: 128 * 1024, pipelines: 4, modules: 16, edges: 8, events: 16, ..Platform::DESK };

/// The memory behind a page pool.
pub(crate) fn arena() -> Arena {
    Arena::new(PROFILE, 512 * 1024)
}

/// What crossed the gateways.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) played: AtomicU64,
    pub(crate) heard: AtomicU64,
    /// The last sample that was heard.
    pub(crate) last: AtomicI32,
}

/// Every source plays a constant, every sink listens; both count frames.
pub(crate) struct Ends {
    pub(crate) counts: Arc<Counts>,
    /// In which ticks sources have nothing.
    pub(crate) dry: Option<fn(u64) -> bool>,
    /// The modules that there are.
    pub(crate) rows: Vec<ModuleEntry>,
}

impl Default for Ends {
    fn default() -> Self {
        Self { counts: Arc::default(), dry: None, rows: MODULES.to_vec() }
    }
}

impl Ends {
    /// With a gain that fails in tick 5.
    pub(crate) fn failing() -> Self {
        let rows = MODULES.iter().map(|row| if row.module == FAILING.module { FAILING } else { *row });
        Self { rows: rows.collect(), ..Self::default() }
    }
}

/// The constant that sources play, in every four bytes: a quarter of full scale as 32 bits, and no silence as 24 or 16.
pub(crate) const PLAYED: i32 = 0x2010_0000;

/// What the failing module fails with.
pub(crate) const FAILURE: ModuleError = ModuleError::NoGateway { node: 0xbad };

const FAILING: ModuleEntry = ModuleEntry {
    name: "failing",
    uuid: [6; 16],
    module: 6,
    pins: Pins { inputs: 1, outputs: 1 },
    init: |cx| {
        let gain = MODULES.iter().find(|row| row.module == FAILING.module).unwrap();
        let gain = (gain.init)(cx)?;
        cx.place(Failing(gain))
    },
};

/// A gain until tick 5.
struct Failing<'m>(ModuleBox<'m>);

impl<'m> Module<'m> for Failing<'m> {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        self.0.prepare(cx)
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        if cx.tick().index == 5 { Err(FAILURE) } else { self.0.process(cx) }
    }

    fn configure(
        &mut self,
        cx: &mut Configure<'_, 'm>,
        parameter: u32,
        data: &[u8],
    ) -> Result<(), ModuleError> {
        self.0.configure(cx, parameter, data)
    }

    fn configuration(&self, parameter: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        self.0.configuration(parameter, reply)
    }
}

/// A runtime with a wire to it, and devices at its gateways.
pub(crate) struct Bench<'m> {
    pub(crate) runtime: Runtime<'m>,
    /// Bytes of the common region's heap that the runtime itself takes.
    pub(crate) common_at_start: usize,
    ends: &'m Ends,
    mailbox: [u8; MAILBOX_BYTES],
    ticks: u64,
}

impl<'m> Bench<'m> {
    pub(crate) fn new(pool: &'m PagePool<'m>, ends: &'m Ends) -> Self {
        Self::on(PLATFORM, pool, ends)
    }

    pub(crate) fn on(platform: Platform, pool: &'m PagePool<'m>, ends: &'m Ends) -> Self {
        let runtime = Runtime::new(platform, pool, &ends.rows).unwrap();
        let common_at_start = runtime.common_region().interim_used;
        Self { runtime, common_at_start, ends, mailbox: [0xA5; MAILBOX_BYTES], ticks: 0 }
    }

    /// Sends a message and returns what became of it, and the reply.
    pub(crate) fn send(&mut self, message: &[u8]) -> (Answer, &[u8]) {
        let answer = answer(&mut self.runtime, message, &mut self.mailbox);
        (answer, &self.mailbox[..answer.length])
    }

    /// Sends messages that must all succeed.
    pub(crate) fn send_all(&mut self, messages: &[Vec<u8>]) {
        for message in messages {
            let (answer, _) = self.send(message);
            assert_eq!(answer.reason, None, "{message:02x?}");
        }
    }

    /// The LL passes of a tick, after which jobs may be taken, with the devices before and after them.
    pub(crate) fn ll_pass(&mut self) {
        self.serve(GatewayDirection::In);
        self.runtime.tick(self.ticks);
        self.serve(GatewayDirection::Out);
        self.ticks += 1;
    }

    fn serve(&mut self, way: GatewayDirection) {
        // More than the bench has modules; ticks are watched for memory that they take.
        let mut nodes = [None; 32];
        let here = self.runtime.gateways().filter(|gateway| gateway.direction == way);
        nodes.iter_mut().zip(here).for_each(|(node, gateway)| *node = Some(gateway.node));
        for node in nodes.into_iter().flatten() {
            match way {
                GatewayDirection::In => self.fill(node),
                GatewayDirection::Out => self.drain(node),
            }
        }
    }

    /// A source that has nothing brings nothing; what has no room is lost.
    fn fill(&mut self, node: u32) {
        let mut fill = self.runtime.fill(node, self.ticks).unwrap();
        if self.ends.dry.is_some_and(|dry| dry(self.ticks)) {
            return;
        }
        let (due, frames) = (fill.due(), fill.frames());
        let (first, second) = fill.bytes_mut();
        for piece in [first, second] {
            piece.chunks_exact_mut(4).for_each(|sample| sample.copy_from_slice(&PLAYED.to_le_bytes()));
        }
        self.ends.counts.played.fetch_add(frames as u64, Relaxed);
        fill.lose(due - frames);
        fill.commit(frames).unwrap();
    }

    fn drain(&mut self, node: u32) {
        let counts = &self.ends.counts;
        let mut drain = self.runtime.drain(node, self.ticks).unwrap();
        counts.heard.fetch_add(drain.frames() as u64, Relaxed);
        if let Some(last) = drain.bytes().0.last_chunk() {
            counts.last.store(i32::from_le_bytes(*last), Relaxed);
        }
    }

    /// An LL pass and the DP runs after it.
    pub(crate) fn tick(&mut self) {
        self.ll_pass();
        while let Some(mut job) = self.runtime.next_ready() {
            job.run();
            self.finish(job);
        }
    }

    pub(crate) fn finish(&mut self, job: DpJob<'m>) {
        self.runtime.finish(job, self.ticks * 1000);
    }

    /// Ticks until a DP job can be taken, which the caller has to bring home.
    pub(crate) fn send_away(&mut self) -> DpJob<'m> {
        loop {
            self.ll_pass();
            if let Some(job) = self.runtime.next_ready() {
                return job;
            }
        }
    }

    /// Deletes all pipelines over the wire.
    pub(crate) fn delete_all(&mut self) {
        let ids: Vec<u32> = self.runtime.pipelines().map(|pipeline| pipeline.id.into()).collect();
        for id in ids {
            // One that was never complete and can't be, as it is a circle, refuses these two and can be deleted.
            self.send(&set_state(id, PAUSED));
            self.send(&set_state(id, RESET));
            self.send_all(&[delete(id)]);
        }
        assert_eq!(self.runtime.modules().count() + self.runtime.rings().count(), 0);
    }

    /// Pages and regions in use: what must be as before when all is deleted.
    pub(crate) fn in_use(&self) -> (usize, usize) {
        let usage = self.runtime.pool_usage();
        (usage.pages - usage.free_pages, usage.regions)
    }

    /// All that a refused request must leave as it is.
    pub(crate) fn picture(&self) -> impl PartialEq + std::fmt::Debug + use<'m> {
        let pipelines: Vec<_> = self.runtime.pipelines().map(|it| (it.id, it.state)).collect();
        let modules: Vec<_> = self.runtime.modules().map(|it| (it.id, it.state, it.taken_bytes)).collect();
        let rings: Vec<_> = self.runtime.rings().map(|it| (it.source, it.sink, it.level.fill)).collect();
        let common = self.runtime.common_region();
        (self.in_use(), pipelines, modules, rings, common.lifetime_bytes, common.interim_used)
    }
}
