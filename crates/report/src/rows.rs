//! The rows of a report: one type for each kind of thing, its figures under the label they belong to.

use alloc::string::String;

use serde::Serialize;

/// The run as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RunRow {
    /// Of the platform and the files.
    pub declared: RunDeclared,
    /// Counted by the host.
    pub measured: RunMeasured,
}

/// What a run was given.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RunDeclared {
    /// Microseconds of a tick.
    pub tick_us: u32,
    /// Frames per second that go in; 0 when nothing does.
    pub input_rate_hz: u32,
    /// Channels that go in.
    pub input_channels: usize,
    /// How the samples that go in lie in memory.
    pub input_samples: String,
    /// Frames per second that come out; 0 when nothing does.
    pub output_rate_hz: u32,
    /// Channels that come out.
    pub output_channels: usize,
    /// How the samples that come out lie in memory.
    pub output_samples: String,
}

/// What went through a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct RunMeasured {
    /// Ticks that were run.
    pub ticks: u64,
    /// Frames that went in.
    pub input_frames: u64,
    /// Frames that were kept of what came out.
    pub output_frames: u64,
    /// Frames of silence at the output before the first frame of the stream came.
    pub start_up_frames: u64,
    /// Frames cut off the start of the output, for the delay of the modules.
    pub delay_frames_trimmed: u64,
}

/// A pipeline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PipelineRow {
    /// Its id.
    pub id: u8,
    /// `init`, `ready`, `prepared`, `paused` or `active`.
    pub state: &'static str,
    /// The module whose failure stopped it.
    pub stopped_by: Option<String>,
    /// What its message declared.
    pub declared: PipelineDeclared,
}

/// What a pipeline's message declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct PipelineDeclared {
    /// 0 runs first in a tick.
    pub priority: u8,
    /// Bytes of its region; absent when its LL modules live in the common one.
    pub region_bytes: Option<usize>,
    /// Bytes of stack; absent when the message leaves it to the platform.
    pub stack_bytes: Option<u32>,
}

/// A module.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ModuleRow {
    /// Its component id, as IPC4 messages and DP thread names write it.
    pub id: String,
    /// What the topology calls it.
    pub name: String,
    /// The kind of module.
    pub driver: String,
    /// Whether it only stands in for a module that nothing here makes: then its memory is what was declared, not what
    /// that module needs, and its audio what came in. Absent when not.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub stand_in: bool,
    /// The id of its pipeline.
    pub pipeline: u8,
    /// `LL` or `DP`.
    pub domain: &'static str,
    /// `ready`, `prepared`, `paused` or `active`.
    pub state: &'static str,
    /// Where its region is in [`Report::regions`](crate::Report#structfield.regions), counted from 0.
    pub region: usize,
    /// What it and its message declared.
    pub declared: ModuleDeclared,
    /// Counted since it was prepared.
    pub measured: ModuleMeasured,
    /// What follows for a DP module from the clock of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modelled: Option<ModuleModelled>,
}

/// What a module and its message declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ModuleDeclared {
    /// Frames of delay at its output, as the module itself states it.
    pub delay_frames: u32,
    /// A DP module's stack in bytes: what the platform gives for what the message asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_bytes: Option<u32>,
    /// A DP module's period in microseconds; it follows from the declared output block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_us: Option<u32>,
}

/// What a module was seen to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ModuleMeasured {
    /// Times that it was run.
    pub runs: u64,
    /// Frames taken from its inputs.
    pub frames_in: u64,
    /// Frames given to its outputs.
    pub frames_out: u64,
    /// Runs in which frames were due that were not there.
    pub underruns: u32,
    /// Frames that were due and not there.
    pub underrun_frames: u64,
    /// Runs that failed.
    pub faults: u32,
    /// Bytes that it took of its region, with its rings, padding included.
    pub taken_bytes: usize,
    /// Whether a DP module's output has reached its consumer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<bool>,
}

/// What follows for a module from virtual time, in which a run takes no time, wherever it is executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ModuleModelled {
    /// How it kept its deadlines.
    pub deadlines: Deadlines,
}

/// How a DP module kept its deadlines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Deadlines {
    /// Runs that ended after their deadline.
    pub late_runs: u64,
    /// The least time in microseconds that was left at the end of a run, negative when late; absent when no run had a
    /// deadline.
    pub least_margin_us: Option<i64>,
}

/// A region.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RegionRow {
    /// The module, the pipeline as `pipeline <id>`, or `common`.
    pub name: String,
    /// Whose it is.
    pub owner: RegionOwner,
    /// What was declared for it.
    pub declared: RegionDeclared,
    /// What became of it.
    pub measured: RegionMeasured,
}

