//! The memory tokens of a widget.
//!
//! A driver gives a pipeline the sum of what its LL widgets ask for, and the largest of their stacks. What is declared
//! for a pipeline is therefore shared out among them: their sum is the pipeline's figure again.

use headroom_module::schedule::Domain;
use headroom_tplg::Token;

use crate::toml::{Memory, Topology, Widget};

/// The tokens of widget `n`. Figures that are 0 are not written: without a token the firmware decides.
pub(super) fn tokens(topology: &Topology, n: usize) -> Vec<(Token, u32)> {
    let widget = &topology.widgets[n];
    let (stack, memory) = match widget.domain {
        Domain::Dp => (widget.stack_bytes, widget.memory),
        Domain::Ll => share(topology, n),
    };
    let mut tokens = Vec::new();
    if stack > 0 {
        tokens.push((Token::COMP_STACK_BYTES_REQUIREMENT, stack));
    }
    match memory {
        None => {}
        // With 422 in one widget, 421 is the interim heap in all of the file.
        Some(Memory::Heap(bytes)) if is_split(topology) => tokens.extend(split(bytes, 0)),
        Some(Memory::Heap(bytes)) => tokens.push((Token::COMP_HEAP_BYTES_REQUIREMENT, bytes)),
        Some(Memory::Split { lifetime, interim }) => tokens.extend(split(lifetime, interim)),
    }
    tokens
}

fn split(lifetime: u32, interim: u32) -> [(Token, u32); 2] {
    [(Token::COMP_HEAP_BYTES_REQUIREMENT, interim), (Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT, lifetime)]
}

fn is_split(topology: &Topology) -> bool {
    topology.widgets.iter().any(|widget| matches!(widget.memory, Some(Memory::Split { .. })))
}

/// The stack of the pipeline, and an even share of its heap, of which the first LL widget takes what is left over.
fn share(topology: &Topology, n: usize) -> (u32, Option<Memory>) {
    let id = topology.widgets[n].pipeline;
    let is_ll = |widget: &&Widget| widget.pipeline == id && widget.domain == Domain::Ll;
    let Some(pipeline) = topology.pipelines.iter().find(|pipeline| pipeline.id == id) else {
        return (0, None);
    };
    let (before, all) = (
        topology.widgets[..n].iter().filter(is_ll).count(),
        topology.widgets.iter().filter(is_ll).count() as u32,
    );
    let (even, rest) = (pipeline.heap_bytes / all, pipeline.heap_bytes % all);
    let bytes = if before == 0 { even + rest } else { even };
    (pipeline.stack_bytes, (pipeline.heap_bytes > 0).then_some(Memory::Heap(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml::BUNDLED;

    #[test]
    fn the_shares_of_ll_widgets_are_the_figure_of_their_pipeline() {
        for heap in [0, 1, 2, 24_576, 24_577, u32::MAX] {
            let text = BUNDLED.replace("heap_bytes = 24576", &format!("heap_bytes = {heap}"));
            let topology = Topology::parse("test", text, headroom_modules::MODULES).unwrap();
            let value = |n: usize, wanted: Token| {
                tokens(&topology, n).into_iter().find(|(token, _)| *token == wanted).map(|(_, value)| value)
            };
            let ll = (0..4).filter(|&n| topology.widgets[n].domain == Domain::Ll);
            let sum: u64 =
                ll.filter_map(|n| value(n, Token::COMP_HEAP_BYTES_REQUIREMENT)).map(u64::from).sum();
            assert_eq!(sum, u64::from(heap));
            assert_eq!(value(0, Token::COMP_STACK_BYTES_REQUIREMENT), Some(8192));
            assert_eq!(value(1, Token::COMP_HEAP_BYTES_REQUIREMENT), Some(65_536), "a DP widget has its own");
        }
    }
}
