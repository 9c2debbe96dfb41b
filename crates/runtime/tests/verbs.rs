//! What each verb refuses, with which error, and that a refused verb changes nothing.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod common;

use common::*;
use headroom_module::{Format, ModuleError, SampleFormat, wiring::WiringError};
use headroom_runtime::{
    Connection, CreatePipeline, Domain, Error, Event, GatewayFault, InitModule, MemoryRequest, ModuleState,
    Owner, PipelineState, Platform, PortId, Requested, Runtime, Side, SizeFrom, TransferFault,
};

fn input(component: headroom_runtime::ComponentId, queue: u8) -> PortId {
    PortId { component, side: Side::Input, queue }
}

fn output(component: headroom_runtime::ComponentId, queue: u8) -> PortId {
    PortId { component, side: Side::Output, queue }
}

/// Pipeline 1 with an LL and a DP module, not bound.
fn two_modules(test: impl FnOnce(&mut Runtime<'_>)) {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        ll(1, pass(0)).init(rt).unwrap();
        dp(1, block(0)).init(rt).unwrap();
        test(rt);
    });
}

#[test]
fn tables_that_do_not_fit_the_common_region_are_refused() {
    with_pool(1 << 20, |pool| {
        let platform = Platform { common_bytes: 4096, modules: 1000, ..SMALL };
        let error = Runtime::new(platform, pool, MODULES).err();
        assert!(matches!(error, Some(Error::Tables(_))), "{error:?}");
        assert_eq!(pool.usage().regions, 0);
    });
}

#[test]
fn a_pool_without_room_refuses_the_region() {
    with_pool(4096, |pool| {
        let error = Runtime::new(SMALL, pool, MODULES).err();
        assert!(matches!(error, Some(Error::Region { owner: Owner::Common, .. })), "{error:?}");
    });
    two_modules(|rt| {
        let big = 2 << 20;
        let error = refused(rt, |rt| dp(1, block(1)).memory(big, 0).init(rt));
        assert!(
            matches!(error, Error::Region { owner: Owner::Module(id), .. } if id == block(1)),
            "{error:?}"
        );
        let memory = Some(MemoryRequest { bytes: big, interim_bytes: 0, stack_bytes: 0 });
        let error = refused(rt, |rt| rt.create_pipeline(&CreatePipeline { memory, ..pipeline(2) }));
        assert!(matches!(error, Error::Region { owner: Owner::Pipeline(2), .. }), "{error:?}");
    });
}

#[test]
fn an_id_that_does_not_exist_is_named() {
    two_modules(|rt| {
        assert_eq!(refused(rt, |rt| ll(2, pass(1)).init(rt)), Error::NoPipeline(2));
        assert_eq!(refused(rt, |rt| rt.delete_pipeline(2)), Error::NoPipeline(2));
        assert_eq!(refused(rt, |rt| set(rt, &[1, 2], Requested::Paused)), (2, Error::NoPipeline(2)));
        assert_eq!(refused(rt, |rt| rt.delete_module(pass(1))), Error::NoModule(pass(1)));
        assert_eq!(refused(rt, |rt| rt.bind(&edge(pass(0), pass(1)))), Error::NoModule(pass(1)));
        assert_eq!(refused(rt, |rt| rt.bind(&edge(pass(1), pass(0)))), Error::NoModule(pass(1)));
        assert_eq!(refused(rt, |rt| rt.unbind(&edge(pass(0), pass(1)))), Error::NoModule(pass(1)));
        assert_eq!(refused(rt, |rt| rt.configure(pass(1), 0, &[])), Error::NoModule(pass(1)));
        assert_eq!(refused(rt, |rt| rt.configuration(pass(1), 0, &mut [])), Error::NoModule(pass(1)));
    });
}

