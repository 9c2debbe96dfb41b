//! Rows from snapshots made by hand; a whole runtime is collected in the host's tests.

use super::home::{needed_bytes, region_measured};
use super::*;
use crate::rows::*;
use headroom_runtime::{Counters, Domain, Owner, Requester, RingLevel, Side, SizeFrom, Statistics};

const COPIER: ComponentId = ComponentId::new(4, 0);
const SRC: ComponentId = ComponentId::new(7, 1);

fn figures(lifetime_bytes: usize, interim_peak: usize) -> Statistics {
    Statistics {
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
        first_late: Some(Requester { owner: SRC.word(), what: "line" }),
        refused: 1,
        last_refused: Some((Requester { owner: 0xabc, what: "table" }, 9000)),
        largest_free: 0,
        most_fragmented: 0,
        spare: 8192 - lifetime_bytes - 10 - 30 - interim_peak,
    }
}

/// A DP copier in a region of its own, whose endpoint lives there too, as the runtime shows them.
fn dp_copier(id: ComponentId, name: &'static str) -> ModuleSnapshot {
    ModuleSnapshot {
        id,
        name,
        stand_in: false,
        pipeline: 3,
        domain: if id == COPIER { Domain::Dp } else { Domain::Ll },
        state: ModuleState::Active,
        owner: Owner::Module(COPIER),
        declared_bytes: 8000,
        size_from: SizeFrom::Message,
        stack_bytes: 2048,
        taken_bytes: 640,
        region: Some(figures(1000, 0)),
        frames_in: 5,
        frames_out: 6,
        counters: Counters { runs: 4, underruns: 3, underrun_frames: 2, faults: 1 },
        delay_frames: 7,
        dp: (id == COPIER).then_some(DpFigures {
            period_us: 2000,
            started: true,
            late_runs: 8,
            margin_us: Some(-9),
        }),
    }
}

fn modules() -> [ModuleSnapshot; 2] {
    [dp_copier(COPIER, "copier"), dp_copier(COPIER.endpoint(), "source")]
}

fn named(id: ComponentId) -> Option<String> {
    (id == COPIER).then(|| "host".into())
}

fn pipeline(region: Option<Statistics>) -> PipelineSnapshot {
    PipelineSnapshot {
        id: 3,
        priority: 1,
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
    assert_eq!(names.of(COPIER.endpoint()), "source 0x1000004");
    assert_eq!(names.of(SRC), "0x10007");
}

#[test]
fn a_region_has_one_row_though_an_endpoint_shows_it_too() {
    let names = Names::new(&modules(), named);
    let homes = homes(&[pipeline(Some(figures(64, 0)))], &modules());
    let rows: Vec<RegionRow> = homes.iter().map(|home| home.row(&names)).collect();
    let found: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.owner)).collect();
    assert_eq!(found, [("pipeline 3", RegionOwner::Pipeline), ("host", RegionOwner::Module)]);
    assert_eq!(rows[0].declared.stack_bytes, None);
    assert_eq!(rows[1].declared.stack_bytes, Some(2048));
    let endpoint = module_row(&modules()[1], &names, &homes);
    assert!(endpoint.endpoint);
    assert_eq!((endpoint.region, endpoint.domain, endpoint.declared.stack_bytes), (1, "LL", None));
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
    // Lifetime, interim peak: what the seal pads counts only before an interim heap.
    let cases = [(54, 0, 64), (55, 0, 128), (54, 64, 192), (24, 64, 128), (118, 0, 128)];
    for (lifetime, peak, needed) in cases {
        assert_eq!(needed_bytes(&figures(lifetime, peak)), needed, "{lifetime} and {peak}");
    }
    let huge = Statistics { lifetime_bytes: usize::MAX, ..figures(0, 0) };
    assert_eq!(needed_bytes(&huge), usize::MAX);
}

#[test]
fn a_regions_parts_add_up_and_askers_are_named() {
    let measured = region_measured(&figures(1000, 64), &Names::new(&modules(), named));
    let parts = [measured.lifetime_bytes, measured.padding_bytes(), measured.interim_peak_bytes];
    assert_eq!(parts.iter().sum::<usize>(), measured.taken_bytes());
    assert_eq!(measured.taken_bytes() + measured.spare_bytes, measured.capacity_bytes);
    assert_eq!(measured.first_late, Some(Asker { module: "0x10007".into(), purpose: "line" }));
    let refused = RefusedRequest { module: "0xabc".into(), purpose: "table", bytes: 9000 };
    assert_eq!(measured.last_refused, Some(refused));
}

#[test]
fn a_ring_of_no_frames_is_not_full() {
    let port = |component, side| PortId { component, side, queue: 2 };
    let ring = |capacity, peak| RingSnapshot {
        source: port(COPIER.endpoint(), Side::Output),
        sink: port(COPIER, Side::Input),
        level: RingLevel { capacity, fill: 1, peak },
        frame_bytes: 8,
    };
    let names = Names::new(&modules(), named);
    assert_eq!(ring_row(&ring(0, 0), &names).measured.peak_percent, 0);
    let row = ring_row(&ring(3, 2), &names);
    assert_eq!((row.measured.peak_percent, row.measured.end_frames), (66, 1));
    assert_eq!(row.sink, Port { module: "host".into(), queue: 2 });
}

#[test]
fn a_stand_in_says_so_wherever_it_is_named() {
    let copier = ModuleSnapshot { stand_in: true, ..dp_copier(COPIER, "stand-in") };
    let names = Names::new(&[copier], |_| Some("aec".to_string()));
    assert_eq!(names.of(COPIER), "aec (stand-in)");
    assert_eq!(Names::new(&[dp_copier(COPIER, "copier")], |_| Some("aec".to_string())).of(COPIER), "aec");
}
