//! A topology as IPC4 messages: bytes, exactly as a driver would send them.

use std::collections::BTreeMap;
use std::ops::Range;

use headroom_ipc4::{
    Binding, CreatePipeline, Domain, EncodeError, Fragment, HeapSize, InitInstance, LargeConfig, MemRequest,
    ModuleId, PipelineIds, PipelineState, Request, SetPipelineState,
};
use headroom_module::{BaseConfig, ComponentId, Format};
use headroom_modules::{CopierConfig, Curve, MODULES, SinkFormat, VolumeSetting};

use crate::error::Error;
use crate::topology::{Memory, Pipeline, Route, Topology, Widget, WidgetKind};

use super::Streams;

/// One message, with what it is for and where in the topology that stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Step {
    pub(crate) purpose: String,
    pub(crate) span: Range<usize>,
    pub(crate) bytes: Vec<u8>,
}

/// Large configuration parameter of gain: one volume setting.
const VOLUME: u8 = 0;

/// Large configuration parameter of a copier: the format of one of its outputs.
const SINK_FORMAT: u8 = 2;

/// The module id that stand-ins are asked for by. No driver has it, as a module's would not have that is not there.
const UNKNOWN_MODULE: u16 = 0xFF00;

/// Gateway node types, in bits 8 to 12 of a node id. Source: SOF's `src/include/ipc4/gateway.h`.
const HOST_OUT: u32 = 0 << 8;
const HOST_IN: u32 = 1 << 8;
const I2S_OUT: u32 = 12 << 8;
const I2S_IN: u32 = 13 << 8;

/// The id of each widget, by index: the module that its kind is, with instances counted per module.
pub(crate) fn component_ids(topology: &Topology) -> Result<Vec<ModuleId>, Error> {
    let mut instances: BTreeMap<u16, u8> = BTreeMap::new();
    let number = |widget: &Widget| {
        let (name, module) = module_of(topology, widget)?;
        let instance = instances.entry(module).or_insert(0);
        let id = ModuleId { module, instance: *instance };
        *instance = instance.checked_add(1).ok_or_else(|| {
            let what = format!("there are more than 255 widgets of module `{name}`");
            topology.text.error(widget.span.clone(), what, "split the topology".to_owned())
        })?;
        Ok(id)
    };
    topology.widgets.iter().map(number).collect()
}

/// The id of `id` in the runtime.
pub(crate) fn component(id: ModuleId) -> ComponentId {
    ComponentId::new(id.module, id.instance)
}

/// The name and the id of the module that a widget is.
pub(crate) fn module_of(topology: &Topology, widget: &Widget) -> Result<(&'static str, u16), Error> {
    let name = match widget.kind {
        WidgetKind::StandIn => return Ok(("stand-in", UNKNOWN_MODULE)),
        WidgetKind::HostCopier | WidgetKind::DaiCopier | WidgetKind::Copier => "copier",
        WidgetKind::Gain { .. } => "gain",
        WidgetKind::Src { .. } => "src",
        WidgetKind::SrcLite { .. } => "src-lite",
        WidgetKind::Mixin => "mixin",
        WidgetKind::Mixout => "mixout",
        WidgetKind::Passthrough => "passthrough",
    };
    let driver = MODULES.iter().find(|driver| driver.name == name).ok_or_else(|| {
        let help = "use one of the kinds in docs/topology-toml.md".to_owned();
        topology.text.error(widget.span.clone(), format!("there is no module `{name}`"), help)
    })?;
    Ok((name, driver.module))
}

