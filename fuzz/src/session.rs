//! A valid session, message by message, as the material that fuzzed sessions are made from.

use headroom_ipc4::{
    Binding, CreatePipeline, Domain, Fragment, HeapSize, InitInstance, LargeConfig, MemRequest, ModuleId,
    PipelineIds, PipelineState, Request, SetPipelineState,
};
use headroom_module::wire::{BaseConfig, PinConfig, PinConfigs};
use headroom_module::{Format, Pins, SampleFormat};
use headroom_modules::{CopierConfig, Curve, VolumeSetting};

const MIXOUT: u16 = 3;
const COPIER: u16 = 4;
const GAIN: u16 = 6;
const SRC: u16 = 7;
const SRC_LITE: u16 = 0x1f;

const fn id(module: u16, instance: u8) -> ModuleId {
    ModuleId { module, instance }
}

fn bytes(request: Request<'_>) -> Vec<u8> {
    let mut message = vec![0; request.encoded_len()];
    request.encode(&mut message).expect("all numbers fit");
    message
}

fn stereo(rate: u32) -> Format {
    Format::new(rate, 2, SampleFormat::S32).expect("two channels")
}

/// Base configuration with blocks of `ms` milliseconds at both rates.
fn base(from: u32, to: u32, ms: u32) -> Vec<u8> {
    let block = |rate: u32| (rate * ms).div_ceil(1000) * stereo(rate).frame_bytes() as u32;
    let format = stereo(from).into();
    BaseConfig { cycles_per_chunk: 0, input_block: block(from), output_block: block(to), pages: 0, format }
        .encode()
        .to_vec()
}

fn copier(rate: u32, node: Option<u32>) -> Vec<u8> {
    let output = stereo(rate).into();
    let own = CopierConfig { output, features: 0, node, buffer_bytes: 0, attributes: 0 };
    [base(rate, rate, 1), own.encode().to_vec()].concat()
}

fn volume(target: u32) -> VolumeSetting {
    VolumeSetting { channel: None, target, curve: Curve::Linear, duration: 50_000 }
}

fn gain(rate: u32) -> Vec<u8> {
    [base(rate, rate, 1), volume(VolumeSetting::UNITY).encode().to_vec()].concat()
}

fn converter(from: u32, to: u32) -> Vec<u8> {
    [base(from, to, 5), to.to_le_bytes().to_vec()].concat()
}

fn create(pipeline: u8, size: Option<HeapSize>) -> Vec<u8> {
    let memory = size.map(|size| MemRequest { domain: 0, stack_bytes: 4096, size });
    bytes(Request::CreatePipeline(CreatePipeline { memory: Ok(memory), ..CreatePipeline::new(pipeline) }))
}

fn ll(id: ModuleId, pipeline: u8, payload: &[u8]) -> Vec<u8> {
    bytes(Request::InitInstance(InitInstance::new(id, pipeline, payload)))
}

fn dp(id: ModuleId, pipeline: u8, size: HeapSize, payload: &[u8]) -> Vec<u8> {
    let memory = Some(MemRequest { domain: 0, stack_bytes: 4096, size });
    let plain = InitInstance::new(id, pipeline, payload);
    bytes(Request::InitInstance(InitInstance { domain: Domain::Dp, memory, ..plain }))
}

fn binding(source: ModuleId, sink: ModuleId) -> Binding {
    Binding { source, source_queue: 0, sink, sink_queue: 0 }
}

fn bind(source: ModuleId, sink: ModuleId) -> Vec<u8> {
    bytes(Request::Bind(binding(source, sink)))
}

fn state(pipelines: PipelineIds<'_>, state: PipelineState) -> Vec<u8> {
    bytes(Request::SetPipelineState(SetPipelineState { state, pipelines, sync_stop_start: false }))
}

pub(crate) fn to_state(pipeline: u8, wanted: PipelineState) -> Vec<u8> {
    state(PipelineIds::Single(pipeline), wanted)
}

pub(crate) fn delete(id: u8) -> Vec<u8> {
    bytes(Request::DeletePipeline { id })
}

/// Gateways of the playback side: what the host gives out, what goes out on a link.
const HOST_OUT: u32 = 0;
const LINK_OUT: u32 = 0x800;

/// One setting of the first gain, as a list of vendor parameters.
fn vendor(setting: &[u8]) -> Vec<u8> {
    let mut list = vec![0; 8];
    LargeConfig::write_vendor_header(&mut list, 0, setting.len() as u32).expect("eight bytes");
    list.extend(setting);
    let fragment = Fragment::Single { total: list.len() as u32 };
    let parameter = LargeConfig::VENDOR;
    bytes(Request::LargeConfigSet(LargeConfig { id: id(GAIN, 0), parameter, fragment, data: &list }))
}

