//! Configuration that comes and goes in parts, as a list, and to modules that are away.

use std::sync::atomic::Ordering::Relaxed;

use headroom_control::Reason;
use headroom_ipc4::DecodeError;
use headroom_module::ModuleError;
use headroom_module::instance::ComponentId;
use headroom_runtime::{Error, Event, Platform, TransferFault};

use super::messages::*;
use super::support::{Bench, Ends, PLATFORM, arena};

fn with_bench(test: impl FnOnce(&mut Bench<'_>)) {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    let at_start = bench.in_use();
    bench.send_all(&stream());
    test(&mut bench);
    bench.send(&set_state(1, PAUSED));
    bench.send(&set_state(1, RESET));
    bench.send_all(&[delete(1)]);
    assert_eq!(bench.in_use(), at_start);
    let common = bench.runtime.common_region();
    assert_eq!(common.interim_used, bench.common_at_start, "a parameter is left behind");
}

const FIRST: u32 = 1 << 29;
const MIDDLE: u32 = 0;
const LAST: u32 = 1 << 28;
const SINGLE: u32 = FIRST | LAST;

/// A part of a large set of gain 0's parameter `parameter`: position, number, bytes.
fn part(parameter: u32, position: u32, number: usize, data: &[u8]) -> Vec<u8> {
    let mut message = message([0x4400_0006, position | parameter << 20 | number as u32], &[]);
    message.extend(data);
    message
}

fn settings(targets: &[u32]) -> Vec<u8> {
    targets.iter().flat_map(|&target| bytes(&volume(target))).collect()
}

/// The gain of channel 0, as gain 0 says it.
fn target(bench: &mut Bench<'_>) -> u32 {
    let (answer, reply) = bench.send(&message([0x4300_0006, SINGLE | 48], &[]));
    assert_eq!((answer.reason, reply.len()), (None, 56));
    u32::from_le_bytes(*reply[12..].first_chunk().unwrap())
}

fn refused(bench: &mut Bench<'_>, message: &[u8], status: u32, why: TransferFault) {
    let (answer, reply) = bench.send(message);
    assert_eq!(reply, bytes(&[0x6400_0000 | status, 0]));
    let component = ComponentId::new(6, 0);
    assert_eq!(answer.reason, Some(Reason::Refused(Error::Transfer { component, fault: why })));
}

#[test]
fn parts_are_put_together_and_set_with_the_last_one() {
    with_bench(|bench| {
        // 341 settings, of which the last one counts: 8184 bytes in all four positions.
        let mut all = vec![UNITY; 340];
        all.push(0x1234_5678);
        let data = settings(&all);
        bench.send_all(&[part(0, FIRST, 8184, &data[..4096]), part(0, MIDDLE, 4096, &data[4096..8000])]);
        assert_eq!(target(bench), HALF, "not before the last part");
        // A mailbox is as long as it is: what follows the total does not count.
        let tail = [&data[8000..], &[0xff; 100]].concat();
        bench.send_all(&[part(0, LAST, 8000, &tail)]);
        assert_eq!(target(bench), 0x1234_5678);
    });
}

#[test]
fn first_and_last_alone_do_too_even_when_the_last_has_nothing() {
    with_bench(|bench| {
        let data = settings(&[0x111]);
        bench.send_all(&[part(0, FIRST, 24, &data[..7]), part(0, LAST, 7, &data[7..])]);
        assert_eq!(target(bench), 0x111);
        let data = settings(&[0x222]);
        bench.send_all(&[part(0, FIRST, 24, &data), part(0, LAST, 24, &[])]);
        assert_eq!(target(bench), 0x222);
    });
}

#[test]
fn a_link_tells_its_position_and_the_host_side_does_not() {
    let (mut arena, ends) = (arena(), Ends::default());
    let (pool, counts) = (arena.pool(), ends.counts.clone());
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&stream());
    let get = |id: u32, parameter: u32, room: u32| {
        message([0x4300_0000 | id, SINGLE | parameter << 20 | room], &[])
    };
    let nothing = [0; 6];
    assert_eq!(bench.send(&get(SPEAKER, 5, 24)).1, message([0x6300_0000, SINGLE | 24], &[&nothing]));
    bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
    (0..199).for_each(|_| bench.tick());
    let crossed = 8 * counts.heard.load(Relaxed) as u32;
    bench.tick();
    assert!(crossed > 0);
    let reading = [crossed, 0, 199_000, 0];
    assert_eq!(bench.send(&get(SPEAKER, 4, 4096)).1, message([0x6300_0000, SINGLE | 16], &[&reading]));
    // Too little room; the host's side; to be read only; not as a short one.
    let refusals = [
        (get(SPEAKER, 4, 15), 0x6300_0009),
        (get(SPEAKER, 5, 23), 0x6300_0009),
        (get(HOST, 4, 16), 0x6300_0009),
        (message([0x4401_0004, SINGLE | 4 << 20 | 16], &[&nothing[..4]]), 0x6400_0009),
        (message([0x4101_0004, 4 << 16], &[]), 0x6100_0078),
    ];
    for (refused, reply) in refusals {
        assert_eq!(bench.send(&refused).1, bytes(&[reply, 0]), "{refused:02x?}");
    }
    bench.delete_all();
}

