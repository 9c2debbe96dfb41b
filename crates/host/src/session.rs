//! A session: a topology is set up over IPC4, plays its input to the end, is looked at and taken down.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use headroom_control::{Answer, MAILBOX_BYTES, answer};
use headroom_ipc4::{Ignored, Status};
use headroom_module::{ComponentId, Driver, Format};
use headroom_modules::{DRIVERS, STAND_IN};
use headroom_runtime::{Event, Platform, Runtime};

use crate::arena::Arena;
use crate::driver::{self, Step};
use crate::ends::{Ends, Failure, Source, StreamState};
use crate::error::{Error, Refusal};
use crate::executor::{Execution, Executor, Lost};
use crate::plan::{Plan, SHORTEN, fits_a_file, one_stream, scale, spares_what_is_read};
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
    /// Frames that the input has.
    pub input_frames: u64,
    /// Events of the runtime that were lost, because more came at once than it keeps: then the log has gaps.
    pub events_lost: u64,
    /// Widgets by component id, the ends included.
    pub names: Vec<(ComponentId, String)>,
}

/// Who watches a session.
pub struct Watch<'w> {
    /// Called now and then with the frames that came out, and all that will.
    pub progress: &'w mut dyn FnMut(u64, u64),
    /// Called for each line of the log.
    pub log: &'w mut dyn FnMut(&str),
    /// Called once, when all audio is out or the stream has failed or stalled, and nothing has been taken down. Not called
    /// where a file failed: what it did to the stream says nothing.
    pub inspect: &'w mut dyn FnMut(&Runtime<'_>, &Figures),
}

/// Ticks between two reports of progress.
const PROGRESS_TICKS: u64 = 50;

/// Ticks beyond the length of the audio, and what its blocks take to fill, after which a stream counts as stalled.
const PATIENCE_TICKS: u64 = 5000;

/// Times that all blocks in a row may have to be filled before a frame comes out: each module waits for a whole block,
/// holds back its first output for a period, and fills the block of the next.
const PATIENCE_BLOCKS: u64 = 4;

/// Plays `topology` to the end.
///
/// # Errors
/// Whatever the input, the output, the topology or the runtime objects to.
pub fn run(topology: &Topology, options: &Options, watch: &mut Watch<'_>) -> Result<(), Error> {
    run_with(&[DRIVERS, &[STAND_IN]].concat(), topology, options, watch)
}

/// As [`run`], with modules of `drivers`.
fn run_with(
    drivers: &[Driver],
    topology: &Topology,
    options: &Options,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    let input = options.input.clone().or(topology.input.map(Input::Signal)).ok_or(Error::NoInput)?;
    one_stream(topology)?;
    if let Some(output) = &options.output {
        spares_what_is_read(output, &input, topology)?;
    }
    let source = Source::open(&input)?;
    let plan = Plan::new(topology, &source)?;
    if let Some(output) = &options.output {
        fits_a_file(output, plan.output, plan.frames_out, SHORTEN)?;
    }
    let state = Arc::new(StreamState::default());
    let mut arena = Arena::for_topology(topology)?;
    let pool = arena.pool()?;
    let mut ends = Ends::new(source, options.output.clone(), Arc::clone(&state));
    let outcome = std::thread::scope(|scope| {
        let runtime = Runtime::new(Platform::DESK, &pool, drivers, &mut ends).map_err(|error| {
            Error::Desk { what: error.to_string(), help: "this is a fault of Headroom; report it".to_owned() }
        })?;
        let executor = Executor::new(options.execution, scope);
        let execution = options.execution;
        let (plan, state) = (&plan, &*state);
        let wall = Duration::ZERO;
        Session { runtime, executor, topology, plan, state, execution, ticks: 0, wall }.play(watch)
    });
    outcome_of(outcome, &state, &input, options.output.as_deref())
}

