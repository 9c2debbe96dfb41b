//! The report: plain data, and its two written forms.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::rows::{ModuleRow, PipelineRow, PoolRow, RegionRow, RingRow, RunRow};

/// What a run declared, measured and modelled.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    /// Version of the JSON: it goes up when a key goes away or changes its meaning.
    pub schema_version: u32,
    /// What was run.
    pub topology: String,
    /// How it was run.
    pub execution: Execution,
    /// Where all that is labelled measured was measured.
    pub measured_on: Machine,
    /// The run as a whole.
    pub run: RunRow,
    /// Pipelines, in the order of the runtime's table: that of their making, as far as no place was used again.
    pub pipelines: Vec<PipelineRow>,
    /// Modules, in that order.
    pub modules: Vec<ModuleRow>,
    /// Regions: those of pipelines and DP modules, and the common one last.
    pub regions: Vec<RegionRow>,
    /// Rings: those behind gateways, then those between modules, each in that order.
    pub rings: Vec<RingRow>,
    /// The page pool that all regions come from.
    pub pool: PoolRow,
    /// Wall-clock figures; absent unless the user asked, because they differ from run to run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
    /// What the host has to say besides.
    pub notes: Vec<String>,
}

impl Report {
    /// The `schema_version` that this crate writes.
    pub const SCHEMA_VERSION: u32 = 2;

    /// The report as indented JSON, its keys in the order of declaration, with a newline at the end.
    ///
    /// # Errors
    /// `serde_json`'s, which these types give no cause for: all keys are strings and nothing is written out.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut json = serde_json::to_string_pretty(self)?;
        json.push('\n');
        Ok(json)
    }
}

/// How DP modules ran.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum Execution {
    /// All on one thread.
    #[serde(rename = "virtual time")]
    VirtualTime,
    /// Each DP module on a thread of its own.
    #[serde(rename = "threads")]
    Threads,
}

impl Execution {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::VirtualTime => "in virtual time",
            Self::Threads => "on threads",
        }
    }
}

/// What is known of the machine that the run was measured on: sizes of what holds pointers follow from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Machine {
    /// Bits of a pointer.
    pub pointer_bits: u32,
}

impl Machine {
    /// The machine that this code was compiled for.
    pub const HERE: Self = Self { pointer_bits: usize::BITS };
}

/// Wall-clock figures, all measured.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Timing {
    /// What was measured.
    pub measured: WallClock,
}

/// How long a run took.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct WallClock {
    /// Microseconds of the wall clock from the first tick to the last.
    pub wall_us: u64,
    /// Ticks times their length, in microseconds.
    pub audio_us: u64,
    /// `audio_us` over `wall_us`, cut to hundredths; absent when `wall_us` is 0.
    pub times_real_time: Option<f64>,
}

impl Timing {
    /// A run of `audio_us` microseconds of audio that took `wall_us`.
    pub fn new(wall_us: u64, audio_us: u64) -> Self {
        let hundredths = (u128::from(audio_us) * 100).checked_div(wall_us.into());
        let times_real_time = hundredths.map(|hundredths| hundredths as f64 / 100.0);
        Self { measured: WallClock { wall_us, audio_us, times_real_time } }
    }
}
