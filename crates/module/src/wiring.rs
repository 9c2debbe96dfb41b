//! For runtimes only: the contexts that modules are handed, and how ports are bound to rings. A module gets both made and
//! has no use for this.

use core::alloc::Layout;
use core::fmt;

use headroom_ring::{Ring, split};
use vregion::AllocError;

pub use crate::hand_over::{
    configure, indifferent, init_context, interim, is_silent, lifetime, lifetime_in_heap, prepare, process,
    said,
};
use crate::memory::Lifetime;
pub use crate::notices::Said;
pub use crate::ring_handle::{Flow, RingHandle, RingStorage};
use crate::{Format, Input, ModuleError, Output};

/// Frames that make a block on either side of a ring.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Blocks {
    /// What the reading module wants before it runs.
    pub input: usize,
    /// What the writing module wants room for before it runs.
    pub output: usize,
}

/// How full a ring is and was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RingLevel {
    /// Frames that fit.
    pub capacity: usize,
    /// Frames in it now.
    pub fill: usize,
    /// The most frames that were in it at once.
    pub peak: usize,
}

/// Why two ports could not be bound.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum WiringError {
    /// No room for the ring.
    Memory(AllocError),
    /// The ring would have no frames, or more than an index can count.
    Size {
        /// Frames asked for.
        frames: usize,
    },
    /// A port already has a ring.
    Bound,
}

impl fmt::Display for WiringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Memory(error) => error.fmt(f),
            Self::Size { frames } => write!(f, "a ring can't have {frames} frames"),
            Self::Bound => f.write_str("a port already has a ring"),
        }
    }
}

impl core::error::Error for WiringError {}

impl From<AllocError> for WiringError {
    fn from(error: AllocError) -> Self {
        Self::Memory(error)
    }
}

/// A ring to be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RingPlan {
    /// What crosses it.
    pub format: Format,
    /// Frames that fit.
    pub frames: usize,
    /// The blocks of its two sides.
    pub blocks: Blocks,
}

/// Makes the ring of `plan` in `memory` and binds both ports to it; returns a handle that can be asked how full it is,
/// wherever its ends are.
///
/// # Errors
/// [`WiringError`]; nothing is bound and nothing stays allocated then.
pub fn connect<'m>(
    output: &mut Output<'m>,
    input: &mut Input<'m>,
    memory: &Lifetime<'m>,
    plan: RingPlan,
) -> Result<RingHandle<'m>, WiringError> {
    let RingPlan { format, frames, blocks } = plan;
    if output.end.is_some() || input.end.is_some() {
        return Err(WiringError::Bound);
    }
    let too_large = WiringError::Size { frames };
    let bytes = frames.checked_mul(format.frame_bytes()).ok_or(too_large)?;
    let layout = Layout::array::<u8>(bytes).map_err(|_| too_large)?;
    // Frames are shared between cores and with DMA: they have cache lines of their own.
    let data = memory.bytes_coherent(layout, "ring data")?;
    let ring = Ring::new(data, format.frame_bytes()).map_err(|_| too_large)?;
    let ring = memory.shared(ring, "ring")?;
    let (writer, reader) = split(ring.clone()).map_err(|_| WiringError::Bound)?;
    output.end = Some(writer);
    output.port.block_frames = blocks.output;
    output.port.format = Some(format);
    input.end = Some(reader);
    input.port.block_frames = blocks.input;
    input.port.format = Some(format);
    Ok(ring)
}

/// Lets go of the port's ring; the other end keeps it until it lets go too.
pub fn disconnect_input(input: &mut Input<'_>) {
    *input = Input::default();
}

/// Lets go of the port's ring; the other end keeps it until it lets go too.
pub fn disconnect_output(output: &mut Output<'_>) {
    *output = Output::default();
}

/// Tells the port what stream comes in, as the module before it announced.
///
/// # Errors
/// [`ModuleError::FormatChanged`] when its frames do not lie in the ring as those that the ring was made for.
pub fn set_input_format(input: &mut Input<'_>, format: Format) -> Result<(), ModuleError> {
    if let Some(planned) = input.port.format
        && planned.frame_bytes() != format.frame_bytes()
    {
        return Err(ModuleError::FormatChanged { planned, got: format });
    }
    input.port.format = Some(format);
    Ok(())
}

/// Lets the module take at most `frames` frames until this is called again; `None` lets it take all there are.
pub fn set_quota(input: &mut Input<'_>, frames: Option<usize>) {
    input.quota = frames;
}

/// Tells the port whether the module that reads from it runs.
pub fn set_flow(output: &mut Output<'_>, flow: Flow) {
    output.flow = flow;
}

/// Empties the input's ring and starts both counts anew, as a prepare or reset does.
pub fn restart_input(input: &mut Input<'_>) {
    input.port.frames = 0;
    input.quota = None;
    if let Some(end) = input.end.as_mut() {
        end.clear();
    }
}

/// Starts the output's count anew.
pub fn restart_output(output: &mut Output<'_>) {
    output.port.frames = 0;
}

/// How full the output's ring is and was.
pub fn output_level(output: &Output<'_>) -> Option<RingLevel> {
    output.end.as_ref().map(|end| level(end.ring()))
}

/// How full the input's ring is and was.
pub fn input_level(input: &Input<'_>) -> Option<RingLevel> {
    input.end.as_ref().map(|end| level(end.ring()))
}

/// How full a ring is and was. While an end is at work elsewhere, `fill` may be a few frames too high.
pub fn level(ring: &Ring<RingStorage<'_>>) -> RingLevel {
    RingLevel { capacity: ring.capacity(), fill: ring.fill(), peak: ring.peak_fill() }
}
