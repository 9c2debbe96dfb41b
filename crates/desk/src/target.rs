//! The runtime that a session drives, reached in no way that could not be one to a chip.
//!
//! ```text
//!   session ── message ──► Target ── reply, events        bytes, and what was said of them
//!           ── audio ────►        ── audio                by node id, a block of whole frames for each tick
//!           ── tick ─────►        ── snapshot             plain data, at any time
//! ```
//!
//! Today it is in this process, with the executor of its DP modules.

use headroom_control::{Reason, answer, notification};
use headroom_ipc4::{Ignored, MAILBOX_BYTES, Notification, Status};
use headroom_module::instance::ComponentId;
use headroom_module::{ModuleEntry, ModuleError};
use headroom_report::Snapshot;
use headroom_runtime::{Drain, Event, Fill, Gateway, PagePool, Platform, PoolUsage, Runtime};

use crate::error::Error;
use crate::executor::{Executor, Lost};

/// A runtime, and who runs its jobs.
pub(crate) struct Target<'scope, 'env, 'm> {
    runtime: Runtime<'m>,
    executor: Executor<'scope, 'env, 'm>,
    mailbox: [u8; MAILBOX_BYTES],
}

/// What a message was answered with.
pub(crate) struct Reply {
    pub(crate) bytes: Vec<u8>,
    pub(crate) status: Status,
    /// The precise reason of a refusal, from the target's log.
    pub(crate) reason: Option<Reason>,
    /// What of the message was not understood.
    pub(crate) ignored: Ignored,
}

/// Something that happened on the target.
pub(crate) struct Happening {
    /// In the words of its log, with component ids.
    pub(crate) said: String,
    /// What a driver is sent of it, if it is.
    pub(crate) notification: Option<Notification>,
    /// The module that failed, if one did, and how.
    pub(crate) fault: Option<(ComponentId, ModuleError)>,
}

impl<'scope, 'env, 'm> Target<'scope, 'env, 'm> {
    /// A runtime with no pipelines.
    ///
    /// # Errors
    /// Its tables don't fit into `pool`.
    pub(crate) fn new(
        platform: Platform,
        pool: &'m PagePool<'m>,
        modules: &'m [ModuleEntry],
        executor: Executor<'scope, 'env, 'm>,
    ) -> Result<Self, headroom_runtime::Error> {
        let runtime = Runtime::new(platform, pool, modules)?;
        Ok(Self { runtime, executor, mailbox: [0; MAILBOX_BYTES] })
    }

    /// Sends a message, and takes the reply to it.
    pub(crate) fn send(&mut self, message: &[u8]) -> Reply {
        let answer = answer(&mut self.runtime, message, &mut self.mailbox);
        let bytes = self.mailbox.get(..answer.length).unwrap_or_default().to_owned();
        Reply { bytes, status: answer.status, reason: answer.reason, ignored: answer.ignored }
    }

    /// The oldest happening that nobody has taken yet.
    pub(crate) fn take_happening(&mut self) -> Option<Happening> {
        let event = self.runtime.take_event()?;
        let fault = match event {
            Event::Fault { component, error } => Some((component, error)),
            _ => None,
        };
        Some(Happening { said: event.to_string(), notification: notification(&event), fault })
    }

    /// The gateways that there are, in the order of their making.
    pub(crate) fn gateways(&self) -> impl Iterator<Item = Gateway> + '_ {
        self.runtime.gateways()
    }

    /// What a device may bring in tick `tick`, before it.
    pub(crate) fn fill(&mut self, node: u32, tick: u64) -> Result<Fill<'_, 'm>, headroom_runtime::Error> {
        self.runtime.fill(node, tick)
    }

    /// What a device takes in tick `tick`, after its LL passes.
    pub(crate) fn drain(&mut self, node: u32, tick: u64) -> Result<Drain<'_, 'm>, headroom_runtime::Error> {
        self.runtime.drain(node, tick)
    }

    /// The LL passes of tick `index`.
    pub(crate) fn tick(&mut self, index: u64) {
        self.runtime.tick(index);
    }

    /// What the runtime is and has counted, now.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, Error> {
        Snapshot::new(self.runtime.snapshot()).map_err(|error| Error::Desk {
            what: error.to_string(),
            help: "this is a fault of Headroom; report it".to_owned(),
        })
    }

    pub(crate) fn platform(&self) -> &Platform {
        self.runtime.platform()
    }

    /// How much of its page pool is in use.
    pub(crate) fn pool_usage(&self) -> PoolUsage {
        self.runtime.pool_usage()
    }

    /// Happenings that were lost because nobody took the older ones.
    pub(crate) fn lost_happenings(&self) -> u64 {
        self.runtime.events_lost()
    }
}

impl<'scope, 'm: 'scope> Target<'scope, '_, 'm> {
    /// Runs the DP modules that are ready after the LL passes of tick `index`.
    ///
    /// # Errors
    /// A job did not come home.
    pub(crate) fn run_jobs(&mut self, index: u64) -> Result<(), Lost> {
        let now_us = index.saturating_mul(self.runtime.platform().tick_us.into());
        self.executor.run(&mut self.runtime, now_us)
    }
}
