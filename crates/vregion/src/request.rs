//! What a region is asked: for which phase, by whom and what for.

/// Where in its region a block goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Placement {
    /// For as long as the region lives: packed from the base upward, never reused. After the seal the request
    /// is *late*: served from the interim heap and counted.
    Lifetime,
    /// For a while: from the interim heap. The first such request makes the heap from all that is left.
    Interim,
    /// Lifetime before the seal, interim after it. Never seals and is never late: for small metadata.
    Indifferent,
}

/// Who asked for memory, and for what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Requester {
    /// The owner of the handle that was asked (a component id, say).
    pub owner: u32,
    /// What the memory is for.
    pub what: &'static str,
}
