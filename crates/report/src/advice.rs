//! What the figures say to do, in plain sentences.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::Report;
use crate::number::{grouped, size};
use crate::rows::{DeclaredBy, ModuleRow, PipelineRow, RegionOwner, RegionRow};

/// Trouble first, then what could be saved.
pub(crate) fn advice(report: &Report) -> Vec<String> {
    let mut sentences = Vec::new();
    sentences.extend(report.pipelines.iter().filter_map(stopped));
    for module in &report.modules {
        sentences.extend(
            [faults(module), underruns(module), lateness(module), held_back(module)].into_iter().flatten(),
        );
    }
    for region in &report.regions {
        sentences.extend([refused(region), late(region)].into_iter().flatten());
    }
    if sentences.is_empty() {
        sentences.push("No underrun, no late request, no refusal.".into());
    }
    let page_bytes = report.pool.declared.page_bytes;
    for (n, region) in report.regions.iter().enumerate() {
        let stand_ins = report.modules.iter().filter(|module| module.stand_in && module.region == n).count();
        sentences.extend(match stand_ins {
            0 => sizing(region, page_bytes),
            _ => unknown(region, stand_ins),
        });
    }
    sentences
}

/// What a stand-in takes says nothing of the module that it stands for, so neither does the region.
fn unknown(region: &RegionRow, stand_ins: usize) -> Option<String> {
    let (name, declares) = (&region.name, declares(region));
    let known = size(region.measured.needed_bytes);
    let modules = counted(stand_ins as u64, "stand-in");
    match region.owner {
        RegionOwner::Common => None,
        RegionOwner::Module => {
            Some(format!("{name} {declares}; what it needs is not known, as it is a stand-in."))
        }
        RegionOwner::Pipeline => Some(format!(
            "{name} {declares}; what it needs is not known, as it has {modules}: without what these would allocate it is \
             {known} B."
        )),
    }
}

fn declares(region: &RegionRow) -> String {
    let declared = size(region.declared.bytes);
    match region.declared.from {
        DeclaredBy::Message => format!("declares {declared} B"),
        DeclaredBy::Platform => format!("gets {declared} B from the platform"),
    }
}

fn stopped(pipeline: &PipelineRow) -> Option<String> {
    let module = pipeline.stopped_by.as_ref()?;
    Some(format!("Pipeline {} stopped because {module} failed; reset it to go on.", pipeline.id))
}

fn faults(module: &ModuleRow) -> Option<String> {
    let (faults, runs) = (module.measured.faults, module.measured.runs);
    let name = &module.name;
    (faults > 0).then(|| format!("{name} failed in {} of {}.", grouped(faults), counted(runs, "run")))
}

fn underruns(module: &ModuleRow) -> Option<String> {
    let (underruns, frames) = (module.measured.underruns, module.measured.underrun_frames);
    let (name, runs) = (&module.name, module.measured.runs);
    (underruns > 0).then(|| {
        format!(
            "{name} ran dry in {} of {}, {} in all: look at what comes before it.",
            grouped(underruns),
            counted(runs, "run"),
            counted(frames, "frame")
        )
    })
}

fn lateness(module: &ModuleRow) -> Option<String> {
    let deadlines = module.modelled.map(|modelled| modelled.deadlines).filter(|due| due.late_runs > 0)?;
    let by = match deadlines.least_margin_us {
        Some(margin) if margin < 0 => format!(", by up to {} us", grouped(margin.unsigned_abs())),
        _ => String::new(),
    };
    let (name, late) = (&module.name, counted(deadlines.late_runs, "run"));
    Some(format!("{name} ended {late} after the deadline{by}."))
}

fn held_back(module: &ModuleRow) -> Option<String> {
    (module.measured.started == Some(false))
        .then(|| format!("{} gave nothing: its output was still held back at the end.", module.name))
}

fn refused(region: &RegionRow) -> Option<String> {
    let count = region.measured.refused_requests;
    let last = region.measured.last_refused.as_ref()?;
    let remedy = match region.owner {
        RegionOwner::Common => "give its pipeline a region",
        RegionOwner::Pipeline | RegionOwner::Module => "if room was short, declare more",
    };
    Some(format!(
        "{} refused {}, the last of {} B by {} for \"{}\": {remedy}.",
        region.name,
        counted(count.into(), "request"),
        size(last.bytes),
        last.module,
        last.purpose
    ))
}

fn late(region: &RegionRow) -> Option<String> {
    let count = region.measured.late_requests;
    let first = region.measured.first_late.as_ref()?;
    Some(format!(
        "{} got {} after its seal, the first by {} for \"{}\": make them in init.",
        region.name,
        counted(count.into(), "lifetime request"),
        first.module,
        first.purpose
    ))
}

fn counted(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// What to declare for a region. The common one is in no topology; one that refused says so, and nothing less will do.
fn sizing(region: &RegionRow, page_bytes: usize) -> Option<String> {
    let (declared, needed) = (region.declared.bytes, region.measured.needed_bytes);
    if region.owner == RegionOwner::Common || region.measured.refused_requests > 0 {
        return None;
    }
    let least = if region.measured.interim_peak_bytes > 0 { "at least " } else { "" };
    let (name, needs) = (&region.name, format!("needs {least}{} B for this stream", size(needed)));
    let declares = declares(region);
    let verdict = match declared.checked_sub(needed) {
        Some(0) => String::from("that is exact"),
        Some(spare) => format!("{} B could be saved{}", size(spare), in_pages(region, page_bytes)),
        None => String::from("it fits only because regions are whole pages, so declare that"),
    };
    Some(format!("{name} {declares} and {needs}: {verdict}."))
}

/// Regions are whole pages, so the pool gains less than the region saves, or nothing.
fn in_pages(region: &RegionRow, page_bytes: usize) -> String {
    let pages = |bytes: usize| if page_bytes == 0 { 0 } else { bytes.div_ceil(page_bytes) };
    match pages(region.declared.bytes).saturating_sub(pages(region.measured.needed_bytes)) {
        0 => format!(", but no whole page of {} B", size(page_bytes)),
        1 => String::from(", one page of the pool"),
        pages => format!(", {} pages of the pool", size(pages)),
    }
}
