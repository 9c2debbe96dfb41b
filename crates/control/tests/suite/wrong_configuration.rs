//! Wrong use of configuration, and messages that nobody serves.

use headroom_control::{MAILBOX_BYTES, Reason};
use headroom_ipc4::{DecodeError, Kind};
use headroom_module::ModuleError;
use headroom_runtime::{Error, TransferFault};

use super::messages::*;
use super::support::{Bench, Ends, arena};
use super::table::{At, check, module_refused, refused, row, transfer, why, with_word};

#[test]
fn configuration_of_missing_modules() {
    let missing = |primary: u32, extension| message([primary | 0x5_0006, extension], &[&volume(HALF)]);
    let no_module = refused!(Error::NoModule(_));
    check(vec![
        row(("get: short, missing", At::Bound), missing(0x4100_0000, 0), [0x6100_0009, 0], no_module),
        row(("set: short, missing", At::Bound), missing(0x4200_0000, 0), [0x6200_0009, 0], no_module),
        row(("get: missing", At::Bound), missing(0x4300_0000, 0x3000_0018), [0x6300_0009, 0], no_module),
        row(("set: missing", At::Bound), missing(0x4400_0000, 0x3000_0018), [0x6400_0009, 0], no_module),
        row(
            ("set: missing, in parts", At::Bound),
            missing(0x4400_0000, 0x2000_0018),
            [0x6400_0009, 0],
            no_module,
        ),
        row(
            ("set: missing, nothing", At::Bound),
            missing(0x4400_0000, 0x3000_0000),
            [0x6400_0009, 0],
            no_module,
        ),
    ]);
}

#[test]
fn parts_that_do_not_fit_together() {
    let set = |extension: u32| message([0x4400_0006, extension], &[&volume(HALF)]);
    let not_begun = transfer!(TransferFault::NotBegun);
    check(vec![
        row(("set: middle part", At::Bound), set(0x0000_0018), [0x6400_0009, 0], not_begun),
        row(("set: last part", At::Bound), set(0x1000_0018), [0x6400_0009, 0], not_begun),
        row(
            ("set: first of too many bytes", At::Bound),
            set(0x2000_4021),
            [0x6400_0009, 0],
            transfer!(TransferFault::Size { total: 16_417, limit: 16_416 }),
        ),
        row(
            ("set: first of all that a word can say", At::Bound),
            set(0x200f_ffff),
            [0x6400_0009, 0],
            transfer!(TransferFault::Size { total: 0xf_ffff, limit: 16_416 }),
        ),
        row(
            ("get: from behind the end", At::Bound),
            message([0x4300_0006, 0x1000_0031], &[]),
            [0x6300_0009, 0],
            transfer!(TransferFault::Offset { expected: 48, got: 49 }),
        ),
    ]);
}

#[test]
fn short_configuration_that_the_module_does_not_take() {
    let unknown = module_refused!(ModuleError::UnknownParameter { parameter: 0x33 });
    check(vec![
        row(("get: short", At::Bound), message([0x4100_0006, 0x33 << 16], &[]), [0x6100_0007, 0], unknown),
        row(("set: short", At::Bound), message([0x4200_0006, 0x33 << 16], &[]), [0x6200_0007, 0], unknown),
        row(
            ("get: a large one", At::Bound),
            message([0x4100_0006, 0], &[]),
            [0x6100_0078, 0],
            module_refused!(ModuleError::ShortReply { needed: 48, got: 4 }),
        ),
        row(
            ("set: a large one", At::Bound),
            message([0x4200_0006, 1], &[]),
            [0x6200_0078, 0],
            module_refused!(ModuleError::ShortPayload { .. }),
        ),
    ]);
}

#[test]
fn configuration_that_the_module_does_not_take() {
    let set = |extension: u32| message([0x4400_0006, extension], &[&volume(HALF)]);
    let unknown = module_refused!(ModuleError::UnknownParameter { parameter: 0x33 });
    check(vec![
        row(
            ("set: less than its total", At::Bound),
            set(0x3000_0019),
            [0x6400_0009, 0],
            why!(Reason::Malformed(DecodeError::LargeConfig { offset: 8, needed: 0x19, got: 0x18 })),
        ),
        row(("set: unknown parameter", At::Bound), set(0x3330_0018), [0x6400_0009, 0], unknown),
        row(
            ("get: unknown parameter", At::Bound),
            message([0x4300_0006, 0x3330_0018], &[]),
            [0x6300_0009, 0],
            unknown,
        ),
        row(
            ("get: no room", At::Bound),
            message([0x4300_0006, 0x3000_002f], &[]),
            [0x6300_0009, 0],
            module_refused!(ModuleError::ShortReply { needed: 48, got: 47 }),
        ),
        row(
            ("set: a gain above unity", At::Bound),
            with_word(set(0x3000_0018), 3, 0x8000_0000),
            [0x6400_0009, 0],
            module_refused!(ModuleError::BadValue { what: "target volume", .. }),
        ),
    ]);
}

#[test]
fn nothing_to_set_is_a_success_that_no_module_hears_of() {
    let (mut arena, ends) = (arena(), Ends::default());
    let pool = arena.pool();
    let mut bench = Bench::new(&pool, &ends);
    bench.send_all(&stream());
    for extension in [0x3000_0000, 0x2000_0000, 0x3330_0000] {
        let (answer, reply) = bench.send(&message([0x4400_0006, extension], &[]));
        assert_eq!((answer.reason, reply), (None, &bytes(&[0x6400_0000, 0])[..]));
    }
}

#[test]
fn types_that_are_not_served() {
    let global = |code: u32| (message([code << 24 | 0x0001_0000, 0], &[]), [0x2000_000f | code << 24, 0]);
    let module = |code: u32, status| {
        (message([0x4000_0006 | code << 24, 0], &[]), [0x6000_0000 | code << 24 | status, 0])
    };
    let mut rows = Vec::new();
    for code in (0..32).filter(|code| !(17..=21).contains(code)) {
        let (message, reply) = global(code);
        rows.push(row(("global type", At::Bound), message, reply, why!(Reason::NotServed(Kind::Global(_)))));
    }
    for (codes, status) in [(7..=10, 15), (12..=31, 2)] {
        for code in codes {
            let (message, reply) = module(code, status);
            rows.push(row(
                ("module type", At::Bound),
                message,
                reply,
                why!(Reason::NotServed(Kind::Module(_))),
            ));
        }
    }
    check(rows);
}

#[test]
fn messages_of_any_kind_are_refused_when_they_do_not_fit_the_mailbox_or_are_replies() {
    let mut rows = Vec::new();
    let table = [
        (create(3), 0x3100_0000, 1),
        (init_gain(2, 2), 0x6000_0000, 104),
        (set_gain(HALF), 0x6400_0000, 9),
        (delete(1), 0x3200_0000, 1),
    ];
    for (message, reply, status) in table {
        let mut long = message.clone();
        long.resize(8 + MAILBOX_BYTES + 1, 0);
        let too_long = why!(Reason::TooLong { bytes: 4105, limit: 4104 });
        rows.push(row(("too long", At::Bound), long, [reply | status, 0], too_long));
        let mut echo = message;
        echo[3] |= 0x20;
        let not_a_request = why!(Reason::Malformed(DecodeError::NotARequest { .. }));
        rows.push(row(("a reply", At::Bound), echo, [reply | 1, 0], not_a_request));
    }
    check(rows);
}
