//! Snapshots through a mailbox: what is read is what was written, and no bytes do harm.

use headroom_control::{MAILBOX_BYTES, Piece, SnapshotError, write_snapshot};
use headroom_runtime::{Record, Runtime};
use proptest::collection::vec;
use proptest::prelude::*;

use super::messages::*;
use super::support::{Bench, Ends, arena};

/// All records, through a buffer of so many bytes.
fn through(runtime: &Runtime<'_>, buffer: usize) -> Result<Vec<Record>, SnapshotError> {
    let (mut buffer, mut records, mut next) = (vec![0xA5; buffer], Vec::new(), Some(0));
    while let Some(first) = next {
        let written = write_snapshot(runtime, first, &mut buffer)?;
        let piece = Piece::read(&buffer[..written.bytes])?;
        assert_eq!(piece.first, first);
        for record in piece {
            records.push(record?);
        }
        assert!(written.next.is_none_or(|next| next as usize == records.len() && next > first));
        next = written.next;
    }
    Ok(records)
}

/// A stream that has run, with a DP module that is out.
fn with_stream(test: impl FnOnce(&Bench<'_>)) {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&stream());
    bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
    (0..100).for_each(|_| bench.tick());
    let job = bench.send_away();
    test(&bench);
    bench.finish(job);
}

#[test]
fn a_snapshot_survives_the_mailbox_in_pieces_of_any_size() {
    with_stream(|bench| {
        let there: Vec<Record> = bench.runtime.snapshot().collect();
        assert!(there.iter().any(|record| matches!(record, Record::Module(module) if module.out)));
        for buffer in [512, 600, 1000, MAILBOX_BYTES, 1 << 16] {
            assert_eq!(through(&bench.runtime, buffer), Ok(there.clone()), "{buffer}");
        }
        assert_eq!(through(&bench.runtime, 100), Err(SnapshotError::ShortBuffer { needed: 528 }));
        assert_eq!(through(&bench.runtime, 15), Err(SnapshotError::ShortBuffer { needed: 16 }));
        let behind = write_snapshot(&bench.runtime, 1000, &mut [0; 16]).unwrap();
        assert_eq!((behind.bytes, behind.next), (16, None), "nothing comes after the last");
    });
}

#[test]
fn pieces_say_of_which_tick_they_are() {
    with_stream(|bench| {
        let tick = |first| {
            let mut buffer = [0; MAILBOX_BYTES];
            let written = write_snapshot(&bench.runtime, first, &mut buffer).unwrap();
            Piece::read(&buffer[..written.bytes]).unwrap().tick
        };
        let Some(Record::Runtime(runtime)) = bench.runtime.snapshot().next() else { panic!("no runtime") };
        assert!(runtime.tick >= 100);
        assert_eq!([tick(0), tick(3), tick(1000)], [runtime.tick; 3]);
    });
}

#[test]
fn every_cut_is_told_and_so_is_every_other_version() {
    with_stream(|bench| {
        let mut buffer = [0; MAILBOX_BYTES];
        let written = write_snapshot(&bench.runtime, 0, &mut buffer).unwrap();
        for cut in 0..written.bytes {
            let read = Piece::read(&buffer[..cut]).map(|piece| piece.collect::<Result<Vec<_>, _>>());
            assert_eq!(read.and_then(|records| records), Err(SnapshotError::Cut), "{cut}");
        }
        buffer[0] = 2;
        let other = Piece::read(&buffer[..written.bytes]).map(|piece| piece.tick);
        assert_eq!(other, Err(SnapshotError::Version { got: 2 }));
    });
}

#[test]
fn records_of_an_unknown_kind_are_stepped_over() {
    with_stream(|bench| {
        let mut buffer = [0; MAILBOX_BYTES];
        let written = write_snapshot(&bench.runtime, 0, &mut buffer).unwrap();
        let all = Piece::read(&buffer[..written.bytes]).unwrap().count();
        // The kind of the first record.
        buffer[16] = 200;
        let known: Result<Vec<_>, _> = Piece::read(&buffer[..written.bytes]).unwrap().collect();
        assert_eq!(known.unwrap().len(), all - 1);
        // And a first record that claims to have a byte more than its kind.
        buffer[16] = 1;
        let first = Piece::read(&buffer[..written.bytes]).unwrap().next();
        assert!(first.is_some_and(|read| read.is_err()), "a runtime is no pipeline");
    });
}

/// Records of a piece that end before byte `at`.
fn records_before(at: usize, piece: &[u8]) -> usize {
    let end_of = |start: usize| {
        let length = piece.get(start + 2..start + 4)?;
        Some(start + 4 + usize::from(u16::from_le_bytes([length[0], length[1]])))
    };
    let ends = std::iter::successors(Some(16), |&start| end_of(start)).skip(1);
    ends.take_while(|&end| end <= at).count()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_do_harm(bytes in vec(any::<u8>(), 0..600), start: bool) {
        let mut bytes = bytes;
        if start && bytes.len() > 20 {
            // As a piece begins, with a record of a known kind.
            (bytes[0], bytes[1], bytes[16]) = (1, 0, bytes[16] % 4);
        }
        if let Ok(piece) = Piece::read(&bytes) {
            let read: Vec<_> = piece.collect();
            let first_error = read.iter().position(Result::is_err);
            prop_assert!(first_error.is_none_or(|at| at + 1 == read.len()), "nothing is read behind an error");
            prop_assert!(4 * read.len() <= bytes.len(), "a record has a header");
        }
    }

    #[test]
    fn a_byte_that_changed_on_the_way_gives_a_record_or_an_error(at in 0_usize..1200, byte: u8) {
        with_stream(|bench| {
            let mut buffer = [0; MAILBOX_BYTES];
            let written = write_snapshot(&bench.runtime, 0, &mut buffer).unwrap();
            let at = at % written.bytes;
            // Behind the header, records that end before the byte are as they were.
            let whole = records_before(at, &buffer[..written.bytes]);
            let unchanged: Vec<_> = Piece::read(&buffer[..written.bytes]).unwrap().take(whole).collect();
            buffer[at] = byte;
            if let Ok(piece) = Piece::read(&buffer[..written.bytes]) {
                assert_eq!(piece.take(whole).collect::<Vec<_>>(), unchanged);
                assert!(piece.count() <= 100);
            }
        });
    }
}