#[test]
fn channels_are_swapped_over_the_wire() {
    let (mut arena, ends) = (arena(), Ends::default());
    let (pool, counts) = (arena.pool(), ends.counts.clone());
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&stream());
    let set = |map: &[u32]| message([0x4401_0004, SINGLE | 7 << 20 | size_of_val(map) as u32], &[map]);
    let get = message([0x4301_0004, SINGLE | 7 << 20 | 4], &[]);
    // The right channel, of which the bench hears the last sample, from the left one, and from nowhere.
    bench.send_all(&[set(&[0xffff_ff00]), set_state(1, PAUSED), set_state(1, RUNNING)]);
    (0..100).for_each(|_| bench.tick());
    assert_ne!(counts.last.load(Relaxed), 0);
    bench.send_all(&[set(&[0xffff_fff0])]);
    (0..10).for_each(|_| bench.tick());
    assert_eq!(counts.last.load(Relaxed), 0);
    assert_eq!(bench.send(&get).1, bytes(&[0x6300_0000, SINGLE | 4, 0xffff_fff0]));
    for wrong in [&[][..], &[0x20], &[0, 0]] {
        let status = if wrong.is_empty() { 0 } else { 9 };
        assert_eq!(bench.send(&set(wrong)).1, bytes(&[0x6400_0000 | status, 0]), "{wrong:x?}");
    }
    assert_eq!(bench.send(&get).1, bytes(&[0x6300_0000, SINGLE | 4, 0xffff_fff0]));
    bench.delete_all();
}

#[test]
fn fragments_out_of_order_end_the_transfer_and_it_can_begin_anew() {
    with_bench(|bench| {
        let data = settings(&[0x111, 0x222]);
        let first = part(0, FIRST, 48, &data[..16]);
        let cases = [
            (part(0, MIDDLE, 32, &data[32..40]), TransferFault::Offset { expected: 16, got: 32 }),
            (part(0, MIDDLE, 0, &data[..16]), TransferFault::Offset { expected: 16, got: 0 }),
            (part(0, LAST, 0xf_ffff, &data), TransferFault::Offset { expected: 16, got: 0xf_ffff }),
            (part(0, MIDDLE, 16, &data), TransferFault::Length { left: 32 }),
            (part(0, LAST, 16, &data[16..47]), TransferFault::Length { left: 32 }),
            (part(1, MIDDLE, 16, &data[16..20]), TransferFault::NotBegun),
            (first.clone(), TransferFault::Unfinished),
            (part(0, FIRST, 8193, &data), TransferFault::Unfinished),
        ];
        for (wrong, why) in cases {
            bench.send_all(std::slice::from_ref(&first));
            refused(bench, &wrong, 9, why);
            refused(bench, &part(0, MIDDLE, 16, &data[16..20]), 9, TransferFault::NotBegun);
        }
        assert_eq!(target(bench), HALF);
        bench.send_all(&[first, part(0, LAST, 16, &data[16..])]);
        assert_eq!(target(bench), 0x222);
    });
}

#[test]
fn transfers_to_two_modules_do_not_mix() {
    with_bench(|bench| {
        bench.send_all(&[init_gain(1, 1)]);
        let (one, two) = (settings(&[0x111]), settings(&[0x222]));
        let to_second = |message: Vec<u8>| {
            let mut message = message;
            message[2] = 1;
            message
        };
        bench.send_all(&[
            part(0, FIRST, 24, &one[..8]),
            to_second(part(0, FIRST, 24, &two[..16])),
            part(0, MIDDLE, 8, &one[8..12]),
            to_second(part(0, LAST, 16, &two[16..])),
            part(0, LAST, 12, &one[12..]),
        ]);
        assert_eq!(target(bench), 0x111);
        let (_, reply) = bench.send(&message([0x4301_0006, SINGLE | 48], &[]));
        assert_eq!(reply[12..16], 0x222_u32.to_le_bytes());
    });
}

