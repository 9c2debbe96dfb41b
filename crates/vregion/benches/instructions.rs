//! Counts instructions per call with callgrind: lifetime, interim and refused requests, and frees.
//!
//! `cargo bench -p vregion` runs itself under `valgrind --tool=callgrind` once per row and prints the means.
//! By hand, for one row: `valgrind --tool=callgrind --toggle-collect='*interim_request*' BINARY interim 28`,
//! where BINARY is what `cargo bench -p vregion --no-run` names; divide `Collected` by the calls that the
//! binary prints. Call and return are included, writing a value is not: the values are uninitialised bytes.

use std::env;
use std::mem::MaybeUninit;
use std::process::{Command, ExitCode};

use vregion::{AllocError, Block, PagePool, Placement, Profile, Region};

/// What a row calls, as callgrind finds it, and the scenario that calls it.
const ROWS: [(&str, &str); 4] = [
    ("lifetime_request", "lifetime"),
    ("interim_request", "interim"),
    ("interim_free", "interim"),
    ("refused_request", "refused"),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let done = match arguments.as_slice() {
        [] => print_table(),
        [scenario, kib] => run(scenario, kib),
        _ => Err("arguments: none, or a scenario and KiB".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn print_table() -> Outcome<()> {
    println!("{:<18}{:>12}{:>12}", "instructions/call", "28 KiB", "1 MiB");
    for (function, scenario) in ROWS {
        let (small, large) = (measure(function, scenario, "28")?, measure(function, scenario, "1024")?);
        println!("{function:<18}{small:>12.1}{large:>12.1}");
    }
    Ok(())
}

/// Mean instructions of a function in a scenario.
fn measure(function: &str, scenario: &str, kib: &str) -> Outcome<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--toggle-collect=*{function}*"))
        .arg(env::current_exe()?)
        .args([scenario, kib])
        .output()?;
    let (said, log) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    let collected = log.lines().find_map(|line| line.split_once("Collected :"));
    let (Some((_, collected)), true) = (collected, output.status.success()) else {
        return Err(format!("valgrind failed:\n{log}").into());
    };
    let calls = said.lines().find_map(|line| line.strip_prefix(function)).ok_or("no calls were counted")?;
    let (collected, calls): (f64, f64) = (collected.trim().parse()?, calls.trim().parse()?);
    Ok(collected / calls)
}

fn run(scenario: &str, kib: &str) -> Outcome<()> {
    let bytes = kib.parse::<usize>()? * 1024;
    let mut arena = vec![MaybeUninit::uninit(); bytes + Profile::DESK.page_bytes];
    let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&Profile::DESK, arena.len())];
    let pool = PagePool::new(Profile::DESK, &mut arena, &mut tables)?;
    match scenario {
        "lifetime" => lifetime(&pool, bytes),
        "interim" => interim(&pool, bytes),
        "refused" => refused(&pool, bytes),
        _ => Err(format!("no scenario {scenario}").into()),
    }
}

/// Uninitialised bytes, aligned to a line.
#[repr(align(64))]
struct Bytes<const N: usize>(#[allow(dead_code, reason = "only its size matters")] MaybeUninit<[u8; N]>);

/// Blocks of any size, to be kept together.
trait Any: Send {}
impl<const N: usize> Any for Bytes<N> {}
type AnyBlock<'m> = Block<'m, dyn Any>;

#[inline(never)]
fn lifetime_request<'m, const N: usize>(region: &Region<'m>) -> Result<Block<'m, Bytes<N>>, AllocError> {
    region.value(Placement::Lifetime, Bytes(MaybeUninit::uninit()), "bench")
}

#[inline(never)]
fn interim_request<'m, const N: usize>(region: &Region<'m>) -> Result<Block<'m, Bytes<N>>, AllocError> {
    region.value(Placement::Interim, Bytes(MaybeUninit::uninit()), "bench")
}

#[inline(never)]
fn refused_request<'m, const N: usize>(region: &Region<'m>) -> Result<Block<'m, Bytes<N>>, AllocError> {
    region.value(Placement::Indifferent, Bytes(MaybeUninit::uninit()), "bench")
}

#[inline(never)]
fn interim_free(block: AnyBlock<'_>) {
    drop(block);
}

/// Fills regions with lifetime blocks of mixed sizes.
fn lifetime(pool: &PagePool<'_>, bytes: usize) -> Outcome<()> {
    let mut calls = 0;
    for _ in 0..20 {
        let region = pool.region(1, bytes)?;
        for _ in 0..bytes / 2048 {
            let _first = lifetime_request::<640>(&region)?;
            let _second = lifetime_request::<112>(&region)?;
            let _third = lifetime_request::<1000>(&region)?;
            calls += 3;
        }
    }
    println!("lifetime_request {calls}");
    Ok(())
}

/// The sizes of the churn, about evenly spread over powers of two from 16 B to 8 KiB.
const SIZES: [usize; 16] =
    [16, 32, 48, 64, 100, 160, 256, 400, 640, 1024, 1600, 2048, 2560, 4096, 6000, 8192];

fn request<'m>(region: &Region<'m>, size: usize) -> Option<AnyBlock<'m>> {
    fn of<'m, const N: usize>(region: &Region<'m>) -> Option<AnyBlock<'m>> {
        Some(interim_request::<N>(region).ok()?.coerce(|bytes| bytes as &mut dyn Any))
    }
    macro_rules! sizes {
        ($($index:literal)*) => {
            match size {
                $($index => of::<{ SIZES[$index] }>(region),)*
                _ => None,
            }
        };
    }
    sizes!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
}

/// Random blocks come and go with the region three quarters full.
fn interim(pool: &PagePool<'_>, bytes: usize) -> Outcome<()> {
    let region = pool.region(1, bytes)?;
    let mut live: Vec<AnyBlock<'_>> = Vec::new();
    let (mut random, mut requests, mut frees, mut refusals) = (0x9E37_79B9_u32, 0, 0, 0);
    let mut draw = |below: usize| {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random as usize % below
    };
    for _ in 0..50_000 {
        let size = draw(SIZES.len());
        while region.statistics().interim_used + SIZES[size].next_multiple_of(64) > bytes * 3 / 4 {
            interim_free(live.swap_remove(draw(live.len())));
            frees += 1;
        }
        requests += 1;
        match request(&region, size) {
            Some(block) => live.push(block),
            None => refusals += 1,
        }
    }
    println!("interim_request {requests}\ninterim_free {frees}\nrefusals {refusals}");
    Ok(())
}

/// Every second line is taken, so that nothing longer than one fits.
fn refused(pool: &PagePool<'_>, bytes: usize) -> Outcome<()> {
    let region = pool.region(1, bytes)?;
    let mut lines: Vec<_> = (0..bytes / 64).filter_map(|_| interim_request::<64>(&region).ok()).collect();
    let mut index = 0;
    lines.retain(|_| {
        index += 1;
        index % 2 == 0
    });
    let calls = 10_000;
    for _ in 0..calls {
        if refused_request::<100>(&region).is_ok() {
            return Err("served, not refused".into());
        }
    }
    println!("refused_request {calls}");
    Ok(())
}
