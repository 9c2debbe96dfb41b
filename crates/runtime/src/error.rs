//! Why the runtime refused a verb: one small value that says what, where and what to do.

use core::fmt;

use headroom_module::gateway::GatewayDirection;
use headroom_module::instance::ComponentId;
use headroom_module::{Format, ModuleError};
use vregion::{AllocError, RegionError};

use crate::mail::TransferFault;
use crate::state::{ModuleState, PipelineState, Requested};

/// What is wrong with a gateway that was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GatewayFault {
    /// No copier has it, or audio goes the other way there.
    Missing(GatewayDirection),
    /// Another copier has it: a DMA channel has one buffer.
    InUse(ComponentId),
    /// This port of its copier is bound to its ring.
    Bound(PortId),
}

impl fmt::Display for GatewayFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(GatewayDirection::In) => {
                f.write_str("no copier takes audio in there; init one first")
            }
            Self::Missing(GatewayDirection::Out) => {
                f.write_str("no copier gives audio out there; init one first")
            }
            Self::InUse(copier) => {
                write!(f, "module {copier} has it; take another node or delete that first")
            }
            Self::Bound(port) => write!(f, "the {port} is bound to it; bind the other side of the copier"),
        }
    }
}

/// Which side of a module a port is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// An input.
    Input,
    /// An output.
    Output,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Input => "input",
            Self::Output => "output",
        })
    }
}

/// One port of one module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PortId {
    /// The module.
    pub component: ComponentId,
    /// Which side of it.
    pub side: Side,
    /// The queue id.
    pub queue: u8,
}

impl fmt::Display for PortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of module {}", self.side, self.queue, self.component)
    }
}

/// Whose memory is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// The runtime itself, and LL modules whose pipeline has no region.
    Common,
    /// A pipeline, for all its LL modules.
    Pipeline(u8),
    /// A DP module.
    Module(ComponentId),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Common => f.write_str("the common region"),
            Self::Pipeline(id) => write!(f, "pipeline {id}"),
            Self::Module(id) => write!(f, "module {id}"),
        }
    }
}

