//! Rows from snapshots made by hand; a whole runtime is collected in the host's tests.

use super::home::{needed_bytes, region_measured};
use super::*;
use crate::Incomplete;
use crate::rows::*;
use headroom_runtime::{
    Counters, Domain, Owner, PortId, Record, Refused, RegionSnapshot, RingLevel, RuntimeSnapshot, Side,
    SizeFrom,
};

const COPIER: ComponentId = ComponentId::new(4, 0);
const SRC: ComponentId = ComponentId::new(7, 1);

fn asker(owner: u32, what: &str) -> headroom_runtime::Asker {
    headroom_runtime::Asker { owner, what: what.into() }
}

fn figures(lifetime_bytes: usize, interim_peak: usize) -> RegionSnapshot {
    RegionSnapshot {
        owner: SRC.word(),
        capacity: 8192,
        requested: 8000,
        lifetime_bytes,
        lifetime_padding: 10,
        lifetime_blocks: 3,
        lifetime_frees: 0,
        sealed: true,
        seal_padding: 30,
        interim_capacity: 4096,
        interim_used: 0,
        interim_peak,
        interim_padding: 0,
        interim_peak_padding: 0,
        interim_blocks: 0,
        late_requests: 2,
        first_late: Some(asker(SRC.word(), "line")),
        refused: 1,
        last_refused: Some(Refused { asker: asker(0xabc, "table"), bytes: 9000 }),
        largest_free: 0,
        most_fragmented: 0,
        spare: 8192 - lifetime_bytes - 10 - 30 - interim_peak,
    }
}

/// A DP copier in a region of its own, or an LL module in that of its pipeline.
fn copier(domain: Domain) -> ModuleSnapshot {
    let is_dp = domain == Domain::Dp;
    ModuleSnapshot {
        id: if is_dp { COPIER } else { SRC },
        name: "copier".into(),
        stand_in: false,
        pipeline: 3,
        domain,
        core: 0,
        state: ModuleState::Active,
        out: false,
        owner: if is_dp { Owner::Module(COPIER) } else { Owner::Pipeline(3) },
        declared_bytes: 8000,
        size_from: SizeFrom::Message,
        stack_bytes: 2048,
        taken_bytes: 640,
        region: is_dp.then(|| figures(1000, 0)),
        frames_in: 5,
        frames_out: 6,
        counters: Counters { runs: 4, underruns: 3, underrun_frames: 2, faults: 1 },
        delay_frames: 7,
        dp: is_dp.then_some(DpFigures { period_us: 2000, started: true, late_runs: 8, margin_us: Some(-9) }),
    }
}

fn modules() -> [ModuleSnapshot; 2] {
    [copier(Domain::Dp), copier(Domain::Ll)]
}

fn named(id: ComponentId) -> Option<String> {
    (id == COPIER).then(|| "host".into())
}

fn pipeline(region: Option<RegionSnapshot>) -> PipelineSnapshot {
    PipelineSnapshot {
        id: 3,
        priority: 1,
        core: 0,
        state: PipelineState::Paused,
        declared_bytes: 8000,
        declared_stack: 0,
        region,
        stopped_by: Some(COPIER),
    }
}

#[test]
fn a_module_the_host_does_not_know_is_shown_by_driver_and_id() {
    let names = Names::new(&modules(), named);
    assert_eq!(names.of(COPIER), "host");
    assert_eq!(names.of(SRC), "copier 0x10007");
    assert_eq!(names.of(ComponentId::new(9, 1)), "0x10009");
}

#[test]
fn regions_of_pipelines_and_of_dp_modules_have_a_row_each() {
    let names = Names::new(&modules(), named);
    let homes = homes(&[pipeline(Some(figures(64, 0)))], &modules());
    let rows: Vec<RegionRow> = homes.iter().map(|home| home.row(&names, 64)).collect();
    let found: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.owner)).collect();
    assert_eq!(found, [("pipeline 3", RegionOwner::Pipeline), ("host", RegionOwner::Module)]);
    assert_eq!(rows[0].declared.stack_bytes, None);
    assert_eq!(rows[1].declared.stack_bytes, Some(2048));
    let [dp, ll] = modules().map(|module| module_row(&module, &names, &homes));
    assert_eq!((dp.region, dp.domain, dp.declared.stack_bytes), (1, "DP", Some(2048)));
    assert_eq!((ll.region, ll.domain, ll.declared.stack_bytes), (0, "LL", None));
}

#[test]
fn a_pipeline_without_region_has_no_region_row() {
    assert_eq!(homes(&[pipeline(None)], &[]).len(), 0);
    let row = pipeline_row(&pipeline(None), &Names::new(&modules(), named));
    assert_eq!((row.declared.region_bytes, row.stopped_by.as_deref()), (None, Some("host")));
}

