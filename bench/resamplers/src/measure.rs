//! Takes the time of all converters in turn, round by round.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::peer::{self, Entry, Job, Peer};

/// How long to look.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    rounds: usize,
    /// What each converter works for in a round.
    round: Duration,
}

impl Scale {
    pub(crate) const QUICK: Self = Self { rounds: 150, round: Duration::from_micros(300) };
    pub(crate) const FULL: Self = Self { rounds: 600, round: Duration::from_micros(300) };
}

/// A converter's figures, one for each job it can do.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) ours: bool,
    /// Nanoseconds per output frame and channel.
    pub(crate) figures: Vec<Option<f64>>,
}

/// All rows, or those whose name contains `only`.
pub(crate) fn measure(jobs: &[Job], scale: Scale, only: Option<&str>) -> Vec<Row> {
    let mut entries = peer::all();
    entries.retain(|entry| only.is_none_or(|only| entry.name.contains(only)));
    let columns: Vec<Vec<Option<f64>>> = jobs.iter().map(|job| column(*job, &entries, scale)).collect();
    let row = |(index, entry): (usize, &Entry)| {
        let figures = columns.iter().map(|column| column[index]).collect();
        Row { name: entry.name, ours: entry.ours, figures }
    };
    entries.iter().enumerate().map(row).collect()
}

/// One job, all converters taking turns.
fn column(job: Job, entries: &[Entry], scale: Scale) -> Vec<Option<f64>> {
    let mut peers: Vec<_> = entries.iter().map(|entry| (entry.make)(job)).collect();
    let mut figures = vec![Vec::new(); peers.len()];
    for _ in 0..scale.rounds {
        for (peer, figures) in peers.iter_mut().zip(&mut figures) {
            if let Some(peer) = peer {
                figures.extend(round(peer.as_mut(), scale.round, job));
            }
        }
    }
    figures.into_iter().map(lower_decile).collect()
}

/// Nanoseconds per output frame and channel; nothing if nothing came out. Counts the frames, as a converter with large
/// chunks gives none for many blocks.
fn round(peer: &mut dyn Peer, round: Duration, job: Job) -> Option<f64> {
    let (start, mut frames) = (Instant::now(), 0);
    while start.elapsed() < round {
        for _ in 0..16 / job.block_ms {
            frames += peer.block();
        }
    }
    let nanoseconds = start.elapsed().as_nanos() as f64;
    (frames > 0).then(|| nanoseconds / (frames * job.channels) as f64)
}

/// What one round in ten stays below: on a quiet machine little less than the median, and on a busy one what it would be
/// if it were quiet, as most rounds are short enough to run undisturbed.
fn lower_decile(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 10).copied()
}
