//! What holds for every message: there and back, no panic on any bytes, exact lengths.

#![allow(clippy::unwrap_used, reason = "tests say what they expect by unwrapping it")]

mod common;

use common::{bytes, examples};
use headroom_ipc4::{
    Binding, CreatePipeline, DecodeError, Domain, EncodeError, Fragment, HeapSize, Ignored, InitInstance,
    Kind, LargeConfig, MemRequest, ModuleId, Notification, PipelineIds, PipelineState, Reply, Request,
    SetPipelineState, Status,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Memory that requests of a test case borrow from.
#[derive(Clone, Debug)]
struct Backing {
    payload: Vec<u8>,
    module_data: Vec<u8>,
    ids: Vec<[u8; 4]>,
}

fn backing() -> impl Strategy<Value = Backing> {
    let words = || vec(any::<u32>(), 0..24).prop_map(|words| bytes(&words));
    (words(), words(), vec(any::<[u8; 4]>(), 0..24)).prop_map(|(payload, module_data, ids)| Backing {
        payload,
        module_data,
        ids,
    })
}

fn module_id() -> impl Strategy<Value = ModuleId> {
    (any::<u16>(), any::<u8>()).prop_map(|(module, instance)| ModuleId { module, instance })
}

fn memory() -> impl Strategy<Value = Option<MemRequest>> {
    let size = prop_oneof![
        any::<u32>().prop_map(HeapSize::Single),
        any::<[u32; 3]>().prop_map(|[interim, lifetime, shared]| HeapSize::Split {
            interim,
            lifetime,
            shared
        }),
    ];
    option::of((any::<u32>(), any::<u32>(), size).prop_map(|(domain, stack_bytes, size)| MemRequest {
        domain,
        stack_bytes,
        size,
    }))
}

fn create() -> impl Strategy<Value = Request<'static>> {
    let numbers = (any::<u8>(), 0..32_u8, 0..16_u8, 0..2048_u16, any::<u16>());
    (numbers, any::<bool>(), memory()).prop_map(
        |((id, priority, core, pages, attributes), low_power, memory)| {
            let new = CreatePipeline::new(id);
            let memory = Ok(memory);
            Request::CreatePipeline(CreatePipeline {
                priority,
                core,
                pages,
                low_power,
                attributes,
                memory,
                ..new
            })
        },
    )
}

fn state() -> impl Strategy<Value = PipelineState> {
    use PipelineState::*;
    prop_oneof![
        Just(Invalid),
        Just(Uninitialized),
        Just(Reset),
        Just(Paused),
        Just(Running),
        Just(EndOfStream),
        Just(ErrorStop),
        Just(Saved),
        (8..=u16::MAX).prop_map(Unknown)
    ]
}

fn binding() -> impl Strategy<Value = Binding> {
    (module_id(), 0..8_u8, module_id(), 0..8_u8).prop_map(|(source, source_queue, sink, sink_queue)| {
        Binding { source, source_queue, sink, sink_queue }
    })
}

fn unsupported() -> impl Strategy<Value = Kind> {
    let global = (0..32_u8).prop_map(Kind::Global);
    let module = (0..32_u8).prop_map(Kind::Module);
    prop_oneof![global, module].prop_filter("decoded", |kind| !kind.is_decoded())
}

/// Requests that borrow nothing.
fn plain() -> impl Strategy<Value = Request<'static>> {
    prop_oneof![
        create(),
        any::<u8>().prop_map(|id| Request::DeletePipeline { id }),
        any::<u8>().prop_map(|id| Request::GetPipelineState { id }),
        any::<u8>().prop_map(|id| Request::GetPipelineContextSize { id }),
        module_id().prop_map(|id| Request::DeleteInstance { id }),
        binding().prop_map(Request::Bind),
        binding().prop_map(Request::Unbind),
        (module_id(), 0..0x4000_u16).prop_map(|(id, parameter)| Request::ConfigGet { id, parameter }),
        (module_id(), 0..0x4000_u16, any::<u16>()).prop_map(|(id, parameter, value)| Request::ConfigSet {
            id,
            parameter,
            value
        }),
    ]
}

