//! Random calls on both ends, each compared with a queue that cannot be wrong.
#![cfg(not(loom))]
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::{cell::Cell, collections::VecDeque};

use headroom_ring::{CommitError, Reader, ReleaseError, Ring, Writer, split};
use proptest::{prelude::*, test_runner::TestRunner};

type Shared<'r> = &'r Ring<Box<[u8]>>;

/// Both ends and what they must do. Frames are numbered; the queue holds the numbers.
struct Pair<'r> {
    ring: Shared<'r>,
    writer: Writer<Shared<'r>>,
    reader: Reader<Shared<'r>>,
    queue: VecDeque<u64>,
    /// Frames committed in all, the number of the next one.
    committed: u64,
    peak: usize,
    /// Frames of the grants that stand.
    to_fill: usize,
    to_use: usize,
    /// Grants of two slices, of either end.
    crossings: usize,
}

#[derive(Clone, Copy, Debug)]
enum Call {
    WriterGrant(usize),
    Commit(Share),
    ReaderGrant(usize),
    Release(Share),
    Clear,
    /// Compares what the ends say. Not done every time: it looks at the other's index, and a cached one must do too.
    Ask,
}

/// How much of the grant that stands to commit or release.
#[derive(Clone, Copy, Debug)]
enum Share {
    Quarters(usize),
    /// That many frames more than it has, which is refused.
    Over(usize),
}

impl Share {
    fn of(self, granted: usize) -> usize {
        match self {
            Self::Quarters(quarters) => granted * quarters / 4,
            Self::Over(frames) => granted.saturating_add(frames),
        }
    }
}

/// The bytes of a frame tell its number, so that a frame torn in two, moved or stale is seen.
fn frame(number: u64, frame_bytes: usize) -> impl Iterator<Item = u8> {
    (0..frame_bytes as u64).map(move |byte| (number.wrapping_mul(151) ^ byte.wrapping_mul(29)) as u8)
}

impl<'r> Pair<'r> {
    fn new(ring: Shared<'r>) -> Self {
        let (writer, reader) = split(ring).unwrap();
        let queue = VecDeque::new();
        Self { ring, writer, reader, queue, committed: 0, peak: 0, to_fill: 0, to_use: 0, crossings: 0 }
    }

    fn call(&mut self, call: Call) {
        match call {
            Call::WriterGrant(frames) => self.writer_grant(frames),
            Call::Commit(frames) => self.commit(frames),
            Call::ReaderGrant(frames) => self.reader_grant(frames),
            Call::Release(frames) => self.release(frames),
            Call::Clear => self.clear(),
            Call::Ask => self.ask(),
        }
        assert_eq!(self.ring.fill(), self.queue.len());
        assert_eq!(self.ring.peak_fill(), self.peak);
    }

    fn writer_grant(&mut self, frames: usize) {
        let (capacity, frame_bytes) = (self.ring.capacity(), self.ring.frame_bytes());
        let expected = frames.min(capacity - self.queue.len());
        let before_wrap = expected.min(capacity - (self.committed % capacity as u64) as usize);
        let (first, second) = self.writer.grant(frames);
        assert_eq!(first.len(), before_wrap * frame_bytes);
        assert_eq!(second.len(), (expected - before_wrap) * frame_bytes);
        self.crossings += usize::from(!second.is_empty());
        let slots = first.chunks_exact_mut(frame_bytes).chain(second.chunks_exact_mut(frame_bytes));
        for (number, slot) in (self.committed..).zip(slots) {
            slot.iter_mut().zip(frame(number, frame_bytes)).for_each(|(byte, value)| *byte = value);
        }
        self.to_fill = expected;
    }

    fn commit(&mut self, share: Share) {
        let granted = self.to_fill;
        let frames = share.of(granted);
        if frames > granted {
            return assert_eq!(self.writer.commit(frames), Err(CommitError { granted, asked: frames }));
        }
        assert_eq!(self.writer.commit(frames), Ok(()));
        self.queue.extend(self.committed..self.committed + frames as u64);
        self.committed += frames as u64;
        self.peak = self.peak.max(self.queue.len());
        self.to_fill = 0;
    }

