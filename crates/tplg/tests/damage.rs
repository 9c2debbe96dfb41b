//! Files that are damaged: they are read, or the error says where and why; nothing panics or goes on forever.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod common;

use headroom_tplg::{BlockKind, Error, Part, Reason, Topology};

/// Reads everything there is to read, and writes it back.
fn exhaust(file: &[u8]) -> Result<(), Error> {
    let topology = Topology::parse(file)?;
    let mut written = vec![0; file.len()];
    assert_eq!(topology.write(&mut written), Ok(file.len()));
    assert!(written == file, "what is read is written back, whatever it is");
    let _playable_or_not = topology.check();
    for widget in topology.widgets() {
        let numbers = widget.tokens().count() + widget.input_formats().chain(widget.output_formats()).count();
        assert!(numbers < file.len());
        assert!(widget.controls().all(|control| control.name().len() < 44));
    }
    Ok(())
}

#[test]
fn every_byte_may_have_every_value() {
    let mut file = common::worked_example();
    let (mut read, mut refused) = (0, 0);
    for at in 0..file.len() {
        let whole = file[at];
        for flip in 1..=0xff {
            file[at] = whole ^ flip;
            // All values are read; those that differ in one bit or in all are looked at in detail.
            let thorough = flip.is_power_of_two() || flip == 0xff;
            match if thorough { exhaust(&file) } else { Topology::parse(&file).map(drop) } {
                Ok(()) => read += 1,
                Err(error) => {
                    refused += 1;
                    assert!(error.offset <= file.len(), "{error:?}");
                    assert!(!thorough || error.to_string().contains("; "), "{error}");
                }
            }
        }
        file[at] = whole;
    }
    assert_eq!(read + refused, 255 * file.len());
    assert!(read > 100_000 && refused > 100_000, "{read} files are read, {refused} refused");
}

#[test]
fn a_file_can_end_only_where_a_block_does() {
    let file = common::worked_example();
    for len in 0..file.len() {
        match exhaust(&file[..len]) {
            Ok(()) => assert!([154, 2774, 3750].contains(&len), "{len}"),
            Err(Error { offset: 0, reason: Reason::Empty }) => assert_eq!(len, 0),
            Err(Error { offset, reason: Reason::Short { part, needed, got } }) => {
                assert!(matches!(part, Part::Header | Part::Payload), "{part:?} at {len}");
                assert!(got < needed && offset + got == len);
            }
            Err(error) => panic!("{len}: {error}"),
        }
    }
}

/// The file with the word at byte `at` set to `word`.
fn with(at: usize, word: u32) -> Vec<u8> {
    let mut file = common::worked_example();
    file[at..at + 4].copy_from_slice(&word.to_le_bytes());
    file
}

#[track_caller]
fn refused(file: &[u8], offset: usize, reason: Reason) {
    assert_eq!(exhaust(file), Err(Error { offset, reason }));
}

/// Where the first widget is, and the first array of it: six words.
const WIDGET: usize = 190;
const ARRAY: usize = WIDGET + 132;

#[test]
fn a_vendor_array_that_would_not_end_is_refused() {
    for size in 0..60 {
        refused(&with(ARRAY, size), ARRAY, Reason::ArraySize { size, count: 6 });
    }
    for size in [129, 1000, u32::MAX] {
        let reason = Reason::Short { part: Part::Array, needed: size as usize, got: 128 };
        refused(&with(ARRAY, size), ARRAY, reason);
    }
    for count in [7, 1 << 29, u32::MAX] {
        refused(&with(ARRAY + 8, count), ARRAY, Reason::ArraySize { size: 60, count });
    }
    refused(&with(ARRAY + 4, 6), ARRAY + 4, Reason::ArrayType { found: 6 });
}

#[test]
fn an_array_may_be_larger_than_its_elements() {
    let file = with(ARRAY + 8, 5);
    let topology = Topology::parse(&file).unwrap();
    assert_eq!(topology.widgets().next().unwrap().tokens().count(), 9);
    assert_eq!(exhaust(&file), Ok(()));
}

#[test]
fn headers_are_held_against_the_format() {
    refused(&with(0, 0x4353_6f41), 0, Reason::Magic { found: 0x4353_6f41 });
    refused(&with(154, 0x436f_5341), 154, Reason::BigEndian);
    refused(&with(154 + 4, 3), 158, Reason::Abi { found: 3 });
    refused(&with(154 + 4, 6), 158, Reason::Abi { found: 6 });
    assert_eq!(exhaust(&with(154 + 4, 4)), Ok(()));
    refused(&with(154 + 16, 40), 170, Reason::Size { found: 40, expected: 36 });
    refused(
        &with(154 + 24, u32::MAX),
        190,
        Reason::Short { part: Part::Payload, needed: u32::MAX as usize, got: 3860 },
    );
}

