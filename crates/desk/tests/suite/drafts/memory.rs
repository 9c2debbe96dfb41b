//! What widgets declare of memory, as the runtime was told it.

use headroom_desk::{Options, TokenEra};
use headroom_testbench::draft::{Draft, Node, node, playback};
use headroom_tplg::{Token, WidgetKind};

use super::support::play;
use crate::support::Seen;

const STACK: Token = Token::COMP_STACK_BYTES_REQUIREMENT;
const HEAP: Token = Token::COMP_HEAP_BYTES_REQUIREMENT;
const LIFETIME: Token = Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT;
const SHARED: Token = Token::COMP_SHARED_BYTES_REQUIREMENT;

fn gain(name: &str, words: &[(Token, u32)]) -> Node {
    let mut gain = node(name, WidgetKind::Pga, "gain", 1);
    gain.words(words);
    gain
}

/// Two LL gains and a DP one between ends, each with four tokens, or two.
fn draft(tokens: [Token; 4], count: usize) -> Draft {
    let words =
        |values: [u32; 4]| -> Vec<(Token, u32)> { tokens.into_iter().zip(values).take(count).collect() };
    let mut dp = gain("dp", &words([3000, 40_000, 50_000, 6000]));
    dp.text(Token::COMP_SCHED_DOMAIN, "DP").words(&[(Token::COMP_DOMAIN_ID, 0)]);
    let (one, two) = (words([1000, 10_000, 20_000, 4000]), words([2000, 30_000, 5000, 700]));
    playback(vec![gain("one", &one), gain("two", &two), dp])
}

fn play_as(draft: &Draft, era: TokenEra) -> Seen {
    play(draft, &Options { era, ..Options::default() }).unwrap()
}

/// What was declared: of the pipeline (bytes and stack), and of the DP module.
fn declared(seen: &Seen) -> [(usize, u32); 2] {
    let (pipeline, dp) = (&seen.pipelines[0], seen.module("dp"));
    [(pipeline.declared_bytes, pipeline.declared_stack), (dp.declared_bytes, dp.stack_bytes)]
}

#[test]
fn each_era_reads_the_tokens_in_its_way() {
    let order = [STACK, HEAP, LIFETIME, SHARED];
    let (two, four) = (draft(order, 2), draft(order, 4));
    // Sums of the LL modules' heaps, their largest stack; the DP module's own.
    let heap = [(40_000, 2000), (40_000, 3000)];
    // Shared memory is no part of a region.
    let phases = [(40_000 + 25_000, 2000), (40_000 + 50_000, 3000)];
    let cases = [
        (&two, TokenEra::Guess, heap),
        (&two, TokenEra::Heap, heap),
        (&two, TokenEra::Phases, heap),
        (&four, TokenEra::Guess, phases),
        (&four, TokenEra::Phases, phases),
        (&four, TokenEra::Heap, heap),
    ];
    for (draft, era, expected) in cases {
        assert_eq!(declared(&play_as(draft, era)), expected, "{era:?}");
    }
}
