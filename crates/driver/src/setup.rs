//! What opening streams comes to: messages, the modules that they make, and the ends that audio comes in and goes out at.

use headroom_ipc4::{EncodeError, ModuleId, Request};
use headroom_module::Format;
use headroom_module::instance::ComponentId;

use crate::names::Names;

/// Messages to send, and what is known of the modules that they make.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Up to the moment where the streams can be started.
    pub set_up: Vec<Step>,
    /// What starts them.
    pub start: Vec<Step>,
    /// What is sent while they run, and before which tick; in order.
    pub later: Vec<(u64, Step)>,
    /// What stops them and deletes everything.
    pub take_down: Vec<Step>,
    /// What widgets are called.
    pub names: Names,
    /// The modules, each after all that feed it.
    pub parts: Vec<Part>,
    /// Which part feeds which.
    pub feeds: Vec<(usize, usize)>,
    /// Where audio comes in and goes out, sources first.
    pub ends: Vec<End>,
    /// Bytes that regions declare, of pipelines and of DP modules.
    pub declared: Vec<u64>,
}

/// One message, with what it is for and what it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// What it is for, in words.
    pub purpose: String,
    /// What it is about.
    pub about: About,
    /// The message.
    pub bytes: Vec<u8>,
}

/// What of a topology a message is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum About {
    /// All that is open.
    Everything,
    /// The pipeline with this id.
    Pipeline(u8),
    /// The widget that users call so.
    Widget(String),
    /// The route from the first to the second.
    Route(String, String),
}

/// A module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// Its id in the runtime.
    pub id: ComponentId,
    /// Frames per second that it gives out.
    pub rate: u32,
    /// Milliseconds that its blocks last.
    pub block_ms: u32,
}

/// Which way audio crosses an end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Audio comes in: what is played, or what an interface captures.
    Source,
    /// Audio goes out.
    Sink,
}

/// A gateway copier: what lies behind it is not the driver's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct End {
    /// The copier, by its place in [`Setup::parts`].
    pub part: usize,
    /// What users call it.
    pub widget: String,
    /// The id of its gateway in messages.
    pub node: u32,
    /// Which way audio crosses it.
    pub side: Side,
    /// The format of the frames that cross it.
    pub format: Format,
}

/// The id of `id` in the runtime.
pub(crate) fn component(id: ModuleId) -> ComponentId {
    ComponentId::new(id.module, id.instance)
}

/// A request as its bytes.
pub(crate) fn encode(request: &Request<'_>) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = vec![0; request.encoded_len()];
    let length = request.encode(&mut bytes)?;
    bytes.truncate(length);
    Ok(bytes)
}
