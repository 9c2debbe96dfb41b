//! What widgets declare of memory, as messages have it.

use headroom_driver::{Setup, TokenEra};
use headroom_ipc4::{HeapSize, MemRequest};
use headroom_testbench::draft::{Draft, Node, node, playback};
use headroom_tplg::{Token, WidgetKind};

use crate::support::{With, created, init, nothing, open};

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

fn open_as(draft: &Draft, era: TokenEra) -> Setup {
    open(draft, &With { era, ..nothing() }).unwrap()
}

/// What is asked for: by the pipeline and by the DP module.
fn asked(setup: &Setup) -> [MemRequest; 2] {
    [created(setup, 1).memory.unwrap().unwrap(), init(setup, "dp").memory.unwrap()]
}

fn whole(stack_bytes: u32, heap: u32) -> MemRequest {
    MemRequest { domain: 0, stack_bytes, size: HeapSize::Single(heap) }
}

fn phases(stack_bytes: u32, [interim, lifetime, shared]: [u32; 3]) -> MemRequest {
    MemRequest { domain: 0, stack_bytes, size: HeapSize::Split { interim, lifetime, shared } }
}

/// Sums of the LL modules' heaps, their largest stack; the DP module's own. The scheduler widget's tokens, of a megabyte each,
/// don't count.
#[test]
fn in_the_messages() {
    let order = [STACK, HEAP, LIFETIME, SHARED];
    let (two, four) = (draft(order, 2), draft(order, 4));
    let heap = [whole(2000, 40_000), whole(3000, 40_000)];
    let split = |shared: [u32; 2]| {
        [phases(2000, [40_000, 25_000, shared[0]]), phases(3000, [40_000, 50_000, shared[1]])]
    };
    // Phases of which nothing is said.
    let bare = [phases(2000, [40_000, 0, 0]), phases(3000, [40_000, 0, 0])];
    let cases = [
        (&two, TokenEra::Guess, heap),
        (&two, TokenEra::Heap, heap),
        (&two, TokenEra::Phases, bare),
        (&four, TokenEra::Guess, split([4700, 6000])),
        (&four, TokenEra::Phases, split([4700, 6000])),
        (&four, TokenEra::Heap, heap),
    ];
    for (draft, era, expected) in cases {
        assert_eq!(asked(&open_as(draft, era)), expected, "{era:?}");
    }
}

/// Linux 6.19 to 7.2 has 420 and 421 the other way round: a file that is right for it says the heap first.
#[test]
fn swapped_tokens() {
    let swapped = draft([HEAP, STACK, LIFETIME, SHARED], 2);
    let usual = draft([STACK, HEAP, LIFETIME, SHARED], 2);
    assert_eq!(asked(&open_as(&swapped, TokenEra::Swapped)), asked(&open_as(&usual, TokenEra::Heap)));
}

/// Pages of a create message: those of each widget, as Linux counts them.
#[test]
fn pages_are_counted_per_widget() {
    let pages = |words: &[(Token, u32)]| {
        let setup = open(&playback(vec![gain("gain", words)]), &nothing()).unwrap();
        let message = created(&setup, 1);
        assert_eq!((message.priority, message.core), (0, 0));
        message.pages
    };
    // (448 + 12 + 128 + 96 + 12 + 8 * (128 + 384)) / 4096, rounded up, is 2.
    assert_eq!(pages(&[]), 6);
    assert_eq!(pages(&[(Token::COMP_IS_PAGES, 100_000)]), 30);
}
