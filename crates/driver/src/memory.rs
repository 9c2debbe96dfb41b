//! Who runs widgets, what they declare of memory, and what a driver makes of it: pages and memory objects.
//!
//! Sources: Linux' `sof_ipc4_update_resource_usage` (pages); the review of linux#5537 and SOF's commit 6d7e046156 (memory of
//! pipelines: heaps added up, the largest stack). Whether the scheduler widget's own tokens count is not known; here they don't:
//! it is no module, and its class has them by inheritance only.

use headroom_ipc4::{Domain, HeapSize, MemRequest};
use headroom_tplg::{Token, Widget};

use crate::formats::Chosen;
use crate::manifest::Manifest;

/// What the tokens 420 to 423 mean, which changed over time while the file's ABI did not.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum TokenEra {
    /// By the widget: phases where it has 422 or 423, else one heap.
    #[default]
    Guess,
    /// 420 stack, 421 heap (SOF from July 2025, and again from June 2026).
    Heap,
    /// 420 stack, 421 interim heap, 422 lifetime heap, 423 shared (SOF from October 2025 to June 2026).
    Phases,
    /// 420 heap, 421 stack, as Linux 6.19 to 7.2 read it.
    Swapped,
}

/// What one widget declares.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Declared {
    pub(crate) stack: u32,
    pub(crate) size: Size,
}

/// Memory as one figure, or by phase.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Size {
    Heap(u32),
    Phases { interim: u32, lifetime: u32, shared: u32 },
}

impl Default for Size {
    fn default() -> Self {
        Self::Heap(0)
    }
}

impl Size {
    pub(crate) fn bytes(self) -> u64 {
        match self {
            Self::Heap(bytes) => bytes.into(),
            Self::Phases { interim, lifetime, shared } => {
                [interim, lifetime, shared].map(u64::from).iter().sum()
            }
        }
    }

    /// Both together; phases stay apart only where both have them.
    fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Heap(0), other) | (other, Self::Heap(0)) => other,
            (
                Self::Phases { interim, lifetime, shared },
                Self::Phases { interim: more_interim, lifetime: more_lifetime, shared: more_shared },
            ) => Self::Phases {
                interim: interim.saturating_add(more_interim),
                lifetime: lifetime.saturating_add(more_lifetime),
                shared: shared.saturating_add(more_shared),
            },
            (one, other) => Self::Heap(u32::try_from(one.bytes() + other.bytes()).unwrap_or(u32::MAX)),
        }
    }
}

impl From<Size> for HeapSize {
    fn from(size: Size) -> Self {
        match size {
            Size::Heap(bytes) => Self::Single(bytes),
            Size::Phases { interim, lifetime, shared } => Self::Split { interim, lifetime, shared },
        }
    }
}

/// What `widget` declares, in the meaning of `era`.
pub(crate) fn declared(widget: &Widget<'_>, era: TokenEra) -> Declared {
    let word = |token| widget.word(token);
    meaning(
        [
            word(Token::COMP_STACK_BYTES_REQUIREMENT),
            word(Token::COMP_HEAP_BYTES_REQUIREMENT),
            word(Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT),
            word(Token::COMP_SHARED_BYTES_REQUIREMENT),
        ],
        era,
    )
}

/// The meaning of the tokens 420 to 423.
fn meaning([t420, t421, t422, t423]: [Option<u32>; 4], era: TokenEra) -> Declared {
    let [first, second, third, fourth] = [t420, t421, t422, t423].map(Option::unwrap_or_default);
    let phases = Size::Phases { interim: second, lifetime: third, shared: fourth };
    match era {
        TokenEra::Guess if t422.is_some() || t423.is_some() => Declared { stack: first, size: phases },
        TokenEra::Phases => Declared { stack: first, size: phases },
        TokenEra::Guess | TokenEra::Heap => Declared { stack: first, size: Size::Heap(second) },
        TokenEra::Swapped => Declared { stack: second, size: Size::Heap(first) },
    }
}

/// The memory object of a pipeline: its LL modules' memory together, and the largest of their stacks. DP modules send
/// theirs themselves.
pub(crate) fn of_pipeline<'t>(
    ll_widgets: impl Iterator<Item = Widget<'t>>,
    era: TokenEra,
) -> Option<MemRequest> {
    let each = ll_widgets.map(|widget| declared(&widget, era));
    let sum = each.fold(Declared::default(), |sum, one| Declared {
        stack: sum.stack.max(one.stack),
        size: sum.size.plus(one.size),
    });
    (sum != Declared::default()).then_some(MemRequest {
        domain: 0,
        stack_bytes: sum.stack,
        size: sum.size.into(),
    })
}

/// The memory object of a DP module.
pub(crate) fn of_dp(widget: &Widget<'_>, era: TokenEra) -> MemRequest {
    let Declared { stack, size } = declared(widget, era);
    let domain = widget.word(Token::COMP_DOMAIN_ID).unwrap_or(0);
    MemRequest { domain, stack_bytes: stack, size: size.into() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_tokens_mean_what_their_time_says() {
        let four = [Some(1), Some(2), Some(3), Some(4)];
        let two = [Some(1), Some(2), None, None];
        let phases = |interim, lifetime, shared| Size::Phases { interim, lifetime, shared };
        let cases = [
            (two, TokenEra::Guess, 1, Size::Heap(2)),
            (four, TokenEra::Guess, 1, phases(2, 3, 4)),
            ([Some(1), Some(2), None, Some(4)], TokenEra::Guess, 1, phases(2, 0, 4)),
            (four, TokenEra::Heap, 1, Size::Heap(2)),
            (two, TokenEra::Phases, 1, phases(2, 0, 0)),
            (two, TokenEra::Swapped, 2, Size::Heap(1)),
            ([None; 4], TokenEra::Guess, 0, Size::Heap(0)),
        ];
        for (tokens, era, stack, size) in cases {
            assert_eq!(meaning(tokens, era), Declared { stack, size }, "{tokens:?} {era:?}");
        }
    }

    #[test]
    fn sums_keep_phases_where_both_have_them() {
        let phases = |interim, lifetime, shared| Size::Phases { interim, lifetime, shared };
        assert_eq!(Size::Heap(1).plus(Size::Heap(2)), Size::Heap(3));
        assert_eq!(phases(1, 2, 3).plus(phases(10, 20, 30)), phases(11, 22, 33));
        assert_eq!(Size::Heap(0).plus(phases(1, 2, 3)), phases(1, 2, 3));
        assert_eq!(phases(1, 2, 3).plus(Size::Heap(4)), Size::Heap(10));
        assert_eq!(Size::Heap(u32::MAX).plus(Size::Heap(1)), Size::Heap(u32::MAX));
    }
}
