//! The report as text: tables, a map of each region, and what to do.

use alloc::format;
use alloc::string::{String, ToString};

use crate::Report;
use crate::advice::advice;
use crate::bar::{PARTS, bar};
use crate::number::{grouped, size};
use crate::rows::{
    Deadlines, DeclaredBy, ModuleModelled, ModuleRow, PipelineRow, RegionOwner, RegionRow, RingEnd, RingRow,
};
use crate::table::{Column, Page, Table, left, length, right};

/// Narrower than this, figures would not fit anyway; wider, the eye loses the line.
const WIDTHS: (usize, usize) = (60, 160);

impl Report {
    /// The report as text for a terminal or log of `width` columns: ASCII but for what names bring along. It needs 100
    /// columns at most unless numbers are huge; in fewer than that, long names are cut before figures are.
    pub fn to_text(&self, width: usize) -> String {
        let mut page = Page::new(width.clamp(WIDTHS.0, WIDTHS.1));
        head(&mut page, self);
        page.table(&streams(self));
        page.table(&modules(self));
        page.table(&deadlines(self));
        page.table(&rings(self));
        page.table(&memory(self));
        page.blank();
        pool(&mut page, self);
        legend(&mut page, self);
        maps(&mut page, self);
        page.blank();
        advice(self).iter().for_each(|sentence| page.sentence(sentence));
        self.notes.iter().for_each(|note| page.sentence(&format!("Note: {note}")));
        page.into_text()
    }
}

fn head(page: &mut Page, report: &Report) {
    let (ticks, tick_us) = (report.run.measured.ticks, report.run.declared.tick_us);
    let (topology, execution) = (&report.topology, report.execution.as_str());
    page.sentence(&format!(
        "{topology}: {} ticks (measured) of {} us (declared), {execution}",
        grouped(ticks),
        grouped(tick_us)
    ));
    let Some(timing) = report.timing.map(|timing| timing.measured) else { return };
    let speed = timing.times_real_time.map(|times| format!(": {times:.2} times real time"));
    let (audio, wall) = (grouped(timing.audio_us), grouped(timing.wall_us));
    page.sentence(&format!("Measured: {audio} us of audio in {wall} us{}", speed.unwrap_or_default()));
}

fn streams(report: &Report) -> Table {
    let mut table = Table::new([
        Column::words("Streams", ["", "stream"]),
        Column::figures("declared", ["", "rate, Hz"]),
        Column::figures("declared", ["", "channels"]),
        Column::figures("declared", ["", "samples"]),
        Column::figures("measured", ["", "frames"]),
        Column::figures("measured", ["start-up", "frames"]),
        Column::figures("measured", ["delay cut", "frames"]),
    ]);
    let (declared, measured) = (&report.run.declared, &report.run.measured);
    if declared.input_rate_hz > 0 {
        table.row([
            "in".into(),
            grouped(declared.input_rate_hz),
            size(declared.input_channels),
            declared.input_samples.clone(),
            grouped(measured.input_frames),
        ]);
    }
    if declared.output_rate_hz > 0 {
        table.row([
            "out".into(),
            grouped(declared.output_rate_hz),
            size(declared.output_channels),
            declared.output_samples.clone(),
            grouped(measured.output_frames),
            grouped(measured.start_up_frames),
            grouped(measured.delay_frames_trimmed),
        ]);
    }
    table
}

fn modules(report: &Report) -> Table {
    let mut table = Table::new([
        Column::words("Modules", ["", "module"]),
        Column::words("", ["", "domain"]),
        Column::words("", ["", "state"]),
        Column::figures("declared", ["delay", "frames"]),
        Column::figures("measured", ["", "runs"]),
        Column::figures("measured", ["frames", "in"]),
        Column::figures("measured", ["frames", "out"]),
        Column::figures("measured", ["under-", "runs"]),
        Column::figures("measured", ["missing", "frames"]),
        Column::figures("measured", ["", "faults"]),
    ]);
    for pipeline in &report.pipelines {
        table.heading(pipeline_heading(pipeline));
        let members = report.modules.iter().filter(|module| module.pipeline == pipeline.id);
        members.for_each(|module| module_line(&mut table, module));
    }
    table
}

fn pipeline_heading(pipeline: &PipelineRow) -> String {
    let stack = match pipeline.declared.stack_bytes {
        Some(bytes) => format!("stack {} B", grouped(bytes)),
        None => String::from("no stack named"),
    };
    let priority = pipeline.declared.priority;
    format!("pipeline {}, {}; declared: priority {priority}, {stack}", pipeline.id, pipeline.state)
}

fn module_line(table: &mut Table, module: &ModuleRow) {
    let (declared, measured) = (&module.declared, &module.measured);
    table.row([
        indented(module),
        module.domain.into(),
        module.state.into(),
        grouped(declared.delay_frames),
        grouped(measured.runs),
        grouped(measured.frames_in),
        grouped(measured.frames_out),
        grouped(measured.underruns),
        grouped(measured.underrun_frames),
        grouped(measured.faults),
    ]);
}

/// Modules stand below their pipeline or region.
fn indented(module: &ModuleRow) -> String {
    format!("  {}", module.name)
}

fn deadlines(report: &Report) -> Table {
    let mut table = Table::new([
        Column::words("Deadlines", ["", "DP module"]),
        Column::figures("declared", ["period", "us"]),
        Column::figures("declared", ["stack", "B"]),
        Column::figures("measured", ["", "output"]),
        Column::figures("modelled", ["late", "runs"]),
        Column::figures("modelled", ["least margin", "us"]),
    ]);
    for module in &report.modules {
        let Some(ModuleModelled { deadlines }) = module.modelled else { continue };
        let Deadlines { late_runs, least_margin_us } = deadlines;
        let output = if module.measured.started == Some(true) { "started" } else { "held back" };
        table.row([
            module.name.clone(),
            optional(module.declared.period_us),
            optional(module.declared.stack_bytes),
            output.into(),
            grouped(late_runs),
            optional(least_margin_us),
        ]);
    }
    table
}

