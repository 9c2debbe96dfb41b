//! The index rule of the crate's front page as pure arithmetic: where an index lies, how far two are apart.

use core::ops::Range;

use crate::RingError;

/// The shape of a ring: `1 <= capacity <= LIMIT` frames of `frame_bytes >= 1`, together the length of its storage.
///
/// An *index* below is a `u32` in `0..2 * capacity`; every method that takes or gives one keeps it there, and none of
/// the sums leaves `u32`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Geometry {
    capacity: u32,
    frame_bytes: usize,
}

impl Geometry {
    /// Twice this still is a `u32`.
    const LIMIT: u32 = u32::MAX / 2;

    pub(crate) fn new(storage_bytes: usize, frame_bytes: usize) -> Result<Self, RingError> {
        if frame_bytes == 0 {
            return Err(RingError::ZeroFrame);
        }
        if storage_bytes == 0 {
            return Err(RingError::NoFrames);
        }
        if !storage_bytes.is_multiple_of(frame_bytes) {
            return Err(RingError::PartialFrame { storage_bytes, frame_bytes });
        }
        let frames = storage_bytes / frame_bytes;
        match u32::try_from(frames) {
            Ok(capacity) if capacity <= Self::LIMIT => Ok(Self { capacity, frame_bytes }),
            _ => Err(RingError::TooManyFrames { frames, limit: Self::LIMIT }),
        }
    }

    pub(crate) fn capacity(self) -> u32 {
        self.capacity
    }

    pub(crate) fn frame_bytes(self) -> usize {
        self.frame_bytes
    }

    /// Frames from index `from` up to index `to`, the way the indices run: `0..2 * capacity`.
    pub(crate) fn distance(self, from: u32, to: u32) -> u32 {
        if to >= from { to - from } else { 2 * self.capacity - (from - to) }
    }

    /// Frames between a reader's index and a writer's that were not looked at in one instant: the writer's may be too far
    /// ahead, and then the ring counts as full.
    pub(crate) fn fill(self, read: u32, write: u32) -> u32 {
        self.distance(read, write).min(self.capacity)
    }

    /// The index `frames <= 2 * capacity` further on. Compares first: `index + frames` may not fit.
    pub(crate) fn advance(self, index: u32, frames: u32) -> u32 {
        let to_lap = 2 * self.capacity - index;
        if frames < to_lap { index + frames } else { frames - to_lap }
    }

    /// The bytes of `frames <= capacity` frames from `index` on: up to the wrap, and (often empty) past it.
    ///
    /// Both ranges lie within the storage and do not overlap.
    pub(crate) fn byte_ranges(self, index: u32, frames: u32) -> (Range<usize>, Range<usize>) {
        let slot = if index < self.capacity { index } else { index - self.capacity };
        let before_wrap = frames.min(self.capacity - slot);
        let bytes = |frames: u32| frames as usize * self.frame_bytes;
        (bytes(slot)..bytes(slot + before_wrap), 0..bytes(frames - before_wrap))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frames_of_one_byte(capacity: u32) -> Geometry {
        Geometry { capacity, frame_bytes: 1 }
    }

    #[test]
    fn refuses_storage_that_is_no_ring() {
        assert_eq!(Geometry::new(8, 0).unwrap_err(), RingError::ZeroFrame);
        assert_eq!(Geometry::new(0, 4).unwrap_err(), RingError::NoFrames);
        let partial = RingError::PartialFrame { storage_bytes: 10, frame_bytes: 4 };
        assert_eq!(Geometry::new(10, 4).unwrap_err(), partial);
        assert_eq!(
            Geometry::new(3, 4).unwrap_err(),
            RingError::PartialFrame { storage_bytes: 3, frame_bytes: 4 }
        );
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn the_limit_is_the_last_capacity_whose_double_fits() {
        let limit = Geometry::LIMIT as usize;
        assert_eq!(Geometry::new(limit * 2, 2).unwrap().capacity(), Geometry::LIMIT);
        let too_many = |frames| RingError::TooManyFrames { frames, limit: Geometry::LIMIT };
        assert_eq!(Geometry::new(limit + 1, 1).unwrap_err(), too_many(limit + 1));
        // Not even the count of frames fits in 32 bits.
        assert_eq!(Geometry::new(1 << 33, 1).unwrap_err(), too_many(1 << 33));
    }

    #[test]
    fn a_ring_never_counts_as_more_than_full() {
        let cases = [(0, 0, 0), (0, 4, 4), (3, 7, 4), (0, 5, 4), (6, 2, 4), (6, 3, 4), (6, 5, 4), (7, 0, 1)];
        for (read, write, fill) in cases {
            assert_eq!(frames_of_one_byte(4).fill(read, write), fill, "{read} to {write}");
        }
    }

    /// Capacities from one frame to the limit, both ends often, with an index and a number of frames that are valid.
    fn indices() -> impl Strategy<Value = (u32, u32, u32)> {
        let limit = Geometry::LIMIT;
        prop_oneof![1..=5u32, limit - 3..=limit, 1..=limit]
            .prop_flat_map(|capacity| (Just(capacity), 0..2 * capacity, 0..=capacity))
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: if cfg!(miri) { 16 } else { 2000 },
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn indices_agree_with_arithmetic_in_64_bits((capacity, index, frames) in indices()) {
            let geometry = frames_of_one_byte(capacity);
            let lap = 2 * u64::from(capacity);
            let there = geometry.advance(index, frames);
            prop_assert_eq!(u64::from(there), (u64::from(index) + u64::from(frames)) % lap);
            prop_assert_eq!(geometry.distance(index, there), frames);
            // Twice the capacity less one is the longest way round, and full stays apart from empty.
            prop_assert_eq!(u64::from(geometry.distance(there, index)), (lap - u64::from(frames)) % lap);
        }

        #[test]
        fn byte_ranges_are_the_slots_in_order((capacity, index, frames) in indices()) {
            let (first, second) = frames_of_one_byte(capacity).byte_ranges(index, frames);
            prop_assert_eq!(first.len() + second.len(), frames as usize);
            prop_assert_eq!(first.start, (index % capacity) as usize);
            prop_assert!(first.end <= capacity as usize);
            prop_assert_eq!(second.start, 0);
            // Past the wrap only when the first slice reaches it, and never back into the first slice.
            prop_assert!(second.is_empty() || first.end == capacity as usize);
            prop_assert!(second.end <= first.start);
        }
    }
}
