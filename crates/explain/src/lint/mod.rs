//! What would fail or surprise in a topology: findings with a place, a reason, a remedy and a stable code.

mod codes;
mod controls;
mod ends;
mod formats;
mod memory;
mod schedule;
mod streams;
mod structure;
mod text;

use headroom_tplg::Topology;
use serde::Serialize;

use headroom_topology::Graph;

pub(crate) use formats::agree;

pub use codes::{CODES, Code, Severity};
pub use text::{Detail, Report};

/// Something that a reviewer should know about a topology.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What kind of finding it is.
    #[serde(flatten)]
    pub code: &'static Code,
    /// The widget, the pipeline or the PCM.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

/// Findings as the rules make them.
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, code: &'static Code, place: impl Into<String>, what: impl Into<String>) {
        self.0.push(Finding { code, place: place.into(), what: what.into() });
    }
}

/// All findings, in the order of their codes, and within one of the file. Cost: linear in the file, but for formats: outputs
/// times inputs of each route.
pub fn lint(topology: &Topology<'_>) -> Vec<Finding> {
    let graph = Graph::new(topology);
    let mut findings = Findings(Vec::new());
    if !graph.is_sof() {
        findings.add(&codes::HR053, "manifest", "has no ABI of SOF, and no token is one of SOF's");
        return findings.0;
    }
    for rules in [structure::check, controls::check, streams::check] {
        rules(&graph, &mut findings);
    }
    if graph.is_ipc4() {
        for rules in [formats::check, memory::check, schedule::check, ends::check] {
            rules(&graph, &mut findings);
        }
    }
    findings.0.sort_by_key(|finding| finding.code.id);
    findings.0
}
