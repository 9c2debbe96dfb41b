//! The object arrays of create and init messages: a table of odd cases, and a naive model over random arrays.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod common;

use common::{bytes, message};
use headroom_ipc4::{DecodeError, HeapSize, Ignored, InitInstance, MemRequest, ModuleId, Request};
use proptest::collection::vec;
use proptest::prelude::*;

const NOTHING: Ignored = Ignored::NOTHING;

/// The header word of an object, written here a second time on purpose.
const fn header(id: u32, words: u32, last: bool) -> u32 {
    words << 16 | id << 1 | last as u32
}

fn init(payload: &[u32]) -> Vec<u8> {
    message([0x4002_0007, 0x2001_0000 | u32::try_from(payload.len()).unwrap()], payload)
}

#[track_caller]
fn decoded(wire: &[u8]) -> InitInstance<'_> {
    match Request::decode(wire) {
        Ok(Request::InitInstance(init)) => init,
        other => panic!("{other:?}"),
    }
}

const fn single(heap: u32) -> Option<MemRequest> {
    Some(MemRequest { domain: 1, stack_bytes: 2, size: HeapSize::Single(heap) })
}

const fn split(interim: u32, lifetime: u32, shared: u32) -> Option<MemRequest> {
    Some(MemRequest { domain: 1, stack_bytes: 2, size: HeapSize::Split { interim, lifetime, shared } })
}

