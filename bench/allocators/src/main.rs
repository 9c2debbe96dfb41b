//! `vregion` side by side with other allocators: time, fit, overhead, instructions. See README.md.

mod check;
mod count;
mod experiment;
mod heap;
mod memory;
mod peer;
mod random;
mod replay;
mod table;
mod timer;
mod trace;

use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand, ValueEnum};
use serde_json::json;

use crate::experiment::{Bench, Experiment, Scale};
use crate::peer::LIFETIME;
use crate::table::Table;

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Measures vregion side by side with other allocators.
#[derive(Parser)]
struct Arguments {
    /// Fewer operations and rounds: less than a minute.
    #[arg(long)]
    quick: bool,
    /// One JSON document instead of tables.
    #[arg(long)]
    json: bool,
    /// Instructions per call instead, by valgrind.
    #[arg(long, conflicts_with_all = ["quick", "only"])]
    count: bool,
    /// Makes the traces.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Only these experiments.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Experiment>,
    #[command(subcommand)]
    inner: Option<Inner>,
}

#[derive(Subcommand)]
enum Inner {
    /// What `--count` runs under valgrind.
    #[command(hide = true)]
    CountRow(count::Row),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome<()> {
    if let Some(Inner::CountRow(row)) = arguments.inner {
        return count::run_row(row);
    }
    let mode = match arguments {
        Arguments { count: true, .. } => "count",
        Arguments { quick: true, .. } => "quick",
        _ => "full",
    };
    let timer_step = timer::step() as f64 * timer::nanoseconds_per_tick();
    if !arguments.json {
        println!("{}", versions().join(", "));
        println!("seed {}, {mode} mode, timer step {timer_step:.1} ns\n", arguments.seed);
    }
    let tables = if arguments.count { vec![count::table(arguments.seed)?] } else { measure(arguments)? };
    if arguments.json {
        let report = json!({
            "seed": arguments.seed,
            "mode": mode,
            "timer_step_ns": timer_step,
            "versions": versions(),
            "tables": tables,
        });
        println!("{report:#}");
    } else if arguments.count {
        tables.iter().for_each(|table| println!("{table}"));
    }
    Ok(())
}

/// Runs the experiments, and prints each table when it is ready unless all are wanted as JSON.
fn measure(arguments: &Arguments) -> Outcome<Vec<Table>> {
    let scale = if arguments.quick { Scale::QUICK } else { Scale::FULL };
    let mut bench = Bench::new(scale, arguments.seed);
    let mut all = Vec::new();
    for experiment in Experiment::value_variants() {
        if !arguments.only.is_empty() && !arguments.only.contains(experiment) {
            continue;
        }
        let start = Instant::now();
        let tables = bench.run(*experiment)?;
        if !arguments.json {
            tables.iter().for_each(|table| println!("{table}"));
        }
        let name = experiment.to_possible_value().map_or_else(String::new, |value| value.get_name().into());
        eprintln!("{name}: {:.1} s", start.elapsed().as_secs_f64());
        all.extend(tables);
    }
    Ok(all)
}

/// Names and versions of what is measured, from Cargo.lock.
fn versions() -> Vec<String> {
    let lock = include_str!("../Cargo.lock");
    let version = |package: &str| {
        let (_, entry) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
        let (version, _) = entry.split_once('"')?;
        Some(format!("{package} {version}"))
    };
    LIFETIME.into_iter().filter_map(|peer| version(peer.package()?)).collect()
}
