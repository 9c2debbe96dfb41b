//! A snapshot: plain data that says what a runtime is and has counted, at any time, wherever its modules are.
//!
//! ```text
//!   Runtime::snapshot ─► Runtime, Pipeline, Pipeline, …, Module, Module, …, Ring, Ring, …       one record at a time
//! ```
//!
//! Nothing in it points into the runtime or the program, so that its records can cross to another machine. A module that is
//! out with a job or a pass shows what it had when it left, and says so; what memory it has and how full its rings are is
//! known wherever it is.

use headroom_module::instance::ComponentId;
use headroom_module::schedule::Domain;
use headroom_module::wiring::RingLevel;
use vregion::{PoolUsage, Requester, Statistics};

use crate::instance::Counters;
use crate::{Label, ModuleState, Owner, PipelineState, PortId, SizeFrom};

/// One record of a snapshot. A snapshot is one [`RuntimeSnapshot`] and then any number of the others.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Record {
    /// The runtime as a whole.
    Runtime(RuntimeSnapshot),
    /// A pipeline.
    Pipeline(PipelineSnapshot),
    /// A module instance.
    Module(ModuleSnapshot),
    /// A ring.
    Ring(RingSnapshot),
}

/// A runtime as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuntimeSnapshot {
    /// The tick that was begun last; 0 before the first.
    pub tick: u64,
    /// Declared: microseconds of a tick.
    pub tick_us: u32,
    /// Declared: bytes of the common region.
    pub common_bytes: usize,
    /// Measured: figures of the common region.
    pub common: RegionSnapshot,
    /// Measured: how much of the page pool is in use.
    pub pool: PoolUsage,
    /// Measured: events that were lost because nobody took the older ones.
    pub events_lost: u64,
}

/// A pipeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PipelineSnapshot {
    /// Its id.
    pub id: u8,
    /// 0 runs first in a tick.
    pub priority: u8,
    /// The core of its last module, where that is LL; the others say their own.
    pub core: u8,
    /// Where it is in its life.
    pub state: PipelineState,
    /// Declared: bytes of its region, 0 when it has none.
    pub declared_bytes: usize,
    /// Declared: bytes of stack.
    pub declared_stack: u32,
    /// Measured: figures of its region, if it has one.
    pub region: Option<RegionSnapshot>,
    /// The module whose failure stopped it.
    pub stopped_by: Option<ComponentId>,
}

/// A module instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ModuleSnapshot {
    /// Its id.
    pub id: ComponentId,
    /// Its kind: the name of its row in the module table.
    pub name: Label,
    /// Whether it only stands in for a module that nothing here makes: its memory is what was declared, its audio what
    /// came in.
    pub stand_in: bool,
    /// The pipeline that it belongs to.
    pub pipeline: u8,
    /// Who runs it.
    pub domain: Domain,
    /// The core that runs it.
    pub core: u8,
    /// Where it is in its life.
    pub state: ModuleState,
    /// Whether it is out with a job or a pass: then frames, counters and delay are those that it had when it left.
    pub out: bool,
    /// Whose region it lives in.
    pub owner: Owner,
    /// Declared: bytes of its own region, 0 when it has none.
    pub declared_bytes: usize,
    /// Where that figure came from.
    pub size_from: SizeFrom,
    /// Declared: bytes of stack; what the platform gives for what the message asked.
    pub stack_bytes: u32,
    /// Measured: bytes of its region that it took, with its rings, padding included.
    pub taken_bytes: usize,
    /// Measured: figures of its own region, if it has one.
    pub region: Option<RegionSnapshot>,
    /// Measured: frames taken from its inputs.
    pub frames_in: u64,
    /// Measured: frames given to its outputs.
    pub frames_out: u64,
    /// Measured: what it counted, and for a gateway copier what its device missed.
    pub counters: Counters,
    /// Frames of delay at the output that it adds, as it says itself.
    pub delay_frames: u32,
    /// The scheduler's figures of a DP module.
    pub dp: Option<DpFigures>,
}

/// What the scheduler knows of a DP module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DpFigures {
    /// Microseconds between two of its blocks.
    pub period_us: u32,
    /// Whether its output has reached its consumer yet.
    pub started: bool,
    /// Runs that ended after their deadline.
    pub late_runs: u64,
    /// The least time that was left at the end of a run, negative when late; in virtual time runs take no time.
    pub margin_us: Option<i64>,
}

