//! `headroom run x.tplg`: plays the streams of a compiled topology.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use headroom_host::Error;
use headroom_host::alsa::{self, AlsaOptions, AlsaTopology, PcmStream, TokenEra};
use headroom_report::Report;

use crate::arguments::Run;
use crate::run::{execution, first, first_output, others, print_report, tell_written, watched};
use crate::spelling::{EndArgument, Pcm, PcmChoice};
use crate::terminal::{print, tell};

/// The first option given that only compiled topologies have.
pub(crate) fn first_option(arguments: &Run) -> Option<&'static str> {
    let given = [
        ("--pcm", arguments.pcm.is_some()),
        ("--controls", arguments.controls.is_some()),
        ("--token-era", arguments.token_era.is_some()),
        ("--firmware", !arguments.firmware.is_empty()),
    ];
    given.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
}

pub(crate) fn run(path: &Path, arguments: &Run) -> Result<(), Error> {
    let topology = AlsaTopology::load(path)?;
    let streams = topology.streams();
    match chosen(&topology, &streams, arguments.pcm.as_ref())? {
        [] => Err(Error::NoPcm {
            path: path.to_owned(),
            what: "it has no PCM".to_owned(),
            there: list(&streams),
        }),
        [one] => {
            let output = first_output(arguments)?;
            let began = Instant::now();
            let (outcome, report) = play(&topology, one, arguments, output);
            if outcome.is_ok() {
                tell_written(arguments, began);
            }
            let printed = report.map_or(Ok(()), |report| print_report(arguments, &report));
            outcome.and(printed)
        }
        all => match for_one(arguments) {
            Some(option) => Err(Error::NeedsOnePcm { option }),
            None => play_all(&topology, all, arguments),
        },
    }
}

/// The first option given that is for one stream: a file that each would write again, or an end that only one has.
fn for_one(arguments: &Run) -> Option<&'static str> {
    let named = |ends: &[EndArgument]| ends.iter().any(|end| end.widget.is_some());
    let given = [
        ("--record", arguments.record.is_some()),
        ("-i WIDGET=", named(&arguments.input)),
        ("-o", !arguments.output.is_empty()),
    ];
    given.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
}

/// The streams that are asked for; a topology with one PCM needs no choice.
fn chosen<'s>(
    topology: &AlsaTopology,
    streams: &'s [PcmStream],
    choice: Option<&PcmChoice>,
) -> Result<&'s [PcmStream], Error> {
    let fail =
        |what: String| Err(Error::NoPcm { path: topology.path().to_owned(), what, there: list(streams) });
    match choice {
        Some(PcmChoice::All) => Ok(streams),
        Some(PcmChoice::One(Pcm { id, direction })) => {
            let fits =
                |stream: &PcmStream| stream.id == *id && direction.is_none_or(|way| way == stream.direction);
            match streams.iter().position(fits) {
                Some(place) => Ok(&streams[place..=place]),
                None => fail(match direction {
                    Some(way) => format!("PCM {id} has no {way}"),
                    None => format!("there is no PCM {id}"),
                }),
            }
        }
        None if streams.len() == 1 => Ok(streams),
        None => fail("it has several PCMs".to_owned()),
    }
}

fn list(streams: &[PcmStream]) -> String {
    let mut text = String::new();
    for PcmStream { id, name, direction, .. } in streams {
        // Writing to a string does not fail.
        let _ = write!(text, "\n  --pcm {id}:{direction:<9} {name}");
    }
    text
}

fn play(
    topology: &AlsaTopology,
    stream: &PcmStream,
    arguments: &Run,
    output: Option<PathBuf>,
) -> (Result<(), Error>, Option<Report>) {
    let input = match first(&arguments.input, "-i") {
        Ok(input) => input,
        Err(error) => return (Err(error), None),
    };
    let options = AlsaOptions {
        input,
        output,
        others: others(arguments),
        record: arguments.record.clone(),
        execution: execution(arguments),
        firmware: arguments.firmware.clone(),
        era: arguments.token_era.unwrap_or(TokenEra::Guess),
        controls: arguments.controls.clone(),
    };
    let name = format!("{}, {stream}", topology.path().display());
    watched(arguments, &name, |watch| alsa::run(topology, stream, &options, watch))
}

/// Plays all streams one after the other: a line for each, and an error at the end if one could not be played. Files are
/// for one stream; here the audio is measured and dropped.
fn play_all(topology: &AlsaTopology, streams: &[PcmStream], arguments: &Run) -> Result<(), Error> {
    let (mut failed, mut reports) = (Vec::new(), Vec::new());
    for stream in streams {
        let (outcome, report) = play(topology, stream, arguments, None);
        match outcome {
            Ok(()) => reports.extend(report),
            Err(error) => {
                tell(&format!("{stream}: {error}"));
                failed.push((stream, error));
            }
        }
    }
    print(&if arguments.json { json(&reports)? } else { table(&reports) })?;
    let count = failed.len();
    match failed.into_iter().next() {
        None => Ok(()),
        Some((_, error)) if count == 1 => Err(error),
        Some((_, first)) => Err(Error::SomeStreams { count, all: streams.len(), first: Box::new(first) }),
    }
}

fn json(reports: &[Report]) -> Result<String, Error> {
    let one = |report: &Report| {
        report.to_json().map_err(|error| Error::Desk {
            what: format!("no JSON of the report: {error}"),
            help: "report it with the command line".to_owned(),
        })
    };
    let all = reports.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    let all: Vec<&str> = all.iter().map(|report| report.trim_end()).collect();
    Ok(format!("[\n{}\n]\n", all.join(",\n")))
}

fn table(reports: &[Report]) -> String {
    let mut text = "modules  stand-ins  pipelines  frames out  underruns  stream\n".to_owned();
    for report in reports {
        let modules = || report.modules.iter().filter(|module| !module.endpoint);
        let stand_ins = modules().filter(|module| module.stand_in).count();
        let underruns: u32 = report.modules.iter().map(|module| module.measured.underruns).sum();
        let (modules, pipelines) = (modules().count(), report.pipelines.len());
        let frames = report.run.measured.output_frames;
        let _ = writeln!(
            text,
            "{modules:>7}  {stand_ins:>9}  {pipelines:>9}  {frames:>10}  {underruns:>9}  {}",
            report.topology
        );
    }
    text
}
