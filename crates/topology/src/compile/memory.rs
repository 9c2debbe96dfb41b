//! The memory tokens of a widget, and the bytes of its blocks.
//!
//! A driver gives a pipeline the sum of what its LL widgets ask for, and the largest of their stacks. What is declared
//! for a pipeline is therefore shared out among them: their sum is the pipeline's figure again.

use headroom_module::Format;
use headroom_module::schedule::Domain;
use headroom_tplg::Token;

use crate::toml::{Memory, Topology, Widget};

use super::Plan;
use super::room::Purpose;

/// What a file says of a DP widget where the text says nothing: the stack that sessions give it, and a heap for what modules of
/// this size take beside their rings.
const USUAL_STACK: u32 = 8192;
const USUAL_HEAP: u32 = 65_536;
/// Blocks that its rings hold, at both sides together, and as many again to be sure.
const RING_BLOCKS: u32 = 16;

/// The tokens of widget `n`. Figures that are 0 are not written: without a token the firmware decides. In a file token 421 is all
/// of the heap; a run keeps it by phase, with 422.
pub(super) fn tokens(plan: &Plan<'_>, n: usize) -> Vec<(Token, u32)> {
    let widget = &plan.topology.widgets[n];
    let (stack, memory) = match (widget.domain, plan.purpose) {
        (Domain::Dp, Purpose::File) => whole(plan, n),
        (Domain::Dp, Purpose::Memory) => (widget.stack_bytes, widget.memory),
        (Domain::Ll, _) => share(plan.topology, n),
    };
    let by_phase = plan.purpose == Purpose::Memory && is_split(plan.topology);
    let mut tokens = Vec::new();
    if stack > 0 {
        tokens.push((Token::COMP_STACK_BYTES_REQUIREMENT, stack));
    }
    match memory {
        None => {}
        // With 422 in one widget, 421 is the interim heap in all of the file.
        Some(Memory::Heap(bytes)) if by_phase => tokens.extend(split(bytes, 0)),
        Some(Memory::Heap(bytes)) => tokens.push((Token::COMP_HEAP_BYTES_REQUIREMENT, bytes)),
        Some(Memory::Split { lifetime, interim }) => tokens.extend(split(lifetime, interim)),
    }
    tokens
}

/// Stack and heap of a DP widget as one figure each, and as usual where the text leaves them out: a driver would be told to give
/// it nothing of its own.
pub(super) fn whole(plan: &Plan<'_>, n: usize) -> (u32, Option<Memory>) {
    let widget = &plan.topology.widgets[n];
    let set = &plan.sets[n];
    let blocks = set.inputs.iter().chain(&set.outputs).map(|format| block_bytes(*format, widget.block_ms));
    let usual = RING_BLOCKS.saturating_mul(blocks.max().unwrap_or(0)).saturating_add(USUAL_HEAP);
    let said = widget.memory.map_or(0, |memory| u32::try_from(memory.bytes()).unwrap_or(u32::MAX));
    let heap = if said == 0 { usual.next_multiple_of(4096) } else { said };
    let stack = if widget.stack_bytes == 0 { USUAL_STACK } else { widget.stack_bytes };
    (stack, Some(Memory::Heap(heap)))
}

/// What [`tokens`] says that the text doesn't, as a note for each widget.
pub(super) fn notes(plan: &Plan<'_>) -> Vec<String> {
    let guessed = |(n, widget): (usize, &Widget)| {
        let says_all = widget.stack_bytes > 0 && widget.memory.is_some_and(|memory| memory.bytes() > 0);
        let (stack, heap) = whole(plan, n);
        let heap = heap.map_or(0, Memory::bytes);
        (widget.domain == Domain::Dp && !says_all).then(|| {
            format!(
                "`{}`: it says no {}; the file asks for {stack} bytes of stack and {heap} of heap. Measure with `headroom run`",
                widget.name,
                if widget.stack_bytes > 0 { "`heap_bytes`" } else { "`stack_bytes`" }
            )
        })
    };
    let widgets = plan.topology.widgets.iter().enumerate();
    if plan.purpose == Purpose::File { widgets.filter_map(guessed).collect() } else { Vec::new() }
}

fn split(lifetime: u32, interim: u32) -> [(Token, u32); 2] {
    [(Token::COMP_HEAP_BYTES_REQUIREMENT, interim), (Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT, lifetime)]
}

fn is_split(topology: &Topology) -> bool {
    topology.widgets.iter().any(|widget| matches!(widget.memory, Some(Memory::Split { .. })))
}

/// Blocks are whole frames that last at least as long as they should: 45 frames for 1 ms at 44.1 kHz.
pub(super) fn block_bytes(format: Format, block_ms: u32) -> u32 {
    let frames = (u64::from(format.rate()) * u64::from(block_ms)).div_ceil(1000);
    frames as u32 * format.frame_bytes() as u32
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
    use crate::compile::Opened;
    use crate::toml::BUNDLED;

    #[test]
    fn the_shares_of_ll_widgets_are_the_figure_of_their_pipeline() {
        for heap in [0, 1, 2, 24_576, 24_577, u32::MAX] {
            let text = BUNDLED.replace("heap_bytes = 24576", &format!("heap_bytes = {heap}"));
            let topology = Topology::parse("test", text, headroom_modules::MODULES).unwrap();
            let opened = Opened { purpose: Purpose::File, front: &|_| None };
            let plan = Plan::new(&topology, headroom_modules::MODULES, opened).unwrap();
            let value = |n: usize, wanted: Token| {
                tokens(&plan, n).into_iter().find(|(token, _)| *token == wanted).map(|(_, value)| value)
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
