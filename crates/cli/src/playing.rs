//! A session while it plays, and the report of it: the bar, the log, which files are for which end.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use headroom_desk::{EndFile, Execution, Figures, Watch};
use headroom_report::{Audio, Report, RunFigures};

use crate::arguments::Run;
use crate::error::Error;
use crate::spelling::EndArgument;
use crate::terminal::{bar, print, tell};

/// What is written where nobody says what.
const DEFAULT_OUTPUT: &str = "headroom-out.wav";

/// Columns of a report that does not go to a terminal.
const PLAIN_COLUMNS: usize = 100;

/// Runs `session` with a bar and a log, and collects its report, where it gets so far.
pub(crate) fn watched(
    arguments: &Run,
    topology: &str,
    session: impl FnOnce(&mut Watch<'_>) -> Result<(), headroom_desk::Error>,
) -> (Result<(), Error>, Option<Report>) {
    let bar = bar("frames");
    let mut report = None;
    let mut watch = Watch {
        progress: &mut |done, all| {
            bar.set_length(all);
            bar.set_position(done);
        },
        log: &mut |line| {
            if arguments.verbose {
                bar.suspend(|| tell(line));
            }
        },
        inspect: &mut |snapshot, figures| {
            let run = run_figures(topology, figures, arguments.timing.then_some(figures.wall));
            let name =
                |id| figures.names.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone());
            report = Some(Report::collect(snapshot, run, name));
        },
    };
    let outcome = session(&mut watch);
    // Before an error, too: it starts on a line of its own.
    bar.finish_and_clear();
    (outcome.map_err(Error::from), report)
}

/// Tells which files a session that began then has written.
pub(crate) fn tell_written(arguments: &Run, began: Instant) {
    if arguments.verbose || std::io::stderr().is_terminal() {
        let given = arguments.output.iter().map(|end| end.path.display().to_string());
        let files: Vec<_> = match given.len() {
            0 => vec![DEFAULT_OUTPUT.to_owned()],
            _ => given.collect(),
        };
        tell(&format!("wrote {} in {:.2} s", files.join(", "), began.elapsed().as_secs_f64()));
    }
}

/// The file for the first sink; without any `-o` it has a name of its own.
pub(crate) fn first_output(arguments: &Run) -> Result<Option<PathBuf>, Error> {
    match &arguments.output[..] {
        [] => Ok(Some(DEFAULT_OUTPUT.into())),
        given => first(given, "-o"),
    }
}

/// The files that name a widget.
pub(crate) fn others(arguments: &Run) -> Vec<EndFile> {
    let named = |end: &EndArgument| Some(EndFile { widget: end.widget.clone()?, path: end.path.clone() });
    arguments.input.iter().chain(&arguments.output).filter_map(named).collect()
}

pub(crate) fn execution(arguments: &Run) -> Execution {
    if arguments.threads { Execution::Threads } else { Execution::VirtualTime }
}

/// The one file that names no widget.
pub(crate) fn first(ends: &[EndArgument], option: &'static str) -> Result<Option<PathBuf>, Error> {
    let mut plain = ends.iter().filter(|end| end.widget.is_none()).map(|end| end.path.clone());
    let first = plain.next();
    plain.next().map_or(Ok(first), |second| Err(Error::SecondFile { option, path: second }))
}

fn run_figures(topology: &str, figures: &Figures, wall: Option<Duration>) -> RunFigures {
    RunFigures {
        topology: topology.to_owned(),
        execution: match figures.execution {
            Execution::VirtualTime => headroom_report::Execution::VirtualTime,
            Execution::Threads => headroom_report::Execution::Threads,
        },
        ticks: figures.ticks,
        audio: Audio {
            input_rate_hz: figures.input.rate(),
            input_channels: figures.input.channels(),
            input_samples: figures.input.samples().to_string(),
            input_frames: figures.frames_in,
            output_rate_hz: figures.output.rate(),
            output_channels: figures.output.channels(),
            output_samples: figures.output.samples().to_string(),
            output_frames: figures.frames_out,
            start_up_frames: figures.start_up_frames,
            delay_frames_trimmed: figures.delay_frames,
        },
        wall_us: wall.map(|wall| wall.as_micros() as u64),
        notes: notes(figures),
    }
}

/// What the report says besides.
fn notes(figures: &Figures) -> Vec<String> {
    let empty = (figures.input_frames == 0).then(|| "The input has no frames.".to_owned());
    let lost = (figures.events_lost > 0)
        .then(|| format!("{} events were lost, so the log of `-v` is not complete.", figures.events_lost));
    empty
        .into_iter()
        .chain(figures.notes.iter().cloned())
        .chain(figures.other_ends.iter().cloned())
        .chain(lost)
        .collect()
}

pub(crate) fn print_report(arguments: &Run, report: &Report) -> Result<(), Error> {
    let text = if arguments.json {
        let failed = |error| Error::Output { what: format!("no JSON of the report: {error}") };
        report.to_json().map_err(failed)?
    } else {
        report.to_text(columns())
    };
    print(&text)
}

fn columns() -> usize {
    let terminal = console::Term::stdout().size_checked();
    terminal.map_or(PLAIN_COLUMNS, |(_, columns)| columns.into())
}
