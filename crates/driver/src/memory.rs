//! Who runs widgets, and what a driver makes of the memory that they declare: pages, and memory objects.
//!
//! Sources: Linux' `sof_ipc4_update_resource_usage` (pages); the review of linux#5537 and SOF's commit 6d7e046156 (memory of
//! pipelines: heaps added up, the largest stack). Whether the scheduler widget's own tokens count is not known; here they don't:
//! it is no module, and its class has them by inheritance only.

use headroom_ipc4::{Domain, HeapSize, MemRequest};
use headroom_tplg::{Heap, Memory, Token, TokenEra, Widget};

use crate::formats::Chosen;
use crate::manifest::Manifest;

fn size(heap: Heap) -> HeapSize {
    match heap {
        Heap::Whole(bytes) => HeapSize::Single(bytes.unwrap_or(0)),
        Heap::Phases { interim, lifetime, shared } => {
            let [interim, lifetime, shared] = [interim, lifetime, shared].map(Option::unwrap_or_default);
            HeapSize::Split { interim, lifetime, shared }
        }
    }
}

/// The memory object of a pipeline: its LL modules' memory together, and the largest of their stacks. DP modules send
/// theirs themselves.
pub(crate) fn of_pipeline<'t>(
    ll_widgets: impl Iterator<Item = Widget<'t>>,
    era: TokenEra,
) -> Option<MemRequest> {
    let sum = ll_widgets.map(|widget| widget.memory(era)).fold(Memory::default(), Memory::plus);
    let nothing = sum.stack.unwrap_or(0) == 0 && sum.heap.bytes() == 0;
    (!nothing).then(|| object(0, sum))
}

/// The memory object of a DP module.
pub(crate) fn of_dp(widget: &Widget<'_>, era: TokenEra) -> MemRequest {
    object(widget.word(Token::COMP_DOMAIN_ID).unwrap_or(0), widget.memory(era))
}

fn object(domain: u32, memory: Memory) -> MemRequest {
    MemRequest { domain, stack_bytes: memory.stack.unwrap_or(0), size: size(memory.heap) }
}

/// Who runs a widget: the topology says so, or else the firmware's manifest; without either it is LL.
pub(crate) fn domain(widget: &Widget<'_>, manifest: Option<&Manifest>) -> Domain {
    let listed = || manifest?.find(widget.uuid()?).map(|entry| entry.is_dp);
    match widget.domain() {
        Some(headroom_tplg::Domain::DataProcessing) => Domain::Dp,
        Some(headroom_tplg::Domain::LowLatency) => Domain::Ll,
        _ if listed() == Some(true) => Domain::Dp,
        _ => Domain::Ll,
    }
}

/// Pages of 4 KiB that the driver counts for a module.
pub(crate) fn pages(widget: &Widget<'_>, chosen: &Chosen, domain: Domain) -> u32 {
    let own = widget.word(Token::COMP_IS_PAGES).unwrap_or(0);
    let queue = chosen.input.block_bytes;
    // Structures of the original firmware that a driver can't ask for: task, module, queues.
    let line = |bytes: u32| bytes.next_multiple_of(64);
    let scheduled = match domain {
        Domain::Dp => line(104) + 20,
        Domain::Ll => line(72) + 8 * 12 + 12,
    };
    let task = 448 + 12 + u64::from(own) + u64::from(scheduled);
    let queues = 8 * (128 + u64::from(queue).next_multiple_of(64));
    u32::try_from((task + queues).div_ceil(4096)).unwrap_or(u32::MAX)
}
