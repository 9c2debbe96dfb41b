//! Counts instructions per call with callgrind: mean and most, at four region sizes.
//!
//! `cargo bench -p vregion --bench instructions` runs itself under `valgrind --tool=callgrind` once per row, with
//! one dump per call, so that each call is counted by itself. The call's own `call` and `ret` are included,
//! and in the rows of typed blocks the writing of the block's fields; contents are not written. Interim rows
//! are trace (b) of the study of allocators at 75 % load, after 20,000 calls to warm up.
#![allow(clippy::expect_used, reason = "a bench stops where it can't go on")]

mod trace;

use std::alloc::Layout;
use std::env;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::process::{Command, ExitCode};
use std::ptr::NonNull;

use trace::{Churn, Heap, Lines, Random, with_region};
use vregion::{
    AllocError, Block, CopyCache, CopyError, PagePool, Placement, Pool, Pooled, Profile, Region, SharedCopy,
};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What a row calls, as callgrind finds it, the scenario that calls it, and the goal (mean, most).
const ROWS: [(&str, &str, &str); 9] = [
    ("lifetime_value", "lifetime", "22"),
    ("interim_value", "value", "-"),
    ("interim_take", "interim", "-"),
    ("interim_give", "interim", "-"),
    ("refused_value", "refused", "-"),
    ("pool_insert", "objects", "-"),
    ("pool_remove", "objects", "-"),
    ("copy_again", "copies", "-"),
    ("nothing", "nothing", "(the count of an empty call)"),
];
const KIB: [&str; 4] = ["28", "64", "1024", "16384"];

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

fn print_table() -> Outcome<()> {
    print!("{:<18}", "mean / most");
    KIB.iter().for_each(|kib| print!("{:>14}", format!("{kib} KiB")));
    println!("   goal");
    for (function, scenario, goal) in ROWS {
        print!("{function:<18}");
        for kib in KIB {
            let (mean, most) = measure(function, scenario, kib)?;
            print!("{:>14}", format!("{mean:.1} / {most}"));
        }
        println!("   {goal}");
    }
    Ok(())
}

/// Mean and most instructions of a function in a scenario.
fn measure(function: &str, scenario: &str, kib: &str) -> Outcome<(f64, u64)> {
    let out = env::temp_dir().join(format!("vregion-callgrind-{}", std::process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--combine-dumps=yes"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(format!("--toggle-collect=instructions::{function}"))
        .arg(format!("--dump-after=instructions::{function}"))
        .arg(env::current_exe()?)
        .args([scenario, kib])
        .output()?;
    if !output.status.success() {
        return Err(format!("valgrind failed:\n{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let dumps = std::fs::read_to_string(&out)?;
    std::fs::remove_file(&out)?;
    let counts: Vec<u64> = dumps
        .lines()
        .filter_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok())
        .filter(|&count| count > 0)
        .collect();
    let most = counts.iter().max().copied().ok_or("no call was counted")?;
    Ok((counts.iter().sum::<u64>() as f64 / counts.len() as f64, most))
}

fn run(scenario: &str, kib: &str) -> Outcome<()> {
    let bytes = kib.parse::<usize>()? * 1024;
    with_region(4096, bytes, |region| {
        match scenario {
            "lifetime" => lifetime(region)?,
            "value" => values(region)?,
            "interim" => interim(region, bytes),
            "refused" => refused(region),
            "objects" => objects(region)?,
            "copies" => copies()?,
            "nothing" => (0..3).for_each(|_| nothing(region)),
            _ => return Err(format!("no scenario {scenario}").into()),
        }
        Ok(())
    })
}

/// A small structure of words.
type Words = MaybeUninit<[usize; 8]>;

#[inline(never)]
fn lifetime_value<'m>(region: &Region<'m>) -> Result<Block<'m, Words>, AllocError> {
    region.value(Placement::Lifetime, MaybeUninit::uninit(), "bench")
}

#[inline(never)]
fn interim_value<'m>(region: &Region<'m>) -> Result<Block<'m, Words>, AllocError> {
    region.value(Placement::Interim, MaybeUninit::uninit(), "bench")
}

