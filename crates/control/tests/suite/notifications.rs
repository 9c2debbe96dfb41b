//! What a driver is told unasked.

use headroom_control::notification;
use headroom_ipc4::{ModuleId, Notification};
use headroom_module::{ComponentId, ModuleError};
use headroom_runtime::{Event, Owner, SizeFrom};

use super::messages::*;
use super::support::{Arena, Bench, Ends};

#[test]
fn a_source_that_fails_is_told_as_a_fault_of_its_copier_and_nothing_else_is() {
    let (mut arena, mut ends) = (Arena::new(), Ends { source_fails_at: Some(5), ..Ends::default() });
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &mut ends);
    bench.send_all(&stream());
    bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
    (0..10).for_each(|_| bench.tick());
    let told: Vec<_> =
        std::iter::from_fn(|| bench.runtime.take_event()).filter_map(|e| notification(&e)).collect();
    let id = ModuleId { module: 4, instance: 0 };
    assert_eq!(told, [Notification::ProcessDataError { id, error: -5 }]);
    let mut wire = [0; Notification::ENCODED_LEN];
    told[0].encode(&mut wire).unwrap();
    assert_eq!(wire[..], bytes(&[0x1b05_0000, 0, 0, 4, 3, 0, -5_i32 as u32, 0, 0, 0, 0, 0]));
}

#[test]
fn errors_have_the_originals_numbers() {
    let component = ComponentId::new(0xabcd, 0xff);
    let id = ModuleId { module: 0xabcd, instance: 0xff };
    for (error, number) in [
        (ModuleError::Overdrawn { asked: 2, granted: 1 }, -22),
        (ModuleError::NoGateway { node: 1 }, -5),
        (ModuleError::Endpoint, -5),
    ] {
        let told = notification(&Event::Fault { component, error });
        assert_eq!(told, Some(Notification::ProcessDataError { id, error: number }));
    }
    let made = Event::RegionMade { owner: Owner::Pipeline(1), bytes: 4096, from: SizeFrom::Message };
    assert_eq!(notification(&made), None);
}
