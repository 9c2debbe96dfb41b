//! The `headroom` command: what was typed, what it means, and what it exits with.

#![forbid(unsafe_code)]

mod arguments;
mod compile;
mod decompile;
mod diff;
mod graph;
mod inspect;
mod lint;
mod measure_src;
mod pcm;
mod replay;
mod resample;
mod run;
mod set;
mod spelling;
mod terminal;

use std::process::ExitCode;

use clap::Parser;
use miette::{GraphicalReportHandler, GraphicalTheme};

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Compile(arguments) => compile::compile(&arguments),
        Command::Decompile(arguments) => decompile::decompile(&arguments),
        Command::Set(arguments) => set::set(&arguments),
        Command::Resample(arguments) => resample::resample(&arguments),
        Command::MeasureSrc(arguments) => measure_src::measure_src(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Inspect(arguments) => inspect::inspect(&arguments),
        Command::Graph(arguments) => graph::graph(&arguments),
        Command::Diff(arguments) => return ended(diff::diff(&arguments)),
        Command::Lint(arguments) => return ended(lint::lint(&arguments)),
    };
    ended(outcome.map(|()| ExitCode::SUCCESS))
}

/// Tells what went wrong, and turns it into its exit code.
fn ended(outcome: Result<ExitCode, headroom_host::Error>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(error) => {
            show(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

/// Errors go to stderr, with the lines of the topology that they are about.
fn show(error: &headroom_host::Error) {
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
