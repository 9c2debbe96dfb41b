//! Numbers at their limits: what does not fit is refused by name, and the protocol's tables are complete.

mod common;

use common::bytes;
use headroom_ipc4::{
    Binding, CreatePipeline, DecodeError, EncodeError, Fragment, HeapSize, InitInstance, Kind, LargeConfig,
    MemRequest, ModuleId, Reply, Request, Status,
};

const ID: ModuleId = ModuleId { module: 0xffff, instance: 0xff };

#[track_caller]
fn refused(request: Request<'_>, error: EncodeError) {
    assert_eq!(request.encode(&mut vec![0; 300_000]), Err(error));
    assert!(!error.to_string().is_empty());
}

fn too_large(field: &'static str, value: u32, max: u32) -> EncodeError {
    EncodeError::TooLarge { field, value, max }
}

#[test]
fn numbers_that_do_not_fit_a_header_are_refused() {
    let new = CreatePipeline::new(1);
    let create = Request::CreatePipeline;
    refused(create(CreatePipeline { pages: 2048, ..new }), too_large("memory pages", 2048, 2047));
    refused(create(CreatePipeline { priority: 32, ..new }), too_large("pipeline priority", 32, 31));
    refused(create(CreatePipeline { core: 16, ..new }), too_large("core id", 16, 15));
    let binding = Binding { source: ID, source_queue: 7, sink: ID, sink_queue: 7 };
    refused(Request::Bind(Binding { source_queue: 8, ..binding }), too_large("source queue", 8, 7));
    refused(Request::Unbind(Binding { sink_queue: 8, ..binding }), too_large("sink queue", 8, 7));
    let parameter = 0x4000;
    let error = too_large("configuration parameter id", 0x4000, 0x3fff);
    refused(Request::ConfigGet { id: ID, parameter }, error);
    refused(Request::ConfigSet { id: ID, parameter, value: 0 }, error);
    let other = |kind, fields, extension| Request::Unsupported { kind, fields, extension, payload: &[] };
    refused(other(Kind::Module(32), 0, 0), too_large("message type", 32, 31));
    refused(other(Kind::Module(7), 1 << 24, 0), too_large("primary fields", 1 << 24, 0xff_ffff));
    refused(other(Kind::Module(7), 0, 1 << 30), too_large("extension fields", 1 << 30, 0x3fff_ffff));
}

#[test]
fn payloads_that_do_not_fit_their_count_are_refused() {
    let payload = vec![0; 65_536 * 4];
    let new = InitInstance::new(ID, 1, &payload);
    refused(Request::InitInstance(new), too_large("param_block_size", 65_536, 65_535));
    let odd = InitInstance { payload: &payload[..5], ..new };
    refused(Request::InitInstance(odd), EncodeError::NotWords { field: "module payload", got: 5 });
    let odd = InitInstance { payload: &[], module_data: Some(&payload[..5]), ..new };
    refused(Request::InitInstance(odd), EncodeError::NotWords { field: "object", got: 5 });
    let most = InitInstance { payload: &payload[4..], ..new };
    let mut out = vec![0; 8 + 65_535 * 4];
    assert_eq!(Request::InitInstance(most).encode(&mut out), Ok(out.len()));
    assert_eq!(Request::decode(&out), Ok(Request::InitInstance(most)));
}

#[test]
fn fragments_that_contradict_their_total_are_refused() {
    let config =
        |fragment, data| Request::LargeConfigSet(LargeConfig { id: ID, parameter: 1, fragment, data });
    let contradiction = |total| EncodeError::Fragment { total, got: 4 };
    refused(config(Fragment::Single { total: 3 }, &[0; 4]), contradiction(3));
    refused(config(Fragment::Single { total: 5 }, &[0; 4]), contradiction(5));
    refused(config(Fragment::First { total: 3 }, &[0; 4]), contradiction(3));
    let last = Fragment::Last { offset: 1 << 20 };
    refused(config(last, &[0; 4]), too_large("data_off_size", 1 << 20, (1 << 20) - 1));
}

#[test]
fn a_first_fragment_ends_with_its_total() {
    let wire = common::message([0x4402_0007, 0x2010_0003], &[0x0403_0201]);
    let Ok(Request::LargeConfigSet(config)) = Request::decode(&wire) else { panic!("not decoded") };
    assert_eq!((config.fragment, config.data), (Fragment::First { total: 3 }, &[1, 2, 3][..]));
    let wire = common::message([0x4402_0007, 0x3010_0005], &[0x0403_0201]);
    let short = DecodeError::LargeConfig { offset: 8, needed: 5, got: 4 };
    assert_eq!(Request::decode(&wire), Err(short));
}

