//! Rules about the memory that modules ask for.

use headroom_tplg::{Heap, Memory, Token, TokenEra};

use super::{Findings, codes};
use headroom_topology::{Graph, is_dp};

/// Stack and heap that the class of all widgets asks for, when nobody says anything.
const PLACEHOLDER: (u32, u32) = (8192, 24_576);

pub(super) fn check(graph: &Graph<'_>, findings: &mut Findings) {
    for widget in graph.widgets.iter().filter(|widget| widget.kind().is_module()) {
        let (name, Memory { stack, heap }) = (widget.name(), widget.memory(TokenEra::Guess));
        let whole = widget.word(Token::COMP_HEAP_BYTES_REQUIREMENT);
        let phased = matches!(heap, Heap::Phases { .. });
        if !phased && stack.zip(whole) == Some(PLACEHOLDER) {
            findings.add(&codes::HR030, name, "stack 8192, heap 24576");
        }
        if let Some(what) = missing(stack, whole).filter(|_| is_dp(widget)) {
            findings.add(&codes::HR031, name, what);
        }
        if phased {
            findings.add(&codes::HR032, name, "tokens 422 or 423 are there");
        }
    }
}

/// What a DP module lacks. Drivers of today take token 421 for all of its heap, whatever else is there.
fn missing(stack: Option<u32>, heap: Option<u32>) -> Option<&'static str> {
    match (stack.unwrap_or(0), heap) {
        (_, Some(0)) => Some("token 421, the heap, is 0"),
        (_, None) | (0, _) => Some("runs on a thread of its own, with the firmware's default memory"),
        _ => None,
    }
}