/// Pipelines, modules, kcontrols and bindings, up to the moment where the stream can be started.
pub(crate) fn set_up(topology: &Topology, streams: &[Streams], ids: &[ModuleId]) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for pipeline in &topology.pipelines {
        let purpose = format!("create pipeline {}", pipeline.id);
        steps.push(step(topology, purpose, &pipeline.span, &create(pipeline))?);
    }
    for ((n, widget), streams) in topology.widgets.iter().enumerate().zip(streams) {
        let payload = payload(topology, n, widget, streams);
        let request = init(widget, ids[n], &payload);
        steps.push(step(topology, format!("init `{}`", widget.name), &widget.span, &request)?);
    }
    for (widget, &id) in topology.widgets.iter().zip(ids) {
        if let Some(setting) = volume(&widget.kind) {
            let data = setting.encode();
            let fragment = Fragment::Single { total: data.len() as u32 };
            let request =
                Request::LargeConfigSet(LargeConfig { id, parameter: VOLUME, fragment, data: &data });
            steps.push(step(topology, format!("set the gain of `{}`", widget.name), &widget.span, &request)?);
        }
    }
    for route in &topology.routes {
        steps.extend(sink_format(topology, route, (streams, ids))?);
        let (from, to) = (&topology.widgets[route.from], &topology.widgets[route.to]);
        let binding = Binding {
            source: ids[route.from],
            source_queue: route.from_queue,
            sink: ids[route.to],
            sink_queue: route.to_queue,
        };
        let purpose = format!("bind `{}` to `{}`", from.name, to.name);
        steps.push(step(topology, purpose, &route.span, &Request::Bind(binding))?);
    }
    Ok(steps)
}

/// What a copier must be told before an output beyond its first is bound: the same format as the first has.
fn sink_format(
    topology: &Topology,
    route: &Route,
    (streams, ids): (&[Streams], &[ModuleId]),
) -> Result<Option<Step>, Error> {
    let widget = &topology.widgets[route.from];
    let copies = matches!(widget.kind, WidgetKind::HostCopier | WidgetKind::DaiCopier | WidgetKind::Copier);
    if !copies || route.from_queue == 0 {
        return Ok(None);
    }
    let Streams { input, output } = streams[route.from];
    let format = SinkFormat { output: route.from_queue.into(), source: input.into(), sink: output.into() };
    let data = format.encode();
    let fragment = Fragment::Single { total: data.len() as u32 };
    let id = ids[route.from];
    let request = Request::LargeConfigSet(LargeConfig { id, parameter: SINK_FORMAT, fragment, data: &data });
    let purpose = format!("set the format of output {} of `{}`", route.from_queue, widget.name);
    step(topology, purpose, &route.span, &request).map(Some)
}

/// Completes all pipelines, then lets them run.
pub(crate) fn start(topology: &Topology) -> Result<Vec<Step>, Error> {
    let paused = states(topology, PipelineState::Paused, "complete the pipelines")?;
    Ok(vec![paused, states(topology, PipelineState::Running, "start the pipelines")?])
}

/// Stops all pipelines, forgets their audio and deletes them with all that is in them.
pub(crate) fn take_down(topology: &Topology) -> Result<Vec<Step>, Error> {
    let mut steps = vec![
        states(topology, PipelineState::Paused, "pause the pipelines")?,
        states(topology, PipelineState::Reset, "reset the pipelines")?,
    ];
    for pipeline in &topology.pipelines {
        let purpose = format!("delete pipeline {}", pipeline.id);
        steps.push(step(topology, purpose, &pipeline.span, &Request::DeletePipeline { id: pipeline.id })?);
    }
    Ok(steps)
}

fn step(
    topology: &Topology,
    purpose: String,
    span: &Range<usize>,
    request: &Request<'_>,
) -> Result<Step, Error> {
    let bytes = encode(request).map_err(|error| {
        let what = format!("{purpose}: no message can say this: {error}");
        topology.text.error(span.clone(), what, "choose smaller numbers".to_owned())
    })?;
    Ok(Step { purpose, span: span.clone(), bytes })
}

/// A request as its bytes.
pub(crate) fn encode(request: &Request<'_>) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = vec![0; request.encoded_len()];
    let length = request.encode(&mut bytes)?;
    bytes.truncate(length);
    Ok(bytes)
}

fn create(pipeline: &Pipeline) -> Request<'static> {
    let Pipeline { id, priority, core, heap_bytes, stack_bytes, .. } = *pipeline;
    let declares = heap_bytes > 0 || stack_bytes > 0;
    let memory =
        declares.then_some(MemRequest { domain: 0, stack_bytes, size: HeapSize::Single(heap_bytes) });
    Request::CreatePipeline(CreatePipeline { priority, core, memory: Ok(memory), ..CreatePipeline::new(id) })
}

