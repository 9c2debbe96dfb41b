//! What can be typed: commands, options and the help that teaches them.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

/// Runs audio topologies from phased memory regions, and measures what every module needs.
#[derive(Parser, Debug)]
#[command(name = "headroom", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Run(Run),
}

const RUN_EXAMPLES: &str = "\
Examples:
  headroom run                            the bundled example, a chirp
  headroom run -i talk.wav -o talk48.wav  your file through the bundled topology
  headroom run mine.toml -i talk.wav      your topology
  headroom run --json --timing            the report as data, with the time it took
  headroom run --threads -v               DP modules on threads, and every message

Exit codes:
  0  all audio came out            4  the topology makes no sense
  2  the command line is wrong     5  the runtime refused a message
  3  a file can't be used          6  something failed while the audio ran";

/// Play audio through a topology and report what memory it took
///
/// The topology is set up with IPC4 messages, as a driver would, and runs in virtual time: as fast as it can, with the
/// same result every time. The audio goes to a WAV file, the report to standard output.
#[derive(Args, Debug)]
#[command(after_help = RUN_EXAMPLES)]
pub(crate) struct Run {
    /// The topology, in TOML (see docs/topology-toml.md); without it a bundled example runs
    pub(crate) topology: Option<PathBuf>,

    /// The WAV file to play: S16, S24, S32 or float, 1 to 8 channels; the bundled topology takes 8, 16, 24, 32, 44.1,
    /// 48, 96 and 192 kHz; without it the signal that the topology names plays
    #[arg(short, long, value_name = "WAV", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) input: Option<PathBuf>,

    /// The WAV file to write what comes out of the topology
    #[arg(short, long, value_name = "WAV", default_value = "headroom-out.wav")]
    #[arg(value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) output: PathBuf,

    /// Run each DP module on a thread of its own, with the stack that it declares; the audio stays the same to the bit
    #[arg(long)]
    pub(crate) threads: bool,

    /// Print the report as JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,

    /// Add wall-clock figures to the report; they differ from run to run
    #[arg(long)]
    pub(crate) timing: bool,

    /// Show every message, region and seal on standard error
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

/// The name of a file. `-` stands for a pipe elsewhere; a file of that name is `./-`.
fn file(name: OsString) -> Result<PathBuf, &'static str> {
    match name.to_str() {
        Some("-") => Err("pipes are not supported, name a file (one called `-` is `./-`)"),
        _ => Ok(name.into()),
    }
}
