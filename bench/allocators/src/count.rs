//! Instructions per call, by running this program under callgrind once per figure.

use std::env;
use std::hint::black_box;
use std::process::Command;

use clap::ValueEnum;

use crate::Outcome;
use crate::experiment::LIFETIME_SIZES;
use crate::heap::{Heap, Job};
use crate::memory::Memory;
use crate::peer::Peer;
use crate::replay::{clear, slots};
use crate::table::Table;
use crate::trace::{Op, Trace};

const PEERS: [Peer; 7] =
    [Peer::Vregion, Peer::RlsfDuties, Peer::Rlsf, Peer::Embedded, Peer::Talc, Peer::Offset, Peer::Buddy];
const COLUMNS: [(&str, usize); 7] = [
    ("lifetime", 1),
    ("28 KiB: alloc", 1),
    ("28 KiB: free", 1),
    ("28 KiB: refused", 1),
    ("1 MiB: alloc", 1),
    ("1 MiB: free", 1),
    ("1 MiB: refused", 1),
];
/// Bytes asked for, in percent of the region.
const LOAD: usize = 75;
const ALLOCS: usize = 20_000;

/// The call that is counted.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Call {
    Lifetime,
    Alloc,
    Free,
    /// A request in the churn that was refused.
    Refused,
}

/// One measurement.
#[derive(Clone, Copy, clap::Args)]
pub(crate) struct Row {
    peer: Peer,
    call: Call,
    kib: usize,
    seed: u64,
}

/// The table, or why there is none.
pub(crate) fn table(seed: u64) -> Outcome<Table> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Err("SKIPPED, NOTHING COUNTED: there is no valgrind here".into());
    }
    let title = format!("Instructions per call, mean, {LOAD} % asked for (an empty call subtracted)");
    let mut table = Table::new(title, &COLUMNS);
    for peer in PEERS {
        let mut cells = vec![net(Row { peer, call: Call::Lifetime, kib: 28, seed })?];
        for kib in [28, 1024] {
            for call in [Call::Alloc, Call::Free, Call::Refused] {
                cells.push(net(Row { peer, call, kib, seed })?);
            }
        }
        table.row(peer.name(), cells);
    }
    Ok(table)
}

/// Above what the same calls take that do nothing; None if there was no such call.
fn net(row: Row) -> Outcome<Option<f64>> {
    let floor = match row.call {
        // Nothing refuses nothing, and the empty request is the same.
        Call::Refused => Row { peer: Peer::Null, call: Call::Alloc, ..row },
        _ => Row { peer: Peer::Null, ..row },
    };
    let Some(mean) = measure(row)? else { return Ok(None) };
    Ok(measure(floor)?.map(|floor| mean - floor))
}

fn measure(row: Row) -> Outcome<Option<f64>> {
    let name = |value: Option<clap::builder::PossibleValue>| value.map(|value| value.get_name().to_owned());
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*counted_call*"])
        .arg(env::current_exe()?)
        .arg("count-row")
        .args(name(row.peer.to_possible_value()))
        .args(name(row.call.to_possible_value()))
        .args([row.kib.to_string(), row.seed.to_string()])
        .output()?;
    let (said, log) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    let collected = log.lines().find_map(|line| line.split_once("Collected :"));
    let (Some((_, collected)), true) = (collected, output.status.success()) else {
        return Err(format!("valgrind failed:\n{log}").into());
    };
    let (collected, calls): (f64, f64) = (collected.trim().parse()?, said.trim().parse()?);
    match (calls > 0.0, collected > 0.0) {
        (true, true) => Ok(Some(collected / calls)),
        (false, false) => Ok(None),
        _ => {
            Err(format!("{calls} calls, {collected} instructions: the counted function was not found").into())
        }
    }
}

/// What runs under callgrind: prints the number of calls.
pub(crate) fn run_row(row: Row) -> Outcome<()> {
    let (mut memory, bytes) = (Memory::new(), row.kib << 10);
    let mut calls = 0;
    if row.call == Call::Lifetime {
        for _ in 0..100 {
            calls += row.peer.run(memory.region(bytes), Lifetime)?;
        }
    } else {
        let trace = Trace::churn(bytes * LOAD / 100, ALLOCS, row.seed);
        let refused = row.peer.run(memory.region(bytes), Refused { trace: &trace })?;
        calls =
            row.peer.run(memory.region(bytes), Churn { trace: &trace, refused: &refused, call: row.call })?;
    }
    println!("{calls}");
    Ok(())
}

#[inline(never)]
fn counted_call_alloc<H: Heap>(heap: &mut H, size: usize) -> Option<H::Handle> {
    heap.alloc(size)
}

#[inline(never)]
fn counted_call_lifetime<H: Heap>(heap: &mut H, size: usize) -> Option<H::Handle> {
    heap.alloc_lifetime(size)
}

#[inline(never)]
fn counted_call_free<H: Heap>(heap: &mut H, handle: H::Handle) {
    heap.free(handle);
}

struct Lifetime;

impl Job for Lifetime {
    type Out = usize;

    fn run<H: Heap>(self, heap: &mut H) -> usize {
        let handles = LIFETIME_SIZES.map(|size| counted_call_lifetime(heap, black_box(size)));
        let calls = handles.iter().flatten().count();
        handles.into_iter().flatten().for_each(|handle| heap.free(handle));
        calls
    }
}

/// For each step of a trace, whether it is a request that is refused.
struct Refused<'t> {
    trace: &'t Trace,
}

impl Job for Refused<'_> {
    type Out = Vec<bool>;

    fn run<H: Heap>(self, heap: &mut H) -> Vec<bool> {
        let mut slots = slots::<H>(self.trace);
        let step = |op: &Op| match *op {
            Op::Alloc { slot, size } => {
                slots[slot as usize] = heap.alloc(size as usize);
                slots[slot as usize].is_none()
            }
            Op::Free { slot } => {
                slots[slot as usize].take().into_iter().for_each(|handle| heap.free(handle));
                false
            }
        };
        let refused = self.trace.ops.iter().map(step).collect();
        clear(heap, slots);
        refused
    }
}

/// Counts one kind of call, after the region was filled.
struct Churn<'t> {
    trace: &'t Trace,
    refused: &'t [bool],
    call: Call,
}

impl Job for Churn<'_> {
    type Out = usize;

    fn run<H: Heap>(self, heap: &mut H) -> usize {
        let (mut slots, mut calls) = (slots::<H>(self.trace), 0);
        for (index, (op, &refused)) in self.trace.ops.iter().zip(self.refused).enumerate() {
            let kind = match op {
                Op::Free { .. } => Call::Free,
                Op::Alloc { .. } if refused => Call::Refused,
                Op::Alloc { .. } => Call::Alloc,
            };
            let counted = kind == self.call && index >= self.trace.steady;
            match *op {
                Op::Alloc { slot, size } if counted => {
                    calls += 1;
                    slots[slot as usize] = counted_call_alloc(heap, black_box(size as usize));
                }
                Op::Alloc { slot, size } => slots[slot as usize] = heap.alloc(size as usize),
                Op::Free { slot } => match slots[slot as usize].take() {
                    Some(handle) if counted => {
                        calls += 1;
                        counted_call_free(heap, handle);
                    }
                    Some(handle) => heap.free(handle),
                    None => (),
                },
            }
        }
        clear(heap, slots);
        calls
    }
}
