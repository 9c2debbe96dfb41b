//! `headroom run`: plays a topology and prints its report.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use headroom_desk::{Options, TokenEra};
use headroom_module::ModuleEntry;
use headroom_report::Report;
use headroom_topology::{BUNDLED, BUNDLED_NAME, Loaded, PcmStream, Topology};

use crate::arguments::Run;
use crate::error::Error;
use crate::playing::{execution, first, first_output, others, print_report, tell_written, watched};
use crate::spelling::{EndArgument, Pcm, PcmChoice};
use crate::terminal::{print, tell};

pub(crate) fn run(arguments: &Run, modules: &[ModuleEntry]) -> Result<(), Error> {
    let topology = match &arguments.topology {
        Some(path) => Loaded::load(path, modules)?,
        None => Loaded::Text(Topology::parse(BUNDLED_NAME, BUNDLED.to_owned(), modules)?),
    };
    if let (Loaded::Text(text), true) = (&topology, arguments.verbose) {
        tell(&format!("{}: {}", text.name, text.description));
    }
    let playing = Playing { topology: &topology, arguments, modules };
    match playing.chosen()? {
        Chosen::Together => playing.report(None),
        Chosen::One(stream) => playing.report(Some(stream)),
        Chosen::EachAlone(streams) => match for_one(arguments) {
            Some(option) => Err(Error::NeedsOnePcm { option }),
            None => playing.each(&streams),
        },
    }
}

/// What is played of a topology.
enum Chosen {
    /// All of it at once.
    Together,
    One(PcmStream),
    /// One after the other.
    EachAlone(Vec<PcmStream>),
}

/// What is played, and how.
struct Playing<'p> {
    topology: &'p Loaded,
    arguments: &'p Run,
    modules: &'p [ModuleEntry],
}

impl Playing<'_> {
    /// What is asked for. A text is played as a whole; a compiled topology with one PCM needs no choice.
    fn chosen(&self) -> Result<Chosen, Error> {
        if let (Loaded::Text(_), None) = (self.topology, &self.arguments.pcm) {
            return Ok(Chosen::Together);
        }
        let mut streams = headroom_desk::streams(self.topology, self.modules)?;
        let fail = |what: String| Err(Error::NoPcm { path: self.path(), what, there: list(&streams) });
        match &self.arguments.pcm {
            _ if streams.is_empty() => fail("it has no PCM".to_owned()),
            Some(PcmChoice::All) => Ok(Chosen::EachAlone(streams)),
            Some(PcmChoice::One(Pcm { id, direction })) => {
                let fits = |stream: &PcmStream| {
                    stream.id == *id && direction.is_none_or(|way| way == stream.direction)
                };
                match streams.iter().position(fits) {
                    Some(found) => Ok(Chosen::One(streams.swap_remove(found))),
                    None => fail(match direction {
                        Some(way) => format!("PCM {id} has no {way}"),
                        None => format!("there is no PCM {id}"),
                    }),
                }
            }
            None if streams.len() == 1 => Ok(Chosen::One(streams.swap_remove(0))),
            None => fail("it has several PCMs".to_owned()),
        }
    }

    fn path(&self) -> PathBuf {
        self.topology.path().map_or_else(|| BUNDLED_NAME.into(), PathBuf::from)
    }

    /// Plays `stream`, or all of the topology, and prints the report.
    fn report(&self, stream: Option<PcmStream>) -> Result<(), Error> {
        let output = first_output(self.arguments)?;
        let began = Instant::now();
        let (outcome, report) = self.play(stream, output);
        if outcome.is_ok() {
            tell_written(self.arguments, began);
        }
        // A run that failed has one too, where it got that far.
        let printed = report.map_or(Ok(()), |report| print_report(self.arguments, &report));
        outcome.and(printed)
    }

    fn play(
        &self,
        stream: Option<PcmStream>,
        output: Option<PathBuf>,
    ) -> (Result<(), Error>, Option<Report>) {
        let arguments = self.arguments;
        let input = match first(&arguments.input, "-i") {
            Ok(input) => input,
            Err(error) => return (Err(error), None),
        };
        let name = match &stream {
            Some(stream) => format!("{}, {stream}", self.path().display()),
            None => self.topology.name(),
        };
        let options = Options {
            stream,
            input,
            output,
            others: others(arguments),
            record: arguments.record.clone(),
            execution: execution(arguments),
            firmware: arguments.firmware.clone(),
            era: arguments.token_era.unwrap_or(TokenEra::Guess),
            controls: arguments.controls.clone(),
            modules: self.modules.to_vec(),
        };
        watched(arguments, &name, |watch| headroom_desk::run(self.topology, &options, watch))
    }

    /// Plays all streams one after the other: a line for each, and an error at the end if one could not be played. Files are
    /// for one stream; here the audio is measured and dropped.
    fn each(&self, streams: &[PcmStream]) -> Result<(), Error> {
        let (mut failed, mut reports) = (Vec::new(), Vec::new());
        for stream in streams {
            let (outcome, report) = self.play(Some(stream.clone()), None);
            match outcome {
                Ok(()) => reports.extend(report),
                Err(error) => {
                    tell(&format!("{stream}: {error}"));
                    failed.push(error);
                }
            }
        }
        print(&if self.arguments.json { json(&reports)? } else { table(&reports) })?;
        let count = failed.len();
        match failed.into_iter().next() {
            None => Ok(()),
            Some(error) if count == 1 => Err(error),
            Some(first) => Err(Error::SomeStreams { count, all: streams.len(), first: Box::new(first) }),
        }
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

fn list(streams: &[PcmStream]) -> String {
    let mut text = String::new();
    for PcmStream { id, name, direction, .. } in streams {
        // Writing to a string does not fail.
        let _ = write!(text, "\n  --pcm {id}:{direction:<9} {name}");
    }
    text
}

fn json(reports: &[Report]) -> Result<String, Error> {
    let one = |report: &Report| {
        report.to_json().map_err(|error| Error::Output { what: format!("no JSON of the report: {error}") })
    };
    let all = reports.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    let all: Vec<&str> = all.iter().map(|report| report.trim_end()).collect();
    Ok(format!("[\n{}\n]\n", all.join(",\n")))
}

fn table(reports: &[Report]) -> String {
    let mut text = "modules  stand-ins  pipelines  frames out  underruns  stream\n".to_owned();
    for report in reports {
        let stand_ins = report.modules.iter().filter(|module| module.stand_in).count();
        let underruns: u32 = report.modules.iter().map(|module| module.measured.underruns).sum();
        let (modules, pipelines) = (report.modules.len(), report.pipelines.len());
        let frames = report.run.measured.output_frames;
        let _ = writeln!(
            text,
            "{modules:>7}  {stand_ins:>9}  {pipelines:>9}  {frames:>10}  {underruns:>9}  {}",
            report.topology
        );
    }
    text
}
