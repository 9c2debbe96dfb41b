//! What ports hold of the rings that they are bound to.

use headroom_ring::Ring;
use vregion::{Block, Shared};

/// Where the frames of a ring lie.
pub type RingStorage<'m> = Block<'m, [u8]>;

/// A ring whose ends own it together, in region memory.
pub type RingHandle<'m> = Shared<'m, Ring<RingStorage<'m>>>;

/// Whether the module that reads from an output takes anything now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Flow {
    /// It runs.
    #[default]
    Open,
    /// It rests, and so do the frames in the ring.
    Held,
}
