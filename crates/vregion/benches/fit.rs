//! How well an interim heap uses its memory: refusals at a load, and the least memory for none.
//!
//! `cargo bench -p vregion --bench fit`. Deterministic; patterns and goals are those of the study of allocators
//! (its rows 11 to 14).
#![allow(clippy::expect_used, reason = "a bench stops where it can't go on")]

mod trace;

use trace::{Churn, Heap, Lines, Random, with_region};

const KIB: usize = 1024;

fn main() {
    loads();
    large_configurations();
    least_for_churn();
}

/// Refused requests in percent.
fn refusals(bytes: usize, load: usize, requests: usize) -> f64 {
    with_region(4096, bytes, |region| {
        let mut churn = Churn::new(42, bytes / 100 * load);
        let (refused, _) = churn.run(&mut Lines(region), requests);
        100.0 * refused as f64 / requests as f64
    })
}

fn loads() {
    println!("refused requests, % of 1,000,000 (sizes 16 B to 8 KB, log-uniform, 64 B aligned)");
    println!("{:>9}{:>8}{:>10}{:>16}", "region", "load", "refused", "goal");
    for (kib, load, goal) in [
        (28, 50, "-"),
        (28, 56, "<= 0.1"),
        (28, 75, "<= 2.65"),
        (64, 61, "<= 0.1"),
        (1024, 82, "<= 0.1"),
        (1024, 90, "<= 1.15"),
        (16 * 1024, 90, "<= 0.005"),
        (16 * 1024, 92, "<= 0.1"),
    ] {
        let refused = refusals(kib * KIB, load, 1_000_000);
        println!("{kib:>5} KiB{load:>6} %{refused:>10.3}{goal:>16}");
    }
}

/// A blob of 4 to 64 KB is held while one to three blocks of 32 B to 1 KB are made, 32 of which stay alive.
fn configure(heap: &mut impl Heap, rounds: usize) -> (usize, usize, usize) {
    let (mut random, mut survivors) = (Random(42), std::collections::VecDeque::new());
    let (mut refused, mut requests, mut peak, mut alive) = (0, 0, 0, 0_usize);
    for _ in 0..rounds {
        let blob_size = random.log_uniform(4096.0, 65_536.0);
        let blob = heap.take(blob_size);
        requests += 1;
        refused += usize::from(blob.is_none());
        alive += blob.map_or(0, |_| blob_size.next_multiple_of(64));
        for _ in 0..1 + random.below(3) {
            if survivors.len() == 32
                && let Some((oldest, size)) = survivors.remove(random.below(32))
            {
                heap.give(oldest);
                alive -= size;
            }
            let size = random.log_uniform(32.0, 1024.0);
            requests += 1;
            match heap.take(size) {
                Some(block) => {
                    survivors.push_back((block, size.next_multiple_of(64)));
                    alive += size.next_multiple_of(64);
                }
                None => refused += 1,
            }
            peak = peak.max(alive);
        }
        if let Some(blob) = blob {
            heap.give(blob);
            alive -= blob_size.next_multiple_of(64);
        }
    }
    (refused, requests, peak)
}

fn large_configurations() {
    let run = |bytes| with_region(64, bytes, |region| configure(&mut Lines(region), 100_000));
    let (_, _, peak) = run(256 * KIB);
    let tight = peak.next_multiple_of(64) * 104 / 100 / 64 * 64;
    let (refused, requests, _) = run(tight);
    println!("\nlarge configurations, peak {peak} B");
    println!("  refused at 1.04 x peak: {:.4} % (goal <= 0.01)", 100.0 * refused as f64 / requests as f64);
    let least = least(peak, |bytes| run(bytes).0 == 0);
    println!("  least region / peak: {:.3} (goal, tables included: <= 1.12)", least as f64 / peak as f64);
}

/// The least multiple of 64 B, to 1 %, that serves everything.
fn least(peak: usize, serves: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (peak, peak * 3);
    while high - low > peak / 100 {
        let middle = (low + high) / 2 / 64 * 64;
        if serves(middle) { high = middle } else { low = middle }
    }
    high
}

fn least_for_churn() {
    println!("\nleast region / peak for churn without refusals, mean of 8 seeds (50,000 requests each)");
    for (kib, goal) in [(14, 1.95), (21, 1.90)] {
        let mut sum = 0.0;
        for seed in 1..=8 {
            let run = |bytes| {
                with_region(64, bytes, |region| Churn::new(seed, kib * 1000).run(&mut Lines(region), 50_000))
            };
            let (_, peak) = run(256 * KIB);
            sum += least(peak, |bytes| run(bytes).0 == 0) as f64 / peak as f64;
        }
        println!("  {kib} KB: {:.3} (goal, tables included: <= {goal})", sum / 8.0);
    }
}
