//! Who runs DP jobs: this thread, one after the other in virtual time, or a thread for each DP module.
//!
//! ```text
//!   virtual time   LL pass ─ job A ─ job B ─┐ next tick       most urgent first, no time passes
//!   threads        LL pass ─┬ DP:0x20007 ───┼ next tick       each module always on its own thread,
//!                           └ DP:0x30007 ───┘                 the next LL pass waits for all
//! ```
//!
//! DP modules share nothing with each other, and the LL pass does not run while they do, so the audio is the same to
//! the bit either way. A module that panics is lost with its job; the thread stays, and tells.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, Scope};

use headroom_module::instance::ComponentId;
use headroom_runtime::{DpJob, Runtime};

/// Where DP jobs run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Execution {
    /// All on the calling thread, deterministically.
    VirtualTime,
    /// Each DP module on a thread of its own, with the stack that its message asks for.
    Threads,
}

/// What the desk's own code (thread start-up, unwinding, file access below a module) needs of a stack. It comes on top of
/// the module's, so that a module has on the desk what it was promised.
pub const HOST_STACK_BYTES: usize = 256 << 10;

/// Why a job did not come home.
#[derive(Debug)]
pub(crate) enum Lost {
    /// The module panicked.
    Panicked(ComponentId),
    /// There is no thread for it.
    NoThread(ComponentId, std::io::Error),
}

/// Runs the jobs of one tick.
pub(crate) enum Executor<'scope, 'env, 'm> {
    VirtualTime,
    Threads(Threads<'scope, 'env, 'm>),
}

impl<'scope, 'env, 'm: 'scope> Executor<'scope, 'env, 'm> {
    pub(crate) fn new(execution: Execution, scope: &'scope Scope<'scope, 'env>) -> Self {
        match execution {
            Execution::VirtualTime => Self::VirtualTime,
            Execution::Threads => Self::Threads(Threads::new(scope)),
        }
    }

    /// Runs all jobs that are ready, and those that become ready by them. Returns when all are home, or one is lost.
    pub(crate) fn run(&mut self, runtime: &mut Runtime<'m>, now_us: u64) -> Result<(), Lost> {
        match self {
            Self::VirtualTime => {
                while let Some(job) = runtime.next_ready() {
                    runtime.finish(run_once(job)?, now_us);
                }
                Ok(())
            }
            Self::Threads(threads) => threads.run(runtime, now_us),
        }
    }
}

/// Runs `job`. A panic ends here: the module may be anything after it, so it is dropped, and nobody sees it again.
fn run_once(mut job: DpJob<'_>) -> Result<DpJob<'_>, Lost> {
    let component = job.component();
    let run = AssertUnwindSafe(move || {
        job.run();
        job
    });
    catch_unwind(run).map_err(|_| Lost::Panicked(component))
}

/// A thread for each DP module, made when its first job comes.
pub(crate) struct Threads<'scope, 'env, 'm> {
    scope: &'scope Scope<'scope, 'env>,
    workers: BTreeMap<ComponentId, SyncSender<DpJob<'m>>>,
    home: Receiver<Return<'m>>,
    way_home: SyncSender<Return<'m>>,
}

/// A job that was run, or why there is none.
type Return<'m> = Result<DpJob<'m>, Lost>;

/// Jobs on their way home before a worker has to wait; more than there can be DP modules.
const WAY_HOME: usize = 256;

impl<'scope, 'env, 'm: 'scope> Threads<'scope, 'env, 'm> {
    fn new(scope: &'scope Scope<'scope, 'env>) -> Self {
        let (way_home, home) = sync_channel(WAY_HOME);
        Self { scope, workers: BTreeMap::new(), home, way_home }
    }

    fn run(&mut self, runtime: &mut Runtime<'m>, now_us: u64) -> Result<(), Lost> {
        let mut out = 0;
        loop {
            while let Some(job) = runtime.next_ready() {
                self.send(job)?;
                out += 1;
            }
            if out == 0 {
                return Ok(());
            }
            match self.home.recv() {
                Ok(back) => runtime.finish(back?, now_us),
                // This side holds a sender, so there always is one.
                Err(_) => return Ok(()),
            }
            out -= 1;
        }
    }

    fn send(&mut self, job: DpJob<'m>) -> Result<(), Lost> {
        let component = job.component();
        if !self.workers.contains_key(&component) {
            let worker = self.spawn(component, job.stack_bytes())?;
            self.workers.insert(component, worker);
        }
        let sent = self.workers.get(&component).is_some_and(|worker| worker.send(job).is_ok());
        // A worker goes only after a panic.
        if sent { Ok(()) } else { Err(Lost::Panicked(component)) }
    }

    fn spawn(&self, component: ComponentId, stack_bytes: u32) -> Result<SyncSender<DpJob<'m>>, Lost> {
        let (jobs, inbox) = sync_channel::<DpJob<'m>>(1);
        let way_home = self.way_home.clone();
        let stack = HOST_STACK_BYTES + stack_bytes as usize;
        let thread = Builder::new().name(thread_name(component)).stack_size(stack);
        let work = move || {
            for job in inbox {
                // If nobody listens any more, nobody waits either.
                if way_home.send(run_once(job)).is_err() {
                    break;
                }
            }
        };
        thread.spawn_scoped(self.scope, work).map_err(|error| Lost::NoThread(component, error))?;
        Ok(jobs)
    }
}

/// The name of a DP module's thread, as debuggers and thread listings show it.
pub(crate) fn thread_name(component: ComponentId) -> String {
    format!("DP:{component}")
}