/// Asks for the settings of the first gain as a vendor parameter.
fn vendor_query() -> Vec<u8> {
    let mut list = [0; 8];
    LargeConfig::write_vendor_header(&mut list, 0, 256).expect("eight bytes");
    let (parameter, fragment) = (LargeConfig::VENDOR, Fragment::Single { total: 8 });
    bytes(Request::LargeConfigGet(LargeConfig { id: id(GAIN, 0), parameter, fragment, data: &list }))
}

/// A mixout with data of its own and three inputs listed, the last with blocks of 5 ms.
fn listed(id: ModuleId, pipeline: u8) -> Vec<u8> {
    let block = |ms: u32| 48 * ms * stereo(48000).frame_bytes() as u32;
    let header = PinConfigs::header(Pins { inputs: 3, outputs: 0 });
    let pin = |(index, ms)| PinConfig { block: block(ms), format: stereo(48000).into() }.encode(index);
    let pins = [(0, 1), (1, 1), (2, 5)].into_iter().flat_map(pin);
    let payload: Vec<u8> = base(48000, 48000, 1).into_iter().chain(header).chain(pins).collect();
    let plain = InitInstance::new(id, pipeline, &payload);
    bytes(Request::InitInstance(InitInstance { module_data: Some(&[7; 8]), ..plain }))
}

/// A parameter of the copier before the link, to be set or read.
fn of_copier(parameter: u8, data: &[u8]) -> LargeConfig<'_> {
    let fragment = Fragment::Single { total: data.len() as u32 };
    LargeConfig { id: id(COPIER, 1), parameter, fragment, data }
}

/// Two pipelines with a DP converter each, first made and bound, then run, then taken down again. Sent in this order all
/// of them succeed.
pub(crate) fn messages() -> Vec<Vec<u8>> {
    let both = [1u32.to_le_bytes(), 2u32.to_le_bytes()];
    let setting = volume(VolumeSetting::UNITY / 2).encode();
    let large = |fragment, data| LargeConfig { id: id(GAIN, 0), parameter: 0, fragment, data };
    let total = setting.len() as u32;
    let split = HeapSize::Split { interim: 4096, lifetime: 16384, shared: 0 };
    vec![
        create(1, Some(HeapSize::Single(24576))),
        create(2, None),
        create(3, Some(split)),
        ll(id(COPIER, 0), 1, &copier(16000, Some(HOST_OUT))),
        dp(id(SRC, 0), 1, HeapSize::Single(24576), &converter(16000, 48000)),
        ll(id(GAIN, 0), 1, &gain(48000)),
        ll(id(COPIER, 1), 1, &copier(48000, Some(LINK_OUT))),
        ll(id(COPIER, 2), 2, &copier(44100, Some(HOST_OUT + 1))),
        dp(id(SRC_LITE, 0), 2, split, &converter(44100, 48000)),
        ll(id(COPIER, 3), 2, &copier(48000, None)),
        ll(id(GAIN, 1), 3, &gain(48000)),
        bind(id(COPIER, 0), id(SRC, 0)),
        bind(id(SRC, 0), id(GAIN, 0)),
        bind(id(GAIN, 0), id(COPIER, 1)),
        bind(id(COPIER, 2), id(SRC_LITE, 0)),
        bind(id(SRC_LITE, 0), id(COPIER, 3)),
        bind(id(COPIER, 3), id(GAIN, 1)),
        bytes(Request::LargeConfigSet(large(Fragment::Single { total }, &setting))),
        bytes(Request::LargeConfigGet(large(Fragment::Single { total: 1024 }, &[]))),
        bytes(Request::LargeConfigSet(large(Fragment::First { total }, &setting[..8]))),
        bytes(Request::LargeConfigSet(large(Fragment::Middle { offset: 8 }, &setting[8..16]))),
        bytes(Request::LargeConfigSet(large(Fragment::Last { offset: 16 }, &setting[16..]))),
        bytes(Request::LargeConfigGet(large(Fragment::First { total: 1024 }, &[]))),
        bytes(Request::LargeConfigGet(large(Fragment::Last { offset: 8 }, &[]))),
        vendor(&setting),
        vendor_query(),
        bytes(Request::GetPipelineState { id: 1 }),
        bytes(Request::GetPipelineContextSize { id: 1 }),
        state(PipelineIds::List(&both), PipelineState::Paused),
        to_state(1, PipelineState::Running),
        to_state(1, PipelineState::Paused),
        to_state(2, PipelineState::Reset),
        to_state(1, PipelineState::Reset),
        bytes(Request::Unbind(binding(id(COPIER, 3), id(GAIN, 1)))),
        bytes(Request::DeleteInstance { id: id(GAIN, 1) }),
        delete(2),
        listed(id(MIXOUT, 0), 1),
        bytes(Request::DeleteInstance { id: id(MIXOUT, 0) }),
        bytes(Request::LargeConfigSet(of_copier(7, &0xffff_ff01_u32.to_le_bytes()))),
        bytes(Request::LargeConfigGet(of_copier(5, &[0; 24]))),
        to_state(1, PipelineState::Running),
        to_state(1, PipelineState::EndOfStream),
        to_state(1, PipelineState::Reset),
    ]
}
