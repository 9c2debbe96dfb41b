//! One message in, one reply out.

use headroom_ipc4::{
    Binding, CreatePipeline, Domain, HeapSize, Ignored, InitInstance, MAILBOX_BYTES, MemRequest, PipelineIds,
    PipelineState, Reply, Request, SetPipelineState, Status,
};
use headroom_runtime::{Connection, Error, InitModule, MemoryRequest, Requested, Runtime, Standing};

use crate::outcome::{Outcome, component};
use crate::status::Refusal;
use crate::{Reason, configuration};

const HEADER_BYTES: usize = 8;

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Answer {
    /// Bytes of the reply, at the front of the mailbox.
    pub length: usize,
    /// The status that the reply carries.
    pub status: Status,
    /// Why it is no success.
    pub reason: Option<Reason>,
    /// What the message held beyond what is understood.
    pub ignored: Ignored,
}

/// Answers `message`: carries it out and writes the reply to the front of `mailbox`.
///
/// Any bytes get a reply, of at least the two header words. A request that is refused changes nothing, but for two: a part
/// of a configuration that doesn't fit ends its transfer, and of a list of vendor parameters those before the one that
/// its module refuses are set. Costs one pass over the message and whatever its verb costs.
pub fn answer(runtime: &mut Runtime<'_>, message: &[u8], mailbox: &mut [u8; MAILBOX_BYTES]) -> Answer {
    let (head, tail) = mailbox.split_at_mut(HEADER_BYTES);
    let (outcome, ignored) = match decode(message) {
        Ok(request) => (carry_out(runtime, &request, tail), ignored(&request)),
        Err(reason) => (Err((0, reason)), Ignored::NOTHING),
    };
    let (extension, payload, reason) = match outcome {
        Ok((extension, payload)) => (extension, payload, None),
        Err((extension, reason)) => (extension, 0, Some(reason)),
    };
    let kind = Reply::to(message, Status::SUCCESS).kind;
    let status = reason.map_or(Status::SUCCESS, |reason| Refusal { kind, reason }.into());
    // The header always fits its eight bytes, and kind, status and extension come from tables of numbers that do.
    let header = Reply { extension, ..Reply::to(message, status) }.encode(head);
    let length = header.unwrap_or(HEADER_BYTES) + payload;
    Answer { length, status, reason, ignored }
}

fn decode(message: &[u8]) -> Result<Request<'_>, Reason> {
    let (bytes, limit) = (message.len(), HEADER_BYTES + MAILBOX_BYTES);
    if bytes > limit {
        return Err(Reason::TooLong { bytes, limit });
    }
    Ok(Request::decode(message)?)
}

fn ignored(request: &Request<'_>) -> Ignored {
    match request {
        Request::CreatePipeline(create) => create.ignored,
        Request::InitInstance(init) => init.ignored,
        _ => Ignored::default(),
    }
}

fn carry_out(runtime: &mut Runtime<'_>, request: &Request<'_>, reply: &mut [u8]) -> Outcome {
    let plain = |result: Result<(), Reason>| result.map(|()| (0, 0)).map_err(|reason| (0, reason));
    match request {
        Request::CreatePipeline(create) => plain(create_pipeline(runtime, create)),
        Request::DeletePipeline { id } => plain(runtime.delete_pipeline(*id).map_err(Reason::from)),
        Request::SetPipelineState(set) => set_state(runtime, set),
        Request::InitInstance(init) => plain(init_module(runtime, init)),
        Request::DeleteInstance { id } => plain(runtime.delete_module(component(*id)).map_err(Reason::from)),
        Request::Bind(binding) => plain(runtime.bind(&connection(binding)).map_err(Reason::from)),
        Request::Unbind(binding) => plain(runtime.unbind(&connection(binding)).map_err(Reason::from)),
        Request::LargeConfigSet(config) => plain(configuration::set_large(runtime, config)),
        Request::LargeConfigGet(config) => configuration::large(runtime, config, reply),
        Request::ConfigSet { id, parameter, value } => {
            plain(configuration::set_short(runtime, *id, (*parameter, *value)))
        }
        Request::ConfigGet { id, parameter } => configuration::short(runtime, *id, *parameter),
        Request::GetPipelineState { id } => state(runtime, *id),
        Request::GetPipelineContextSize { id } => context_size(runtime, *id),
        Request::Unsupported { kind, .. } => plain(Err(Reason::NotServed(*kind))),
    }
}

