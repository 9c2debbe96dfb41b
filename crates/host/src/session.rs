//! A session: a topology is set up over IPC4, plays its input to the end, is looked at and taken down.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use headroom_control::{Answer, MAILBOX_BYTES, answer};
use headroom_ipc4::ModuleId;
use headroom_module::{ComponentId, Format};
use headroom_modules::DRIVERS;
use headroom_runtime::{Event, Platform, Runtime};

use crate::arena::Arena;
use crate::driver::{self, Step, Streams};
use crate::ends::{Ends, Failure, Source, StreamState};
use crate::error::{Error, Refusal};
use crate::executor::{Execution, Executor};
use crate::refusal::Remedies;
use crate::topology::{Input, Topology};

/// What to play, where to, and who runs DP modules.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is played; `None`: what the topology names.
    pub input: Option<Input>,
    /// The WAV file to write; `None`: the audio is measured and dropped.
    pub output: Option<PathBuf>,
    /// Who runs DP modules.
    pub execution: Execution,
}

/// What only the session knows of a run: the stream at its two ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Figures {
    /// Who ran DP modules.
    pub execution: Execution,
    /// LL ticks that were run.
    pub ticks: u64,
    /// What they took by the wall clock, from the first to the last.
    pub wall: Duration,
    /// Format at the source end.
    pub input: Format,
    /// Frames that were played.
    pub frames_in: u64,
    /// Format at the sink end.
    pub output: Format,
    /// Frames that came out, those left out at the head not counted.
    pub frames_out: u64,
    /// Frames left out at the head of the output: the delay of the filters.
    pub delay_frames: u64,
    /// Frames of silence at the sink before the first frame came: the start-up of the DP modules.
    pub start_up_frames: u64,
    /// Widgets by component id, the ends included.
    pub names: Vec<(ComponentId, String)>,
}

/// Who watches a session.
pub struct Watch<'w> {
    /// Called now and then with the frames that came out, and all that will.
    pub progress: &'w mut dyn FnMut(u64, u64),
    /// Called for each line of the log.
    pub log: &'w mut dyn FnMut(&str),
    /// Called once, when all audio is out and nothing has been taken down.
    pub inspect: &'w mut dyn FnMut(&Runtime<'_>, &Figures),
}

/// Ticks between two reports of progress.
const PROGRESS_TICKS: u64 = 50;

/// Ticks beyond the length of the audio after which a stream counts as stalled: far longer than any start-up.
const PATIENCE_TICKS: u64 = 5000;

/// Plays `topology` to the end.
///
/// # Errors
/// Whatever the input, the output, the topology or the runtime objects to.
pub fn run(topology: &Topology, options: &Options, watch: &mut Watch<'_>) -> Result<(), Error> {
    let input = options.input.clone().or(topology.input.map(Input::Signal)).ok_or(Error::NoInput)?;
    one_stream(topology)?;
    two_files(&input, options.output.as_deref())?;
    let source = Source::open(&input)?;
    let plan = Plan::new(topology, &source)?;
    let state = Arc::new(StreamState::default());
    let mut arena = Arena::for_topology(topology);
    let pool = arena.pool()?;
    let mut ends = Ends::new(source, options.output.clone(), Arc::clone(&state));
    let outcome = std::thread::scope(|scope| {
        let runtime = Runtime::new(Platform::DESK, &pool, DRIVERS, &mut ends).map_err(|error| {
            Error::Desk { what: error.to_string(), help: "this is a fault of Headroom; report it".to_owned() }
        })?;
        let executor = Executor::new(options.execution, scope);
        let execution = options.execution;
        let (plan, state) = (&plan, &*state);
        let wall = Duration::ZERO;
        Session { runtime, executor, topology, plan, state, execution, ticks: 0, wall }.play(watch)
    });
    // What a file ran into says more than what followed from it.
    match (state.failure(), &input, &options.output) {
        (Some(Failure::Source(why)), Input::File(path), _) => {
            let help = "check the file with another program".to_owned();
            Err(Error::Input { path: path.clone(), why: why.clone(), help })
        }
        (Some(Failure::Sink(why)), _, Some(path)) => {
            Err(Error::Output { path: path.clone(), why: why.clone() })
        }
        _ => outcome,
    }
}

