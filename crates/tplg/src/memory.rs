//! What the tokens 420 to 423 mean, which changed over time while the file's ABI did not.
//!
//! | token | SOF until Oct 2025, from June 2026 | SOF between | Linux 6.19 to 7.2 |
//! |---|---|---|---|
//! | 420 | stack | stack | heap |
//! | 421 | heap | interim heap | stack |
//! | 422 | – | lifetime heap | – |
//! | 423 | – | shared memory | – |

use crate::tokens::Token;
use crate::widget::Widget;

/// When the tokens 420 to 423 were written, and so what they mean.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum TokenEra {
    /// By the widget: phases where it has 422 or 423, else one heap.
    #[default]
    Guess,
    /// 420 stack, 421 heap (SOF from July 2025, and again from June 2026).
    Heap,
    /// 420 stack, 421 interim heap, 422 lifetime heap, 423 shared (SOF from October 2025 to June 2026).
    Phases,
    /// 420 heap, 421 stack, as Linux 6.19 to 7.2 reads it. A file doesn't show that.
    Swapped,
}

/// The memory that a widget asks for, in bytes. `None` is what it says nothing about.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Memory {
    /// Of the thread that runs it.
    pub stack: Option<u32>,
    /// Of what it allocates.
    pub heap: Heap,
}

/// Memory to allocate, as one figure or by phase, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heap {
    /// For everything that is allocated.
    Whole(Option<u32>),
    /// For each phase of a module's life.
    Phases {
        /// For what is allocated after init.
        interim: Option<u32>,
        /// For what is allocated in init, and stays.
        lifetime: Option<u32>,
        /// For what other components see too.
        shared: Option<u32>,
    },
}

impl Default for Heap {
    fn default() -> Self {
        Self::Whole(None)
    }
}

impl Heap {
    /// All phases together; what isn't said counts nothing.
    pub fn bytes(self) -> u64 {
        match self {
            Self::Whole(bytes) => bytes.unwrap_or(0).into(),
            Self::Phases { interim, lifetime, shared } => {
                [interim, lifetime, shared].into_iter().flatten().map(u64::from).sum()
            }
        }
    }

    /// Both together, `u32::MAX` at most; phases stay apart only where both have them, or one has nothing.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Whole(None | Some(0)), other) | (other, Self::Whole(None | Some(0))) => other,
            (
                Self::Phases { interim, lifetime, shared },
                Self::Phases { interim: more_interim, lifetime: more_lifetime, shared: more_shared },
            ) => Self::Phases {
                interim: sum(interim, more_interim),
                lifetime: sum(lifetime, more_lifetime),
                shared: sum(shared, more_shared),
            },
            (one, other) => Self::Whole(Some(u32::try_from(one.bytes() + other.bytes()).unwrap_or(u32::MAX))),
        }
    }
}

fn sum(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    }
}

impl Memory {
    /// What two modules ask for that one thread runs in turn: the larger stack, and the heaps together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { stack: self.stack.max(other.stack), heap: self.heap.plus(other.heap) }
    }
}

impl Widget<'_> {
    /// The memory that it asks for, if its tokens are of `era`. Cost: four times what [`Tuples`](crate::tuples::Tuples) says.
    pub fn memory(&self, era: TokenEra) -> Memory {
        let tokens = [
            Token::COMP_STACK_BYTES_REQUIREMENT,
            Token::COMP_HEAP_BYTES_REQUIREMENT,
            Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT,
            Token::COMP_SHARED_BYTES_REQUIREMENT,
        ];
        meaning(tokens.map(|token| self.word(token)), era)
    }
}

/// The meaning of the tokens 420 to 423.
fn meaning([t420, t421, t422, t423]: [Option<u32>; 4], era: TokenEra) -> Memory {
    let phases = Heap::Phases { interim: t421, lifetime: t422, shared: t423 };
    match era {
        TokenEra::Guess if t422.is_some() || t423.is_some() => Memory { stack: t420, heap: phases },
        TokenEra::Phases => Memory { stack: t420, heap: phases },
        TokenEra::Guess | TokenEra::Heap => Memory { stack: t420, heap: Heap::Whole(t421) },
        TokenEra::Swapped => Memory { stack: t421, heap: Heap::Whole(t420) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phases([interim, lifetime, shared]: [Option<u32>; 3]) -> Heap {
        Heap::Phases { interim, lifetime, shared }
    }

    #[test]
    fn the_four_tokens_mean_what_their_time_says() {
        let four = [Some(1), Some(2), Some(3), Some(4)];
        let two = [Some(1), Some(2), None, None];
        let cases = [
            (two, TokenEra::Guess, Some(1), Heap::Whole(Some(2))),
            (four, TokenEra::Guess, Some(1), phases([Some(2), Some(3), Some(4)])),
            ([Some(1), Some(2), None, Some(4)], TokenEra::Guess, Some(1), phases([Some(2), None, Some(4)])),
            (four, TokenEra::Heap, Some(1), Heap::Whole(Some(2))),
            (two, TokenEra::Phases, Some(1), phases([Some(2), None, None])),
            (two, TokenEra::Swapped, Some(2), Heap::Whole(Some(1))),
            ([None; 4], TokenEra::Guess, None, Heap::Whole(None)),
        ];
        for (tokens, era, stack, heap) in cases {
            assert_eq!(meaning(tokens, era), Memory { stack, heap }, "{tokens:?} {era:?}");
        }
    }

    #[test]
    fn sums_keep_phases_where_both_have_them() {
        let whole = |bytes| Heap::Whole(Some(bytes));
        let (some, more) = (phases([1, 2, 3].map(Some)), phases([10, 20, 30].map(Some)));
        assert_eq!(whole(1).plus(whole(2)), whole(3));
        assert_eq!(some.plus(more), phases([11, 22, 33].map(Some)));
        assert_eq!(some.plus(phases([None, Some(5), None])), phases([1, 7, 3].map(Some)));
        assert_eq!(whole(0).plus(some), some);
        assert_eq!(some.plus(Heap::default()), some);
        assert_eq!(some.plus(whole(4)), whole(10));
        assert_eq!(whole(u32::MAX).plus(whole(1)), whole(u32::MAX));
        assert_eq!(phases([Some(u32::MAX); 3]).bytes(), 3 * u64::from(u32::MAX));
    }

    #[test]
    fn the_larger_of_two_stacks_is_enough() {
        let of = |stack, heap| Memory { stack, heap: Heap::Whole(heap) };
        assert_eq!(of(Some(1), Some(2)).plus(of(Some(3), None)), of(Some(3), Some(2)));
        assert_eq!(of(None, None).plus(of(Some(0), None)), of(Some(0), None));
    }
}
