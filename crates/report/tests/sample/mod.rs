//! Reports made by hand: a run in virtual time in which all went well, and one on threads in which nothing did.

use headroom_report::rows::*;
use headroom_report::{Execution, Machine, Report, Timing};

/// 44.1 kHz -> copier -> DP SRC -> gain -> copier -> 48 kHz.
pub(crate) fn healthy() -> Report {
    let mut report = unnumbered();
    let ids = ["0x4", "0x7", "0x6", "0x10004"];
    report.modules.iter_mut().zip(ids).for_each(|(module, id)| module.id = id.into());
    report.modules[2].driver = "gain".into();
    report
}

fn unnumbered() -> Report {
    Report {
        schema_version: Report::SCHEMA_VERSION,
        topology: "chirp.toml".into(),
        execution: Execution::VirtualTime,
        measured_on: Machine { pointer_bits: 64 },
        run: RunRow {
            declared: RunDeclared {
                tick_us: 1_000,
                input_rate_hz: 44_100,
                input_channels: 2,
                input_samples: "S16".into(),
                output_rate_hz: 48_000,
                output_channels: 2,
                output_samples: "S32".into(),
            },
            measured: RunMeasured {
                ticks: 1_021,
                input_frames: 44_100,
                output_frames: 48_000,
                start_up_frames: 528,
                delay_frames_trimmed: 39,
            },
        },
        pipelines: vec![pipeline(1, Some(16_384), Some(8_192)), pipeline(2, None, None)],
        modules: vec![
            ll("host", 1, 0, [44_100, 44_100], 4_800),
            src(),
            ll("gain", 2, 2, [48_567, 48_567], 1_088),
            ll("dai", 2, 2, [48_567, 48_567], 3_200),
        ],
        regions: vec![
            region("pipeline 1", RegionOwner::Pipeline, (16_384, 16_384), [4_712, 88, 0, 11_584]),
            region("src", RegionOwner::Module, (24_576, 24_576), [13_064, 248, 0, 11_264]),
            common(),
        ],
        rings: vec![
            ring(RingEnd::Gateway { gateway: "0x0".into() }, "host", [441, 89, 0]),
            ring(RingEnd::Port(port("host")), "src", [1_323, 882, 441]),
        ],
        pool: PoolRow {
            declared: PoolDeclared { page_bytes: 4_096, pages: 1_024 },
            measured: PoolMeasured { regions: 3, used_pages: 266, peak_pages: 266, largest_free_run: 758 },
        },
        timing: None,
        notes: vec![],
    }
}

/// The same on threads, with everything gone wrong that can.
pub(crate) fn troubled() -> Report {
    let mut report = healthy();
    report.execution = Execution::Threads;
    report.timing = Some(Timing::new(83_456, 1_021_000));
    report.notes = vec!["out.wav was cut to the length of the input.".into()];
    report.pipelines[1].state = "paused";
    report.pipelines[1].stopped_by = Some("gain".into());
    let src = &mut report.modules[1];
    let deadlines = Deadlines { late_runs: 3, least_margin_us: Some(-1_250) };
    src.modelled = Some(ModuleModelled { deadlines });
    src.measured.started = Some(false);
    let gain = &mut report.modules[2].measured;
    (gain.underruns, gain.underrun_frames, gain.faults) = (2, 96, 1);
    let asker = |purpose: &str| Asker { module: "src".into(), purpose: purpose.into() };
    let measured = &mut report.regions[1].measured;
    (measured.interim_peak_bytes, measured.spare_bytes) = (1_024, 10_240);
    (measured.late_requests, measured.first_late) = (4, Some(asker("delay line")));
    measured.refused_requests = 1;
    measured.last_refused =
        Some(RefusedRequest { module: "src".into(), purpose: "coefficients".into(), bytes: 32_768 });
    let pipeline = &mut report.regions[0];
    pipeline.declared.bytes = 4_096;
    pipeline.measured.capacity_bytes = 8_192;
    pipeline.measured.spare_bytes = 3_392;
    report.regions[2].measured.spare_bytes -= 970_000;
    report.regions[2].measured.interim_peak_bytes += 970_000;
    report
}

fn pipeline(id: u8, region_bytes: Option<usize>, stack_bytes: Option<u32>) -> PipelineRow {
    let declared = PipelineDeclared { priority: id - 1, region_bytes, stack_bytes };
    PipelineRow { id, state: "active", stopped_by: None, declared }
}

fn ll(name: &str, pipeline: u8, region: usize, frames: [u64; 2], taken_bytes: usize) -> ModuleRow {
    ModuleRow {
        id: String::new(),
        name: name.into(),
        driver: "copier".into(),
        stand_in: false,
        pipeline,
        domain: "LL",
        state: "active",
        region,
        declared: ModuleDeclared { delay_frames: 0, stack_bytes: None, period_us: None },
        measured: ModuleMeasured {
            runs: 1_021,
            frames_in: frames[0],
            frames_out: frames[1],
            underruns: 0,
            underrun_frames: 0,
            faults: 0,
            taken_bytes,
            started: None,
        },
        modelled: None,
    }
}

fn src() -> ModuleRow {
    let mut src = ll("src", 1, 1, [44_100, 48_000], 13_312);
    (src.driver, src.domain) = ("src".into(), "DP");
    src.declared = ModuleDeclared { delay_frames: 39, stack_bytes: Some(4_096), period_us: Some(10_000) };
    (src.measured.runs, src.measured.started) = (100, Some(true));
    let deadlines = Deadlines { late_runs: 0, least_margin_us: Some(9_000) };
    src.modelled = Some(ModuleModelled { deadlines });
    src
}

/// `parts`: lifetime, its padding, interim peak, spare.
pub(crate) fn region(
    name: &str,
    owner: RegionOwner,
    (bytes, capacity_bytes): (usize, usize),
    parts: [usize; 4],
) -> RegionRow {
    let [lifetime_bytes, lifetime_padding_bytes, interim_peak_bytes, spare_bytes] = parts;
    let needed = lifetime_bytes.saturating_add(lifetime_padding_bytes).saturating_add(interim_peak_bytes);
    RegionRow {
        name: name.into(),
        owner,
        declared: RegionDeclared { bytes, from: DeclaredBy::Message, stack_bytes: Some(4_096) },
        measured: RegionMeasured {
            capacity_bytes,
            lifetime_bytes,
            lifetime_padding_bytes,
            seal_padding_bytes: 0,
            interim_peak_bytes,
            interim_used_bytes: 0,
            spare_bytes,
            needed_bytes: needed.checked_next_multiple_of(64).unwrap_or(usize::MAX),
            late_requests: 0,
            first_late: None,
            refused_requests: 0,
            last_refused: None,
        },
    }
}

fn common() -> RegionRow {
    let size = (1_048_576, 1_048_576);
    let mut common = region("common", RegionOwner::Common, size, [68_432, 48, 4_288, 975_808]);
    (common.declared.from, common.declared.stack_bytes) = (DeclaredBy::Platform, None);
    common
}

fn port(module: &str) -> Port {
    Port { module: module.into(), queue: 0 }
}

fn ring(source: RingEnd, sink: &str, [capacity_frames, peak_frames, end_frames]: [usize; 3]) -> RingRow {
    RingRow {
        source,
        sink: RingEnd::Port(port(sink)),
        declared: RingDeclared { capacity_frames, frame_bytes: 8 },
        measured: RingMeasured {
            peak_frames,
            peak_percent: (peak_frames * 100 / capacity_frames) as u32,
            end_frames,
        },
    }
}