/// Name, objects, and what is read from them: memory, module data, what was passed over.
type Accepted = (&'static str, &'static [u32], Option<MemRequest>, Option<&'static [u32]>, Ignored);

const ACCEPTED: [Accepted; 11] = [
    ("three words", &[header(1, 3, true), 1, 2, 3], single(3), None, NOTHING),
    (
        "four words: the fourth is too much",
        &[header(1, 4, true), 1, 2, 3, 4],
        single(3),
        None,
        Ignored { extra_words: 1, ..NOTHING },
    ),
    ("five words", &[header(1, 5, true), 1, 2, 3, 4, 5], split(3, 4, 5), None, NOTHING),
    (
        "seven words: two are too much",
        &[header(1, 7, true), 1, 2, 3, 4, 5, 6, 7],
        split(3, 4, 5),
        None,
        Ignored { extra_words: 2, ..NOTHING },
    ),
    ("two words: too small", &[header(1, 2, true), 1, 2], None, None, Ignored { too_small: 1, ..NOTHING }),
    ("no words: too small", &[header(1, 0, true)], None, None, Ignored { too_small: 1, ..NOTHING }),
    ("module data", &[header(2, 2, true), 8, 9], None, Some(&[8, 9]), NOTHING),
    ("empty module data", &[header(2, 0, true)], None, Some(&[]), NOTHING),
    (
        "unknown in front",
        &[header(0x7fff, 1, false), 9, header(1, 3, true), 1, 2, 3],
        single(3),
        None,
        Ignored { unknown: 1, ..NOTHING },
    ),
    ("id 0 is unknown", &[header(0, 0, true)], None, None, Ignored { unknown: 1, ..NOTHING }),
    (
        "the last of two counts, a too small one replaces nothing",
        &[header(1, 3, false), 1, 2, 3, header(1, 3, false), 1, 2, 4, header(1, 1, true), 0],
        single(4),
        None,
        Ignored { repeated: 1, too_small: 1, ..NOTHING },
    ),
];

#[test]
fn accepted_arrays() {
    for (name, objects, memory, module_data, ignored) in ACCEPTED {
        let wire = init(&[&[4, 0, 0][..], objects, &[0xcafe]].concat());
        let init = decoded(&wire);
        assert_eq!(init.memory, memory, "{name}");
        assert_eq!(init.module_data, module_data.map(bytes).as_deref(), "{name}");
        assert_eq!(init.ignored, ignored, "{name}");
        assert_eq!(init.payload, bytes(&[0xcafe]), "{name}");
    }
}

#[test]
fn refused_arrays() {
    let cases: [(&str, &[u32], DecodeError); 6] = [
        ("no extension header", &[4, 0], DecodeError::ExtendedInit { offset: 8, needed: 12, got: 8 }),
        ("no object", &[4, 0, 0], DecodeError::ObjectHeader { offset: 20, needed: 4, got: 0 }),
        (
            "no last object",
            &[4, 0, 0, header(2, 1, false), 9],
            DecodeError::ObjectHeader { offset: 28, needed: 4, got: 0 },
        ),
        (
            "a word short",
            &[4, 0, 0, header(1, 3, true), 1, 2],
            DecodeError::ObjectBody { offset: 24, needed: 12, got: 8 },
        ),
        (
            "an unknown object too large",
            &[4, 0, 0, header(9, 0xffff, true)],
            DecodeError::ObjectBody { offset: 24, needed: 262_140, got: 0 },
        ),
        (
            "the second one too large",
            &[4, 0, 0, header(2, 1, false), 9, header(1, 3, true), 1, 2],
            DecodeError::ObjectBody { offset: 32, needed: 12, got: 8 },
        ),
    ];
    for (name, payload, error) in cases {
        let mut wire = init(payload);
        assert_eq!(Request::decode(&wire), Err(error), "{name}");
        // Bytes behind the block are somebody else's: they can't complete an array.
        wire.extend(bytes(&[header(1, 0, true); 8]));
        assert_eq!(Request::decode(&wire), Err(error), "{name}, in a longer mailbox");
    }
}

#[test]
fn an_extension_without_objects_is_only_taken_off() {
    let wire = init(&[0, 0, 0, 7]);
    let init = decoded(&wire);
    let payload = bytes(&[7]);
    assert_eq!(init, InitInstance::new(ModuleId { module: 7, instance: 2 }, 1, &payload));
}

#[test]
fn a_faulty_pipeline_payload_is_kept_beside_the_pipeline() {
    let cases: [(&str, &[u32], DecodeError); 6] = [
        ("absent", &[], DecodeError::PipelinePayload { offset: 8, needed: 12, got: 0 }),
        ("header short", &[3, 0], DecodeError::PipelinePayload { offset: 8, needed: 12, got: 8 }),
        (
            "both readings too long",
            &[5, 0, 0, 0],
            DecodeError::PipelinePayload { offset: 8, needed: 20, got: 16 },
        ),
        (
            "must leave the header out",
            &[2, 0, 0, 0],
            DecodeError::PipelinePayload { offset: 8, needed: 20, got: 16 },
        ),
        ("no objects", &[3 | 1 << 24, 0, 0], DecodeError::ObjectHeader { offset: 20, needed: 4, got: 0 }),
        (
            "object beyond both readings",
            &[4 | 1 << 24, 0, 0, header(1, 4, true), 1, 2, 3, 4],
            DecodeError::ObjectBody { offset: 24, needed: 16, got: 12 },
        ),
    ];
    for (name, payload, fault) in cases {
        match Request::decode(&message([0x1101_000A, 0x2000_0000], payload)) {
            Ok(Request::CreatePipeline(create)) => {
                assert_eq!((create.id, create.pages, create.memory), (1, 10, Err(fault)), "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn a_pipeline_payload_without_objects_asks_for_nothing() {
    for payload in [&[0, 0, 0][..], &[3, 0, 0], &[4, 0, 0, header(1, 0, true)]] {
        match Request::decode(&message([0x1101_000A, 0x2000_0000], payload)) {
            Ok(Request::CreatePipeline(create)) => assert_eq!(create.memory, Ok(None)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn total_is_lifetime_and_interim_and_cannot_overflow() {
    assert_eq!(HeapSize::Single(u32::MAX).total(), 0xffff_ffff);
    assert_eq!(HeapSize::Split { interim: 3, lifetime: 4, shared: 5 }.total(), 7);
    let largest = HeapSize::Split { interim: u32::MAX, lifetime: u32::MAX, shared: u32::MAX };
    assert_eq!(largest.total(), 0x1_ffff_fffe);
}

/// What a message's objects should be read as, from the list that made it.
fn model(objects: &[(u32, Vec<u32>)]) -> (Option<MemRequest>, Option<Vec<u32>>, Ignored) {
    let (mut memory, mut module_data, mut ignored) = (None, None, NOTHING);
    for (id, body) in objects {
        match (id, body[..].len()) {
            (1, 0..=2) => ignored.too_small += 1,
            (1, words @ 3..) => {
                ignored.repeated += u32::from(memory.is_some());
                let (known, size) = if words < 5 {
                    (3, HeapSize::Single(body[2]))
                } else {
                    (5, HeapSize::Split { interim: body[2], lifetime: body[3], shared: body[4] })
                };
                ignored.extra_words += u32::try_from(words - known).unwrap();
                memory = Some(MemRequest { domain: body[0], stack_bytes: body[1], size });
            }
            (2, _) => {
                ignored.repeated += u32::from(module_data.is_some());
                module_data = Some(body.clone());
            }
            _ => ignored.unknown += 1,
        }
    }
    (memory, module_data, ignored)
}

fn array(objects: &[(u32, Vec<u32>)]) -> Vec<u32> {
    let mut words = Vec::new();
    for (index, (id, body)) in objects.iter().enumerate() {
        words.push(header(*id, u32::try_from(body.len()).unwrap(), index + 1 == objects.len()));
        words.extend(body);
    }
    words
}

fn objects() -> impl Strategy<Value = Vec<(u32, Vec<u32>)>> {
    vec((prop_oneof![4 => 0..4_u32, 1 => 0..0x8000_u32], vec(any::<u32>(), 0..9)), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn init_objects_match_the_model(objects in objects(), own in vec(any::<u32>(), 0..6)) {
        let wire = init(&[&[4, 0, 0][..], &array(&objects), &own].concat());
        let (memory, module_data, ignored) = model(&objects);
        let init = decoded(&wire);
        prop_assert_eq!(init.memory, memory);
        prop_assert_eq!(init.module_data.map(<[u8]>::to_vec), module_data.map(|words| bytes(&words)));
        prop_assert_eq!(init.ignored, ignored);
        prop_assert_eq!(init.payload, bytes(&own));
    }

    /// Both readings of `payload_words`, in a message that ends with the array and in a longer mailbox.
    #[test]
    fn pipeline_objects_match_the_model_in_both_readings(
        objects in objects(), behind in vec(any::<u8>(), 0..40),
    ) {
        // A pipeline has no module data: there id 2 is unknown.
        let known: Vec<_> =
            objects.iter().map(|(id, body)| (if *id == 2 { 3 } else { *id }, body.clone())).collect();
        let (memory, _, ignored) = model(&known);
        let array = array(&objects);
        let left_out = u32::try_from(array.len()).unwrap();
        for words in [left_out, left_out + 3] {
            let mut wire =
                message([0x1101_000A, 0x2000_0000], &[&[words | 1 << 24, 0, 0][..], &array].concat());
            wire.extend(&behind);
            match Request::decode(&wire) {
                Ok(Request::CreatePipeline(create)) => {
                    prop_assert_eq!(create.memory, Ok(memory));
                    prop_assert_eq!(create.ignored, ignored);
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
