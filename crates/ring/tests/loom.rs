//! Every interleaving of the two ends that the C11 memory model allows, explored by loom; run it with
//! `RUSTFLAGS="--cfg loom" cargo test -p headroom-ring --test loom --release`.
//!
//! A checker that sees nothing is worse than none, and loom 0.7 can miss interleavings (its issues 166 and 392). So each
//! order has a twin here that is weakened and must fail, and the sound runs count what they explored.
#![cfg(loom)]
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use headroom_ring::{Edge, Reader, Ring, Writer, split, weaken};
use loom::{cell::UnsafeCell, sync::atomic::AtomicUsize as Touched, thread};

type Shared = Arc<Ring<Box<[u8]>>>;

/// Tells loom which slot is accessed when. Frames are one byte, and a byte in a plain slice is nothing it can see.
struct Slots {
    base: usize,
    cells: Vec<UnsafeCell<()>>,
    /// Both threads start with a read-modify-write of this, lest loom prunes a thread that starts with a load.
    touched: Touched,
}

// SAFETY: the cells hold nothing; loom checks that accesses to each do not race, which is the test.
unsafe impl Sync for Slots {}

impl Slots {
    fn of(&self, byte: &u8) -> &UnsafeCell<()> {
        &self.cells[byte as *const u8 as usize - self.base]
    }

    fn touch(&self) {
        self.touched.fetch_add(1, Ordering::Relaxed);
    }
}

fn ring(capacity: usize) -> (Shared, Arc<Slots>) {
    let storage = vec![0; capacity].into_boxed_slice();
    let base = storage.as_ptr() as usize;
    let cells = (0..capacity).map(|_| UnsafeCell::new(())).collect();
    let slots = Arc::new(Slots { base, cells, touched: Touched::new(0) });
    (Arc::new(Ring::new(storage, 1).unwrap()), slots)
}

/// Asks `tries` times for two frames and numbers those it gets on from `next`.
fn produce(writer: &mut Writer<Shared>, slots: &Slots, tries: usize) {
    let mut next = 1;
    for _ in 0..tries {
        let (first, second) = writer.grant(2);
        let frames = first.len() + second.len();
        for byte in first.iter_mut().chain(second) {
            slots.of(byte).with_mut(|_| *byte = next);
            next += 1;
        }
        writer.commit(frames).unwrap();
    }
}

/// Takes what there is, `tries` times, and checks the numbers; returns how many frames it got.
fn consume(reader: &mut Reader<Shared>, slots: &Slots, tries: usize) -> usize {
    let mut total = 0;
    for _ in 0..tries {
        let (first, second) = reader.grant(2);
        let frames = first.len() + second.len();
        for byte in first.iter().chain(second) {
            total += 1;
            assert_eq!(slots.of(byte).with(|_| usize::from(*byte)), total);
        }
        reader.release(frames).unwrap();
    }
    total
}

/// Explores both ends at work on a ring of `capacity` frames; returns in how many interleavings the reader got 0, 1, 2 ..
/// frames before it gave up.
fn explore(capacity: usize, tries: usize) -> Vec<usize> {
    let seen: Arc<Vec<AtomicUsize>> = Arc::new((0..=2 * tries).map(|_| AtomicUsize::new(0)).collect());
    let count = Arc::clone(&seen);
    loom::model(move || {
        let (ring, slots) = ring(capacity);
        let (mut writer, mut reader) = split(ring).unwrap();
        let producer_slots = Arc::clone(&slots);
        let producer = thread::spawn(move || {
            producer_slots.touch();
            produce(&mut writer, &producer_slots, tries);
        });
        let consumer = thread::spawn(move || {
            slots.touch();
            consume(&mut reader, &slots, tries)
        });
        let total = consumer.join().unwrap();
        producer.join().unwrap();
        count[total].fetch_add(1, Ordering::Relaxed);
    });
    seen.iter().map(|count| count.load(Ordering::Relaxed)).collect()
}

/// Every number of frames that can come through did so in some interleaving, no other did, and there were many.
fn assert_explored(seen: &[usize], reachable: &[usize]) {
    for (frames, &interleavings) in seen.iter().enumerate() {
        assert_eq!(
            interleavings > 0,
            reachable.contains(&frames),
            "{frames} frames in {interleavings} interleavings"
        );
    }
    let all: usize = seen.iter().sum();
    assert!(all > 1_000, "only {all} interleavings: loom has pruned what the test is about");
}

#[test]
fn one_frame_and_indices_that_start_over() {
    assert_explored(&explore(1, 2), &[0, 1, 2]);
}

#[test]
fn full_and_empty_again() {
    assert_explored(&explore(2, 2), &[0, 2, 4]);
}

#[test]
fn a_grant_in_two_slices() {
    assert_explored(&explore(3, 2), &[0, 2, 3, 4]);
}

/// Two frames come and go between a third party's two loads, then two more come: indices four apart on a ring of three.
#[test]
fn the_fill_seen_from_outside_never_exceeds_the_capacity() {
    let seen: Arc<Vec<AtomicUsize>> = Arc::new((0..=3).map(|_| AtomicUsize::new(0)).collect());
    let count = Arc::clone(&seen);
    loom::model(move || {
        let (ring, _) = ring(3);
        let (mut writer, mut reader) = split(Arc::clone(&ring)).unwrap();
        let ends = thread::spawn(move || {
            for _ in 0..2 {
                let granted = writer.grant(2);
                let frames = granted.0.len() + granted.1.len();
                writer.commit(frames).unwrap();
                reader.grant(2);
                reader.release(frames).unwrap();
            }
        });
        count[ring.fill()].fetch_add(1, Ordering::Relaxed);
        ends.join().unwrap();
    });
    assert!(seen[3].load(Ordering::Relaxed) > 0, "no interleaving tried it: {seen:?}");
}

#[test]
#[should_panic(expected = "Causality violation")]
fn publish_write_must_not_be_relaxed() {
    weaken(Edge::PublishWrite);
    explore(2, 2);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn observe_write_must_not_be_relaxed() {
    weaken(Edge::ObserveWrite);
    explore(2, 2);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn publish_read_must_not_be_relaxed() {
    weaken(Edge::PublishRead);
    explore(2, 2);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn observe_read_must_not_be_relaxed() {
    weaken(Edge::ObserveRead);
    explore(2, 2);
}