#[test]
fn deadlines_are_modelled_and_counters_measured() {
    let names = Names::new(&modules(), named);
    let row = module_row(&modules()[0], &names, &[]);
    let expected = Deadlines { late_runs: 8, least_margin_us: Some(-9) };
    assert_eq!(row.modelled, Some(ModuleModelled { deadlines: expected }));
    let measured = row.measured;
    assert_eq!((measured.runs, measured.frames_in, measured.frames_out), (4, 5, 6));
    assert_eq!((measured.underruns, measured.underrun_frames, measured.faults), (3, 2, 1));
}

#[test]
fn needed_bytes_table() {
    // Lifetime, interim peak: what the seal pads counts only before an interim heap. The line is the platform's.
    let cases = [
        (64, (54, 0), 64),
        (64, (55, 0), 128),
        (64, (54, 64), 192),
        (64, (24, 64), 128),
        (64, (118, 0), 128),
        (32, (55, 0), 96),
        (128, (54, 64), 256),
        (0, (55, 0), 65),
    ];
    for (line, (lifetime, peak), needed) in cases {
        assert_eq!(
            needed_bytes(&figures(lifetime, peak), line),
            needed,
            "{lifetime} and {peak}, lines of {line}"
        );
    }
    let huge = RegionSnapshot { lifetime_bytes: usize::MAX, ..figures(0, 0) };
    assert_eq!(needed_bytes(&huge, 64), usize::MAX);
}

#[test]
fn a_regions_parts_add_up_and_askers_are_named() {
    let measured = region_measured(&figures(1000, 64), &Names::new(&modules(), named), 64);
    let parts = [measured.lifetime_bytes, measured.padding_bytes(), measured.interim_peak_bytes];
    assert_eq!(parts.iter().sum::<usize>(), measured.taken_bytes());
    assert_eq!(measured.taken_bytes() + measured.spare_bytes, measured.capacity_bytes);
    assert_eq!(measured.first_late, Some(Asker { module: "copier 0x10007".into(), purpose: "line".into() }));
    let refused = RefusedRequest { module: "0xabc".into(), purpose: "table".into(), bytes: 9000 };
    assert_eq!(measured.last_refused, Some(refused));
}

#[test]
fn a_ring_of_no_frames_is_not_full() {
    let sink = PortId { component: COPIER, side: Side::Input, queue: 2 };
    let ring = |capacity, peak| RingSnapshot {
        source: headroom_runtime::RingEnd::Gateway(0x900),
        sink: headroom_runtime::RingEnd::Port(sink),
        level: RingLevel { capacity, fill: 1, peak },
        frame_bytes: 8,
    };
    let names = Names::new(&modules(), named);
    assert_eq!(ring_row(&ring(0, 0), &names).measured.peak_percent, 0);
    let row = ring_row(&ring(3, 2), &names);
    assert_eq!((row.measured.peak_percent, row.measured.end_frames), (66, 1));
    assert_eq!(row.source, RingEnd::Gateway { gateway: "0x900".into() });
    assert_eq!(row.sink, RingEnd::Port(Port { module: "host".into(), queue: 2 }));
}

#[test]
fn a_stand_in_says_so_wherever_it_is_named() {
    let stand_in = ModuleSnapshot { stand_in: true, ..copier(Domain::Dp) };
    let names = |module| Names::new(&[module], |_| Some("aec".to_string())).of(COPIER);
    assert_eq!((names(stand_in).as_str(), names(copier(Domain::Dp)).as_str()), ("aec (stand-in)", "aec"));
}

#[test]
fn records_become_a_snapshot_only_with_that_of_the_runtime() {
    let pool = PoolUsage {
        page_bytes: 4096,
        line_bytes: 64,
        pages: 9,
        free_pages: 8,
        largest_run: 8,
        regions: 1,
        peak_pages: 1,
    };
    let (common, tick_us) = (figures(64, 0), 1000);
    let runtime = RuntimeSnapshot { tick: 7, tick_us, common_bytes: 8000, common, pool, events_lost: 0 };
    let pipeline = pipeline(None);
    let records = [Record::Pipeline(pipeline), Record::Module(copier(Domain::Ll)), Record::Runtime(runtime)];
    let snapshot = Snapshot::new(records).unwrap();
    assert_eq!((snapshot.runtime, &snapshot.pipelines[..]), (runtime, &[pipeline][..]));
    assert_eq!((&snapshot.modules[..], snapshot.rings.len()), (&[copier(Domain::Ll)][..], 0));
    assert_eq!(Snapshot::new(records.into_iter().take(2)), Err(Incomplete));
}