/// One stream from one source to one sink is what a run has files for.
fn one_stream(topology: &Topology) -> Result<(), Error> {
    for (side, ends) in [("source", topology.sources().count()), ("sink", topology.sinks().count())] {
        if ends != 1 {
            let what = format!("the topology has {ends} {side}s; `run` plays from one source to one sink");
            let second = match side {
                "source" => topology.sources().nth(1),
                _ => topology.sinks().nth(1),
            };
            let span = second.map_or(0..0, |widget| topology.widgets[widget].span.clone());
            return Err(topology.text.error(span, what, "leave one stream in it".to_owned()));
        }
    }
    Ok(())
}

/// The output is made anew before the input has been read. Two hard links to one file are not noticed.
fn two_files(input: &Input, output: Option<&Path>) -> Result<(), Error> {
    let (Input::File(input), Some(output)) = (input, output) else { return Ok(()) };
    match (input.canonicalize(), output.canonicalize()) {
        (Ok(input), Ok(same)) if input == same => Err(Error::SameFile { path: output.to_owned() }),
        // A file that is not there yet is no other one.
        _ => Ok(()),
    }
}

/// All that is known before the first message.
struct Plan {
    streams: Vec<Streams>,
    ids: Vec<ModuleId>,
    input: Format,
    output: Format,
    frames_out: u64,
}

impl Plan {
    fn new(topology: &Topology, source: &Source) -> Result<Self, Error> {
        let input = source.format().map_err(|error| Error::Desk {
            what: error.to_string(),
            help: "choose another input".to_owned(),
        })?;
        let streams = driver::propagate(topology, input)?;
        let ids = driver::component_of(topology)?;
        let output = topology.sinks().next().and_then(|sink| streams.get(sink)).map_or(input, |it| it.output);
        let frames_out = scale(source.frames(), output.rate(), input.rate());
        Ok(Self { streams, ids, input, output, frames_out })
    }
}

/// `frames` at `from` Hz as frames at `to` Hz, rounded to the nearest.
fn scale(frames: u64, to: u32, from: u32) -> u64 {
    let (to, from) = (u128::from(to), u128::from(from.max(1)));
    ((u128::from(frames) * to + from / 2) / from) as u64
}

struct Session<'scope, 'env, 'm> {
    runtime: Runtime<'m>,
    executor: Executor<'scope, 'env, 'm>,
    topology: &'m Topology,
    plan: &'m Plan,
    state: &'m StreamState,
    execution: Execution,
    ticks: u64,
    wall: Duration,
}

