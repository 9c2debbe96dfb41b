//! Makes a report of a snapshot whose pipelines still existed, and of what only the host knows.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use headroom_runtime::{
    ComponentId, DpFigures, ModuleSnapshot, ModuleState, PipelineSnapshot, PipelineState, PoolUsage,
    RingSnapshot,
};

mod home;
#[cfg(test)]
mod tests;

use self::home::{Home, Names, homes, nonzero};
use crate::number::percent;
use crate::rows::{
    Deadlines, ModuleDeclared, ModuleMeasured, ModuleModelled, ModuleRow, PipelineDeclared, PipelineRow,
    PoolDeclared, PoolMeasured, PoolRow, Port, RingDeclared, RingEnd, RingMeasured, RingRow, RunDeclared,
    RunMeasured, RunRow,
};
use crate::{Execution, Machine, Report, Snapshot, Timing};

/// What only the host knows of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunFigures {
    /// What was run: a file name or a title.
    pub topology: String,
    /// How it was run.
    pub execution: Execution,
    /// Ticks that were run.
    pub ticks: u64,
    /// The streams in and out.
    pub audio: Audio,
    /// Microseconds of the wall clock from the first tick to the last, if the user wants them reported.
    pub wall_us: Option<u64>,
    /// What else to say at the end of the report.
    pub notes: Vec<String>,
}

/// The streams in and out, as the host saw them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Audio {
    /// Frames per second that go in; 0 when nothing does.
    pub input_rate_hz: u32,
    /// Channels that go in.
    pub input_channels: usize,
    /// How the samples that go in lie in memory.
    pub input_samples: String,
    /// Frames that went in.
    pub input_frames: u64,
    /// Frames per second that come out; 0 when nothing does.
    pub output_rate_hz: u32,
    /// Channels that come out.
    pub output_channels: usize,
    /// How the samples that come out lie in memory.
    pub output_samples: String,
    /// Frames that were kept of what came out.
    pub output_frames: u64,
    /// Frames of silence at the output before the first frame of the stream came.
    pub start_up_frames: u64,
    /// Frames cut off the start of the output, for the delay of the modules.
    pub delay_frames_trimmed: u64,
}

impl Report {
    /// Collects what `snapshot` says: one that was taken before its pipelines were reset, which sets counts to 0, or
    /// deleted. `name` says what the topology calls a module; one that it does not know is shown by its driver and id.
    pub fn collect(
        snapshot: &Snapshot,
        run: RunFigures,
        name: impl Fn(ComponentId) -> Option<String>,
    ) -> Self {
        let Snapshot { runtime, pipelines, modules, rings } = snapshot;
        let names = Names::new(modules, name);
        let mut homes = homes(pipelines, modules);
        homes.push(Home::common(runtime));
        let tick_us = runtime.tick_us;
        let audio_us = run.ticks.saturating_mul(tick_us.into());
        let module = |module| module_row(module, &names, &homes);
        Self {
            schema_version: Self::SCHEMA_VERSION,
            execution: run.execution,
            measured_on: Machine::HERE,
            run: run_row(&run, tick_us),
            pipelines: pipelines.iter().map(|pipeline| pipeline_row(pipeline, &names)).collect(),
            modules: modules.iter().map(module).collect(),
            regions: homes.iter().map(|home| home.row(&names, runtime.pool.line_bytes)).collect(),
            rings: rings.iter().map(|ring| ring_row(ring, &names)).collect(),
            pool: pool_row(&runtime.pool),
            timing: run.wall_us.map(|wall_us| Timing::new(wall_us, audio_us)),
            topology: run.topology,
            notes: run.notes,
        }
    }
}

