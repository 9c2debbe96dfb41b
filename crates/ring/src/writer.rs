//! The producing end: free frames are granted, filled ones committed.

use core::ops::Deref;

use crate::{CommitError, Ring};

/// The one producer of the ring that `H` holds; [`split`](crate::split) makes it.
#[derive(Debug)]
pub struct Writer<H> {
    /// Always derefs to the same ring: `split` demands `CloneStableDeref`.
    ring: H,
    /// The next index to fill; `shared.write` is its published copy.
    write: u32,
    /// The reader's index when last looked at. The reader can only have moved on, so at least this much is free.
    read: u32,
    /// Frames from `write` on that the caller may fill: never more than are free.
    granted: u32,
    /// The highest fill so far; `shared.peak` is its published copy.
    peak: u32,
}

impl<H> Writer<H> {
    /// The caller holds the claim to the only writer.
    pub(crate) fn new(ring: H) -> Self {
        Self { ring, write: 0, read: 0, granted: 0, peak: 0 }
    }
}

impl<S, H: Deref<Target = Ring<S>>> Writer<H> {
    /// Frames that a grant would get at least, as the reader may release more at any time.
    pub fn free(&mut self) -> usize {
        self.read = self.ring.shared.observe_read();
        self.known_free() as usize
    }

    /// At most `frames` whole frames to fill, fewer if fewer are free; in two slices when they cross the wrap, else
    /// the second is empty.
    ///
    /// Replaces an earlier grant, whose frames are the first of this one. The frames hold what was in the storage
    /// there.
    pub fn grant<'a>(&'a mut self, frames: usize) -> (&'a mut [u8], &'a mut [u8])
    where
        S: 'a,
    {
        let frames = u32::try_from(frames).unwrap_or(u32::MAX);
        if frames > self.known_free() {
            self.read = self.ring.shared.observe_read();
        }
        self.granted = frames.min(self.known_free());

        let (first, second) = self.ring.geometry.byte_ranges(self.write, self.granted);
        // SAFETY: `byte_ranges` stays within the storage. The frames from `write` on are free, so nobody else refers to
        // them: this is the only writer, borrowed for the life of the slices; the reader keeps to frames before a
        // published `write`, and has released those that were in these slots a lap of the slots ago. It published `read`
        // after its last access to them, and that value or a later one has been observed here.
        let first = unsafe { self.ring.storage.slice_mut(first) };
        // SAFETY: the same, and this part does not overlap the first (`byte_ranges`).
        let second = unsafe { self.ring.storage.slice_mut(second) };
        (first, second)
    }

    /// Gives the first `frames` frames of the grant to the reader and ends the grant.
    ///
    /// # Errors
    /// More frames than were granted; the error says both numbers, nothing moves, and the grant stays.
    pub fn commit(&mut self, frames: usize) -> Result<(), CommitError> {
        let granted = self.granted;
        let error = CommitError { granted: granted as usize, asked: frames };
        let frames = u32::try_from(frames).ok().filter(|&frames| frames <= granted).ok_or(error)?;
        self.granted = 0;
        self.note_peak(frames);
        self.write = self.ring.geometry.advance(self.write, frames);
        self.ring.shared.publish_write(self.write);
        Ok(())
    }

    /// The ring of this end.
    pub fn ring<'a>(&'a self) -> &'a Ring<S>
    where
        S: 'a,
    {
        &self.ring
    }

    fn known_free(&self) -> u32 {
        self.ring.geometry.capacity() - self.known_fill()
    }

    /// At most the capacity: `write` moves by grants only, and those by what is free.
    fn known_fill(&self) -> u32 {
        self.ring.geometry.distance(self.read, self.write)
    }

    /// Looks at the reader again only when the fill that `frames` would make could be a new peak.
    fn note_peak(&mut self, frames: u32) {
        if self.known_fill() + frames <= self.peak {
            return;
        }
        self.read = self.ring.shared.observe_read();
        let fill = self.known_fill() + frames;
        if fill > self.peak {
            self.peak = fill;
            self.ring.shared.publish_peak(fill);
        }
    }
}
