//! What a module tells its host unasked, through the context of a run.

use core::fmt;

/// What a module tells its host unasked.
///
/// SOF's modules send the payload of a kcontrol for this, with its number in the event (`sof_ipc4_notify_module_data`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notice {
    /// A control has a new value that the module found itself: an angle that it listens to, a word that it heard.
    ControlChanged {
        /// The parameter that reads it: that of switches or of enumerations.
        parameter: u32,
        /// Which of its kind, from 0.
        index: u16,
        /// Of which channel.
        channel: u32,
        /// What it is now.
        value: u32,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::ControlChanged { parameter, index, channel, value } = *self;
        write!(f, "control {index} of parameter {parameter} is {value} now on channel {channel}")
    }
}

/// What a module said in a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Said {
    /// Frames that were due and not there.
    pub underrun_frames: usize,
    /// Its shortage, if it is a mixer that had one.
    pub mix_shortage: Option<MixShortage>,
    /// What else its host shall be told.
    pub notice: Option<Notice>,
}

/// A run in which a mixer had nothing to mix and its host wants to be told, in frames.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MixShortage {
    /// Frames that were mixed.
    pub mixed: u32,
    /// Frames that there was room for.
    pub expected: u32,
}