#[test]
fn an_id_that_exists_is_not_made_again() {
    two_modules(|rt| {
        assert_eq!(refused(rt, |rt| rt.create_pipeline(&pipeline(1))), Error::PipelineExists(1));
        assert_eq!(refused(rt, |rt| ll(1, pass(0)).init(rt)), Error::ModuleExists(pass(0)));
        assert_eq!(refused(rt, |rt| dp(1, block(0)).init(rt)), Error::ModuleExists(block(0)));
    });
}

#[test]
fn a_core_that_the_platform_has_not_is_refused() {
    two_modules(|rt| {
        let refusal = Error::NoCore { core: 4, cores: 4 };
        assert_eq!(refused(rt, |rt| rt.create_pipeline(&CreatePipeline { core: 4, ..pipeline(2) })), refusal);
        let (spec, memory) = (ll(1, pass(1)), None);
        let (id, payload, domain) = (spec.id, spec.payload(), Domain::Ll);
        let request =
            InitModule { id, pipeline: 1, core: 4, domain, memory, payload: &payload, module_data: None };
        assert_eq!(refused(rt, |rt| rt.init_module(&request)), refusal);
    });
}

#[test]
fn a_module_that_no_driver_makes_is_refused() {
    two_modules(|rt| assert_eq!(refused(rt, |rt| ll(1, stranger(0)).init(rt)), Error::NoDriver(stranger(0))));
}

#[test]
fn a_full_pipeline_table_is_refused() {
    with_runtime(SMALL, |rt, _| {
        (0..4).for_each(|id| rt.create_pipeline(&pipeline(id)).unwrap());
        let memory = Some(MemoryRequest { bytes: 8192, interim_bytes: 0, stack_bytes: 0 });
        let request = CreatePipeline { memory, ..pipeline(4) };
        let full = Error::Full { what: "pipelines", limit: 4 };
        assert_eq!(refused(rt, |rt| rt.create_pipeline(&request)), full);
    });
}

#[test]
fn a_full_module_table_is_refused_before_any_memory_is_taken() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&CreatePipeline {
            memory: Some(MemoryRequest { bytes: 16384, interim_bytes: 0, stack_bytes: 0 }),
            ..pipeline(1)
        })
        .unwrap();
        (0..11).for_each(|instance| ll(1, pass(instance)).init(rt).unwrap());
        let full = Error::Full { what: "modules", limit: 12 };
        ll(1, entry(0)).init(rt).expect("what is behind a gateway needs no seat");
        events(rt);
        assert_eq!(refused(rt, |rt| dp(1, block(0)).init(rt)), full);
        assert_eq!(refused(rt, |rt| ll(1, pass(12)).init(rt)), full);
        assert_eq!(events(rt), [], "a region was made for nothing");
    });
}

#[test]
fn a_full_edge_table_is_refused() {
    with_runtime(Platform { edges: 1, ..SMALL }, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(1, pass(0)), ll(1, pass(1))]);
        ll(1, pass(2)).init(rt).unwrap();
        let full = Error::Full { what: "edges", limit: 1 };
        assert_eq!(refused(rt, |rt| rt.bind(&edge(pass(1), pass(2)))), full);
        ll(1, entry(0)).init(rt).expect("the ring behind a gateway is no edge");
    });
}

#[test]
fn a_region_above_64_mib_is_refused() {
    two_modules(|rt| {
        for bytes in [(64 << 20) + 1, u64::from(u32::MAX), u64::MAX] {
            let error = refused(rt, |rt| dp(1, block(1)).memory(bytes, 0).init(rt));
            let Error::RegionSize { owner, bytes: got, max, .. } = error else { panic!("{error:?}") };
            assert_eq!((owner, got as u64, max), (Owner::Module(block(1)), bytes, 64 << 20));
            let memory = Some(MemoryRequest { bytes, interim_bytes: 0, stack_bytes: 0 });
            let error = refused(rt, |rt| rt.create_pipeline(&CreatePipeline { memory, ..pipeline(2) }));
            assert!(matches!(error, Error::RegionSize { owner: Owner::Pipeline(2), .. }), "{error:?}");
        }
    });
}