impl<'scope, 'env, 'm: 'scope> Session<'scope, 'env, 'm> {
    fn play(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        let steps = driver::set_up(self.topology, &self.plan.streams, &self.plan.ids)?;
        self.send_all(&steps, watch)?;
        self.state.set_window(self.delay_frames(), self.plan.frames_out);
        self.send_all(&driver::start(self.topology)?, watch)?;
        let began = Instant::now();
        self.stream(watch)?;
        self.wall = began.elapsed();
        (watch.inspect)(&self.runtime, &self.figures());
        self.send_all(&driver::take_down(self.topology)?, watch)?;
        self.check_clean()
    }

    fn send_all(&mut self, steps: &[Step], watch: &mut Watch<'_>) -> Result<(), Error> {
        steps.iter().try_for_each(|step| self.send(step, watch))
    }

    fn send(&mut self, step: &Step, watch: &mut Watch<'_>) -> Result<(), Error> {
        let mut mailbox = [0; MAILBOX_BYTES];
        let Answer { status, reason, .. } = answer(&mut self.runtime, &step.bytes, &mut mailbox);
        (watch.log)(&format!("{}: {status}", step.purpose));
        self.drain_events(watch)?;
        match status {
            headroom_ipc4::Status::SUCCESS => Ok(()),
            status => {
                let refusal = Refusal { message: step.purpose.clone(), status, reason };
                let help = Remedies { topology: self.topology, ids: &self.plan.ids }.of(&refusal);
                Err(self.topology.text.refused(step.span.clone(), refusal, help))
            }
        }
    }

    /// Ticks until all frames are out.
    fn stream(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        let wanted = self.plan.frames_out;
        let tick_us = u64::from(Platform::DESK.tick_us);
        let length = scale(wanted + self.state.skip(), 1_000_000, self.plan.output.rate()) / tick_us;
        while self.state.written() < wanted {
            if self.ticks > length + PATIENCE_TICKS {
                return Err(Error::Stalled { got: self.state.written(), wanted, ticks: self.ticks });
            }
            self.runtime.tick(self.ticks);
            self.executor.run(&mut self.runtime, self.ticks * tick_us)?;
            self.drain_events(watch)?;
            self.ticks += 1;
            if self.ticks.is_multiple_of(PROGRESS_TICKS) {
                (watch.progress)(self.state.written(), wanted);
            }
        }
        self.state.note_complete();
        (watch.progress)(wanted, wanted);
        Ok(())
    }

    fn drain_events(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        let mut fault = None;
        while let Some(event) = self.runtime.take_event() {
            (watch.log)(&event.to_string());
            if let Event::Fault { component, error } = event {
                fault.get_or_insert((component, error));
            }
        }
        let Some((component, error)) = fault else { return Ok(()) };
        Err(Error::Fault { widget: self.name(component), component, why: error.to_string() })
    }

    /// The delay of all modules on the way, in frames of the output, to the nearest.
    fn delay_frames(&self) -> u64 {
        let rate_of = |id: ComponentId| {
            let place = self.plan.ids.iter().position(|&known| component(known) == id)?;
            Some(self.plan.streams.get(place)?.output.rate())
        };
        let seconds: f64 = self
            .runtime
            .modules()
            .filter_map(|module| Some(f64::from(module.delay_frames) / f64::from(rate_of(module.id)?)))
            .sum();
        (seconds * f64::from(self.plan.output.rate())).round() as u64
    }

    fn figures(&self) -> Figures {
        let named = |(widget, &id): (&crate::topology::Widget, &ModuleId)| {
            let id = component(id);
            [(id, widget.name.clone()), (id.endpoint(), format!("{} end", widget.name))]
        };
        Figures {
            execution: self.execution,
            ticks: self.ticks,
            wall: self.wall,
            input: self.plan.input,
            frames_in: self.state.played(),
            output: self.plan.output,
            frames_out: self.state.written(),
            delay_frames: self.state.skip(),
            start_up_frames: self.state.start_up(),
            names: self.topology.widgets.iter().zip(&self.plan.ids).flat_map(named).collect(),
        }
    }

    fn name(&self, id: ComponentId) -> String {
        let names = self.figures().names;
        names.into_iter().find(|(known, _)| *known == id).map_or_else(|| id.to_string(), |(_, name)| name)
    }

    /// After the last message only the runtime's own region is left.
    fn check_clean(&self) -> Result<(), Error> {
        let usage = self.runtime.pool_usage();
        match usage.regions {
            1 if self.state.is_closed() => Ok(()),
            left => Err(Error::Desk {
                what: format!("{} regions are left after everything was deleted", left - 1),
                help: "this is a fault of Headroom; report it with the topology".to_owned(),
            }),
        }
    }
}

fn component(id: ModuleId) -> ComponentId {
    ComponentId::new(id.module, id.instance)
}

#[cfg(test)]
mod tests {
    use super::scale;

    #[test]
    fn lengths_scale_exactly_and_round_to_the_nearest() {
        assert_eq!(scale(44_100 * 3600, 48_000, 44_100), 48_000 * 3600);
        assert_eq!(scale(1, 48_000, 44_100), 1);
        assert_eq!(scale(147, 160, 147), 160);
        assert_eq!(scale(0, 48_000, 44_100), 0);
    }
}
