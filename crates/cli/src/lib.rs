//! The `headroom` command as a library: what was typed, what it means, and what it exits with.
//!
//! [`main_with`] makes a whole command whose topologies can have modules of your own:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     headroom_sof::main_with(&[]) // rows for your modules
//! }
//! ```

#![forbid(unsafe_code)]

mod arguments;
mod compile;
mod decompile;
mod diff;
mod error;
mod graph;
mod inspect;
mod lint;
mod measure_src;
mod playing;
mod replay;
mod resample;
mod run;
mod set;
mod spelling;
mod terminal;

use std::process::ExitCode;

use clap::Parser;
use headroom_module::ModuleEntry;
use miette::{GraphicalReportHandler, GraphicalTheme};

use arguments::{Arguments, Command};
use error::Error;

/// Does what the command line says, with the modules that ship and those of `rows`; of two rows for one module the one of
/// `rows` is taken.
pub fn main_with(rows: &[ModuleEntry]) -> ExitCode {
    let modules = [rows, &headroom_desk::shipped()].concat();
    let outcome = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments, &modules),
        Command::Compile(arguments) => compile::compile(&arguments, &modules),
        Command::Decompile(arguments) => decompile::decompile(&arguments, &modules),
        Command::Set(arguments) => set::set(&arguments, &modules),
        Command::Resample(arguments) => resample::resample(&arguments),
        Command::MeasureSrc(arguments) => measure_src::measure_src(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments, &modules),
        Command::Inspect(arguments) => inspect::inspect(&arguments, &modules),
        Command::Graph(arguments) => graph::graph(&arguments, &modules),
        Command::Diff(arguments) => return ended(diff::diff(&arguments, &modules)),
        Command::Lint(arguments) => return ended(lint::lint(&arguments, &modules)),
    };
    ended(outcome.map(|()| ExitCode::SUCCESS))
}

/// Tells what went wrong, and turns it into its exit code.
fn ended(outcome: Result<ExitCode, Error>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(error) => {
            show(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

/// Errors go to stderr, with the lines of the topology that they are about.
fn show(error: &Error) {
    let plain = !console_has_colours();
    let theme = if plain { GraphicalTheme::unicode_nocolor() } else { GraphicalTheme::unicode() };
    let mut text = String::new();
    match GraphicalReportHandler::new_themed(theme).render_report(&mut text, error) {
        Ok(()) => terminal::tell(text.trim_end()),
        Err(_) => terminal::tell(&error.to_string()),
    }
}

fn console_has_colours() -> bool {
    use std::io::IsTerminal;
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