#[inline(never)]
fn refused_value<'m>(region: &Region<'m>) -> Result<Block<'m, Words>, AllocError> {
    region.value(Placement::Indifferent, MaybeUninit::uninit(), "bench")
}

#[inline(never)]
fn nothing(region: &Region<'_>) {
    black_box(region);
}

#[inline(never)]
fn pool_insert<'m>(pool: &Pool<'m, [usize; 2]>) -> Result<Pooled<'m, [usize; 2]>, AllocError> {
    pool.insert([1, 2])
}

#[inline(never)]
fn pool_remove(object: Pooled<'_, [usize; 2]>) {
    drop(object);
}

#[inline(never)]
fn copy_again<'m>(
    cache: &CopyCache<'m>,
    source: &'static [u32],
    region: &Region<'m>,
) -> Result<SharedCopy<'m, u32>, CopyError> {
    cache.get(source, region, Placement::Lifetime, "bench")
}

/// The region, with calls that can be counted.
struct Counted<'r, 'm>(Lines<'r, 'm>);

#[inline(never)]
fn interim_take(lines: &mut Lines<'_, '_>, size: usize) -> Option<NonNull<u8>> {
    lines.take(size)
}

#[inline(never)]
fn interim_give(lines: &mut Lines<'_, '_>, block: NonNull<u8>) {
    lines.give(block);
}

impl Heap for Counted<'_, '_> {
    fn take(&mut self, size: usize) -> Option<NonNull<u8>> {
        interim_take(&mut self.0, size)
    }

    fn give(&mut self, block: NonNull<u8>) {
        interim_give(&mut self.0, block);
    }
}

fn lifetime(region: &Region<'_>) -> Outcome<()> {
    for _ in 0..300 {
        drop(black_box(lifetime_value(region)?));
    }
    Ok(())
}

fn values(region: &Region<'_>) -> Outcome<()> {
    region.seal();
    for _ in 0..300 {
        drop(black_box(interim_value(region)?));
    }
    Ok(())
}

fn interim(region: &Region<'_>, bytes: usize) {
    let mut churn = Churn::new(42, bytes / 4 * 3);
    churn.run(&mut Lines(region), 20_000);
    churn.run(&mut Counted(Lines(region)), 2000);
}

/// Objects of two words in random order, up to 62 of them: the growth by a chunk is among the calls.
fn objects(region: &Region<'_>) -> Outcome<()> {
    let pool = Pool::new(region, "bench")?;
    let (mut random, mut live) = (Random(42), Vec::new());
    for _ in 0..2000 {
        if live.len() < 62 && random.below(5) > 1 {
            live.push(pool_insert(&pool)?);
        } else if !live.is_empty() {
            pool_remove(live.swap_remove(random.below(live.len())));
        }
    }
    Ok(())
}

/// A large source that has a copy already, among 16 of them.
fn copies() -> Outcome<()> {
    const WORDS: usize = 1024;
    static SOURCE: [u32; 16 * WORDS] = [7; 16 * WORDS];
    let (mut arena, profile) = (vec![MaybeUninit::uninit(); 256 * 4096], Profile::DESK);
    let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&profile, arena.len())];
    let pool = PagePool::new(profile, &mut arena, &mut tables)?;
    let region = pool.region(1, 16 * 4096)?;
    let cache = CopyCache::new(&pool, &region)?;
    let sources = || SOURCE.chunks(WORDS);
    let _first: Vec<_> = sources()
        .map(|source| cache.get(source, &region, Placement::Lifetime, "bench"))
        .collect::<Result<_, _>>()?;
    for source in sources().cycle().take(300) {
        drop(black_box(copy_again(&cache, source, &region)?));
    }
    Ok(())
}

/// Nothing is left.
fn refused(region: &Region<'_>) {
    let capacity = region.statistics().capacity;
    let all = Layout::from_size_align(capacity, 64).expect("a layout");
    let _all = region.bytes(Placement::Interim, all, "all").expect("all of it");
    for _ in 0..300 {
        assert!(refused_value(region).is_err());
    }
}