#[test]
fn a_region_below_what_the_runtime_places_is_refused_and_the_minimum_is_enough() {
    two_modules(|rt| {
        let Error::RegionSize { min, .. } = refused(rt, |rt| dp(1, pass(1)).memory(1, 0).init(rt)) else {
            panic!("one byte holds no module")
        };
        let just_short = dp(1, pass(1)).memory(min as u64 - 1, 0);
        let error = refused(rt, |rt| just_short.init(rt));
        assert!(matches!(error, Error::RegionSize { bytes, .. } if bytes == min - 1), "{error:?}");
        dp(1, pass(1)).memory(min as u64, 0).init(rt).unwrap();
        let made = module(rt, pass(1));
        assert!(made.taken_bytes >= min, "the runtime places {min} B, the module itself comes on top");
        assert_eq!(made.declared_bytes, min);
        let Error::RegionSize { min: more_ports, .. } = refused(rt, |rt| dp(1, hub(0)).memory(1, 0).init(rt))
        else {
            panic!("one byte holds no module")
        };
        assert!(more_ports > min, "every port costs");
    });
}

#[test]
fn an_absent_or_zero_region_size_takes_the_default_and_a_named_one_is_kept() {
    two_modules(|rt| {
        dp(1, block(1)).memory(0, 0).init(rt).unwrap();
        dp(1, block(2)).memory(5000, 0).init(rt).unwrap();
        let figures = |instance| {
            let made = module(rt, block(instance));
            (made.declared_bytes, made.size_from, made.region.unwrap().requested)
        };
        assert_eq!(figures(0), (20480, SizeFrom::Platform, 20480), "no memory object");
        assert_eq!(figures(1), (20480, SizeFrom::Platform, 20480), "a memory object of 0 bytes");
        assert_eq!(figures(2), (5000, SizeFrom::Message, 5000));
        let regions = events(rt).into_iter().filter_map(|event| match event {
            Event::RegionMade { owner: Owner::Module(id), bytes, from } => Some((id, bytes, from)),
            _ => None,
        });
        let logged = [
            (block(0), 20480, SizeFrom::Platform),
            (block(1), 20480, SizeFrom::Platform),
            (block(2), 5000, SizeFrom::Message),
        ];
        assert!(regions.eq(logged));
    });
}

#[test]
fn a_stack_has_a_default_and_a_floor_and_is_logged() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        for (instance, asked, taken) in [(0, 0, 8192), (1, 1, 2048), (2, 2048, 2048), (3, 6000, 6000)] {
            let component = block(instance);
            dp(1, component).memory(0, asked).init(rt).unwrap();
            assert_eq!(module(rt, component).stack_bytes, taken);
            assert!(events(rt).contains(&Event::StackTaken { component, asked, taken }));
        }
        ll(1, pass(0)).init(rt).unwrap();
        assert_eq!(events(rt), [], "an LL module has neither a region nor a stack of its own");
    });
}

#[test]
fn a_pipelines_region_is_logged_with_its_source() {
    with_runtime(SMALL, |rt, _| {
        let memory = Some(MemoryRequest { bytes: 9000, interim_bytes: 0, stack_bytes: 4096 });
        rt.create_pipeline(&CreatePipeline { memory, ..pipeline(1) }).unwrap();
        let made = Event::RegionMade { owner: Owner::Pipeline(1), bytes: 9000, from: SizeFrom::Message };
        assert_eq!(events(rt), [made]);
        let seen = pipeline_of(rt, 1);
        assert_eq!((seen.declared_bytes, seen.declared_stack), (9000, 4096));
        rt.create_pipeline(&CreatePipeline { memory: Some(MemoryRequest::default()), ..pipeline(2) })
            .unwrap();
        assert_eq!((events(rt), pipeline_of(rt, 2).region), (vec![], None), "0 bytes: no region");
    });
}