#[test]
fn an_unfinished_transfer_ends_with_a_reset_and_goes_with_its_module() {
    with_bench(|bench| {
        bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
        let first = part(0, FIRST, 4096, &[0; 100]);
        bench.send_all(&[first.clone(), set_state(1, RESET), first]);
        // And now the pipeline is deleted with that transfer, which the bench checks for what it leaves.
    });
}

#[test]
fn a_value_that_does_not_fit_the_common_region_is_refused() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let small = Platform { common_bytes: 48 * 1024, ..PLATFORM };
    let mut bench = Bench::on(small, &pool, &ends);
    bench.send_all(&[create(1)]);
    (0..8).for_each(|instance| bench.send_all(&[init_gain(instance, 1)]));
    let first = |instance: u32| message([0x4400_0006 | instance << 16, FIRST | 8192], &[&[0]]);
    let fits = (0..8).take_while(|&instance| bench.send(&first(instance)).0.reason.is_none()).count();
    let (answer, reply) = bench.send(&first(fits as u32));
    assert_eq!(reply, bytes(&[0x6400_0009, 0]));
    let full = |why| matches!(why, Reason::Refused(Error::Transfer { fault: TransferFault::Memory(_), .. }));
    assert!(fits > 1 && answer.reason.is_some_and(full), "{fits}: {:?}", answer.reason);
    // A module that goes makes room for the next one's value.
    bench.send_all(&[delete_module(GAIN), first(fits as u32)]);
}

fn delete_module(id: u32) -> Vec<u8> {
    message([0x4b00_0000 | id, 0], &[])
}

#[test]
fn a_value_is_read_in_parts_from_any_offset() {
    with_bench(|bench| {
        let whole = bench.send(&message([0x4300_0006, SINGLE | 48], &[])).1[8..].to_vec();
        let (_, reply) = bench.send(&message([0x4300_0006, FIRST | 4096], &[]));
        assert_eq!(
            reply,
            [bytes(&[0x6300_0000, SINGLE | 48]), whole.clone()].concat(),
            "it is whole at once"
        );
        for offset in [0, 7, 48] {
            let (_, reply) = bench.send(&message([0x4300_0006, LAST | offset], &[]));
            let rest = &whole[offset as usize..];
            assert_eq!(reply, [&bytes(&[0x6300_0000, LAST | offset]), rest].concat());
        }
    });
}

/// Sends the DP converter away and hands over what is needed to bring it back.
fn away<'m>(bench: &mut Bench<'m>) -> headroom_runtime::DpJob<'m> {
    bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
    bench.send_away()
}

fn configure_src(parameter: u32, data: &[u32]) -> Vec<u8> {
    message([0x4400_0007, SINGLE | parameter << 20 | size_of_val(data) as u32], &[data])
}

#[test]
fn one_value_waits_for_a_module_that_is_away_and_is_read_back() {
    with_bench(|bench| {
        let job = away(bench);
        bench.send_all(&[configure_src(3, &[1, 2])]);
        let (answer, reply) = bench.send(&configure_src(3, &[9]));
        assert_eq!(reply, bytes(&[0x6400_0009, 0]), "as the original's EBUSY");
        let component = ComponentId::new(7, 0);
        let waiting = Error::Transfer { component, fault: TransferFault::Waiting };
        assert_eq!(answer.reason, Some(Reason::Refused(waiting)));
        assert_eq!(bench.send(&message([0x4200_0007, 3 << 16], &[])).1, bytes(&[0x6200_0004, 0]), "busy");
        let first = message([0x4400_0007, FIRST | 8], &[&[1]]);
        assert_eq!(bench.send(&first).1, bytes(&[0x6400_0009, 0]), "one value at a time");
        let read = |most: u32, parameter: u32| message([0x4300_0007, SINGLE | parameter << 20 | most], &[]);
        assert_eq!(bench.send(&read(8, 3)).1, bytes(&[0x6300_0000, SINGLE | 8, 1, 2]));
        assert_eq!(bench.send(&read(7, 3)).1, bytes(&[0x6300_0009, 0]));
        assert_eq!(bench.send(&read(8, 4)).1, bytes(&[0x6300_0004, 0]), "that was not set");
        bench.finish(job);
        // The converter has no parameters: it refuses when it is told, and the log says so.
        let events: Vec<Event> = std::iter::from_fn(|| bench.runtime.take_event()).collect();
        let error = ModuleError::UnknownParameter { parameter: 3 };
        let refused = Event::ParameterRefused { component, error };
        assert!(events.contains(&refused), "{events:?}");
        assert!(refused.to_string().starts_with("module 0x7 refused what"), "{refused}");
    });
}

