//! Bytes that are no message, and sessions that have gone wrong: always a reply, never a panic, nothing left behind.

use headroom_control::MAILBOX_BYTES;
use proptest::prelude::*;
use proptest::sample::Index;

use super::messages::*;
use super::support::{Bench, Ends, arena};

/// Every kind of message that is served, all valid one after the other.
fn session() -> Vec<Vec<u8>> {
    let with_memory = |id: u32, words: u32, object: &[u32]| {
        message([0x1100_0006 | id << 16, 0x2000_0000], &[&[0x0100_0000 | words, 0, 0], object])
    };
    let mut messages = vec![with_memory(2, 7, &MEMORY_3), with_memory(3, 9, &MEMORY_5)];
    messages.extend(stream());
    messages.extend([
        init_gain(1, 2),
        message(
            [0x4002_0007, 0x3003_0014],
            &[&EXTENSION, &MEMORY_5, &base([FIVE_MS_16K, FIVE_MS_48K], HZ_16000), &[HZ_48000]],
        ),
        message([0x4002_0004, 0x0002_0015], &[&base([MS_48K, MS_48K], HZ_48000), &copier(HZ_48000, NO_NODE)]),
        bind(0x1_0006, 0x2_0004),
        message([0x4300_0006, 0x3000_0400], &[]),
        message([0x4300_0006, 0x2000_0400], &[]),
        message([0x4400_0006, 0x2000_0018], &[&volume(HALF)[..2]]),
        message([0x4400_0006, 0x0000_0008], &[&volume(HALF)[2..4]]),
        message([0x4400_0006, 0x1000_0010], &[&volume(HALF)[4..]]),
        message([0x4400_0006, 0x3ff0_0020], &[&[0, 24], &volume(HALF)]),
        message([0x4300_0006, 0x3ff0_0008], &[&[0, 48]]),
        message([0x1400_0001, 0], &[]),
        message([0x1501_0000, 0], &[]),
        set_states(&[1, 3], PAUSED),
        set_state(1, RUNNING),
        set_state(1, PAUSED),
        set_states(&[1, 2, 3], RESET),
        unbind(0x1_0006, 0x2_0004),
        message([0x4b01_0006, 0], &[]),
        delete(1),
    ]);
    messages
}

/// The reply is whole, says that it is one, and is to what was readable of the message.
fn check_reply(message: &[u8], reply: &[u8]) {
    assert!((8..=MAILBOX_BYTES).contains(&reply.len()));
    let kind = message.first_chunk().map_or(0, |word| u32::from_le_bytes(*word) & 0x5f00_0000);
    let primary = u32::from_le_bytes([reply[0], reply[1], reply[2], reply[3]]);
    assert_eq!(primary & 0xff00_0000, kind | 0x2000_0000, "{message:02x?}");
}

#[test]
fn every_truncation_of_every_message_is_refused_and_changes_nothing() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    for message in session() {
        let before = bench.picture();
        // A part of a configuration does not say how long it is: any length may be all of it.
        let is_part = message[3] == 0x44 && message[7] & 0x30 != 0x30;
        for length in 0..if is_part { 8 } else { message.len() } {
            let (answer, reply) = bench.send(&message[..length]);
            check_reply(&message[..length], reply);
            assert!(answer.reason.is_some(), "{length} bytes of {message:02x?}");
        }
        assert_eq!(bench.picture(), before, "{message:02x?}");
        bench.send_all(&[message]);
    }
}

/// What happens next in a session that may have gone wrong.
#[derive(Clone, Debug)]
enum Act {
    /// A message of the session, with a word replaced by another and cut somewhere, if so.
    Send { which: Index, word: Option<(Index, u32)>, cut: Option<Index> },
    /// Bytes.
    Bytes(Vec<u8>),
    /// So many ticks.
    Ticks(u8),
}

/// Words that mean something somewhere, and any others.
fn word() -> impl Strategy<Value = u32> {
    let telling = vec![0, 1, 2, 3, 4, 0xff, 0x100, 0x1000, 0x0400_0001, 0x7fff_ffff, 0x8000_0000, u32::MAX];
    prop_oneof![proptest::sample::select(telling), any::<u32>()]
}

fn act() -> impl Strategy<Value = Act> {
    let cut = prop_oneof![9 => Just(None), 1 => any::<Index>().prop_map(Some)];
    let word = proptest::option::of((any::<Index>(), word()));
    prop_oneof![
        8 => (any::<Index>(), word, cut).prop_map(|(which, word, cut)| Act::Send { which, word, cut }),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Act::Bytes),
        2 => (1..12u8).prop_map(Act::Ticks),
    ]
}

fn mutated(session: &[Vec<u8>], which: Index, word: Option<(Index, u32)>, cut: Option<Index>) -> Vec<u8> {
    let mut message = session[which.index(session.len())].clone();
    if let Some((place, word)) = word {
        let at = 4 * place.index(message.len() / 4);
        message[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    if let Some(cut) = cut {
        message.truncate(cut.index(message.len()));
    }
    message
}

/// A valid session is played from `start` on, with acts in between; then all is taken down over the wire.
fn play(prefix: usize, acts: &[Act]) {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    let (at_start, session) = (bench.in_use(), session());
    bench.send_all(&session[..prefix]);
    for act in acts {
        let message = match act {
            Act::Send { which, word, cut } => mutated(&session, *which, *word, *cut),
            Act::Bytes(bytes) => bytes.clone(),
            Act::Ticks(ticks) => {
                (0..*ticks).for_each(|_| bench.tick());
                continue;
            }
        };
        check_reply(&message, bench.send(&message).1);
    }
    bench.delete_all();
    assert_eq!(bench.in_use(), at_start);
    assert_eq!(bench.runtime.common_region().interim_used, bench.common_at_start);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_get_a_reply(messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..64), 1..20)) {
        play(0, &messages.into_iter().map(Act::Bytes).collect::<Vec<_>>());
    }

    #[test]
    fn sessions_that_go_wrong_leave_nothing_behind(
        prefix in any::<Index>(), acts in prop::collection::vec(act(), 1..40),
    ) {
        play(prefix.index(session().len()), &acts);
    }
}