#[test]
fn a_module_that_fails_in_init_leaves_nothing() {
    two_modules(|rt| {
        let common = rt.common_region().interim_used;
        for (id, error) in [(faulty(0), FAILURE), (faulty(1), FAILURE)] {
            let refusal = Error::Module { component: id, error };
            assert_eq!(refused(rt, |rt| ll(1, id).own(&[IN_INIT]).init(rt)), refusal);
            assert_eq!(refused(rt, |rt| dp(1, id).own(&[IN_INIT]).init(rt)), refusal);
        }
        let error = refused(rt, |rt| dp(1, hog(0)).own(&[20480]).init(rt));
        assert!(matches!(error, Error::Module { error: ModuleError::Memory(_), .. }), "{error:?}");
        assert_eq!(rt.common_region().interim_used, common);
    });
}

#[test]
fn a_payload_that_is_no_base_configuration_is_refused() {
    two_modules(|rt| {
        let init = |rt: &mut Runtime<'_>, payload: &[u8]| {
            let (id, domain, memory) = (pass(1), Domain::Ll, None);
            rt.init_module(&InitModule {
                id,
                pipeline: 1,
                core: 0,
                domain,
                memory,
                payload,
                module_data: None,
            })
        };
        let mut payload = ll(1, pass(1)).payload();
        let error = refused(rt, |rt| init(rt, &payload[..39]));
        assert!(matches!(error, Error::Module { error: ModuleError::ShortPayload { .. }, .. }), "{error:?}");
        payload[36] = 9; // channels
        let error = refused(rt, |rt| init(rt, &payload));
        assert!(matches!(error, Error::Module { error: ModuleError::BadValue { .. }, .. }), "{error:?}");
    });
}

#[test]
fn a_parameter_that_a_module_does_not_know_is_refused_and_a_known_one_reads_back() {
    two_modules(|rt| {
        ll(1, faulty(0)).init(rt).unwrap();
        let error = ModuleError::UnknownParameter { parameter: 7 };
        let refusal = Error::Module { component: faulty(0), error };
        assert_eq!(refused(rt, |rt| rt.configure(faulty(0), 7, &[])), refusal);
        assert_eq!(refused(rt, |rt| rt.configuration(faulty(0), 7, &mut [0; 4])), refusal);
        rt.configure(faulty(0), 0, &IN_PROCESS.to_le_bytes()).unwrap();
        let mut reply = [0; 4];
        assert_eq!(rt.configuration(faulty(0), 0, &mut reply), Ok(4));
        assert_eq!(reply, IN_PROCESS.to_le_bytes());
    });
}

#[test]
fn running_before_paused_is_refused() {
    two_modules(|rt| {
        let (state, requested) = (PipelineState::Init, Requested::Running);
        let refusal = Error::PipelineState { pipeline: 1, state, requested };
        assert_eq!(refused(rt, |rt| set(rt, &[1], Requested::Running)), (1, refusal));
    });
}

#[test]
fn a_module_that_was_not_reset_can_not_be_deleted() {
    with_runtime(SMALL, |rt, _| {
        running_stream(rt);
        for (requested, state) in
            [(None, ModuleState::Active), (Some(Requested::Paused), ModuleState::Paused)]
        {
            requested.into_iter().for_each(|requested| set(rt, &[1], requested).unwrap());
            let refusal = |component| Error::ModuleState { component, state };
            assert_eq!(refused(rt, |rt| rt.delete_module(block(0))), refusal(block(0)));
            assert_eq!(refused(rt, |rt| rt.delete_pipeline(1)), refusal(entry(0)));
        }
        set(rt, &[1], Requested::Reset).unwrap();
        rt.delete_module(block(0)).unwrap();
        rt.delete_pipeline(1).unwrap();
    });
}

#[test]
fn a_port_that_the_module_has_not_is_refused() {
    two_modules(|rt| {
        let far = Connection { source_queue: 1, ..edge(pass(0), block(0)) };
        let refusal = Error::NoPort { port: output(pass(0), 1), ports: 1 };
        assert_eq!(refused(rt, |rt| rt.bind(&far)), refusal);
        let far = Connection { sink_queue: 255, ..edge(pass(0), block(0)) };
        let refusal = Error::NoPort { port: input(block(0), 255), ports: 1 };
        assert_eq!(refused(rt, |rt| rt.bind(&far)), refusal);
    });
}

