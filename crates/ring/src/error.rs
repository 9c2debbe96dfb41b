//! What can go wrong with a ring, one small type for each operation.

use core::fmt;

/// Why storage cannot become a [`Ring`](crate::Ring).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingError {
    /// A frame of no bytes was asked for.
    ZeroFrame,
    /// The storage holds no frame at all.
    NoFrames,
    /// The storage ends within a frame.
    PartialFrame {
        /// Length of the storage.
        storage_bytes: usize,
        /// Length of one frame.
        frame_bytes: usize,
    },
    /// The storage holds more frames than the indices can count.
    TooManyFrames {
        /// Frames in the storage.
        frames: usize,
        /// The most that a ring can hold.
        limit: u32,
    },
}

impl fmt::Display for RingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ZeroFrame => {
                write!(f, "a ring needs frames of at least 1 byte, not 0: check the stream's format")
            }
            Self::NoFrames => write!(f, "ring storage is empty: give it at least one frame"),
            Self::PartialFrame { storage_bytes, frame_bytes } => write!(
                f,
                "ring storage of {storage_bytes} bytes is no whole number of {frame_bytes}-byte frames: \
                 round it down to {} bytes or up",
                storage_bytes - storage_bytes % frame_bytes.max(1)
            ),
            Self::TooManyFrames { frames, limit } => {
                write!(
                    f,
                    "ring storage holds {frames} frames, more than the {limit} a ring can count: give it less"
                )
            }
        }
    }
}

impl core::error::Error for RingError {}

/// The ring has been split before; its two ends exist once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitError;

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ring is already split into its writer and reader: use those ends, or make a new ring")
    }
}

impl core::error::Error for SplitError {}

/// More frames were committed than the last grant had; nothing moved and the grant still stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitError {
    /// Frames in the current grant; 0 when there is none.
    pub granted: usize,
    /// Frames that were to be committed.
    pub asked: usize,
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { granted, asked } = self;
        write!(
            f,
            "commit of {asked} frames, but {granted} are granted: commit no more than the grant's slices hold"
        )
    }
}

impl core::error::Error for CommitError {}

/// More frames were released than the last grant had; nothing moved and the grant still stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseError {
    /// Frames in the current grant; 0 when there is none.
    pub granted: usize,
    /// Frames that were to be released.
    pub asked: usize,
}

impl fmt::Display for ReleaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { granted, asked } = self;
        write!(
            f,
            "release of {asked} frames, but {granted} are granted: release no more than the grant's slices hold"
        )
    }
}

impl core::error::Error for ReleaseError {}