#[test]
fn elements_are_held_against_their_block() {
    let (widgets, last_block) = (BlockKind::Widget, 3750);
    refused(&with(154 + 32, 3), 1534, Reason::Leftover { kind: widgets, bytes: 1240 });
    refused(&with(154 + 32, 5), 2774, Reason::Short { part: Part::Record, needed: 132, got: 0 });
    refused(&with(154 + 32, u32::MAX), 2774, Reason::Short { part: Part::Record, needed: 132, got: 0 });
    refused(&with(last_block + 32, 0), 3786, Reason::Leftover { kind: BlockKind::Graph, bytes: 264 });
    refused(&with(WIDGET, 131), WIDGET, Reason::Size { found: 131, expected: 132 });
    refused(&with(WIDGET + 128, 5000), ARRAY, Reason::Short { part: Part::Private, needed: 5000, got: 2452 });
    // The first control of the gain, the last widget.
    let control = 1534 + 132 + 332;
    refused(&with(control, 203), control, Reason::Size { found: 203, expected: 204 });
    refused(&with(control + 204, 361), control + 204, Reason::Size { found: 361, expected: 360 });
    refused(&with(control + 64, 9), control + 64, Reason::Info { found: 9 });
    refused(&with(control + 224, 9), control + 224, Reason::Count { found: 9, limit: 8 });
}

#[test]
fn strings_end_and_are_text() {
    let mut file = common::worked_example();
    file[WIDGET + 8..WIDGET + 52].fill(b'x');
    refused(&file, WIDGET + 8, Reason::Unterminated);
    file[WIDGET + 51] = 0;
    assert_eq!(exhaust(&file), Ok(()));
    file[WIDGET + 8] = 0xff;
    refused(&file, WIDGET + 8, Reason::NotUtf8);
    // What follows the end of a text is nobody's business, and stays.
    let mut file = common::worked_example();
    file[WIDGET + 50] = 0xff;
    assert_eq!(exhaust(&file), Ok(()));
}

#[test]
fn check_finds_what_a_driver_would_refuse() {
    let check = |file: &[u8]| Topology::parse(file).unwrap().check();
    let routes = 3786;
    let nowhere = Error { offset: routes + 132, reason: Reason::NoSuchWidget };
    let mut file = common::worked_example();
    file[routes + 132] = b'G';
    assert_eq!(check(&file), Err(nowhere));
    // The index of the block of widgets, and the kind of its scheduler.
    assert_eq!(check(&with(154 + 28, 7)), Ok(()));
    let alone = Error { offset: 450, reason: Reason::NoScheduler { pipeline: 1 } };
    assert_eq!(check(&with(WIDGET + 4, 0)), Err(alone));
    // The copier's arrays: 68 and 20 bytes, and then its UUID.
    let copier = 450 + 132;
    let nameless = Error { offset: 450, reason: Reason::NoUuid };
    assert_eq!(check(&with(copier + 68 + 20 + 12, 9)), Err(nameless));
    let short = Error { offset: 450, reason: Reason::Formats { announced: 3, found: 2 } };
    assert_eq!(check(&with(copier + 12 + 4 * 8 + 4, 3)), Err(short));
    // Fewer than there are is what Linux reads, too.
    assert_eq!(check(&with(copier + 12 + 4 * 8 + 4, 1)), Ok(()));
    let channels = copier + 68 + 20 + 32 + 20 + 20 + 12 + 6 * 8 + 4;
    let reason = Reason::Format { channels: 9, pin: 0, block_bytes: 180 };
    assert_eq!(check(&with(channels, 9)), Err(Error { offset: 450, reason }));
}

#[test]
fn unknown_blocks_and_those_of_vendors_stay_bytes() {
    let mut file = common::worked_example();
    let header = file[..36].to_vec();
    for (kind, payload) in [(11u32, &b"private"[..]), (1000, b""), (77, b"\0\x01\x02")] {
        let at = file.len();
        file.extend(&header);
        file[at + 12..at + 16].copy_from_slice(&kind.to_le_bytes());
        file[at + 24..at + 28].copy_from_slice(&(payload.len() as u32).to_le_bytes());
        // A count that nobody knows the elements of.
        file[at + 32..at + 36].copy_from_slice(&1000u32.to_le_bytes());
        file.extend(payload);
    }
    assert_eq!(exhaust(&file), Ok(()));
    let topology = Topology::parse(&file).unwrap();
    let last = topology.blocks().last().unwrap();
    assert_eq!(
        (last.kind(), last.payload(), last.elements().count()),
        (BlockKind::Other(77), &b"\0\x01\x02"[..], 1)
    );
}