    fn reader_grant(&mut self, frames: usize) {
        let (capacity, frame_bytes) = (self.ring.capacity(), self.ring.frame_bytes());
        let expected = frames.min(self.queue.len());
        let released = self.committed - self.queue.len() as u64;
        let before_wrap = expected.min(capacity - (released % capacity as u64) as usize);
        let (first, second) = self.reader.grant(frames);
        assert_eq!(first.len(), before_wrap * frame_bytes);
        assert_eq!(second.len(), (expected - before_wrap) * frame_bytes);
        self.crossings += usize::from(!second.is_empty());
        let bytes = self.queue.iter().take(expected).flat_map(|&number| frame(number, frame_bytes));
        assert!(first.iter().chain(second).copied().eq(bytes), "wrong bytes in {expected} frames");
        self.to_use = expected;
    }

    fn release(&mut self, share: Share) {
        let granted = self.to_use;
        let frames = share.of(granted);
        if frames > granted {
            return assert_eq!(self.reader.release(frames), Err(ReleaseError { granted, asked: frames }));
        }
        assert_eq!(self.reader.release(frames), Ok(()));
        self.queue.drain(..frames);
        self.to_use = 0;
    }

    fn clear(&mut self) {
        self.reader.clear();
        self.queue.clear();
        self.to_use = 0;
    }

    fn ask(&mut self) {
        assert_eq!(self.writer.free(), self.ring.capacity() - self.queue.len());
        assert_eq!(self.reader.available(), self.queue.len());
    }
}

/// A ring, an index to start from, and calls that ask for up to two frames more than fit, or for far too many.
fn session() -> impl Strategy<Value = (usize, usize, usize, Vec<Call>)> {
    let (most, calls) = if cfg!(miri) { (3usize, 40) } else { (9, 1000) };
    (1..=most, 1..=most).prop_flat_map(move |(capacity, frame_bytes)| {
        let frames = prop_oneof![30 => 0..=capacity + 2, 1 => Just(usize::MAX), 1 => Just(1 << 32)];
        let over = prop_oneof![Just(1), Just(1 << 32), Just(usize::MAX)];
        let share = prop_oneof![4 => (0..=4usize).prop_map(Share::Quarters), 1 => over.prop_map(Share::Over)];
        let call = prop_oneof![
            12 => frames.clone().prop_map(Call::WriterGrant),
            12 => share.clone().prop_map(Call::Commit),
            12 => frames.prop_map(Call::ReaderGrant),
            12 => share.prop_map(Call::Release),
            1 => Just(Call::Clear),
            4 => Just(Call::Ask),
        ];
        (Just(capacity), Just(frame_bytes), 0..2 * capacity, prop::collection::vec(call, calls))
    })
}

#[test]
fn every_call_agrees_with_a_queue() {
    let (laps, crossings) = (Cell::new(0), Cell::new(0));
    let cases = if cfg!(miri) { 3 } else { 200 };
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&session(), |(capacity, frame_bytes, start, calls)| {
        let ring = Ring::new(vec![0xA5; capacity * frame_bytes].into_boxed_slice(), frame_bytes).unwrap();
        let mut pair = Pair::new(&ring);
        for _ in 0..start {
            let all = Share::Quarters(4);
            for call in [Call::WriterGrant(1), Call::Commit(all), Call::ReaderGrant(1), Call::Release(all)] {
                pair.call(call);
            }
        }
        for call in calls {
            pair.call(call);
        }
        laps.set(laps.get() + pair.committed / (2 * capacity as u64));
        crossings.set(crossings.get() + pair.crossings);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    // What the test is about was reached: indices that started over, grants of two slices. Under Miri the sessions are
    // too short for that (drawing one call takes it 0.1 s).
    if cfg!(not(miri)) {
        assert!(laps.get() > 4 * u64::from(cases), "only {} laps of twice the capacity", laps.get());
        assert!(crossings.get() > 20 * cases as usize, "only {} grants crossed the wrap", crossings.get());
    }
}