/// A ring between two modules, or between a gateway copier and the device behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RingSnapshot {
    /// Who writes.
    pub source: RingEnd,
    /// Who reads.
    pub sink: RingEnd,
    /// Measured: how full it is and was, in frames.
    pub level: RingLevel,
    /// Bytes of one frame.
    pub frame_bytes: usize,
}

/// Who is at one end of a ring.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RingEnd {
    /// A port of a module.
    Port(PortId),
    /// The gateway with this IPC4 node id: a device, or whoever stands in its place.
    Gateway(u32),
}

impl RingEnd {
    /// The module there; none outside of a gateway.
    pub fn component(&self) -> Option<ComponentId> {
        match self {
            Self::Port(port) => Some(port.component),
            Self::Gateway(_) => None,
        }
    }
}

/// A region's figures, all measured; bytes unless they say otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegionSnapshot {
    /// The owner's word: a pipeline's id, a module's component id, or 0.
    pub owner: u32,
    /// What it can hold: `requested`, rounded up to pages.
    pub capacity: usize,
    /// What was asked for.
    pub requested: usize,
    /// Sum of the sizes asked for in lifetime blocks, freed ones included.
    pub lifetime_bytes: usize,
    /// Lost between lifetime blocks.
    pub lifetime_padding: usize,
    /// Lifetime blocks made.
    pub lifetime_blocks: u32,
    /// Lifetime blocks freed: their memory stays taken.
    pub lifetime_frees: u32,
    /// Whether the interim heap exists.
    pub sealed: bool,
    /// Lost before the interim heap.
    pub seal_padding: usize,
    /// Size of the interim heap.
    pub interim_capacity: usize,
    /// In use in the interim heap now.
    pub interim_used: usize,
    /// The most that was in use there at once.
    pub interim_peak: usize,
    /// What of `interim_used` is padding.
    pub interim_padding: usize,
    /// What of `interim_peak` was padding.
    pub interim_peak_padding: usize,
    /// Interim blocks in use now.
    pub interim_blocks: u32,
    /// The largest free block of the interim heap.
    pub largest_free: usize,
    /// The most that was free when a request for no more than that was refused.
    pub most_fragmented: usize,
    /// Lifetime requests after the seal.
    pub late_requests: u32,
    /// The first of them.
    pub first_late: Option<Asker>,
    /// Requests refused.
    pub refused: u32,
    /// The last of them.
    pub last_refused: Option<Refused>,
    /// Never touched.
    pub spare: usize,
}

/// Who asked for memory, and for what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asker {
    /// The owner's word, as of [`RegionSnapshot::owner`].
    pub owner: u32,
    /// What the memory was for.
    pub what: Label,
}

/// A request for memory that was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Who asked.
    pub asker: Asker,
    /// Bytes asked for.
    pub bytes: usize,
}

impl From<Requester> for Asker {
    fn from(requester: Requester) -> Self {
        Self { owner: requester.owner, what: Label::new(requester.what) }
    }
}

impl From<Statistics> for RegionSnapshot {
    fn from(of: Statistics) -> Self {
        Self {
            owner: of.owner,
            capacity: of.capacity,
            requested: of.requested,
            lifetime_bytes: of.lifetime_bytes,
            lifetime_padding: of.lifetime_padding,
            lifetime_blocks: of.lifetime_blocks,
            lifetime_frees: of.lifetime_frees,
            sealed: of.sealed,
            seal_padding: of.seal_padding,
            interim_capacity: of.interim_capacity,
            interim_used: of.interim_used,
            interim_peak: of.interim_peak,
            interim_padding: of.interim_padding,
            interim_peak_padding: of.interim_peak_padding,
            interim_blocks: of.interim_blocks,
            largest_free: of.largest_free,
            most_fragmented: of.most_fragmented,
            late_requests: of.late_requests,
            first_late: of.first_late.map(Asker::from),
            refused: of.refused,
            last_refused: of.last_refused.map(|(asker, bytes)| Refused { asker: asker.into(), bytes }),
            spare: of.spare,
        }
    }
}
