//! `headroom-resample` side by side with other sample rate converters. See README.md.

mod limit;
mod measure;
mod peer;

use std::error::Error;

use clap::Parser;
use headroom_resample::{Plan, Quality, desk_plan, plan};
use serde_json::json;

use crate::limit::Limit;
use crate::measure::{Row, Scale};
use crate::peer::Job;

/// SOF's generic C in its fastest build, 44.1 to 48 kHz in stereo, as published with the reference figures: measured
/// elsewhere, on a 2.5 GHz processor with AVX-512, and not by this program.
const SOF_ELSEWHERE: f64 = 60.0;
/// libsoxr HQ there, for a ratio of two figures of one machine.
const SOXR_HQ_ELSEWHERE: f64 = 16.7;

/// Measures headroom-resample side by side with other sample rate converters.
#[derive(Parser)]
struct Arguments {
    /// Fewer rounds, only 44.1 to 48 kHz: some seconds.
    #[arg(long)]
    quick: bool,
    /// One JSON document instead of a table.
    #[arg(long)]
    json: bool,
    /// Only rows whose name contains this.
    #[arg(long)]
    only: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let limits = limit::measure();
    let scale = if arguments.quick { Scale::QUICK } else { Scale::FULL };
    let jobs = jobs(arguments.quick);
    let rows = measure::measure(&jobs, scale, arguments.only.as_deref());
    if arguments.json {
        let limits: Vec<_> = limits
            .iter()
            .map(|limit| json!({ "name": limit.name, "per_second": limit.per_second }))
            .collect();
        let jobs: Vec<_> = jobs.iter().map(label).collect();
        let report = json!({
            "unit": "ns per output frame and channel",
            "versions": peer::versions(),
            "jobs": jobs,
            "rows": rows,
            "multiply_adds": limits,
        });
        println!("{report:#}");
    } else {
        print(&jobs, &rows, &limits);
    }
    Ok(())
}

/// The first one is what the goals are about.
fn jobs(quick: bool) -> Vec<Job> {
    let pairs = [(44_100, 48_000), (48_000, 44_100), (48_000, 16_000), (16_000, 48_000)];
    let pairs = if quick { &pairs[..1] } else { &pairs };
    let shapes = [(2, 1), (2, 10), (8, 1), (8, 10)];
    let job = |(from, to), (channels, block_ms)| Job { from, to, channels, block_ms };
    pairs.iter().flat_map(|pair| shapes.map(|shape| job(*pair, shape))).collect()
}

fn label(job: &Job) -> String {
    let Job { from, to, channels, block_ms } = job;
    format!("{}>{} {channels}ch {block_ms}ms", f64::from(*from) / 1e3, f64::from(*to) / 1e3)
}

fn print(jobs: &[Job], rows: &[Row], limits: &[Limit]) {
    println!(
        "{}\nns per output frame and channel, lower deciles of interleaved rounds",
        peer::versions().join(", ")
    );
    for (chunk, jobs) in jobs.chunks(4).enumerate() {
        let first = 4 * chunk;
        print!("\n{:<26}", "");
        jobs.iter().for_each(|job| print!("{:>18}", label(job)));
        println!();
        for row in rows {
            print!("{:<26}", row.name);
            for figure in &row.figures[first..first + jobs.len()] {
                match figure {
                    Some(figure) => print!("{figure:>18.1}"),
                    None => print!("{:>18}", "-"),
                }
            }
            println!();
        }
    }
    println!();
    for limit in limits {
        println!("{:<12} {:>6.1} G multiply-adds/s", limit.name, limit.per_second / 1e9);
        print_bound(limit, "", plan(44_100, 48_000, Quality::Standard).ok(), rows);
        print_bound(limit, " direct", desk_plan(44_100, 48_000, Quality::Standard).ok(), rows);
    }
    print_sof(rows);
}

/// The best that the filters of 44.1 to 48 kHz could do at this many multiply-adds, and what the row does, whose name
/// has `kind` after the format.
fn print_bound(limit: &Limit, kind: &str, plan: Option<Plan<'_>>, rows: &[Row]) {
    let (Some(plan), Some((format, instructions))) = (plan, limit.name.split_once(' ')) else { return };
    let taps = taps(plan);
    let bound = taps / limit.per_second * 1e9;
    // On a processor with AVX-512 that is what the row without a name of instructions uses.
    let instructions = if instructions == "AVX-512" { "" } else { &format!(" {instructions}") };
    let name = format!("headroom {format}{kind}{instructions}");
    print!("  {name:<26} {taps:>6.1} for 44.1>48: {bound:.1} ns");
    match rows.iter().find(|row| row.name == name).and_then(|row| row.figures[0]) {
        Some(figure) => println!("; measured {figure:.1}, {:.2} times that", figure / bound),
        None => println!(),
    }
}

/// Multiply-adds for an output frame of a channel.
fn taps(plan: Plan<'_>) -> f64 {
    let (mut rate, mut all) = (f64::from(plan.from()), 0.0);
    for stage in plan.stages() {
        rate *= f64::from(stage.interpolation) / f64::from(stage.decimation);
        all += f64::from(stage.taps) * rate;
    }
    all / f64::from(plan.to())
}

fn print_sof(rows: &[Row]) {
    let here = |name| rows.iter().find(|row| row.name == name).and_then(|row| row.figures[0]);
    let Some(soxr) = here("soxr HQ") else { return };
    let scaled = SOF_ELSEWHERE / SOXR_HQ_ELSEWHERE * soxr;
    println!(
        "SOF's generic C, not run here: {SOF_ELSEWHERE} ns published for another machine, where soxr HQ took \
         {SOXR_HQ_ELSEWHERE}; by that ratio {scaled:.1} here"
    );
    for name in ["headroom s32", "headroom s32 AVX2", "headroom s32 direct", "headroom s32 direct AVX2"] {
        if let Some(ours) = here(name) {
            println!("  {:.1} times {name}", scaled / ours);
        }
    }
}