fn run_row(run: &RunFigures, tick_us: u32) -> RunRow {
    let audio = &run.audio;
    RunRow {
        declared: RunDeclared {
            tick_us,
            input_rate_hz: audio.input_rate_hz,
            input_channels: audio.input_channels,
            input_samples: audio.input_samples.clone(),
            output_rate_hz: audio.output_rate_hz,
            output_channels: audio.output_channels,
            output_samples: audio.output_samples.clone(),
        },
        measured: RunMeasured {
            ticks: run.ticks,
            input_frames: audio.input_frames,
            output_frames: audio.output_frames,
            start_up_frames: audio.start_up_frames,
            delay_frames_trimmed: audio.delay_frames_trimmed,
        },
    }
}

fn pipeline_row(pipeline: &PipelineSnapshot, names: &Names) -> PipelineRow {
    PipelineRow {
        id: pipeline.id,
        state: match pipeline.state {
            PipelineState::Init => "init",
            PipelineState::Ready => "ready",
            PipelineState::Prepared => "prepared",
            PipelineState::Paused => "paused",
            PipelineState::Active => "active",
        },
        stopped_by: pipeline.stopped_by.map(|id| names.of(id)),
        declared: PipelineDeclared {
            priority: pipeline.priority,
            region_bytes: pipeline.region.map(|_| pipeline.declared_bytes),
            stack_bytes: nonzero(pipeline.declared_stack),
        },
    }
}

fn module_row(module: &ModuleSnapshot, names: &Names, homes: &[Home]) -> ModuleRow {
    let common = homes.len().saturating_sub(1);
    ModuleRow {
        id: module.id.to_string(),
        name: names.of(module.id),
        driver: module.name.to_string(),
        stand_in: module.stand_in,
        pipeline: module.pipeline,
        domain: if module.dp.is_some() { "DP" } else { "LL" },
        state: match module.state {
            ModuleState::Ready => "ready",
            ModuleState::Prepared => "prepared",
            ModuleState::Paused => "paused",
            ModuleState::Active => "active",
        },
        region: homes.iter().position(|home| home.owner == module.owner).unwrap_or(common),
        declared: ModuleDeclared {
            delay_frames: module.delay_frames,
            stack_bytes: module.dp.map(|_| module.stack_bytes),
            period_us: module.dp.map(|dp| dp.period_us),
        },
        measured: module_measured(module),
        modelled: module.dp.map(|dp| ModuleModelled { deadlines: deadlines(dp) }),
    }
}

fn module_measured(module: &ModuleSnapshot) -> ModuleMeasured {
    ModuleMeasured {
        runs: module.counters.runs,
        frames_in: module.frames_in,
        frames_out: module.frames_out,
        underruns: module.counters.underruns,
        underrun_frames: module.counters.underrun_frames,
        faults: module.counters.faults,
        taken_bytes: module.taken_bytes,
        started: module.dp.map(|dp| dp.started),
    }
}

fn deadlines(dp: DpFigures) -> Deadlines {
    Deadlines { late_runs: dp.late_runs, least_margin_us: dp.margin_us }
}

fn ring_row(ring: &RingSnapshot, names: &Names) -> RingRow {
    let level = ring.level;
    let end = |end| match end {
        headroom_runtime::RingEnd::Port(port) => {
            RingEnd::Port(Port { module: names.of(port.component), queue: port.queue })
        }
        headroom_runtime::RingEnd::Gateway(node) => RingEnd::Gateway { gateway: format!("{node:#x}") },
    };
    RingRow {
        source: end(ring.source),
        sink: end(ring.sink),
        declared: RingDeclared { capacity_frames: level.capacity, frame_bytes: ring.frame_bytes },
        measured: RingMeasured {
            peak_frames: level.peak,
            peak_percent: percent(level.peak, level.capacity),
            end_frames: level.fill,
        },
    }
}

fn pool_row(usage: &PoolUsage) -> PoolRow {
    PoolRow {
        declared: PoolDeclared { page_bytes: usage.page_bytes, pages: usage.pages },
        measured: PoolMeasured {
            regions: usage.regions,
            used_pages: usage.pages.saturating_sub(usage.free_pages),
            peak_pages: usage.peak_pages,
            largest_free_run: usage.largest_run,
        },
    }
}