#[test]
fn a_port_has_one_partner() {
    two_modules(|rt| {
        rt.bind(&edge(pass(0), block(0))).unwrap();
        ll(1, pass(1)).init(rt).unwrap();
        let taken = |port, peer| Error::PortTaken { port, peer };
        let again = refused(rt, |rt| rt.bind(&edge(pass(0), block(0))));
        assert_eq!(again, taken(output(pass(0), 0), block(0)));
        let second_sink = refused(rt, |rt| rt.bind(&edge(pass(0), pass(1))));
        assert_eq!(second_sink, taken(output(pass(0), 0), block(0)));
        let second_source = refused(rt, |rt| rt.bind(&edge(pass(1), block(0))));
        assert_eq!(second_source, taken(input(block(0), 0), pass(0)));
        ll(1, entry(0)).init(rt).unwrap();
        let gateway = refused(rt, |rt| rt.bind(&edge(pass(1), entry(0))));
        assert_eq!(
            gateway,
            Error::Gateway { node: source_node(0), fault: GatewayFault::Bound(input(entry(0), 0)) }
        );
    });
}

#[test]
fn ports_that_are_not_bound_to_each_other_are_not_unbound() {
    two_modules(|rt| {
        let not_bound = Error::NotBound { source: output(pass(0), 0), sink: input(block(0), 0) };
        assert_eq!(refused(rt, |rt| rt.unbind(&edge(pass(0), block(0)))), not_bound);
        rt.bind(&edge(pass(0), block(0))).unwrap();
        let turned = Error::NotBound { source: output(block(0), 0), sink: input(pass(0), 0) };
        assert_eq!(refused(rt, |rt| rt.unbind(&edge(block(0), pass(0)))), turned);
        rt.unbind(&edge(pass(0), block(0))).unwrap();
        assert_eq!(rt.rings().count(), 0);
    });
}

#[test]
fn two_dp_modules_are_not_bound_to_each_other() {
    two_modules(|rt| {
        dp(1, block(1)).init(rt).unwrap();
        let refusal = Error::DpToDp { source: block(0), sink: block(1) };
        assert_eq!(refused(rt, |rt| rt.bind(&edge(block(0), block(1)))), refusal);
    });
}

#[test]
fn a_block_must_be_whole_frames_of_the_readers_format() {
    two_modules(|rt| {
        let stereo = Format::new(48000, 2, SampleFormat::S32).unwrap();
        Spec { format: stereo, ..ll(1, pass(1)) }.init(rt).unwrap();
        ll(1, pass(2)).blocks(48, 33).init(rt).unwrap();
        ll(1, pass(3)).blocks(0, 48).init(rt).unwrap();
        let odd = Error::BlockSize { port: output(pass(2), 0), bytes: 132, frame_bytes: 8 };
        assert_eq!(refused(rt, |rt| rt.bind(&edge(pass(2), pass(1)))), odd);
        let none = Error::BlockSize { port: input(pass(3), 0), bytes: 0, frame_bytes: 4 };
        assert_eq!(refused(rt, |rt| rt.bind(&edge(pass(0), pass(3)))), none);
    });
}

#[test]
fn a_ring_without_room_is_refused() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        ll(1, pass(0)).init(rt).unwrap();
        dp(1, block(0)).memory(4096, 0).init(rt).unwrap();
        let error = refused(rt, |rt| rt.bind(&edge(pass(0), block(0))));
        let Error::Ring { sink, error: WiringError::Memory(error) } = error else { panic!("{error:?}") };
        assert_eq!((sink, error.bytes), (input(block(0), 0), 3 * 480 * 4));
        ll(1, pass(1)).blocks(u32::MAX / 4, 48).init(rt).unwrap();
        let error = refused(rt, |rt| rt.bind(&edge(pass(0), pass(1))));
        assert!(matches!(error, Error::Ring { .. }), "{error:?}");
    });
}

