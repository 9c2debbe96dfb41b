//! The ring itself, and what anyone may ask of it.

use core::{fmt, ops::DerefMut};

use stable_deref_trait::StableDeref;

use crate::{RingError, geometry::Geometry, storage::Storage, sync::Shared};

/// A buffer of whole frames for one producer and one consumer; [`split`](crate::split) makes them.
///
/// `S` owns the bytes. They are used as they are: a ring clears nothing, and shows a reader nothing that was not
/// committed. The ring can be shared with (and dropped on) other threads when `S` can be sent to them.
pub struct Ring<S> {
    pub(crate) shared: Shared,
    pub(crate) geometry: Geometry,
    pub(crate) storage: Storage<S>,
}

impl<S> Ring<S> {
    /// Makes a ring of all of `storage`, which is dropped with it, or now when it is refused.
    ///
    /// # Errors
    /// A frame of no bytes, storage that is empty or no whole number of frames, more than `u32::MAX / 2` frames.
    pub fn new(storage: S, frame_bytes: usize) -> Result<Self, RingError>
    where
        S: StableDeref<Target = [u8]> + DerefMut,
    {
        let storage = Storage::new(storage);
        let geometry = Geometry::new(storage.len(), frame_bytes)?;
        Ok(Self { shared: Shared::new(), geometry, storage })
    }

    /// Frames that fit, all of which can be filled.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.geometry.capacity() as usize
    }

    /// Bytes in a frame.
    #[must_use]
    pub fn frame_bytes(&self) -> usize {
        self.geometry.frame_bytes()
    }

    /// Frames committed and not released, at most the capacity.
    ///
    /// Any thread may ask. Exact while neither end moves; otherwise a snapshot of two indices that are not read at
    /// once.
    #[must_use]
    pub fn fill(&self) -> usize {
        // In this order the writer's index is never behind the reader's; it may be too far ahead, though.
        let read = self.shared.observe_read();
        let write = self.shared.observe_write();
        self.geometry.fill(read, write) as usize
    }

    /// The highest fill that a commit ever made, in frames.
    ///
    /// Never too low. When the reader releases during a commit, its frames may still be counted.
    #[must_use]
    pub fn peak_fill(&self) -> usize {
        self.shared.observe_peak() as usize
    }
}

impl<S> fmt::Debug for Ring<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ring")
            .field("capacity", &self.capacity())
            .field("frame_bytes", &self.frame_bytes())
            .field("fill", &self.fill())
            .field("peak_fill", &self.peak_fill())
            .finish_non_exhaustive()
    }
}