/// Where a pipeline is, as the protocol's number.
fn state(runtime: &Runtime<'_>, id: u8) -> Outcome {
    let state = match runtime.standing(id).map_err(|error| (0, error.into()))? {
        Standing::Made => PipelineState::Uninitialized,
        Standing::Asked(Requested::Reset) => PipelineState::Reset,
        Standing::Asked(Requested::Paused) => PipelineState::Paused,
        Standing::Asked(Requested::Running) => PipelineState::Running,
        Standing::Asked(Requested::EndOfStream) => PipelineState::EndOfStream,
        Standing::Stopped(_) => PipelineState::ErrorStop,
    };
    Ok((state.code().into(), 0))
}

/// Pages of the pool that a pipeline and its modules have to themselves; 16 bits on the wire.
fn context_size(runtime: &Runtime<'_>, id: u8) -> Outcome {
    let pages = runtime.pipeline_pages(id).map_err(|error| (0, error.into()))?;
    Ok((u16::try_from(pages).unwrap_or(u16::MAX).into(), 0))
}

fn create_pipeline(runtime: &mut Runtime<'_>, create: &CreatePipeline) -> Result<(), Reason> {
    // The original makes the pipeline all the same, without its memory: then a budget silently stops to hold.
    let memory = create.memory?.map(memory);
    let CreatePipeline { id, priority, core, .. } = *create;
    Ok(runtime.create_pipeline(&headroom_runtime::CreatePipeline { id, priority, core, memory })?)
}

fn init_module(runtime: &mut Runtime<'_>, init: &InitInstance<'_>) -> Result<(), Reason> {
    Ok(runtime.init_module(&InitModule {
        id: component(init.id),
        pipeline: init.pipeline,
        core: init.core,
        domain: match init.domain {
            Domain::Ll => headroom_module::schedule::Domain::Ll,
            Domain::Dp => headroom_module::schedule::Domain::Dp,
        },
        memory: init.memory.map(memory),
        payload: init.payload,
        module_data: init.module_data,
    })?)
}

fn set_state(runtime: &mut Runtime<'_>, set: &SetPipelineState<'_>) -> Outcome {
    if let Some(id) = set.pipelines.iter().find(|&id| u8::try_from(id).is_err()) {
        return Err((0, Reason::NoSuchPipeline(id)));
    }
    let ids = ids(set.pipelines);
    let requested = match set.state {
        PipelineState::Reset => Requested::Reset,
        PipelineState::Paused => Requested::Paused,
        PipelineState::Running => Requested::Running,
        PipelineState::EndOfStream => Requested::EndOfStream,
        other => return no_such_state(runtime, ids, other),
    };
    runtime.set_state(ids, requested).map_err(|(id, error)| (id.into(), error.into()))?;
    Ok((0, 0))
}

/// The ids of a message as the runtime counts them; those beyond its range have been refused before.
fn ids(pipelines: PipelineIds<'_>) -> impl Iterator<Item = u8> + Clone + '_ {
    let (single, list) = match pipelines {
        PipelineIds::Single(id) => (Some(id), &[][..]),
        PipelineIds::List(ids) => (None, ids),
    };
    let listed = list.iter().filter_map(|id| u8::try_from(u32::from_le_bytes(*id)).ok());
    single.into_iter().chain(listed)
}

/// Pipelines are looked up before the state is looked at, as in the original, which therefore takes any state for no
/// pipelines at all.
fn no_such_state(
    runtime: &Runtime<'_>,
    mut ids: impl Iterator<Item = u8> + Clone,
    state: PipelineState,
) -> Outcome {
    let missing = |&id: &u8| !runtime.pipelines().any(|pipeline| pipeline.id == id);
    if let Some(id) = ids.clone().find(missing) {
        return Err((id.into(), Error::NoPipeline(id).into()));
    }
    ids.next().map_or(Ok((0, 0)), |id| Err((id.into(), Reason::NoSuchState(state))))
}

fn memory(request: MemRequest) -> MemoryRequest {
    let interim_bytes = match request.size {
        HeapSize::Single(_) => 0,
        HeapSize::Split { interim, .. } => interim.into(),
    };
    MemoryRequest { bytes: request.size.total(), interim_bytes, stack_bytes: request.stack_bytes }
}

fn connection(binding: &Binding) -> Connection {
    Connection {
        source: component(binding.source),
        source_queue: binding.source_queue,
        sink: component(binding.sink),
        sink_queue: binding.sink_queue,
    }
}
