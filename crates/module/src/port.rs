//! Ports: what a module sees of the rings that it is bound to.

use bytemuck::Pod;
use headroom_ring::{Reader, Writer};

use crate::ring_handle::{Flow, RingHandle};
use crate::{Format, ModuleError, SampleFormat};

/// A number type that samples can be worked on as.
pub trait Sample: Pod {
    /// Whether samples of this format are numbers of this type.
    fn holds(format: SampleFormat) -> bool;
}

impl Sample for i16 {
    fn holds(format: SampleFormat) -> bool {
        format == SampleFormat::S16
    }
}

impl Sample for i32 {
    fn holds(format: SampleFormat) -> bool {
        matches!(format, SampleFormat::S24In32 | SampleFormat::S32)
    }
}

impl Sample for f32 {
    fn holds(format: SampleFormat) -> bool {
        format == SampleFormat::F32
    }
}

/// Where audio comes in: the reading end of a ring, or nothing while the port is unbound.
#[derive(Default)]
pub struct Input<'m> {
    pub(crate) end: Option<Reader<RingHandle<'m>>>,
    pub(crate) port: Port,
    /// Frames that may still be taken in this tick; rings at a DP border give one block a tick.
    pub(crate) quota: Option<usize>,
}

/// Where audio goes out: the writing end of a ring, or nothing while the port is unbound.
#[derive(Default)]
pub struct Output<'m> {
    pub(crate) end: Option<Writer<RingHandle<'m>>>,
    pub(crate) port: Port,
    pub(crate) flow: Flow,
}

/// What both ends keep: the format of the stream, its block and how much has passed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Port {
    pub(crate) format: Option<Format>,
    pub(crate) block_frames: usize,
    pub(crate) frames: u64,
}

impl Port {
    fn check<T: Sample>(&self) -> Result<(), ModuleError> {
        match self.format {
            Some(format) if !T::holds(format.samples()) => {
                Err(ModuleError::UnsupportedSamples { got: format.samples() })
            }
            _ => Ok(()),
        }
    }
}

/// Rings start on a cache line and hold whole frames, so a cast only fails for a type that [`Port::check`] has
/// already refused; then there is nothing to work on.
fn typed<T: Pod>(bytes: &[u8]) -> &[T] {
    bytemuck::try_cast_slice(bytes).unwrap_or(&[])
}

fn typed_mut<T: Pod>(bytes: &mut [u8]) -> &mut [T] {
    bytemuck::try_cast_slice_mut(bytes).unwrap_or(&mut [])
}

impl<'m> Input<'m> {
    /// The format of the stream; `None` while the port is unbound.
    pub fn format(&self) -> Option<Format> {
        self.port.format
    }

    /// Frames that make a block, from the block sizes of the two modules that are bound.
    pub fn block_frames(&self) -> usize {
        self.port.block_frames
    }

    /// Frames that went through since the stream was prepared.
    pub fn frames(&self) -> u64 {
        self.port.frames
    }

    /// Frames that have come since the stream was prepared, whether they were taken or not. O(1).
    pub fn arrived(&self) -> u64 {
        let held = self.end.as_ref().map_or(0, |end| end.ring().fill());
        self.port.frames.saturating_add(held as u64)
    }

    /// Frames that can be taken now. O(1).
    pub fn available(&mut self) -> usize {
        let here = self.end.as_mut().map_or(0, |end| end.available());
        self.quota.map_or(here, |quota| here.min(quota))
    }

    /// The oldest frames as bytes, at most `frames` of them: in two pieces where the ring wraps.
    pub fn bytes(&mut self, frames: usize) -> (&[u8], &[u8]) {
        let frames = self.quota.map_or(frames, |quota| frames.min(quota));
        self.end.as_mut().map_or((&[], &[]), |end| end.grant(frames))
    }