fn init<'a>(widget: &Widget, id: ModuleId, payload: &'a [u8]) -> Request<'a> {
    let dp = widget.domain == headroom_module::Domain::Dp;
    let size = match widget.memory {
        None => HeapSize::Single(0),
        Some(Memory::Heap(bytes)) => HeapSize::Single(bytes),
        Some(Memory::Split { lifetime, interim }) => HeapSize::Split { interim, lifetime, shared: 0 },
    };
    // Only DP widgets send their memory themselves; that of the others is their pipeline's.
    let memory = dp.then_some(MemRequest { domain: 0, stack_bytes: widget.stack_bytes, size });
    let domain = if dp { Domain::Dp } else { Domain::Ll };
    Request::InitInstance(InitInstance {
        core: widget.core,
        domain,
        memory,
        ..InitInstance::new(id, widget.pipeline, payload)
    })
}

/// Base configuration, then what the widget's kind adds.
fn payload(topology: &Topology, n: usize, widget: &Widget, streams: &Streams) -> Vec<u8> {
    let base = BaseConfig {
        cycles_per_chunk: 0,
        input_block: block_bytes(streams.input, widget.block_ms),
        output_block: block_bytes(streams.output, widget.block_ms),
        pages: 0,
        format: streams.input.into(),
    };
    let mut bytes = base.encode().to_vec();
    match widget.kind {
        WidgetKind::HostCopier | WidgetKind::DaiCopier | WidgetKind::Copier => {
            bytes.extend(copier(topology, n, widget, streams).encode());
        }
        WidgetKind::Src { rate } | WidgetKind::SrcLite { rate } => bytes.extend(rate.to_le_bytes()),
        WidgetKind::Gain { .. } => {
            let unity = VolumeSetting {
                channel: None,
                target: VolumeSetting::UNITY,
                curve: Curve::None,
                duration: 0,
            };
            bytes.extend(unity.encode());
        }
        WidgetKind::Mixin | WidgetKind::Mixout | WidgetKind::Passthrough | WidgetKind::StandIn => {}
    }
    bytes
}

/// Blocks are whole frames that last at least as long as they should: 45 frames for 1 ms at 44.1 kHz.
pub(crate) fn block_bytes(format: Format, block_ms: u32) -> u32 {
    let frames = (u64::from(format.rate()) * u64::from(block_ms)).div_ceil(1000);
    frames as u32 * format.frame_bytes() as u32
}

fn copier(topology: &Topology, n: usize, widget: &Widget, streams: &Streams) -> CopierConfig {
    let is_source = topology.is_source(n);
    let (node, outside) = match (widget.kind, is_source) {
        (WidgetKind::HostCopier, true) => (Some(HOST_OUT), streams.input),
        (WidgetKind::HostCopier, false) => (Some(HOST_IN), streams.output),
        (WidgetKind::DaiCopier, true) => (Some(I2S_IN), streams.input),
        (WidgetKind::DaiCopier, false) => (Some(I2S_OUT), streams.output),
        _ => (None, streams.output),
    };
    CopierConfig {
        output: streams.output.into(),
        features: 0,
        node,
        buffer_bytes: 2 * block_bytes(outside, widget.block_ms),
        attributes: 0,
    }
}

fn volume(kind: &WidgetKind) -> Option<VolumeSetting> {
    let (target, curve, duration) = volume_target(kind)?;
    Some(VolumeSetting { channel: None, target, curve, duration })
}

/// Where a gain goes, how, and in how many units of 100 ns.
pub(crate) fn volume_target(kind: &WidgetKind) -> Option<(u32, Curve, u64)> {
    let WidgetKind::Gain { db, ramp_ms, curve } = *kind else { return None };
    let full_scale = f64::from(VolumeSetting::UNITY);
    let target = (10f64.powf(db / 20.0) * full_scale).round() as u32;
    let curve = if ramp_ms == 0 { Curve::None } else { curve };
    Some((target, curve, u64::from(ramp_ms) * 10_000))
}

/// One message for all pipelines, those that stand last in the file first: topologies are written from source to sink,
/// and who reads should be there before who writes.
fn states(topology: &Topology, state: PipelineState, purpose: &str) -> Result<Step, Error> {
    let words: Vec<[u8; 4]> =
        topology.pipelines.iter().rev().map(|pipeline| u32::from(pipeline.id).to_le_bytes()).collect();
    let pipelines = PipelineIds::List(&words);
    let request = Request::SetPipelineState(SetPipelineState { state, pipelines, sync_stop_start: false });
    let span = topology.pipelines.first().map_or(0..0, |pipeline| pipeline.span.clone());
    step(topology, purpose.to_owned(), &span, &request)
}
