//! The runtime's log: typed events that the platform takes when it likes, so that nothing has to be printed here.

use core::fmt;

use headroom_module::ModuleError;
use headroom_module::gateway::GatewayDirection;
use headroom_module::instance::ComponentId;
use headroom_module::notice::{MixShortage, Notice};
use vregion::{AllocError, Block, Placement, Region};

use crate::Owner;

/// Something that happened and that a reply can't carry.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Event {
    /// A region was made.
    RegionMade {
        /// Whose.
        owner: Owner,
        /// Bytes, as declared or by default.
        bytes: usize,
        /// Where the size came from.
        from: SizeFrom,
    },
    /// The stack that a DP module will run on.
    StackTaken {
        /// The module.
        component: ComponentId,
        /// Bytes that the message asked for; 0 asks for the default.
        asked: u32,
        /// Bytes taken.
        taken: u32,
    },
    /// A region was sealed: what lifetime blocks took, and what is left for the interim heap.
    Sealed {
        /// Whose.
        owner: Owner,
        /// Bytes of lifetime blocks.
        lifetime: usize,
        /// Bytes between and behind them that alignment takes.
        padding: usize,
        /// Bytes of the interim heap.
        interim: usize,
    },
    /// A module that came home refused the value that was set while it was out, the last one that was.
    ParameterRefused {
        /// The module.
        component: ComponentId,
        /// Why.
        error: ModuleError,
    },
    /// A module failed while it ran. An LL pipeline stops on it.
    Fault {
        /// The module.
        component: ComponentId,
        /// How.
        error: ModuleError,
    },
    /// The device behind a gateway found too few frames or too little room in time: once, until a run misses nothing.
    GatewayMissed {
        /// The copier.
        copier: ComponentId,
        /// Its pipeline.
        pipeline: u8,
        /// The gateway's node id.
        node: u32,
        /// Which way audio crosses it.
        direction: GatewayDirection,
    },
    /// A mixer had nothing to mix; as often as the mixer was set to tell.
    MixShortage {
        /// The mixer.
        component: ComponentId,
        /// Its pipeline.
        pipeline: u8,
        /// Whether the host has said that the stream ends.
        expected_end: bool,
        /// What was mixed, of what.
        shortage: MixShortage,
    },
    /// A module told its host something.
    Noticed {
        /// The module.
        component: ComponentId,
        /// What it told.
        notice: Notice,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::RegionMade { owner, bytes, from } => {
                write!(f, "region of {bytes} B for {owner}, as {from} says")
            }
            Self::StackTaken { component, asked: 0, taken } => {
                write!(f, "stack of {taken} B for module {component}, as the platform says")
            }
            Self::StackTaken { component, asked, taken } => {
                write!(f, "stack of {taken} B for module {component}, which asked for {asked} B")
            }
            Self::Sealed { owner, lifetime, padding, interim } => {
                write!(f, "region of {owner} sealed: {lifetime} B of lifetime blocks, ")?;
                write!(f, "{padding} B of padding, {interim} B of interim heap")
            }
            Self::ParameterRefused { component, error } => {
                write!(f, "module {component} refused what it was set to while it ran: {error}")
            }
            Self::Fault { component, error } => write!(f, "module {component} failed: {error}"),
            Self::GatewayMissed { copier, pipeline, node, direction } => {
                let lacks = match direction {
                    GatewayDirection::In => "had no room in time for what comes from",
                    GatewayDirection::Out => "did not have in time what goes to",
                };
                write!(f, "pipeline {pipeline} {lacks} gateway {node:#x} of module {copier}")
            }
            Self::Noticed { component, notice } => write!(f, "module {component} tells: {notice}"),
            Self::MixShortage { component, pipeline, expected_end, shortage } => {
                let MixShortage { mixed, expected } = shortage;
                let end = if expected_end { ", as its stream ends" } else { "" };
                write!(f, "mixer {component} of pipeline {pipeline} had {mixed} of {expected} frames{end}")
            }
        }
    }
}

/// Where the size of a region came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SizeFrom {
    /// The message.
    Message,
    /// The platform, as the message named none.
    Platform,
}

impl fmt::Display for SizeFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Message => "the message",
            Self::Platform => "the platform",
        })
    }
}

/// The newest events are dropped when nobody takes the older ones, and counted.
pub(crate) struct Log<'m> {
    events: Block<'m, [Option<Event>]>,
    first: usize,
    kept: usize,
    dropped: u64,
}

impl<'m> Log<'m> {
    pub(crate) fn new(region: &Region<'m>, events: u16) -> Result<Self, AllocError> {
        let events = region.slice(Placement::Lifetime, events.max(1).into(), None, "event log")?;
        Ok(Self { events, first: 0, kept: 0, dropped: 0 })
    }

    pub(crate) fn push(&mut self, event: Event) {
        if self.kept == self.events.len() {
            self.dropped += 1;
            return;
        }
        let at = (self.first + self.kept) % self.events.len();
        self.events[at] = Some(event);
        self.kept += 1;
    }

    pub(crate) fn pop(&mut self) -> Option<Event> {
        let event = self.events[self.first].take()?;
        self.first = (self.first + 1) % self.events.len();
        self.kept -= 1;
        Some(event)
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }
}