    /// The oldest frames as samples, interleaved, at most `frames` of them: in two pieces where the ring wraps.
    ///
    /// # Errors
    /// [`ModuleError::UnsupportedSamples`] when the stream's samples are not of type `T`.
    pub fn samples<T: Sample>(&mut self, frames: usize) -> Result<(&[T], &[T]), ModuleError> {
        self.port.check::<T>()?;
        let (first, second) = self.bytes(frames);
        Ok((typed(first), typed(second)))
    }

    /// Gives back the `frames` oldest frames: they have been used.
    ///
    /// # Errors
    /// [`ModuleError::Overdrawn`] when the last grant was smaller; nothing is given back then.
    pub fn release(&mut self, frames: usize) -> Result<(), ModuleError> {
        let Some(end) = self.end.as_mut() else { return unbound(frames) };
        end.release(frames)
            .map_err(|error| ModuleError::Overdrawn { asked: error.asked, granted: error.granted })?;
        self.quota = self.quota.map(|quota| quota.saturating_sub(frames));
        self.port.frames += frames as u64;
        Ok(())
    }
}

impl<'m> Output<'m> {
    /// The format of the stream; `None` while the port is unbound.
    pub fn format(&self) -> Option<Format> {
        self.port.format
    }

    /// Sets the format of the stream that this module gives out; only of use while it is prepared.
    pub fn set_format(&mut self, format: Format) {
        self.port.format = Some(format);
    }

    /// Frames that make a block, from the block sizes of the two modules that are bound.
    pub fn block_frames(&self) -> usize {
        self.port.block_frames
    }

    /// Frames that went through since the stream was prepared.
    pub fn frames(&self) -> u64 {
        self.port.frames
    }

    /// Frames that the reader has taken since the stream was prepared. O(1).
    pub fn taken(&self) -> u64 {
        let held = self.end.as_ref().map_or(0, |end| end.ring().fill());
        self.port.frames.saturating_sub(held as u64)
    }

    /// Whether a module is bound here and runs. One that rests takes nothing: a module with several outputs passes
    /// by those, so that a consumer that is paused does not stop the others.
    pub fn is_open(&self) -> bool {
        self.end.is_some() && self.flow == Flow::Open
    }

    /// Frames that there is room for now. O(1).
    pub fn free(&mut self) -> usize {
        self.end.as_mut().map_or(0, |end| end.free())
    }

    /// Room for the next frames as bytes, at most `frames` of them: in two pieces where the ring wraps.
    pub fn bytes_mut(&mut self, frames: usize) -> (&mut [u8], &mut [u8]) {
        self.end.as_mut().map_or((&mut [], &mut []), |end| end.grant(frames))
    }

    /// Room for the next frames as samples, interleaved, at most `frames` of them: in two pieces where the ring wraps.
    ///
    /// # Errors
    /// [`ModuleError::UnsupportedSamples`] when the stream's samples are not of type `T`.
    pub fn samples_mut<T: Sample>(&mut self, frames: usize) -> Result<(&mut [T], &mut [T]), ModuleError> {
        self.port.check::<T>()?;
        let (first, second) = self.bytes_mut(frames);
        Ok((typed_mut(first), typed_mut(second)))
    }

    /// Hands over the first `frames` frames of the last grant.
    ///
    /// # Errors
    /// [`ModuleError::Overdrawn`] when that grant was smaller; nothing is handed over then.
    pub fn commit(&mut self, frames: usize) -> Result<(), ModuleError> {
        let Some(end) = self.end.as_mut() else { return unbound(frames) };
        end.commit(frames)
            .map_err(|error| ModuleError::Overdrawn { asked: error.asked, granted: error.granted })?;
        self.port.frames += frames as u64;
        Ok(())
    }
}

/// Moving no frames through no ring is fine, moving some is not.
fn unbound(frames: usize) -> Result<(), ModuleError> {
    match frames {
        0 => Ok(()),
        asked => Err(ModuleError::Overdrawn { asked, granted: 0 }),
    }
}
