//! The wire examples of the protocol's fact sheet, byte for byte in both directions: one test per row.

mod common;

use common::*;
use headroom_ipc4::{
    Binding, CreatePipeline, DecodeError, Domain, Fragment, HeapSize, InitInstance, Kind, LargeConfig,
    MemRequest, ModuleId, Notification, PipelineIds, PipelineState, Reply, Request, SetPipelineState, Status,
};

const SRC: ModuleId = ModuleId { module: 7, instance: 2 };
const MIXOUT: ModuleId = ModuleId { module: 3, instance: 1 };

#[track_caller]
fn both_ways(request: Request<'_>, wire: &[u8]) {
    assert_eq!(Request::decode(wire), Ok(request));
    let mut out = vec![0xaa; wire.len()];
    assert_eq!(request.encode(&mut out), Ok(wire.len()));
    assert_eq!(out, wire);
    assert_eq!(request.encoded_len(), wire.len());
}

fn create(size: HeapSize) -> Request<'static> {
    let memory = Ok(Some(MemRequest { domain: 1, stack_bytes: 4096, size }));
    Request::CreatePipeline(CreatePipeline { pages: 10, memory, ..CreatePipeline::new(1) })
}

fn set_state(state: PipelineState, pipelines: PipelineIds<'_>) -> Request<'_> {
    Request::SetPipelineState(SetPipelineState { state, pipelines, sync_stop_start: false })
}

fn bind(source_queue: u8, sink_queue: u8) -> Binding {
    Binding { source: SRC, source_queue, sink: MIXOUT, sink_queue }
}

#[test]
fn create_pipeline_with_one_heap_figure() {
    both_ways(create(HeapSize::Single(20480)), &message(CREATE, &CREATE_SINGLE));
}

#[test]
fn create_pipeline_with_heap_by_phase() {
    let size = HeapSize::Split { interim: 1000, lifetime: 20000, shared: 64 };
    both_ways(create(size), &message(CREATE, &CREATE_SPLIT));
}

#[test]
fn create_pipeline_with_payload_words_that_leave_the_header_out() {
    let [first, rest @ ..] = CREATE_SINGLE;
    let payload = [&[first - 3][..], &rest].concat();
    assert_eq!(Request::decode(&message(CREATE, &payload)), Ok(create(HeapSize::Single(20480))));
}

#[test]
fn create_pipeline_without_payload() {
    let request = CreatePipeline {
        priority: 3,
        core: 2,
        pages: 2047,
        low_power: true,
        attributes: 0xa5c3,
        ..CreatePipeline::new(0xfe)
    };
    both_ways(Request::CreatePipeline(request), &message([0x11fe_1fff, 0x002a_5c31], &[]));
}

#[test]
fn delete_pipeline() {
    both_ways(Request::DeletePipeline { id: 1 }, &message(DELETE, &[]));
}

#[test]
fn pipeline_to_paused() {
    both_ways(set_state(PipelineState::Paused, PipelineIds::Single(1)), &message(PAUSED, &[]));
}

#[test]
fn pipeline_to_running() {
    both_ways(set_state(PipelineState::Running, PipelineIds::Single(1)), &message(RUNNING, &[]));
}

#[test]
fn pipeline_to_reset() {
    both_ways(set_state(PipelineState::Reset, PipelineIds::Single(1)), &message(RESET, &[]));
}

#[test]
fn several_pipelines_to_running() {
    let ids = [1_u32.to_le_bytes(), 3_u32.to_le_bytes()];
    let request = set_state(PipelineState::Running, PipelineIds::List(&ids));
    both_ways(request, &message(MULTI_RUNNING, &[2, 1, 3]));
}

#[test]
fn no_pipelines_to_running() {
    both_ways(set_state(PipelineState::Running, PipelineIds::List(&[])), &message(MULTI_RUNNING, &[0]));
}

#[test]
fn get_pipeline_state() {
    both_ways(Request::GetPipelineState { id: 5 }, &message([0x1400_0005, 0], &[]));
}

#[test]
fn init_low_latency_module() {
    let payload = bytes(&filler(11));
    let request = Request::InitInstance(InitInstance::new(SRC, 1, &payload));
    both_ways(request, &message(INIT_LL, &filler(11)));
}

#[test]
fn init_data_processing_module_with_memory() {
    let payload = bytes(&filler(11));
    let memory = MemRequest { domain: 1, stack_bytes: 8192, size: HeapSize::Single(20480) };
    let init =
        InitInstance { domain: Domain::Dp, memory: Some(memory), ..InitInstance::new(SRC, 1, &payload) };
    both_ways(Request::InitInstance(init), &message(INIT_DP, &init_dp_payload()));
}

#[test]
fn delete_instance() {
    both_ways(Request::DeleteInstance { id: SRC }, &message([0x4b02_0007, 0], &[]));
}

#[test]
fn bind_first_queues() {
    both_ways(Request::Bind(bind(0, 0)), &message(BIND, &[]));
}

#[test]
fn bind_other_queues() {
    both_ways(Request::Bind(bind(1, 2)), &message(BIND_QUEUES, &[]));
}

#[test]
fn unbind() {
    both_ways(Request::Unbind(bind(1, 2)), &message([0x4602_0007, BIND_QUEUES[1]], &[]));
}

#[test]
fn config_get_and_set() {
    both_ways(Request::ConfigGet { id: SRC, parameter: 5 }, &message([0x4102_0007, 0x0005_0000], &[]));
    let set = Request::ConfigSet { id: SRC, parameter: 0x3fff, value: 10 };
    both_ways(set, &message([0x4202_0007, 0x3fff_000a], &[]));
}

#[test]
fn large_config_set_in_one_piece() {
    let data = bytes(&filler(6));
    let id = ModuleId { module: 6, instance: 0 };
    let config = LargeConfig { id, parameter: 0, fragment: Fragment::Single { total: 24 }, data: &data };
    both_ways(Request::LargeConfigSet(config), &message(LARGE_SET, &filler(6)));
}

#[test]
fn large_config_set_in_fragments() {
    let data = bytes(&filler(2));
    let pieces = [
        (Fragment::First { total: 24 }, 0x2020_0018),
        (Fragment::Middle { offset: 8 }, 0x0020_0008),
        (Fragment::Last { offset: 16 }, 0x1020_0010),
    ];
    for (fragment, extension) in pieces {
        let config = LargeConfig { id: SRC, parameter: 2, fragment, data: &data };
        both_ways(Request::LargeConfigSet(config), &message([0x4402_0007, extension], &filler(2)));
    }
}

#[test]
fn large_config_get() {
    let fragment = Fragment::Single { total: 4000 };
    let config = LargeConfig { id: SRC, parameter: 0xff, fragment, data: &[] };
    both_ways(Request::LargeConfigGet(config), &message([0x4302_0007, 0x3ff0_0fa0], &[]));
}

#[test]
fn success_reply_to_create_pipeline() {
    let wire = bytes(&CREATED);
    let reply = Reply::to(&message(CREATE, &CREATE_SINGLE), Status::SUCCESS);
    let mut out = [0xaa; 8];
    assert_eq!(reply.encode(&mut out), Ok(8));
    assert_eq!(out[..], wire);
    assert_eq!(Reply::decode(&wire), Ok(reply));
}

#[test]
fn refusal_of_a_module_message_with_content() {
    let reply = Reply {
        extension: 0x3000_0004,
        payload: &[1, 2, 3, 4],
        ..Reply::to(&bytes(&[0x4302_0007]), Status(9))
    };
    let mut out = [0; 12];
    assert_eq!(reply.encode(&mut out), Ok(12));
    assert_eq!(out[..], message([0x6300_0009, 0x3000_0004], &[0x0403_0201]));
    assert_eq!(Reply::decode(&out), Ok(reply));
}

/// Fewer than four bytes hold no type: the answer goes to one that no driver sends.
#[test]
fn reply_to_a_fragment_of_a_header() {
    let wire = message(BIND, &[]);
    for length in 0..wire.len() {
        let kind = if length < 4 { Kind::Global(0) } else { Kind::Module(5) };
        assert_eq!(Reply::to(&wire[..length], Status::INVALID_REQUEST).kind, kind, "{length} bytes");
    }
}

#[track_caller]
fn notification(event: Notification, payload: [u32; 10]) {
    let wire = message([0x1b05_0000, 0], &payload);
    assert_eq!(Notification::decode(&wire), Ok(event));
    let mut out = [0xaa; Notification::ENCODED_LEN];
    assert_eq!(event.encode(&mut out), Ok(Notification::ENCODED_LEN));
    assert_eq!(out[..], wire);
}

#[test]
fn pipeline_underrun_and_overrun() {
    notification(Notification::PipelineUnderrun { pipeline: 1 }, [1, 1, 6, 0, 0, 0, 0, 0, 0, 0]);
    notification(Notification::PipelineOverrun { pipeline: 1 }, [1, 1, 7, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn gateway_underrun_and_overrun() {
    notification(Notification::GatewayUnderrun { gateway: 0x800 }, [2, 0x800, 6, 0, 0, 0, 0, 0, 0, 0]);
    notification(Notification::GatewayOverrun { gateway: 0x800 }, [2, 0x800, 7, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn mixer_underrun() {
    let event = Notification::MixerUnderrun { pipeline: 4, end_of_stream: true, mixed: 20, expected: 384 };
    notification(event, [1, 4, 1, 0, 1, 20, 384, 0, 0, 0]);
}

#[test]
fn process_data_error() {
    let event = Notification::ProcessDataError { id: SRC, error: -22 };
    notification(event, [0, 0x0002_0007, 3, 0, 0xffff_ffea, 0, 0, 0, 0, 0]);
}

#[test]
fn other_event() {
    let event =
        Notification::Other { resource_type: 3, resource_id: 7, event_type: 8, data: [1, 2, 3, 4, 5, 6] };
    notification(event, [3, 7, 8, 0, 1, 2, 3, 4, 5, 6]);
}

/// Reserved bits set by the sender change nothing.
#[test]
fn reserved_bits_are_ignored() {
    let plain = message(CREATE, &CREATE_SINGLE);
    let mut payload = CREATE_SINGLE;
    payload[0] |= 0xfe00_0000;
    payload[1] = u32::MAX;
    payload[2] = u32::MAX;
    let reserved = message([CREATE[0] | 1 << 31, CREATE[1] | 0xdf00_000e], &payload);
    assert_eq!(Request::decode(&reserved), Request::decode(&plain));

    let plain = message(INIT_DP, &init_dp_payload());
    let mut payload = init_dp_payload();
    payload[0] |= !0x4;
    payload[1] = u32::MAX;
    payload[2] = u32::MAX;
    let reserved = message([INIT_DP[0] | 1 << 31, INIT_DP[1] | 0xc000_0000], &payload);
    assert_eq!(Request::decode(&reserved), Request::decode(&plain));
}

/// Reserved neighbours of a flag don't set it.
#[test]
fn reserved_bits_are_not_taken_for_flags() {
    let plain = message(INIT_LL, &filler(11));
    let reserved = message([INIT_LL[0] | 1 << 31, INIT_LL[1] | 0xc000_0000], &filler(11));
    assert_eq!(Request::decode(&reserved), Request::decode(&plain));
    let plain = message(CREATE, &[3, 0, 0]);
    let reserved = message([CREATE[0], CREATE[1] | 0xc000_0000], &[3 | 0xfe00_0000, 0, 0]);
    assert_eq!(Request::decode(&reserved), Request::decode(&plain));
    let plain = message([INIT_LL[0], 1 << 29 | 3], &[0, 0, 0]);
    let reserved = message([INIT_LL[0], 1 << 29 | 3], &[!0x4, 0, 0]);
    assert_eq!(Request::decode(&reserved), Request::decode(&plain));
    let plain = message([CREATE[0], 0], &[]);
    let reserved = message([CREATE[0], 0xdf00_000e], &[]);
    assert_eq!(Request::decode(&reserved), Request::decode(&plain));
    let plain = message(PAUSED, &[]);
    let reserved = message([PAUSED[0], 0xffff_fffc], &[]);
    assert_eq!(Request::decode(&reserved), Request::decode(&plain));
}

fn unsupported(kind: Kind, payload: &[u8]) -> Request<'_> {
    Request::Unsupported { kind, fields: 0x00ab_cdef, extension: 0x2345_6789, payload }
}

#[test]
fn every_unserved_kind_keeps_all_its_bits_and_is_refused_as_the_original_does() {
    let payload = bytes(&filler(3));
    for code in 0..32_u8 {
        for (kind, target) in [(Kind::Global(code), 0), (Kind::Module(code), 1 << 30)] {
            if kind.is_decoded() {
                continue;
            }
            let primary = target | u32::from(code) << 24 | 0x00ab_cdef;
            both_ways(unsupported(kind, &payload), &message([primary, 0x2345_6789], &filler(3)));
            let unknown = matches!(kind, Kind::Module(12..));
            let status = if unknown { Status::UNKNOWN_MESSAGE_TYPE } else { Status::UNAVAILABLE };
            assert_eq!(kind.refusal(), status, "{kind}");
            assert_eq!(unknown, kind.name().is_none() && target != 0, "{kind}");
        }
    }
}

#[test]
fn get_pipeline_state_and_context_size_name_the_pipeline_in_different_places() {
    both_ways(Request::GetPipelineState { id: 5 }, &message([0x1400_0005, 0], &[]));
    both_ways(Request::GetPipelineContextSize { id: 5 }, &message([0x1505_0000, 0], &[]));
}

/// The reply that a pipeline runs, and one that its memory is 12 pages.
#[test]
fn replies_to_queries_of_a_pipeline() {
    for (kind, extension, primary) in
        [(Kind::GET_PIPELINE_STATE, 4, 0x3400_0000), (Kind::GET_PIPELINE_CONTEXT_SIZE, 12, 0x3500_0000)]
    {
        let wire = message([primary, extension], &[]);
        let reply = Reply { kind, status: Status::SUCCESS, extension, payload: &[] };
        assert_eq!(Reply::decode(&wire), Ok(reply));
        let mut out = [0; 8];
        assert_eq!(reply.encode(&mut out), Ok(8));
        assert_eq!(out[..], wire);
    }
}

#[test]
fn a_message_that_goes_the_other_way_is_refused() {
    let reply = bytes(&CREATED);
    let event = message([0x1b05_0000, 0], &[0; 10]);
    assert_eq!(Request::decode(&reply), Err(DecodeError::NotARequest { primary: 0x3100_0000 }));
    assert_eq!(Reply::decode(&event), Err(DecodeError::NotAReply { primary: 0x1b05_0000 }));
    for wire in [message([0x3b05_0000, 0], &[0; 10]), message([0x1b08_0000, 0], &[0; 10]), reply] {
        let primary = u32::from_le_bytes(*wire.first_chunk().unwrap());
        assert_eq!(Notification::decode(&wire), Err(DecodeError::NotAResourceEvent { primary }));
    }
}
