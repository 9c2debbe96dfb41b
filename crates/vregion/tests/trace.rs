//! The trace hook, and the map that is made from what it tells.
#![cfg(feature = "trace")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::mem::MaybeUninit;
use std::sync::Mutex;

use vregion::Placement::{Interim, Lifetime};
use vregion::{Event, Map, PagePool, Profile};

static SEEN: Mutex<Vec<Event>> = Mutex::new(Vec::new());

#[test]
fn the_map_says_who_has_what_where() {
    let mut arena = vec![MaybeUninit::uninit(); 3 * 4096];
    let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&Profile::DESK, arena.len())];
    let pool = PagePool::new(Profile::DESK, &mut arena, &mut tables).unwrap();
    let pool = pool.with_trace(|event| SEEN.lock().unwrap().push(*event));
    let region = pool.region(0x20007, 4096).unwrap();
    let _life = region.slice(Lifetime, 100, 0_u8, "delay line").unwrap();
    let gone = region.slice(Interim, 10, 0_u8, "gone").unwrap();
    let _blob = region.slice(Interim, 100, 0_u8, "blob").unwrap();
    let _late = region.value(Lifetime, 0_u8, "late").unwrap();
    let _shared = region.shared(Interim, 0_u8, "shared").unwrap();
    assert!(region.slice(Interim, 5000, 0_u8, "huge").is_err());
    drop(gone);
    let mut records = [None; 4];
    let mut map = Map::new(&mut records);
    SEEN.lock().unwrap().iter().for_each(|event| map.note(event));
    let text = map.to_string();
    let rows: Vec<String> =
        text.lines().skip(2).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        rows,
        [
            "0 100 0 lifetime 0x20007 delay line",
            "192 100 28 interim 0x20007 blob",
            "320 1 63 late 0x20007 late",
            "1 blocks had no place on the map: give it a longer slice",
        ]
    );
    let seen = SEEN.lock().unwrap();
    let count = |wanted: fn(&Event) -> bool| seen.iter().filter(|event| wanted(event)).count();
    assert_eq!(count(|event| matches!(event, Event::Made { owner: 0x20007, capacity: 4096, .. })), 1);
    assert_eq!(count(|event| matches!(event, Event::Sealed { .. })), 1);
    assert_eq!(count(|event| matches!(event, Event::Refused(error) if error.bytes == 5000)), 1);
    assert_eq!(count(|event| matches!(event, Event::Placed(_))), 5);
}
