//! A snapshot as a whole: the records that a runtime gave one by one, or a reader of its bytes, sorted by kind.

use alloc::vec::Vec;
use core::fmt;

use headroom_runtime::{ModuleSnapshot, PipelineSnapshot, Record, RingSnapshot, RuntimeSnapshot};

/// What a runtime is and has counted at one moment, as plain data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// The runtime as a whole.
    pub runtime: RuntimeSnapshot,
    /// Pipelines, in the order of the runtime's table: that of their making, as far as no place was used again.
    pub pipelines: Vec<PipelineSnapshot>,
    /// Modules, in that order.
    pub modules: Vec<ModuleSnapshot>,
    /// Rings: those behind gateways, then those between modules.
    pub rings: Vec<RingSnapshot>,
}

/// Records that are no whole snapshot: that of the runtime itself is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Incomplete;

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the snapshot has no record of the runtime itself; take it again, from its first record on",
        )
    }
}

impl core::error::Error for Incomplete {}

impl Snapshot {
    /// Sorts `records`; O(records).
    ///
    /// # Errors
    /// [`Incomplete`]: they don't begin where a snapshot does.
    pub fn new(records: impl IntoIterator<Item = Record>) -> Result<Self, Incomplete> {
        let (mut pipelines, mut modules, mut rings) = (Vec::new(), Vec::new(), Vec::new());
        let mut whole = None;
        for record in records {
            match record {
                Record::Runtime(runtime) => whole = Some(runtime),
                Record::Pipeline(pipeline) => pipelines.push(pipeline),
                Record::Module(module) => modules.push(module),
                Record::Ring(ring) => rings.push(ring),
            }
        }
        Ok(Self { runtime: whole.ok_or(Incomplete)?, pipelines, modules, rings })
    }
}