#[test]
fn a_count_of_pipelines_is_believed_only_with_its_ids() {
    for (count, needed) in [(3, 16), (u32::MAX, 4 + u32::MAX as usize * 4)] {
        let wire = common::message([0x1300_0004, 1], &[count, 1, 2]);
        assert_eq!(Request::decode(&wire), Err(DecodeError::PipelineIds { offset: 8, needed, got: 12 }));
    }
}

#[test]
fn a_fault_that_was_received_is_not_sent_on() {
    let fault = DecodeError::PipelinePayload { offset: 8, needed: 12, got: 0 };
    let request = Request::CreatePipeline(CreatePipeline { memory: Err(fault), ..CreatePipeline::new(1) });
    refused(request, EncodeError::Faulty(fault));
}

#[test]
fn replies_hold_24_bits_of_status_and_30_of_extension() {
    let reply = Reply::to(&[], Status::MAX);
    let mut out = [0; 8];
    assert_eq!(Reply { extension: (1 << 30) - 1, ..reply }.encode(&mut out), Ok(8));
    assert_eq!(out[..], bytes(&[0x20ff_ffff, 0x3fff_ffff]));
    let above = Reply { status: Status(1 << 24), ..reply };
    assert_eq!(above.encode(&mut out), Err(too_large("status", 1 << 24, (1 << 24) - 1)));
    let above = Reply { extension: 1 << 30, ..reply };
    assert_eq!(above.encode(&mut out), Err(too_large("reply extension", 1 << 30, (1 << 30) - 1)));
}

#[test]
fn component_ids() {
    let id = ModuleId { module: 7, instance: 2 };
    assert_eq!((id.component(), id.to_string()), (0x0002_0007, "7.2".to_owned()));
    assert_eq!(ModuleId::from_component(0x0002_0007), Some(id));
    assert_eq!(ModuleId::from_component(ID.component()), Some(ID));
    assert_eq!(ModuleId::from_component(0x0100_0000), None);
}

#[test]
fn messages_say_what_and_what_to_do() {
    let error = DecodeError::ObjectBody { offset: 24, needed: 12, got: 8 };
    let text = "object at byte 24 needs 12 bytes, got 8: correct object_words or the size around it";
    assert_eq!(error.to_string(), text);
    assert_eq!(too_large("core id", 16, 15).to_string(), "core id 16 is above 15: give a smaller one");
    let space = EncodeError::Space { needed: 8, got: 7 };
    assert_eq!(space.to_string(), "message of 8 bytes does not fit 7: give a larger buffer");
    assert_eq!(Kind::Global(17).to_string(), "CREATE_PIPELINE");
    assert_eq!(Kind::Module(30).to_string(), "module message type 30");
    assert_eq!(Status::INVALID_REQUEST.to_string(), "INVALID_REQUEST (7)");
    assert_eq!(Status(77).to_string(), "status 77");
}

#[test]
fn every_decode_error_names_its_place_and_numbers() {
    let (offset, needed, got) = (8, 12, 7);
    let missing = [
        DecodeError::Header { offset, needed, got },
        DecodeError::PipelinePayload { offset, needed, got },
        DecodeError::PipelineIds { offset, needed, got },
        DecodeError::ModulePayload { offset, needed, got },
        DecodeError::ExtendedInit { offset, needed, got },
        DecodeError::ObjectHeader { offset, needed, got },
        DecodeError::ObjectBody { offset, needed, got },
        DecodeError::LargeConfig { offset, needed, got },
        DecodeError::VendorHeader { offset, needed, got },
        DecodeError::VendorValue { offset, needed, got },
        DecodeError::Event { offset, needed, got },
    ];
    let texts: std::collections::BTreeSet<String> = missing.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), missing.len(), "each has its own words");
    assert!(texts.iter().all(|text| text.contains(" at byte 8 needs 12 bytes, got 7: ")), "{texts:?}");
    let primary = 0x3100_0000;
    for (error, text) in [
        (DecodeError::NotARequest { primary }, "is a reply"),
        (DecodeError::NotAReply { primary }, "is no reply"),
        (DecodeError::NotAResourceEvent { primary }, "is no resource event"),
    ] {
        assert!(error.to_string().starts_with(&format!("primary word 0x31000000 {text}")), "{error}");
    }
}

#[test]
fn requests_stay_small() {
    assert!(size_of::<Request<'_>>() <= 128, "{}", size_of::<Request<'_>>());
    assert!(size_of::<MemRequest>() <= 24 && size_of::<HeapSize>() <= 16);
}

