//! Single promises of a ring and its ends, each with the numbers written out.
#![cfg(not(loom))]
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use headroom_ring::{CommitError, ReleaseError, Ring, RingError, SplitError, split};
use stable_deref_trait::StableDeref;

fn ring(frames: usize, frame_bytes: usize) -> Arc<Ring<Box<[u8]>>> {
    Arc::new(Ring::new(vec![0; frames * frame_bytes].into(), frame_bytes).unwrap())
}

#[test]
fn fills_to_the_last_frame_and_drains_to_none() {
    for capacity in 1..=5 {
        let (mut writer, mut reader) = split(ring(capacity, 3)).unwrap();
        // As many rounds as there are indices: full and empty at each of them.
        for round in 0..2 * capacity {
            assert_eq!((writer.free(), reader.available()), (capacity, 0), "round {round}");
            writer.grant(capacity);
            writer.commit(capacity).unwrap();
            assert_eq!((writer.free(), reader.available()), (0, capacity), "round {round}");
            let (first, second) = writer.grant(1);
            assert!(first.is_empty() && second.is_empty());
            let (first, second) = reader.grant(capacity + 1);
            assert_eq!(first.len() + second.len(), capacity * 3);
            reader.release(capacity).unwrap();
            // One frame on, so that the next round starts at the next index.
            writer.grant(1);
            writer.commit(1).unwrap();
            reader.clear();
        }
        assert_eq!(writer.ring().peak_fill(), capacity);
    }
}

#[test]
fn a_grant_that_crosses_the_wrap_is_two_slices() {
    let (mut writer, mut reader) = split(ring(5, 2)).unwrap();
    writer.grant(4);
    writer.commit(4).unwrap();
    reader.grant(3);
    reader.release(3).unwrap();

    let (before, after) = writer.grant(4);
    assert_eq!((before.len(), after.len()), (2, 6));
    before.copy_from_slice(&[40, 41]);
    after.copy_from_slice(&[50, 51, 60, 61, 70, 71]);
    writer.commit(3).unwrap();

    reader.grant(1);
    reader.release(1).unwrap();
    assert_eq!(reader.grant(9), (&[40, 41][..], &[50, 51, 60, 61][..]));
}

#[test]
fn more_than_the_grant_moves_nothing_and_keeps_it() {
    let (mut writer, mut reader) = split(ring(4, 1)).unwrap();
    assert_eq!(writer.commit(1), Err(CommitError { granted: 0, asked: 1 }));
    writer.grant(3);
    // The second one is 1 in the low 32 bits.
    for asked in [4, (1 << 32) + 1, usize::MAX] {
        assert_eq!(writer.commit(asked), Err(CommitError { granted: 3, asked }));
    }
    assert_eq!((writer.ring().fill(), writer.ring().peak_fill()), (0, 0));
    writer.commit(2).unwrap();
    assert_eq!(writer.commit(1), Err(CommitError { granted: 0, asked: 1 }), "a commit ends its grant");

    assert_eq!(reader.release(1), Err(ReleaseError { granted: 0, asked: 1 }));
    reader.grant(4);
    for asked in [3, (1 << 32) + 1, usize::MAX] {
        assert_eq!(reader.release(asked), Err(ReleaseError { granted: 2, asked }));
    }
    assert_eq!(reader.available(), 2);
    reader.release(1).unwrap();
    assert_eq!(reader.release(1), Err(ReleaseError { granted: 0, asked: 1 }), "a release ends its grant");
}

#[test]
fn a_fresh_grant_replaces_the_one_before() {
    let (mut writer, mut reader) = split(ring(4, 1)).unwrap();
    writer.grant(4);
    writer.grant(1);
    assert_eq!(writer.commit(2), Err(CommitError { granted: 1, asked: 2 }));
    writer.grant(4).0.copy_from_slice(&[1, 2, 3, 4]);
    writer.commit(4).unwrap();
    assert_eq!(reader.grant(4).0, [1, 2, 3, 4]);
    assert_eq!(reader.grant(1).0, [1]);
    assert_eq!(reader.release(4), Err(ReleaseError { granted: 1, asked: 4 }));
    reader.grant(4);
    reader.clear();
    assert_eq!(reader.release(1), Err(ReleaseError { granted: 0, asked: 1 }), "clear ends the grant");
}

#[test]
fn the_peak_is_of_commits_not_of_grants() {
    let (mut writer, mut reader) = split(ring(8, 1)).unwrap();
    for (commit, release, peak) in [(2, 2, 2), (3, 1, 3), (4, 6, 6), (5, 5, 6), (7, 0, 7)] {
        writer.grant(8);
        writer.commit(commit).unwrap();
        reader.grant(8);
        reader.release(release).unwrap();
        assert_eq!(writer.ring().peak_fill(), peak);
    }
}

