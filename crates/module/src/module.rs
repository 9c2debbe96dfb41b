//! What a module is to a runtime: the trait that it meets.

use vregion::Block;

use crate::context::{Configure, Prepare, Process};
use crate::error::ModuleError;
use crate::format::{ComponentId, Format};

/// A module in region memory.
pub type ModuleBox<'m> = Block<'m, dyn Module<'m> + 'm>;

/// An audio module: made by its [`ModuleEntry`](crate::ModuleEntry), then prepared, run and reset any number of times.
///
/// `'m` is the life of the memory that it was made in.
pub trait Module<'m>: Send {
    /// Gets ready for the streams that are bound now: checks that they are what `init` planned for, announces the
    /// format of its outputs where that is not the input's, allocates what only the streams tell.
    ///
    /// # Errors
    /// Whatever keeps it from running; the pipeline stays as it is.
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        let _ = cx;
        Ok(())
    }

    /// Moves audio from the inputs to the outputs, as much as both allow; having nothing to do is no error.
    ///
    /// # Errors
    /// A fault of the module. An LL pipeline stops on it, a DP module is run again.
    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError>;

    /// Forgets the audio that went through and keeps everything else, so that the next prepare finds it as after init.
    fn reset(&mut self) {}

    /// When a DP module wants to run.
    fn readiness(&self) -> Readiness {
        Readiness::WholeBlocks
    }

    /// Frames of delay at the output that the module itself adds, rounded to the nearest.
    fn delay_frames(&self) -> u32 {
        0
    }

    /// The gateway that this module is the end of, if it is one.
    fn gateway(&self) -> Option<Gateway> {
        None
    }

    /// Sets parameter `parameter` to `data`; takes effect with the next `process`.
    ///
    /// # Errors
    /// [`ModuleError::UnknownParameter`], or what is wrong with the data; the parameter keeps its value then.
    fn configure(
        &mut self,
        cx: &mut Configure<'_, 'm>,
        parameter: u32,
        data: &[u8],
    ) -> Result<(), ModuleError> {
        let _ = (cx, data);
        Err(ModuleError::UnknownParameter { parameter })
    }

    /// Writes parameter `parameter` to `reply` as it was set, and returns its bytes.
    ///
    /// # Errors
    /// [`ModuleError::UnknownParameter`] or [`ModuleError::ShortReply`].
    fn configuration(&self, parameter: u32, reply: &mut [u8]) -> Result<usize, ModuleError> {
        let _ = reply;
        Err(ModuleError::UnknownParameter { parameter })
    }
}

/// When a DP module is ready to run. Source: SOF's `module_is_ready_to_process`, `component.h`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Readiness {
    /// When every bound input has a whole block and every bound output room for one.
    WholeBlocks,
    /// When every bound input has a frame and every bound output room for one.
    AnyFrame,
}

/// Which way audio crosses a gateway.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GatewayDirection {
    /// From outside into the copier: host playback, or a capture DAI.
    In,
    /// From the copier to the outside: a playback DAI, or host capture.
    Out,
}

/// Where audio enters or leaves the graph: what a gateway copier says of the DMA buffer on its far side.
///
/// The copier's runtime makes a ring for that buffer in the copier's memory and binds it to the copier's first input
/// (audio comes in) or first output (it goes out). Whoever stands outside fills or drains the other end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gateway {
    /// The copier.
    pub component: ComponentId,
    /// IPC4 node id: type in bits 8 to 12, index in bits 0 to 7.
    pub node: u32,
    /// Which way audio goes.
    pub direction: GatewayDirection,
    /// Format of the frames that cross it.
    pub format: Format,
    /// Bytes of the buffer between copier and device; at least two periods.
    pub buffer_bytes: u32,
}
