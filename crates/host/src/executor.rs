//! Who runs DP jobs: this thread, one after the other in virtual time, or a thread for each DP module.
//!
//! ```text
//!   virtual time   LL pass ─ job A ─ job B ─┐ next tick       most urgent first, no time passes
//!   threads        LL pass ─┬ DP:0x20007 ───┼ next tick       each module always on its own thread,
//!                           └ DP:0x30007 ───┘                 the next LL pass waits for all
//! ```
//!
//! DP modules share nothing with each other, and the LL pass does not run while they do, so the audio is the same to
//! the bit either way.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, Scope};

use headroom_module::ComponentId;
use headroom_runtime::{DpJob, Runtime};

use crate::error::Error;

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

    /// Runs all jobs that are ready, and those that become ready by them. Returns when all are home.
    pub(crate) fn run(&mut self, runtime: &mut Runtime<'m>, now_us: u64) -> Result<(), Error> {
        match self {
            Self::VirtualTime => {
                while let Some(mut job) = runtime.next_ready() {
                    job.run();
                    runtime.finish(job, now_us);
                }
                Ok(())
            }
            Self::Threads(threads) => threads.run(runtime, now_us),
        }
    }
}

/// A thread for each DP module, made when its first job comes.
pub(crate) struct Threads<'scope, 'env, 'm> {
    scope: &'scope Scope<'scope, 'env>,
    workers: BTreeMap<ComponentId, SyncSender<DpJob<'m>>>,
    home: Receiver<Return<'m>>,
    way_home: SyncSender<Return<'m>>,
}

/// A job that was run, or the module whose thread died with it.
type Return<'m> = Result<DpJob<'m>, ComponentId>;

/// Jobs on their way home before a worker has to wait; more than there can be DP modules.
const WAY_HOME: usize = 256;

impl<'scope, 'env, 'm: 'scope> Threads<'scope, 'env, 'm> {
    fn new(scope: &'scope Scope<'scope, 'env>) -> Self {
        let (way_home, home) = sync_channel(WAY_HOME);
        Self { scope, workers: BTreeMap::new(), home, way_home }
    }

    fn run(&mut self, runtime: &mut Runtime<'m>, now_us: u64) -> Result<(), Error> {
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
                Ok(Ok(job)) => runtime.finish(job, now_us),
                Ok(Err(component)) => return Err(died(component)),
                Err(_) => return Ok(()),
            }
            out -= 1;
        }
    }

    fn send(&mut self, job: DpJob<'m>) -> Result<(), Error> {
        let component = job.component();
        if !self.workers.contains_key(&component) {
            let worker = self.spawn(component, job.stack_bytes())?;
            self.workers.insert(component, worker);
        }
        let sent = self.workers.get(&component).is_some_and(|worker| worker.send(job).is_ok());
        if sent { Ok(()) } else { Err(died(component)) }
    }

    fn spawn(&self, component: ComponentId, stack_bytes: u32) -> Result<SyncSender<DpJob<'m>>, Error> {
        let (jobs, inbox) = sync_channel::<DpJob<'m>>(1);
        let way_home = self.way_home.clone();
        let stack = HOST_STACK_BYTES + stack_bytes as usize;
        let thread = Builder::new().name(thread_name(component)).stack_size(stack);
        let work = move || {
            let mut alarm = Alarm { component, way_home: Some(way_home.clone()) };
            for mut job in inbox {
                job.run();
                if way_home.send(Ok(job)).is_err() {
                    break;
                }
            }
            alarm.way_home = None;
        };
        thread.spawn_scoped(self.scope, work).map_err(|error| Error::Desk {
            what: format!("no thread for DP module {component}: {error}"),
            help: "run without `--threads`, or ask for a smaller stack_bytes".to_owned(),
        })?;
        Ok(jobs)
    }
}

/// The name of a DP module's thread, as debuggers and thread listings show it.
pub(crate) fn thread_name(component: ComponentId) -> String {
    format!("DP:{component}")
}

fn died(component: ComponentId) -> Error {
    Error::Desk {
        what: format!("the thread of DP module {component} died while it ran the module"),
        help: "the panic message above says where; report it".to_owned(),
    }
}

/// Tells the session when its thread ends by a panic: it would wait for the job for ever.
struct Alarm<'m> {
    component: ComponentId,
    way_home: Option<SyncSender<Return<'m>>>,
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if let Some(way_home) = &self.way_home {
            // If nobody listens any more, nobody waits either.
            let _ = way_home.send(Err(self.component));
        }
    }
}