fn init(memory: Option<MemRequest>, id: ModuleId, pick: [u8; 4], backing: &Backing) -> Request<'_> {
    let [pipeline, core, flags, _] = pick;
    Request::InitInstance(InitInstance {
        core: core % 16,
        domain: if flags & 1 == 0 { Domain::Ll } else { Domain::Dp },
        memory,
        module_data: (flags & 2 == 0).then_some(&backing.module_data),
        ..InitInstance::new(id, pipeline, &backing.payload)
    })
}

fn set_state(state: PipelineState, pick: [u8; 4], backing: &Backing) -> Request<'_> {
    let [single, list, sync, _] = pick;
    let pipelines = if list & 1 == 0 { PipelineIds::Single(single) } else { PipelineIds::List(&backing.ids) };
    Request::SetPipelineState(SetPipelineState { state, pipelines, sync_stop_start: sync & 1 == 0 })
}

fn large(id: ModuleId, pick: [u8; 4], backing: &Backing) -> Request<'_> {
    let [parameter, get, position, number] = pick;
    // One byte less than whole words: configuration has any length.
    let data = backing.payload.strip_suffix(&[0]).unwrap_or(&backing.payload);
    let (number, total) = (u32::from(number) << 12, u32::try_from(data.len()).unwrap());
    let fragment = match position % 4 {
        0 => Fragment::Single { total },
        1 => Fragment::First { total: total + number },
        2 => Fragment::Middle { offset: number },
        _ => Fragment::Last { offset: number },
    };
    let config = LargeConfig { id, parameter, fragment, data };
    if get & 1 == 0 { Request::LargeConfigGet(config) } else { Request::LargeConfigSet(config) }
}

#[track_caller]
fn there_and_back(request: Request<'_>) {
    let mut out = vec![0xaa; request.encoded_len()];
    assert_eq!(request.encode(&mut out), Ok(out.len()), "{request:?}");
    assert_eq!(Request::decode(&out), Ok(request));
    assert!(!request.to_string().is_empty());
    let needed = out.len();
    for got in 0..needed {
        assert_eq!(request.encode(&mut out[..got]), Err(EncodeError::Space { needed, got }), "{request:?}");
    }
}

/// As `request`, but with what a decoder passed over forgotten, since that is not sent again.
fn canonical(request: Request<'_>) -> Request<'_> {
    let ignored = Ignored::default();
    match request {
        Request::CreatePipeline(create) => Request::CreatePipeline(CreatePipeline { ignored, ..create }),
        Request::InitInstance(init) => Request::InitInstance(InitInstance { ignored, ..init }),
        other => other,
    }
}

/// Whatever bytes these are: an answer, and one that means the same when it is sent on.
#[track_caller]
fn any_bytes(wire: &[u8]) {
    let _ = (Reply::decode(wire), Notification::decode(wire), Reply::to(wire, Status::BUSY));
    match Request::decode(wire).map(canonical) {
        Ok(Request::CreatePipeline(CreatePipeline { memory: Err(fault), .. })) | Err(fault) => {
            assert!(in_bounds(fault, wire.len()), "{fault} in {} bytes", wire.len());
            assert!(!fault.to_string().is_empty());
        }
        Ok(request) => {
            let mut again = vec![0; request.encoded_len()];
            assert_eq!(request.encode(&mut again), Ok(again.len()), "{request:?}");
            assert_eq!(Request::decode(&again), Ok(request));
        }
    }
}

/// An error about missing bytes names a place in the message, and fewer bytes there than it asks for.
fn in_bounds(error: DecodeError, length: usize) -> bool {
    use DecodeError::*;
    match error {
        NotARequest { .. } | NotAReply { .. } | NotAResourceEvent { .. } => true,
        Header { offset, needed, got }
        | PipelinePayload { offset, needed, got }
        | PipelineIds { offset, needed, got }
        | ModulePayload { offset, needed, got }
        | ExtendedInit { offset, needed, got }
        | ObjectHeader { offset, needed, got }
        | ObjectBody { offset, needed, got }
        | LargeConfig { offset, needed, got }
        | VendorHeader { offset, needed, got }
        | VendorValue { offset, needed, got }
        | Event { offset, needed, got } => offset + got <= length && got < needed,
    }
}

/// Bytes that get past the header often: any kind, small numbers, few payload words.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let small = || {
        prop_oneof![3 => 0..12_u32, 1 => any::<u32>(), 2 => (0..3_u32, 0..6_u32, 0..2_u32)
        .prop_map(|(id, words, last)| words << 16 | id << 1 | last)]
    };
    let kind = (0..2_u32, prop_oneof![Just(17_u32), Just(19), 0..32_u32])
        .prop_map(|(target, code)| target << 30 | code << 24);
    let flags = prop_oneof![Just(0_u32), Just(1), Just(1 << 28), Just(1 << 29), Just(3 << 28)];
    let first = (small(), prop_oneof![Just(0_u32), Just(1 << 24)]).prop_map(|(word, objects)| word | objects);
    ((kind, 0..0x0100_0000_u32), (flags, small()), first, vec(small(), 0..24), 0..4_usize).prop_map(
        |((kind, low), (flags, extension), first, rest, cut)| {
            let mut wire = bytes(&[&[kind | low, flags | extension, first][..], &rest].concat());
            wire.truncate(wire.len() - cut);
            wire
        },
    )
}