#[test]
fn a_transfer_to_a_module_that_is_away_goes_on_and_waits_when_it_is_whole() {
    with_bench(|bench| {
        bench.send_all(&[message([0x4400_0007, 3 << 20 | FIRST | 8], &[&[1]])]);
        // It comes home in the middle of the transfer, too.
        let job = away(bench);
        bench.finish(job);
        let job = bench.send_away();
        bench.send_all(&[message([0x4400_0007, 3 << 20 | LAST | 4], &[&[2]])]);
        let read = message([0x4300_0007, SINGLE | 3 << 20 | 8], &[]);
        assert_eq!(bench.send(&read).1, bytes(&[0x6300_0000, SINGLE | 8, 1, 2]));
        bench.finish(job);
    });
}

#[test]
fn a_whole_value_ends_a_transfer_to_a_module_that_is_away() {
    with_bench(|bench| {
        let job = away(bench);
        bench.send_all(&[message([0x4400_0007, FIRST | 8], &[&[1]])]);
        assert_eq!(bench.send(&configure_src(3, &[9])).1, bytes(&[0x6400_0009, 0]));
        bench.send_all(&[configure_src(3, &[9])]);
        bench.finish(job);
    });
}

/// What waits for a module is read as it was set: the converter, which has no parameters, stands for any here.
#[test]
fn short_values_go_there_and_back_and_longer_ones_are_no_short_ones() {
    with_bench(|bench| {
        let job = away(bench);
        let get = message([0x4100_0007, 3 << 16], &[]);
        bench.send_all(&[message([0x4200_0007, 3 << 16 | 0xbeef], &[])]);
        assert_eq!(bench.send(&get).1, bytes(&[0x6100_0000, 3 << 16 | 0xbeef]));
        bench.finish(job);
        let job = bench.send_away();
        bench.send_all(&[configure_src(3, &[0x1_0000])]);
        let (answer, reply) = bench.send(&get);
        assert_eq!(reply, bytes(&[0x6100_0078, 0]));
        assert_eq!(answer.reason, Some(Reason::NotShort { parameter: 3, value: 0x1_0000 }));
        bench.finish(job);
    });
}

#[test]
fn vendor_parameters_that_the_mailbox_does_not_hold() {
    with_bench(|bench| {
        let job = away(bench);
        bench.send_all(&[configure_src(3, &[0; 1019])]);
        let query =
            |list: &[u32]| message([0x4300_0007, SINGLE | VENDOR << 20 | size_of_val(list) as u32], &[list]);
        assert_eq!(bench.send(&query(&[3, 4076])).1.len(), 8 + 4084);
        let (answer, reply) = bench.send(&query(&[3, 4076, 3, 0]));
        assert_eq!((reply, answer.reason), (&bytes(&[0x6300_0006, 0])[..], Some(Reason::VendorFull(3))));
        bench.finish(job);
    });
}

#[test]
fn a_value_larger_than_a_mailbox_is_read_as_the_driver_sets_it() {
    with_bench(|bench| {
        let job = away(bench);
        let value: Vec<u32> = (0..2048).collect();
        let to_src = |extension: u32, data: &[u32]| message([0x4400_0007, 3 << 20 | extension], &[data]);
        bench.send_all(&[to_src(FIRST | 8192, &value[..1024]), to_src(LAST | 4096, &value[1024..])]);
        let mut read: Vec<u8> = Vec::new();
        let parts = [(FIRST | 8192, FIRST | 8192, 4088), (4088, 4088, 4088), (8176, LAST | 8176, 16)];
        for (asked, answered, length) in parts {
            let get = message([0x4300_0007, 3 << 20 | asked], &[]);
            let (_, reply) = bench.send(&get);
            assert_eq!(reply[..8], bytes(&[0x6300_0000, answered]));
            assert_eq!(reply.len(), 8 + length);
            read.extend_from_slice(&reply[8..]);
        }
        assert_eq!(read, bytes(&value));
        bench.finish(job);
    });
}