/// The tables of the fact sheet, §1.1 and §1.2.
#[test]
fn every_kind_has_its_name() {
    let global = [
        (0, "BOOT_CONFIG"),
        (1, "ROM_CONTROL"),
        (2, "IPCGATEWAY_CMD"),
        (13, "PERF_MEAS_CMD"),
        (14, "CHAIN_DMA"),
        (15, "LOAD_MULTIPLE_MODULES"),
        (16, "UNLOAD_MULTIPLE_MODULES"),
        (17, "CREATE_PIPELINE"),
        (18, "DELETE_PIPELINE"),
        (19, "SET_PIPELINE_STATE"),
        (20, "GET_PIPELINE_STATE"),
        (21, "GET_PIPELINE_CONTEXT_SIZE"),
        (22, "SAVE_PIPELINE"),
        (23, "RESTORE_PIPELINE"),
        (24, "LOAD_LIBRARY"),
        (25, "LOAD_LIBRARY_PREPARE"),
        (26, "INTERNAL_MESSAGE"),
        (27, "NOTIFICATION"),
        (31, "ENTER_GDB"),
    ];
    let module = [
        "INIT_INSTANCE",
        "CONFIG_GET",
        "CONFIG_SET",
        "LARGE_CONFIG_GET",
        "LARGE_CONFIG_SET",
        "BIND",
        "UNBIND",
        "SET_DX",
        "SET_D0IX",
        "ENTER_MODULE_RESTORE",
        "EXIT_MODULE_RESTORE",
        "DELETE_INSTANCE",
    ];
    for code in 0..=u8::MAX {
        let named = global.iter().find(|(number, _)| *number == code).map(|(_, name)| *name);
        assert_eq!(Kind::Global(code).name(), named);
        assert_eq!(Kind::Module(code).name(), module.get(usize::from(code)).copied());
    }
}

/// The table of the fact sheet, §9.
#[test]
fn every_status_has_its_name() {
    let table = [
        (0, "SUCCESS"),
        (1, "INVALID_PARAM"),
        (2, "UNKNOWN_MESSAGE_TYPE"),
        (3, "OUT_OF_MEMORY"),
        (4, "BUSY"),
        (5, "BAD_STATE"),
        (6, "FAILURE"),
        (7, "INVALID_REQUEST"),
        (9, "INVALID_RESOURCE_ID"),
        (10, "RESOURCE_ID_EXISTS"),
        (12, "INVALID_RESOURCE_STATE"),
        (13, "POWER_TRANSITION_FAILED"),
        (14, "INVALID_MANIFEST"),
        (15, "UNAVAILABLE"),
        (42, "LOAD_ADDRESS_OUT_OF_RANGE"),
        (44, "CSE_VALIDATION_FAILED"),
        (100, "MOD_MGMT_ERROR"),
        (101, "MOD_LOAD_CL_FAILED"),
        (102, "MOD_LOAD_INVALID_HASH"),
        (103, "MOD_INSTANCE_EXISTS"),
        (104, "MOD_NOT_INITIALIZED"),
        (110, "MOD_INVALID_ID"),
        (111, "MOD_INST_INVALID_ID"),
        (112, "QUEUE_INVALID_ID"),
        (113, "QUEUE_DST_INVALID_ID"),
        (116, "INVALID_CORE_ID"),
        (117, "PROBE_DMA_INJECTION_BUFFER_TOO_SMALL"),
        (118, "PROBE_DMA_EXTRACTION_BUFFER_TOO_SMALL"),
        (120, "INVALID_CONFIG_PARAM_ID"),
        (121, "INVALID_CONFIG_DATA_LEN"),
        (122, "INVALID_CONFIG_DATA_STRUCT"),
        (140, "GATEWAY_NOT_INITIALIZED"),
        (141, "GATEWAY_NOT_EXIST"),
        (142, "GATEWAY_STATE_NOT_SET"),
        (143, "GATEWAY_NOT_ALLOCATED"),
        (150, "SCLK_ALREADY_RUNNING"),
        (151, "MCLK_ALREADY_RUNNING"),
        (152, "NO_RUNNING_SCLK"),
        (153, "NO_RUNNING_MCLK"),
        (164, "PIPELINE_STATE_NOT_SET"),
        (3018, "INVALID_CHAIN_STATE_TRANSITION"),
        (0xff_ffff, "MAX"),
    ];
    for (number, name) in table {
        assert_eq!(Status(number).name(), Some(name));
    }
    let named = (0..1 << 24).filter(|number| Status(*number).name().is_some()).count();
    assert_eq!(named, table.len());
}