#[test]
fn a_ring_is_split_once() {
    let ring = ring(2, 2);
    let ends = split(Arc::clone(&ring)).unwrap();
    assert_eq!(split(Arc::clone(&ring)).unwrap_err(), SplitError);
    drop(ends);
    assert_eq!(split(&*ring).unwrap_err(), SplitError, "the ends' indices went with them");
}

#[test]
fn one_end_outlives_the_other_and_the_ring_both() {
    let (mut writer, reader) = split(ring(2, 1)).unwrap();
    drop(reader);
    writer.grant(2).0.copy_from_slice(&[1, 2]);
    writer.commit(2).unwrap();
    assert_eq!(writer.free(), 0);

    let (mut writer, mut reader) = split(ring(2, 1)).unwrap();
    writer.grant(1).0[0] = 7;
    writer.commit(1).unwrap();
    drop(writer);
    assert_eq!(reader.grant(2).0, [7]);
    reader.release(1).unwrap();
    assert_eq!(reader.available(), 0);
}

#[test]
fn refuses_storage_that_is_no_ring() {
    assert_eq!(Ring::new(vec![0; 8], 0).unwrap_err(), RingError::ZeroFrame);
    assert_eq!(Ring::new(vec![], 4).unwrap_err(), RingError::NoFrames);
    let error = Ring::new(vec![0; 10], 4).unwrap_err();
    assert_eq!(error, RingError::PartialFrame { storage_bytes: 10, frame_bytes: 4 });
    assert_eq!(
        error.to_string(),
        "ring storage of 10 bytes is no whole number of 4-byte frames: round it down to 8 bytes or up"
    );
}

#[test]
fn a_ring_and_its_ends_may_be_moved() {
    /// To the heap and back: two addresses, two moves.
    fn moved<T>(value: T) -> T {
        *Box::new(value)
    }

    let mut bytes = [0; 4];
    let ring = Arc::new(moved(Ring::new(&mut bytes[..], 2).unwrap()));
    let (mut writer, reader) = moved(split(ring).unwrap());
    writer.grant(1).0.copy_from_slice(&[1, 2]);
    writer.commit(1).unwrap();
    let (writer, mut reader) = moved((writer, reader));
    assert_eq!(reader.grant(1).0, [1, 2]);
    drop((writer, reader));
    assert_eq!(bytes, [1, 2, 0, 0]);
}

/// Storage that counts how often it is dropped.
struct Counted<'c>(Box<[u8]>, &'c AtomicUsize);

impl std::ops::Deref for Counted<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl std::ops::DerefMut for Counted<'_> {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

// SAFETY: derefs to the target of a box, which stays where it is.
unsafe impl StableDeref for Counted<'_> {}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn storage_is_dropped_once_with_the_last_holder_or_when_refused() {
    let drops = AtomicUsize::new(0);
    let storage = || Counted(vec![0; 4].into(), &drops);
    Ring::new(storage(), 3).unwrap_err();
    assert_eq!(drops.load(Ordering::Relaxed), 1);

    let (writer, reader) = split(Arc::new(Ring::new(storage(), 2).unwrap())).unwrap();
    drop(reader);
    assert_eq!(drops.load(Ordering::Relaxed), 1);
    drop(writer);
    assert_eq!(drops.load(Ordering::Relaxed), 2);
}

/// Moves numbered 4-byte frames through a small ring in ever changing portions while another thread takes them.
#[test]
fn two_threads_lose_and_tear_nothing() {
    const FRAMES: u32 = if cfg!(miri) { 300 } else { 200_000 };
    let ring = ring(7, 4);
    let (mut writer, mut reader) = split(Arc::clone(&ring)).unwrap();
    let producer = std::thread::spawn(move || {
        let mut next = 0;
        while next < FRAMES {
            let most = (1 + next % 5).min(FRAMES - next) as usize;
            let (first, second) = writer.grant(most);
            let mut filled = 0;
            for slot in first.chunks_exact_mut(4).chain(second.chunks_exact_mut(4)) {
                slot.copy_from_slice(&next.to_le_bytes());
                next += 1;
                filled += 1;
            }
            writer.commit(filled).unwrap();
            if filled == 0 {
                std::thread::yield_now();
            }
        }
    });
    let mut next = 0;
    while next < FRAMES {
        assert!(ring.fill() <= ring.capacity());
        let (first, second) = reader.grant(1 + next as usize % 4);
        let mut used = 0;
        for slot in first.chunks_exact(4).chain(second.chunks_exact(4)) {
            assert_eq!(slot, next.to_le_bytes());
            next += 1;
            used += 1;
        }
        reader.release(used).unwrap();
        if used == 0 {
            std::thread::yield_now();
        }
    }
    producer.join().unwrap();
    assert_eq!((ring.fill(), reader.available()), (0, 0));
    assert!((1..=7).contains(&ring.peak_fill()));
}
