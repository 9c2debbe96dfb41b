//! Wrong use as a table: the message, the reply that it gets, why, and that it changes nothing.

use headroom_control::Reason;

use super::messages::{PAUSED, RUNNING, bytes, create, init_gain, init_src, set_state, stream};
use super::support::{Bench, Ends, arena};

/// How far things are when the message comes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum At {
    /// Nothing is there.
    Start,
    /// Pipeline 1 has no modules and is paused.
    Empty,
    /// Pipeline 1 is bound but not complete; a second one has a converter and a gain that are not bound.
    Bound,
    /// Pipeline 1 runs.
    Running,
}

/// What is wrong, when, the message, the reply's two words, and the reason as a pattern and as text.
pub(crate) struct Row {
    what: &'static str,
    at: At,
    message: Vec<u8>,
    reply: [u32; 2],
    reason: Why,
}

/// Whether a reason is the right one, and how the right one reads.
#[derive(Clone, Copy)]
pub(crate) struct Why(pub(crate) fn(&Reason) -> bool, pub(crate) &'static str);

pub(crate) fn row((what, at): (&'static str, At), message: Vec<u8>, reply: [u32; 2], reason: Why) -> Row {
    Row { what, at, message, reply, reason }
}

/// The reason, as a pattern.
macro_rules! why {
    ($pattern:pat) => {
        $crate::table::Why(|reason| matches!(reason, $pattern), stringify!($pattern))
    };
}

/// An error of the runtime, as a pattern.
macro_rules! refused {
    ($pattern:pat) => {
        $crate::table::why!(headroom_control::Reason::Refused($pattern))
    };
}

/// An error of a module, as a pattern.
macro_rules! module_refused {
    ($pattern:pat) => {
        $crate::table::refused!(headroom_runtime::Error::Module { error: $pattern, .. })
    };
}

/// A part of a parameter value that was refused, as a pattern.
macro_rules! transfer {
    ($pattern:pat) => {
        $crate::table::refused!(headroom_runtime::Error::Transfer { fault: $pattern, .. })
    };
}

pub(crate) fn set_up(bench: &mut Bench<'_>, at: At) {
    match at {
        At::Start => return,
        At::Empty => return bench.send_all(&[create(1), set_state(1, PAUSED)]),
        At::Bound | At::Running => {}
    }
    bench.send_all(&stream());
    bench.send_all(&[create(2), init_src(1, 2), init_gain(1, 2)]);
    if at == At::Running {
        bench.send_all(&[set_state(1, PAUSED), set_state(1, RUNNING)]);
        (0..20).for_each(|_| bench.tick());
    }
}

pub(crate) fn check(rows: Vec<Row>) {
    for Row { what, at, message, reply, reason: Why(matches, pattern) } in rows {
        let (mut arena, ends) = (arena(), Ends::default());
        let pool = arena.pool();
        let mut bench = Bench::new(&pool, &ends);
        set_up(&mut bench, at);
        let before = bench.picture();
        let (answer, got) = bench.send(&message);
        let reason = answer.reason.unwrap_or_else(|| panic!("{what}: a success"));
        assert_eq!(got, bytes(&reply), "{what}: {reason}");
        assert!(matches(&reason), "{what}: {reason:?} is not {pattern}");
        assert_eq!(answer.status.0, reply[0] & 0xff_ffff, "{what}");
        assert_eq!(bench.picture(), before, "{what}");
    }
}

/// `message` with one word replaced.
pub(crate) fn with_word(mut message: Vec<u8>, index: usize, word: u32) -> Vec<u8> {
    message[4 * index..4 * index + 4].copy_from_slice(&word.to_le_bytes());
    message
}

pub(crate) use {module_refused, refused, transfer, why};