/// Whose a region is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RegionOwner {
    /// A DP module's own.
    Module,
    /// A pipeline's, for all its LL modules.
    Pipeline,
    /// The runtime's, and that of LL modules whose pipeline has none.
    Common,
}

/// What was declared for a region.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct RegionDeclared {
    /// Bytes.
    pub bytes: usize,
    /// Who said so.
    pub from: DeclaredBy,
    /// Bytes of stack of what runs in it; absent when nobody declared any.
    pub stack_bytes: Option<u32>,
}

/// Who declared a size.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DeclaredBy {
    /// The message that made the module or pipeline.
    Message,
    /// The platform, because the message named none.
    Platform,
}

/// What became of a region. `capacity_bytes` is the sum of lifetime, both paddings, interim peak and spare.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RegionMeasured {
    /// What it can hold: the declared bytes, rounded up to pages.
    pub capacity_bytes: usize,
    /// Asked for in lifetime blocks.
    pub lifetime_bytes: usize,
    /// Lost to the alignment of lifetime blocks.
    pub lifetime_padding_bytes: usize,
    /// Lost at the seal, where the interim heap starts on a whole granule.
    pub seal_padding_bytes: usize,
    /// The most that was in use in the interim heap at once, its padding included.
    pub interim_peak_bytes: usize,
    /// In use in the interim heap at the end.
    pub interim_used_bytes: usize,
    /// Never touched.
    pub spare_bytes: usize,
    /// The least declaration that holds all of the above but the spare, in whole cache lines. With an interim heap it is a
    /// lower bound, as a heap without any slack may break up.
    pub needed_bytes: usize,
    /// Lifetime requests made after the seal.
    pub late_requests: u32,
    /// The first of them.
    pub first_late: Option<Asker>,
    /// Requests refused, for whatever reason.
    pub refused_requests: u32,
    /// The last of them.
    pub last_refused: Option<RefusedRequest>,
}

impl RegionMeasured {
    /// Both paddings.
    pub fn padding_bytes(&self) -> usize {
        self.lifetime_padding_bytes.saturating_add(self.seal_padding_bytes)
    }

    /// All that was ever in use: the capacity without the spare.
    pub fn taken_bytes(&self) -> usize {
        self.capacity_bytes.saturating_sub(self.spare_bytes)
    }
}

/// Who asked for memory, and for what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Asker {
    /// The module's name, or its id when it is gone.
    pub module: String,
    /// What the memory was for.
    pub purpose: String,
}

/// A request that was refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RefusedRequest {
    /// The module's name, or its id when it is gone.
    pub module: String,
    /// What the memory was for.
    pub purpose: String,
    /// Bytes asked for.
    pub bytes: usize,
}

/// A ring between two modules, or between a gateway copier and the device behind it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RingRow {
    /// Who writes.
    pub source: RingEnd,
    /// Who reads.
    pub sink: RingEnd,
    /// What follows from the declared blocks.
    pub declared: RingDeclared,
    /// How full it was.
    pub measured: RingMeasured,
}

/// Who is at one end of a ring.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum RingEnd {
    /// A module.
    Port(Port),
    /// A device, or whatever stands in its place.
    Gateway {
        /// The gateway's IPC4 node id, in base 16.
        gateway: String,
    },
}

/// A queue of a module.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Port {
    /// The module's name.
    pub module: String,
    /// Its queue.
    pub queue: u8,
}

/// The size of a ring: it follows from the declared blocks and format.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct RingDeclared {
    /// Frames that fit.
    pub capacity_frames: usize,
    /// Bytes of a frame.
    pub frame_bytes: usize,
}

/// How full a ring was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct RingMeasured {
    /// The most frames that were in it at once.
    pub peak_frames: usize,
    /// `peak_frames` in whole percent of the capacity, rounded down: 100 is full.
    pub peak_percent: u32,
    /// Frames in it at the end.
    pub end_frames: usize,
}

/// The page pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct PoolRow {
    /// Of the platform.
    pub declared: PoolDeclared,
    /// How much of it was used.
    pub measured: PoolMeasured,
}

/// The size of the page pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct PoolDeclared {
    /// Bytes of a page, the unit of regions.
    pub page_bytes: usize,
    /// Pages that there are.
    pub pages: usize,
}

/// How much of the page pool was used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct PoolMeasured {
    /// Regions at the end.
    pub regions: usize,
    /// Pages in regions at the end.
    pub used_pages: usize,
    /// The most pages that regions held at once.
    pub peak_pages: usize,
    /// Pages of the largest region that could still be made at the end.
    pub largest_free_run: usize,
}