#[test]
fn a_value_without_bytes_waits_too() {
    with_bench(|bench| {
        let job = away(bench);
        bench.runtime.configure(ComponentId::new(7, 0), 5, &[]).unwrap();
        assert_eq!(bench.runtime.configuration(ComponentId::new(7, 0), 5, &mut []), Ok(0));
        bench.finish(job);
    });
}

const VENDOR: u32 = 0xff;

fn vendor(list: &[u8]) -> Vec<u8> {
    part(VENDOR, SINGLE, list.len(), list)
}

fn entry(kind: u32, value: &[u8]) -> Vec<u8> {
    [&bytes(&[kind, value.len() as u32]), value].concat()
}

#[test]
fn vendor_parameters_are_set_and_read_as_lists() {
    with_bench(|bench| {
        let list = [entry(0, &settings(&[0x111])), entry(0, &settings(&[0x222]))].concat();
        bench.send_all(&[vendor(&list)]);
        assert_eq!(target(bench), 0x222, "in their order");
        let list = entry(0, &settings(&[0x333]));
        bench.send_all(&[part(VENDOR, FIRST, 32, &list[..9]), part(VENDOR, LAST, 9, &list[9..])]);
        assert_eq!(target(bench), 0x333, "in parts, too");
        let query = message([0x4300_0006, SINGLE | VENDOR << 20 | 16], &[&[0, 48, 0, 100]]);
        let (_, reply) = bench.send(&query);
        assert_eq!(reply[..16], bytes(&[0x6300_0000, SINGLE | 112, 0, 48]));
        assert_eq!(reply[16..64], reply[72..120], "twice the same");
        assert_eq!((reply.len(), &reply[64..72]), (120, &bytes(&[0, 48])[..]));
    });
}

#[test]
fn vendor_parameters_that_are_no_list() {
    with_bench(|bench| {
        let good = entry(0, &settings(&[0x111]));
        let cut = |bytes: usize| [&good, &good[..bytes]].concat();
        let list = |error| Reason::VendorList(error);
        let cases = [
            (vendor(&good[..7]), 122, list(DecodeError::VendorHeader { offset: 0, needed: 8, got: 7 })),
            (vendor(&cut(4)), 122, list(DecodeError::VendorHeader { offset: 32, needed: 8, got: 4 })),
            (vendor(&cut(31)), 7, list(DecodeError::VendorValue { offset: 40, needed: 24, got: 23 })),
            (vendor(&[good.clone(), entry(0, &[])].concat()), 121, Reason::VendorEmpty(0)),
        ];
        for (message, status, why) in cases {
            let (answer, reply) = bench.send(&message);
            assert_eq!((reply, answer.reason), (&bytes(&[0x6400_0000 | status, 0])[..], Some(why)));
            assert_eq!(target(bench), HALF, "nothing of it was set");
        }
        let mut missing = vendor(&good);
        missing[2] = 5;
        assert_eq!(bench.send(&missing).1, bytes(&[0x6400_0009, 0]));
    });
}

#[test]
fn vendor_parameters_that_the_module_does_not_have() {
    with_bench(|bench| {
        let (answer, reply) = bench.send(&vendor(&entry(0xdead, &[1])));
        assert_eq!(reply, bytes(&[0x6400_0006, 0]));
        let component = ComponentId::new(6, 0);
        let error = Error::Module { component, error: ModuleError::UnknownParameter { parameter: 0xdead } };
        assert_eq!(answer.reason, Some(Reason::Vendor { kind: 0xdead, error }));
        let query = |extension: u32, list: &[u32]| message([0x4300_0006, VENDOR << 20 | extension], &[list]);
        let cases = [
            (query(SINGLE | 8, &[0xdead, 100]), 6),
            (query(SINGLE | 8, &[0, 47]), 6),
            (query(SINGLE | 7, &[0, 48]), 122),
            (query(SINGLE | 9, &[0, 48]), 122),
            (query(FIRST | 8, &[0, 48]), 7),
        ];
        for (message, status) in cases {
            let (answer, reply) = bench.send(&message);
            assert_eq!(reply, bytes(&[0x6300_0000 | status, 0]), "{message:02x?}");
            assert!(answer.reason.is_some_and(|reason| !reason.to_string().is_empty()));
        }
        let many: Vec<u32> = [0, 48].repeat(80);
        assert_eq!(bench.send(&query(SINGLE | 640, &many)).1, bytes(&[0x6300_0006, 0]), "no room");
    });
}
