//! The consuming end: filled frames are granted, used ones released.

use core::ops::Deref;

use crate::{ReleaseError, Ring};

/// The one consumer of the ring that `H` holds; [`split`](crate::split) makes it.
#[derive(Debug)]
pub struct Reader<H> {
    /// Always derefs to the same ring: `split` demands `CloneStableDeref`.
    ring: H,
    /// The next index to use; `shared.read` is its published copy.
    read: u32,
    /// The writer's index when last looked at. The writer can only have moved on, so at least this much is filled.
    write: u32,
    /// Frames from `read` on that the caller may use: never more than are filled.
    granted: u32,
}

impl<H> Reader<H> {
    /// The caller holds the claim to the only reader.
    pub(crate) fn new(ring: H) -> Self {
        Self { ring, read: 0, write: 0, granted: 0 }
    }
}

impl<S, H: Deref<Target = Ring<S>>> Reader<H> {
    /// Frames that a grant would get at least, as the writer may commit more at any time.
    pub fn available(&mut self) -> usize {
        self.write = self.ring.shared.observe_write();
        self.known_fill() as usize
    }

    /// At most `frames` whole frames to use, fewer if fewer are filled; in two slices when they cross the wrap, else
    /// the second is empty.
    ///
    /// Replaces an earlier grant, whose frames are the first of this one.
    pub fn grant<'a>(&'a mut self, frames: usize) -> (&'a [u8], &'a [u8])
    where
        S: 'a,
    {
        let frames = u32::try_from(frames).unwrap_or(u32::MAX);
        if frames > self.known_fill() {
            self.write = self.ring.shared.observe_write();
        }
        self.granted = frames.min(self.known_fill());

        let (first, second) = self.ring.geometry.byte_ranges(self.read, self.granted);
        // SAFETY: `byte_ranges` stays within the storage. The frames from `read` on are filled: the writer published a
        // `write` past them after its last access to them, and that value or a later one has been observed here. It
        // cannot come back to their slots before `read` is published past them, which takes this end, borrowed for the
        // life of the slices.
        let first = unsafe { self.ring.storage.slice(first) };
        // SAFETY: the same.
        let second = unsafe { self.ring.storage.slice(second) };
        (first, second)
    }

    /// Gives the first `frames` frames of the grant back to the writer and ends the grant.
    ///
    /// # Errors
    /// More frames than were granted; the error says both numbers, nothing moves, and the grant stays.
    pub fn release(&mut self, frames: usize) -> Result<(), ReleaseError> {
        let granted = self.granted;
        let error = ReleaseError { granted: granted as usize, asked: frames };
        let frames = u32::try_from(frames).ok().filter(|&frames| frames <= granted).ok_or(error)?;
        self.advance_to(self.ring.geometry.advance(self.read, frames));
        Ok(())
    }

    /// Releases every frame that is available now, used or not, and ends the grant.
    pub fn clear(&mut self) {
        self.write = self.ring.shared.observe_write();
        self.advance_to(self.write);
    }

    /// The ring of this end.
    pub fn ring<'a>(&'a self) -> &'a Ring<S>
    where
        S: 'a,
    {
        &self.ring
    }

    fn advance_to(&mut self, read: u32) {
        self.granted = 0;
        self.read = read;
        self.ring.shared.publish_read(read);
    }

    /// At most the capacity: the writer commits no more than was free.
    fn known_fill(&self) -> u32 {
        self.ring.geometry.distance(self.read, self.write)
    }
}
