//! Regions and modules under the names that the host has for them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use headroom_runtime::{
    ComponentId, ModuleSnapshot, Owner, PipelineSnapshot, RegionSnapshot, RuntimeSnapshot, SizeFrom,
};

use crate::rows::{
    Asker, DeclaredBy, RefusedRequest, RegionDeclared, RegionMeasured, RegionOwner, RegionRow,
};

/// What each module is called; one that only stands in for another says so wherever it is named.
pub(super) struct Names(Vec<(ComponentId, String)>);

impl Names {
    pub(super) fn new(modules: &[ModuleSnapshot], name: impl Fn(ComponentId) -> Option<String>) -> Self {
        let called = |module: &ModuleSnapshot| {
            let called = name(module.id).unwrap_or_else(|| format!("{} {}", module.name, module.id));
            if module.stand_in { format!("{called} (stand-in)") } else { called }
        };
        Self(modules.iter().map(|module| (module.id, called(module))).collect())
    }

    pub(super) fn of(&self, id: ComponentId) -> String {
        self.of_word(id.word())
    }

    /// A module may be gone whose requests are still remembered.
    fn of_word(&self, word: u32) -> String {
        let known = self.0.iter().find(|(id, _)| id.word() == word);
        known.map_or_else(|| format!("{word:#x}"), |(_, name)| name.clone())
    }

    fn asker(&self, asker: headroom_runtime::Asker) -> Asker {
        Asker { module: self.of_word(asker.owner), purpose: asker.what.to_string() }
    }
}

/// A region before names are put to it.
pub(super) struct Home {
    pub(super) owner: Owner,
    declared: RegionDeclared,
    figures: RegionSnapshot,
}

/// Each pipeline's region, then those of its DP modules.
pub(super) fn homes(pipelines: &[PipelineSnapshot], modules: &[ModuleSnapshot]) -> Vec<Home> {
    let mut homes = Vec::new();
    for pipeline in pipelines {
        homes.extend(Home::of_pipeline(pipeline));
        let members = modules.iter().filter(|module| module.pipeline == pipeline.id);
        homes.extend(members.filter_map(Home::of_module));
    }
    homes
}

impl Home {
    pub(super) fn common(runtime: &RuntimeSnapshot) -> Self {
        let bytes = runtime.common_bytes;
        let declared = RegionDeclared { bytes, from: DeclaredBy::Platform, stack_bytes: None };
        Self { owner: Owner::Common, declared, figures: runtime.common }
    }

    fn of_pipeline(pipeline: &PipelineSnapshot) -> Option<Self> {
        let declared = RegionDeclared {
            bytes: pipeline.declared_bytes,
            from: DeclaredBy::Message,
            stack_bytes: nonzero(pipeline.declared_stack),
        };
        Some(Self { owner: Owner::Pipeline(pipeline.id), declared, figures: pipeline.region? })
    }

    fn of_module(module: &ModuleSnapshot) -> Option<Self> {
        let declared = RegionDeclared {
            bytes: module.declared_bytes,
            from: declared_by(module.size_from),
            stack_bytes: Some(module.stack_bytes),
        };
        Some(Self { owner: module.owner, declared, figures: module.region? })
    }

    pub(super) fn row(&self, names: &Names, line_bytes: usize) -> RegionRow {
        let (name, owner) = match self.owner {
            Owner::Common => (String::from("common"), RegionOwner::Common),
            Owner::Pipeline(id) => (format!("pipeline {id}"), RegionOwner::Pipeline),
            Owner::Module(id) => (names.of(id), RegionOwner::Module),
        };
        let measured = region_measured(&self.figures, names, line_bytes);
        RegionRow { name, owner, declared: self.declared, measured }
    }
}

pub(super) fn region_measured(figures: &RegionSnapshot, names: &Names, line_bytes: usize) -> RegionMeasured {
    RegionMeasured {
        capacity_bytes: figures.capacity,
        lifetime_bytes: figures.lifetime_bytes,
        lifetime_padding_bytes: figures.lifetime_padding,
        seal_padding_bytes: figures.seal_padding,
        interim_peak_bytes: figures.interim_peak,
        interim_used_bytes: figures.interim_used,
        spare_bytes: figures.spare,
        needed_bytes: needed_bytes(figures, line_bytes),
        late_requests: figures.late_requests,
        first_late: figures.first_late.map(|asker| names.asker(asker)),
        refused_requests: figures.refused,
        last_refused: figures.last_refused.map(|refused| {
            let Asker { module, purpose } = names.asker(refused.asker);
            RefusedRequest { module, purpose, bytes: refused.bytes }
        }),
    }
}

/// In whole lines: a region begins at one. What the seal pads is needed only where an interim heap follows.
pub(super) fn needed_bytes(figures: &RegionSnapshot, line_bytes: usize) -> usize {
    let fixed = figures.lifetime_bytes.saturating_add(figures.lifetime_padding);
    let used = match figures.interim_peak {
        0 => fixed,
        peak => fixed.saturating_add(figures.seal_padding).saturating_add(peak),
    };
    // A snapshot that came as bytes can claim lines of none.
    used.checked_next_multiple_of(line_bytes.max(1)).unwrap_or(usize::MAX)
}

const fn declared_by(from: SizeFrom) -> DeclaredBy {
    match from {
        SizeFrom::Message => DeclaredBy::Message,
        SizeFrom::Platform => DeclaredBy::Platform,
    }
}

pub(super) fn nonzero(stack_bytes: u32) -> Option<u32> {
    (stack_bytes != 0).then_some(stack_bytes)
}