#[test]
fn a_stream_that_the_reader_was_not_made_for_is_refused_when_it_is_prepared() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(1, entry(0)).rate(44100).blocks(45, 45), ll(1, exit(0))]);
        set(rt, &[1], Requested::Paused).unwrap();
        set(rt, &[1], Requested::Reset).unwrap();
        let (id, error) = refused(rt, |rt| set(rt, &[1], Requested::Running));
        let got = MONO.with_rate(44100);
        assert_eq!((id, error), (1, Error::FormatMismatch { sink: input(exit(0), 0), expected: MONO, got }));
    });
}

#[test]
fn a_circle_of_modules_is_refused_when_the_pipeline_is_completed() {
    two_modules(|rt| {
        chain(rt, &[ll(1, pass(1)), ll(1, pass(2)), ll(1, pass(3))]);
        rt.bind(&edge(pass(3), pass(1))).unwrap();
        let (id, error) = refused(rt, |rt| set(rt, &[1], Requested::Paused));
        let Error::Loop { pipeline: 1, component } = error else { panic!("{error:?}") };
        assert!(
            id == 1 && (1..4).map(pass).any(|on_it| on_it == component),
            "{component} is not on the circle"
        );
        let own_tail = refused(rt, |rt| rt.bind(&edge(pass(0), pass(0))));
        assert_eq!(own_tail, Error::Loop { pipeline: 1, component: pass(0) });
        rt.unbind(&edge(pass(3), pass(1))).unwrap();
        set(rt, &[1], Requested::Paused).unwrap();
    });
}

#[test]
fn a_dp_block_that_is_shorter_than_a_tick_is_refused() {
    with_runtime(SMALL, |rt, _| {
        rt.create_pipeline(&pipeline(1)).unwrap();
        chain(rt, &[ll(1, entry(0)), dp(1, block(0)).blocks(24, 24), ll(1, exit(0)).blocks(24, 24)]);
        set(rt, &[1], Requested::Paused).unwrap();
        set(rt, &[1], Requested::Reset).unwrap();
        let error = refused(rt, |rt| set(rt, &[1], Requested::Running));
        assert_eq!(error, (1, Error::Period { component: block(0), block_us: 500, tick_us: 1000 }));
    });
}

fn transfer(fault: TransferFault, text: &str) -> (Error, &str) {
    (Error::Transfer { component: pass(0), fault }, text)
}

#[test]
fn every_error_says_what_and_where() {
    let port = input(pass(0), 2);
    let texts = [
        (Error::NoPort { port, ports: 1 }, "there is no input 2 of module 0x1; it has 1"),
        (Error::Busy(block(3)), "module 0x30004 is running; ask again when it has finished"),
        (Error::NoCore { core: 9, cores: 4 }, "there is no core 9; the platform has 4"),
        (Error::EmptyPipeline(3), "pipeline 3 has no modules; init them before it runs"),
        transfer(
            TransferFault::Unfinished,
            "a first part came before the last one of the value before; begin anew",
        ),
        transfer(TransferFault::NotBegun, "there was no first part of this value; begin with one"),
        transfer(
            TransferFault::Size { total: 17_000, limit: 16_416 },
            "a value of 17000 bytes; it must be 1 to 16416",
        ),
        transfer(
            TransferFault::Offset { expected: 8, got: 9 },
            "a part from byte 9 where 8 is next; begin anew",
        ),
        transfer(
            TransferFault::Length { left: 8 },
            "8 bytes are left and the part has not as many; begin anew",
        ),
        transfer(TransferFault::Waiting, "one waits already for the end of its run; ask again then"),
    ];
    for (error, text) in texts {
        let said = error.to_string();
        assert_eq!(said.strip_prefix("parameter of module 0x1: ").unwrap_or(&said), text);
    }
}
