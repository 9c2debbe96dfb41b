//! Rules about the memory that modules ask for.

use headroom_tplg::{Heap, Memory, TokenEra};

use super::{Findings, codes};
use headroom_topology::{Graph, is_dp};

/// Stack and heap that the class of all widgets asks for, when nobody says anything.
const PLACEHOLDER: (u32, u32) = (8192, 24_576);

pub(super) fn check(graph: &Graph<'_>, findings: &mut Findings) {
    for widget in graph.widgets.iter().filter(|widget| widget.kind().is_module()) {
        let (name, Memory { stack, heap }) = (widget.name(), widget.memory(TokenEra::Guess));
        let (declared, phased) = match heap {
            Heap::Whole(bytes) => (bytes, false),
            Heap::Phases { interim, .. } => (interim, true),
        };
        if !phased && stack.zip(declared) == Some(PLACEHOLDER) {
            findings.add(&codes::HR030, name, "stack 8192, heap 24576");
        }
        if is_dp(widget) && (stack.is_none() || declared.is_none()) {
            findings.add(
                &codes::HR031,
                name,
                "runs on a thread of its own, with the firmware's default memory",
            );
        }
        if phased {
            findings.add(&codes::HR032, name, "tokens 422 or 423 are there");
        }
    }
}