#[test]
fn every_truncation_of_every_example_is_an_error_in_its_place() {
    for wire in examples() {
        any_bytes(&wire);
        for length in 0..wire.len() {
            let cut = &wire[..length];
            any_bytes(cut);
            let complete = match Request::decode(cut) {
                Ok(Request::CreatePipeline(create)) => create.memory.is_ok(),
                other => other.is_ok(),
            };
            assert!(!complete, "{length} of {} bytes decode", wire.len());
        }
    }
}

#[test]
fn every_byte_of_every_example_may_have_any_value() {
    for example in examples() {
        for index in 0..example.len() {
            for value in 0..=u8::MAX {
                let mut wire = example.clone();
                wire[index] = value;
                any_bytes(&wire);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn plain_requests_go_there_and_back(request in plain()) {
        there_and_back(request);
    }

    #[test]
    fn requests_with_payload_go_there_and_back(
        backing in backing(), id in module_id(), memory in memory(), state in state(),
        pick in any::<[u8; 4]>(),
    ) {
        there_and_back(init(memory, id, pick, &backing));
        there_and_back(set_state(state, pick, &backing));
        there_and_back(large(id, pick, &backing));
    }

    #[test]
    fn messages_of_kinds_that_are_not_taken_apart_keep_every_bit(
        kind in unsupported(), fields in 0..1_u32 << 24, extension in 0..1_u32 << 30,
        payload in vec(any::<u8>(), 0..64),
    ) {
        there_and_back(Request::Unsupported { kind, fields, extension, payload: &payload });
    }

    #[test]
    fn lists_of_vendor_parameters_go_there_and_back(
        values in vec((any::<u32>(), vec(any::<u8>(), 0..20)), 0..6), cut in any::<proptest::sample::Index>(),
    ) {
        let mut list = Vec::new();
        for (kind, value) in &values {
            let mut header = [0; 8];
            prop_assert_eq!(LargeConfig::write_vendor_header(&mut header, *kind, value.len() as u32), Ok(8));
            list.extend([&header[..], value].concat());
        }
        let read: Result<Vec<_>, _> = LargeConfig::vendor_values(&list).collect();
        let sent: Vec<_> = values.iter().map(|(kind, value)| (*kind, &value[..])).collect();
        prop_assert_eq!(read, Ok(sent));
        // Cut anywhere but between two, it ends with an error, behind what was whole.
        let cut = &list[..cut.index(list.len() + 1)];
        let parts: Vec<_> = LargeConfig::vendor_values(cut).collect();
        let whole: usize = parts.iter().flatten().map(|(_, value)| 8 + value.len()).sum();
        prop_assert_eq!(parts.last().is_some_and(Result::is_err), whole < cut.len());
        prop_assert!(parts.iter().rev().skip(1).all(Result::is_ok));
        for error in parts.iter().filter_map(|part| part.err()) {
            prop_assert!(in_bounds(error, cut.len()), "{error} in {} bytes", cut.len());
        }
    }

    #[test]
    fn any_bytes_are_a_list_of_vendor_parameters_or_an_error(list in vec(0..12_u8, 0..80)) {
        for entries in [LargeConfig::vendor_values(&list).map(|entry| entry.map(|_| ())).collect::<Vec<_>>(),
            LargeConfig::vendor_queries(&list).map(|entry| entry.map(|_| ())).collect()]
        {
            prop_assert!(entries.len() <= list.len() / 8 + 1);
            prop_assert!(entries.iter().rev().skip(1).all(Result::is_ok));
        }
    }

    #[test]
    fn bytes_behind_a_message_change_nothing(
        request in plain(), backing in backing(), id in module_id(), memory in memory(),
        pick in any::<[u8; 4]>(), behind in vec(any::<u8>(), 0..64),
    ) {
        let state = PipelineState::Paused;
        for request in [request, init(memory, id, pick, &backing), set_state(state, pick, &backing)] {
            let mut wire = vec![0; request.encoded_len()];
            request.encode(&mut wire).unwrap();
            wire.extend(&behind);
            prop_assert_eq!(Request::decode(&wire), Ok(request));
        }
    }

    #[test]
    fn replies_go_there_and_back(
        target in any::<bool>(), code in 0..32_u8, status in 0..1_u32 << 24,
        extension in 0..1_u32 << 30, payload in vec(any::<u8>(), 0..64),
    ) {
        let kind = if target { Kind::Module(code) } else { Kind::Global(code) };
        let reply = Reply { kind, status: Status(status), extension, payload: &payload };
        let mut out = vec![0xaa; reply.encoded_len()];
        prop_assert_eq!(reply.encode(&mut out), Ok(out.len()));
        prop_assert_eq!(Reply::decode(&out), Ok(reply));
        let needed = out.len();
        prop_assert_eq!(reply.encode(&mut out[1..]), Err(EncodeError::Space { needed, got: needed - 1 }));
        for length in 0..8 {
            let short = DecodeError::Header { offset: 0, needed: 8, got: length };
            prop_assert_eq!(Reply::decode(&out[..length]), Err(short));
        }
    }

    #[test]
    fn notifications_go_there_and_back(
        resource_type in 0..5_u32, resource_id in any::<u32>(), event_type in 0..20_u32,
        data in any::<[u32; 6]>(),
    ) {
        let other = Notification::Other { resource_type, resource_id, event_type, data };
        let mut wire = [0; Notification::ENCODED_LEN];
        prop_assert_eq!(other.encode(&mut wire), Ok(wire.len()));
        let event = Notification::decode(&wire).unwrap();
        let mut again = [0; Notification::ENCODED_LEN];
        prop_assert_eq!(event.encode(&mut again), Ok(again.len()));
        prop_assert_eq!(Notification::decode(&again), Ok(event));
        for length in 0..wire.len() {
            let short = match length.checked_sub(8) {
                None => DecodeError::Header { offset: 0, needed: 8, got: length },
                Some(got) => DecodeError::Event { offset: 8, needed: 40, got },
            };
            prop_assert_eq!(Notification::decode(&wire[..length]), Err(short));
            prop_assert!(event.encode(&mut again[..length]).is_err());
        }
    }

    #[test]
    fn arbitrary_bytes_are_answered(wire in vec(any::<u8>(), 0..200)) {
        any_bytes(&wire);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(8192) })]

    #[test]
    fn plausible_bytes_are_answered(wire in plausible()) {
        any_bytes(&wire);
    }
}
