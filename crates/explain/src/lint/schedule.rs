//! Rules about who runs when.

use headroom_tplg::{Domain, Token, WidgetKind};

use super::{Findings, codes};
use headroom_topology::{Graph, is_dp};

/// The last priority, and the last of the cores that sessions have.
const MAX_PRIORITY: u32 = 7;
const MAX_CORE: u32 = 3;

pub(super) fn check(graph: &Graph<'_>, findings: &mut Findings) {
    for widget in &graph.widgets {
        if let Some(Domain::Other(text)) = widget.domain() {
            findings.add(&codes::HR041, widget.name(), format!("token 418 is {text:?}"));
        }
        let counts = widget.kind() == WidgetKind::Scheduler || widget.kind().is_module();
        if let Some(core) = widget.core().filter(|&core| counts && core > MAX_CORE) {
            findings.add(&codes::HR043, widget.name(), format!("is for core {core}"));
        }
        let priority = widget.word(Token::SCHED_PRIORITY).filter(|_| widget.kind() == WidgetKind::Scheduler);
        if let Some(priority) = priority.filter(|&priority| priority > MAX_PRIORITY) {
            findings.add(&codes::HR042, widget.name(), format!("has priority {priority}"));
        }
    }
    late_producers(graph, findings);
}

/// The order of a tick is that of `headroom_runtime`: modules of a pipeline with a smaller number before those with a larger
/// one, whoever feeds whom; among equal ones producers first. DP modules aren't part of it.
fn late_producers(graph: &Graph<'_>, findings: &mut Findings) {
    let priority = |pipeline| graph.scheduler(pipeline).map(|s| s.word(Token::SCHED_PRIORITY).unwrap_or(0));
    for edge in &graph.edges {
        let ends = graph.widgets.get(edge.source).zip(graph.widgets.get(edge.sink));
        let Some((source, sink)) = ends.filter(|(a, b)| !is_dp(a) && !is_dp(b)) else { continue };
        if !source.kind().is_module() || !sink.kind().is_module() {
            continue;
        }
        let Some((gives, takes)) = priority(source.pipeline()).zip(priority(sink.pipeline())) else {
            continue;
        };
        if takes < gives {
            let (first, second) = (sink.pipeline(), source.pipeline());
            let what = format!(
                "pipeline {first} (priority {takes}) runs before pipeline {second} (priority {gives}), in which \
                 {} feeds it",
                source.name()
            );
            findings.add(&codes::HR040, sink.name(), what);
        }
    }
}
