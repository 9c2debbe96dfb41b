//! Messages in words: one line each, for logs and recordings.

use core::fmt::{Display, Formatter, Result};

use crate::{
    Binding, CreatePipeline, Domain, Fragment, HeapSize, InitInstance, Kind, LargeConfig, MemRequest,
    Notification, PipelineIds, PipelineState, Reply, Request, SetPipelineState, Status,
};

/// The protocol's name of the kind, then what is asked of whom; payloads by their length.
impl Display for Request<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let kind = self.kind();
        match self {
            Self::CreatePipeline(create) => write!(f, "{kind} {create}"),
            Self::DeletePipeline { id }
            | Self::GetPipelineState { id }
            | Self::GetPipelineContextSize { id } => write!(f, "{kind} {id}"),
            Self::SetPipelineState(set) => write!(f, "{kind} {set}"),
            Self::InitInstance(init) => write!(f, "{kind} {init}"),
            Self::DeleteInstance { id } => write!(f, "{kind} {id}"),
            Self::Bind(binding) | Self::Unbind(binding) => write!(f, "{kind} {binding}"),
            Self::ConfigGet { id, parameter } => write!(f, "{kind} {id} parameter {parameter}"),
            Self::ConfigSet { id, parameter, value } => {
                write!(f, "{kind} {id} parameter {parameter} to {value}")
            }
            Self::LargeConfigGet(config) | Self::LargeConfigSet(config) => write!(f, "{kind} {config}"),
            Self::Unsupported { fields, extension, payload, .. } => {
                write!(f, "{kind} {fields:#08x} {extension:#010x}, {} B", payload.len())
            }
        }
    }
}

/// The kind and the status, then what the extension says in an answer of that kind; a payload by its length.
impl Display for Reply<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { kind, status, extension, payload } = *self;
        write!(f, "{kind}: {status}")?;
        match (kind, status) {
            (Kind::CONFIG_GET, Status::SUCCESS) => {
                write!(f, ", parameter {} is {}", extension >> 16, extension & 0xFFFF)?;
            }
            (Kind::LARGE_CONFIG_GET, Status::SUCCESS) => {
                write!(f, ", {}", Fragment::from_extension(extension))?;
            }
            (Kind::GET_PIPELINE_STATE, Status::SUCCESS) => {
                write!(f, ", {}", PipelineState::from_code(extension as u16))?;
            }
            (Kind::GET_PIPELINE_CONTEXT_SIZE, Status::SUCCESS) => write!(f, ", {extension} pages")?,
            _ if extension == 0 => {}
            (Kind::SET_PIPELINE_STATE, _) => write!(f, ", because of pipeline {extension}")?,
            _ => write!(f, ", extension {extension:#010x}")?,
        }
        match payload.len() {
            0 => Ok(()),
            bytes => write!(f, ", {bytes} B"),
        }
    }
}

impl Display for CreatePipeline {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { id, priority, core, pages, .. } = self;
        write!(f, "{id}: priority {priority}, core {core}, {pages} pages")?;
        if self.low_power {
            f.write_str(", low power")?;
        }
        if self.attributes != 0 {
            write!(f, ", attributes {:#x}", self.attributes)?;
        }
        match self.memory {
            Ok(Some(memory)) => write!(f, ", {memory}"),
            Ok(None) => Ok(()),
            Err(fault) => write!(f, ", faulty payload: {fault}"),
        }
    }
}

impl Display for MemRequest {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "memory domain {}, stack {} B, ", self.domain, self.stack_bytes)?;
        match self.size {
            HeapSize::Single(bytes) => write!(f, "heap {bytes} B"),
            HeapSize::Split { interim, lifetime, shared } => {
                write!(f, "interim {interim} B, lifetime {lifetime} B, shared {shared} B")
            }
        }
    }
}

impl Display for PipelineState {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Invalid => "INVALID",
            Self::Uninitialized => "UNINITIALIZED",
            Self::Reset => "RESET",
            Self::Paused => "PAUSED",
            Self::Running => "RUNNING",
            Self::EndOfStream => "EOS",
            Self::ErrorStop => "ERROR_STOP",
            Self::Saved => "SAVED",
            Self::Unknown(code) => return write!(f, "state {code}"),
        })
    }
}

impl Display for SetPipelineState<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.pipelines {
            PipelineIds::Single(id) => write!(f, "{id}")?,
            PipelineIds::List(ids) => {
                f.debug_list().entries(ids.iter().map(|id| u32::from_le_bytes(*id))).finish()?;
            }
        }
        write!(f, " to {}{}", self.state, if self.sync_stop_start { " in one tick" } else { "" })
    }
}

impl Display for InitInstance<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let domain = match self.domain {
            Domain::Ll => "LL",
            Domain::Dp => "DP",
        };
        write!(f, "{} in pipeline {}: {domain}, core {}", self.id, self.pipeline, self.core)?;
        if let Some(memory) = self.memory {
            write!(f, ", {memory}")?;
        }
        if let Some(data) = self.module_data {
            write!(f, ", module data {} B", data.len())?;
        }
        write!(f, ", payload {} B", self.payload.len())
    }
}

impl Display for Binding {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { source, source_queue, sink, sink_queue } = self;
        write!(f, "{source} output {source_queue} to {sink} input {sink_queue}")
    }
}

impl Display for Fragment {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Single { total } => write!(f, "whole of {total} B"),
            Self::First { total } => write!(f, "first of {total} B"),
            Self::Middle { offset } => write!(f, "middle from {offset}"),
            Self::Last { offset } => write!(f, "last from {offset}"),
        }
    }
}

impl Display for LargeConfig<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { id, parameter, fragment, data } = self;
        write!(f, "{id} parameter {parameter}, {fragment}: {} B", data.len())
    }
}

impl Display for Notification {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::PipelineUnderrun { pipeline } => write!(f, "underrun in pipeline {pipeline}"),
            Self::PipelineOverrun { pipeline } => write!(f, "overrun in pipeline {pipeline}"),
            Self::GatewayUnderrun { gateway } => write!(f, "underrun at gateway {gateway:#x}"),
            Self::GatewayOverrun { gateway } => write!(f, "overrun at gateway {gateway:#x}"),
            Self::MixerUnderrun { pipeline, end_of_stream, mixed, expected } => {
                let end = if *end_of_stream { ", at the end of the stream" } else { "" };
                write!(f, "mixer underrun in pipeline {pipeline}: {mixed} of {expected}{end}")
            }
            Self::ProcessDataError { id, error } => write!(f, "module {id} failed with {error}"),
            Self::Other { resource_type, resource_id, event_type, data } => {
                write!(f, "event {event_type} of resource {resource_type}:{resource_id:#x}, data {data:x?}")
            }
        }
    }
}
