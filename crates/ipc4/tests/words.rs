//! Messages as one line of words.

mod common;

use common::*;
use headroom_ipc4::{DecodeError, Kind, ModuleId, Notification, Reply, Request, Status};

#[track_caller]
fn reads(wire: &[u8], words: &str) {
    let request = Request::decode(wire);
    assert_eq!(request.map(|request| request.to_string()).as_deref(), Ok(words));
}

#[test]
fn pipelines() {
    let heap = "CREATE_PIPELINE 1: priority 0, core 0, 10 pages, memory domain 1, stack 4096 B, ";
    reads(&message(CREATE, &CREATE_SINGLE), &format!("{heap}heap 20480 B"));
    let split = "interim 1000 B, lifetime 20000 B, shared 64 B";
    reads(&message(CREATE, &CREATE_SPLIT), &format!("{heap}{split}"));
    let plain = "CREATE_PIPELINE 2: priority 3, core 2, 0 pages, low power, attributes 0xbeef";
    reads(&message([0x1102_1800, 0x002b_eef1], &[]), plain);
    let fault = DecodeError::PipelinePayload { offset: 8, needed: 12, got: 0 };
    let faulty = format!("CREATE_PIPELINE 1: priority 0, core 0, 10 pages, faulty payload: {fault}");
    reads(&message(CREATE, &[]), &faulty);
    reads(&message(DELETE, &[]), "DELETE_PIPELINE 1");
    reads(&message([0x1400_0005, 0], &[]), "GET_PIPELINE_STATE 5");
    reads(&message([0x1505_0000, 0], &[]), "GET_PIPELINE_CONTEXT_SIZE 5");
}

#[test]
fn states() {
    reads(&message(PAUSED, &[]), "SET_PIPELINE_STATE 1 to PAUSED");
    reads(&message([MULTI_RUNNING[0], 3], &[2, 1, 3]), "SET_PIPELINE_STATE [1, 3] to RUNNING in one tick");
    let names =
        ["INVALID", "UNINITIALIZED", "RESET", "PAUSED", "RUNNING", "EOS", "ERROR_STOP", "SAVED", "state 8"];
    for (code, name) in (0..).zip(names) {
        reads(&message([0x1301_0000 | code, 0], &[]), &format!("SET_PIPELINE_STATE 1 to {name}"));
    }
}

#[test]
fn modules() {
    reads(&message(INIT_LL, &filler(11)), "INIT_INSTANCE 7.2 in pipeline 1: LL, core 0, payload 44 B");
    let memory = "memory domain 1, stack 8192 B, heap 20480 B";
    let dp = format!("INIT_INSTANCE 7.2 in pipeline 1: DP, core 0, {memory}, payload 44 B");
    reads(&message(INIT_DP, &init_dp_payload()), &dp);
    let data = "INIT_INSTANCE 7.2 in pipeline 1: LL, core 0, module data 4 B, payload 0 B";
    reads(&message([0x4002_0007, 0x2001_0005], &[4, 0, 0, 0x0001_0005, 9]), data);
    reads(&message(BIND_QUEUES, &[]), "BIND 7.2 output 1 to 3.1 input 2");
    reads(&message([0x4602_0007, BIND[1]], &[]), "UNBIND 7.2 output 0 to 3.1 input 0");
    reads(&message([0x4b02_0007, 0], &[]), "DELETE_INSTANCE 7.2");
}