fn rings(report: &Report) -> Table {
    let mut table = Table::new([
        Column::words("Rings", ["", "from -> to"]),
        Column::figures("declared", ["capacity", "frames"]),
        Column::figures("declared", ["frame", "B"]),
        Column::figures("measured", ["peak", "frames"]),
        Column::figures("measured", ["peak", "%"]),
        Column::figures("measured", ["at the end", "frames"]),
    ]);
    for RingRow { source, sink, declared, measured } in &report.rings {
        table.row([
            format!("{} -> {}", ring_end(source), ring_end(sink)),
            size(declared.capacity_frames),
            size(declared.frame_bytes),
            size(measured.peak_frames),
            grouped(measured.peak_percent),
            size(measured.end_frames),
        ]);
    }
    table
}

fn ring_end(end: &RingEnd) -> String {
    match end {
        RingEnd::Port(port) => format!("{}.{}", port.module, port.queue),
        RingEnd::Gateway { gateway } => format!("gateway {gateway}"),
    }
}

fn memory(report: &Report) -> Table {
    let mut table = Table::new([
        Column::words("Memory, B", ["", "region"]),
        Column::figures("declared", ["", "region"]),
        Column::words("declared", ["", "by"]),
        Column::figures("declared", ["", "stack"]),
        Column::figures("measured", ["", "taken"]),
        Column::figures("measured", ["life-", "time"]),
        Column::figures("measured", ["pad-", "ding"]),
        Column::figures("measured", ["interim", "peak"]),
        Column::figures("measured", ["", "spare"]),
        Column::figures("measured", ["late", "asks"]),
        Column::figures("measured", ["refused", "asks"]),
    ]);
    for (n, region) in report.regions.iter().enumerate() {
        region_line(&mut table, region);
        // A module that has a region to itself is that region's line.
        let shares = region.owner != RegionOwner::Module;
        for module in report.modules.iter().filter(|module| shares && module.region == n) {
            let taken = size(module.measured.taken_bytes);
            table.row([indented(module), "".into(), "".into(), "".into(), taken]);
        }
    }
    table
}

fn region_line(table: &mut Table, region: &RegionRow) {
    let (declared, measured) = (&region.declared, &region.measured);
    let by = match declared.from {
        DeclaredBy::Message => "message",
        DeclaredBy::Platform => "platform",
    };
    table.row([
        region.name.clone(),
        size(declared.bytes),
        by.into(),
        optional(declared.stack_bytes),
        size(measured.taken_bytes()),
        size(measured.lifetime_bytes),
        size(measured.padding_bytes()),
        size(measured.interim_peak_bytes),
        size(measured.spare_bytes),
        grouped(measured.late_requests),
        grouped(measured.refused_requests),
    ]);
}

fn pool(page: &mut Page, report: &Report) {
    let (declared, measured) = (&report.pool.declared, &report.pool.measured);
    let (pages, page_bytes) = (size(declared.pages), size(declared.page_bytes));
    let (peak, used) = (size(measured.peak_pages), size(measured.used_pages));
    let (regions, free) = (size(measured.regions), size(measured.largest_free_run));
    page.sentence(&format!(
        "Page pool, as the host made it: {pages} pages of {page_bytes} B; measured: {peak} in use at the peak, {used} in \
         {regions} regions at the end, when the largest region to be had was {free} pages."
    ));
}

fn legend(page: &mut Page, report: &Report) {
    let bits = report.measured_on.pointer_bits;
    page.sentence(&format!(
        "declared: by the topology, the platform or the module. measured: in this run, on a {bits}-bit machine; \
         what holds pointers has another size on another machine."
    ));
    page.sentence("modelled: in virtual time, where a run takes no time.");
    page.sentence("taken: lifetime, padding and interim peak; of a module, with its rings. spare: the rest of the region's whole \
         pages. late asks: for lifetime memory after the seal. common: the runtime's tables, and the LL modules \
         of pipelines without a region.");
    if report.modules.iter().any(|module| module.stand_in) {
        page.sentence(
            "stand-in: nothing here makes this module; what it needs is not known, its audio is what came in.",
        );
    }
}

/// Longer names are cut in the maps.
const LONGEST_NAME: usize = 20;

fn maps(page: &mut Page, report: &Report) {
    let capacity = |region: &RegionRow| size(region.measured.capacity_bytes);
    let longest = report.regions.iter().map(|region| length(&region.name)).max().unwrap_or(0);
    let (names, sizes) = (
        longest.min(LONGEST_NAME),
        report.regions.iter().map(|region| length(&capacity(region))).max().unwrap_or(0),
    );
    let frame = names + sizes + "   B  []".len();
    page.blank();
    let [lifetime, padding, interim, spare] = PARTS;
    page.line(&format!(
        "Regions, base to top: {lifetime} lifetime  {padding} padding  {interim} interim peak  {spare} spare"
    ));
    for region in &report.regions {
        let measured = &region.measured;
        let parts = [
            measured.lifetime_bytes,
            measured.padding_bytes(),
            measured.interim_peak_bytes,
            measured.spare_bytes,
        ];
        let (name, bytes) = (left(&region.name, names), right(&capacity(region), sizes));
        let bar = bar(parts, page.width().saturating_sub(frame));
        page.line(&format!("{name}  {bytes} B  [{bar}]"));
    }
}

fn optional(figure: Option<impl Into<i128>>) -> String {
    figure.map_or_else(|| "-".to_string(), grouped)
}