/// What a file ran into says more than what followed from it.
fn outcome_of(
    outcome: Result<(), Error>,
    state: &StreamState,
    input: &Input,
    output: Option<&Path>,
) -> Result<(), Error> {
    match (state.failure(), input, output) {
        (Some(Failure::Source(why)), Input::File(path), _) => {
            let help = "check the file with another program".to_owned();
            Err(Error::Input { path: path.clone(), why: why.clone(), help })
        }
        (Some(Failure::Sink(why)), _, Some(path)) => {
            Err(Error::Output { path: path.to_owned(), why: why.clone() })
        }
        _ => outcome,
    }
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
        let streamed = self.stream(watch);
        self.wall = began.elapsed();
        if self.state.failure().is_none() {
            (watch.inspect)(&self.runtime, &self.figures());
        }
        streamed?;
        self.send_all(&driver::take_down(self.topology)?, watch)?;
        self.log_losses(watch);
        self.check_clean()
    }

    fn send_all(&mut self, steps: &[Step], watch: &mut Watch<'_>) -> Result<(), Error> {
        steps.iter().try_for_each(|step| self.send(step, watch))
    }

    fn send(&mut self, step: &Step, watch: &mut Watch<'_>) -> Result<(), Error> {
        let mut mailbox = [0; MAILBOX_BYTES];
        let Answer { status, reason, ignored, .. } = answer(&mut self.runtime, &step.bytes, &mut mailbox);
        let why = reason.map(|reason| self.plan.names.translate(&reason.to_string()));
        let because = why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        (watch.log)(&format!("{}: {status}{because}", step.purpose));
        if ignored != Ignored::NOTHING {
            (watch.log)(&format!("{}: parts of the message were not understood: {ignored:?}", step.purpose));
        }
        self.drain_events(watch)?;
        if status == Status::SUCCESS {
            return Ok(());
        }
        let refusal = Refusal { message: step.purpose.clone(), status, reason, why };
        let page_bytes = self.runtime.pool_usage().page_bytes;
        let help = Remedies { topology: self.topology, ids: &self.plan.ids, page_bytes }.of(&refusal);
        Err(self.topology.text.refused(step.span.clone(), refusal, help))
    }

    /// Ticks until all frames are out.
    fn stream(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        let wanted = self.plan.frames_out;
        let tick_us = u64::from(Platform::DESK.tick_us);
        let length = scale(wanted + self.state.skip(), 1_000_000, self.plan.output.rate()) / tick_us;
        let blocks: u64 = self.topology.widgets.iter().map(|widget| u64::from(widget.block_ms)).sum();
        let patience = PATIENCE_TICKS + PATIENCE_BLOCKS * blocks * 1000 / tick_us;
        while self.state.written() < wanted {
            if self.ticks > length + patience {
                return Err(Error::Stalled { got: self.state.written(), wanted, ticks: self.ticks });
            }
            self.runtime.tick(self.ticks);
            let ran = self.executor.run(&mut self.runtime, self.ticks * tick_us);
            ran.map_err(|lost| self.lost(&lost))?;
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
            (watch.log)(&self.plan.names.translate(&event.to_string()));
            if let Event::Fault { component, error } = event {
                fault.get_or_insert((component, error));
            }
        }
        let Some((component, error)) = fault else { return Ok(()) };
        let why = self.plan.names.translate(&error.to_string());
        Err(Error::Fault { widget: self.plan.names.of(component), component, why })
    }

    /// What became of a DP module whose job did not come home.
    fn lost(&self, lost: &Lost) -> Error {
        match lost {
            Lost::Panicked(component) => Error::Fault {
                widget: self.plan.names.of(*component),
                component: *component,
                why: "it panicked, with the message above".to_owned(),
            },
            Lost::NoThread(component, error) => Error::Desk {
                what: format!("no thread for `{}`: {error}", self.plan.names.of(*component)),
                help: "run without `--threads`, or ask for a smaller stack_bytes".to_owned(),
            },
        }
    }

    fn log_losses(&self, watch: &mut Watch<'_>) {
        let lost = self.runtime.events_lost();
        if lost > 0 {
            (watch.log)(&format!("{lost} events were lost: more came at once than the runtime keeps"));
        }
    }

    /// The delay of all modules on the way, in frames of the output, to the nearest.
    fn delay_frames(&self) -> u64 {
        let rate_of = |id: ComponentId| {
            let place = self.plan.ids.iter().position(|&known| driver::component(known) == id)?;
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
            input_frames: self.plan.input_frames,
            events_lost: self.runtime.events_lost(),
            names: self.plan.names.list().to_vec(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use headroom_module::{Configure, InitContext, Module, ModuleBox, ModuleError, Process};

    /// A module that does not do what it should, in one way or another.
    struct Broken(fn() -> Result<(), ModuleError>);

    impl<'m> Module<'m> for Broken {
        fn process(&mut self, _: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
            (self.0)()
        }

        fn configure(&mut self, _: &mut Configure<'_, 'm>, _: u32, _: &[u8]) -> Result<(), ModuleError> {
            Ok(())
        }
    }

    fn panics<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
        cx.place(Broken(|| panic!("on purpose, for a test")))
    }

    fn fails<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
        cx.place(Broken(|| Err(ModuleError::UnknownParameter { parameter: 77 })))
    }

    fn idles<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
        cx.place(Broken(|| Ok(())))
    }

    const WITH_A_DP_GAIN: &str = r#"
        name = "broken"
        input = { signal = "sine", rate = 48000, channels = 1, samples = "S32", seconds = 0.1 }
        pipeline = [{ id = 1 }]
        widget = [
            { name = "host", kind = "host-copier", pipeline = 1 },
            { name = "volume", kind = "gain", pipeline = 1, domain = "DP" },
            { name = "speaker", kind = "dai-copier", pipeline = 1 },
        ]
        route = [{ from = "host", to = "volume" }, { from = "volume", to = "speaker" }]
    "#;

    /// Runs with `init` in place of the gain's. How it ends, and how often it was looked at.
    fn run_broken(init: headroom_module::Init, execution: Execution) -> (Result<(), Error>, usize) {
        let gain = |driver: &Driver| if driver.name == "gain" { Driver { init, ..*driver } } else { *driver };
        let drivers: Vec<Driver> = DRIVERS.iter().map(gain).collect();
        let topology = Topology::parse("test.toml", WITH_A_DP_GAIN.to_owned()).unwrap();
        let mut looks = 0;
        let mut watch = Watch {
            progress: &mut |_, _| (),
            log: &mut |_| (),
            inspect: &mut |runtime, _| looks += runtime.modules().count().min(1),
        };
        let options = Options { input: None, output: None, execution };
        let outcome = run_with(&drivers, &topology, &options, &mut watch);
        (outcome, looks)
    }

    /// On its own thread, too, where it would otherwise end the process with the scope.
    #[test]
    fn a_module_that_panics_is_a_fault_and_the_run_is_reported() {
        for execution in [Execution::VirtualTime, Execution::Threads] {
            let (outcome, looks) = run_broken(panics, execution);
            let error = outcome.unwrap_err();
            assert!(matches!(&error, Error::Fault { widget, .. } if widget == "volume"), "{error}");
            assert!(error.to_string().contains("it panicked"), "{error}");
            assert_eq!((error.exit_code(), looks), (6, 1));
        }
    }

    #[test]
    fn a_module_that_fails_is_a_fault_and_the_run_is_reported() {
        for execution in [Execution::VirtualTime, Execution::Threads] {
            let (outcome, looks) = run_broken(fails, execution);
            let error = outcome.unwrap_err();
            assert!(matches!(&error, Error::Fault { widget, .. } if widget == "volume"), "{error}");
            assert!(error.to_string().contains("has no parameter 77"), "{error}");
            assert_eq!((error.exit_code(), looks), (6, 1));
        }
    }

    #[test]
    fn a_module_that_gives_nothing_is_a_stall_and_the_run_is_reported() {
        let (outcome, looks) = run_broken(idles, Execution::VirtualTime);
        let error = outcome.unwrap_err();
        let Error::Stalled { got: 0, wanted: 4800, ticks } = error else { panic!("{error}") };
        assert!(ticks > PATIENCE_TICKS, "{ticks}");
        assert_eq!((error.exit_code(), looks), (6, 1));
    }
}
