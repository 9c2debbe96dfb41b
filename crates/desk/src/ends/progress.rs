//! What the ends of a stream have done so far, for the session that drives them.

/// Counters of one end.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct EndState {
    /// Frames of the input that went in, or frames that were kept of what came out.
    pub(crate) moved: u64,
    /// Frames of start-up that a sink heard nothing in.
    pub(crate) start_up: u64,
    /// Frames for a sink to leave out at the head: the delay of the filters.
    pub(crate) skip: u64,
    /// Frames for a sink to keep in all.
    pub(crate) wanted: u64,
}

/// A file that failed while the stream ran.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Failure {
    /// The end that it belongs to.
    pub(crate) end: usize,
    pub(crate) why: String,
}