/// Why a verb was refused. Nothing has changed then, except where a variant says otherwise.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Error {
    /// No room for the runtime's own tables: in the pool, or in the common region.
    Tables(AllocError),
    /// There is no pipeline of this id.
    NoPipeline(u8),
    /// There already is a pipeline of this id.
    PipelineExists(u8),
    /// The platform has fewer cores.
    NoCore {
        /// The core asked for.
        core: u8,
        /// Cores that there are.
        cores: u8,
    },
    /// There is no module of this id.
    NoModule(ComponentId),
    /// There already is a module of this id.
    ModuleExists(ComponentId),
    /// No driver makes modules of this id.
    NoDriver(ComponentId),
    /// A table of the platform is full.
    Full {
        /// `"pipelines"`, `"modules"` or `"edges"`.
        what: &'static str,
        /// How many fit.
        limit: u16,
    },
    /// A region that was asked for is outside what the platform allows, or too small for what the runtime puts there.
    RegionSize {
        /// Whose region.
        owner: Owner,
        /// Bytes asked for.
        bytes: usize,
        /// The least that is needed.
        min: usize,
        /// The most that is allowed.
        max: usize,
    },
    /// The page pool could not give a region.
    Region {
        /// Whose region.
        owner: Owner,
        /// Why.
        error: RegionError,
    },
    /// The module refused, or failed.
    Module {
        /// Which module.
        component: ComponentId,
        /// Why.
        error: ModuleError,
    },
    /// The pipeline can't go there from where it is.
    PipelineState {
        /// Which pipeline.
        pipeline: u8,
        /// Where it is.
        state: PipelineState,
        /// What was asked for.
        requested: Requested,
    },
    /// A pipeline without modules can't run.
    EmptyPipeline(u8),
    /// The module must be stopped for this.
    ModuleState {
        /// Which module.
        component: ComponentId,
        /// Where it is.
        state: ModuleState,
    },
    /// The module is out with a job or a pass; ask again when that is finished.
    Busy(ComponentId),
    /// A parameter value that comes or goes in parts, or waits for its module.
    Transfer {
        /// The module that it is of.
        component: ComponentId,
        /// What is wrong.
        fault: TransferFault,
    },
    /// The module has no such port.
    NoPort {
        /// The port asked for.
        port: PortId,
        /// Ports on that side.
        ports: u8,
    },
    /// The port already has a partner.
    PortTaken {
        /// The port.
        port: PortId,
        /// Its partner.
        peer: ComponentId,
    },
    /// A gateway, or the ring behind it.
    Gateway {
        /// The gateway's node id.
        node: u32,
        /// What is wrong.
        fault: GatewayFault,
    },
    /// The last module of a pipeline is LL and was made for another core than the pipeline.
    OtherCore {
        /// The module.
        component: ComponentId,
        /// Its core.
        core: u8,
        /// Its pipeline.
        pipeline: u8,
        /// The pipeline's core.
        pipeline_core: u8,
    },
    /// These two ports are not bound to each other.
    NotBound {
        /// The output.
        source: PortId,
        /// The input.
        sink: PortId,
    },
    /// Two DP modules can't be bound to each other.
    DpToDp {
        /// The one that would write.
        source: ComponentId,
        /// The one that would read.
        sink: ComponentId,
    },
    /// A block size that is not a whole, positive number of frames of the stream.
    BlockSize {
        /// The port whose block it is.
        port: PortId,
        /// Bytes of the block.
        bytes: u32,
        /// Bytes of a frame.
        frame_bytes: usize,
    },
    /// The ring between two modules could not be made.
    Ring {
        /// The port that would read it.
        sink: PortId,
        /// Why.
        error: headroom_module::wiring::WiringError,
    },
    /// The module before a port gives another stream than the module behind it was made for.
    FormatMismatch {
        /// The port that would read the stream.
        sink: PortId,
        /// What it was made for.
        expected: Format,
        /// What comes.
        got: Format,
    },
    /// The modules of a pipeline are bound in a circle.
    Loop {
        /// Which pipeline.
        pipeline: u8,
        /// A module on the circle.
        component: ComponentId,
    },
    /// A DP module whose output block lasts less than a tick.
    Period {
        /// Which module.
        component: ComponentId,
        /// Microseconds that its block lasts.
        block_us: u64,
        /// Microseconds of a tick.
        tick_us: u32,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Tables(error) => write!(f, "no room for the runtime's tables: {error}"),
            Self::NoPipeline(id) => write!(f, "there is no pipeline {id}; create it first"),
            Self::PipelineExists(id) => write!(f, "pipeline {id} exists; delete it first or take another id"),
            Self::NoCore { core, cores } => write!(f, "there is no core {core}; the platform has {cores}"),
            Self::NoModule(id) => write!(f, "there is no module {id}; init it first"),
            Self::ModuleExists(id) => write!(f, "module {id} exists; take another instance number"),
            Self::NoDriver(id) => write!(f, "nothing here makes modules of id {:#x}", id.module()),
            Self::Full { what, limit } => write!(f, "all {limit} {what} of the platform are in use"),
            Self::RegionSize { owner, bytes, min, max } => {
                write!(f, "a region of {bytes} B for {owner}: it must be {min} to {max} B")
            }
            Self::Region { owner, error } => write!(f, "no region for {owner}: {error}"),
            Self::Module { component, error } => write!(f, "module {component}: {error}"),
            Self::PipelineState { pipeline, state, requested: to } => {
                let first = to.comes_after();
                write!(f, "pipeline {pipeline} is {state:?} and can't become {to:?}; ask for {first:?} first")
            }
            Self::EmptyPipeline(id) => write!(f, "pipeline {id} has no modules; init them before it runs"),
            Self::Transfer { component, fault } => write!(f, "parameter of module {component}: {fault}"),
            Self::ModuleState { component, state } => {
                write!(f, "module {component} is {state:?}; reset its pipeline first")
            }
            Self::Busy(id) => write!(f, "module {id} is running; ask again when it has finished"),
            Self::NoPort { port, ports } => write!(f, "there is no {port}; it has {ports}"),
            Self::PortTaken { port, peer } => {
                write!(f, "the {port} is bound to {peer}; a port has one partner")
            }
            Self::Gateway { node, fault } => write!(f, "gateway of node id {node:#x}: {fault}"),
            Self::OtherCore { component: id, core, pipeline, pipeline_core: other } => {
                write!(f, "module {id} ends pipeline {pipeline} of core {other}, but is for core {core}")
            }
            Self::NotBound { source, sink } => write!(f, "the {source} is not bound to the {sink}"),
            Self::DpToDp { source, sink } => {
                write!(f, "{source} and {sink} are both DP; put an LL module between them")
            }
            Self::BlockSize { port, bytes, frame_bytes } => odd_block(f, port, bytes, frame_bytes),
            Self::Ring { sink, error } => write!(f, "no ring for the {sink}: {error}"),
            Self::FormatMismatch { sink, expected, got } => {
                write!(f, "the {sink} was made for {expected}, but {got} comes; give both the same format")
            }
            Self::Loop { pipeline, component } => {
                write!(f, "pipeline {pipeline} has a circle through module {component}; unbind one side")
            }
            Self::Period { component, block_us, tick_us } => short_block(f, component, block_us, tick_us),
        }
    }
}

impl core::error::Error for Error {}

fn odd_block(f: &mut fmt::Formatter<'_>, port: PortId, bytes: u32, frame_bytes: usize) -> fmt::Result {
    write!(f, "the {port} has blocks of {bytes} B, which is no whole number of {frame_bytes}-byte frames")
}

fn short_block(
    f: &mut fmt::Formatter<'_>,
    component: ComponentId,
    block_us: u64,
    tick_us: u32,
) -> fmt::Result {
    write!(f, "module {component} is DP with output blocks of {block_us} us; ")?;
    write!(f, "they must last at least {tick_us} us")
}