#[test]
fn configuration() {
    reads(&message([0x4102_0007, 5 << 16], &[]), "CONFIG_GET 7.2 parameter 5");
    reads(&message([0x4202_0007, 5 << 16 | 9], &[]), "CONFIG_SET 7.2 parameter 5 to 9");
    reads(&message(LARGE_SET, &filler(6)), "LARGE_CONFIG_SET 6.0 parameter 0, whole of 24 B: 24 B");
    reads(
        &message([LARGE_SET[0], 0x2000_0030], &filler(6)),
        "LARGE_CONFIG_SET 6.0 parameter 0, first of 48 B: 24 B",
    );
    reads(&message([LARGE_SET[0], 24], &[1]), "LARGE_CONFIG_SET 6.0 parameter 0, middle from 24: 4 B");
    reads(&message([0x4300_0006, 0x1000_0018], &[]), "LARGE_CONFIG_GET 6.0 parameter 0, last from 24: 0 B");
    reads(&message([0x4700_0000, 1], &[3, 1]), "SET_DX 0x000000 0x00000001, 8 B");
    reads(&message([0x5e00_0000, 1], &[]), "module message type 30 0x000000 0x00000001, 0 B");
}

#[test]
fn replies() {
    let (done, no) = (Status::SUCCESS, Status::INVALID_REQUEST);
    let table: [(Kind, Status, u32, &[u8], &str); 11] = [
        (Kind::CREATE_PIPELINE, done, 0, &[], "CREATE_PIPELINE: SUCCESS (0)"),
        (Kind::BIND, Status(99), 0, &[], "BIND: status 99"),
        (Kind::CONFIG_GET, done, 5 << 16 | 9, &[], "CONFIG_GET: SUCCESS (0), parameter 5 is 9"),
        (Kind::CONFIG_GET, no, 0, &[], "CONFIG_GET: INVALID_REQUEST (7)"),
        (
            Kind::LARGE_CONFIG_GET,
            done,
            0x3000_0004,
            &[1; 4],
            "LARGE_CONFIG_GET: SUCCESS (0), whole of 4 B, 4 B",
        ),
        (Kind::LARGE_CONFIG_GET, no, 0, &[], "LARGE_CONFIG_GET: INVALID_REQUEST (7)"),
        (Kind::GET_PIPELINE_STATE, done, 4, &[], "GET_PIPELINE_STATE: SUCCESS (0), RUNNING"),
        (Kind::GET_PIPELINE_CONTEXT_SIZE, done, 6, &[], "GET_PIPELINE_CONTEXT_SIZE: SUCCESS (0), 6 pages"),
        (
            Kind::SET_PIPELINE_STATE,
            no,
            2,
            &[],
            "SET_PIPELINE_STATE: INVALID_REQUEST (7), because of pipeline 2",
        ),
        (Kind::SET_PIPELINE_STATE, done, 0, &[], "SET_PIPELINE_STATE: SUCCESS (0)"),
        (Kind::Global(0), no, 1, &[7], "BOOT_CONFIG: INVALID_REQUEST (7), extension 0x00000001, 1 B"),
    ];
    for (kind, status, extension, payload, words) in table {
        assert_eq!(Reply { kind, status, extension, payload }.to_string(), words);
    }
}

#[test]
fn notifications() {
    let id = ModuleId { module: 7, instance: 2 };
    let (pipeline, gateway) = (1, 0x801);
    let mixer =
        |end_of_stream| Notification::MixerUnderrun { pipeline, end_of_stream, mixed: 3, expected: 48 };
    let other =
        Notification::Other { resource_type: 3, resource_id: 16, event_type: 9, data: [10, 0, 0, 0, 0, 0] };
    let table = [
        (Notification::PipelineUnderrun { pipeline }, "underrun in pipeline 1"),
        (Notification::PipelineOverrun { pipeline }, "overrun in pipeline 1"),
        (Notification::GatewayUnderrun { gateway }, "underrun at gateway 0x801"),
        (Notification::GatewayOverrun { gateway }, "overrun at gateway 0x801"),
        (mixer(false), "mixer underrun in pipeline 1: 3 of 48"),
        (mixer(true), "mixer underrun in pipeline 1: 3 of 48, at the end of the stream"),
        (Notification::ProcessDataError { id, error: -5 }, "module 7.2 failed with -5"),
        (other, "event 9 of resource 3:0x10, data [a, 0, 0, 0, 0, 0]"),
    ];
    for (notification, words) in table {
        assert_eq!(notification.to_string(), words);
    }
}
