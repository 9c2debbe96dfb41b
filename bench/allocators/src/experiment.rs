//! The experiments, each of which ends in tables.

mod churn;
mod fit;
mod large_config;
mod lifetime;
mod minimum;
mod overhead;
mod sustained;

use std::ops::Range;

use clap::ValueEnum;

use crate::Outcome;
use crate::memory::Memory;
use crate::peer::Peer;
use crate::table::Table;
use crate::timer::nanoseconds_per_tick;

pub(crate) use lifetime::SIZES as LIFETIME_SIZES;

/// Bytes of the regions.
pub(crate) const REGIONS: [usize; 4] = [28 << 10, 64 << 10, 1 << 20, 16 << 20];
/// Bytes asked for, in percent of a region.
pub(crate) const LOADS: [usize; 3] = [50, 75, 90];

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Experiment {
    /// Time and span of blocks that are never freed.
    Lifetime,
    /// Time of requests and frees in random order.
    Churn,
    /// Requests refused and the largest block left, in the same churn.
    Fit,
    /// The highest load with next to no refusals.
    Sustained,
    /// Large short-lived blocks among small survivors.
    LargeConfig,
    /// The least memory without refusals.
    Minimum,
    /// Blocks of one size in a region, and whether a freed hole serves its size again.
    Overhead,
}

/// How much is measured.
pub(crate) struct Scale {
    /// Requests of a trace that is timed.
    pub(crate) timed_allocs: usize,
    /// Requests of a trace whose refusals are counted.
    pub(crate) allocs: usize,
    /// Replays of which the shortest time of each step counts.
    pub(crate) replays: usize,
    /// Rounds over all heaps, of which the medians count.
    pub(crate) rounds: usize,
    /// Rounds of the large-configuration trace.
    pub(crate) config_rounds: usize,
    /// Whether O(n) heaps are tried where they take seconds.
    pub(crate) crawl: bool,
}

impl Scale {
    pub(crate) const QUICK: Self = Self {
        timed_allocs: 40_000,
        allocs: 100_000,
        replays: 3,
        rounds: 3,
        config_rounds: 20_000,
        crawl: false,
    };
    pub(crate) const FULL: Self = Self {
        timed_allocs: 200_000,
        allocs: 1_000_000,
        replays: 4,
        rounds: 5,
        config_rounds: 100_000,
        crawl: true,
    };
}

/// All that an experiment needs.
pub(crate) struct Bench {
    pub(crate) memory: Memory,
    pub(crate) scale: Scale,
    pub(crate) seed: u64,
    pub(crate) nanoseconds_per_tick: f64,
}

impl Bench {
    pub(crate) fn new(scale: Scale, seed: u64) -> Self {
        Self { memory: Memory::new(), scale, seed, nanoseconds_per_tick: nanoseconds_per_tick() }
    }

    pub(crate) fn run(&mut self, experiment: Experiment) -> Outcome<Vec<Table>> {
        match experiment {
            Experiment::Lifetime => lifetime::tables(self),
            Experiment::Churn => churn::tables(self),
            Experiment::Fit => fit::tables(self),
            Experiment::Sustained => sustained::tables(self),
            Experiment::LargeConfig => large_config::tables(self),
            Experiment::Minimum => minimum::tables(self),
            Experiment::Overhead => overhead::tables(self),
        }
    }

    /// Whether churn in a region of this size is worth its time.
    fn tries(&self, peer: Peer, region: usize) -> bool {
        !peer.crawls_at(region) || (self.scale.crawl && region <= 1 << 20)
    }

    /// The addresses that a peer's blocks must lie in.
    fn bounds(&mut self, peer: Peer, region: usize) -> Option<Range<usize>> {
        let addresses = self.memory.region(region).as_ptr_range();
        peer.has_region().then(|| addresses.start.addr()..addresses.end.addr())
    }
}

/// As people write it.
fn kib(bytes: usize) -> String {
    if bytes >= 1 << 20 { format!("{} MiB", bytes >> 20) } else { format!("{} KiB", bytes >> 10) }
}
