//! The bench: a runtime with the modules that ship, gateways that count their frames, and the wire to talk to it.

use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering::Relaxed};

use headroom_control::{Answer, MAILBOX_BYTES, answer};
use headroom_module::{
    Endpoints, Gateway, GatewayDirection, InitContext, Module, ModuleBox, ModuleError, Process,
};
use headroom_modules::MODULES;
use headroom_runtime::{DpJob, PagePool, Platform, Profile, Runtime};

use super::messages::{PAUSED, RESET, delete, set_state};

pub(crate) const PROFILE: Profile = Profile { max_regions: 16, ..Profile::DESK };

/// Small tables, so that a runtime is made quickly and its limits are near.
pub(crate) const PLATFORM: Platform =
    Platform { common_bytes: 128 * 1024, pipelines: 4, modules: 16, edges: 8, events: 16, ..Platform::DESK };

/// The memory behind a page pool.
pub(crate) struct Arena {
    bytes: Vec<MaybeUninit<u8>>,
    tables: Vec<MaybeUninit<u8>>,
}

impl Arena {
    pub(crate) fn new() -> Self {
        let bytes = vec![MaybeUninit::uninit(); 512 * 1024];
        let tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&PROFILE, bytes.len())];
        Self { bytes, tables }
    }

    pub(crate) fn pool(&mut self) -> PagePool<'_> {
        PagePool::new(PROFILE, &mut self.bytes, &mut self.tables).unwrap()
    }
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
#[derive(Default)]
pub(crate) struct Ends {
    pub(crate) counts: Arc<Counts>,
    /// The tick in which sources fail.
    pub(crate) source_fails_at: Option<u64>,
    /// In which ticks they have nothing.
    pub(crate) dry: Option<fn(u64) -> bool>,
}

/// The constant that sources play, in every four bytes: a quarter of full scale as 32 bits, and no silence as 24 or 16.
pub(crate) const PLAYED: i32 = 0x2010_0000;

struct Source {
    counts: Arc<Counts>,
    rate: u32,
    fails_at: Option<u64>,
    dry: Option<fn(u64) -> bool>,
}

struct Sink {
    counts: Arc<Counts>,
    rate: u32,
    has_heard: bool,
}

impl Endpoints for Ends {
    fn open<'m>(
        &mut self,
        gateway: &Gateway,
        cx: &mut InitContext<'_, 'm>,
    ) -> Result<ModuleBox<'m>, ModuleError> {
        let (counts, rate) = (Arc::clone(&self.counts), gateway.format.rate());
        match gateway.direction {
            GatewayDirection::In => {
                let (fails_at, dry) = (self.source_fails_at, self.dry);
                cx.place(Source { counts, rate, fails_at, dry })
            }
            GatewayDirection::Out => cx.place(Sink { counts, rate, has_heard: false }),
        }
    }
}

impl<'m> Module<'m> for Source {
    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let tick = cx.tick();
        if self.fails_at == Some(tick.index) {
            return Err(ModuleError::Endpoint);
        }
        if self.dry.is_some_and(|dry| dry(tick.index)) {
            return Ok(());
        }
        let due = tick.frames_due(self.rate);
        let output = &mut cx.outputs[0];
        let frames = due.min(output.free());
        let (first, second) = output.bytes_mut(frames);
        for piece in [first, second] {
            piece.chunks_exact_mut(4).for_each(|sample| sample.copy_from_slice(&PLAYED.to_le_bytes()));
        }
        self.counts.played.fetch_add(frames as u64, Relaxed);
        output.commit(frames)?;
        cx.underrun(due - frames);
        Ok(())
    }
}

impl<'m> Module<'m> for Sink {
    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let due = cx.tick().frames_due(self.rate);
        let input = &mut cx.inputs[0];
        let frames = due.min(input.available());
        if let Some(last) = input.bytes(frames).0.last_chunk() {
            self.counts.last.store(i32::from_le_bytes(*last), Relaxed);
        }
        self.counts.heard.fetch_add(frames as u64, Relaxed);
        input.release(frames)?;
        self.has_heard |= frames > 0;
        if self.has_heard {
            cx.underrun(due - frames);
        }
        Ok(())
    }
}

/// A runtime with a wire to it.
pub(crate) struct Bench<'m> {
    pub(crate) runtime: Runtime<'m>,
    /// Bytes of the common region's heap that the runtime itself takes.
    pub(crate) common_at_start: usize,
    mailbox: [u8; MAILBOX_BYTES],
    ticks: u64,
}

impl<'m> Bench<'m> {
    pub(crate) fn new(pool: &'m PagePool<'m>, ends: &'m mut Ends) -> Self {
        Self::on(PLATFORM, pool, ends)
    }

    pub(crate) fn on(platform: Platform, pool: &'m PagePool<'m>, ends: &'m mut Ends) -> Self {
        let runtime = Runtime::new(platform, pool, MODULES, ends).unwrap();
        let common_at_start = runtime.common_region().interim_used;
        Self { runtime, common_at_start, mailbox: [0xA5; MAILBOX_BYTES], ticks: 0 }
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

    /// One LL pass, after which jobs may be taken.
    pub(crate) fn ll_pass(&mut self) {
        self.runtime.tick(self.ticks);
        self.ticks += 1;
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
